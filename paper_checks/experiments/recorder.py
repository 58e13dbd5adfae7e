"""What is kept of the gradients while a network trains, for Figures 1 and 2."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from paper_checks.experiments.fitting import Step

Array = NDArray[np.float64]

WHOLE = "whole gradient"
"""The name of the sum over all tensors, which is the norm of the whole gradient."""


class Recorder:
    """Keeps norms of each tensor in each step, and the mean size of each coordinate in each epoch."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self._gradients: list[Any] = []
        self._weights: list[Any] = []
        self._epoch = 0
        self._sizes: list[Any] = []
        self._shares: list[tuple[float, float]] = []

    def __call__(self, step: Step) -> None:
        """See `fitting.fit`."""
        import torch

        named = dict(step.model.named_parameters())
        self.counts = {name: p.numel() for name, p in named.items()}
        gradients = [p.grad for p in named.values() if p.grad is not None]
        self._gradients.append(torch.stack(torch._foreach_norm(gradients, 1)))
        with torch.no_grad():
            self._weights.append(torch.stack(torch._foreach_norm(list(named.values()), 2)))
        if step.epoch != self._epoch:
            self._close_epoch()
            self._epoch = step.epoch
        sizes = torch._foreach_abs(gradients)
        if self._sizes:
            torch._foreach_add_(self._sizes, sizes)
        else:
            self._sizes = list(sizes)

    def norms(self) -> dict[str, Array]:
        """By tensor, and for their sum, the l1 norm of the gradient in each step."""
        table = _table(self._gradients)
        return {**_by_name(self.counts, table), WHOLE: table.sum(axis=1)}

    def scaled(self) -> dict[str, Array]:
        """By tensor, the l1 norm of the gradient times the l2 norm of the weights, in each step.

        Where batch normalisation follows a tensor, the loss does not change if that tensor is multiplied by a
        number, and its gradient is divided by it: this product is what such a rescaling leaves as it is.
        """
        return _by_name(self.counts, _table(self._gradients) * _table(self._weights))

    def shares(self) -> list[tuple[float, float]]:
        """`between_tensors` of each epoch."""
        if self._sizes:
            self._close_epoch()
        return self._shares

    def _close_epoch(self) -> None:
        self._shares.append(between_tensors([s.to("cpu").double().numpy().ravel() for s in self._sizes]))
        self._sizes = []


def between_tensors(sizes: Sequence[Array]) -> tuple[float, float]:
    """The share of the variance of log sizes that lies between tensors (eta squared), and what is left out.

    Args:
        sizes: For each tensor the mean |g_i| of its coordinates, or a multiple of it.

    Returns:
        The share: 0 if all tensors have the same mean logarithm, 1 if all coordinates of a tensor have the
        same size; NaN if all coordinates have. Then the share of coordinates whose gradient was 0 throughout:
        they have no logarithm and are left out.
    """
    logs = [np.log10(s[s > 0]) for s in sizes]
    kept = [part for part in logs if len(part)]
    count, total = sum(map(len, kept)), sum(map(len, sizes))
    if not count:
        return float("nan"), 1.0
    together = np.concatenate(kept)
    middle = together.mean()
    whole = float(np.sum((together - middle) ** 2))
    between = float(sum(len(part) * (part.mean() - middle) ** 2 for part in kept))
    return (between / whole if whole else float("nan")), 1 - count / total


def _table(found: list[Any]) -> Array:
    import torch

    table: Array = torch.stack(found).to(torch.float64).cpu().numpy()
    return table


def _by_name(names: Sequence[str] | dict[str, int], table: Array) -> dict[str, Array]:
    return {name: table[:, k] for k, name in enumerate(names)}
