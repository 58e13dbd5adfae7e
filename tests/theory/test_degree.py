"""Degrees of expressions at both ends, and how the parameters of an algorithm follow a scaling."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sympy import Abs, Max, Min, Piecewise, Rational, exp, log, oo, sqrt

from theory.algorithms.adal import ADAL
from theory.degree import LOSS, Degrees, follow
from theory.parameters import ALPHA, Parameter, alpha, beta1
from theory.quantities import CumMax, CumSum, First, MaxCoords, Norm1, NormInf, Prev, SumCoords
from theory.recurrence import Recurrence
from theory.symbols import Scalar, T, f, g, m, t, vhat, x
from toy_theorem import SOURCE


def test_a_parameter_that_nothing_ties_down_stays() -> None:
    """Of two factors of the step the first moves, the second keeps its value."""
    second = replace(ALPHA, symbol=Scalar("second", positive=True))
    two = Recurrence("two", SOURCE, (ALPHA, second), (), x - alpha * second.symbol * g, 1)
    assert follow(two, LOSS).degrees == {alpha: -1, second.symbol: 0}
    assert follow(replace(two, parameters=(second, ALPHA)), LOSS).degrees == {alpha: 0, second.symbol: -1}


def test_an_initial_value_is_a_line_like_the_others() -> None:
    """A state that starts at a parameter ties the parameter to the state."""
    start = Parameter(Scalar("start", positive=True), "s", "the start")
    lines = ((m, Prev(m) + g**2),)
    r = Recurrence("r", SOURCE, (ALPHA, start), lines, x - alpha * g / sqrt(m), 1, initial={m: start.symbol})
    assert follow(r, LOSS).degrees[start.symbol] == 2
    assert follow(replace(r, initial={m: start.symbol + 1}), LOSS).conflicts[0].where == start.symbol + 1


ADAL_DEGREES = Degrees(LOSS, follow(ADAL, LOSS))


@pytest.mark.parametrize(
    ("e", "zero", "infinity"),
    [
        (Norm1(g) + 1, "1", "c"),
        (1 / (Norm1(g) + 1), "1", "c^(-1)"),
        (sqrt(Norm1(g) + NormInf(g) ** 3), "c^(1/2)", "c^(3/2)"),
        (Max(Norm1(g), NormInf(g) ** 2), "c", "c^2"),
        (Min(Norm1(g), NormInf(g) ** 2), "c^2", "c"),
        (Norm1(g) * log(CumMax(Norm1(g)) / NormInf(g)), "c", "c"),
        (log(1 / NormInf(g)), "log(c)", None),
        (log(1 + NormInf(g)), None, "log(c)"),
        (NormInf(g) - 1, None, "c"),
        ((1 - beta1) * NormInf(g) + 1, "1", "c"),
        (-CumMax(Piecewise((-Norm1(g), Norm1(g) > 0), (-oo, True))), "c", "c"),
        (NormInf(g) - NormInf(g) ** 2, "c", None),
        (exp(-NormInf(g)), None, None),
        (exp(-NormInf(g) / CumMax(Norm1(g))), "1", "1"),
        (2**T * beta1**t, "1", "1"),
        (First(f) + CumSum(f), "c", "c"),
        (MaxCoords(Abs(g)) * SumCoords(sqrt(vhat)) ** Rational(1, 4), "c^(3/2)", "c^(3/2)"),
    ],
    ids=str,
)
def test_growth_at_both_ends(e, zero, infinity) -> None:
    """Sums, extremes, powers and logarithms, each at c -> 0 and at c -> infinity."""
    degree = ADAL_DEGREES.of(e)
    assert [None if end is None else end.text("c") for end in (degree.at_zero, degree.at_infinity)] == [
        zero,
        infinity,
    ]


def test_a_condition_between_unlike_things_is_refused() -> None:
    """A threshold on a gradient has no scaling; one on the round has."""
    assert ADAL_DEGREES.of(Piecewise((NormInf(g), t > 3), (0, True))).power == 1
    with pytest.raises(ValueError, match="unlike"):
        ADAL_DEGREES.of(Piecewise((NormInf(g), Norm1(g) > 3), (0, True)))
