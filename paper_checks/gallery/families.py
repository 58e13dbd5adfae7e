"""Families of games about which sympy checks an induction: AdaX for every C, and Adam's linear regret.

Docs: docs/families.md. The same games with numbers in them are certificates and scenarios of the atlas.
"""

from sympy import Expr, Integer, Interval, Rational, S, sqrt

from bounds.families.family import GameFamily, Stretch, Turn, k, n, regret
from theory.parameters import alpha
from theory.quantities import CumSum, First, SumCoords
from theory.recurrence import Recurrence
from theory.statement import Theorem
from theory.symbols import Scalar, g, t, v, vhat, x
from theory.theorems.adam_linear_regret import ADAM_OF_THEOREM1, LARGE, LINEAR_REGRET
from theory.theorems.adax import (
    LITERAL,
    PRODUCT,
    THEOREM4_1,
    THEOREM4_1_PRODUCT,
    C,
    for_every_constant,
    grown,
)

POSITIVE = Interval.open(0, S.Infinity)
_HALF, _THREE_QUARTERS = Rational(1, 2), Rational(3, 4)


def _adax(
    name: str,
    theorem: Theorem,
    recurrence: Recurrence,
    *,
    beta2: Rational,
    speed: Rational,
    claims: dict[Expr, object],
    ends: tuple[Expr, Expr],
    at_most: tuple[Rational, Rational],
) -> GameFamily:
    """1 (n times) and -1 (2n times): x moves back by at most `speed`/n a round; ends: those of vhat_t."""
    stated = for_every_constant(theorem)
    momentum = next(s for s in stated.readings[0].rhs.atoms(CumSum) if s != CumSum(g**2))
    known = {**claims, CumSum(g**2): t - 1, momentum: Integer(0)}  # beta1 = 0
    within, after = {vhat: ends}, {vhat: tuple(e.xreplace({t: t - 1}) for e in ends)}
    lost = 2 * k - speed * k * (k - 1) / (2 * n)
    back = {**known, x: (None, -1 + speed * k / n), regret: (lost - 2 * n, None)}
    return GameFamily(
        name,
        f"1 (n times), then -1 (2n times) on [-1, 1] from -1; alpha = 1/2, beta1 = 0, beta2 = {beta2}",
        stated,
        "every_C",
        recurrence,
        {"alpha": _HALF, "beta1": Integer(0), "beta2": beta2, "lam1": _HALF},
        (
            Stretch((Turn(Integer(1), {**known, x: Integer(-1), regret: -2 * k}, within),), n),
            Stretch((Turn(Integer(-1), back, within),), 2 * n),
        ),
        final={**known, **after, regret: ((2 - 2 * speed) * n, None)},
        ends=(Integer(-1), Integer(1)),
        start=Integer(-1),
        comparator=Integer(1),
        at_least=(2 - 2 * speed) * n,
        at_most=(at_most[0] * n**_THREE_QUARTERS, at_most[1] * C * n**_THREE_QUARTERS),
        ranges={C: POSITIVE},
    )


ADAX_PRODUCT = _adax(
    "adax_product", THEOREM4_1_PRODUCT, PRODUCT, beta2=_HALF, speed=_HALF,
    claims={grown: (Integer(1), None), v: grown - 1}, ends=(S.One, S.One), at_most=(Integer(8), Integer(4)),
)  # fmt: skip
_FIFTH = Rational(1, 5)
# (1 + beta2/t)^t lies between 1 + beta2 and 1/(1 - beta2), and the product of 1 + beta2/j below sqrt(t + 1).
ADAX_LITERAL = _adax(
    "adax_literal", THEOREM4_1, LITERAL, beta2=_FIFTH, speed=Rational(3, 5),
    claims={v: (_FIFTH * (t - 1) / t, sqrt(t) - 1)}, ends=(Rational(4, 5), 5 * sqrt(t + 1)),
    at_most=(Integer(22), Integer(4)),
)  # fmt: skip


def _reddi() -> GameFamily:
    """(c C, -c, -c) on [-h, h] from h: x is back at h after every three rounds."""
    c, h, large = Scalar("c"), Scalar("h"), LARGE.symbol
    u, longest = large**2, alpha * sqrt(1 + large**2) / large
    known: dict[Expr, object] = {First(SumCoords(g)): c * large, First(SumCoords(x)): h}
    block = c * h * (2 * large - 4)
    second = c**2 * u**2 / (1 + u)
    third = (second + c**2 * u) / (1 + u)
    back = longest * sqrt((1 + u) / (2 * (1 + 2 * u)))
    nothing = dict.fromkeys((*known, v, regret), Integer(0))
    high, first, later = c**2 * u, 2 * c * large * h, block * (k + 1)
    less, one, two = 2 * high / (1 + u), later + first, later + first - 2 * c * h
    lead = (
        Turn(c * large, {x: h, **nothing}),
        Turn(-c, {x: (h - longest, None), v: second, **known, regret: first}),
        Turn(-c, {x: (h - longest + back, None), v: third, **known, regret: (first - 2 * c * h, None)}),
    )
    again = (
        Turn(c * large, {x: h, v: (S.Zero, high), **known, regret: (later, None)}),
        Turn(-c, {x: (h - longest / sqrt(t - 1), None), v: (S.Zero, high), **known, regret: (one, None)}),
        Turn(
            -c, {x: (h - longest / (2 * sqrt(t - 2)), None), v: (S.Zero, less), **known, regret: (two, None)}
        ),
    )
    return GameFamily(
        "adam_reddi_1",
        "large c, -c, -c (n + 1 times) on [-h, h] from h, for all c, h > 0, large > 2, "
        "0 < alpha < h large/sqrt(1 + large^2)",
        LINEAR_REGRET,
        "example",
        ADAM_OF_THEOREM1,
        {"alpha": alpha, LARGE.name: large},
        (Stretch(lead), Stretch(again, n)),
        final={x: h, regret: (block * (n + 1), None)},
        ends=(-h, h),
        start=h,
        comparator=-h,
        at_least=block * n,
        ranges={
            h: POSITIVE,
            c: POSITIVE,
            large: Interval.open(2, S.Infinity),
            alpha: Interval.open(0, h * large / sqrt(1 + large**2)),
        },
    )


ADAM_REDDI_1 = _reddi()
FAMILIES = (ADAX_PRODUCT, ADAX_LITERAL, ADAM_REDDI_1)
