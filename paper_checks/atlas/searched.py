"""The outcomes of searching the readings of the atlas, stored because a search takes time.

An outcome counts only for the statement, the algorithm and the settings for which it was made: their digest
is stored with it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from paper_checks.atlas.entry import Entry
from paper_checks.atlas.stored import read_rows, write_rows

STORED = Path(__file__).with_name("searched.json")
"""The outcomes that come with the package."""
EVALUATIONS = 40_000
"""The default budget of a search, in games."""


@dataclass(frozen=True)
class Outcome:
    """One search.

    Args:
        reading: Such as "amsgrad.theorem4.iclr".
        digest: Of the statement, the algorithm and the settings.
        seed: The seed of the search.
        evaluations: The games played.
        said: Those among them in which the statement applied and both sides were numbers.
        ratio: The largest lhs/rhs.
        horizon: The rounds of that game, or None.
        dimension: Its coordinates, or None.
        violated: Whether a violation is certain.
    """

    reading: str
    digest: str
    seed: int
    evaluations: int
    said: int
    ratio: float | None
    horizon: int | None
    dimension: int | None
    violated: bool


def digest_of(entry: Entry, reading: str) -> str:
    """A hash of what a search depends on."""
    theorem = entry.theorem
    parts = [
        theorem.lhs,
        theorem.reading(reading).rhs,
        *(a.condition for a in theorem.assumptions),
        *theorem.letters,
        entry.recurrence.digest,
        sorted(entry.search.items()),
    ]
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:20]


def search(entry: Entry, reading: str, *, evaluations: int = EVALUATIONS, seed: int = 0) -> Outcome:
    """Search for a violation of one reading.

    Raises:
        OutOfScope: no game of the search is what the statement is about.
        ValueError: the entry says why it is not searched.
    """
    from bounds.falsifier.evaluator import about_losses
    from bounds.falsifier.search import falsify, falsify_gradients

    if entry.why_not_searched:
        raise ValueError(f"`{entry.id}` is not searched: {entry.why_not_searched}")
    theorem = entry.theorem
    made = (falsify if about_losses(theorem) else falsify_gradients)(
        theorem, reading, entry.recurrence, seed=seed, evaluations=evaluations, **entry.search
    )
    return Outcome(
        reading=f"{entry.id}.{reading}",
        digest=digest_of(entry, reading),
        seed=seed,
        evaluations=made.evaluations,
        said=made.said,
        ratio=float(f"{made.ratio:.6g}") if made.evidence else None,
        horizon=made.horizon,
        dimension=made.dimension,
        violated=made.violated,
    )


def read_outcomes(path: Path = STORED) -> dict[str, Outcome]:
    """The outcomes in a file by reading; none if there is no file.

    Raises:
        ValueError: the file is damaged.
    """
    return {row.reading: row for row in read_rows(path, Outcome)}


def write_outcomes(outcomes: Mapping[str, Outcome], path: Path) -> None:
    """Write them, one a line, completely or not at all."""
    write_rows(path, (outcomes[name] for name in sorted(outcomes)))


def readings(entries: Mapping[str, Entry]) -> Iterator[tuple[Entry, str]]:
    """Every reading of every entry."""
    for entry in entries.values():
        for reading in entry.theorem.readings:
            yield entry, reading.key
