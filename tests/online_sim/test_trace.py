"""A trace gives back what was recorded, travels as a file without pickle, and is whole or refused."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from online_sim.engines.numpy_engine import NumpyEngine
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.gaussian import GaussianStream
from online_sim.trace import Trace, load_trace
from theory.algorithms.adal import ADAL
from theory.losses.linear import LINEAR
from theory.quantities import CumSum, Norm1
from theory.symbols import f, g, m, x


def small(*, alpha: float | list[float] = 0.1, **options: object) -> Trace:
    """A short game with a scalar, a vector and a series."""
    game = Game(ADAL, LINEAR, GaussianStream(2, seed=1), horizon=6, parameters={"alpha": alpha})
    options = {"engine": "numpy", "checkpoints": "all", **options}
    return play(game, record=[x, CumSum(f)], series=[Norm1(g)], **options)


PICKLE = bytes.fromhex("80049506000000000000005d944b01612e")
"""The list [1], pickled."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A saved trace."""
    small().save(tmp_path / "trace.npz")
    return tmp_path / "trace.npz"


def test_what_was_recorded_is_found_by_expression_and_by_key() -> None:
    """One replicate drops its axis, two keep it; shapes are as documented."""
    one, two = small(), small(alpha=[0.1, 0.2])
    assert (one[x].shape, one[CumSum(f)].shape, one[Norm1(g)].shape) == ((6, 2), (6,), (6,))
    assert (two[x].shape, two[CumSum(f)].shape, two[Norm1(g)].shape) == ((2, 6, 2), (2, 6), (2, 6))
    assert np.array_equal(one["CumSum(f)"], one[CumSum(f)])
    assert (one.replicates, one.horizon, one.dimension) == (1, 6, 2)
    assert two.replicates == 2
    assert x in one
    assert "x" in one
    assert m not in one


def test_what_was_not_recorded_is_a_key_error_with_the_remedy() -> None:
    """The message lists what there is."""
    with pytest.raises(
        KeyError, match=r"m was not recorded; recorded: x, CumSum\(f\), SumCoords\(Abs\(g\)\)\. Pass it"
    ):
        small()[m]


@pytest.mark.parametrize("dtype", [np.float64, np.longdouble])
def test_a_file_holds_everything(tmp_path: Path, dtype: type) -> None:
    """Saved and loaded, every array keeps its bits and its type; its provenance is plain JSON."""
    trace = small(engine=NumpyEngine(dtype), alpha=[0.1, 0.2])
    trace.save(tmp_path / "sub" / "a.npz")
    loaded = load_trace(tmp_path / "sub" / "a.npz")
    assert np.array_equal(loaded.rounds, trace.rounds)
    for name in ("scalars", "vectors", "series"):
        assert list(getattr(loaded, name)) == list(getattr(trace, name))
        for key, array in getattr(trace, name).items():
            assert getattr(loaded, name)[key].dtype == array.dtype == dtype
            assert np.array_equal(getattr(loaded, name)[key], array)
    assert np.array_equal(loaded.state.vectors, trace.state.vectors)
    assert loaded.state.played == 6
    assert loaded.run.to_json() == json.loads(json.dumps(trace.run.to_json()))


def test_the_file_holds_no_pickle(file: Path) -> None:
    """Every member is an array of numbers or bytes."""
    with zipfile.ZipFile(file) as archive:
        for member in archive.namelist():
            assert np.load(io.BytesIO(archive.read(member)), allow_pickle=False).dtype.kind in "fiu"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """No file: one ValueError with the path."""
    with pytest.raises(ValueError, match=r"no trace at .*absent.npz"):
        load_trace(tmp_path / "absent.npz")


def test_every_truncation_is_refused(file: Path) -> None:
    """A file cut anywhere is one ValueError, never half a trace."""
    content = file.read_bytes()
    for length in [*range(64), *range(64, len(content), 97), len(content) - 1]:
        file.write_bytes(content[:length])
        with pytest.raises(ValueError, match="cannot read the trace"):
            load_trace(file)


def test_a_flipped_byte_is_refused_or_harmless(file: Path) -> None:
    """A damaged byte is a ValueError, or lies where nothing is read; the numbers are never others."""
    content = file.read_bytes()
    whole = load_trace(file)
    refused = 0
    for place in range(0, len(content), 53):
        file.write_bytes(content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1 :])
        try:
            found = load_trace(file)
        except ValueError as error:
            assert "cannot read the trace" in str(error)  # noqa: PT017 - either outcome is right
            refused += 1
        else:
            assert np.array_equal(found[x], whole[x])
            assert np.array_equal(found.state.vectors, whole.state.vectors)
    assert refused > 20


def test_pickles_and_other_files_are_refused(file: Path) -> None:
    """A pickle is not opened, an array or an archive of something else is no trace."""
    others = {"text": b"not a trace", "empty": b"", "pickle": PICKLE}
    for array in (np.arange(3), np.array([{"a": 1}], dtype=object)):
        buffer = io.BytesIO()
        np.save(buffer, array, allow_pickle=True)
        others[str(array.dtype)] = buffer.getvalue()
    for arrays in ({"rounds": np.arange(3)}, {"rounds": np.array([None])}):
        buffer = io.BytesIO()
        np.savez(buffer, **arrays)
        others[f"npz {arrays['rounds'].dtype}"] = buffer.getvalue()
    assert len(others) == 7
    for content in others.values():
        file.write_bytes(content)
        with pytest.raises(ValueError, match=r"cannot read the trace .*play it again"):
            load_trace(file)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("rounds", np.arange(1, 6)),
        ("rounds", np.arange(12).reshape(6, 2)),
        ("state_vectors", np.zeros((1, 3))),
        ("state_vectors", np.zeros((2, 3, 2))),
        ("vectors_0", np.zeros((1, 6, 3))),
        ("scalars_0", np.zeros((1, 5))),
        ("series_0", np.zeros((1, 7))),
        ("header", np.frombuffer(b'{"format": "other-1"}', dtype=np.uint8)),
        ("header", np.frombuffer(b"[1]", dtype=np.uint8)),
        ("header", np.frombuffer(b"{", dtype=np.uint8)),
        ("header", np.frombuffer(b"\xff", dtype=np.uint8)),
    ],
)
def test_inconsistent_arrays_are_refused(file: Path, member: str, value: np.ndarray) -> None:
    """An archive whose arrays do not fit together is no trace."""
    with np.load(file, allow_pickle=False) as archive:
        arrays = dict(archive)
    assert member in arrays
    np.savez(file, **{**arrays, member: value})
    with pytest.raises(ValueError, match="cannot read the trace"):
        load_trace(file)
