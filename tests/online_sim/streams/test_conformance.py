"""The conformance function refuses streams that break one promise each."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from online_sim.contract import ConformanceError
from online_sim.streams.arrays import ArrayStream
from online_sim.streams.base import Block, Stream
from online_sim.streams.conformance import check_stream


@dataclass(frozen=True, eq=False)
class Toy(Stream):
    """A correct random stream over the table 0..4, until `fault` names the promise to break."""

    fault: str = ""
    seed: Any = 0
    name: str = "toy"
    dimension: int = 1
    length: Any = 500
    shift: int = 0

    @property
    def table(self):
        """The numbers 0..4, or None for faults that need none."""
        return None if self.fault in {"table-free cut", "nan"} else (VECTORS, LABELS)

    @property
    def mean(self):
        """Unknown, or of the wrong shape for one fault."""
        return np.zeros(3) if self.fault == "mean" else None

    def _block(self, start, stop):
        """A hash of the round number picks the row."""
        fault = self.fault
        origin = start if fault in {"relative", "table-free cut"} else 0
        rounds = np.arange(start, stop, dtype=np.int64) - origin
        seed = 0 if fault == "one seed" else (self.seed or 0) + self.shift
        index = (rounds * 2_654_435_761 + seed * 40_503 >> 7) % 5
        vectors, labels = VECTORS, LABELS
        match fault:
            case "dtype":
                vectors = vectors.astype(np.float32)
            case "index dtype":
                index = index.astype(np.int32)
            case "shape":
                labels = labels.reshape(-1, 1)
            case "order":
                vectors = np.ones((10, 1))[::2]
            case "range":
                index[-1] = 5
            case "short":
                index = index[:-1]
            case "other table":
                vectors = vectors[::-1].copy()
            case "nan":
                vectors = np.full((5, 1), np.nan)
            case "memory":
                CALLS.append(0)
                index = (index + len(CALLS)) % 5
            case "aliased":
                vectors = SHARED
            case "tuple":
                return vectors, labels, index
        return Block(vectors, labels, index)

    def reseed(self, seed):
        """Another seed."""
        if self.fault == "hidden seed":
            return replace(self, shift=seed)
        return replace(self, seed=None if self.fault == "forgets seed" else seed)


def frozen(values):
    """A read-only array."""
    array = np.array(values, dtype=np.float64)
    array.flags.writeable = False
    return array


VECTORS, LABELS = frozen(np.arange(5.0).reshape(5, 1)), frozen(np.zeros(5))
SHARED = np.array(VECTORS)
CALLS: list[int] = []


def test_the_sound_toy_passes():
    """Without a fault the toy keeps the contract, so each refusal below is due to its fault."""
    check_stream(Toy())


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("dtype", r"the vectors of block\(0, 200\) are float32, expected a float64 array"),
        ("index dtype", "is not a C-contiguous int64 array"),
        ("shape", r"the labels of block\(0, 200\) have shape \(5, 1\), expected \(5,\)"),
        ("order", "are not C-contiguous"),
        ("range", r"leaves 0\.\.4, the rows of its table"),
        ("short", r"has shape \(199,\), expected \(200,\)"),
        ("other table", "is not over the rows of `table`"),
        ("nan", "hold NaN or inf"),
        ("memory", "differs when asked a second time"),
        ("relative", "change when cut into blocks of"),
        ("table-free cut", "change when cut into blocks of"),
        ("one seed", "the rounds are the same under the seeds 0 and 1"),
        ("forgets seed", "reseed with its own seed 0 gave a stream of seed None"),
        ("aliased", "writing into a block changes later blocks"),
        ("mean", r"`mean` is array.*expected None or 1 finite numbers"),
        ("tuple", "returned tuple, expected a Block"),
    ],
)
def test_each_fault_is_named(fault, sentence):
    """Must-fail controls: one broken promise gives one sentence that names it."""
    SHARED[:] = VECTORS
    with pytest.raises(ConformanceError, match=sentence):
        check_stream(Toy(fault))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "`name` is ''"),
        ({"dimension": 0}, "`dimension` is 0"),
        ({"length": 0}, "`length` is 0"),
        ({"seed": "a"}, "`seed` is 'a'"),
        ({"dimension": 2}, r"the vectors of `table` have shape \(5, 1\), expected \(5, 2\)"),
        ({"seed": None, "fault": "hidden seed"}, "`seed` is None, but reseed changes the rounds"),
    ],
)
def test_a_wrong_description_is_named(change, sentence):
    """Name, dimension, length, seed and table are checked before any round is asked for."""
    with pytest.raises(ConformanceError, match=sentence):
        check_stream(Toy(**change))


def test_a_stream_that_leaves_out_the_check_of_the_range_is_named():
    """`block` is final: a class that defines it anew loses the checks of its arguments."""

    class Unchecked(Toy):
        def block(self, start, stop):
            return self._block(start, stop)

    with pytest.raises(ConformanceError, match=r"block\(\) is final .* define _block\(\)"):
        check_stream(Unchecked())


@pytest.mark.parametrize(
    ("start", "stop"), [(-1, 1), (1, 1), (2, 1), (0, 501), (500, 501), (0.0, 1), (0, True)]
)
def test_every_stream_refuses_a_range_that_it_cannot_play(start, stop):
    """The base class checks the range for all of them, and the error names the length."""
    with pytest.raises(ValueError, match=r"ends after 500 rounds" if stop > 500 else r"`(start|stop)`"):
        Toy().block(start, stop)


def test_other_objects_are_refused():
    """An object outside the class hierarchy is named."""
    with pytest.raises(ConformanceError, match=r"3 is not a Stream"):
        check_stream(3)


def test_short_streams_can_be_checked():
    """A stream of one round has windows of one round."""
    check_stream(ArrayStream([[2.0]]))


def test_too_few_rounds_to_check():
    """A window too short to be cut is refused."""
    with pytest.raises(ValueError, match="`rounds` is 2; at least 8"):
        check_stream(Toy(), rounds=2)
