"""ResNet (He et al. 2016) for images of 32 x 32; imported only where a network is trained.

A 3 x 3 convolution takes the place of ImageNet's stem, whose stride would leave 8 x 8 pixels. Four stages of
basic blocks, each stage twice as wide as the one before. The default is ResNet-34.
"""

from collections.abc import Sequence
from typing import cast

from torch import Tensor, nn
from torch.nn.functional import relu

from paper_checks.experiments.networks.sizes import sizes
from theory.borders import whole


class Block(nn.Module):
    """Two 3 x 3 convolutions with batch normalisation, and the input added (He et al. 2016, Figure 2)."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.second = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.norms = nn.ModuleList([nn.BatchNorm2d(outputs), nn.BatchNorm2d(outputs)])
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, images: Tensor) -> Tensor:
        """The sum of both branches."""
        inner = relu(self.norms[0](self.first(images)))
        return cast(Tensor, relu(self.norms[1](self.second(inner)) + self.shortcut(images)))


def network(
    shape: tuple[int, ...], *, blocks: Sequence[int] = (3, 4, 6, 3), width: int = 64, classes: int = 10
) -> nn.Module:
    """A residual network.

    Args:
        shape: The shape (channels, height, width) of an image.
        blocks: The number of blocks in each stage; every stage but the first halves height and width.
        width: The channels of the first stage.
        classes: The number of classes.
    """
    whole("width", width, least=1)
    whole("classes", classes, least=2)
    blocks = sizes("blocks", blocks)
    stem = [nn.Conv2d(shape[0], width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
    stages, inputs = [], width
    for stage, count in enumerate(blocks):
        outputs = width * 2**stage
        for number in range(count):
            stages.append(Block(inputs, outputs, stride=2 if stage and not number else 1))
            inputs = outputs
    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inputs, classes)]
    made = nn.Sequential(*stem, *stages, *head)
    for module in made.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
    return made
