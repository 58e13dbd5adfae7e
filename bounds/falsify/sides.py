"""Both sides of a statement on a batch of games, in floats: what every search of this folder maximises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Rel

Floats = NDArray[np.float64]

EPS = float(np.finfo(np.float64).eps)
OPERATIONS = 256
"""Room for rounding, in eps, beside the sums over rounds; what a search finds is certified by other means."""


@dataclass(frozen=True, eq=False)
class Sides:
    """Both sides of C games at the rounds (K,): lhs, rhs and whether every assumption holds, (C, K) each."""

    rounds: NDArray[np.int64]
    lhs: Floats
    rhs: Floats
    holds: NDArray[np.bool_]

    @property
    def said(self) -> NDArray[np.bool_]:
        """Where the statement says something, (C, K): every assumption holds and both sides are numbers."""
        return np.asarray(self.holds & np.isfinite(self.lhs) & np.isfinite(self.rhs))

    @property
    def ratio(self) -> Floats:
        """lhs/rhs (C, K); -inf where nothing is said, inf where a right side <= 0 is exceeded.

        Rounding alone exceeds nothing.
        """
        with np.errstate(all="ignore"):
            slack = (OPERATIONS + 4 * self.rounds) * EPS * (np.abs(self.lhs) + np.abs(self.rhs))
            exceeded = np.where(self.lhs > self.rhs + slack, np.inf, -np.inf)
            ratio = np.where(self.rhs > 0, self.lhs / self.rhs, exceeded)
        return np.where(self.said, ratio, -np.inf)


def relation_holds(relation: Any, value: Any) -> NDArray[np.bool_]:
    """Whether a relation of a statement holds, (C, K) or what broadcasts to it; value: evaluates a side."""
    relations = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}
    if not isinstance(relation, Rel):  # sympy has decided it
        return np.asarray(bool(relation))
    return np.asarray(relations[relation.rel_op](value(relation.lhs), value(relation.rhs)))


__all__ = ["Floats", "Sides", "relation_holds"]
