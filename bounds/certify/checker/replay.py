"""Playing a certificate in balls, at a precision that is doubled while a comparison is open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from itertools import chain, cycle, islice, product, repeat
from math import prod
from typing import Any, NamedTuple

from bounds.certify.checker.formulas import Program
from bounds.certify.checker.reading import read, require

PRECISION = 128
HIGHEST_PRECISION = 2048
WORK = 600_000_000
"""How much work a certificate may take, all precisions together; `Program.work` says in which unit."""


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


class Replayed(NamedTuple):
    """Both sides after the last round as balls, and on which path if there are several; what is not certain.

    broken: the first condition that fails in some round on some path, under False, and the first that is open
    because balls overlap, under None; empty where all hold.
    """

    left: Any
    right: Any
    path: str
    broken: dict[bool | None, str]


def check(
    raw: bytes, *, precision: int = PRECISION, highest: int = HIGHEST_PRECISION, work: int = WORK
) -> Answer:
    """Replay the certificate in these bytes; Refused where it is none, or takes too much work."""
    file = read(raw)
    program = Program(file)
    while True:
        found = replay(file, program, precision, work)
        outcome, reason = _judged(file["claim"], found)
        work -= program.work(precision)
        dear = program.work(2 * precision) > work
        if outcome is not Outcome.UNDECIDED or 2 * precision > highest or dear:
            reason += "; more bits take too long" if outcome is Outcome.UNDECIDED and dear else ""
            return Answer(outcome, reason, found.left.str(15), found.right.str(15), precision)
        precision *= 2


def replay(file: dict[str, Any], program: Program, precision: int, work: int = WORK) -> Replayed:
    """Play every path of the noise, and hold each condition after each round; Refused if it is too long.

    `play` yields after each round the conditions on its path, the values under Expectation and Supremum, and
    what stands beside them. `end` is told the expectations and suprema over all paths, and balls that hold
    what stands beside them on every path: so what it returns is right whichever path is meant. A statement
    without any expectation or supremum is one about each path, which one path refutes: both sides are then
    those of the path that fits the claim best.
    """
    from flint import arb, ctx, fmpq

    needed = program.work(precision)
    require(needed <= work, f"too long to replay ({needed:.1e} steps): find a shorter game or raise `--work`")
    scope: dict[str, Any] = {"arb": arb, "fmpq": fmpq, "bounded": bounded}
    scope["__builtins__"] = {"abs": abs, "enumerate": enumerate}
    rounds, texts, best, sides = (
        file["game"]["horizon"],
        program.conditions,
        (-1, arb(0)),
        (arb(0), arb(0), ""),
    )
    kept, broken = dict[int, Any](), dict[bool | None, str]()
    with ctx.workprec(precision):
        exec(program.code, scope)
        _note(broken, texts["once"], scope["once"])
        for path, probability, rows, last in _paths(file["game"]):
            for n, (held, inner, outer) in enumerate(scope["play"](rows), start=1):
                _note(broken, texts["round"], held, n, path)
                if program.per_path and n == rounds:
                    left, right, _ = scope["end"]([], outer)
                    rank = (False, None, True).index(_fits(file["claim"], left, right)), left - right
                    if rank > best:
                        best, sides = rank, (left, right, _on(path))
                elif not program.per_path and (texts["end"] or n == rounds):
                    kept[n] = _joined(kept.get(n), probability, inner, outer)
                    if last:
                        left, right, held = scope["end"](*kept.pop(n))
                        _note(broken, texts["end"], held, n)
                        sides = left, right, ""
        bounded(rounds, [*sides[:2]])
    return Replayed(*sides, broken)


def _note(
    broken: dict[bool | None, str], texts: list[str], held: list[bool | None], n: int = 0, path: Any = ()
) -> None:
    for text, holds in zip(texts, held, strict=True):
        if holds is not True and holds not in broken:
            broken[holds] = text + (f" in round {n}" if n else "") + _on(path)


def _on(path: tuple[int, ...]) -> str:
    return f" on the path of letters {', '.join(str(k + 1) for k in path)}" if path else ""


def _joined(before: Any, probability: Any, inner: list[Any], outer: list[Any]) -> tuple[list[Any], list[Any]]:
    """What is known of a round over the paths so far: means, suprema, and balls that hold every value."""
    if before is None:
        return [(probability * u, u) for u in inner], outer
    over = [(mean + probability * u, most.max(u)) for (mean, most), u in zip(before[0], inner, strict=True)]
    return over, [ball.union(u) for ball, u in zip(before[1], outer, strict=True)]


def bounded(n: int, values: list[Any]) -> None:
    """Refuse numbers with exponents so long that each operation takes more time than the one before."""
    huge = _ball(Fraction(2)) ** 2**32
    for u in chain.from_iterable((v.mid(), v.rad()) for v in values):
        usual = u == 0 or not u.is_finite() or 1 / huge < abs(u) < huge
        require(usual, f"too long to replay: in round {n} a number leaves 2^(-2^32) to 2^(2^32)")


def _fits(claim: dict[str, Any], left: Any, right: Any) -> bool | None:
    """Whether the sides are as claimed."""
    least, most = _ball(claim["lhs_at_least"]), _ball(claim["rhs_at_most"])
    return False if left < least or right > most else (left >= least and right <= most) or None


def _judged(claim: dict[str, Any], found: Replayed) -> tuple[Outcome, str]:
    fits = _fits(claim, found.left, found.right)
    sides = f"the left side is {found.left.str(10)}, the right side {found.right.str(10)}{found.path}"
    if False in found.broken:
        return Outcome.REFUTED, f"the condition {found.broken[False]} does not hold"
    if fits is False:
        return Outcome.REFUTED, sides
    if None in found.broken:
        return Outcome.UNDECIDED, f"whether {found.broken[None]} is open"
    if fits:
        return Outcome.CERTIFIED, sides
    return Outcome.UNDECIDED, f"a side is undefined or too wide a ball: {sides}"


def _ball(q: Fraction) -> Any:
    from flint import arb, fmpq

    return arb(fmpq(q.numerator, q.denominator))


def _balls(point: list[Fraction]) -> list[Any]:
    return [_ball(q) for q in point]


def _paths(game: dict[str, Any]) -> Iterator[tuple[tuple[int, ...], Any, Iterable[list[Any]], bool]]:
    """Each path: which letters, its probability, the gradients or the noise of its rounds; is it the last?"""
    rounds = game["horizon"]
    if game["kind"] == "linear":
        runs = chain(game["lead"], cycle(game["pattern"]))
        rows = chain.from_iterable(repeat(_balls(run["gradient"]), run["times"]) for run in runs)
        yield (), _ball(Fraction(1)), islice(rows, rounds), True
        return
    noise = [_balls(letter["noise"]) for letter in game["letters"]]
    chances = _balls([letter["probability"] for letter in game["letters"]])
    for path in product(range(len(noise)), repeat=rounds if len(noise) > 1 else 0):
        steps: Iterable[list[Any]] = [noise[k] for k in path] or repeat(noise[0], rounds)
        yield (
            path,
            prod((chances[k] for k in path), start=_ball(Fraction(1))),
            steps,
            {*path} <= {len(noise) - 1},
        )
