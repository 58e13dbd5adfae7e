"""At a kink the derivative is that of one active branch, the same one in every variable."""

from __future__ import annotations

import pytest
from sympy import Abs, DiracDelta, Expr, Heaviside, Max, Min, Piecewise, Rational, exp

from theory.quantities import Dot, SumCoords, softplus
from theory.subgradient import gradient, regular, subgradient
from theory.symbols import Scalar, a, b, x

u, w, c = Scalar("u"), Scalar("w"), Scalar("c", nonnegative=True)


def at(e: Expr, **values: Rational | int) -> Expr:
    """The value of an expression with numbers for its symbols."""
    return e.subs({s: values[str(s)] for s in e.free_symbols})


@pytest.mark.parametrize(
    ("e", "tie", "slopes"),
    [
        (Max(u, 2 * u), 0, (1, 2)),
        (Max(u, -u, 3 * u), 0, (-1, 3)),
        (Max(u - Rational(1, 2), -u, 2 * u - 1), Rational(1, 2), (1, 2)),
        (Max(1, Max(u, 2 * u)), Rational(1, 2), (0, 2)),
        (Max(u, 2 * u) + Max(-u, 4 * u), 0, (0, 6)),
        (exp(Max(u, 2 * u)), 0, (1, 2)),
        (Max(0, u) + Min(0, u), 0, (1, 1)),
        (2 * Max(0, u) - Abs(u), 0, (1, 1)),
        (Min(u, 2 * u), 0, (1, 2)),
        (-Min(-u, -2 * u), 0, (1, 2)),
        (Max(u, Abs(u - 2)), 1, (-1, 1)),
    ],
    ids=str,
)
def test_the_slope_at_a_tie_is_between_those_beside_it(e: Expr, tie: Rational | int, slopes: tuple) -> None:
    """This holds where sympy's Heaviside functions would give 0, or a sum of two branches, too."""
    slope = at(subgradient(e, u), u=Rational(tie))
    assert slopes[0] <= slope <= slopes[1]


def test_conventions() -> None:
    """Constants win ties, whatever the order of writing; |u| has slope 0 at 0."""
    for e in (Max(0, u), Max(u, 0), Min(0, u), Abs(u), Max(0, 1 - u).subs(u, 1 - u), c * Max(0, u)):
        assert at(subgradient(e, u), u=0, c=1) == 0
    assert at(subgradient(Max(b, u), u), u=2, b=2) == 0


def test_every_variable_takes_the_same_branch() -> None:
    """At a tie of two sums the gradient is that of one of them, never parts of both or none."""
    for e in (Max(u, w), Max(2 * u + w, u + 2 * w), Min(u, w), softplus(Max(u, w)), Max(u, w, 0)):
        parts = [at(subgradient(e, v, moving=[u, w]), u=1, w=1) for v in (u, w)]
        branches = [[g.subs({u: 1, w: 1}) for g in (q.diff(u), q.diff(w))] for q in _branches(e)]
        assert parts in branches
    both = gradient(Max(Dot(a, x), SumCoords(x**2)), x)
    tied = both.subs({Dot(a, x): 1, SumCoords(x**2): 1})
    assert tied in (a, 2 * x)


def _branches(e: Expr) -> list[Expr]:
    node = next(iter(e.atoms(Max, Min)))
    return [e.xreplace({node: branch}) for branch in node.args]


def test_second_derivatives_exist() -> None:
    """A slope can be differentiated again: the curvature on each piece, 0 for lines."""
    for e in (Max(u, 2 * u), Max(u - 1, -u, 2 * u - 1), Max(0, u) + Min(0, u), Min(u, 2 * u)):
        assert subgradient(subgradient(e, u), u) == 0
    squared = subgradient(subgradient(Max(0, u, 2 * u) ** 2, u), u)
    assert (at(squared, u=1), at(squared, u=-1)) == (8, 0)
    assert not squared.has(Heaviside, DiracDelta)


def test_regular_positions() -> None:
    """Maxima that add up, minima that are taken off, and nothing that is not seen."""
    for seen in (Max(u, 2 * u), -Min(u, 1), c * Abs(u), Max(0, u) ** 2, exp(Max(u, 1)), -Min(-Max(u, 1), u)):
        assert regular(seen, [u])
    for unseen in (Min(u, 2 * u), -Max(u, 1), b * Max(0, u), Abs(Max(u, -1)), Max(0, u) + Min(0, u)):
        assert not regular(unseen, [u])
    assert regular(Min(u, 2 * u), [u], concave=True)


def test_heaviside_is_no_subgradient() -> None:
    """Must-fail control: sympy's own derivative, each Heaviside 0 at 0, lies outside the slopes."""
    old = Max(u, 2 * u).diff(u).replace(Heaviside, lambda v, *_: Piecewise((1, v > 0), (0, True)))
    assert at(old, u=0) == 0


def test_a_condition_that_sympy_rewrites_for_ever_is_kept_as_a_difference() -> None:
    """Two steep sides of one kink: sympy's canonical form of u/4 > 3 (b - u) turns it around endlessly."""
    u = Dot(a, x)
    tilted = Max(3 * (b - u), (u - b) / 4)
    with pytest.raises(RecursionError):
        Piecewise((1, tilted.args[0] > tilted.args[1]), (0, True))
    slope = gradient(tilted, x)
    assert not slope.has(Heaviside, Max)
    for value, expected in ((0, -3), (2, Rational(1, 4))):
        assert slope.xreplace({u: value}).xreplace({b: 1}) == expected * a
