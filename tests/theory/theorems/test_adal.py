"""Theorems 1 and 2 as objects: their readings, what they ask a run to record, and what they refuse."""

from __future__ import annotations

from fractions import Fraction

import pytest
from sympy import Float, Rational, S, nan, oo, zoo

from theory.quantities import Expectation, Quantity, Regret, Supremum
from theory.statement import Requires
from theory.symbols import G, M, gamma, vhat_0
from theory.theorems.adal import THEOREM1, THEOREM2, theorem2

ALL = [THEOREM1, THEOREM2, theorem2(vhat_0_is=Rational(1, 3))]


def test_the_readings_have_their_stable_names() -> None:
    """Results are keyed by these ids: they may never change."""
    ids = [f"{theorem.id}.{r.key}" for theorem in (THEOREM1, THEOREM2) for r in theorem.readings]
    assert ids == [
        *("adal.theorem1.A", "adal.theorem1.B", "adal.theorem1.C"),
        *("adal.theorem2.sqrtTM", "adal.theorem2.sqrtT_M", "adal.theorem2.sqrtT"),
    ]


@pytest.mark.parametrize("theorem", ALL, ids=lambda th: th.readings[0].constants.get("vhat_0", th.id))
def test_no_float_in_a_statement(theorem) -> None:
    """Constants are exact everywhere: both sides, letters and conditions."""
    conditions = [a.condition for a in theorem.assumptions if not isinstance(a.condition, Requires)]
    for e in (theorem.lhs, *(r.rhs for r in theorem.readings), *(m for _, m in theorem.letters), *conditions):
        assert not theorem.spelled_out(e).atoms(Float)


@pytest.mark.parametrize("theorem", ALL, ids=lambda th: th.readings[0].constants.get("vhat_0", th.id))
def test_the_letters_are_spelled_out_in_what_is_recorded(theorem) -> None:
    """A run records measured nodes without letters, without expectations, and without repetition."""
    found = theorem.quantities
    assert len(set(found)) == len(found)
    for q in found:
        assert isinstance(q, Quantity)
        assert not q.has(G, M, gamma, vhat_0, Expectation, Supremum)
    for r in theorem.readings:
        assert not theorem.spelled_out(r.rhs).has(G, M, gamma, vhat_0)


def test_theorem_1_bounds_the_plain_regret() -> None:
    """Its left side is Regret(1): the paper's eq. (2), with no weights."""
    assert Regret(S.One) == THEOREM1.lhs
    assert THEOREM1.lhs in THEOREM1.quantities


def test_the_readings_of_one_theorem_differ() -> None:
    """Three readings are three bounds."""
    for theorem in ALL:
        assert len({r.rhs for r in theorem.readings}) == 3


def test_the_assumptions_say_what_the_paper_asks() -> None:
    """Properties of the game that each theorem needs, by name."""
    assert {a.condition for a in THEOREM1.assumptions if isinstance(a.condition, Requires)} == {
        Requires.CONVEX_LOSSES,
        Requires.COMPACT_SET,
    }
    assert {a.condition for a in THEOREM2.assumptions if isinstance(a.condition, Requires)} == {
        Requires.SMOOTH_LOSS,
        Requires.MINIMUM_KNOWN,
        Requires.FIXED_LOSS,
        Requires.UNBIASED_ORACLE,
        Requires.UNCONSTRAINED,
    }


@pytest.mark.parametrize(
    "value", [0, -1, Rational(-1, 2), 0.5, "0", "1/3", "second", "", oo, zoo, nan, True, S("pi"), 1e-16]
)
def test_a_vhat_0_that_is_not_a_positive_rational_is_refused(value) -> None:
    """At 0 the bound is infinite, a float is inexact, and a text is never parsed."""
    with pytest.raises(ValueError, match="positive rational"):
        theorem2(vhat_0_is=value)


@pytest.mark.parametrize("value", [1, 10**16, Fraction(1, 3), Rational(7, 2)])
def test_a_positive_rational_vhat_0_is_named_in_every_reading(value) -> None:
    """The choice that the reader makes is kept with the reading."""
    theorem = theorem2(vhat_0_is=value)
    assert all(r.constants["vhat_0"] == f"vhat_0 := {S(value)}" for r in theorem.readings)
    assert theorem.id == THEOREM2.id


def test_a_reading_is_found_by_its_key() -> None:
    """A wrong key lists the right ones."""
    assert THEOREM1.reading("B").key == "B"
    with pytest.raises(ValueError, match="A, B, C"):
        THEOREM1.reading("D")
