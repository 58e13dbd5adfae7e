"""Compare results, then time us and the peers in turn: ours, a peer, the next peer, ours again, ..."""

import gc
import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from importlib.util import find_spec

import numpy as np

from paper_checks.bench.row import Answer, Call, Case, Contender, Goal, Peer, Settings, Unavailable

Clock = Callable[[], float]
LEAST_REPEATS = 3
TO_BE_SAID = 1e-6
"""The difference of results above which it is reported."""


class Standing(Enum):
    """The outcome of a comparison; the value is the word to show."""

    MET = "met"
    MISSED = "not met"
    MEASURED = "measured"
    ABSENT = "not run"
    REFUSED = "refused"
    CRASHED = "crashed"


@dataclass(frozen=True)
class Timing:
    """Seconds for one unit of work: the median and the quartiles of the repeats."""

    median: float
    lower: float
    upper: float
    repeats: int


@dataclass(frozen=True)
class Timed:
    """One contender, ours or a peer.

    timing, ratio: None if it was not timed, with the reason in `note`. The ratio of its time to ours is the
    median over the turns, None for ours. difference: of its results from ours, relative to the largest number
    of each; None if nothing was compared.
    """

    name: str
    floor: bool
    goal: Goal | None
    timing: Timing | None
    ratio: float | None
    difference: float | None
    outcome: Standing
    note: str


@dataclass(frozen=True)
class MeasuredCase:
    """One measured case: our code and the peers, in order."""

    id: str
    title: str
    unit: str
    own: Timed
    peers: tuple[Timed, ...] = ()


def cpu_seconds() -> float:
    """The processor time of this process, and of those that it started and waited for."""
    spent = os.times()
    return time.process_time() + spent.children_user + spent.children_system


def measure(case: Case, settings: Settings, *, clock: Clock | None = None) -> MeasuredCase:
    """Check every peer's results against ours at the size `case.check`, then time those that agree.

    A contender that is missing, computes something else or crashes is not an error: its line says so. A quick
    run judges no goal, because its pieces of work are too small. If our code cannot run, nothing is timed.
    clock: in place of the one that the settings ask for.
    """
    watch = clock or time.perf_counter
    clock = clock or (cpu_seconds if settings.cpu and not case.wall else watch)
    mine = Peer(case.ours, case.goal)
    own = _ready(case.ours, None, case, settings)
    if isinstance(own, _Out):
        absent = _Out(Standing.ABSENT, "")
        return MeasuredCase(
            case.id, case.title, case.unit, _not_timed(mine, own),
            tuple(_not_timed(peer, absent) for peer in case.peers),
        )  # fmt: skip
    others = {peer.contender.name: _ready(peer.contender, peer, case, settings) for peer in case.peers}
    ready = {case.ours.name: own, **{name: r for name, r in others.items() if isinstance(r, _Ready)}}
    turns = 1 if case.once else None
    seconds = interleaved([r.call for r in ready.values()], settings, clock=clock, watch=watch, turns=turns)
    each = {
        name: [s / (r.size * case.scale) for s in found]
        for (name, r), found in zip(ready.items(), seconds, strict=True)
    }
    ours = _timing(each[case.ours.name])

    def outcome(goal: Goal | None, ratio: float) -> Standing:
        if goal is None or settings.quick:
            return Standing.MEASURED
        return Standing.MET if goal.met(ours.median, ratio * ours.median) else Standing.MISSED

    def compared(peer: Peer) -> Timed:
        name, goal, at = peer.contender.name, peer.goal, others[peer.contender.name]
        if isinstance(at, _Out):
            return _not_timed(peer, at)
        # Turn by turn: the two calls of a turn see the same load; medians over all turns may not.
        ratio = statistics.median(b / a for a, b in zip(each[case.ours.name], each[name], strict=True))
        notes = [peer.note] * bool(peer.note)
        if at.difference is not None and at.difference > TO_BE_SAID:
            notes.append(f"its results differ from ours by {at.difference:.1g} of their size")
        return Timed(
            name, peer.is_floor, goal, _timing(each[name]), ratio, at.difference, outcome(goal, ratio),
            "; ".join(notes),
        )  # fmt: skip

    timed = Timed(case.ours.name, False, case.goal, ours, None, None, outcome(case.goal, 1.0), "")
    return MeasuredCase(case.id, case.title, case.unit, timed, tuple(compared(peer) for peer in case.peers))


def interleaved(
    calls: Sequence[Call],
    settings: Settings,
    *,
    clock: Clock,
    watch: Clock | None = None,
    turns: int | None = None,
) -> list[list[float]]:
    """The seconds of each call, measured in turn.

    It ends after `settings.repeats` turns, or after at least three when the time is up; or after `turns`.
    watch: the clock that says when, by default the same.
    """
    watch = watch or clock
    repeats = turns or (LEAST_REPEATS if settings.quick else settings.repeats)
    found: list[list[float]] = [[] for _ in calls]
    was_enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        began = watch()
        for turn in range(repeats):
            if turn >= LEAST_REPEATS and watch() - began > settings.seconds:
                break
            for call, times in zip(calls, found, strict=True):
                start = clock()
                call()
                times.append(clock() - start)
    finally:
        if was_enabled:
            gc.enable()
    return found


def difference(found: Answer, expected: Answer) -> float:
    """The largest distance of a result, relative to its largest number; inf if the results do not match."""
    largest = 0.0
    if found.keys() != expected.keys():
        return float("inf")
    for key, value in expected.items():
        a, b = np.asarray(found[key], dtype=np.float64), np.asarray(value, dtype=np.float64)
        if a.shape != b.shape or not (np.all(np.isfinite(a)) and np.all(np.isfinite(b))):
            return float("inf")
        scale = float(np.max(np.abs(b), initial=0.0)) or 1.0
        largest = max(largest, float(np.max(np.abs(a - b), initial=0.0)) / scale)
    return largest


@dataclass(frozen=True)
class _Ready:
    """A call to be timed, its size, and the distance of its results from ours."""

    call: Call
    size: int
    difference: float | None


@dataclass(frozen=True)
class _Out:
    """The reason why a contender is not timed."""

    outcome: Standing
    note: str
    difference: float | None = None


def _ready(contender: Contender, peer: Peer | None, case: Case, settings: Settings) -> _Ready | _Out:
    """Compare a peer's results with ours and prepare the call to be timed; peer is None for ours."""
    size = case.check if settings.quick else contender.size
    try:
        away = None
        if peer is not None and peer.tolerance is not None:
            expected = _prepared(peer.like or case.ours, case.check)()
            away = difference(_prepared(contender, case.check)(), expected)
            if not away <= peer.tolerance:
                said = f"not timed: its results differ from ours by {away:.2g} of their size"
                said += f", more than {peer.tolerance:g}"
                return _Out(Standing.REFUSED, said, away if np.isfinite(away) else None)
        call = _prepared(contender, size)
        if not case.once:
            call()  # warm-up, not counted: compilers, caches, pages of memory
    except Unavailable as reason:
        return _Out(Standing.ABSENT, str(reason))
    except Exception as problem:
        said = " ".join(str(problem).split())[:200]
        return _Out(Standing.CRASHED, f"{type(problem).__name__}: {said}")
    return _Ready(call, size, away)


def _prepared(contender: Contender, size: int) -> Call:
    for module in contender.needs:
        if find_spec(module) is None:
            raise Unavailable(f"{module} is not installed: pip install 'regretcheck[bench]'")
    return contender.prepare(size)


def _timing(seconds: Sequence[float]) -> Timing:
    if len(seconds) == 1:
        return Timing(seconds[0], seconds[0], seconds[0], 1)
    lower, median, upper = statistics.quantiles(seconds, n=4, method="inclusive")
    return Timing(median, lower, upper, len(seconds))


def _not_timed(peer: Peer, out: _Out) -> Timed:
    name = peer.contender.name
    return Timed(name, peer.is_floor, peer.goal, None, None, out.difference, out.outcome, out.note)
