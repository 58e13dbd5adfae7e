"""What is decided is true: against numbers, and with inequalities that fail by little."""

import pytest
from sympy import Abs, Integer, Max, Piecewise, Rational, S, Symbol, log, sin, sqrt

from bounds.families.inequalities import Between, Sides, Undecided
from theory.quantities import pinv

n, large, k, s, free = (Symbol(name, real=True) for name in ("n", "large", "k", "s", "free"))
SIDES = (
    Between(n, S.One),
    Between(large, Integer(2), above=True),
    Between(k, S.Zero, n - 1),
    Between(s, S.Zero, large / sqrt(1 + large**2), above=True, below=True),
)
u = large**2
BACK = sqrt((1 + u) / (2 * (1 + 2 * u))) + 1 / sqrt(3 * (1 + (1 + 2 * u) / (1 + u) ** 2))
TRUE = [
    (n, 1, False),
    (large, 2, True),
    (n, k, True),
    (n - 1, k, False),
    (1, s, True),
    (s, 0, True),
    (sqrt(n + 1), sqrt(n), True),
    (1 + sqrt(n), sqrt(n + 1), True),
    (2 * sqrt(n), 1 + log(n), False),
    (sqrt(2) * n ** Rational(3, 4), sqrt(n) * sqrt(1 + log(n)), False),
    ((1 + 1 / (5 * n)) ** n, Rational(6, 5), False),
    (Rational(5, 4), (1 + 1 / (5 * n)) ** n, False),
    ((n - 3) ** 2, 0, False),
    (Abs(k - n), 0, True),
    (Max(n, k), n, False),
    (pinv(sqrt(n)), 0, True),
    (Piecewise((-n, n < 1), (n, True)), 1, False),
    (BACK, 1, False),
    (sqrt(4 * n), 2, False),
    (sqrt(3 * n + 3), sqrt(3) * sqrt(n), True),
    (2 ** Rational(1, 4) * n, n, True),
    ((16 * n**2) ** Rational(1, 4), 2, False),
    ((n**2 + 2 * n + 1) ** Rational(1, 4), sqrt(n), False),
    (sqrt(k * n + n), sqrt(n), False),
]
FALSE = [
    (n, Rational(1001, 1000), False),
    (n, 1, True),
    (k, 0, True),
    (n - 1, k, True),
    (k, 1, False),
    (Rational(89, 100), s, False),
    (sqrt(n), sqrt(n + 1), False),
    (Rational(199, 100) * sqrt(n), 1 + 2 * log(n), False),
    ((n - 3) ** 2, 0, True),
    (free, 0, False),
    (free**2 - 2 * free, -2, False),
    (1 / k, 1, False),
    (pinv(k), 0, False),
    (sqrt(k - 1), 0, False),
    (log(k), -1, False),
    (sin(n), -2, False),
    (n ** Rational(1, 3), 1, False),
    (sqrt(4 * n), 2, True),
    ((16 * n**2) ** Rational(1, 4), 3, False),
    (BACK, Rational(103, 100), False),
]


@pytest.mark.parametrize(("larger", "smaller", "strict"), TRUE)
def test_true_inequalities_are_decided(larger, smaller, strict):
    """Each is true by hand."""
    assert Sides(SIDES).at_least(larger, smaller, strict=strict)


@pytest.mark.parametrize(("larger", "smaller", "strict"), FALSE)
def test_what_is_false_or_unknown_is_not_assumed(larger, smaller, strict):
    """Must-fail controls: false somewhere, undefined somewhere, or about a symbol without a range."""
    assert not Sides(SIDES).at_least(larger, smaller, strict=strict)


def test_what_is_decided_holds_in_numbers():
    """Of a thousand random inequalities with roots none is decided that fails at a point."""
    import random

    draw, sides, decided = random.Random(0), Sides(SIDES), 0
    points = [Integer(1), Rational(5, 4), Integer(2), Integer(3), Integer(10), Integer(1000)]
    for _ in range(1000):
        a, b, c, d = (Integer(draw.randint(-4, 4)) for _ in range(4))
        e = a * n + b * sqrt(n) + c + d * sqrt(n + 3)
        if sides.at_least(e, 0):
            decided += 1
            assert all(e.subs(n, point).evalf(30) >= -Rational(1, 10**20) for point in points), e
    assert decided > 200


def test_a_relation_that_is_no_inequality_is_refused():
    """An equation is not decided."""
    from sympy import Eq

    with pytest.raises(Undecided, match="no inequality"):
        Sides(SIDES).holds(Eq(n, k))
