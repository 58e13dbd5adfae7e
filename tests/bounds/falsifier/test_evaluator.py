"""The batched floats say what the simulator, the evaluation of bounds and the certificate say."""

from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest
from sympy import sqrt

import bounds.falsifier.evaluator as module
from bounds.certificates.certify import certain_sides
from bounds.evaluate import check
from bounds.falsifier.evaluator import Batch, RegretEvaluator
from bounds.falsifier.regret import RegretFamily
from bounds.falsifier.sets.ball import Balls
from bounds.falsifier.sets.base import SearchedSet
from bounds.falsifier.sets.box import Boxes
from bounds.falsifier.sets.l1_ball import L1Balls
from bounds.falsifier.sets.polytope import Polytopes
from bounds.falsifier.sets.segment import PlaneSimplex, Segments
from bounds.falsifier.sets.simplex import Simplices, UnitSimplices
from bounds.games.scale import Scale
from online_sim.domains.box import Box
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.periodic import Periodic
from theory.algorithms.adal import ADAL, ADAL_R1, ADAL_R2, ADAL_R2_PRINTED_EPS, ADAL_R3
from theory.algorithms.decaying_momentum import ADAM_DECAYING
from theory.algorithms.sgd import SGD
from theory.losses.linear import LINEAR
from theory.symbols import t
from theory.theorems import ogd, repaired
from theory.theorems.adal import THEOREM1, THEOREM2
from theory.theorems.adal_epsilon import R_EPS_ANY_SET
from theory.theorems.adam import KINGMA
from theory.theorems.repaired import V_PRINTED, R

CASES = [
    (THEOREM1, "A", ADAL),
    (THEOREM1, "B", ADAL),
    (THEOREM1, "C", ADAL),
    (R, "D", ADAL_R1),
    (R, "D_i", ADAL_R2),
    (R, "D_i", ADAL_R3),
    (repaired.R_EPS_BOX, "D", ADAL_R2_PRINTED_EPS),
    (V_PRINTED, "D_i", ADAL),
    (KINGMA, "stated", ADAM_DECAYING),
    (ogd.SQRT, "stated", SGD),
]
NAMES = [f"{theorem.id}.{reading}, {recurrence.name}" for theorem, reading, recurrence in CASES]
GAMES = 5


def games(recurrence, dimension: int, *, seed: int = 0) -> Batch:
    """Games of 9 rounds with a pattern of 4 rows after 3 others, each with its own box and parameters."""
    rng = np.random.default_rng(seed)
    half = rng.uniform(0.1, 2, (GAMES, dimension))
    values = [rng.uniform(*p.typical, GAMES) for p in recurrence.parameters]
    # beta1^2 < beta2 and beta1^2 < sqrt(beta2), and no step that leaves every game at a corner.
    values = [0.6 * v if p.name == "beta1" else v for p, v in zip(recurrence.parameters, values, strict=True)]
    return Batch(
        rng.normal(size=(GAMES, 7, dimension)), 3, 9, np.stack([-half, half], axis=1),
        rng.uniform(-1, 1, (GAMES, dimension)) * half, np.stack(values, axis=1),
    )  # fmt: skip


def simulated(theorem, reading, recurrence, batch: Batch, r: int):
    """One of the games through the one entry to simulation, and the evaluation of a trace."""
    names = recurrence.parameter_names
    trace = play(
        Game(
            recurrence,
            LINEAR,
            Periodic(batch.rows[r, batch.lead :], lead=batch.rows[r, : batch.lead]),
            Box(*batch.ends[r]),
            horizon=batch.horizon,
            parameters=dict(zip(names, batch.parameters[r], strict=True)),
            start=batch.start[r],
        ),
        record=theorem.quantities,
        checkpoints="all",
    )
    return check(theorem, reading, trace)


@pytest.mark.parametrize("dimension", [1, 2, 3])
@pytest.mark.parametrize(("theorem", "reading", "recurrence"), CASES, ids=NAMES)
def test_it_agrees_with_the_simulator(theorem, reading, recurrence, dimension) -> None:
    """Both sides equal those of a trace, in every round, up to rounding."""
    batch = games(recurrence, dimension)
    found = RegretEvaluator(theorem, reading, recurrence).sides(batch)
    assert len(np.unique(found.rhs[:, -1])) == GAMES
    for r in range(GAMES):
        expected = simulated(theorem, reading, recurrence, batch, r)
        # A few hundred operations on sums whose terms cancel to a hundredth at the worst.
        scale = np.max(np.abs(found.lhs[r]))
        np.testing.assert_allclose(found.lhs[r], expected.lhs_lower, rtol=1e-12, atol=1e-12 * scale)
        np.testing.assert_allclose(found.rhs[r], expected.rhs, rtol=1e-12)
        broken = [a for a in expected.assumptions if not a.holds]
        assert bool(found.holds[r].all()) is not bool(broken)


KINDS = {
    "box": (Boxes(), 2),
    "segment": (Segments(), 2),
    "simplex of the plane": (PlaneSimplex(), 2),
    "simplex": (Simplices(), 2),
    "simplex of R^4": (Simplices(), 4),
    "unit simplex": (UnitSimplices(), 5),
    "ball": (Balls(), 3),
    "l1 ball": (L1Balls(), 3),
    "triangle": (Polytopes(3), 2),
}


def drawn(kind: SearchedSet, recurrence, dimension: int) -> Batch:
    """The games of `games` over sets of a kind, with a start on the border or inside."""
    batch, rng = games(recurrence, dimension), np.random.default_rng(3)
    *shape, place = kind.drawn(GAMES, dimension, rng)
    shape = np.concatenate([*shape, np.empty((GAMES, 0))], axis=1)
    ends = kind.made(rng.normal(0, 1, GAMES), 0.1 * shape, dimension)
    place = place * rng.uniform(0.2, 1, place.shape)
    return replace(batch, ends=ends, start=kind.point(ends, place))


@pytest.mark.parametrize("name", KINDS)
def test_it_agrees_with_the_certificate(name: str) -> None:
    """At the last round both sides lie within the bounds of the ball arithmetic, over every kind of set."""
    kind, dimension = KINDS[name]
    of_box = isinstance(kind, Boxes)
    theorem, reading = (repaired.R_EPS_BOX if of_box else R_EPS_ANY_SET), "D_i"
    recurrence = ADAL_R2_PRINTED_EPS
    batch = drawn(kind, recurrence, dimension)
    exactly = RegretFamily(theorem, reading, recurrence, kind, Scale.FREE, {})
    found = RegretEvaluator(theorem, reading, recurrence, kind=kind).sides(batch)
    assert len(np.unique(found.lhs[:, -1])) == GAMES
    for r in range(GAMES):
        counterexample = exactly.counterexample(batch[r : r + 1], 9, 17)
        lower, upper = certain_sides(counterexample)
        assert float(lower) == pytest.approx(found.lhs[r, -1], rel=3e-5)
        assert float(upper) == pytest.approx(found.rhs[r, -1], rel=3e-5)


@pytest.mark.parametrize("name", KINDS)
def test_what_is_not_a_number_is_no_point_of_a_set(name: str) -> None:
    """A step of the root of a negative number leads nowhere: from the second round on nothing is said."""
    kind, dimension = KINDS[name]
    lost = replace(SGD, name="lost", point=SGD.point + sqrt(-1 - t))
    found = RegretEvaluator(ogd.SQRT, "stated", lost, kind=kind).sides(drawn(kind, lost, dimension))
    assert np.all(np.isfinite(found.lhs[:, 0]))
    assert np.all(np.isnan(found.lhs[:, 1:]))


def test_the_metric_matters_on_a_segment() -> None:
    """On a segment the weighted projection differs from the Euclidean one, on one parallel to an axis not."""
    batch = games(ADAL_R2_PRINTED_EPS, 2)
    ends = np.tile(np.array([[[-1.0, -1.0], [1.0, 1.0]]]), (GAMES, 1, 1))
    theorem, reading = R_EPS_ANY_SET, "D"
    plain = Segments.projected

    def euclidean(kind, recurrence):
        return plain(kind, replace(recurrence, metric=1))

    def lhs(ends):
        sloped = Batch(batch.rows, batch.lead, 9, ends, 0 * batch.start, batch.parameters)
        weighted = RegretEvaluator(theorem, reading, ADAL_R2_PRINTED_EPS, kind=Segments()).sides(sloped)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Segments, "projected", euclidean)
            flat = RegretEvaluator(theorem, reading, ADAL_R2_PRINTED_EPS, kind=Segments()).sides(sloped)
        return weighted.lhs[:, -1], flat.lhs[:, -1]

    weighted, flat = lhs(ends)
    assert np.max(np.abs(weighted - flat)) > 1e-3
    ends[:, :, 1] = 0
    np.testing.assert_allclose(*lhs(ends), rtol=1e-12)


def test_a_wrong_comparator_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the worst instead of the best fixed point the left side is another, by far more than rounding."""
    batch = games(ADAL, 2)
    evaluator = RegretEvaluator(THEOREM1, "C", ADAL)
    right = evaluator.sides(batch)
    best = Boxes.minimiser
    monkeypatch.setattr(Boxes, "minimiser", lambda kind, total, ends: best(kind, -total, ends))
    wrong = evaluator.sides(batch)
    expected = simulated(THEOREM1, "C", ADAL, batch, 0)
    assert right.lhs[0, -1] == pytest.approx(expected.lhs_lower[-1], rel=1e-12)
    assert abs(wrong.lhs[0, -1] / expected.lhs_lower[-1] - 1) > 0.1


def test_a_batch_gives_what_single_games_give() -> None:
    """Games do not disturb each other, whatever the number of games, rounds and coordinates before."""
    evaluator = RegretEvaluator(R, "D_i", ADAL_R2)
    for dimension in (3, 1, 2):
        batch = games(ADAL_R2, dimension)
        together = evaluator.sides(batch)
        for r in range(GAMES):
            alone = evaluator.sides(batch[r : r + 1])
            np.testing.assert_array_equal(together.lhs[r], alone.lhs[0])
            np.testing.assert_array_equal(together.rhs[r], alone.rhs[0])


def test_more_games_than_fit_are_played_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch beyond the capacity gives the same numbers."""
    batch = games(ADAL, 1)
    whole = RegretEvaluator(THEOREM1, "C", ADAL).sides(batch)
    monkeypatch.setattr(module, "CAPACITY", 2)
    np.testing.assert_array_equal(RegretEvaluator(THEOREM1, "C", ADAL).sides(batch).lhs, whole.lhs)


def test_long_games_are_held_at_some_rounds() -> None:
    """Beyond the dense horizon the rounds are log-spaced and end with the last; a lead is played once."""
    rows = np.array([[[5.0], [2.0], [-1.0]]])
    one = np.ones((1, 1))
    batch = Batch(rows, 1, 1000, np.array([[[-1.0], [1.0]]]), one, np.array([[0.1, 0.0, 0.5, 0.0]]))
    found = RegretEvaluator(THEOREM1, "C", ADAL).sides(batch)
    assert found.rounds[0] == 1
    assert found.rounds[-1] == 1000
    assert len(found.rounds) < 100
    assert batch.index[:5].tolist() == [0, 1, 2, 1, 2]
    expected = simulated(THEOREM1, "C", ADAL, batch, 0)
    # Sums of 1000 terms.
    np.testing.assert_allclose(found.lhs[0], expected.lhs_lower[found.rounds - 1], rtol=1e-10)


def test_broken_assumptions_and_undefined_sides_say_nothing() -> None:
    """gamma >= 1 gives no ratio, and neither does a logarithm below -1."""
    ends, one = np.array([[[-1.0], [1.0]]] * 2), np.ones((2, 1))
    parameters = np.array([[1.0, 0.9, 0.5, 0.0], [1.0, 0.0, 0.5, 0.0]])
    batch = Batch(0.01 * np.ones((2, 1, 1)), 0, 1, ends, one, parameters)
    in_c = RegretEvaluator(THEOREM1, "C", ADAL).sides(batch).ratio[:, 0]
    in_a = RegretEvaluator(THEOREM1, "A", ADAL).sides(batch).ratio[:, 0]
    assert in_c[0] == -np.inf
    assert in_c[1] > 1
    assert np.all(in_a == -np.inf)


def test_what_no_linear_game_has_is_refused() -> None:
    """A statement about gradients is another search's, and one about boxes is not asked of segments."""
    with pytest.raises(ValueError, match=r"smooth .*; this search plays linear losses"):
        RegretEvaluator(THEOREM2, "sqrtT", ADAL)
    with pytest.raises(ValueError, match="X is a box"):
        RegretEvaluator(repaired.R_EPS_BOX, "D", ADAL_R2_PRINTED_EPS, kind=Segments())


def test_an_exact_game_is_the_one_that_was_played() -> None:
    """Seventeen digits give the floats back, and the counterexample has the rounds that were asked for."""
    batch = games(ADAL, 2)
    game = (
        RegretFamily(THEOREM1, "C", ADAL, Boxes(), Scale.FREE, {"eps": F(1, 8)})
        .counterexample(batch[1:2], 6, 17)
        .game
    )
    assert [[float(u) for u in row] for row in game.rows] == batch.rows[1, :6].tolist()
    assert game.parameters["eps"] == F(1, 8)
    assert (game.horizon, len(game.rows)) == (6, 6)
