"""Memory does not grow with the horizon; where it must, that is said before anything is played."""

import subprocess
import sys
from pathlib import Path

import pytest

from online_sim.domains import Box
from online_sim.game import Game
from online_sim.memory import check_room
from online_sim.simulate import play
from online_sim.streams import GaussianStream
from theory.algorithms.adal import ADAL
from theory.losses.logistic import LOGISTIC
from theory.theorems.adal import THEOREM1

PARAMETERS = {"alpha": 0.3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
PLAYED = """
import re, sys
from pathlib import Path

from online_sim.domains import Box
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams import GaussianStream
from theory.algorithms.adal import ADAL
from theory.losses.linear import LINEAR
from theory.symbols import f
from theory.theorems.adal import THEOREM1

d, T, series = map(int, sys.argv[1:])
parameters = {"alpha": 0.3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
stream, box = GaussianStream(d, seed=0), Box(-1.0, 1.0, dimension=d)
for horizon in (T, 10 * T):
    game = Game(ADAL, LINEAR, stream, box, horizon=horizon, parameters=parameters)
    play(game, record=THEOREM1.quantities, series=[f] * series)
    print(re.search(r"VmHWM:\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""
MEGABYTES = 24
"""Two blocks of generated data (8 MiB each) and what the allocator keeps: whatever the horizon."""


def growth(dimension, horizon, series=0):
    """How far the peak of a fresh process grows, in MB, when it plays T rounds and then 10 T.

    One process plays both, so that what it compiles, and what the system keeps of its libraries, is in both
    peaks. Not getrusage's peak: a new process inherits there the peak of the one that started it.
    """
    if not Path("/proc/self/status").exists():
        pytest.skip("only Linux tells the peak of a program alone")
    call = [sys.executable, "-c", PLAYED, str(dimension), str(horizon), str(series)]
    short, long = map(int, subprocess.run(call, capture_output=True, text=True, check=True).stdout.split())
    return (long - short) / 1024


@pytest.mark.parametrize(
    ("dimension", "horizon"),
    [
        (1, 1_000_000),
        (100, 20_000),
        pytest.param(1, 10_000_000, marks=pytest.mark.slow),
        pytest.param(100, 100_000, marks=pytest.mark.slow),
    ],
)
def test_ten_times_the_rounds_need_no_more_memory(dimension, horizon):
    """The peak at 10 T is that at T, up to a constant: nothing is kept but the checkpoints."""
    assert growth(dimension, horizon) < MEGABYTES


def test_a_number_of_every_round_does_need_it():
    """The same measurement sees a series of 1e7 numbers, 80 MB: it is not blind."""
    assert growth(1, 1_000_000, series=1) > 60


def test_rows_that_do_not_fit_are_refused_before_the_first_round(monkeypatch):
    """Logistic losses on fresh rows keep every row; the error names what, how much, and the remedy."""
    monkeypatch.setattr("online_sim.memory.available_bytes", lambda: 10_000)
    told = []

    def go(horizon):
        stream = GaussianStream(3, seed=0, planted=[1.0, 0.0, -1.0], classes=True)
        play(
            Game(ADAL, LOGISTIC, stream, Box(-1.0, 1.0, dimension=3), horizon=horizon, parameters=PARAMETERS),
            record=THEOREM1.quantities,
            progress=lambda *_: told.append(1),
            engine="numpy",
        )

    go(10)
    told.clear()
    with pytest.raises(ValueError, match=r"need 4e-05 GB.*shorten the `horizon`"):
        go(1000)
    assert not told


def test_a_system_that_does_not_say_refuses_nothing(monkeypatch):
    """Where the free memory is unknown, the run goes on."""
    monkeypatch.setattr("online_sim.memory.available_bytes", lambda: None)
    check_room(10**18, "rows", "none")
