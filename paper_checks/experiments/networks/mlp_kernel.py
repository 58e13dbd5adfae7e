"""A multilayer perceptron; imported only where a network is trained."""

from collections.abc import Sequence
from itertools import pairwise
from math import prod

from torch import nn

from paper_checks.experiments.networks.sizes import sizes
from theory.borders import whole


def network(shape: tuple[int, ...], *, hidden: Sequence[int] = (128, 64), classes: int = 10) -> nn.Module:
    """Linear layers with ReLU between them, torch's usual initialisation.

    Args:
        shape: The shape of an image, which is flattened.
        hidden: The widths of the hidden layers.
        classes: The number of classes.
    """
    whole("classes", classes, least=2)
    hidden = sizes("hidden", hidden, empty=True)
    widths = [prod(shape), *hidden, classes]
    layers: list[nn.Module] = [nn.Flatten()]
    for number, (inputs, outputs) in enumerate(pairwise(widths)):
        layers += [nn.ReLU()] * (number > 0) + [nn.Linear(inputs, outputs)]
    return nn.Sequential(*layers)
