"""Playing a certificate in balls, at a precision that is doubled while a comparison is open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from itertools import chain, cycle, islice, product, repeat
from math import prod
from typing import Any

from bounds.certificates.checker.formulas import BallProgram
from bounds.certificates.checker.reading import read, require

PRECISION, HIGHEST_PRECISION = 128, 2048
WORK = 1_500_000_000
"""How much work a certificate may take, all precisions together; `Program.work` says in which unit."""
Broken = dict[bool | None, str]
Replayed = tuple[Any, Any, str, Broken]
"""Both sides after the last round as balls; which path they are of, where they are of one of several; and the
first condition that does not hold (False) or is open (None), in some round of some path."""


class ReplayOutcome(Enum):
    """What the replay says; the value is the sentence to show."""

    CERTIFIED = "certified: every condition holds and the left side exceeds the right side"
    REFUTED = "refuted: the replay contradicts what the file claims"
    UNDECIDED = "undecided: a comparison is still open at the highest precision"


@dataclass(frozen=True)
class Answer:
    """The outcome, why, the two sides as balls in decimals, and the bits of precision."""

    outcome: ReplayOutcome
    reason: str
    lhs: str
    rhs: str
    precision: int


def check_certificate(
    raw: bytes, *, precision: int = PRECISION, highest: int = HIGHEST_PRECISION, work: int = WORK
) -> Answer:
    """Replay the certificate in these bytes; Refused where it is none, or takes too much work."""
    program = BallProgram(file := read(raw))
    while True:
        found = replay(file, program, precision, work)
        outcome, reason = _judged(file["claim"], *found)
        work -= program.work(precision)
        dear = program.work(2 * precision) > work
        if outcome is not ReplayOutcome.UNDECIDED or 2 * precision > highest or dear:
            reason += "; more bits take too long" if outcome is ReplayOutcome.UNDECIDED and dear else ""
            return Answer(outcome, reason, found[0].str(15), found[1].str(15), precision)
        precision *= 2


def replay(file: dict[str, Any], program: BallProgram, precision: int, work: int = WORK) -> Replayed:
    """Play every path of the noise, and hold each condition after each round; Refused if it takes more work.

    `play` yields after each round the conditions on its path, the values under Expectation and Supremum, and
    what stands beside them. `end` is told the expectations and suprema over all paths, and balls that hold
    what stands beside them on every path: so what it returns is right whichever path is meant. A statement
    without any expectation or supremum is one about each path, which one path refutes: both sides are then
    those of the path that fits the claim best.
    """
    from flint import arb, ctx, fmpq

    needed = program.work(precision)
    require(needed <= work, f"too long to replay ({needed:.1e} steps): find a shorter game or raise `--work`")
    scope: Any = {"__builtins__": {}} | {f.__name__: f for f in (arb, fmpq, bounded, abs, enumerate)}
    rounds, texts, broken, kept = file["game"]["horizon"], program.conditions, Broken(), dict[int, Any]()
    rank, sides = (0, 0, arb(0)), (arb(0), arb(0), "")
    with ctx.workprec(precision):
        exec(program.source, scope)
        note(broken, texts["once"], scope["once"])
        for path, probability, rows, last in paths(file["game"]):
            for n, (held, inner, outer) in enumerate(scope["play"](rows), start=1):
                note(broken, texts["round"], held, n, path)
                if n == rounds or texts["end"]:
                    kept[n] = _joined(kept.get(n), probability, inner, outer)
                    if last or program.per_path:
                        left, right, held = scope["end"](*kept.pop(n))
                        note(broken, texts["end"], held, n)
                        fit = (False, None, True).index(_fits(file["claim"], left, right))
                        if (n, fit, left - right) > rank:
                            rank = n, fit, left - right
                            sides = left, right, path if program.per_path else ""
        bounded(rounds, [*sides[:2]])
    return *sides, broken


def note(broken: Broken, texts: list[str], held: list[bool | None], n: int = 0, path: str = "") -> None:
    """Keep the first condition that does not hold, and the first that is open, with its round and path."""
    for text, holds in zip(texts, held, strict=True):
        if holds is not True and holds not in broken:
            broken[holds] = text + (f" in round {n}" if n else "") + path


def _joined(before: Any, probability: Any, inner: list[Any], outer: list[Any]) -> tuple[list[Any], list[Any]]:
    """What is known of a round over the paths so far: means, suprema, and balls that hold every value."""
    if before is None:
        return [(probability * u, u) for u in inner], outer
    over = [(mean + probability * u, most.max(u)) for (mean, most), u in zip(before[0], inner, strict=True)]
    # A truth value that is not the same on all paths is open.
    pairs = zip(before[1], outer, strict=True)
    return over, [a if a is u else None if isinstance(u, bool | None) else a.union(u) for a, u in pairs]


def bounded(n: int, values: list[Any]) -> None:
    """Refuse numbers with exponents so long that each operation takes more time than the one before."""
    huge = ball(Fraction(2)) ** 2**32
    for u in (part for v in values for part in (v.mid(), v.rad())):
        usual = u == 0 or not u.is_finite() or 1 / huge < abs(u) < huge
        require(usual, f"too long to replay: a number in round {n} is out of all measure")


def _fits(claim: dict[str, Any], left: Any, right: Any) -> bool | None:
    """Whether the sides are as claimed."""
    least, most = ball(claim["lhs_at_least"]), ball(claim["rhs_at_most"])
    return False if left < least or right > most else (left >= least and right <= most) or None


def _judged(
    claim: dict[str, Any], left: Any, right: Any, path: str, broken: Broken
) -> tuple[ReplayOutcome, str]:
    fits = _fits(claim, left, right)
    sides = f"the left side is {left.str(10)}, the right side {right.str(10)}{path}"
    if False in broken or fits is False:
        return (
            ReplayOutcome.REFUTED,
            f"a condition does not hold: {broken[False]}" if False in broken else sides,
        )
    if None in broken:
        return ReplayOutcome.UNDECIDED, f"a condition is open: {broken[None]}"
    if fits:
        return ReplayOutcome.CERTIFIED, sides
    return ReplayOutcome.UNDECIDED, f"a side is undefined or too wide a ball: {sides}"


def ball(q: Fraction) -> Any:
    """A rational as a ball, at the precision of the context."""
    from flint import arb, fmpq

    return arb(fmpq(q.numerator, q.denominator))


def balls(point: list[Fraction]) -> list[Any]:
    """Rationals as balls."""
    return [ball(q) for q in point]


def paths(game: dict[str, Any]) -> Iterator[tuple[str, Any, Iterable[list[Any]], bool]]:
    """Each path: which it is, its probability, the gradients or the noise of its rounds; is it the last?"""
    rounds = game["horizon"]
    if game["kind"] == "linear":
        runs = chain(game["lead"], cycle(game["pattern"]))
        rows = chain.from_iterable(repeat(balls(run["gradient"]), run["times"]) for run in runs)
        yield "", ball(Fraction(1)), islice(rows, rounds), True
        return
    noise = [balls(letter["noise"]) for letter in game["letters"]]
    chances = balls([letter["probability"] for letter in game["letters"]])
    for path in product(range(len(noise)), repeat=rounds if len(noise) > 1 else 0):
        steps: Iterable[list[Any]] = [noise[k] for k in path] or repeat(noise[0], rounds)
        chance = prod((chances[k] for k in path), start=ball(Fraction(1)))
        letters = " on the path of letters " if path else ""
        yield letters + ", ".join(str(k + 1) for k in path), chance, steps, {*path} <= {len(noise) - 1}
