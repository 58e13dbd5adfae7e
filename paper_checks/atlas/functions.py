"""Functions on which the descents of the atlas are played: real data, and the worst of the literature.

* Ridge regression and ridge logistic regression on the diabetes data, with the minimum in an enclosure; the
  quadratic of the first around its minimiser, the origin.
* Nesterov's function sum of squares of differences, on which every method that moves along gradients is slow
  (Nesterov, Lectures on convex optimization, 2nd edition, section 2.1.2), and the same with a ridge.
* Huber's function seen from afar, on which gradient descent with the step 1/L is slowest of all (Drori and
  Teboulle, Mathematical Programming 145, 2014, Theorem 3.2).
* A steep, a flat and a doubly curved quadratic, whose curvatures are the L or the mu that a method is told,
  and |x|.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import ceil

import numpy as np
from sympy import Abs, Integer, Rational, sqrt

from bounds.prover.constants import number_ends
from online_sim.borders import Floats
from paper_checks.atlas.enclosed import Ends, enclosed
from paper_checks.atlas.ridge import RIDGE, RIDGE_LOGISTIC
from theory.loss import Loss, Shape
from theory.losses.half_square import HALF_SQUARE
from theory.losses.piecewise_quadratic import Slope, piecewise_quadratic
from theory.losses.scaled import scaled
from theory.quantities import SumCoords
from theory.source import Source
from theory.symbols import d, x

HORIZON = 100
"""The rounds of every descent."""
RIDGE_WEIGHT = Fraction(1, 128)
"""The weight of the square on the data."""
KNOTS = 63
"""The coordinates of Nesterov's function: more than half of the rounds."""
SLOW = Fraction(1, 100)
"""mu/L of the quadratics."""
FAR = 2 * HORIZON - 1
"""The distance from which Huber's function is worst for this number of rounds."""
DIGITS = 10_000
"""L is rounded up to a multiple of 1/DIGITS, so that the decimal of a parameter is no smaller."""
ABSOLUTE_VALUE = Loss(
    "absolute value", Source("nesterov2018", "section 3.1"), SumCoords(Abs(x)), Shape.CONVEX,
    minimum=Integer(0),
)  # fmt: skip
"""|x|, which is not smooth."""


@dataclass(frozen=True)
class NaturalFunction:
    """A fixed function, and the constants that a statement about it may read.

    Args:
        name: Its name in the table.
        loss: The function.
        start: x_1, (d,).
        smoothness: A valid L; None where f is not smooth.
        modulus: A valid modulus of strong convexity; None where there is none.
        minimum: Bounds of min f.
        distance: Bounds of the l2 distance from x_1 to the nearest minimiser.
        steepest: The largest |df/dx_i| on R^d; None if it is unbounded.
        table: The rows of the function and their labels.
        weight: The weight of its square.
    """

    name: str
    loss: Loss
    start: Floats
    smoothness: float | None
    modulus: float | None
    minimum: Ends
    distance: Ends
    steepest: float | None = None
    table: tuple[Floats, Floats] | None = None
    weight: Fraction | None = None

    @property
    def own(self) -> Mapping[str, float]:
        """The parameters of the function."""
        return {} if self.weight is None else {"ridge": float(self.weight)}


@cache
def natural_functions() -> tuple[NaturalFunction, ...]:
    """The functions; the data come with scikit-learn."""
    from online_sim.streams.datasets import diabetes

    data = diabetes()
    rows, target = data.vectors, data.labels
    found = [
        _ridge("least squares on diabetes", rows, target),
        _ridge("logistic regression on diabetes", rows, np.where(target > 0, 1.0, -1.0), logistic=True),
        # With labels 0 the origin is the minimiser; the start is as far away as with those of the data.
        _ridge("least squares on diabetes, centred", rows, 0 * target, start=-_fit(rows, target)),
        _chain(),
        _ridge("Nesterov's function with a ridge", *_differences(), weight=Fraction(1, 4096)),
        _ridge("quadratic of two curvatures", np.eye(2)[:1], np.zeros(1), start=np.ones(2)),
        _of_one("steep quadratic", HALF_SQUARE, 1.0, float(SLOW)),
        _of_one("flat quadratic", scaled(HALF_SQUARE, Rational(SLOW)), 1.0, float(SLOW)),
        _of_one("|x|", ABSOLUTE_VALUE, None, None, steepest=1.0),
        _of_one("Huber's function", _huber(0), 1.0, None, steepest=1.0),
        # Gradient descent with the step 1/L is slowest on it after this number of rounds.
        _of_one("Huber's function from afar", _huber(FAR), 1.0, None, steepest=1.0, place=FAR),
    ]
    return tuple(found)


def _fit(rows: Floats, labels: Floats) -> Floats:
    return enclosed(rows, labels, float(RIDGE_WEIGHT), logistic=False).point


def _ridge(
    name: str,
    rows: Floats,
    labels: Floats,
    *,
    logistic: bool = False,
    start: Floats | None = None,
    weight: Fraction = RIDGE_WEIGHT,
) -> NaturalFunction:
    """A ridge regression, from 0 or another start, with everything about it enclosed."""
    known = enclosed(rows, labels, float(weight), logistic=logistic)
    start = np.zeros(rows.shape[1]) if start is None else start
    return NaturalFunction(
        name, RIDGE_LOGISTIC if logistic else RIDGE, start,
        ceil(known.smoothness * DIGITS) / DIGITS, known.modulus, known.minimum, known.distance(start),
        table=(rows, labels), weight=weight,
    )  # fmt: skip


def _differences() -> tuple[Floats, Floats]:
    """The rows e_1, e_i - e_{i+1}, e_d, and the labels 1, 0, ..., 0."""
    one = np.eye(KNOTS)
    rows = np.concatenate([one[:1], one[:-1] - one[1:], one[-1:]])
    return rows, np.eye(len(rows))[0]


def _chain() -> NaturalFunction:
    """Nesterov's function: f(x) = ((x_1 - 1)^2 + sum_i (x_i - x_{i+1})^2 + x_d^2)/(2 (d + 1)).

    Its matrix has the eigenvalues (2 - 2 cos(pi k/(d + 1)))/(d + 1) < 4/(d + 1). In the minimiser
    1 - i/(d + 1) each of the d + 1 squares is 1/(d + 1)^2.
    """
    n = KNOTS + 1
    least = 1 / (2 * n**2)  # a power of 2
    square = Rational(sum(k**2 for k in range(1, n)), n**2)
    return NaturalFunction(
        "Nesterov's function", RIDGE, np.zeros(KNOTS), 4 / n, None, (least, least), number_ends(sqrt(square)),
        table=_differences(), weight=Fraction(0),
    )  # fmt: skip


def _huber(place: int) -> Loss:
    """phi'(u) = min(1, max(-1, u - place))."""
    one, zero = Fraction(1), Fraction(0)
    knots = (place - one, -one), (place + one, one)
    return piecewise_quadratic(Slope(knots, zero, zero), name=f"Huber's function at {place}")


def _of_one(
    name: str,
    loss: Loss,
    smoothness: float | None,
    modulus: float | None,
    *,
    steepest: float | None = None,
    place: int | None = None,
) -> NaturalFunction:
    """A function of one variable, with its minimum at 0 and x_1 = 1; or at another place and x_1 = 0."""
    least = 0.0 if loss.minimum is None else float(loss.minimum.subs(d, 1))
    start, away = (1.0, 1.0) if place is None else (0.0, float(place))
    return NaturalFunction(
        name, loss, np.array([start]), smoothness, modulus, (least, least), (away, away), steepest
    )
