"""Replays a certificate in ball arithmetic and doubles the precision while a comparison is undecided."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from functools import partial
from itertools import chain, product, repeat
from math import prod
from typing import Any

from bounds.certificates.checker.formulas import BallProgram
from bounds.certificates.checker.nearest import nearest
from bounds.certificates.checker.reading import read, require

PRECISION, HIGHEST_PRECISION, WORK = 128, 2048, 1_500_000_000
"""The first and the last precision in bits; the maximum work over all, in the units of `BallProgram.work`."""
Broken = dict[bool | None, str]
"""The first condition that fails (False) and the first that is undecided (None), with round and path."""


class ReplayOutcome(Enum):
    """The outcome of a replay; the value is the sentence to show."""

    CERTIFIED = "certified: every condition holds and the left side exceeds the right side"
    REFUTED = "refuted: the replay contradicts what the file claims"
    UNDECIDED = "undecided: a comparison is still open at the highest precision"


@dataclass(frozen=True)
class Answer:
    """The outcome, its reason, the two sides as balls in decimals, and the precision in bits."""

    outcome: ReplayOutcome
    reason: str
    lhs: str
    rhs: str
    precision: int


def check_certificate(
    raw: bytes, *, precision: int = PRECISION, highest: int = HIGHEST_PRECISION, work: int = WORK
) -> Answer:
    """Replay the certificate in these bytes; raise Refused if it is not valid or takes too much work."""
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


def replay(file: Any, program: BallProgram, precision: int, work: int = WORK) -> tuple[Any, Any, str, Broken]:
    """Play every noise path and check each condition after each round; raise Refused if it exceeds `work`.

    Returns both sides after the last round as balls, the path that they belong to, if they belong to one of
    several, and the conditions that are broken.

    After each round `play` yields the conditions on its path, the values inside Expectation and Supremum, and
    the values outside them. `end` gets the expectations and suprema over all paths, and balls that contain
    the outside values of every path, so its result is correct for each path. A statement without expectation
    or supremum is about each path, and one path can refute it: both sides are then those of the path that
    fits the claim best.
    """
    from flint import arb, ctx, fmpq

    needed = program.work(precision)
    require(needed <= work, f"too long to replay ({needed:.1e} steps): find a shorter game or raise `--work`")
    scope: Any = {"__builtins__": {}} | {f.__name__: f for f in (arb, fmpq, bounded, abs, enumerate)}
    scope["nearest"] = partial(nearest, file["game"].get("set"))
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
    """Keep the first condition that fails and the first that is undecided, with its round and path."""
    for text, holds in zip(texts, held, strict=True):
        if holds is not True and holds not in broken:
            broken[holds] = text + (f" in round {n}" if n else "") + path


def _joined(before: Any, probability: Any, inner: list[Any], outer: list[Any]) -> tuple[list[Any], list[Any]]:
    """The state of a round over the paths so far: means, suprema, and balls that contain every value."""
    if before is None:
        return [(probability * u, u) for u in inner], outer
    over = [(mean + probability * u, most.max(u)) for (mean, most), u in zip(before[0], inner, strict=True)]
    # A truth value that differs between paths is undecided.
    pairs = zip(before[1], outer, strict=True)
    return over, [a if a is u else None if isinstance(u, bool | None) else a.union(u) for a, u in pairs]


def bounded(n: int, values: list[Any]) -> None:
    """Refuse numbers whose exponents are so long that each operation is slower than the last."""
    huge, parts = ball(Fraction(2)) ** 2**32, (part for v in values for part in (v.mid(), v.rad()))
    usual = all(u == 0 or not u.is_finite() or 1 / huge < abs(u) < huge for u in parts)
    require(usual, f"a number in round {n} is too long to replay")


def _fits(claim: dict[str, Any], left: Any, right: Any) -> bool | None:
    """Whether the two sides satisfy the claim; None if undecided."""
    least, most = ball(claim["lhs_at_least"]), ball(claim["rhs_at_most"])
    return False if left < least or right > most else (left >= least and right <= most) or None


def _judged(claim: Any, left: Any, right: Any, path: str, broken: Broken) -> tuple[ReplayOutcome, str]:
    fits = _fits(claim, left, right)
    sides = f"the left side is {left.str(10)}, the right side {right.str(10)}{path}"
    if False in broken:
        return ReplayOutcome.REFUTED, f"a condition does not hold: {broken[False]}"
    if None in broken and fits is not False:
        return ReplayOutcome.UNDECIDED, f"a condition is open: {broken[None]}"
    if fits is None:
        return ReplayOutcome.UNDECIDED, f"a side is undefined or too wide a ball: {sides}"
    return ReplayOutcome.CERTIFIED if fits else ReplayOutcome.REFUTED, sides


def ball(q: Fraction) -> Any:
    """Convert a rational to a ball at the context's precision."""
    from flint import arb, fmpq

    return arb(fmpq(q.numerator, q.denominator))


def paths(game: dict[str, Any]) -> Iterator[tuple[str, Any, Iterable[list[Any]], bool]]:
    """Yield each path's label, probability, gradients or noise by round, and whether it is the last path."""
    if "stream" in game:
        parts = (repeat([[*map(ball, row)] for row in b["pattern"]], b["times"]) for b in game["stream"])
        yield "", ball(Fraction(1)), chain.from_iterable(chain.from_iterable(parts)), True
        return
    noise = [[*map(ball, letter["noise"])] for letter in game["letters"]]
    chances = [ball(letter["probability"]) for letter in game["letters"]]
    for path in product(range(len(noise)), repeat=game["horizon"] if len(noise) > 1 else 0):
        steps: Iterable[list[Any]] = [noise[k] for k in path] or repeat(noise[0], game["horizon"])
        chance = prod((chances[k] for k in path), start=ball(Fraction(1)))
        letters = " on the path of letters " if path else ""
        yield letters + ", ".join(str(k + 1) for k in path), chance, steps, {*path} <= {len(noise) - 1}
