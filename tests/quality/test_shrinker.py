"""How small the shrinker gets: from ugly random violations to the known smallest ones."""

import random
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction as F
from functools import cache
from itertools import product
from math import gcd

import pytest
from sympy import Rational, S

from bounds.certificates.certify import excess
from bounds.games import Block, Counterexample, DescentGame, ExactBox, ExactSegment, LinearGame
from bounds.shrinker.complexity import TEXTBOOK, complexity, digit_count
from bounds.shrinker.shrink import shrink
from theory.algorithms.adal import ADAL
from theory.algorithms.sgd import SGD_CONSTANT
from theory.losses.piecewise_quadratic import Slope
from theory.quantities import CumMax, Norm1, Regret
from theory.source import Source
from theory.statement import Reading, Theorem
from theory.symbols import D, g
from theory.theorems.adal import THEOREM1, THEOREM2

SMALLEST = {"A": (2, F(-1, 2)), "B": (1, F(-1, 3)), "C": (1, F(-1, 2))}
"""One round on [0, D] from 0, alpha = 1, beta1 = 0, beta2 = 1/2, eps = 0: D and the gradient."""


def ugly(reading: str, seed: int) -> Counterexample:
    """A violation of up to 8 rounds and 3 coordinates, every number with six digits."""
    rng = random.Random(seed)

    def decimal(low: float, high: float) -> F:
        return F(str(round(rng.uniform(low, high), 6)))

    while True:
        rounds, d = rng.randint(2, 8), rng.randint(1, 3)
        given = {
            "alpha": decimal(0.1, 1),
            "beta1": decimal(0, 0.5),
            "beta2": decimal(0.5, 0.99),
            "eps": decimal(0, 0.01),
        }
        box = ExactBox(*(tuple(decimal(*ends) for _ in range(d)) for ends in ((-2, 0), (0.5, 3))))
        rows = tuple(tuple(decimal(-0.2, 0.2) for _ in range(d)) for _ in range(rounds))
        game = LinearGame.cyclic(ADAL, given, box, box.upper, rows, rounds)
        found = Counterexample(THEOREM1, reading, game)
        if excess(found) > 0.02:
            return found


def smallest(reading: str) -> Counterexample:
    """The known one of a reading of Theorem 1."""
    given = {"alpha": 1, "beta1": 0, "beta2": F(1, 2), "eps": 0}
    diameter, slope = SMALLEST[reading]
    game = LinearGame.cyclic(ADAL, given, ExactBox((0,), (diameter,)), (0,), ((slope,),), 1)
    return Counterexample(THEOREM1, reading, game)


@pytest.mark.parametrize("reading", "ABC")
@pytest.mark.parametrize("seed", range(1, 7))
def test_theorem_1_shrinks_to_one_line(reading: str, seed: int) -> None:
    """Whatever the start, the very same game: one round, one coordinate, textbook parameters."""
    shrunk = shrink(ugly(reading, seed))
    assert shrunk.complete
    assert shrunk.counterexample.game == smallest(reading).game
    assert excess(shrunk.counterexample) >= 0.01


@cache
def numbers(most: int) -> list[F]:
    """Every rational that takes at most `most` digits to write."""
    parts = [(a, b) for b in range(1, 10 ** max(1, most - 1)) for a in range(10**most)]
    found = {F(a, b) for a, b in parts if gcd(a, b) == 1 and digit_count(F(a, b)) <= most}
    return sorted(found | {-u for u in found})


def written(count: int, most: int) -> Iterator[tuple[F, ...]]:
    """Every tuple of `count` rationals with at most `most` digits in all."""
    if count == 0:
        yield ()
        return
    for u in numbers(most) if most >= 0 else ():
        for rest in written(count - 1, most - digit_count(u)):
            yield u, *rest


def simpler(known: Counterexample) -> Iterator[Counterexample]:
    """Every game of a constant stream in one dimension with textbook parameters that is as simple as one."""
    game, here = known.game, complexity(known)
    for values in product(*(TEXTBOOK[name] for name in game.parameters)):
        given = dict(zip(game.parameters, values, strict=True))
        # `here[5]` is the number of digits: with more of them no game of this shape is simpler.
        for low, high, start, slope in written(4, here[5] - sum(map(digit_count, values))):
            if slope != 0 and low <= start <= high and low < high:
                box = ExactBox((low,), (high,))
                stream = (Block(((slope,),), game.horizon),)
                tried = replace(game, parameters=given, feasible=box, start=(start,), blocks=stream)
                if complexity(found := replace(known, game=tried)) <= here:
                    yield found


@pytest.mark.parametrize("reading", [*(pytest.param(key, marks=pytest.mark.slow) for key in "AB"), "C"])
def test_no_simpler_game_violates_theorem_1(reading: str) -> None:
    """By enumeration: of all games that come before it in the order, none violates by the margin of 1 %.

    T = 1, d = 1, one row and textbook parameters are the least there is; a gradient of 0 or a set of one
    point has no regret. The control: the same enumeration finds the game itself.
    """
    known = smallest(reading)
    tried = list(simpler(known))
    violating = [found for found in tried if excess(found) >= 0.01]
    assert len(tried) > 100
    assert known in violating
    assert {complexity(found) for found in violating} == {complexity(known)}


TOY = Theorem(
    id="toy.planted",
    title="A toy",
    source=Source("repaired", "none"),
    algorithms=(),
    lhs=Regret(S.One),
    readings=(Reading("toy", Rational(3, 2) * D * CumMax(Norm1(g)), "planted"),),
)
"""The regret of gradient descent is at most 3/2 times the length of the set times the largest gradient."""


def test_a_planted_theorem_shrinks_to_its_known_smallest() -> None:
    """One round pays D |g| at most. Two pay (2 D - alpha |g|) |g| from an end, too much if alpha |g| < D/2.

    So the smallest with a margin of 1 % has alpha = 1, g = -1 and D = 3: D = 1 or 2 needs a fraction.
    """
    rows = tuple((F(u, 97),) for u in (41, 53, 47, 59, 43, 61))
    game = LinearGame.cyclic(SGD_CONSTANT, {"alpha": F(7, 103)}, ExactBox((-1,), (1,)), (F(91, 93),), rows, 6)
    shrunk = shrink(Counterexample(TOY, "toy", game))
    box = ExactBox((0,), (3,))
    known = replace(game, parameters={"alpha": 1}, feasible=box, start=(0,), blocks=(Block(((-1,),), 2),))
    violating = [found for found in simpler(Counterexample(TOY, "toy", known)) if excess(found) >= 0.01]
    assert shrunk.complete
    assert shrunk.counterexample in violating
    assert {complexity(found) for found in violating} == {complexity(Counterexample(TOY, "toy", known))}


@pytest.mark.parametrize(
    ("reading", "beta2", "half", "rows"),
    [
        ("A", F(1, 10000), F(51, 100), ("10.3", "1.1", "1.01", "1.2")),
        pytest.param(
            "C",
            F(1, 10**9),
            F(139, 10),
            ("15.1", "14.9", "15", "15.2", "14.8", "1.01"),
            marks=pytest.mark.slow,
        ),
    ],
    ids=["A from 4 rounds", "C from 6"],
)
def test_a_normalised_stream_shrinks_to_the_fewest_known(reading: str, beta2: F, half: F, rows) -> None:
    """With ||g_t||_1 >= 1 two rounds in A, where one is impossible (docs/theory.md), five in C; else one."""
    given = {"alpha": 1 if reading == "C" else F(1, 3), "beta1": 0, "beta2": beta2, "eps": 0}
    stream = tuple((F(row),) for row in rows)
    game = LinearGame.cyclic(ADAL, given, ExactBox((-half,), (half,)), (half,), stream, len(rows))
    found = Counterexample(THEOREM1, reading, game)
    margin = F(1, 1000)
    shrunk = shrink(found, margin=margin, scale="at_least_one")
    small = shrunk.counterexample.game
    assert shrunk.complete
    assert small.horizon == {"A": 2, "C": 5}[reading]
    assert all(abs(row[0]) >= 1 for row in small.rows)
    assert complexity(shrunk.counterexample) < complexity(found)
    assert shrink(found, margin=margin).counterexample.game.horizon == 1


def test_a_stream_of_largest_gradient_one_keeps_it() -> None:
    """max_t ||g_t||_inf = 1 stays, and f_1(x) = x, then nothing, on [-1, 1] is what is left."""
    given = {"alpha": F(3, 4), "beta1": 0, "beta2": F(7, 10**8), "eps": 0}
    rows = tuple((F(u, 37),) for u in (29, 37, 31, 1))
    game = LinearGame.cyclic(ADAL, given, ExactBox((-9,), (8,)), (8,), rows, 4)
    small = shrink(Counterexample(THEOREM1, "C", game), scale="max_one").counterexample.game
    assert (small.feasible, small.start, small.rows) == (ExactBox((-1,), (1,)), (F(1),), ((F(1),), (F(0),)))
    assert small.parameters["alpha"] == 1


@pytest.mark.slow
def test_symmetric_noise_shrinks_to_the_fewest_rounds_possible() -> None:
    """With the printed epsilon five rounds are left, and no game of four violates (paper_checks/gallery)."""
    slope = Slope(((F(-101, 100), F(-99, 100)), (F(97, 100), F(1))), 0, 0)
    letters = (((F(-123457),), F(1, 2)), ((F(123457),), F(1, 2)))
    given = {"alpha": F(31, 100), "beta1": 0, "beta2": F(1, 23), "eps": F(1, 10**8)}
    game = DescentGame(ADAL, given, slope, (F(1, 100),), 7, letters=letters)
    small = shrink(Counterexample(THEOREM2, "sqrtT", game)).counterexample.game
    assert (small.horizon, small.slope) == (5, Slope(((-1, -1), (1, 1)), 0, 0))


def test_noise_and_function_shrink_too() -> None:
    """An ugly violation of Theorem 2 under noise becomes a shorter one with round numbers."""
    slope = Slope(((F(-101, 100), F(-99, 100)), (F(97, 100), F(1))), 0, 0)
    letters = (((F(-1009),), F(999, 1000)), ((F(1009 * 999),), F(1, 1000)))
    given = {"alpha": F(41, 100), "beta1": 0, "beta2": F(1, 97), "eps": 0}
    game = DescentGame(ADAL, given, slope, (F(37, 100),), 8, letters=letters)
    found = Counterexample(THEOREM2, "sqrtT", game)
    assert excess(found) > 0.01
    shrunk = shrink(found, calls=100)
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
    game = LinearGame.cyclic(ADAL, given, segment, (F(1, 3), 0), ((F(3, 100), F(-1, 100)),), 1)
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
