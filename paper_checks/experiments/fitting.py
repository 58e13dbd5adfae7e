"""Train a network by one contender, and measure it: the part of every experiment that needs torch."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

try:
    import torch
except ImportError:
    raise ValueError(
        "training a network needs the library torch, which is not installed here; "
        "run `pip install regretcheck[torch]`"
    ) from None
from torch import Tensor
from torch.nn.functional import cross_entropy

from paper_checks.experiments.contender import Contender
from paper_checks.experiments.experiment import FIRST_RATE, FIRST_STEPS, Place
from paper_checks.experiments.images.base import MissingData
from paper_checks.experiments.images.registry import load
from paper_checks.experiments.networks.registry import build
from paper_checks.experiments.task import SHUFFLE, Task

EVALUATED = 2_000
"""The number of images evaluated at once."""


@dataclass(frozen=True)
class Split:
    """Images (n, c, h, w), float32 and standardised, with their labels (n,)."""

    images: Tensor
    labels: Tensor


@dataclass(frozen=True)
class Step:
    """What an observer sees of a step: after the backward pass, before the update.

    Args:
        number: The step, from 1.
        epoch: The epoch, from 0.
        model: The network with its gradients.
    """

    number: int
    epoch: int
    model: torch.nn.Module


@dataclass(frozen=True)
class Fitted:
    """A trained network.

    Args:
        model: The network.
        losses: The loss of every minibatch.
        curves: By name, a number for each finished epoch.
        diverged: The first step whose loss is not finite, or None.
    """

    model: torch.nn.Module
    losses: list[float]
    curves: dict[str, list[float]]
    diverged: int | None


def fit(
    task: Task,
    contender: Contender,
    rate: float,
    seed: int,
    place: Place,
    *,
    test: bool = False,
    epochs: int | None = None,
    steps: int | None = None,
    observe: Callable[[Step], None] | None = None,
) -> Fitted:
    """Train a network.

    Args:
        task: The network, the data and the schedule.
        contender: The optimizer.
        rate: Its learning rate before the decay.
        seed: The seed of the initial weights and of the minibatches.
        place: The data and the device.
        test: Whether the curves show the test images, which tuning never sees.
        epochs: Fewer epochs than the task's; None for all.
        steps: Stop after this number of steps, without any evaluation.
        observe: Called in every step, after the backward pass.
    """
    torch.set_num_threads(1)  # sums of several threads are rounded in another order
    training, validation, testing = splits(task.images, task.train, task.validation, place)
    shape = tuple(training.images.shape[1:])
    model = build(task.network, seed=seed, shape=shape, **task.arguments).to(place.device)
    optimizer = contender.optimizer(model.parameters(), rate=rate, weight_decay=task.weight_decay)
    losses: list[float] = []
    curves: dict[str, list[float]] = {}
    for epoch in range(task.epochs if epochs is None else epochs):
        for group in optimizer.param_groups:
            group["lr"] = rate * task.rate(epoch)
        model.train()
        found = []
        for images, labels in minibatches(task, training, seed, epoch):
            optimizer.zero_grad()
            with _precision(task, place):
                loss = cross_entropy(model(images), labels)
            loss.backward()
            found.append(loss.detach())
            if observe is not None:
                observe(Step(len(losses) + len(found), epoch, model))
            optimizer.step()
            if len(losses) + len(found) == steps:
                return Fitted(model, losses + torch.stack(found).tolist(), curves, None)
        # Once an epoch, so that no step waits for a number from the device.
        losses += torch.stack(found).tolist()
        diverged = next((k + 1 for k, value in enumerate(losses) if not math.isfinite(value)), None)
        now = {"train loss": float(np.mean(losses[-len(found) :]))}
        for name, split in (("validation", validation), *([("test", testing)] if test else [])):
            now[f"{name} loss"], now[f"{name} accuracy"] = evaluate(model, split)
        if diverged is None and not all(map(math.isfinite, now.values())):
            diverged = len(losses)
        if diverged is not None:
            return Fitted(model, losses, curves, diverged)
        for name, value in now.items():
            curves.setdefault(name, []).append(value)
    return Fitted(model, losses, curves, None)


def first_losses(
    task: Task, contenders: Iterable[Contender], seed: int, place: Place
) -> dict[str, list[float]]:
    """By contender, the losses of the first steps: the same rate for all, no evaluation."""
    return {c.name: fit(task, c, FIRST_RATE, seed, place, steps=FIRST_STEPS).losses for c in contenders}


def evaluate(model: torch.nn.Module, split: Split) -> tuple[float, float]:
    """The mean loss and the accuracy in percent."""
    model.eval()
    loss, right = 0.0, 0
    with torch.no_grad():
        for k in range(0, len(split.labels), EVALUATED):
            labels = split.labels[k : k + EVALUATED]
            scores = model(split.images[k : k + EVALUATED])
            loss += float(cross_entropy(scores, labels, reduction="sum"))
            right += int((scores.argmax(dim=1) == labels).sum())
    return loss / len(split.labels), 100 * right / len(split.labels)


def minibatches(task: Task, split: Split, seed: int, epoch: int) -> Iterator[tuple[Tensor, Tensor]]:
    """The minibatches of an epoch: the same for all contenders with the same seed."""
    generator = np.random.default_rng((seed, epoch))
    order = torch.from_numpy(generator.permutation(task.train)).to(split.labels.device)
    for k in range(task.steps):
        chosen = order[k * task.batch : (k + 1) * task.batch]
        images = split.images[chosen]
        yield (augmented(images, generator) if task.augment else images), split.labels[chosen]


def augmented(images: Tensor, generator: np.random.Generator, margin: int = 4) -> Tensor:
    """Every image (c, h, w) moved by at most `margin` pixels, with zeros at its border, and maybe flipped."""
    n, _, height, width = images.shape
    padded = torch.nn.functional.pad(images, (margin,) * 4)
    down, right = (torch.from_numpy(generator.integers(0, 2 * margin + 1, n)) for _ in range(2))
    flipped = torch.from_numpy(generator.random(n) < 0.5)
    rows = down[:, None] + torch.arange(height)
    columns = torch.arange(width).expand(n, width)
    columns = right[:, None] + torch.where(flipped[:, None], columns.flip(1), columns)
    every = torch.arange(n)[:, None, None]
    moved = padded.permute(0, 2, 3, 1)[every, rows[:, :, None], columns[:, None, :]]
    return moved.permute(0, 3, 1, 2)


@lru_cache(maxsize=2)
def splits(name: str, train: int, validation: int, place: Place) -> tuple[Split, Split, Split]:
    """The training, validation and test images on a device, standardised by the training images.

    Raises:
        ValueError: the data set is missing or has too few training images.
    """
    found = load(name, place.data)
    images, labels = found.training()
    if len(labels) < train + validation:
        raise MissingData(
            f"{name} has {len(labels)} training images in {found.folder}, and {train} for training and "
            f"{validation} for validation are needed; `regretcheck data` says which files hold all of them"
        )
    order = np.random.default_rng(SHUFFLE).permutation(len(labels))
    first, second = order[:train], order[train : train + validation]
    mean, deviation = found.moments(first)

    def split(images: Any, labels: Any) -> Split:
        scaled = (images.astype(np.float32) / 255 - mean) / deviation
        tensor = torch.from_numpy(np.ascontiguousarray(scaled.transpose(0, 3, 1, 2), dtype=np.float32))
        return Split(tensor.to(place.device), torch.from_numpy(labels.astype(np.int64)).to(place.device))

    return (
        split(images[first], labels[first]),
        split(images[second], labels[second]),
        split(*found.testing()),
    )


def _precision(task: Task, place: Place) -> AbstractContextManager[Any]:
    if task.precision == "float32":
        return nullcontext()
    context: AbstractContextManager[Any] = torch.autocast(place.device.split(":")[0], dtype=torch.bfloat16)
    return context
