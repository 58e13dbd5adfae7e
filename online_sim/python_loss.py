"""A loss given as a Python function, for what symbols cannot say; played by the numpy engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from theory.loss import Shape

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class PythonLoss:
    """f_t(x) and its gradient from a function.

    function: (round, point (d,), vector (d,), label) -> (value, gradient (d,)); shape: what is known of it.
    """

    name: str
    function: Callable[[int, Vector, Vector, float], tuple[float, Vector]]
    shape: Shape = Shape.NONCONVEX

    def __call__(self, round_: int, point: Vector, vector: Vector, label: float) -> tuple[float, Vector]:
        """Value and gradient, checked for shape."""
        value, gradient = self.function(round_, point, vector, label)
        array = np.asarray(gradient, dtype=np.float64)
        if array.shape != point.shape:
            raise ValueError(f"the gradient of `{self.name}` has shape {array.shape} in round {round_}; expected {point.shape}")
        return float(value), array
