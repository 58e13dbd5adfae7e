"""The table of docs/falsify.md against searches made now."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from bounds import falsify
from bounds.tightener.factors import lowered
from theory import ADAL, algorithm
from theory.theorems.adal import THEOREM1
from theory.theorems.ogd import SQRT

PAGE = (Path(__file__).resolve().parents[3] / "docs/falsify.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("theorem", "key", "recurrence", "mode"),
    [
        *((THEOREM1, key, ADAL, "free") for key in "ABC"),
        (
            lowered(SQRT, "stated", (Fraction(19, 20), Fraction(19, 20))),
            "stated",
            algorithm("SGD"),
            "19/20 of both terms",
        ),
    ],
)
def test_rows_are_what_a_search_finds(theorem, key, recurrence, mode) -> None:
    """The numbers of games are those of the page, since a seed has one answer on every machine."""
    found = falsify(theorem, key, recurrence)
    assert found.violated
    games = f"{found.games_to_first:,} | {found.evaluations:,}"
    row = f"| {theorem.id}.{key} | {recurrence.name} | {mode} | {games} |"
    (stored,) = (line for line in PAGE.splitlines() if line.startswith(row))
    assert stored.endswith(f"| {found.horizon} | {found.dimension} | {found.ratio:.4g} |")
