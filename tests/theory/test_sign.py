"""Signs by declaration: what is seen to be >= 0, and what must not be."""

import pytest
from sympy import Abs, Max, sqrt

from theory.parameters import alpha, beta1, beta2
from theory.quantities import CumSum, Dot, Norm1, Prev, SumCoords, pinv
from theory.sign import nonnegative
from theory.symbols import f, g, m, t, v, x

NEVER_NEGATIVE = [
    1 - beta1, beta1 / (1 - beta1), 1 - beta1**t, (2 - beta1) / (4 * (1 - beta1)), beta1 - beta1 * beta2,
    alpha / (sqrt(t) * (1 - beta1**t)), x**2, sqrt(v), Abs(m), Norm1(g), CumSum(Norm1(g) * x**2),
    Prev(pinv(v)), Max(0, x), SumCoords(v * x**2),
]  # fmt: skip
MAYBE_NEGATIVE = [
    beta1 - 1, beta1 - beta2, beta1**t - 1, 1 - 2 * beta1, x, f, x**3, Dot(x, m), CumSum(f), -Norm1(g),
    1 - v, Max(x, m), x**2 - 1,
]  # fmt: skip


@pytest.mark.parametrize("e", NEVER_NEGATIVE, ids=str)
def test_what_is_never_negative_is_seen(e):
    """Squares, norms, sums of them, and functions of decays in [0, 1)."""
    assert nonnegative(e)


@pytest.mark.parametrize("e", MAYBE_NEGATIVE, ids=str)
def test_what_may_be_negative_is_not_taken_for_positive(e):
    """Each of these is negative somewhere in its range."""
    assert not nonnegative(e)
