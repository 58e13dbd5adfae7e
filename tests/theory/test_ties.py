"""Where branches meet, and whether a function jumps there."""

from __future__ import annotations

from fractions import Fraction

from sympy import Abs, Integer, Max, Min, Piecewise, Rational, exp, sign

from theory.symbols import Scalar, a, b, x
from theory.ties import is_continuous, is_smooth, roots, ties

k = Scalar("k", positive=True)


def test_ties_are_found() -> None:
    """Ties of nested maxima, of absolute values and of pieces, with parameters, and none for a parabola."""
    assert set(ties(Max(x, 2 * x - 1, -x), x)) == {Integer(1), Integer(0), Rational(1, 3)}
    assert ties(Max(0, 1 - b * x), x) == (1 / b,)
    assert set(ties(Max(x, Abs(x - 2)), x)) == {Integer(1), Integer(2)}
    assert ties(Piecewise((x, x < a), (2 * x - a, True)), x) == (a,)
    assert ties((x - a) ** 2, x) == ()
    assert set(ties(Max(x**2, 1), x)) == {Integer(-1), Integer(1)}
    assert {Fraction(str(t)) for t in ties(Max(1, Max(x, 2 * x) - 3), x)} >= {Fraction(4), Fraction(2)}


def test_roots_of_lines_and_parabolas_only() -> None:
    """A polynomial of degree 1 or 2 is solved; anything else is "not known", which is not "none"."""
    assert roots(2 * x - b, x) == [b / 2]
    assert set(roots(x**2 - 4, x)) == {Integer(2), Integer(-2)}
    for unknown in (x**3 - 1, exp(x) - 2, x + Max(x, 2 * x), Integer(3) + 0 * x):
        assert roots(unknown, x) is None


def test_smooth_and_kinked() -> None:
    """Huber's function and a squared hinge have continuous slopes; a maximum, an Abs and a jump have not."""
    huber = Piecewise((-k * x - k**2 / 2, x < -k), (k * x - k**2 / 2, x > k), (x**2 / 2, True))
    for smooth in (huber, Max(0, 1 - b * x) ** 2, (x - a) ** 2, x * Abs(x), exp(x)):
        assert is_smooth(smooth, x)
    for kinked in (
        Max(x, 2 * x),
        Abs(x),
        Max(x, -x, 2 * x - 1),
        Piecewise((-x, x < 0), (x, True)),
        Min(0, x),
    ):
        assert not is_smooth(kinked, x)
    assert is_continuous(huber, x)
    assert not is_continuous(Piecewise((x, x < 0), (x - 1, True)), x)
    assert not is_continuous(sign(x), x)
    assert is_smooth(Piecewise((x**2, x < 0), (x**2 - Rational(1, 2), True)), x)  # its slope, not its value
