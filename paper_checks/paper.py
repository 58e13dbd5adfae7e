"""A paper under review: its statements in order, with what the report tells of each."""

from __future__ import annotations

from dataclasses import dataclass

from theory.borders import items, settle
from theory.printable import check_shown

LONGEST = 600
"""The most characters of a sentence about a statement."""


@dataclass(frozen=True)
class PaperStatement:
    """A theorem of a paper.

    Args:
        theorem: Its id, such as "adal.theorem1".
        name: As the paper calls it, such as "Theorem 1".
        says: What it promises, in one sentence.
        instead: What is true instead, in one sentence; shown only if the statement falls.
        repaired: The ids of the repaired statements.
        picture: The scenario whose plot is shown with the answer; empty for none.
    """

    theorem: str
    name: str
    says: str
    instead: str = ""
    repaired: tuple[str, ...] = ()
    picture: str = ""

    def __post_init__(self) -> None:
        """Check that texts can be shown."""
        for name in ("name", "says", "instead", "picture"):
            empty = name in {"instead", "picture"}
            check_shown(getattr(self, name), f"`{name}` of a statement", empty=empty, longest=LONGEST)
        settle(self, repaired=items("repaired", self.repaired, str, "the id of a theorem"))


@dataclass(frozen=True)
class Paper:
    """A paper.

    Args:
        id: Its key in the bibliography.
        title: What the report calls it, such as "The AdaL paper".
        statements: Its theorems in their order.
    """

    id: str
    title: str
    statements: tuple[PaperStatement, ...]

    def __post_init__(self) -> None:
        """Check the parts."""
        check_shown(self.title, "`title` of a paper")
        settle(self, statements=items("statements", self.statements, PaperStatement, "a PaperStatement"))
