"""The batched floats say what the simulator, the evaluation of bounds and the certificate say."""

from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest

import bounds.falsifier.descent_evaluator as module
from bounds.certificates.certify import certain_sides
from bounds.evaluate import check
from bounds.falsifier.descent_evaluator import DescentEvaluator, Sizes
from bounds.falsifier.descent_seeds import seeds
from bounds.games import Counterexample, DescentGame
from bounds.statement import Sides
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams import AllPaths
from theory.algorithms.adal import ADAL, ADAL_R1
from theory.losses.noise import with_noise
from theory.losses.piecewise_quadratic import Slope, piecewise_quadratic, quadratic_slope
from theory.quantities import NormInf
from theory.statement import Assumption
from theory.symbols import df, g, t
from theory.theorems.adal import THEOREM1, THEOREM2
from theory.theorems.repaired_nonconvex import A_R1, ADAL_R1_FROM, NOISELESS, S1, S2, A, N, S

HILL = Slope(((F(0), F(-1)), (F(2, 3), F(-1, 3)), (F(2), F(-1, 3)), (F(3), F(1))), F(0), F(0))
SKEWED = (((F(-1), F(-2)), F(3, 4)), ((F(3), F(6)), F(1, 4)))
BETAS = {"alpha": F(1, 3), "beta1": F(1, 3), "beta2": F(1, 2)}
WITH_EPS = {**BETAS, "eps": F(1, 100)}
FROM = {**BETAS, "vhat_start": F(2)}
CASES = [
    (THEOREM2, "sqrtTM", ADAL, WITH_EPS, True),
    (THEOREM2, "sqrtT_M", ADAL, WITH_EPS, True),
    (THEOREM2, "sqrtT", ADAL, WITH_EPS, True),
    (S, "stated", ADAL_R1_FROM, FROM, True),
    (N, "stated", ADAL_R1, BETAS, False),
    (A, "measured", ADAL, WITH_EPS, False),
    (A_R1, "measured", ADAL_R1, BETAS, False),
]
NAMES = [f"{theorem.id}.{reading}" for theorem, reading, *_ in CASES]


def two_coordinates(recurrence, parameters, noisy: bool) -> DescentGame:
    """Four rounds on the hill in d = 2."""
    return DescentGame(recurrence, parameters, HILL, (F(1, 5), F(5, 2)), 4, SKEWED if noisy else ())


def simulated(theorem, reading, game: DescentGame):
    """The same game through the one entry to simulation, and the evaluation of a trace."""
    loss = piecewise_quadratic(game.slope)
    setting = {
        "horizon": game.horizon,
        "start": [float(u) for u in game.start],
        "parameters": {k: float(v) for k, v in game.parameters.items()},
    }
    asked = {"checkpoints": "all", "record": theorem.quantities}
    if len(game.letters) == 1:
        return check(theorem, reading, play(Game(game.recurrence, loss, **setting), **asked))
    trace = play(Game(game.recurrence, with_noise(loss), AllPaths(game.alphabet), **setting), **asked)
    return check(theorem, reading, trace)


@pytest.mark.parametrize(
    ("theorem", "reading", "recurrence", "parameters", "noisy"),
    [CASES[0], *(pytest.param(*case, marks=pytest.mark.slow) for case in CASES[1:])],
    ids=NAMES,
)
def test_it_agrees_with_the_simulator(theorem, reading, recurrence, parameters, noisy) -> None:
    """Both sides equal those of a trace that enumerates all paths, in every round, up to rounding."""
    game = two_coordinates(recurrence, parameters, noisy)
    sizes = Sizes(6, len(game.letters), game.horizon, 2)
    found = DescentEvaluator(theorem, reading, recurrence, sizes).sides([game])
    expected = simulated(theorem, reading, game)
    # A few hundred operations, some of them sums that cancel to a tenth of their terms.
    np.testing.assert_allclose(found.lhs[0], expected.lhs_upper, rtol=1e-12)
    np.testing.assert_allclose(found.rhs[0], expected.rhs, rtol=1e-12)
    assert found.holds.all()
    assert all(assumption.holds for assumption in expected.assumptions)


@pytest.mark.parametrize(("theorem", "reading", "recurrence", "parameters", "noisy"), CASES, ids=NAMES)
def test_it_agrees_with_the_certificate(theorem, reading, recurrence, parameters, noisy) -> None:
    """At the last round both sides lie within the bounds of the ball arithmetic, which keep six digits."""
    if theorem is N:
        # That g - grad f is 0 is more than balls can say.
        theorem = replace(N, assumptions=tuple(a for a in N.assumptions if a is not NOISELESS))
    game = two_coordinates(recurrence, parameters, noisy)
    sizes = Sizes(4, len(game.letters), game.horizon, 2)
    found = DescentEvaluator(theorem, reading, recurrence, sizes).sides([game])
    lower, upper = certain_sides(Counterexample(theorem, reading, game))
    assert float(lower) <= found.lhs[0, -1] <= float(lower) * (1 + 3e-5)
    assert float(upper) * (1 - 3e-5) <= found.rhs[0, -1] <= float(upper)


def test_wrong_probabilities_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An evaluator that gives every path the same probability disagrees with the simulator."""
    game = two_coordinates(ADAL, WITH_EPS, True)
    expected = simulated(THEOREM2, "sqrtT", game)
    true_paths = module.enumerate_paths

    def uniform(*arguments):
        index, weights = true_paths(*arguments)
        return index, np.full_like(weights, 1 / len(weights))

    monkeypatch.setattr(module, "enumerate_paths", uniform)
    found = DescentEvaluator(THEOREM2, "sqrtT", ADAL, Sizes(4, 2, 4, 2)).sides([game])
    # The first round knows no noise; from the second on the mean is another, by far more than rounding.
    assert found.lhs[0, 0] == pytest.approx(expected.lhs_upper[0])
    assert abs(found.lhs[0, 3] / expected.lhs_upper[3] - 1) > 1e-3


def test_a_batch_gives_what_single_games_give() -> None:
    """Games do not disturb each other: not inside a batch, nor across batches, nor where one is filled up."""
    shelf = seeds(ADAL, horizon=3, letters=2, dimension=1, fixed={"eps": 0}, rng=np.random.default_rng(0))
    games = [next(shelf)[1] for _ in range(7)]
    sizes = Sizes(5, 2, 3)
    together = DescentEvaluator(THEOREM2, "sqrtT", ADAL, sizes, batch=3).sides(games)
    alone = DescentEvaluator(THEOREM2, "sqrtT", ADAL, sizes)
    assert len({tuple(row) for row in together.lhs.tolist()}) > 3
    for k, game in enumerate(games):
        np.testing.assert_array_equal(together.lhs[k], alone.sides([game]).lhs[0])
        np.testing.assert_array_equal(together.rhs[k], alone.sides([game]).rhs[0])


def test_a_broken_assumption_says_nothing() -> None:
    """Noise where there must be none, skew where it must be symmetric, and gamma >= 1 give no ratio."""
    noisy, still = two_coordinates(ADAL_R1, BETAS, True), two_coordinates(ADAL_R1, BETAS, False)
    evaluator = DescentEvaluator(N, "stated", ADAL_R1, Sizes(4, 2, 4, 2))
    assert np.all(evaluator.sides([noisy]).ratio == -np.inf)
    quiet = DescentEvaluator(N, "stated", ADAL_R1, Sizes(4, 1, 4, 2))
    assert np.all(quiet.sides([still]).ratio > 0)
    fast = replace(still, parameters={**BETAS, "beta1": F(4, 5)})
    assert np.all(quiet.sides([fast]).ratio == -np.inf)

    skewed = two_coordinates(ADAL_R1_FROM, FROM, True)
    symmetric = replace(skewed, letters=(((F(-1), F(0)), F(1, 2)), ((F(1), F(0)), F(1, 2))))
    ratio = DescentEvaluator(S1, "stated", ADAL_R1_FROM, Sizes(4, 2, 4, 2)).sides([skewed, symmetric]).ratio
    assert np.all(ratio[0] == -np.inf)
    assert np.all(ratio[1] > 0)


@pytest.mark.slow
def test_conditions_are_asked_of_every_path_and_round() -> None:
    """The noise of a later path, or the first rounds alone, break what the first path ends with."""
    game = two_coordinates(ADAL_R1_FROM, FROM, True)
    first, second = (max(abs(w) for w in u) for u, _ in game.letters)
    assert first < second

    def holds(relation):
        stated = replace(S, assumptions=(*S.assumptions, Assumption("asked", relation)))
        return DescentEvaluator(stated, "stated", ADAL_R1_FROM, Sizes(4, 2, 4, 2)).sides([game]).holds[0]

    assert holds(NormInf(g - df) <= int(second)).all()
    assert not holds(NormInf(g - df) <= int(first)).any()
    assert not holds(t >= 3).any()  # true in the last rounds alone
    assert holds(t <= 4).all()


def test_noise_must_not_vanish_where_the_statement_says_so() -> None:
    """Corollary S2 divides by the smallest noise: none breaks its assumption, symmetric noise does not."""
    game = DescentGame(ADAL_R1_FROM, FROM, quadratic_slope(1), (F(1),), 2)
    assert np.all(DescentEvaluator(S2, "stated", ADAL_R1_FROM, Sizes(1, 1, 2)).sides([game]).ratio == -np.inf)
    noisy = replace(game, letters=(((F(-1),), F(1, 2)), ((F(1),), F(1, 2))))
    assert np.all(DescentEvaluator(S2, "stated", ADAL_R1_FROM, Sizes(1, 2, 2)).sides([noisy]).ratio > 0)


def test_a_statement_without_expectation_is_held_against_the_first_path() -> None:
    """Theorem A under noise: the path of first letters; a certificate takes the best one, in any order."""
    game = two_coordinates(ADAL, WITH_EPS, True)
    other = replace(game, letters=game.letters[::-1])
    found = DescentEvaluator(A, "measured", ADAL, Sizes(4, 2, 4, 2)).sides([game, other])
    assert found.lhs[0, -1] != found.lhs[1, -1]
    best = [certain_sides(Counterexample(A, "measured", each)) for each in (game, other)]
    assert best[0] == best[1]
    lower, upper = map(float, best[0])
    for k in range(2):
        # Six digits of each side are kept in the certificate.
        assert found.lhs[k, -1] - found.rhs[k, -1] <= (lower - upper) + 3e-5 * (abs(lower) + abs(upper))


def test_rounding_exceeds_nothing() -> None:
    """Where both sides are 0 and one is rounding there is no ratio; a true excess over 0 is infinite."""
    one = np.ones((1, 1), dtype=bool)
    rounds = np.array([1])
    tie = Sides(rounds, np.array([[-1 + 1e-15]]), np.array([[-1.0]]), one)
    more = Sides(rounds, np.array([[-1 + 1e-9]]), np.array([[-1.0]]), one)
    assert tie.ratio[0, 0] == -np.inf
    assert more.ratio[0, 0] == np.inf


def test_what_cannot_be_held_against_descent_is_refused() -> None:
    """A theorem about regret on a compact set, games of other sizes, and no games at all."""
    with pytest.raises(ValueError, match="asks that the feasible set is compact; this search plays descents"):
        DescentEvaluator(THEOREM1, "C", ADAL, Sizes(1, 1, 1))
    evaluator = DescentEvaluator(THEOREM2, "sqrtT", ADAL, Sizes(4, 2, 4, 2))
    with pytest.raises(ValueError, match="`games` is empty"):
        evaluator.sides([])
    with pytest.raises(ValueError, match="this evaluator plays"):
        evaluator.sides([replace(two_coordinates(ADAL, WITH_EPS, True), horizon=3)])
    with pytest.raises(ValueError, match="this evaluator plays"):
        evaluator.sides([two_coordinates(ADAL_R1, BETAS, True)])
