"""Replicates over threads: the same bits as in one thread, and nothing half-played after an error."""

from __future__ import annotations

import numpy as np
import pytest

from online_sim.domains.base import Domain
from online_sim.domains.box import Box
from online_sim.domains.l2_ball import L2Ball
from online_sim.engines import numba_engine
from online_sim.engines.base import BlockData
from online_sim.engines.numba_engine import NumbaEngine
from online_sim.engines.threads import chunks
from online_sim.game import Game
from online_sim.settings import setting_of
from online_sim.simulate import play
from online_sim.start import initial_state
from online_sim.streams.arrays import ArrayStream
from online_sim.trace import Trace
from theory.algorithms.adal import ADAL
from theory.losses.quadratic import QUADRATIC
from theory.quantities import CumSum, Norm1
from theory.symbols import f, g, x

BOX, BALL = Box(-0.3, 0.3, dimension=3), L2Ball(3, 0.4)
REPLICATES, HORIZON = 37, 40  # two full groups of lanes and a short one


def game(domain: Domain = BOX, *, own: bool = False) -> Game:
    """Replicates that differ in their step size and, on demand, in their rows."""
    rng = np.random.default_rng(3)
    streams = [ArrayStream(rng.normal(size=(7, 3)), order="cycle") for _ in range(REPLICATES if own else 1)]
    return Game(
        ADAL, QUADRATIC, streams if own else streams[0], domain, horizon=HORIZON, replicates=REPLICATES,
        parameters={"alpha": np.linspace(0.1, 0.5, REPLICATES)},
    )  # fmt: skip


def run(played: Game, engine: NumbaEngine | str, threads: int = 1) -> Trace:
    """A trace with all kinds of records."""
    if isinstance(engine, NumbaEngine):
        engine.block_rounds = 16
    return play(played, record=[x, CumSum(f)], series=[f, Norm1(g)], engine=engine, threads=threads)


def same_bits(first: Trace, second: Trace) -> bool:
    """Whether all records and the last states agree."""
    kinds = ((getattr(trace, k) for k in ("scalars", "vectors", "series")) for trace in (first, second))
    pairs = zip(*kinds, strict=True)
    records = all(np.array_equal(a[key], b[key]) for a, b in pairs for key in a | b)
    return records and np.array_equal(first.state.vectors, second.state.vectors)


@pytest.mark.parametrize("threads", [2, 3])
@pytest.mark.parametrize("reproducible", [False, True])
@pytest.mark.parametrize(("domain", "own"), [(BOX, False), (BOX, True), (BALL, False)])
def test_any_number_of_threads_gives_the_same_bits(
    threads: int, reproducible: bool, domain: Domain, own: bool
) -> None:
    """Side by side with shared rows and with own ones, and one after the other with a called projection."""
    played = game(domain, own=own)
    one = run(played, NumbaEngine(reproducible=reproducible))
    assert same_bits(one, run(played, NumbaEngine(reproducible=reproducible, threads=threads)))


def test_play_hands_its_threads_to_numba() -> None:
    """By name, and where the choice is left to `play`, which interprets a small game in one thread."""
    assert same_bits(run(game(), "numba"), run(game(), "numba", 2))
    assert same_bits(run(game(), "auto"), run(game(), "auto", 2))


def test_a_replicate_in_the_wrong_chunk_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison sees a replicate that is left out."""
    one = run(game(BALL), NumbaEngine())
    monkeypatch.setattr(numba_engine, "chunks", lambda *_: [slice(0, 20), slice(21, REPLICATES)])
    assert not same_bits(one, run(game(BALL), NumbaEngine(threads=2)))


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_chunks_are_whole_groups_that_cover_every_replicate_once(threads: int) -> None:
    """The chunks follow each other, begin at multiples of the group, and are not empty."""
    for replicates in (1, 2, 15, 16, 17, 37, 256):
        for together in (1, 16):
            parts = chunks(replicates, threads, together)
            assert [k for part in parts for k in range(replicates)[part]] == list(range(replicates))
            assert all(part.start % together == 0 and part.stop > part.start for part in parts)
            assert len(parts) == min(threads, -(-replicates // together))


def test_a_failure_in_one_chunk_is_raised_and_leaves_the_state() -> None:
    """The last replicate overflows, and its projection fails: no replicate has moved."""
    alphas = np.full(REPLICATES, 0.1)
    alphas[-1] = 1e308
    played = Game(
        ADAL, QUADRATIC, ArrayStream(1e3 * np.ones((1, 3)), order="cycle"), BALL, horizon=HORIZON,
        replicates=REPLICATES, parameters={"alpha": alphas},
    )  # fmt: skip
    messages = []
    for threads in (1, 3):
        engine = NumbaEngine(threads=threads)
        setting = setting_of(played)
        state = initial_state(setting.program, played.starts, played.columns, engine=engine)
        before = state.vectors.copy()
        block = BlockData(1e3 * np.ones((1, 1, 3)), np.zeros((1, 1)), np.zeros((1, HORIZON), dtype=np.int64))
        with pytest.raises(RuntimeError, match="failed in round 1") as caught:
            engine.prepare(setting)(state, block, np.zeros(0, dtype=np.int64))
        messages.append(str(caught.value))
        assert state.played == 0
        assert threads == 1 or np.array_equal(state.vectors, before)
    assert messages[0] == messages[1]


def test_an_engine_takes_its_own_threads() -> None:
    """`threads` of `play` goes with a name; the error says where an engine takes it."""
    with pytest.raises(ValueError, match=r"`threads` = 2 .* NumbaEngine\(threads"):
        play(game(), engine=NumbaEngine(), threads=2)
    with pytest.raises(ValueError, match=r"`threads` = 2 .* leave it out"):
        play(game(), engine="numpy", threads=2)
    with pytest.raises(ValueError, match="`threads`"):
        NumbaEngine(threads=0)
