"""Logistic regression over a fixed table with a nonconvex penalty: a smooth nonconvex test function.

    f(x) = (1/n) sum_j log(1 + exp(-s_j <r_j, x>)) + lam sum_i x_i^2 / (1 + x_i^2).

The penalty is that of Antoniadis, Gijbels and Nikolova. Its second derivative (2 - 6 x^2)/(1 + x^2)^3 lies in
[-1/2, 2], and sigmoid' <= 1/4, so L = (1/n) sum_j s_j^2 ||r_j||_2^2 / 4 + 2 lam (valid, not the least one).

Oracles: "full" hands out grad f; "noise" adds the stream's vector to it; "row" is the gradient at the
stream's row (a, b) alone, unbiased when the stream draws the rows of the table uniformly.
"""

from dataclasses import replace

from sympy import Expr

from theory.loss import Loss, Shape
from theory.losses.noise import with_noise
from theory.parameters import Parameter
from theory.quantities import Dot, MeanRows, Norm2Squared, SumCoords, softplus
from theory.source import Source
from theory.subgradient import gradient
from theory.symbols import Scalar, Vector, a, b, row, row_label, x

LAM = Parameter(
    Scalar("lam", nonnegative=True),
    r"\lambda",
    "the weight of the penalty",
    lower=0,
    typical=(0.01, 1.0),
    default=0.1,
)
lam = LAM.symbol


def _fit(vector: Vector, label: Scalar) -> Expr:
    return softplus(-label * Dot(vector, x))


_PENALTY = lam * SumCoords(x**2 / (1 + x**2))

NONCONVEX_LOGISTIC = Loss(
    "nonconvex_logistic",
    Source("antoniadis2011", "section 2"),
    MeanRows(_fit(row, row_label)) + _PENALTY,
    Shape.NONCONVEX,
    parameters=(LAM,),
    smoothness=MeanRows(row_label**2 * Norm2Squared(row)) / 4 + 2 * lam,
)


def nonconvex_logistic(*, oracle: str = "full") -> Loss:
    """Logistic regression with the nonconvex penalty of Antoniadis et al. (2011, section 2).

    Args:
        oracle: "full", "noise" or "row"; see the module's docstring.

    Raises:
        ValueError: any other oracle.
    """
    if oracle == "full":
        return NONCONVEX_LOGISTIC
    if oracle == "noise":
        return with_noise(NONCONVEX_LOGISTIC)
    if oracle == "row":
        one_row = gradient(_fit(a, b) + _PENALTY, x)
        return replace(NONCONVEX_LOGISTIC, name="nonconvex_logistic[row]", oracle=one_row)
    raise ValueError(f"`oracle` must be one of full, noise, row, got {oracle!r}")


NONCONVEX_LOGISTIC_ROW = nonconvex_logistic(oracle="row")
