"""Gradients of fresh minibatches at the weights where training stopped: the part of Figure 3 with torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import cross_entropy

from paper_checks.experiments.experiment import Place
from paper_checks.experiments.fitting import EVALUATED, splits
from paper_checks.experiments.task import Task

Array = NDArray[np.float64]

CHOICE = 20_210_103
"""The seed of the coordinates that are kept, the same for all runs."""
FRESH = 3
"""Minibatches of an epoch are drawn with (seed, epoch), those of a measurement with (seed, epochs, FRESH)."""


@dataclass(frozen=True)
class Gradients:
    """Gradients at one point, at the coordinates that are kept.

    Args:
        whole: The gradient of the mean loss of all training images, (d,).
        drawn: The gradients of the minibatches, (n, d).
        transformed: By name, a function of each tensor's gradient, (n, d).
        norms: ||g||_1 of each minibatch over all coordinates, (n,).
    """

    whole: Array
    drawn: Array
    transformed: Mapping[str, Array]
    norms: Array


def gradients_at(
    model: torch.nn.Module,
    task: Task,
    place: Place,
    seed: tuple[int, ...],
    *,
    minibatches: int,
    coordinates: int,
    transformations: Mapping[str, Callable[[Array], Array]],
) -> Gradients:
    """The gradients of fresh minibatches of a network whose weights stay as they are.

    Args:
        model: The network.
        task: The data and the size of a minibatch.
        place: The data and the device.
        seed: The seed of the minibatches.
        minibatches: Their number.
        coordinates: How many coordinates are kept, at most.
        transformations: By name, a function of a tensor's gradient as a flat array; whole tensors are given
            to it.
    """
    torch.set_num_threads(1)
    training = splits(task.images, task.train, task.validation, place)[0]
    model.train()
    whole = np.concatenate(_whole(model, training.images, training.labels))
    kept = np.sort(
        np.random.default_rng(CHOICE).choice(len(whole), min(coordinates, len(whole)), replace=False)
    )
    drawn = np.empty((minibatches, len(kept)))
    transformed = {name: np.empty_like(drawn) for name in transformations}
    norms = np.empty(minibatches)
    generator = np.random.default_rng((*seed, FRESH))
    for k in range(minibatches):
        chosen = torch.from_numpy(generator.choice(task.train, task.batch, replace=False))
        chosen = chosen.to(training.labels.device)
        model.zero_grad()
        cross_entropy(model(training.images[chosen]), training.labels[chosen]).backward()
        tensors = _tensors(model)
        drawn[k] = np.concatenate(tensors)[kept]
        norms[k] = sum(np.abs(tensor).sum() for tensor in tensors)
        for name, change in transformations.items():
            transformed[name][k] = np.concatenate([change(tensor) for tensor in tensors])[kept]
    model.zero_grad()
    return Gradients(whole[kept], drawn, transformed, norms)


def _whole(model: torch.nn.Module, images: torch.Tensor, labels: torch.Tensor) -> list[Array]:
    """The gradient of the mean loss, tensor by tensor."""
    model.zero_grad()
    for k in range(0, len(labels), EVALUATED):
        part = slice(k, k + EVALUATED)
        (cross_entropy(model(images[part]), labels[part], reduction="sum") / len(labels)).backward()
    return _tensors(model)


def _tensors(model: torch.nn.Module) -> list[Array]:
    """The gradient of each tensor, flat, in double precision: squares of norms are formed of it."""
    return [p.grad.double().flatten().cpu().numpy() for p in model.parameters() if p.grad is not None]
