"""The search keeps its promises: budget, seed, what is fixed, the scale, what it says."""

import math
from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest
from sympy import Add, Rational, log

from bounds.certificates.certify import excess
from bounds.falsifier.adversaries import ADVERSARIES
from bounds.falsifier.driver import Search
from bounds.falsifier.regret import EVALUATIONS, RegretFamily
from bounds.falsifier.search import falsify
from bounds.falsifier.searched import Searched
from bounds.falsifier.sets.box import Boxes
from bounds.falsifier.space import RegretSpace
from bounds.games import ExactSegment
from bounds.games.scale import Scale
from theory.algorithms.adal import ADAL, ADAL_NO_EPS, ADAL_R2_PRINTED_EPS
from theory.algorithms.registry import algorithm
from theory.algorithms.sgd import SGD
from theory.parameters import alpha
from theory.quantities import CumMax, NormInf
from theory.statement import Assumption, Reading, Theorem
from theory.symbols import D, g
from theory.theorems.adagrad import DIAGONAL
from theory.theorems.adal import THEOREM1, THEOREM2
from theory.theorems.adal_epsilon import R_EPS_ANY_SET
from theory.theorems.ogd import SQRT


def searched(**options: object) -> Searched:
    """A short search on a true theorem."""
    return falsify(SQRT, "stated", SGD, **{"evaluations": 4000, "horizons": (3,), "seed": 5, **options})


def without_time(found: Searched) -> Searched:
    """What does not depend on the machine."""
    return replace(found, seconds=0.0, first=None)


def test_a_seed_gives_one_answer() -> None:
    """The same seed and evaluations find the same game, another seed another game."""
    first, again, other = searched(), searched(), searched(seed=6)
    assert without_time(first) == without_time(again)
    assert other.best != first.best
    found = [falsify(THEOREM1, "C", ADAL, evaluations=20_000, seed=2) for _ in range(2)]
    assert without_time(found[0]) == without_time(found[1])


def test_the_budget_is_kept() -> None:
    """A search plays its evaluations and a batch more at most, and stops soon after its seconds."""
    assert 4000 <= searched().evaluations < 4000 + 2000
    # A compilation and one batch may come on top.
    assert searched(evaluations=None, seconds=0.2).seconds < 0.2 + 5


def test_it_says_what_it_did() -> None:
    """The report holds what was searched, and that no success is no proof; progress only grows."""
    told: list[tuple[int, str, float]] = []
    found = searched(progress=lambda *report: told.append(report))
    assert found.sentences[-1] == "no violation found, which is not a proof"
    assert "gradients of any size" in found.sentences[-2]
    assert "T up to 3 of 3" in found.sentences[-2]
    assert not found.violated
    assert found.first is None
    assert [n for n, *_ in told] == sorted(n for n, *_ in told)
    assert [best for *_, best in told] == sorted(best for *_, best in told)
    assert told[-1][0] == found.evaluations
    assert told[-1][2] == found.ratio


def test_only_seconds_depend_on_the_machine() -> None:
    """Without a limit a search plays the default number of games; seconds that end it are mentioned."""
    assert search_of(None, None).most == EVALUATIONS
    assert search_of(1.0, None).most == math.inf
    late = searched(evaluations=None, seconds=1e-6)
    assert any("the limit of 1e-06 s ended the search" in sentence for sentence in late.sentences)
    assert not any("ended the search" in sentence for sentence in searched().sentences)


def search_of(seconds: float | None, evaluations: int | None) -> Search:
    """A search before it begins."""
    family = RegretFamily(SQRT, "stated", SGD, Boxes(), Scale.FREE, {})
    return Search([family], seconds, evaluations, 1.5, None)


def four_rounds(most: Rational) -> Theorem:
    """Regret at most `most` for |g| <= 1 on sets of diameter at most 1."""
    small = (Assumption("D <= 1", D <= 1), Assumption("|g| <= 1", CumMax(NormInf(g)) <= 1))
    return replace(
        SQRT,
        id="four.rounds",
        readings=(Reading("stated", most, ""),),
        assumptions=(*SQRT.assumptions, *small),
    )


def test_signs_are_searched() -> None:
    """Steps 1/sqrt(t): 1, -1, 1, 1 from 1 on [0, 1] has the regret 1.83686, found in under 100 000 games."""
    options = {"fixed": {"alpha": F(1)}, "horizon": 4, "dimensions": (1,), "evaluations": 100_000}
    for seed in range(3):
        found = falsify(four_rounds(Rational(183, 100)), "stated", SGD, seed=seed, **options)
        assert found.violated
        signs = [1 if row[0] > 0 else -1 for row in found.best.game.rows]
        assert signs in ([1, -1, 1, 1], [-1, 1, -1, -1])
    best = falsify(four_rounds(Rational(184, 100)), "stated", SGD, **options)
    assert not best.violated
    assert best.ratio == pytest.approx(1.83686 / 1.84, rel=1e-4)


def test_an_exact_horizon_means_that_round() -> None:
    """With `horizon` only the last round counts; `horizons` names lengths, and both together are refused."""
    low = four_rounds(Rational(99, 100))  # the regret of one round can be 1
    options = {"fixed": {"alpha": F(1)}, "dimensions": (1,), "evaluations": 5000}
    assert falsify(low, "stated", SGD, horizons=(1,), **options).violated
    exact = falsify(low, "stated", SGD, horizon=3, **options)
    assert exact.violated
    assert exact.horizon == 3
    with pytest.raises(ValueError, match=r"`horizon` = 3 and `horizons` = .*give one"):
        falsify(low, "stated", SGD, horizon=3, horizons=(3,), **options)


def test_long_games_are_reached() -> None:
    """AdaGrad's bound with 9/10 of its first term holds in short games and falls in long ones."""
    (reading,) = (r for r in DIAGONAL.readings if r.key == "D")
    of_set, of_steps = sorted(Add.make_args(reading.rhs), key=lambda term: not term.has(D))
    less = replace(
        DIAGONAL, id="less.adagrad", readings=(replace(reading, rhs=of_set + Rational(9, 10) * of_steps),)
    )
    recurrence = algorithm(DIAGONAL.algorithms[0])
    found = falsify(less, "D", recurrence, evaluations=700_000)
    assert found.violated
    assert found.horizon > 50
    assert not falsify(less, "D", recurrence, evaluations=50_000, most_rounds=16).violated


def test_scaling_speaks_first() -> None:
    """Where a reading breaks by scaling alone the report begins with that, elsewhere it does not."""
    broken = falsify(THEOREM1, "C", ADAL, evaluations=500)
    assert broken.sentences[0].startswith("f -> c f: inhomogeneous")
    assert "no violation" not in broken.sentences[-1]
    assert searched().sentences[0].startswith("searched:")


def test_what_is_fixed_stays() -> None:
    """Fixed parameters come back exactly, and the violation is certain with them."""
    fixed = {"beta1": F(9, 10), "beta2": F(999, 1000), "eps": F(1, 10**8), "alpha": F(1, 1000)}
    found = falsify(THEOREM1, "C", ADAL, fixed=fixed, evaluations=60_000)
    assert found.violated
    assert dict(found.best.game.parameters) == fixed
    assert found.horizon == 1
    assert excess(found.best) == found.excess > 0


@pytest.mark.parametrize("scale", ["at_least_one", "max_one"])
def test_the_scale_is_kept(scale: str) -> None:
    """Rounded to short numbers the gradients still have the size that was asked for."""
    found = falsify(
        THEOREM1, "A", ADAL_NO_EPS, scale=scale, dimensions=(2,), horizons=(4,), evaluations=20_000
    )
    norms = [sum(map(abs, row)) for row in found.best.game.rows]
    if scale == "at_least_one":
        assert min(norms) >= 1
    else:
        assert max(abs(u) for row in found.best.game.rows for u in row) == 1


@pytest.mark.parametrize("reading", "ABC")
def test_the_rounds_that_count_have_the_scale(reading: str) -> None:
    """Where max_t ||g_t||_inf = 1 is asked for, no game is cut off before the round that has it.

    Small gradients violate in one round, so a search that forgets this stops at T = 1.
    """
    found = falsify(THEOREM1, reading, ADAL, scale="max_one", dimensions=(1,), evaluations=60_000)
    assert found.violated
    assert found.horizon == 2
    assert max(abs(u) for row in found.best.game.rows for u in row) == 1


def test_what_has_the_scale_is_told_by_round() -> None:
    """The first rounds of a game count from the one on in which its largest gradient is played."""
    space = RegretSpace(SGD, None, 4, 1, Boxes(), Scale.MAX_ONE, {})
    vectors = np.zeros((2, space.shapes + space.rest))
    vectors[:, :4] = [[0, 1, 5, 2], [5, 1, 2, 5]]
    batch = space.batch(vectors)
    reached = Scale.MAX_ONE.reached(batch.rows, np.array([1, 2, 3, 4]))
    assert reached.tolist() == [[False, False, True, True], [True] * 4]
    assert Scale.FREE.reached(batch.rows, np.array([1, 4])).tolist() == [[True] * 2] * 2


def test_the_shortest_game_comes_first() -> None:
    """Theorem 1, reading A, with ||g_t||_1 >= 1 has no violation at T = 1 and one at T = 2."""
    found = falsify(THEOREM1, "A", ADAL, scale="at_least_one", dimensions=(1,), evaluations=100_000)
    assert found.violated
    assert found.horizon == 2


def test_segments_are_searched_in_two_dimensions() -> None:
    """On a segment d = 1 is left out, and the set of the best game is one."""
    found = falsify(
        R_EPS_ANY_SET, "D", ADAL_R2_PRINTED_EPS, set_kind="segment", horizons=(2,), evaluations=3000
    )
    assert found.dimension == 2
    assert isinstance(found.best.game.feasible, ExactSegment)
    with pytest.raises(ValueError, match="a segment needs d >= 2"):
        falsify(R_EPS_ANY_SET, "D", ADAL_R2_PRINTED_EPS, set_kind="segment", dimensions=(1,))


def test_nothing_said_is_no_best_ratio() -> None:
    """Where an assumption never holds, the search says so: this is no evidence."""
    never = replace(SQRT, assumptions=(*SQRT.assumptions, Assumption("alpha < 0", alpha < 0)))
    found = falsify(never, "stated", SGD, evaluations=500, horizons=(1,))
    assert found.best is None
    assert found.ratio == -math.inf
    assert not found.violated
    assert (found.inside, found.said, found.evidence) == (0, 0, False)
    assert found.sentences[-1].startswith("no game tried satisfied the assumptions (")
    assert "alpha < 0" in found.sentences[-1]
    undefined = replace(SQRT, readings=(Reading("stated", log(-alpha), "no number"),))
    found = falsify(undefined, "stated", SGD, evaluations=500, horizons=(1,))
    assert (found.inside > 0, found.evidence) == (True, False)
    assert found.sentences[-1] == "in no game tried were both sides numbers: this is no evidence"
    assert searched(evaluations=200).evidence


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"scale": "large"}, "known: free, at_least_one, max_one"),
        ({"set_kind": "ball"}, "known: box, segment, simplex"),
        ({"fixed": {"beta1": F(1, 2)}}, "it has alpha"),
        ({"fixed": {"alpha": F(-1)}}, "must lie in"),
        ({"horizons": ()}, "whole numbers"),
    ],
)
def test_wrong_use_is_told(options: dict, message: str) -> None:
    """An unknown name and a number out of range are refused, with what is known."""
    with pytest.raises(ValueError, match=message):
        searched(**options)


def test_a_theorem_about_gradients_is_refused() -> None:
    """A statement about gradient averages is another search's."""
    with pytest.raises(ValueError, match=r"smooth .*; this search plays linear losses"):
        falsify(THEOREM2, "sqrtT", ADAL)


@pytest.mark.parametrize("adversary", ADVERSARIES, ids=lambda adversary: adversary.name)
def test_every_adversary_makes_finite_streams(adversary) -> None:
    """Each entry of the shelf gives rows of d numbers, not all 0, for its grid, and they can be freed."""
    for dimension in (1, 2, 3):
        space = RegretSpace(ADAL, adversary, 12, dimension, Boxes(), Scale.FREE, {})
        shapes = np.log(np.array(adversary.grid).reshape(len(adversary.grid), adversary.numbers))
        vectors = np.concatenate([shapes, space.tails(len(shapes), np.random.default_rng(0))], axis=1)
        batch = space.batch(vectors)
        assert batch.rows.shape[0] == len(adversary.grid)
        assert batch.rows.shape[2] == dimension
        assert np.all(np.isfinite(batch.rows))
        assert np.all(np.any(batch.rows != 0, axis=(1, 2)))
        free = replace(space, adversary=None)
        freed = free.batch(free.freed(vectors, space))
        expected = batch.rows[:, batch.index]
        # arcsinh and sinh of numbers over 26 decades lose a few digits.
        np.testing.assert_allclose(freed.rows, expected, rtol=1e-9)
        np.testing.assert_array_equal(freed.start, batch.start)
