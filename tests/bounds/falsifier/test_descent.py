"""The search keeps its promises: budget, seed, what is fixed, what it says; a newcomer's theorem will do."""

import math
import re
from dataclasses import replace
from fractions import Fraction as F

import pytest

from bounds.certificates.certify import excess
from bounds.falsifier.search import PATHS, falsify_descent, falsify_gradients
from bounds.falsifier.searched import Searched
from bounds.games import DescentGame
from theory.algorithms.adal import ADAL
from theory.parameters import ALPHA, alpha
from theory.quantities import CumSum, First, Norm2Squared
from theory.recurrence import Recurrence
from theory.source import Source
from theory.statement import Assumption, Reading, Requires, Theorem
from theory.symbols import L, T, df, f, f_star, g, x
from theory.theorems.adal import THEOREM1, THEOREM2
from theory.theorems.descents import EXACT
from theory.theorems.repaired_nonconvex import FREE, MINIMUM, SMOOTH

NEWCOMER = Recurrence(
    name="steps of one size",
    source=Source("nesterov2018", "section 1.2"),
    parameters=(ALPHA,),
    steps=(),
    point=x - alpha * g,
    metric=1 + 0 * x,
)


def descent_lemma(share: F) -> Theorem:
    """(1/T) sum ||grad f(x_t)||^2 <= `share` 2 (f(x_1) - f_*)/(alpha T) for alpha L <= 1: true for 1."""
    rhs = 2 * share.numerator * (First(f) - f_star) / (share.denominator * alpha * T)
    return Theorem(
        id="newcomer.descent",
        title="the descent lemma, summed up",
        source=Source("nesterov2018", "section 1.2"),
        algorithms=(NEWCOMER.name,),
        lhs=CumSum(Norm2Squared(df)) / T,
        readings=(Reading("stated", rhs, "as stated"),),
        assumptions=(Assumption("alpha L <= 1", alpha * L <= 1), SMOOTH, MINIMUM, FREE, EXACT),
    )


def searched(**options: object) -> Searched:
    """A short search on Theorem 2 with noise."""
    given = {"horizon": 6, "letters": 2, "evaluations": 300, "seed": 5, "fixed": {"eps": 0, "beta1": "1/10"}}
    return falsify_descent(THEOREM2, "sqrtT", ADAL, **{**given, **options})


@pytest.fixture(scope="module")
def found() -> Searched:
    """What that search finds."""
    return searched()


def test_a_seed_gives_one_answer(found: Searched) -> None:
    """The same seed finds the same game, another one another game."""
    first, again, other = found, searched(), searched(seed=6)
    assert first.best.game == again.best.game
    assert (first.ratio, first.sentences) == (again.ratio, again.sentences)
    assert other.best.game != first.best.game


def test_it_says_what_it_did() -> None:
    """The games of all kinds add up to the evaluations, which keep to the budget; the best is the result."""
    told: list[tuple[int, str, float]] = []
    found = searched(progress=lambda *report: told.append(report))
    # The last round of the ascent plays all directions.
    assert 300 <= found.evaluations < 300 + 100
    assert found.evaluations == told[-1][0]
    assert [games for games, _, _ in told] == sorted(games for games, _, _ in told)
    assert [most for _, _, most in told] == sorted(most for _, _, most in told)
    assert told[-1][2] == found.ratio
    sizes, *kinds, last = found.sentences
    assert "noise of 2 letters, d = 1, T up to 6, fixed parameters: eps = 0, beta1 = 1/10" in sizes
    played = [int(count) for count in re.findall(r": (\d+) games", " ".join(kinds))]
    assert sum(played) == found.evaluations
    assert f"lhs/rhs up to {found.ratio:.4g}" in " ".join(kinds)
    assert {kind.split()[0] for kind in kinds} == {"structured", "evolved", "ascended"}
    assert last == "no violation found, which is not a proof"


def test_what_is_fixed_stays_and_rounds_are_as_asked(found: Searched) -> None:
    """The game found has the fixed parameters, and ends at the round at which the ratio was largest."""
    game = found.best.game
    assert isinstance(game, DescentGame)
    assert (game.parameters["eps"], game.parameters["beta1"]) == (0, F(1, 10))
    assert 1 <= game.horizon <= 6
    assert len(game.letters) == 2


def test_paths_are_kept_few() -> None:
    """A long game with noise is cut to the rounds whose paths can be enumerated."""
    found = searched(horizon=1000, letters=8, evaluations=20)
    assert 8**found.best.game.horizon <= PATHS
    assert "T up to 4," in found.sentences[0]


def test_enough_ends_the_search() -> None:
    """A search stops with the first batch that has a certain violation of what is enough."""
    options = {"horizon": 6, "letters": 2, "evaluations": 300, "enough": 1.05}
    found = falsify_descent(THEOREM2, "sqrtTM", ADAL, **options)
    assert found.violated
    assert found.ratio >= 1.05
    assert found.evaluations < 300
    assert searched(enough=0.05).evaluations >= 300


def test_a_violation_counts_only_where_it_is_certain() -> None:
    """With symmetric noise as a condition, which no certificate shows, the ratio is found but not certain."""
    symmetric = Assumption("the noise is symmetric", Requires.SYMMETRIC_NOISE)
    asked = replace(THEOREM2, assumptions=(*THEOREM2.assumptions, symmetric))
    options = {"horizon": 4, "letters": 2, "evaluations": 1000, "enough": 1.2}
    plain = falsify_descent(THEOREM2, "sqrtTM", ADAL, **options)
    conditional = falsify_descent(asked, "sqrtTM", ADAL, **options)
    assert plain.ratio > 1.2
    assert plain.violated
    assert plain.excess == excess(plain.best) == pytest.approx(plain.ratio - 1, rel=1e-6)
    assert conditional.ratio > 1.2
    assert not conditional.violated


def test_a_newcomers_true_theorem_survives() -> None:
    """The descent lemma is never refuted, and its worst case is found: the ratio comes within 1 % of 1."""
    found = falsify_descent(descent_lemma(F(1)), "stated", NEWCOMER, horizon=5, evaluations=1500)
    assert 0.99 < found.ratio <= 1 + 1e-12
    assert not found.violated


def test_a_newcomers_false_theorem_falls() -> None:
    """With 9/10 of the right side it is refuted, with certainty, in a step or a few."""
    theorem = descent_lemma(F(9, 10))
    found = falsify_descent(theorem, "stated", NEWCOMER, horizon=5, evaluations=1500, enough=1.05)
    assert found.violated
    assert excess(found.best) > 0.05
    assert found.best.theorem is theorem


def test_nothing_said_is_no_best_ratio() -> None:
    """Where an assumption never holds, the search says that the statement never spoke."""
    never = Assumption("alpha < 0", alpha < 0)
    theorem = replace(descent_lemma(F(1)), assumptions=(never,))
    found = falsify_descent(theorem, "stated", NEWCOMER, horizon=2, evaluations=60)
    assert found.best is None
    assert found.ratio == -math.inf
    assert not found.violated


def test_time_cuts_a_search_short() -> None:
    """Without a second to spend nothing is played."""
    assert searched(seconds=0).evaluations == 0
    assert searched(seconds=0).best is None


def test_an_unknown_or_impossible_parameter_is_refused() -> None:
    """A fixed parameter that the algorithm lacks, and a value outside its range."""
    with pytest.raises(ValueError, match="`fixed` names 'momentum', which AdaL lacks"):
        searched(fixed={"momentum": 0})
    with pytest.raises(ValueError, match="`beta1` = 1 is out of range"):
        searched(fixed={"beta1": 1})


def test_games_grow_until_one_violates() -> None:
    """One round refutes the readings with M; the homogeneous one takes more, and the shape found is told."""
    one = falsify_gradients(THEOREM2, "sqrtTM", ADAL, evaluations=5000)
    assert one.violated
    assert one.horizon == 1
    more = falsify_gradients(THEOREM2, "sqrtT", ADAL, evaluations=20_000)
    assert more.violated
    assert 5 <= more.horizon <= 8
    assert one.evaluations < 100 < more.evaluations < 20_000
    assert "with 1" in more.sentences[0]
    assert "with 2" in more.sentences[0]


def test_growing_keeps_to_its_budget_and_says_so() -> None:
    """A true theorem survives; all shapes together share the budget, and the best ratio is kept."""
    told: list[tuple[int, str, float]] = []
    options = {"evaluations": 400, "seed": 3, "progress": lambda *report: told.append(report)}
    found = falsify_gradients(descent_lemma(F(1)), "stated", NEWCOMER, **options)
    assert not found.violated
    assert 400 <= found.evaluations < 500
    assert found.first is None
    assert found.seed == 3
    assert told[-1][0] == found.evaluations
    assert [most for _, _, most in told] == sorted(most for _, _, most in told)
    with pytest.raises(ValueError, match="must be whole numbers"):
        falsify_gradients(descent_lemma(F(1)), "stated", NEWCOMER, most_rounds=0)


def test_a_regret_theorem_is_refused() -> None:
    """A statement about regret is another search's."""
    with pytest.raises(ValueError, match="this search plays descents"):
        falsify_descent(THEOREM1, "C", ADAL, horizon=3)
