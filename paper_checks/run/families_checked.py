"""Families of games whose induction sympy has checked: the stored answers of `bounds.families.check`.

A report shows them, because a check takes seconds; `regretcheck atlas` and the tests check anew. An answer
counts only for the family, the statement, the algorithm and the checker for which it was made: their digest
is stored with it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from functools import cache
from importlib.resources import files
from pathlib import Path

from bounds.families.family import GameFamily

STORED = Path(__file__).resolve().parents[1] / "gallery" / "families.json"
"""What `python docs/tables/families.py` writes."""


def inequalities_of(family: GameFamily) -> int | None:
    """How many inequalities show every claim of a family; None if that is not known."""
    return _stored().get(digest_of(family))


def digest_of(family: GameFamily) -> str:
    """A hash of everything on which the check of a family depends but the libraries."""
    theorem = family.theorem
    own = [f.name for f in fields(family) if f.name not in ("theorem", "recurrence")]
    parts = [
        *(f"{name}: {getattr(family, name)}" for name in own),
        family.recurrence.digest,
        theorem.lhs,
        theorem.reading(family.reading).rhs,
        *(a.condition for a in theorem.assumptions),
        *theorem.letters,
        checker_digest(),
    ]
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:20]


@cache
def checker_digest() -> str:
    """A hash of the sources of `bounds.families`."""
    sources = sorted(
        (path.name, path.read_bytes())
        for path in files("bounds.families").iterdir()
        if path.name.endswith(".py")
    )
    return hashlib.sha256(repr(sources).encode()).hexdigest()


@cache
def _stored() -> dict[str, int]:
    rows = json.loads(STORED.read_text(encoding="utf-8")) if STORED.exists() else []
    return {row["digest"]: row["inequalities"] for row in rows}
