"""How small the shrinker gets: from ugly random violations to the known smallest ones."""

import random
from dataclasses import replace
from fractions import Fraction as F

import pytest
from sympy import Integer, S

from bounds.certify.certify import excess
from bounds.certify.game import Counterexample, DescentGame, ExactBox, ExactSegment, LinearGame
from bounds.shrink.complexity import complexity
from bounds.shrink.shrink import shrink
from theory.algorithms.adal import ADAL
from theory.algorithms.sgd import SGD_CONSTANT
from theory.losses.piecewise_quadratic import Slope
from theory.quantities import CumMax, Norm1, Regret
from theory.source import Source
from theory.statement import Reading, Theorem
from theory.symbols import g
from theory.theorems.adal import THEOREM1, THEOREM2

SMALLEST = {"A": F(-2, 5), "B": F(-1, 3), "C": F(-1, 2)}
"""One round on [0, 1] from 0, alpha = 1, beta1 = 0, beta2 = 1/2: the gradient that is reached."""


def ugly(reading: str, seed: int) -> Counterexample:
    """A violation of up to 8 rounds and 3 coordinates, every number with six digits."""
    rng = random.Random(seed)

    def decimal(low: float, high: float) -> F:
        return F(str(round(rng.uniform(low, high), 6)))

    while True:
        rounds, d = rng.randint(2, 8), rng.randint(1, 3)
        given = {
            "alpha": decimal(0.1, 1), "beta1": decimal(0, 0.5), "beta2": decimal(0.5, 0.99),
            "eps": decimal(0, 0.01),
        }  # fmt: skip
        box = ExactBox(*(tuple(decimal(*ends) for _ in range(d)) for ends in ((-2, 0), (0.5, 3))))
        rows = tuple(tuple(decimal(-0.2, 0.2) for _ in range(d)) for _ in range(rounds))
        found = Counterexample(THEOREM1, reading, LinearGame(ADAL, given, box, box.upper, rows, rounds))
        if excess(found) > 0.02:
            return found


@pytest.mark.parametrize("reading", "ABC")
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_theorem_1_shrinks_to_one_round_and_one_coordinate(reading: str, seed: int) -> None:
    """Whatever the start: T = 1, d = 1, textbook parameters, and the smallest known up to two digits."""
    shrunk = shrink(ugly(reading, seed))
    known = LinearGame(
        ADAL, {"alpha": 1, "beta1": 0, "beta2": F(1, 2), "eps": 0}, ExactBox((0,), (1,)), (0,),
        ((SMALLEST[reading],),), 1,
    )  # fmt: skip
    smallest = complexity(replace(shrunk.counterexample, game=known))
    found = complexity(shrunk.counterexample)
    assert shrunk.complete
    # T, d, the rows and the parameters that are no textbook values: as small as they can be.
    assert found[:4] == smallest[:4] == (1, 1, 1, 0)
    assert found[5] <= smallest[5] + 2
    assert excess(shrunk.counterexample) >= 0.01


def test_most_starts_reach_the_very_same_line() -> None:
    """Of five ugly violations of reading B all become f(x) = -x/3 on [0, 1] from 0."""
    games = [shrink(ugly("B", seed)).counterexample.game for seed in range(5, 10)]
    assert {(game.feasible, game.start, game.rows) for game in games} == {
        (ExactBox((0,), (1,)), (F(0),), ((SMALLEST["B"],),))
    }


def planted(bound: int) -> Theorem:
    """A toy: the regret of gradient descent is at most `bound` times the largest gradient norm."""
    return Theorem(
        id="toy.planted",
        title="A toy",
        source=Source("repaired", "none"),
        algorithms=(),
        lhs=Regret(S.One),
        readings=(Reading("toy", Integer(bound) * CumMax(Norm1(g)), "planted"),),
    )


def test_a_planted_theorem_shrinks_to_two_rounds() -> None:
    """regret <= 3 max |g| on [-1, 1] falls to two rounds: on that set one round pays 2 |g| at most.

    In two rounds it pays more than 3 |g| where the step is less than 1/2: one magnitude, from an end.
    On a larger set one round would do; no pass enlarges a set, so that this is a minimum of the passes only.
    """
    rows = tuple((F(u, 97),) for u in (41, 53, 47, 59, 43, 61))
    game = LinearGame(SGD_CONSTANT, {"alpha": F(7, 103)}, ExactBox((-1,), (1,)), (F(91, 93),), rows, 6)
    shrunk = shrink(Counterexample(planted(3), "toy", game), margin=F(1, 100))
    small = shrunk.counterexample.game
    assert shrunk.complete
    assert (small.horizon, small.dimension) == (2, 1)
    assert len({abs(q) for row in small.rows for q in row}) == 1
    assert max(abs(q) for row in small.rows for q in row) in {F(1, 2), F(1)}
    assert small.start in small.feasible.extreme_points()


def test_a_normalised_stream_never_shrinks_to_one_round() -> None:
    """With ||g_t||_1 >= 1 Theorem 1 has no violation at T = 1 (docs/theory.md), so two rounds remain."""
    given = {"alpha": F(1, 3), "beta1": 0, "beta2": F(1, 10000), "eps": 0}
    rows = ((F(-103, 10),), (F(-11, 10),), (F(-101, 100),))
    game = LinearGame(ADAL, given, ExactBox((F(-1, 100),), (F(101, 100),)), (F(-1, 100),), rows, 2)
    found = Counterexample(THEOREM1, "A", game)
    shrunk = shrink(found, margin=F(1, 1000), scale="at_least_one")
    small = shrunk.counterexample.game
    assert small.horizon == 2
    assert all(abs(row[0]) >= 1 for row in small.rows)
    assert complexity(shrunk.counterexample) < complexity(found)


def test_noise_and_function_shrink_too() -> None:
    """An ugly violation of Theorem 2 under noise becomes a shorter one with round numbers."""
    slope = Slope(((F(-101, 100), F(-99, 100)), (F(97, 100), F(1))), 0, 0)
    letters = (((F(-1009),), F(999, 1000)), ((F(1009 * 999),), F(1, 1000)))
    given = {"alpha": F(41, 100), "beta1": 0, "beta2": F(1, 97), "eps": 0}
    game = DescentGame(ADAL, given, slope, (F(37, 100),), 8, letters=letters)
    found = Counterexample(THEOREM2, "sqrtT", game)
    assert excess(found) > 0.01
    shrunk = shrink(found, calls=400)
    small = shrunk.counterexample.game
    assert complexity(shrunk.counterexample) < complexity(found)
    assert small.horizon <= 7
    assert excess(shrunk.counterexample) >= 0.01


def test_the_same_input_gives_the_same_answer() -> None:
    """No randomness anywhere."""
    first, second = (shrink(ugly("C", 7)) for _ in range(2))
    assert first.counterexample == second.counterexample
    assert (first.steps, first.calls) == (second.steps, second.calls)


def test_what_is_fixed_stays() -> None:
    """A parameter that the user fixed is not rounded away."""
    found = ugly("C", 5)
    shrunk = shrink(found, keep=frozenset({"beta2", "eps"}))
    for name in ("beta2", "eps"):
        assert shrunk.counterexample.game.parameters[name] == found.game.parameters[name]


def test_a_segment_shrinks_within_segments() -> None:
    """The kind of set is kept."""
    given = {"alpha": 1, "beta1": F(1, 7), "beta2": F(3, 5), "eps": 0}
    segment = ExactSegment((F(1, 3), 0), (0, F(2, 3)))
    game = LinearGame(ADAL, given, segment, (F(1, 3), 0), ((F(3, 100), F(-1, 100)),), 1)
    shrunk = shrink(Counterexample(THEOREM1, "C", game))
    assert isinstance(shrunk.counterexample.game.feasible, ExactSegment)
    assert dict(shrunk.counterexample.game.parameters)["beta1"] == 0


def test_what_does_not_violate_is_refused() -> None:
    """The must-fail control: nothing to shrink is an error, not an answer."""
    found = ugly("C", 5)
    tame = replace(found, game=replace(found.game, parameters={**found.game.parameters, "alpha": F(10**6)}))
    with pytest.raises(ValueError, match="does not violate"):
        shrink(tame)
    with pytest.raises(ValueError, match="does not violate"):
        shrink(found, violates=lambda _: False)
    with pytest.raises(ValueError, match="`scale`"):
        shrink(found, scale="huge")
