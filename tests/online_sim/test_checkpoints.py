"""Where a run is cut into blocks, saved and resumed leaves no trace in its numbers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import online_sim.playing as play_module
from online_sim import provenance
from online_sim.checkpoints import checkpoint_rounds
from online_sim.engines.base import Engine
from online_sim.engines.numba_engine import NumbaEngine
from online_sim.engines.numpy_engine import NumpyEngine
from online_sim.game import Game
from online_sim.python_loss import PythonLoss
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from online_sim.streams.gaussian import GaussianStream
from online_sim.trace import Trace, load_trace
from theory.algorithms.adal import ADAL, adal
from theory.losses.linear import LINEAR
from theory.losses.quadratic import QUADRATIC
from theory.quantities import CumMax, CumSum, Norm1, Prev
from theory.symbols import f, g, m, x

STREAM = GaussianStream(3, seed=5)
RECORD = [x, m, Norm1(g), CumSum(f), CumMax(Norm1(g)), Prev(m)]
ENGINES = {"compiled": NumbaEngine(), "interpreted": NumbaEngine(interpreted=True), "numpy": NumpyEngine()}


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    """Every engine."""
    return ENGINES[request.param]


def run(engine: Engine, horizon: int, **options: object) -> Trace:
    """One game, always the same up to its horizon."""
    changes = {name: options.pop(name) for name in ("parameters", "start", "groups") if name in options}
    game = Game(ADAL, LINEAR, STREAM, horizon=horizon, parameters={"alpha": 0.1})
    options = {"record": RECORD, "series": [Norm1(g)], "checkpoints": "all", **options}
    return play(replace(game, **changes), engine=engine, **options)


def assert_identical(left: Trace, right: Trace) -> None:
    """Bit for bit: rounds, everything recorded and the state."""
    assert np.array_equal(left.rounds, right.rounds)
    for name in ("scalars", "vectors", "series"):
        one, other = getattr(left, name), getattr(right, name)
        assert list(one) == list(other)
        for key in one:
            assert np.array_equal(one[key], other[key]), key
    assert left.state.played == right.state.played
    assert np.array_equal(left.state.vectors, right.state.vectors)
    assert np.array_equal(left.state.scalars, right.state.scalars)
    assert (left.state.powers is None) == (right.state.powers is None)
    if left.state.powers is not None:
        assert np.array_equal(left.state.powers, right.state.powers)


@pytest.mark.parametrize("size", [1, 7, 64, 149, 150, 151])
def test_blocks_leave_no_trace(engine: Engine, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """150 rounds in blocks of any size are 150 rounds in one block."""
    whole = run(engine, 150)
    blocks: list[int] = []
    monkeypatch.setattr(engine, "block_rounds", size, raising=False)
    pieces = run(engine, 150, progress=lambda done, _: blocks.append(done))
    assert blocks == [*range(size, 150, size), 150]
    assert_identical(whole, pieces)


def test_sparse_checkpoints_are_rows_of_the_dense_ones(engine: Engine) -> None:
    """A checkpoint records what the dense run has in that round; what is recorded does not steer the run."""
    dense = run(engine, 150)
    sparse = run(engine, 150, checkpoints=[1, 2, 3, 50, 149])
    assert sparse.rounds.tolist() == [1, 2, 3, 50, 149, 150]
    # A compiler may fuse the rounds that record differently: 150 rounds of a few units in the last place.
    slack = 1e-12 if engine is ENGINES["compiled"] else 0
    for name in ("scalars", "vectors"):
        for key, store in getattr(dense, name).items():
            found = getattr(sparse, name)[key]
            assert np.allclose(found, store[:, sparse.rounds - 1], rtol=slack, atol=slack), key
    assert np.allclose(sparse.state.vectors, dense.state.vectors, rtol=slack, atol=slack)


@pytest.mark.parametrize("name", ["compiled", "numpy"])
def test_resuming_equals_playing_on(name: str) -> None:
    """300 rounds and then on to 1000 are 1000 rounds at once."""
    engine = ENGINES[name]
    first = run(engine, 300)
    kept = first.state.vectors.copy()
    assert_identical(run(engine, 1000, resume=first), run(engine, 1000))
    assert np.array_equal(first.state.vectors, kept)


def test_resuming_a_saved_trace_equals_playing_on(engine: Engine, tmp_path: Path) -> None:
    """The file holds all that is needed to go on."""
    run(engine, 40).save(tmp_path / "a.npz")
    assert_identical(run(engine, 100, resume=load_trace(tmp_path / "a.npz")), run(engine, 100))


def test_another_engine_may_go_on() -> None:
    """A trace of one engine is resumed by another, equal up to rounding."""
    mixed = run(NumpyEngine(), 100, resume=run(NumbaEngine(interpreted=True), 40))
    whole = run(NumpyEngine(), 100)
    # 100 rounds, each off by a few units in the last place; x and the sums stay below 100
    assert np.allclose(mixed[x], whole[x], rtol=0, atol=1e-12)
    assert not np.array_equal(mixed[x], whole[x])


class Killed(Exception):
    """Stands for the death of the process."""


def test_a_killed_run_resumes_where_it_was_saved(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Autosave and a second call give what an undisturbed run gives, and play no saved round again."""
    monkeypatch.setattr(play_module, "AUTOSAVE_SECONDS", -1.0)
    monkeypatch.setattr(engine, "block_rounds", 20, raising=False)
    file = tmp_path / "run.npz"
    done: list[int] = []

    def killer(rounds: int, _: int) -> None:
        done.append(rounds)
        if rounds == 80:
            raise Killed

    with pytest.raises(Killed):
        run(engine, 150, autosave=file, progress=killer)
    assert load_trace(file).horizon == 60
    assert [p.name for p in tmp_path.iterdir()] == ["run.npz"]
    done.clear()
    resumed = run(engine, 150, autosave=file, progress=lambda rounds, _: done.append(rounds))
    assert done == [80, 100, 120, 140, 150]
    assert_identical(resumed, run(engine, 150))
    assert_identical(load_trace(file), resumed)
    done.clear()
    assert_identical(run(engine, 150, autosave=file, progress=lambda rounds, _: done.append(rounds)), resumed)
    assert done == []


def test_nothing_is_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When writing fails, the old file stays as it was and no temporary one is left."""
    trace = run(NumpyEngine(), 5)
    trace.save(tmp_path / "a.npz")
    before = (tmp_path / "a.npz").read_bytes()

    def broken(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(Path, "replace", broken)
    with pytest.raises(OSError, match="no space left"):
        run(NumpyEngine(), 6).save(tmp_path / "a.npz")
    assert (tmp_path / "a.npz").read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.npz"]


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"parameters": {"alpha": 0.2}}, "parameters"),
        ({"start": [0.0, 0.0, 1e-9]}, "start"),
        ({"record": [x, Norm1(g), m, CumSum(f), CumMax(Norm1(g)), Prev(m)]}, "recorded"),
        ({"record": [x]}, "recorded"),
        ({"groups": [0, 0, 1]}, "fingerprint"),
        ({"horizon": 30}, "horizon"),
    ],
)
def test_another_game_is_not_resumed(change: dict, name: str) -> None:
    """A trace goes on only with the game and the quantities it was played with."""
    engine = NumpyEngine()
    first = run(engine, 40)
    with pytest.raises(ValueError, match=name):
        run(engine, **{"horizon": 60, **change}, resume=first)


def test_other_data_are_not_resumed() -> None:
    """The same name and shape of the stream do not hide other numbers; nor does another seed or variant."""
    options = {"engine": "numpy", "record": [x]}
    rows = np.arange(30.0).reshape(10, 3)
    game = Game(ADAL, LINEAR, ArrayStream(rows), horizon=10, parameters={"alpha": 0.1})
    first = play(replace(game, horizon=4), **options)
    with pytest.raises(ValueError, match="fingerprint"):
        play(replace(game, stream=ArrayStream(rows + 1)), resume=first, **options)
    with pytest.raises(ValueError, match="loss"):
        play(replace(game, loss=QUADRATIC), resume=first, **options)
    with pytest.raises(ValueError, match="algorithm"):
        play(replace(game, recurrence=adal(maximum="R2")), resume=first, **options)
    seeded = replace(game, stream=STREAM)
    second = play(seeded, **options)
    with pytest.raises(ValueError, match="seeds"):
        play(replace(seeded, stream=STREAM.reseed(6)), resume=second, **options)


def test_permuted_parameters_are_not_resumed() -> None:
    """The same values given to other replicates are another game."""
    options = {"engine": "numpy", "record": [x]}
    first = play(Game(ADAL, LINEAR, STREAM, horizon=4, parameters={"alpha": [0.1, 0.2]}), **options)
    with pytest.raises(ValueError, match="fingerprint"):
        play(Game(ADAL, LINEAR, STREAM, horizon=8, parameters={"alpha": [0.2, 0.1]}), resume=first, **options)


def test_checkpoint_rounds() -> None:
    """All, about 60 in geometric spacing, a number, or the rounds themselves; the last one always."""
    assert checkpoint_rounds("all", 4).tolist() == [1, 2, 3, 4]
    log = checkpoint_rounds("log", 10**6)
    assert log[0] == 1
    assert log[-1] == 10**6
    assert 45 <= len(log) <= 60
    assert np.all(np.diff(log) > 0)
    assert checkpoint_rounds(1, 9).tolist() == [9]
    assert checkpoint_rounds(3, 100).tolist() == [1, 10, 100]
    assert checkpoint_rounds([5, 2, 2], 9).tolist() == [2, 5, 9]
    assert checkpoint_rounds("log", 1).tolist() == [1]


@pytest.mark.parametrize("wrong", ["dense", 0, [], [0, 3], [3, 11], [1.5], -2])
def test_wrong_checkpoints_are_refused(wrong: object) -> None:
    """Anything else is one ValueError that names `checkpoints`."""
    with pytest.raises(ValueError, match="`checkpoints`"):
        checkpoint_rounds(wrong, 10)


@pytest.mark.parametrize("seconds", [0.0, 3.5])
def test_time_adds_up(seconds: float) -> None:
    """The time of a resumed run includes that of the first part."""
    first = run(NumpyEngine(), 5)
    first = replace(first, run=replace(first.run, seconds=seconds))
    assert run(NumpyEngine(), 10, resume=first).run.seconds > seconds


def saved(file: Path, **options: object) -> Trace:
    """A finished game in a file."""
    return run(NumpyEngine(), 40, autosave=file, **options)


def rounds_played(file: Path, horizon: int = 40, **options: object) -> list[int]:
    """After how many rounds a game with an autosaved file reported; none where the file was all."""
    done: list[int] = []
    trace = run(NumpyEngine(), horizon, autosave=file, progress=lambda k, _: done.append(k), **options)
    assert_identical(trace, run(NumpyEngine(), horizon, **options))
    assert_identical(load_trace(file), trace)
    return done


@pytest.mark.parametrize("damage", ["empty", "cut", "flipped", "text"])
def test_a_damaged_autosave_is_played_again(tmp_path: Path, damage: str) -> None:
    """A file that is no whole trace is as none: the game begins anew and the file is good again."""
    file = tmp_path / "run.npz"
    saved(file)
    assert rounds_played(file) == []  # the control
    whole = file.read_bytes()
    # In a number: other bytes of an archive may mean nothing.
    middle = whole.index(load_trace(file).state.vectors.tobytes())
    flipped = whole[:middle] + bytes([whole[middle] ^ 0xFF]) + whole[middle + 1 :]
    file.write_bytes({"empty": b"", "cut": whole[:-30], "flipped": flipped, "text": b"no trace"}[damage])
    assert rounds_played(file) == [40]
    assert rounds_played(file) == []


@pytest.mark.parametrize(
    "change",
    [
        {"parameters": {"alpha": 0.2}}, {"start": [0.0, 0.0, 1e-9]}, {"record": [x]}, {"series": []},
        {"checkpoints": 7}, {"horizon": 30},
    ],
    ids=str,
)  # fmt: skip
def test_an_autosave_of_another_game_is_played_again(tmp_path: Path, change: dict) -> None:
    """Whatever was asked for is what a fresh run gives, not what lies there."""
    file = tmp_path / "run.npz"
    saved(file)
    assert rounds_played(file, **change) == [change.get("horizon", 40)]


def test_an_autosave_of_another_engine_is_played_again(tmp_path: Path) -> None:
    """Engines differ in the last digits."""
    file = tmp_path / "run.npz"
    saved(file)
    found = run(NumpyEngine(np.longdouble), 40, autosave=file)
    assert_identical(found, run(NumpyEngine(np.longdouble), 40))


def test_an_autosave_of_other_code_is_played_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The code of the package and its versions belong to the key, for `resume` as well."""
    file = tmp_path / "run.npz"
    first = saved(file)
    monkeypatch.setattr(provenance, "program_digest", lambda: "of another version")
    assert rounds_played(file) == [40]
    with pytest.raises(ValueError, match="was played with program"):
        run(NumpyEngine(), 60, resume=first)


def test_an_autosave_goes_on_with_more_rounds(tmp_path: Path) -> None:
    """Where the recorded rounds are those of the longer game, only the new ones are played."""
    file = tmp_path / "run.npz"
    saved(file)
    done: list[int] = []
    longer = run(NumpyEngine(), 60, autosave=file, progress=lambda k, _: done.append(k))
    assert done == [60]
    assert_identical(longer, run(NumpyEngine(), 60))
    assert load_trace(file).run.seconds > 0


@pytest.mark.parametrize("way", ["function", "file"])
def test_an_autosave_of_other_data_is_played_again(tmp_path: Path, way: str) -> None:
    """A loss that calls another helper, or reads another file while it is played, is another game."""
    file, data = tmp_path / "run.npz", tmp_path / "factor.txt"
    data.write_text("2.0")
    factors = {"f": lambda: 2.0}

    def loss(round_: int, point: np.ndarray, vector: np.ndarray, label: float) -> tuple[float, np.ndarray]:
        factor = factors["f"]() if way == "function" else float(data.read_text())
        return factor * float(vector @ point), factor * vector

    def played() -> tuple[Trace, list[int]]:
        done: list[int] = []
        trace = play(
            Game(ADAL, PythonLoss("mine", loss), STREAM, horizon=20, parameters={"alpha": 0.1}),
            engine="numpy",
            record=[x],
            checkpoints="all",
            autosave=file,
            progress=lambda k, _: done.append(k),
        )
        return trace, done

    first, _ = played()
    assert played()[1] == []  # the control
    factors["f"] = lambda: 3.0
    data.write_text("3.0")
    again, done = played()
    assert done == [20]
    assert not np.array_equal(again["CumSum(f)"] if "CumSum(f)" in again else again[x], first[x])
