"""The networks by name: a new one is one new file that defines `network`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from theory.borders import one_of

if TYPE_CHECKING:
    import torch

NETWORKS = ("mlp", "resnet", "densenet")


def build(name: str, *, seed: int, shape: tuple[int, ...], **arguments: Any) -> torch.nn.Module:
    """A network with weights that depend on the seed alone.

    Args:
        name: "mlp", "resnet" or "densenet".
        seed: The seed of the initial weights; torch's own state is left as it was.
        shape: The shape (channels, height, width) of an image.
        arguments: The network's arguments, such as its width.

    Raises:
        ValueError: the name is unknown.
        TypeError: an argument is unknown.
    """
    one_of("name", name, NETWORKS)
    import torch

    module = import_module(f"paper_checks.experiments.networks.{name}_kernel")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network: torch.nn.Module = module.network(shape, **arguments)
    return network
