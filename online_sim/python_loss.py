"""A loss given as a Python function, for what symbols cannot say; played by the numpy engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from theory.loss import Shape

Vector = NDArray[np.float64]

MODERATE = 1e50
"""Points beyond this size are running off: a loss may overflow there, as polynomials of degree 6 would."""


@dataclass(frozen=True)
class PythonLoss:
    """f_t(x) and its gradient from a function.

    function: (round, point (d,), vector (d,), label) -> (value, gradient (d,)); shape: what is known of it.
    """

    name: str
    function: Callable[[int, Vector, Vector, float], tuple[float, Vector]]
    shape: Shape = Shape.NONCONVEX

    def __call__(self, round_: int, point: Vector, vector: Vector, label: float) -> tuple[float, Vector]:
        """Value and gradient; ValueError with the round for a wrong shape, or a NaN at a moderate point."""
        value, gradient = self.function(round_, point, vector, label)
        array = np.asarray(gradient, dtype=np.float64)
        if array.shape != point.shape:
            raise ValueError(
                f"the gradient of `{self.name}` has shape {array.shape} in round {round_}; "
                f"expected {point.shape}"
            )
        moderate = np.isfinite(point).all() and np.abs(point).max() <= MODERATE
        if moderate and (np.isnan(value) or not np.isfinite(array).all()):
            raise ValueError(
                f"`{self.name}` gives f = {value} and g = {array} at the finite x = {point} in round "
                f"{round_}; keep to a set where it is defined"
            )
        return float(value), array
