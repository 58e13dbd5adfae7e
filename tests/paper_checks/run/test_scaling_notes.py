"""What scaling says before any game."""

from __future__ import annotations

from dataclasses import replace

from paper_checks.run.scaling_notes import notices
from theory.parameters import alpha
from theory.scaling import breaking
from theory.theorems.adal import THEOREM1, THEOREM2


def test_the_readings_that_scaling_breaks_are_named_before_any_game() -> None:
    """Theorem 1 falls in B and C, Theorem 2 where M stands in the prefactor; 1/sqrt(T) survives."""
    assert set(breaking(THEOREM1)) == {"B", "C"}
    assert set(breaking(THEOREM2)) == {"sqrtTM", "sqrtT_M"}
    lines = notices(["adal.theorem1", "adal.theorem2", "adal.theorem1", "no.such.theorem"])
    assert [line.split(":")[0] for line in lines] == ["adal.theorem1", "adal.theorem2"]


def test_a_homogeneous_statement_is_not_accused() -> None:
    """Must-hold control: a bound that scales like the regret gives no notice."""
    reading = replace(THEOREM1.reading("C"), rhs=THEOREM1.reading("C").rhs.subs(alpha, alpha))
    same = replace(THEOREM1, lhs=reading.rhs, readings=(reading,))
    assert breaking(same) == {}
