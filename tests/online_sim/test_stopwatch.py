"""The stopwatch: stages add up, an inner one interrupts an outer one, and nothing is counted without one."""

import builtins
import sys

import pytest

from online_sim.stopwatch import Spent, Stage, Stopwatch, stage, timing


@pytest.fixture
def clock(monkeypatch):
    """Both clocks show what the test says."""
    now = [0.0]
    monkeypatch.setattr("time.process_time", lambda: now[0])
    monkeypatch.setattr("time.perf_counter", lambda: 10.0 * now[0])
    return now


def test_an_inner_stage_interrupts_the_outer_one(clock):
    """Every second belongs to one stage, and all of them to some stage."""
    watch = Stopwatch()
    with watch.stage(Stage.OTHER):
        clock[0] += 1.0
        for _ in range(2):
            with watch.stage(Stage.PLAYING):
                clock[0] += 2.0
                with watch.stage(Stage.KERNELS):
                    clock[0] += 4.0
        clock[0] += 8.0
    clock[0] += 100.0
    assert watch.spent == {
        Stage.OTHER: Spent(9.0, 90.0),
        Stage.PLAYING: Spent(4.0, 40.0),
        Stage.KERNELS: Spent(8.0, 80.0),
    }


def test_a_stage_that_raises_is_counted(clock):
    """An error ends its stage."""
    watch = Stopwatch()

    def work() -> None:
        with watch.stage(Stage.PLOTS):
            clock[0] += 1.0
            raise KeyError

    with pytest.raises(KeyError):
        work()
    assert watch.spent == {Stage.PLOTS: Spent(1.0, 10.0)}
    assert not watch.is_in(Stage.PLOTS)


def test_stages_count_for_the_innermost_running_stopwatch(clock):
    """A task's stopwatch takes the place of the run's while it runs; without any, nothing is counted."""

    @stage(Stage.REGRET)
    def work() -> None:
        clock[0] += 1.0

    work()
    with timing() as outer:
        work()
        with timing() as inner:
            work()
            work()
    work()
    assert outer.spent == {Stage.REGRET: Spent(1.0, 10.0)}
    assert inner.spent == {Stage.REGRET: Spent(2.0, 20.0)}


def test_imports_are_a_stage_of_their_own(clock, tmp_path, monkeypatch):
    """The first import of a module counts, wherever it happens, and the next ones do not."""
    (tmp_path / "slow_to_load.py").write_text("import stopwatch_clock\nstopwatch_clock.now[0] += 3.0\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(sys.modules, "stopwatch_clock", type(sys)("stopwatch_clock"))
    sys.modules["stopwatch_clock"].now = clock
    before = builtins.__import__
    with timing() as watch, watch.stage(Stage.PLAYING):
        import slow_to_load  # noqa: F401

        clock[0] += 1.0
    monkeypatch.delitem(sys.modules, "slow_to_load")
    assert watch.spent[Stage.IMPORTS] == Spent(3.0, 30.0)
    assert watch.spent[Stage.PLAYING] == Spent(1.0, 10.0)
    assert builtins.__import__ is before
