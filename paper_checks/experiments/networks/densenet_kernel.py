"""DenseNet (Huang et al. 2017) for images of 32 x 32; imported only where a network is trained.

The bottleneck version with compression (DenseNet-BC). A 3 x 3 convolution takes the place of ImageNet's stem.
The default is DenseNet-121.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from paper_checks.experiments.networks.sizes import sizes
from theory.borders import whole

BOTTLENECK = 4
"""The channels of a layer's 1 x 1 convolution, as a multiple of the growth."""


class Layer(nn.Module):
    """A 1 x 1 and a 3 x 3 convolution, whose output joins the input (Huang et al. 2017, section 3)."""

    def __init__(self, inputs: int, growth: int) -> None:
        super().__init__()
        inner = BOTTLENECK * growth
        self.new = nn.Sequential(
            nn.BatchNorm2d(inputs), nn.ReLU(), nn.Conv2d(inputs, inner, 1, bias=False),
            nn.BatchNorm2d(inner), nn.ReLU(), nn.Conv2d(inner, growth, 3, padding=1, bias=False),
        )  # fmt: skip

    def forward(self, images: Tensor) -> Tensor:
        """The channels of the input and the new ones."""
        return torch.cat([images, self.new(images)], dim=1)


def network(
    shape: tuple[int, ...], *, blocks: Sequence[int] = (6, 12, 24, 16), growth: int = 32, classes: int = 10
) -> nn.Module:
    """A densely connected network.

    Args:
        shape: The shape (channels, height, width) of an image.
        blocks: The number of layers in each block; between blocks channels, height and width are halved.
        growth: The new channels of a layer.
        classes: The number of classes.
    """
    whole("growth", growth, least=1)
    whole("classes", classes, least=2)
    blocks = sizes("blocks", blocks)
    channels = 2 * growth
    parts: list[nn.Module] = [nn.Conv2d(shape[0], channels, 3, padding=1, bias=False)]
    for number, count in enumerate(blocks):
        if number:
            halved = channels // 2
            parts += [
                nn.BatchNorm2d(channels), nn.ReLU(), nn.Conv2d(channels, halved, 1, bias=False),
                nn.AvgPool2d(2),
            ]  # fmt: skip
            channels = halved
        for _ in range(count):
            parts.append(Layer(channels, growth))
            channels += growth
    parts += [nn.BatchNorm2d(channels), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    made = nn.Sequential(*parts, nn.Linear(channels, classes))
    for module in made.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight)
    return made
