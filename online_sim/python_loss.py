"""A loss given as a Python function, for losses without a formula; played by the numpy engine."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from online_sim.borders import as_numbers
from theory.borders import WrongType, as_number, function, instance, one_line, shown, text
from theory.loss import Shape

Vector = NDArray[np.float64]

MODERATE = 1e50
"""The size beyond which a point counts as diverging: a loss may overflow there, as a sextic would."""


@dataclass(frozen=True)
class PythonLoss:
    """f_t(x) and its gradient, computed by a Python function.

    Args:
        name: The name shown in reports.
        function: (round, point (d,), vector (d,), label) -> (value, gradient (d,)). The point and the vector
            are read-only: a loss that changed them would change the game.
        shape: What is known about the loss: linear, convex, or nothing.

    Raises:
        WrongType: An argument has the wrong type; it is both a TypeError and a ValueError.
    """

    name: str
    function: Callable[[int, Vector, Vector, float], tuple[float, Vector]]
    shape: Shape = Shape.NONCONVEX

    def __post_init__(self) -> None:
        """Check the types of the arguments."""
        text("name", self.name, empty=False)
        function("function", self.function, "from (round, point, vector, label) to (value, gradient)")
        instance("shape", self.shape, Shape, "a Shape", "Shape.CONVEX say")

    def __call__(self, round_: int, point: Vector, vector: Vector, label: float) -> tuple[float, Vector]:
        """Value and gradient; ValueError with the round for any other answer.

        Nonfinite numbers are refused only at points of moderate size.
        """
        where = f"`{self.name}` in round {round_}"
        try:
            answer = self.function(round_, _read_only(point), _read_only(vector), label)
        except Exception as error:  # whatever the user's function raises
            writes = "it must not write into what it is handed; copy it first: x.copy()"
            raise ValueError(
                f"{where}: it raised {type(error).__name__}: {one_line(error)}"
                f"{f'; {writes}' if 'read-only' in str(error) else ''}"
            ) from error
        if not (isinstance(answer, tuple | list) and len(answer) == 2):
            raise WrongType(f"{where} returned {shown(answer)}; return a pair (value, gradient)")
        value, array = as_number(answer[0]), as_numbers(answer[1])
        if value is None:
            raise WrongType(f"{where} returned the value {shown(answer[0])}; return a real number")
        if array is None:
            raise WrongType(
                f"{where} returned the gradient {shown(answer[1])}; return {len(point)} real numbers"
            )
        if array.shape != point.shape:
            raise ValueError(
                f"the gradient of `{self.name}` has shape {array.shape} in round {round_}; "
                f"expected {point.shape}"
            )
        moderate = np.isfinite(point).all() and np.abs(point).max() <= MODERATE
        if moderate and not (math.isfinite(value) and np.isfinite(array).all()):
            raise ValueError(
                f"`{self.name}` gives f = {value} and g = {shown(array)} at the finite x = {shown(point)} in "
                f"round {round_}; keep to a set where it is defined"
            )
        return value, array


def _read_only(array: Vector) -> Vector:
    """A read-only copy, which does not change when the game continues."""
    copied = np.array(array)
    copied.setflags(write=False)
    return copied
