"""The minima of linear and quadratic losses at many checkpoints: exact, whatever their number."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from online_sim.comparator import best_in_hindsight, minimise
from online_sim.comparator.minimum import Minimum
from online_sim.comparator.sums import MANY_ROWS
from online_sim.domains import Box, Domain, HalfSpace, L1Ball, L2Ball, Simplex
from online_sim.streams import ArrayStream, GaussianStream
from online_sim.streams.base import Block, Stream
from theory.loss import Loss
from theory.losses.linear import LINEAR
from theory.losses.quadratic import QUADRATIC

D, T = 2, 120
RNG = np.random.default_rng(8)
BOX = Box([-1.0, 0.25], [0.5, 3.0])
STREAMS: dict[str, Stream] = {
    "cycled table": ArrayStream(RNG.normal(size=(9, D)), order="cycle"),
    "each row once": ArrayStream(RNG.normal(size=(T, D))),
    "large table": ArrayStream(RNG.normal(size=(4 * MANY_ROWS, D)), order="cycle"),
    "fresh rows": GaussianStream(D, 5),
    "far away": ArrayStream(1e6 + RNG.normal(size=(9, D)), order="cycle"),
}
WEIGHTS = {
    "none": None,
    "random": RNG.exponential(size=T),
    "zero at first": np.r_[np.zeros(11), RNG.exponential(size=T - 11)],
    "six decades": 10.0 ** RNG.uniform(-3, 3, size=T),
}
EVERY = np.arange(1, T + 1)


class Counted(Stream):
    """The rounds of another stream, row by row; counts how often it is asked, and for how many rounds."""

    name = "counted"
    dimension = D

    def __init__(self, base: Stream) -> None:
        self.base, self.calls, self.rounds = base, 0, 0

    def _block(self, start: int, stop: int) -> Block:
        self.calls, self.rounds = self.calls + 1, self.rounds + stop - start
        block = self.base.block(start, stop)
        return Block(block.vectors[block.index], block.labels[block.index], np.arange(stop - start))


def exact(loss: Loss, stream: Stream, weights: NDArray[np.float64] | None) -> list[Fraction]:
    """The minimum over `BOX` after every round, in rational arithmetic."""
    block = stream.block(0, T)
    rows = block.vectors[block.index]
    found = []
    total = [[Fraction(0)] * 3 for _ in range(D)]
    for k in range(T):
        c = Fraction(1) if weights is None else Fraction(weights[k])
        value = Fraction(0)
        for i, (sums, u) in enumerate(zip(total, map(Fraction, rows[k].tolist()), strict=True)):
            # c (p z^2 / 2 + q z + r)
            p, q, r = (0, u, 0) if loss is LINEAR else (1, -u, u * u / 2)
            sums[:] = [sums[0] + c * p, sums[1] + c * q, sums[2] + c * r]
            ends = [Fraction(float(bound[i])) for bound in (BOX.lower, BOX.upper)]
            places = [*ends, min(max(-sums[1] / sums[0], ends[0]), ends[1])] if sums[0] else ends
            value += min(sums[0] * z * z / 2 + sums[1] * z + sums[2] for z in places)
        found.append(value)
    return found


def outside(minima: list[Minimum], values: list[Fraction]) -> list[int]:
    """The checkpoints whose enclosure misses the value."""
    pairs = zip(minima, values, strict=True)
    return [k for k, (m, value) in enumerate(pairs) if not Fraction(m.lower) <= value <= Fraction(m.upper)]


@pytest.mark.parametrize("weights", WEIGHTS.values(), ids=list(WEIGHTS))
@pytest.mark.parametrize("stream", STREAMS.values(), ids=list(STREAMS))
@pytest.mark.parametrize("loss", [LINEAR, QUADRATIC], ids=lambda loss: loss.name)
def test_the_exact_minimum_is_enclosed(
    loss: Loss, stream: Stream, weights: NDArray[np.float64] | None
) -> None:
    """After every round; the width is rounding. A minimum of one row less is not enclosed."""
    minima = best_in_hindsight(loss, {}, BOX, stream, EVERY, round_weights=weights)
    values = exact(loss, stream, weights)
    assert outside(minima, values) == []
    reach = float(np.max(np.abs(stream.block(0, T).vectors))) + 3.0  # |a_i|, and |x_i - a_i| in the box
    size = (
        np.cumsum(np.ones(T) if weights is None else weights) * D * reach * (3.0 if loss is LINEAR else reach)
    )
    # Both ends: some dozens of roundings of every term, and one for each addition at most.
    assert all(m.gap <= (200 + T) * 2.0**-52 * s for m, s in zip(minima, size, strict=True))
    shifted = [*values[1:], values[0]]
    assert len(outside(minima, shifted)) > T // 2


@pytest.mark.parametrize(
    "domain", [BOX, L2Ball(D), L1Ball(D), Simplex(D), HalfSpace([1.0, 2.0], 0.5)], ids=lambda d: d.name
)
def test_one_checkpoint_or_all(domain: Domain) -> None:
    """A checkpoint alone, among all, and by `minimise` of its rows: the enclosures meet."""
    stream = STREAMS["each row once"]
    minima = best_in_hindsight(QUADRATIC, {}, domain, stream, EVERY)
    rows = stream.block(0, T).vectors
    for end in (1, 2, 50, T):
        (alone,) = best_in_hindsight(QUADRATIC, {}, domain, stream, [end])
        direct = minimise(QUADRATIC, {}, domain, rows[:end], np.zeros(end), np.ones(end))
        for other in (alone, direct):
            assert max(minima[end - 1].lower, other.lower) <= min(minima[end - 1].upper, other.upper)
            assert other.method == minima[end - 1].method == "weighted projection"
    assert minima[0].lower > minima[-1].upper or minima[-1].lower > minima[0].upper, "rounds must matter"


@pytest.mark.parametrize("loss", [LINEAR, QUADRATIC], ids=lambda loss: loss.name)
@pytest.mark.parametrize("count", [3, T])
def test_a_stream_is_asked_once(loss: Loss, count: int) -> None:
    """Whatever the number of checkpoints: the time of all of them is linear in the rounds."""
    stream = Counted(STREAMS["fresh rows"])
    rounds = np.unique(np.linspace(1, T, count).astype(int))
    assert len(best_in_hindsight(loss, {}, BOX, stream, rounds)) == len(rounds)
    assert (stream.calls, stream.rounds) == (1, T)


def test_rows_that_were_not_played_do_not_matter() -> None:
    """A row whose loss overflows makes the sums infinite from the round on in which it is played."""
    rows = np.ones((5, D))
    rows[3] = 1e200
    for stream in (ArrayStream(rows), Counted(ArrayStream(rows))):
        minima = best_in_hindsight(QUADRATIC, {}, BOX, stream, [1, 2, 3, 4, 5])
        assert [bool(np.isfinite(m.gap)) for m in minima] == [True, True, True, False, False]
        assert minima[0].upper < minima[2].upper
    weighted = best_in_hindsight(QUADRATIC, {}, BOX, ArrayStream(rows), [5], round_weights=[1, 1, 1, 0, 1])
    assert np.isfinite(weighted[0].gap)


def test_no_weight_is_an_empty_sum() -> None:
    """Until a weight is positive, the minimum is 0, at the start of the set."""
    for stream in (STREAMS["cycled table"], STREAMS["fresh rows"]):
        minima = best_in_hindsight(
            LINEAR, {}, BOX, stream, [1, 11, 12], round_weights=WEIGHTS["zero at first"]
        )
        assert [m.method for m in minima] == ["empty sum", "empty sum", "vertex"]
        assert (minima[1].lower, minima[1].upper) == (0.0, 0.0)
        assert np.array_equal(minima[1].point, BOX.start())


def test_a_set_without_end() -> None:
    """Quadratic losses have a minimum on an unbounded set; linear ones need not."""
    half = HalfSpace([1.0, 0.0], 0.0)
    stream = STREAMS["cycled table"]
    minima = best_in_hindsight(QUADRATIC, {}, half, stream, EVERY)
    assert all(0.0 <= m.gap <= 1e-10 for m in minima)  # 130 times 120 rounds times some units of 1e-16
    with pytest.raises(ValueError, match="no minimum on the unbounded set"):
        best_in_hindsight(LINEAR, {}, half, stream, EVERY)
