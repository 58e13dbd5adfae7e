"""An entry of the atlas: a published statement, how it is tested, and what is true instead where it falls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bounds.families.family import GameFamily
from paper_checks.gallery.exhibit import Exhibit
from theory.borders import instance, items, mapping, settle
from theory.printable import check_shown
from theory.recurrence import Recurrence
from theory.source import Source
from theory.statement import Theorem

SENTENCE = 2_000
"""The most characters of a sentence of an entry."""


@dataclass(frozen=True)
class Entry:
    """A published theorem.

    Args:
        theorem: The statement; each printing is a reading.
        recurrence: The algorithm that the search plays.
        exhibits: Certified counterexamples, at most one for a reading.
        instead: What is true instead, and where it is proved or checked; empty where nothing falls.
        proved: For readings that are proved, where; such as "docs/proofs.md".
        search: Keyword arguments of `bounds.falsifier.search.falsify` or `falsify_gradients`, or for full
            matrices of `bounds.falsifier.one_by_one.falsify_one_by_one`.
        families: Families of games that refute the statement for every constant, or on which it holds.
        why_not_searched: Why no search can be made, in a sentence; empty where one can.
    """

    theorem: Theorem
    recurrence: Recurrence
    exhibits: tuple[Exhibit, ...] = ()
    instead: str = ""
    proved: Mapping[str, str] = field(default_factory=dict)
    search: Mapping[str, Any] = field(default_factory=dict)
    families: tuple[GameFamily, ...] = ()
    why_not_searched: str = ""

    def __post_init__(self) -> None:
        """Check that exhibits and proofs are of readings of this statement, and that none is both."""
        instance("theorem", self.theorem, Theorem, "a Theorem", "write Theorem(...)")
        instance("recurrence", self.recurrence, Recurrence, "a Recurrence", "write Recurrence(...)")
        exhibits = items("exhibits", self.exhibits, Exhibit, "an Exhibit")
        proved = mapping("proved", self.proved, "the key of a reading -> where it is proved")
        keys = [reading.key for reading in self.theorem.readings]
        refuted = [e.counterexample.reading for e in exhibits]
        for e in exhibits:
            if e.counterexample.theorem.id != self.theorem.id:
                raise ValueError(
                    f"`exhibits`: {e.name} refutes `{e.counterexample.theorem.id}`, not `{self.theorem.id}`"
                )
        families = items("families", self.families, GameFamily, "a GameFamily")
        for family in families:
            if family.theorem.id != self.theorem.id:
                raise ValueError(
                    f"`families`: {family.name} is about `{family.theorem.id}`, not `{self.theorem.id}`"
                )
        for key in (*proved, *refuted):
            self.theorem.reading(key)
        both = [key for key in keys if key in proved and key in refuted]
        if both:
            raise ValueError(f"`proved`: reading {both[0]!r} of `{self.theorem.id}` has a counterexample")
        for name in ("instead", "why_not_searched"):
            check_shown(getattr(self, name), f"`{name}` of `{self.theorem.id}`", empty=True, longest=SENTENCE)
        settle(self, exhibits=exhibits, families=families, proved=dict(proved), search=dict(self.search))

    @property
    def id(self) -> str:
        """The id of the statement."""
        return self.theorem.id

    def exhibit(self, reading: str) -> Exhibit | None:
        """The counterexample to a reading with the fewest rounds, or None."""
        mine = [e for e in self.exhibits if e.counterexample.reading == reading]
        return min(mine, key=lambda e: e.counterexample.game.horizon, default=None)


@dataclass(frozen=True)
class Gap:
    """A published theorem that the language cannot state yet.

    Args:
        id: Its dotted name.
        title: One line.
        source: Where it is printed.
        reason: What the language lacks, in a sentence.
    """

    id: str
    title: str
    source: Source
    reason: str
