"""The best fixed point from sparse rows: the enclosures of the dense rows, up to rounding."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sympy import S

from online_sim.comparator import best_in_hindsight, smoothness_constant
from online_sim.comparator.tables import as_table
from online_sim.constants import constants
from online_sim.domains.box import Box
from online_sim.domains.l2_ball import L2Ball
from online_sim.game import Game
from online_sim.ranges import known_ranges, same_law
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from online_sim.streams.shuffled import Shuffled
from online_sim.streams.sparse import SparseStream
from sparse_data import documents
from theory.algorithms.adagrad import ADAGRAD
from theory.loss import Loss
from theory.losses.hinge import HINGE
from theory.losses.linear import LINEAR
from theory.losses.logistic import LOGISTIC
from theory.losses.quadratic import QUADRATIC
from theory.losses.squared import SQUARED
from theory.quantities import Regret
from theory.symbols import t

D = 40
SETS = {"box": Box(-1.0, 1.0, dimension=D), "ball": L2Ball(D, radius=2.0)}
LOSSES = {loss.name: loss for loss in (HINGE, LINEAR, LOGISTIC, QUADRATIC, SQUARED)}


def streams(count: int = 90) -> tuple[SparseStream, ArrayStream]:
    """The same rows, sparse and dense."""
    rows, labels = documents(count, D, words=5)
    return SparseStream(rows, labels), ArrayStream(rows.toarray(), labels)


@pytest.mark.parametrize("domain", SETS)
@pytest.mark.parametrize("loss", LOSSES)
def test_the_minimum_is_that_of_the_dense_rows(loss: str, domain: str) -> None:
    """Both enclosures hold the minimum, so that they meet; and neither is much wider."""
    rounds = [3, 40, 90]
    sparse, dense = (
        best_in_hindsight(LOSSES[loss], {}, SETS[domain], stream, rounds) for stream in streams()
    )
    for one, other in zip(sparse, dense, strict=True):
        assert max(one.lower, other.lower) <= min(one.upper, other.upper)
        # The goal of the solvers is 1e-6 with kinks; what they leave open differs from path to path.
        assert one.upper - one.lower <= max(2 * (other.upper - other.lower), 1e-6 * max(1, abs(one.upper)))


def test_a_wrong_matrix_is_noticed() -> None:
    """The control: with one entry changed, the enclosures are apart."""
    sparse, dense = streams()
    changed = sparse.rows.csr.copy()
    changed.data[7] += 1e-3
    changed = SparseStream(changed, sparse.labels)
    one, other = (best_in_hindsight(LOGISTIC, {}, SETS["box"], s, [90])[0] for s in (changed, dense))
    assert max(one.lower, other.lower) > min(one.upper, other.upper)


@pytest.mark.parametrize("weight", [S.One, 1 / t])
@pytest.mark.parametrize("loss", [LINEAR, LOGISTIC])
def test_the_regret_is_that_of_the_dense_game(loss: Loss, weight) -> None:
    """Recorded by `play`, with weights too, while the rounds visit the entries alone."""
    regret = Regret(weight)
    traces = [
        play(
            Game(ADAGRAD, loss, stream, SETS["box"], horizon=90, parameters={"alpha": 0.5}),
            record=[regret], checkpoints=4,
        )
        for stream in streams()
    ]  # fmt: skip
    assert traces[0].run.rows.startswith("sparse")
    (low, high), (other_low, other_high) = (trace.interval(regret) for trace in traces)
    assert np.all(np.maximum(low, other_low) <= np.minimum(high, other_high))
    assert np.all(high - low <= 2 * (other_high - other_low) + 1e-9)


def test_what_the_comparator_asks_of_rows() -> None:
    """Lengths, adjoint, squares and entries agree with the dense ones."""
    sparse, dense = (as_table(stream.table[0]) for stream in streams(23))
    s = np.random.default_rng(0).normal(size=23)
    for one, other in (
        (sparse.lengths, dense.lengths),
        (sparse.adjoint(s), dense.adjoint(s)),
        (sparse.squares(s), dense.squares(s)),
    ):
        # Sums of at most 40 terms of size 1, twice.
        assert np.allclose(one, other, rtol=0, atol=80 * 2.3e-16)
    for table in (sparse, dense):
        row, column, number = table.entries()
        again = np.zeros(table.shape)
        again[row, column] = number
        assert np.array_equal(again, dense.part(0, 23))


@pytest.mark.parametrize("loss", [LOGISTIC, SQUARED])
def test_smoothness_is_the_largest_over_sparse_rows(loss: Loss) -> None:
    """The constant of a table is that of its dense form, up to the rounding of a row's sum."""
    sparse, dense = streams()
    scaled = SparseStream(sparse.rows.csr * np.linspace(0.5, 3.0, 90)[:, None], sparse.labels)
    rows = scaled.block(0, 90).played
    one = smoothness_constant(loss, {}, data=(scaled.rows, scaled.labels))
    other = smoothness_constant(loss, {}, data=(rows, dense.labels))
    assert math.isclose(one, other, rel_tol=D * 2.3e-16)


def test_smoothness_of_other_sums_is_found_from_dense_rows() -> None:
    """A constant with a sum that is not one over the entries: ||1 + a||^2."""
    from dataclasses import replace

    from theory.quantities import Norm2Squared
    from theory.symbols import a

    loss = replace(LOGISTIC, smoothness=Norm2Squared(1 + a))
    sparse, dense = streams()
    one = smoothness_constant(loss, {}, data=sparse.table)
    assert one == smoothness_constant(loss, {}, data=dense.table)


def test_a_game_knows_the_same_about_sparse_rows() -> None:
    """Constants, ranges and the law of the data do not depend on the form."""
    made = [
        Game(ADAGRAD, SQUARED, Shuffled(stream, seed=1), SETS["box"], horizon=9, parameters={"alpha": 0.1},
             replicates=3)
        for stream in streams()
    ]  # fmt: skip
    known = [constants(game) for game in made]
    assert known[0].keys() == known[1].keys()
    assert math.isclose(known[0].pop("L"), known[1].pop("L"), rel_tol=D * 2.3e-16)
    assert known[0] == known[1]
    assert known_ranges(made[0]) == known_ranges(made[1])
    assert [same_law(game) for game in made] == [True, True]
    runs = [play(game).run for game in made]
    assert runs[0].ranges == runs[1].ranges
    assert runs[0].properties == runs[1].properties
