r"""A valley behind a hill, and a tail that flattens like a power: the family on which AdaL's maximum is slow.

In every coordinate, with q > 1 and l = 1/(q - 1), the value is

    l (1 + x)^{1-q} + 1/2       x >= 0              the tail: slope -(1 + x)^{-q}
    l + 1 - (x + 1)^2/2         -2 <= x < 0         the hill: slope -1 - x
    x + l + 5/2                 -2 - l <= x < -2
    (x + 3 + l)^2/2             x < -2 - l          the valley.

The slope is continuous and Lipschitz with L = q, its own slope at 0+. Along the tail the value falls to 1/2
and never reaches it. A theorem that speaks of f(x_*) needs a minimum that is attained: the valley has it,
0 at x = -3 - l. A run that starts at x_1 >= 0 never sees the left side.

With steps x_{t+1} = x_t + alpha t^{-1/2} |f'(x_t)|^k/V, V constant, y = 1 + x obeys
dy/dt = (alpha/V) t^{-1/2} y^{-kq}, so y^{kq+1} ~ sqrt(T), and the average of f'^2 = y^{-2q} falls like
T^{-q/(kq+1)}. AMSGrad and gradient descent have k = 1; AdaL with a maximum has k = 2 when d = 1, because
ghat = |g| g: its exponent q/(2q+1) lies in (1/3, 1/2) for every q > 1, short of the 1/2 of Theorem 2.
A second moment that forgets (Adam, AdaL as printed) makes the step independent of |f'|, k = 0: the squares
then have a finite sum, and the average falls like 1/T. Source: docs/rates.md, Proposition R1.
"""

from fractions import Fraction
from typing import Any

from sympy import Expr, Integer, Piecewise, Rational, S, sqrt, sympify

from theory.loss import Loss, Shape
from theory.parameters import Parameter, alpha
from theory.quantities import SumCoords
from theory.source import Source
from theory.symbols import Scalar, T, x

TAIL = Parameter(
    Scalar("q", positive=True), "q", "the power of the tail",
    lower=1, lower_open=True, typical=(1.05, 4.0), default=2.0,
)  # fmt: skip
q = TAIL.symbol
V = Scalar("V", positive=True)

_l = 1 / (q - 1)

POWER_TAIL = Loss(
    "power_tail",
    Source("repaired", "Proposition R1"),
    SumCoords(
        Piecewise(
            (_l * (1 + x) ** (1 - q) + Rational(1, 2), x >= 0),
            (_l + 1 - (x + 1) ** 2 / 2, x >= -2),
            (x + _l + Rational(5, 2), x >= -2 - _l),
            ((x + 3 + _l) ** 2 / 2, True),
        )
    ),
    Shape.NONCONVEX,
    parameters=(TAIL,),
    smoothness=q,
    minimum=Integer(0),
)

_reach = ((1 + alpha / V) ** (2 * q + 1) - 1) * V / alpha
MAXIMUM_AVERAGE: Expr = (1 + 2 * _reach * alpha * sqrt(T) / V) ** (-2 * q / (2 * q + 1))
r"""Proposition R1 with its constants: (1/T) sum f'(x_t)^2 is at least this for AdaL with a maximum and no
epsilon, in d = 1, x_1 = 0, beta1 = 0, V^2 = vhat_1.

Proof: y = 1 + x >= 1 and vhat_t >= V^2, so y_{t+1} <= y_t + (alpha_t/V) y_t^{-2q}. The function
((1 + s)^{2q+1} - 1)/s increases, and s = (alpha_t/V) y_t^{-2q-1} <= alpha/V, so
y_{t+1}^{2q+1} <= y_t^{2q+1} + C alpha_t/V, C = ((1 + alpha/V)^{2q+1} - 1) V/alpha. Add up with
sum_{t<T} t^{-1/2} <= 2 sqrt(T); f'(x_t)^2 = y_t^{-2q} is smallest at t = T.
"""


def decay_exponent(power: int | Fraction | Rational, *, factor_power: int) -> Rational:
    """The exponent e of (1/T) sum f'(x_t)^2 ~ T^e on the tail with q = `power`, exact.

    factor_power: the k of the module's docstring: 2 for AdaL with a maximum, 1 for AMSGrad and gradient
    descent, 0 where the step does not depend on the size of the gradient. ValueError unless q is a rational
    above 1 and k one of 0, 1, 2, ...
    """
    chosen = _checked(power, factor_power)
    # No average of T squares falls faster than the first of them over T.
    return max(-chosen / (factor_power * chosen + 1), S.NegativeOne)


def slowest_correction(power: int | Fraction | Rational, *, factor_power: int) -> Rational:
    """The delta > 0 with (1/T) sum f'(x_t)^2 = c T^e (1 + O(T^{-delta})), exact; arguments as above.

    y^{kq+1} starts at a constant, which sqrt(T) forgets like T^{-1/2}; the first squares are forgotten like
    T^{-1-e}, and for k = 0 the finite sum of the squares lacks a tail of order T^{1-q}.
    """
    chosen = _checked(power, factor_power)
    if factor_power == 0:
        return chosen - 1
    return min(Rational(1, 2), 1 + decay_exponent(chosen, factor_power=factor_power))


def _checked(power: Any, factor_power: int) -> Any:
    chosen: Any = S.Zero if isinstance(power, str | bool) else sympify(power)
    if not (chosen.is_Rational and chosen > 1):
        raise ValueError(f"`power` = {power!r} must be a rational above 1, such as 2 or Fraction(3, 2)")
    if isinstance(factor_power, bool) or not isinstance(factor_power, int) or factor_power < 0:
        raise ValueError(f"`factor_power` = {factor_power!r} must be 0, 1, 2, ...")
    return chosen
