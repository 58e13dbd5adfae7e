"""What a `Recurrence` refuses, and what it says."""

from dataclasses import FrozenInstanceError, replace

import pytest
from sympy import Float, Rational, Symbol, sqrt

from theory.algorithms.adal import ADAL
from theory.parameters import ALPHA, BETA1, EPS, alpha, beta1
from theory.quantities import Component, CumSum, Norm1, Prev, Regret
from theory.recurrence import Recurrence
from theory.source import Source
from theory.symbols import Scalar, Vector, g, m, t, v, x

SOURCE = Source("zinkevich2003", "section 2")
GOOD = Recurrence("toy", SOURCE, (ALPHA, BETA1), ((m, beta1 * Prev(m) + g),), x - alpha * m, 1)


def test_a_good_recurrence_is_accepted() -> None:
    """The base of all the broken ones below stands, so that each is refused for its own fault."""
    assert GOOD.states == (m,)
    assert GOOD.parameter_names == ("alpha", "beta1")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"point": x - Float("0.1") * alpha * m}, "holds a float"),
        ({"steps": ((m, beta1 * Prev(m) + Float(2) * g),)}, "holds a float"),
        ({"point": x - alpha * m * Symbol("surprise")}, "unknown or later symbols: surprise"),
        ({"point": x - alpha * m * v}, "unknown or later symbols: v"),
        ({"steps": ((m, beta1 * Prev(v) + g),)}, "no line defines `v`"),
        ({"steps": ((m, beta1 * Prev(m) + v), (v, g**2))}, "unknown or later symbols: v"),
        ({"steps": ((m, beta1 * Prev(m) + g), (m, g))}, "defined twice"),
        ({"steps": ((g, beta1 * x), (m, g))}, "given by the game"),
        ({"steps": ((m, beta1 * g), (alpha, Norm1(g)))}, "cannot be redefined"),
        ({"steps": ((Symbol("m"), beta1 * g),), "point": x - alpha * g}, "Vector or a Scalar"),
        ({"steps": ((Scalar("s"), beta1 * g),), "point": x - alpha * g}, "vector rank"),
        ({"steps": ((m, beta1 * Component(g, 0)),)}, "only losses and theorems"),
        ({"metric": Regret(1)}, "only losses and theorems"),
        ({"parameters": (ALPHA, BETA1, EPS)}, "parameter `eps`"),
        ({"parameters": (ALPHA, BETA1, ALPHA)}, "two symbols .* are called `alpha`"),
        ({"steps": ((m, beta1 * g), (Vector("alpha"), g))}, "two symbols .* are called `alpha`"),
        ({"point": alpha * t + beta1, "steps": ()}, "must have vector rank"),
        ({"initial": {v: 1}}, "`initial` names `v`"),
        ({"initial": {m: t}}, "may use only parameters"),
    ],
)
def test_a_bad_recurrence_is_refused(changes: dict[str, object], says: str) -> None:
    """Each fault is refused with a sentence that names it."""
    with pytest.raises(ValueError, match=says):
        replace(GOOD, **changes)


def test_a_float_as_python_number_is_refused() -> None:
    """A Python float in a line is no better than a sympy one."""
    with pytest.raises(ValueError, match="Rational"):
        replace(GOOD, metric=0.5 * sqrt(Norm1(g)))
    assert replace(GOOD, metric=Rational(1, 2)).metric == Rational(1, 2)


def test_a_recurrence_is_frozen() -> None:
    """Neither the fields nor the mappings can be changed."""
    with pytest.raises(FrozenInstanceError):
        ADAL.name = "other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        ADAL.variant["eps"] = "none"  # type: ignore[index]


def test_equal_recurrences_hash_alike() -> None:
    """Two copies are one key; a changed point is another."""
    copy = replace(GOOD)
    assert copy == GOOD
    assert len({copy, GOOD}) == 1
    assert len({GOOD, replace(GOOD, point=x - m * alpha / 2)}) == 2


def test_states_are_the_lines_whose_past_is_needed() -> None:
    """A line nobody looks back at is no state, and a running sum keeps its own."""
    u = Vector("u")
    r = replace(GOOD, steps=(*GOOD.steps, (v, CumSum(g**2)), (u, m + v)), point=x - alpha * u)
    assert r.states == (m,)
