"""Playing a certificate in balls, at a precision that is doubled while a comparison is open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from itertools import chain, cycle, islice, product, repeat
from math import prod
from typing import Any

from bounds.certify.checker.formulas import Program
from bounds.certify.checker.reading import read

PRECISION = 128
HIGHEST_PRECISION = 2048


class Outcome(Enum):
    """What the replay says; the value is the sentence to show."""

    CERTIFIED = "certified: every condition holds and the left side exceeds the right side"
    REFUTED = "refuted: the replay contradicts what the file claims"
    UNDECIDED = "undecided: a comparison is still open at the highest precision"


@dataclass(frozen=True)
class Answer:
    """The outcome, why, the two sides as balls in decimals, and the bits of precision."""

    outcome: Outcome
    reason: str
    lhs: str
    rhs: str
    precision: int


def check(raw: bytes, *, precision: int = PRECISION, highest: int = HIGHEST_PRECISION) -> Answer:
    """Replay the certificate in these bytes; Refused where it is none."""
    file = read(raw)
    program = Program(file)
    while True:
        left, right, holds = replay(file, program, precision)
        conditions = dict(zip(holds, program.conditions, strict=True))
        outcome, reason = _compare(file["claim"], left, right, conditions)
        if outcome is not Outcome.UNDECIDED or 2 * precision > highest:
            return Answer(outcome, reason, left.str(15), right.str(15), precision)
        precision *= 2


def replay(file: dict[str, Any], program: Program, precision: int) -> tuple[Any, Any, list[bool | None]]:
    """Both sides after the last round as balls, and whether each condition holds; None: balls overlap.

    `play` yields twice: the values under Expectation and Supremum on its path; then, told their expectations
    and suprema over all paths, the result. What stands outside of them is that of the first path.
    """
    from flint import arb, ctx, fmpq

    scope: dict[str, Any] = {"arb": arb, "fmpq": fmpq, "__builtins__": {"abs": abs, "enumerate": enumerate}}
    exec(program.source, scope)
    with ctx.workprec(precision):
        first: Any = None
        over = len(program.over_noise) * [(arb(0), arb("-inf"))]
        for probability, rows in _paths(file["game"]):
            path = scope["play"](rows)
            found = zip(over, next(path), strict=True)
            over = [(mean + _ball(probability) * u, most.max(u)) for (mean, most), u in found]
            first = first or path
        result: tuple[Any, Any, list[bool | None]] = first.send(over)
        return result


def _compare(claim: dict[str, Any], left: Any, right: Any, conditions: dict[Any, str]) -> tuple[Outcome, str]:
    least, most = _ball(claim["lhs_at_least"]), _ball(claim["rhs_at_most"])
    found = f"the left side is {left.str(10)}, the right side {right.str(10)}"
    if False in conditions:
        return Outcome.REFUTED, f"the condition {conditions[False]} does not hold"
    if left < least or right > most:
        return Outcome.REFUTED, found
    if None in conditions:
        return Outcome.UNDECIDED, f"whether {conditions[None]} is open"
    if left >= least and right <= most:
        return Outcome.CERTIFIED, found
    return Outcome.UNDECIDED, f"a side is undefined or too wide a ball: {found}"


def _ball(q: Fraction) -> Any:
    from flint import arb, fmpq

    return arb(fmpq(q.numerator, q.denominator))


def _balls(point: list[Fraction]) -> list[Any]:
    return [_ball(q) for q in point]


def _paths(game: dict[str, Any]) -> Iterator[tuple[Fraction, Iterable[list[Any]]]]:
    """Each path: its probability, and the gradients or the noise of its rounds."""
    rounds = game["horizon"]
    if game["kind"] == "linear":
        runs = chain(game["lead"], cycle(game["pattern"]))
        rows = chain.from_iterable(repeat(_balls(run["gradient"]), run["times"]) for run in runs)
        yield Fraction(1), islice(rows, rounds)
        return
    letters = [(letter["probability"], _balls(letter["noise"])) for letter in game["letters"]]
    for path in product(letters, repeat=rounds) if len(letters) > 1 else [letters * rounds]:
        yield prod((p for p, _ in path), start=Fraction(1)), [noise for _, noise in path]
