"""What `prove` answers about the readings of the atlas: every linear stream, at small horizons.

A proof in docs/proofs.md is about every horizon and every parameter. These answers are about the horizons
and the one region that they name, and they are stored with the digest of the statement and of the questions.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from paper_checks.atlas.entry import Entry
from paper_checks.atlas.searched import digest_of
from paper_checks.atlas.stored import read_rows
from theory.statement import Requires

if TYPE_CHECKING:
    from bounds.games import Number, Point
    from bounds.prover.outcome import HorizonResult

STORED = Path(__file__).with_name("decided.json")
"""The answers that come with the package."""
LONGEST = 8
"""The largest horizon that is asked."""
ENOUGH = 2
"""A question with a proof for this many rounds is not asked for smaller gradients or a larger right side."""
SECONDS = 10.0
"""Processor seconds for one question."""
BUDGET = 2_000_000
"""The boxes of each search at each horizon."""
CHOSEN: Mapping[str, Number] = {"alpha": 1, "lam": Fraction(1, 100), "D_bar": 2, "G_bar": 1}
"""Parameters on [-1, 1] with |g| <= 1, where the bounds on the set and on the gradients are met."""
OTHERS: tuple[Mapping[str, Number], ...] = ({}, {"eps": 1}, {"alpha": 2})
"""Changes: the largest gradient as epsilon, which dual averaging asks for; a step for half the diameter."""
REGIONS = (Fraction(0), Fraction(0)), (Fraction(1, 10), Fraction(0)), (Fraction(1, 10), Fraction(1, 100))
"""(least |g_i| as a share of the largest, `relax`) from the strongest question to the weakest."""


@dataclass(frozen=True)
class Asked:
    """One question: a reading on a box.

    Args:
        parameters: Name -> exact number.
        lower: The lower ends of the box, (d,).
        upper: The upper ends.
        gradient: The least and the largest |g_i|.
        relax: Whether lhs <= (1 + relax) rhs is asked instead.
    """

    parameters: Mapping[str, Number]
    lower: Point
    upper: Point
    gradient: tuple[Fraction, Fraction]
    relax: Fraction = Fraction(0)

    @property
    def text(self) -> str:
        """What identifies the question."""
        numbers = [f"{name} = {value}" for name, value in sorted(self.parameters.items())]
        ends = [*self.lower, *self.upper, *self.gradient, self.relax]
        return ", ".join([*numbers, *map(str, ends)])


@dataclass(frozen=True)
class SmallHorizons:
    """The answer about one reading.

    Args:
        reading: Such as "amsgrad.theorem4.iclr".
        digest: Of the statement, the algorithm, the questions and the limits.
        region: The games that the answer is about, in words; empty if the question could not be asked.
        smallest: The least |g_i| of these games.
        relaxed: The factor of the right side that was asked about, "1" for the statement itself.
        proved: The T such that every game with 1, ..., T rounds satisfies the statement; 0 for none.
        ended: What came at the next horizon: "counterexample", "undecided", "time" or "longest", for no next
            horizon; "refused" if the question could not be asked.
        reason: Why it could not be asked.
        ratio: The largest lhs/rhs at any game tried, or None.
        boxes: The boxes evaluated.
        seconds: Processor seconds.
        versions: What made it.
    """

    reading: str
    digest: str
    region: str
    smallest: str
    relaxed: str
    proved: int
    ended: str
    reason: str
    ratio: float | None
    boxes: int
    seconds: float
    versions: str

    @property
    def told(self) -> str:
        """The answer in words."""
        if self.ended == "refused":
            return f"cannot be asked: {self.reason}"
        rounds = "T = 1" if self.proved == 1 else f"T = 1..{self.proved}"
        factor = "" if self.relaxed == "1" else f" with the right side times {self.relaxed}"
        parts = [f"holds{factor} in every game with {rounds}"] if self.proved else []
        if self.ended == "counterexample":
            parts.append(f"a game violates it at T = {self.proved + 1}")
        elif not parts:
            parts.append("undecided at T = 1")
        return f"{'; '.join(parts)}, {self.region}"


def questions(entry: Entry, reading: str) -> list[Asked]:
    """The questions about a reading, from the strongest to the weakest.

    A reading with a counterexample is asked about the box, the parameters and the largest gradient of its
    shortest one. Any other is asked about [-1, 1]^d and gradients of at most 1, with the fewest coordinates
    of its search; a parameter is the one fixed in its search, or a number of `CHOSEN`, or its default, or the
    upper end of its typical range. What is about the simplex is asked on that of R^2, whatever the box.
    """
    from bounds.games import ExactBox, LinearGame

    exhibit = entry.exhibit(reading)
    game = None if exhibit is None else exhibit.counterexample.game
    if isinstance(game, LinearGame) and isinstance(game.feasible, ExactBox):
        box, steepest = game.feasible, max(abs(u) for row in game.rows for u in row)
        return [
            Asked(game.parameters, box.lower, box.upper, (share * steepest, steepest))
            for share, relax in REGIONS
            if not relax
        ]
    simplex = Requires.PROBABILITY_SIMPLEX in {a.condition for a in entry.theorem.assumptions}
    d = 2 if simplex else min(entry.search.get("dimensions", (1,)))
    fixed = entry.search.get("fixed", {})
    settings = {
        p.name: fixed.get(p.name, CHOSEN.get(p.name, str(p.typical[1] if p.default is None else p.default)))
        for p in entry.recurrence.parameters
    }
    one = Fraction(1)
    low = 0 * one if simplex else -one
    return [
        Asked({**settings, **other}, (low,) * d, (one,) * d, (share, one), relax)
        for share, relax in REGIONS
        for other in OTHERS
        if other.keys() <= settings.keys()
    ]


def digest_of_questions(entry: Entry, reading: str) -> str:
    """A hash of what an answer depends on."""
    limits = [str(limit) for limit in (LONGEST, ENOUGH, SECONDS, BUDGET)]
    parts = [digest_of(entry, reading), *(asked.text for asked in questions(entry, reading)), *limits]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]


def contradicts(answer: SmallHorizons, entry: Entry, reading: str) -> str:
    """Why an answer and what else is known of the reading cannot both be true; empty if they can."""
    if answer.ended == "counterexample" and reading in entry.proved:
        return "it is proved, and `prove` found a counterexample"
    from bounds.games import LinearGame

    exhibit = entry.exhibit(reading)
    if exhibit is None or answer.relaxed != "1":
        return ""
    game = exhibit.counterexample.game
    inside = isinstance(game, LinearGame) and all(
        abs(u) >= Fraction(answer.smallest) for row in game.gradients for u in row
    )
    if inside and answer.proved >= game.horizon:
        return f"`prove` says that it holds at T = {game.horizon}, where its certificate refutes it"
    return ""


class _TimeUpError(Exception):
    """The processor seconds of a question are spent."""


def decide(entry: Entry, reading: str) -> SmallHorizons:
    """Ask about a reading, at T = 1, 2, ... until a horizon stays open, has a counterexample, or is the last.

    The answer is that of the first question with a counterexample or a proof for `ENOUGH` rounds, else of the
    one with the longest proof.
    """
    from bounds.scope import OutOfScope
    from online_sim.inputs import versions
    from theory.printing.base import UnknownNodeError

    best: SmallHorizons | None = None
    refused = ""
    made = ", ".join(
        f"{name} {number}" for name, number in versions().items() if name in ("numpy", "sympy", "regretcheck")
    )
    digest, began = digest_of_questions(entry, reading), time.process_time()
    name = f"{entry.id}.{reading}"
    for asked in questions(entry, reading):
        try:
            region, ended, results = _ask(entry, reading, asked)
        except (OutOfScope, UnknownNodeError) as problem:
            refused = refused or _short(problem, entry)
            break
        except ValueError as problem:  # the assumptions hold nowhere in this region
            refused = refused or _short(problem, entry)
            continue
        holds = len(results) - (ended == "counterexample")
        ratios = [r.closest for r in results if r.closest > 0]
        found = SmallHorizons(
            name, digest, region, str(asked.gradient[0]), str(1 + asked.relax), holds, ended, "",
            float(f"{max(ratios):.4g}") if ratios and max(ratios) < float("inf") else None,
            sum(r.boxes for r in results), 0.0, made,
        )  # fmt: skip
        if best is None or found.proved > best.proved or ended == "counterexample":
            best = found
        if ended == "counterexample" or found.proved >= ENOUGH:
            break
    seconds = round(time.process_time() - began, 1)
    if best is None:
        return SmallHorizons(name, digest, "", "0", "1", 0, "refused", refused, None, 0, seconds, made)
    return SmallHorizons(**{**vars(best), "seconds": seconds})


def _ask(entry: Entry, reading: str, asked: Asked) -> tuple[str, str, Sequence[HorizonResult]]:
    """The region in words, what ended the answer, and the answers up to there that decide something.

    Raises:
        ValueError: the question cannot be asked.
    """
    from bounds.prover.outcome import ProofOutcome
    from bounds.prover.prove import prove

    until = time.process_time() + SECONDS

    def watch(*_: object) -> None:
        if time.process_time() > until:
            raise _TimeUpError

    ask = partial(
        prove, entry.theorem, reading, entry.recurrence, parameters=asked.parameters, lower=asked.lower,
        upper=asked.upper, gradient=asked.gradient, relax=asked.relax,
    )  # fmt: skip
    found: list[HorizonResult] = []
    region = ""
    for T in range(1, LONGEST + 1):
        try:
            watch()
            decision = ask(horizon=T, first=T, budget=BUDGET, progress=watch)
        except _TimeUpError:
            # A search of one box tells the region in words.
            return region or ask(horizon=1, budget=1).region, "time", found
        region = decision.region
        if decision.outcome is ProofOutcome.UNDECIDED:
            return region, "undecided", found
        found += decision.rounds
        if decision.outcome is ProofOutcome.COUNTEREXAMPLE:
            return region, "counterexample", found
    return region, "longest", found


def _short(problem: ValueError, entry: Entry) -> str:
    """The reason of a refusal, without the names of the statement and the algorithm, and the region."""
    told = str(problem).partition("; ")[0].replace(f" with {entry.recurrence.name}", "")
    for name in (f"`{entry.id}`", entry.id):
        told = told.replace(name, "the statement")
    return told


def read_decided(path: Path = STORED) -> dict[str, SmallHorizons]:
    """The answers in a file by reading; none if there is no file.

    Raises:
        ValueError: the file is damaged.
    """
    return {row.reading: row for row in read_rows(path, SmallHorizons)}


def counts(answer: SmallHorizons | None, entry: Entry, reading: str) -> bool:
    """Whether there is an answer, and it is about the reading and the questions as they are now."""
    return answer is not None and answer.digest == digest_of_questions(entry, reading)
