"""Measuring in turn, comparing results first, judging goals; every time comes from an injected clock."""

import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest

from paper_checks.bench.measure import Standing, Timing, difference, interleaved, measure
from paper_checks.bench.row import Case, Contender, Goal, Peer, Settings, Unavailable

ANSWER = {"x": np.array([1.0, -2.0, 3.0])}


class Clock:
    """A clock that only work moves."""

    def __init__(self):
        self.now = 0.0
        self.calls = []

    def __call__(self):
        """The time now, in seconds."""
        return self.now

    def contender(self, name, cost, answer=ANSWER, *, size=100, needs=()):
        """One whose calls take `cost` seconds for each step of their size."""

        def prepare(steps):
            def call():
                self.now += cost * steps
                self.calls.append((name, steps))
                return answer

            return call

        return Contender(name, prepare, size, needs)


@pytest.fixture
def clock():
    """A new clock."""
    return Clock()


def case(clock, *peers, cost=1.0, goal=None, scale=1.0):
    """Ours at a cost of 1 second a step, beside these."""
    return Case(
        "toy.1", "a toy", "step", clock.contender("ours", cost), peers, scale=scale, check=7, goal=goal
    )


def outcome(clock, goal, *, ours, other):
    """The outcome of one goal at these costs."""
    peer = Peer(clock.contender("other", other), goal)
    (found,) = measure(case(clock, peer, cost=ours), Settings(), clock=clock).peers
    return found.outcome


def raising(problem):
    """A contender that cannot be prepared."""

    def prepare(_):
        raise problem

    return Contender("raising", prepare, 100)


def test_calls_are_timed_in_turn(clock):
    """Ours, a peer, the next peer, and ours again: no contender has a quiet minute to itself."""
    calls = [clock.contender(name, cost).prepare(1) for name, cost in (("a", 1.0), ("b", 2.0), ("c", 3.0))]
    found = interleaved(calls, Settings(repeats=4, seconds=1e9), clock=clock)
    assert [name for name, _ in clock.calls] == ["a", "b", "c"] * 4
    assert found == [[1.0] * 4, [2.0] * 4, [3.0] * 4]


def test_the_time_allowed_ends_the_repeats_but_three_are_made(clock):
    """Beyond the time allowed only the least number of repeats is made."""
    calls = [clock.contender("a", 10.0).prepare(1)]
    assert len(interleaved(calls, Settings(repeats=50, seconds=5.0), clock=clock)[0]) == 3
    assert len(interleaved(calls, Settings(repeats=50, seconds=100.0), clock=clock)[0]) == 11


def test_a_time_is_for_one_unit_of_work(clock):
    """Size and scale are divided out, and the ratio is the other's time over ours."""
    peer = Peer(clock.contender("other", 6.0, size=10))
    found = measure(case(clock, peer, cost=2.0, scale=4.0), Settings(), clock=clock)
    assert found.own.timing.median == found.own.timing.lower == found.own.timing.upper == 0.5
    assert found.peers[0].timing.median == 1.5
    assert found.peers[0].ratio == 3.0


def test_processor_time_does_not_count_waiting():
    """Sleeping takes no processor time, work in another process does; a clock on the wall sees both."""

    def busy(_):
        code = "import time\nwhile time.process_time() < 0.2: pass"
        return lambda: subprocess.run([sys.executable, "-c", code], check=True) and {}

    def asleep(_):
        return lambda: time.sleep(0.05) or {}

    def seconds(contender, settings, *, wall=False):
        toy = Case("toy.3", "a toy", "step", contender, check=1, wall=wall)
        return measure(toy, settings).own.timing.median

    cpu = Settings(repeats=3, cpu=True)
    assert seconds(Contender("asleep", asleep, 1), cpu) < 0.05
    assert seconds(Contender("asleep", asleep, 1), Settings(repeats=3)) >= 0.05
    assert seconds(Contender("asleep", asleep, 1), cpu, wall=True) >= 0.05
    assert seconds(Contender("busy", busy, 1), cpu) >= 0.2


def test_long_work_is_timed_once(clock):
    """A case of `once` makes one call of each contender, without a warm-up, and its spread is nothing."""
    peer = Peer(clock.contender("other", 2.0), Goal(faster=1.5))
    found = measure(replace(case(clock, peer, cost=3.0), once=True), Settings(), clock=clock)
    assert [name for name, steps in clock.calls if steps == 100] == ["ours", "other"]
    assert found.own.timing == Timing(3.0, 3.0, 3.0, 1)
    assert (found.peers[0].ratio, found.peers[0].outcome) == (2 / 3, Standing.MISSED)


def test_a_load_that_shifts_within_a_turn_spoils_that_turn_alone(clock):
    """Everything is three times as slow from the middle of the third of five turns on: the ratio is still 2.

    The median of ours is that of the quiet turns, the peer's that of the slow ones: beside each other, 6.
    """

    def slowed(cost, loads):
        left = iter(loads)

        def call():
            clock.now += cost * next(left)
            return ANSWER

        return lambda _: call

    # The first call of each is not timed.
    ours = Contender("ours", slowed(1.0, [1, 1, 1, 1, 3, 3]), 1)
    peer = Peer(Contender("other", slowed(2.0, [1, 1, 1, 3, 3, 3]), 1), tolerance=None)
    toy = Case("toy.2", "a toy", "step", ours, (peer,))
    found = measure(toy, Settings(repeats=5, seconds=1e9), clock=clock)
    (beside,) = found.peers
    assert (found.own.timing.median, beside.timing.median) == (1.0, 6.0)
    assert beside.ratio == 2.0


@pytest.mark.parametrize(
    ("goal", "ours", "other", "expected"),
    [
        (Goal(faster=5.0), 1.0, 5.0, Standing.MET),
        (Goal(faster=5.0), 1.0, 4.9, Standing.MISSED),
        (Goal(within=1.1), 1.1, 1.0, Standing.MET),
        (Goal(within=1.1), 1.2, 1.0, Standing.MISSED),
        (Goal(within=1.1), 0.1, 1.0, Standing.MET),
        (Goal(below=2.0), 1.9, 0.1, Standing.MET),
        (Goal(below=2.0), 2.1, 9.0, Standing.MISSED),
        (None, 1.0, 0.1, Standing.MEASURED),
    ],
)
def test_a_goal_is_met_or_not(clock, goal, ours, other, expected):
    """A slower ours is reported as not met, a fast enough one as met."""
    assert outcome(clock, goal, ours=ours, other=other) is expected


def test_a_goal_of_our_time_alone_needs_no_peer(clock):
    """Ours is held against a number of seconds."""
    for limit, expected in ((0.9, Standing.MISSED), (1.0, Standing.MET)):
        assert measure(case(clock, goal=Goal(below=limit)), Settings(), clock=clock).own.outcome is expected


def test_a_quick_run_judges_nothing(clock):
    """A quick run works at the size of the check, three times, and says neither met nor not met."""
    peer = Peer(clock.contender("other", 1.0), Goal(faster=5.0))
    found = measure(case(clock, peer), Settings(quick=True), clock=clock)
    assert found.peers[0].outcome is Standing.MEASURED
    assert found.own.timing.repeats == 3
    assert {steps for _, steps in clock.calls} == {7}


@pytest.mark.parametrize("goal", [{}, {"faster": 1.0, "below": 1.0}])
def test_a_goal_is_one_number(goal):
    """A goal without a bound, or with two, is refused."""
    with pytest.raises(ValueError, match="exactly one of `faster`, `within` and `below`"):
        Goal(**goal)


def test_who_computes_something_else_is_not_timed(clock):
    """A peer whose results differ by more than rounding is refused with the distance, and never timed."""
    wrong = {"x": ANSWER["x"] + np.array([0.0, 0.0, 0.03])}
    peer = Peer(clock.contender("other", 1e-9, wrong), Goal(faster=1.0))
    (found,) = measure(case(clock, peer), Settings(), clock=clock).peers
    assert found.outcome is Standing.REFUSED
    assert found.timing is None
    assert found.ratio is None
    assert "differ from ours by 0.01 of their size, more than 1e-12" in found.note
    assert ("other", 100) not in clock.calls


def test_rounding_is_no_difference(clock):
    """The same peer a rounding away is timed; one a solver's accuracy away too, and the reader is told."""
    near = {"x": ANSWER["x"] * (1 + 2**-52)}
    rough = {"x": ANSWER["x"] * (1 + 1e-5)}
    peers = (
        Peer(clock.contender("near", 1.0, near)),
        Peer(clock.contender("rough", 1.0, rough), tolerance=1e-3),
    )
    found = measure(case(clock, *peers), Settings(), clock=clock).peers
    assert [c.outcome for c in found] == [Standing.MEASURED] * 2
    assert found[0].note == ""
    assert found[1].note == "its results differ from ours by 1e-05 of their size"


def test_a_floor_is_not_compared(clock):
    """Somebody who does less than the work has nothing to compare, and is called a floor."""
    peer = Peer(clock.contender("floor", 0.5, {"other": 1.0}), Goal(within=1.5), tolerance=None)
    (found,) = measure(case(clock, peer), Settings(), clock=clock).peers
    assert found.floor
    assert found.difference is None
    assert found.outcome is Standing.MISSED


def test_a_peer_may_be_compared_with_another_of_ours(clock):
    """`like` names who must agree; without it the same peer is refused."""
    other = {"x": 2 * ANSWER["x"]}
    like = clock.contender("ours, the other algorithm", 1.0, other)
    for given, expected in ((like, Standing.MEASURED), (None, Standing.REFUSED)):
        peer = Peer(clock.contender("peer", 1.0, other), like=given)
        assert measure(case(clock, peer), Settings(), clock=clock).peers[0].outcome is expected


def test_who_is_not_installed_is_said(clock):
    """A missing module or tool is a note with the remedy, and the rest is timed."""
    missing = Peer(clock.contender("missing", 1.0, needs=("no_such_module",)), Goal(faster=2.0))
    tool = Peer(raising(Unavailable("there is no C compiler")))
    there = Peer(clock.contender("there", 3.0))
    found = measure(case(clock, missing, tool, there), Settings(), clock=clock)
    assert [c.outcome for c in found.peers] == [Standing.ABSENT, Standing.ABSENT, Standing.MEASURED]
    assert found.peers[0].note == "no_such_module is not installed: pip install 'regretcheck[bench]'"
    assert found.peers[1].note == "there is no C compiler"
    assert found.own.timing is not None


def test_a_crash_costs_one_line(clock):
    """A peer that crashes is said with its error; where ours crashes nobody is timed."""
    crash = raising(RuntimeError("out of\nluck"))
    found = measure(case(clock, Peer(crash)), Settings(), clock=clock)
    assert found.peers[0].outcome is Standing.CRASHED
    assert found.peers[0].note == "RuntimeError: out of luck"
    lost = measure(
        Case("toy", "a toy", "step", crash, (Peer(clock.contender("other", 1.0)),)), Settings(), clock=clock
    )
    assert (lost.own.timing, lost.own.outcome) == (None, Standing.CRASHED)
    assert [c.outcome for c in lost.peers] == [Standing.ABSENT]


@pytest.mark.parametrize(
    "found",
    [{}, {"y": ANSWER["x"]}, {"x": ANSWER["x"][:2]}, {"x": np.array([1.0, np.nan, 3.0])}],
    ids=["nothing", "another name", "another shape", "not a number"],
)
def test_results_that_do_not_fit_are_infinitely_far(found):
    """Another name or shape, or a number that is not finite, agrees with nothing."""
    assert difference(found, ANSWER) == np.inf
    assert difference(ANSWER, ANSWER) == 0.0


def test_a_difference_is_relative_to_the_largest_number():
    """Each result has its own scale, zeros included."""
    assert difference({"x": [100.0, 1.0], "y": 0.0}, {"x": [100.0, 0.0], "y": 0.0}) == 0.01
    assert difference({"y": 0.5}, {"y": 0.0}) == 0.5
