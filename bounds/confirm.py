"""Confirm violations found in floats: they count only once they are found again without float rounding.

There are two ways; the first applicable one is taken:

* in balls: a game of linear losses over a box or a segment is open loop, so its data are exact numbers; the
  checker of certificates replays it, and both sides come out as balls.
* in longer floats: an engine of higher precision plays the same game again, and the difference of the two
  runs is added to the error of every number.

Two sides that agree up to rounding are treated in the same way: in balls, many ties turn out exact.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np

from bounds.certificates.certify import replayed
from bounds.certificates.checker import Refused
from bounds.certificates.from_game import exact_rows, exact_set
from bounds.curves import CLOSE, TIES
from bounds.games import Block, Counterexample, ExactBall, ExactL1Ball, ExactSimplex, LinearGame
from bounds.prover.constants import ball_ends
from bounds.scope import compares
from bounds.verdict import Verdict
from online_sim.decimals import decimal
from theory.losses.linear import LINEAR
from theory.quantities import Expectation, Regret
from theory.symbols import z, z_t

if TYPE_CHECKING:
    from bounds.measured import MeasuredReading
    from bounds.verdict import Check
    from online_sim.game import Game
    from online_sim.trace import Trace
    from theory.statement import Theorem

BALL_WORK = 30_000
"""The largest number of coordinate-rounds to replay in balls, about 8 us each."""
LARGEST_SIMPLEX = 5
"""The largest dimension of a simplex on which a game is replayed in balls."""
FEW = 8
"""The number of replicates of a mean to play again; their largest difference is used for all."""
IN_BALLS = "confirmed in ball arithmetic"


@dataclass(frozen=True)
class SecondLook:
    """A second look at both sides at one round: their ends, the method, or why there was none."""

    lower: float
    upper: float
    rhs: float
    rhs_upper: float
    how: str | None
    why: str = ""


def confirm(held: MeasuredReading, others: Sequence[int] = ()) -> dict[int, SecondLook]:
    """Look again at the first violated round and at the worst one; the findings by checkpoint.

    others: further rounds of the same game that will be needed, so that it is replayed only once. The worst
    round is looked at only if none of `looks` is confirmed.
    """
    curves = held.worst
    violated = curves.violated[0]
    with np.errstate(invalid="ignore"):
        excess = np.where(violated, curves.lower[0] - curves.rhs_upper[0], -np.inf)
    found: dict[int, SecondLook] = {}
    for k in dict.fromkeys((*held.looks, int(np.argmax(excess)))):
        again = _again(held, k, others)
        if again.how is not None and again.lower > again.rhs_upper:
            return {k: again}
        if violated[k]:
            found[k] = again
    return found


def settle(held: MeasuredReading) -> dict[int, SecondLook]:
    """Look in balls at rounds where both sides agree up to rounding; the findings by checkpoint."""
    found, curves = {}, held.worst
    for k in np.flatnonzero(curves.ties)[:TIES]:
        T = int(curves.rounds[k])
        better = _in_balls(held, curves.replicate, T) or _remembered(held, T)
        if better is None:
            break
        found[int(k)] = better
    return found


def _again(held: MeasuredReading, k: int, others: Sequence[int]) -> SecondLook:
    r, T = held.worst.replicate, int(held.worst.rounds[k])
    better = _in_balls(held, r, T)
    if better is not None:
        return better
    floats = SecondLook(*held.worst.at(k), None)
    trace = held.trace
    if trace.replay is None:
        known = _remembered(held, T)
        if known is not None:
            return known
        return replace(floats, why="this trace was read from a file: play the game to confirm it")
    try:
        sampled = held.values.weights is None and _over_noise(held.theorem)
        few = FEW if sampled and trace.replicates > FEW else None
        longer = _longer(trace, T, others if T in others else (), few)
    except ValueError as problem:
        return replace(floats, why=f"it could not be confirmed: {problem}")
    left = longer.run.range_left
    if left is not None:
        return replace(floats, why=f"even {longer.run.dtype} left its range in round {left.round}")
    other = held.against(longer.at(np.array([T])))
    curve = other.curves.of(r if len(other.curves.lower) > 1 else 0)
    name = longer.run.precision + (f" on {few} of {trace.replicates} replicates" if few else "")
    if other.broken:
        return replace(floats, why=f"in {name} an assumption fails")
    lower, upper, rhs, above = curve.at(0)
    if sampled:
        # A single round has an interval at its own level; the one for all recorded rounds is reported.
        lower, upper = min(lower, floats.lower), max(upper, floats.upper)
    return SecondLook(lower, upper, rhs, above, f"confirmed in {name}", f"in {name} it is open")


def _longer(trace: Trace, T: int, others: Sequence[int], few: int | None) -> Trace:
    """The same game in higher precision, played once for all these rounds if it can be played that far."""
    together = {T, *others}
    if len(together) > 1:
        try:
            longer = trace.again(
                np.array(sorted(together)), engine="precise", horizon=max(together), replicates=few
            )
        except ValueError:
            longer = None
        if longer is not None and longer.run.range_left is None:
            return longer
    return trace.again(np.array([T]), engine="precise", horizon=T, replicates=few)


def _over_noise(theorem: Theorem) -> bool:
    """Whether the left side is a mean over replicates, which differ far more by chance than by rounding."""
    return bool(theorem.spelled_out(theorem.lhs).has(Expectation))


def _in_balls(held: MeasuredReading, replicate: int, T: int) -> SecondLook | None:
    """Both sides in balls after round T; None if the game is not exact or nothing is certain."""
    game = held.trace.game
    if game is None or T * game.dimension > BALL_WORK or game.loss.name != LINEAR.name:
        return None
    # A trace does not keep the points that it was played with.
    if any(compares(held.theorem, held.reading.key, point) for point in (z, z_t)):
        return None
    try:
        exact = exact_linear_game(game, replicate, T)
        sides = [replayed(example) for example in _examples(held.theorem, held.reading.key, exact)]
    except (ValueError, Refused):
        return None
    known = [s for s in sides if s is not None]
    if not known or len(known) < len(sides):
        return None
    left, right = reduce(lambda u, w: u.max(w), (u for u, _ in known)), known[0][1]
    # Both comparisons are made in balls; floats only display the ends.
    (lower, upper), (below, above) = ball_ends(left), ball_ends(right)
    if left > right and not lower > above:
        lower = float(np.nextafter(above, np.inf))
    if left <= right and not upper <= below:
        upper = below = max(min(upper, above), lower)
    return SecondLook(lower, upper, below, above, IN_BALLS)


def exact_linear_game(game: Game, replicate: int, horizon: int) -> LinearGame:
    """The first rounds of a game of linear losses in exact numbers, the decimals that its floats print as."""
    if game.loss.value != LINEAR.value or game.domain is None:  # type: ignore[union-attr]
        raise ValueError("only linear losses over a set are open loop")
    block = game.stream_of(replicate).block(0, horizon)
    rows = exact_rows(block.played)
    (start,) = exact_rows([game.starts[replicate]])
    values = {name: decimal(value) for name, value in game.values(replicate).items()}
    feasible = exact_set(game.domain)
    if isinstance(feasible, ExactBall):
        raise ValueError("the best point of a ball is in general irrational")
    if isinstance(feasible, ExactSimplex | ExactL1Ball) and feasible.dimension > LARGEST_SIMPLEX:
        raise ValueError("a projection in balls tries every subset of the coordinates")
    return LinearGame(game.recurrence, values, feasible, start, (Block(rows),))


def _examples(theorem: Theorem, reading: str, game: LinearGame) -> Iterator[Counterexample]:
    """The statement for each comparator that may be the best; the largest value is the regret."""
    regrets = theorem.spelled_out(theorem.lhs).atoms(Regret)
    if any(node.args[1:] for node in regrets):
        raise ValueError("the best point of a composite regret is no extreme point")
    weights = [node.args[0] for node in regrets]
    if all(w.is_number for w in weights):
        yield Counterexample(theorem, reading, game, game.best_fixed_point())
        return
    if 2**game.dimension > 64:
        raise ValueError("too many extreme points")
    for point in game.feasible.extreme_points():
        yield Counterexample(theorem, reading, game, point)


def with_evidence(trace: Trace, checks: Sequence[Check], theorems: Sequence[Theorem]) -> Trace:
    """The trace to save, from which the same verdicts follow without another look at the game.

    It has every round at which a check compared, since the first violated round lies between the recorded
    ones in a long game, and it remembers both sides where a second look decided: statement -> round -> how,
    and the ends of both sides.

    Args:
        trace: What was played.
        checks: What `bounds.evaluate.checks` returned on it.
        theorems: The statements that were checked.
    """
    names = {f"{t.id}.{r.key}": _key(t, r.key) for t in theorems for r in t.readings}
    found = {names[c.id]: _evidence(c) for c in checks}
    rounds = reduce(np.union1d, (c.rounds for c in checks), trace.rounds)
    kept = trace.again(rounds) if len(rounds) > len(trace.rounds) else trace
    seen = {name: told for name, told in found.items() if told}
    return replace(kept, run=replace(trace.run, confirmed=seen))


def _evidence(check: Check) -> dict[str, list[Any]]:
    """The first violated round, or the decided rounds where both sides agree up to rounding."""
    told: dict[str, list[Any]] = {}
    if check.first_violation is not None:
        k = int(np.searchsorted(check.rounds, check.first_violation))
        lower, upper, rhs, above = _ends(check, k)
        # The comparison was made before both ends were rounded outwards.
        lower = max(lower, float(np.nextafter(above, np.inf)))
        how = check.reason.rpartition("; ")[2]
        told[str(check.first_violation)] = [how, lower, max(upper, lower), min(rhs, above), above]
    elif check.verdict in {Verdict.HOLDS, Verdict.VACUOUS}:  # both leave no round open
        left, right = check.lhs_upper, check.rhs
        with np.errstate(invalid="ignore"):
            near = np.abs(left - right) <= CLOSE * np.maximum(np.abs(left), np.abs(right))
        for k in np.flatnonzero(near)[:TIES]:
            lower, upper, rhs, above = _ends(check, int(k))
            told[str(check.rounds[k])] = [IN_BALLS, lower, min(upper, rhs), rhs, above]
    return told


def _ends(check: Check, k: int) -> tuple[float, float, float, float]:
    """The ends of the left side and of the bound at a checkpoint."""
    sides = (check.lhs_lower, check.lhs_upper, check.rhs, check.rhs_upper)
    lower, upper, rhs, above = (float(side[k]) for side in sides)
    return lower, upper, rhs, above


def _remembered(held: MeasuredReading, T: int) -> SecondLook | None:
    """The second look at a round that a saved trace remembers (`with_evidence`), or None."""
    match held.trace.run.confirmed.get(_key(held.theorem, held.reading.key), {}).get(str(T)):
        case [str() as how, lower, upper, rhs, above]:
            return SecondLook(lower, upper, rhs, above, how)
    return None


def _key(theorem: Theorem, reading: str) -> str:
    """A hash of what a reading compares, so that a changed statement finds no evidence of the old one."""
    sides = (theorem.lhs, theorem.reading(reading).rhs)
    return hashlib.sha256(" <= ".join(str(theorem.spelled_out(e)) for e in sides).encode()).hexdigest()[:20]
