"""The networks by name: a new one is one new file that defines `network`."""

from __future__ import annotations

from importlib import import_module
from inspect import signature
from typing import TYPE_CHECKING, Any

from paper_checks.experiments.networks.sizes import sizes
from theory.borders import one_of, whole

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
        ValueError: the name or an argument is unknown, or an argument is not as the network needs it.
    """
    one_of("name", name, NETWORKS)
    whole("seed", seed, least=0)
    if len(sizes("shape", shape)) != 3:
        raise ValueError(f"`shape` = {shape} must have three lengths: channels, height, width")
    import torch

    make = import_module(f"paper_checks.experiments.networks.{name}_kernel").network
    known = list(signature(make).parameters)[1:]
    for argument in arguments:
        one_of("arguments", argument, known)
    with torch.random.fork_rng(devices=[]):
        # Not torch.manual_seed, which also seeds every GPU, and would leave it so.
        torch.random.default_generator.manual_seed(seed)
        network: torch.nn.Module = make(tuple(shape), **arguments)
    return network
