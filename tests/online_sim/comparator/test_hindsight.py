"""The best fixed point at every checkpoint: the same answers whatever way the rounds are summed."""

from __future__ import annotations

import time

import numpy as np
import pytest

from online_sim.comparator import best_in_hindsight, minimise, smoothness_constant
from online_sim.domains.box import Box
from online_sim.domains.l2_ball import L2Ball
from online_sim.domains.simplex import Simplex
from online_sim.streams.arrays import ArrayStream
from online_sim.streams.base import Block, Stream
from online_sim.streams.shuffled import Shuffled
from theory.losses.absolute import ABSOLUTE
from theory.losses.half_square import HALF_SQUARE
from theory.losses.hinge import HINGE
from theory.losses.linear import LINEAR
from theory.losses.logistic import LOGISTIC
from theory.losses.nonconvex_logistic import NONCONVEX_LOGISTIC
from theory.losses.portfolio import PORTFOLIO
from theory.losses.quadratic import QUADRATIC
from theory.losses.rastrigin import RASTRIGIN
from theory.losses.rosenbrock import ROSENBROCK

D = 3
ROUNDS = [1, 2, 5, 17, 60]


class _NoTable(Stream):
    """The rounds of another stream, row by row, without its table."""

    name = "no_table"
    dimension = D

    def __init__(self, base: Stream) -> None:
        self.base = base

    @property
    def length(self) -> int | None:
        return self.base.length

    def _block(self, start: int, stop: int) -> Block:
        block = self.base.block(start, stop)
        rows, labels = block.vectors[block.index], block.labels[block.index]
        return Block(rows, labels, np.arange(stop - start))


def _stream(seed=0):
    rng = np.random.default_rng(seed)
    table = np.abs(rng.standard_normal((7, D))) + 0.1, np.where(rng.random(7) < 0.5, -1.0, 1.0)
    return Shuffled(table, 5)


def _meet(first, second):
    return first.lower <= second.upper and second.lower <= first.upper


@pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weighted"])
@pytest.mark.parametrize(
    "loss", [LINEAR, QUADRATIC, ABSOLUTE, LOGISTIC, HINGE, PORTFOLIO], ids=lambda loss: loss.name
)
def test_three_ways_to_sum_agree(loss, weighted):
    """Counts on a table, sums or stacked rows without one, and `minimise` on the rounds themselves."""
    stream, domain = _stream(), Simplex(D)
    weights = np.random.default_rng(2).exponential(size=ROUNDS[-1]) if weighted else None
    counted = best_in_hindsight(loss, {}, domain, stream, ROUNDS, round_weights=weights)
    streamed = best_in_hindsight(loss, {}, domain, _NoTable(stream), ROUNDS, round_weights=weights)
    assert len(counted) == len(streamed) == len(ROUNDS)
    for end, first, second in zip(ROUNDS, counted, streamed, strict=True):
        block = stream.block(0, end)
        c = np.ones(end) if weights is None else weights[:end]
        direct = minimise(loss, {}, domain, block.vectors[block.index], block.labels[block.index], c)
        assert _meet(first, second)
        assert _meet(first, direct)
        assert max(first.gap, second.gap) <= 1e-6 * max(1.0, abs(first.upper))
    assert not _meet(counted[0], counted[-1]), "the rounds must matter"


def test_sums_do_not_depend_on_the_blocks(monkeypatch):
    """Sufficient statistics and stacked rows agree when blocks are cut to a few rounds."""
    stream, domain = _NoTable(_stream()), L2Ball(D, 2.0)
    whole = [best_in_hindsight(loss, {}, domain, stream, ROUNDS) for loss in (LINEAR, QUADRATIC, LOGISTIC)]
    monkeypatch.setattr("online_sim.comparator.sums.BLOCK_NUMBERS", 4 * D)
    pieces = [best_in_hindsight(loss, {}, domain, stream, ROUNDS) for loss in (LINEAR, QUADRATIC, LOGISTIC)]
    for first, second in zip(whole, pieces, strict=True):
        assert all(_meet(p, q) for p, q in zip(first, second, strict=True))


def test_rounds_of_weight_zero_are_no_rounds():
    """Leading zeros give the enclosure [0, 0]; a zero drops its row, even where the loss is infinite."""
    vectors = np.array([[1.0, 2.0, 3.0], [-1.0, -1.0, -1.0], [2.0, 1.0, 1.0]])
    found = best_in_hindsight(
        PORTFOLIO, {}, Simplex(D), ArrayStream(vectors), [1, 2, 3], round_weights=[0.0, 0.0, 2.0]
    )
    assert [(m.lower, m.upper, m.method) for m in found[:2]] == [(0.0, 0.0, "empty sum")] * 2
    truth = -2.0 * np.log(2.0)
    assert found[2].lower <= truth <= found[2].upper
    assert found[2].gap <= 1e-9 * max(1.0, abs(truth))


def test_a_fixed_function_needs_no_stream():
    """W_T times the minimum of the function."""
    found = best_in_hindsight(
        HALF_SQUARE, {}, L2Ball(2, 1.0, [2.0, 0.0]), None, [2, 4], round_weights=[1.0, 2.0, 0.5, 0.5]
    )
    assert found[0].lower <= 1.5 <= found[0].upper
    assert found[1].lower <= 2.0 <= found[1].upper


@pytest.mark.parametrize("loss", [LOGISTIC, HINGE, LINEAR, ABSOLUTE], ids=lambda loss: loss.name)
def test_many_rounds_over_a_table_stay_cheap(loss):
    """1e5 rounds and 40 checkpoints over 200 rows take seconds, and every gap closes."""
    rng = np.random.default_rng(0)
    table = rng.standard_normal((200, 20)), np.where(rng.random(200) < 0.5, -1.0, 1.0)
    rounds = np.unique(np.logspace(0, 5, 40).round().astype(int))
    begin = time.perf_counter()
    found = best_in_hindsight(loss, {}, Box(-1, 1, dimension=20), Shuffled(table, 1), rounds)
    # About 0.05 to 1 s on an idle core; work proportional to rounds x checkpoints would take minutes.
    assert time.perf_counter() - begin < 20.0
    tolerance = 1e-6 if loss is HINGE else 1e-9
    assert max(m.gap / max(1.0, abs(m.upper)) for m in found) <= tolerance


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rounds": []}, "`rounds`"),
        ({"rounds": [0, 1]}, "`rounds`"),
        ({"rounds": [3, 3]}, "`rounds`"),
        ({"rounds": [1.5]}, "`rounds`"),
        ({"rounds": [9]}, "`rounds` ends at 9"),
        ({"round_weights": [1.0]}, "`round_weights` has shape"),
        ({"round_weights": [1.0, -1.0, 1.0]}, "`round_weights` must be"),
        ({"round_weights": [1.0, np.nan, 1.0]}, "`round_weights` must be"),
        ({"stream": None}, "give a `stream`"),
        ({"domain": Simplex(D + 1)}, "has d = 3"),
        ({"loss": RASTRIGIN}, "not convex"),
        ({"loss": NONCONVEX_LOGISTIC}, "not convex"),
        ({"parameters": {"lam": 1.0}}, "unknown parameter `lam`"),
    ],
)
def test_wrong_input_is_named(change, message):
    """Each wrong argument gives one clear ValueError."""
    arguments = {
        "loss": LOGISTIC, "parameters": {}, "domain": Simplex(D), "stream": ArrayStream(np.ones((3, D))),
        "rounds": [3],
    } | change  # fmt: skip
    with pytest.raises(ValueError, match=message):
        best_in_hindsight(**arguments)


def test_smoothness_constants_from_data():
    """L of the logistic loss is the largest over rows, of the nonconvex one a mean plus 2 lam."""
    table = np.array([[1.0, 2.0], [3.0, 0.0]]), np.array([1.0, -2.0])
    assert smoothness_constant(LOGISTIC, {}, data=table) == 9.0
    assert smoothness_constant(NONCONVEX_LOGISTIC, {"lam": 0.5}, table=table) == (5.0 + 36.0) / 8.0 + 1.0
    assert smoothness_constant(RASTRIGIN, {}) == pytest.approx(2 + 40 * np.pi**2, rel=1e-15)
    with pytest.raises(ValueError, match="give `table`"):
        smoothness_constant(NONCONVEX_LOGISTIC, {})
    with pytest.raises(ValueError, match="declares no smoothness"):
        smoothness_constant(ROSENBROCK, {})
