"""Optimizers made from recurrences, trained on small problems."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from online_sim.optimizers import torch_optimizer
from theory.algorithms.registry import algorithms

RATE = 0.05
SHAPES = ((2, 3), (4,), (), (3, 1))


def made(name: str, tensors: Any, **options: Any) -> torch.optim.Optimizer:
    """The optimizer of a recurrence at its defaults, with a step size where it has none."""
    recurrence = algorithms()[name]
    if any(p.name == "alpha" and p.default is None for p in recurrence.parameters):
        options.setdefault("lr", RATE)
    return torch_optimizer(recurrence)(tensors, **options)


def tensors(seed: int = 0, dtype: torch.dtype = torch.float64, shapes: Any = SHAPES) -> list[Any]:
    """Parameters of several shapes, a number among them."""
    generator = torch.Generator().manual_seed(seed)
    return [
        torch.nn.Parameter(torch.randn(shape, generator=generator, dtype=torch.float64).to(dtype))
        for shape in shapes
    ]


def quadratic(parameters: list[Any]) -> Any:
    """sum ||x - 1||^2 c/2 with other curvatures for other tensors."""
    return sum((k + 1) * ((p - 1).abs() ** 2).sum() / 2 for k, p in enumerate(parameters))


def restless(seed: int = 7) -> Callable[[list[Any]], Any]:
    """sum ||x - a_t||^2 c/2 with targets a_t that never rest, so that no gradient dies away."""
    generator = torch.Generator().manual_seed(seed)

    def loss(parameters: list[Any]) -> Any:
        targets = [1 + torch.randn(p.shape, generator=generator, dtype=torch.float64) for p in parameters]
        pairs = enumerate(zip(parameters, targets, strict=True))
        return sum((k + 1) * ((p - a.to(p.dtype)).abs() ** 2).sum() / 2 for k, (p, a) in pairs)

    return loss


def train(
    optimizer: torch.optim.Optimizer, parameters: list[Any], steps: int, loss: Callable[..., Any] = quadratic
) -> list[float]:
    """The losses before each step."""
    found = []
    for _ in range(steps):
        optimizer.zero_grad()
        value = loss(parameters)
        value.backward()
        found.append(float(value.detach()))
        optimizer.step()
    return found


def flat(parameters: list[Any]) -> torch.Tensor:
    """All coordinates of all tensors."""
    return torch.cat(
        [torch.view_as_real(p).flatten() if p.is_complex() else p.flatten() for p in parameters]
    ).detach()
