"""The order of the shrinker, its offers, and the line that a reviewer reads."""

from dataclasses import replace
from fractions import Fraction as F

import pytest

from bounds.games import Block, Counterexample, DescentGame, ExactBox, ExactSegment, LinearGame, cyclic
from bounds.games.stream import rows_of
from bounds.shrinker import shrink as driver
from bounds.shrinker.complexity import complexity, digit_count, rounder, significant
from bounds.shrinker.counterexample_line import counterexample_line
from bounds.shrinker.shrink import shrink
from theory.algorithms.adal import ADAL, ADAL_R1
from theory.losses.piecewise_quadratic import Slope, quadratic_slope
from theory.theorems.adal import THEOREM1, THEOREM2
from theory.theorems.repaired import R

GIVEN = {"alpha": 1, "beta1": 0, "beta2": F(1, 2), "eps": 0}
GAME = LinearGame.cyclic(ADAL, GIVEN, ExactBox((-1,), (1,)), (1,), ((F(2, 5),),), 1)


@pytest.mark.parametrize("q", [F(0), F(1), F(-1), F(1, 2), F(123456, 10**6), F(-98765, 4321), F(1, 10**8)])
def test_rounder_numbers_are_simpler(q: F) -> None:
    """Every offer takes fewer digits, or as many with more final zeros, or is smaller; 0 is the end."""

    def written(u: F) -> tuple[int, int, int, bool]:
        return digit_count(u), significant(u), abs(u.numerator) + u.denominator, u < 0

    assert all(written(u) < written(q) for u in rounder(q))
    assert not rounder(F(0))


def test_every_step_goes_down() -> None:
    """The judge sees simpler games only, whatever the passes offer."""
    ugly = LinearGame.cyclic(
        ADAL, GIVEN, ExactBox((F(-7, 5),), (F(9, 5),)), (F(9, 5),), ((F(11, 100),), (F(13, 100),)), 2
    )
    found = Counterexample(THEOREM1, "C", ugly)
    seen = []

    def judge(candidate: Counterexample) -> bool:
        seen.append(complexity(candidate))
        return True

    shrunk = shrink(found, violates=judge)
    assert all(key < seen[0] for key in seen[1:])
    assert complexity(shrunk.counterexample) == min(seen)


def test_a_pass_that_makes_things_worse_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted pass that only lengthens the game changes nothing."""
    offered = []

    def longer(game):
        offered.append(game)
        yield {"blocks": (*game.blocks, *game.blocks)}
        yield {"start": (F(5),)}

    monkeypatch.setitem(driver.PASSES, LinearGame, (longer,))
    shrunk = shrink(Counterexample(THEOREM1, "C", GAME), violates=lambda _: True)
    assert offered
    assert shrunk.counterexample.game == GAME


def test_what_cannot_be_simpler_comes_back_unchanged() -> None:
    """A judge that accepts nothing but the input leaves it as it is, at a fixed point."""
    ugly = LinearGame.cyclic(ADAL, GIVEN, ExactBox((F(-7, 5),), (F(9, 5),)), (F(9, 5),), ((F(11, 100),),), 3)
    shrunk = shrink(Counterexample(THEOREM1, "C", ugly), violates=lambda candidate: candidate.game == ugly)
    assert shrunk.counterexample.game == ugly
    assert shrunk.complete
    assert not shrunk.steps


def test_a_misspelt_parameter_to_keep_is_refused() -> None:
    """Otherwise it would be rounded away in silence."""
    with pytest.raises(ValueError, match="`keep` names betta2; AdaL has alpha, beta1, beta2, eps"):
        shrink(Counterexample(THEOREM1, "C", GAME), violates=lambda _: True, keep=frozenset({"betta2"}))


def test_a_normalisation_that_is_broken_is_said() -> None:
    """Not as a game that does not violate."""
    with pytest.raises(ValueError, match="`scale` = 'max_one'"):
        shrink(Counterexample(THEOREM1, "C", GAME), violates=lambda _: True, scale="max_one")


def column(*values: int) -> tuple[tuple[F, ...], ...]:
    """Gradients in one dimension."""
    return tuple((F(value),) for value in values)


def is_alternating(game: LinearGame) -> bool:
    """2, -1, 2, -1, ..., for a hundred rounds at least."""
    return game.horizon >= 100 and all(game.row(t)[0] == (2 if t % 2 else -1) for t in range(1, 101))


def is_positive_every_third(game: LinearGame) -> bool:
    """One positive number, two negative ones, and so on for a hundred rounds."""
    signs = (game.row(t)[0] * (1 if t % 3 == 1 else -1) for t in range(1, 101))
    return game.horizon >= 100 and all(sign > 0 for sign in signs)


def is_spike(game: LinearGame) -> bool:
    """At least 7 first, negative numbers for the rest of a hundred rounds."""
    return game.horizon >= 100 and game.row(1)[0] >= 7 and all(game.row(t)[0] < 0 for t in range(2, 101))


@pytest.mark.parametrize("rounds", [120, 100_000])
@pytest.mark.parametrize(
    ("holds", "lead", "pattern", "smallest"),
    [
        (is_alternating, (), (2, -1, 2, -1), ((), (2, -1))),
        (is_positive_every_third, (), (2, -1, -3, 5, -4, -2), ((), (1, -1, -1))),
        (is_spike, (9, -5, -2), (-1, -2, -3), ((7,), (-1,))),
    ],
    ids=["alternating", "every third", "spike"],
)
def test_long_streams_get_short_descriptions(holds, lead, pattern, smallest, rounds: int) -> None:
    """A hundred rounds, the shortest period or one spike, in few steps even from a hundred thousand."""
    game = LinearGame.cyclic(
        ADAL, GIVEN, ExactBox((-1,), (1,)), (1,), column(*pattern), rounds, lead=column(*lead)
    )
    shrunk = shrink(Counterexample(THEOREM1, "C", game), violates=lambda candidate: holds(candidate.game))
    small = shrunk.counterexample.game
    assert small.horizon == 100
    assert small.rows == tuple(rows_of(cyclic(column(*smallest[1]), 100, column(*smallest[0]))))
    # Halving leads from 100 000 to the last whole period in at most 17 steps, twice.
    assert shrunk.steps["bisect"] <= 34


@pytest.mark.parametrize(("period", "rounds"), [(1, 5432), (7, 5433)])
def test_a_long_game_is_bisected(period: int, rounds: int) -> None:
    """Of 100 003 rounds the fewest are left after some 20 replays, whatever the place in the period."""
    long = replace(GAME, blocks=cyclic(column(*range(1, period + 1)), 100_003))
    judged = []

    def judge(candidate: Counterexample) -> bool:
        judged.append(candidate.game.horizon)
        return candidate.game == long.until(judged[-1]) and judged[-1] >= rounds

    small = shrink(Counterexample(THEOREM1, "C", long), violates=judge).counterexample.game
    assert small.horizon == rounds
    assert judged.index(rounds) <= 1 + 17 + period


def test_a_long_period_is_divided() -> None:
    """A period of 300 rows, of which every hundredth one counts, becomes one of two."""
    pattern = column(*(7 if k % 100 == 0 else -1 - k % 3 for k in range(300)))
    long = replace(GAME, blocks=cyclic(pattern, 30_000))

    def judge(candidate: Counterexample) -> bool:
        return candidate.game.horizon >= 2000 and {7, -1} <= {row[0] for row in candidate.game.gradients}

    shrunk = shrink(Counterexample(THEOREM1, "C", long), violates=judge)
    assert shrunk.complete
    assert shrunk.calls < 400
    assert (shrunk.counterexample.game.horizon, sorted(shrunk.counterexample.game.gradients)) == (
        2000,
        [(-1,), (7,)],
    )


def test_equal_rows_in_a_row_count_once() -> None:
    """Twenty rounds of which only the last one matters are two runs: what comes before it is made equal."""
    game = replace(GAME, blocks=(Block(column(*range(3, 22), -50)),))

    def judge(candidate: Counterexample) -> bool:
        rows = candidate.game.rows
        return len(rows) == 20 and rows[-1] == (-50,) and all(row[0] > 2 for row in rows[:-1])

    small = shrink(Counterexample(THEOREM1, "C", game), violates=judge).counterexample
    assert complexity(small)[2] == 2
    assert small.game.rows == column(*[3] * 19, -50)


@pytest.mark.parametrize(
    ("given", "low", "high", "simplest"),
    [("3.1421234", "3.14", "3.143", "22/7"), ("1234567", "1234300", "1234800", "1234400")],
)
def test_a_number_becomes_the_simplest_of_its_interval(given, low, high, simplest) -> None:
    """The fraction of the fewest digits, or a round integer where no shorter number will do."""
    game = replace(GAME, blocks=(Block(((F(given),),)),))
    shrunk = shrink(
        Counterexample(THEOREM1, "C", game),
        violates=lambda candidate: F(low) < candidate.game.row(1)[0] < F(high),
    )
    assert shrunk.counterexample.game.row(1) == (F(simplest),)


def test_a_start_inside_goes_to_the_middle() -> None:
    """Where an end of the set will not do."""
    game = replace(GAME, feasible=ExactBox((F(10, 3),), (F(29, 3),)), start=(F(71, 10),))

    def inside(candidate: Counterexample) -> bool:
        (low,), (high,) = candidate.game.feasible.lower, candidate.game.feasible.upper
        return 3 <= low < candidate.game.start[0] < high

    small = shrink(Counterexample(THEOREM1, "C", game), violates=inside).counterexample.game
    assert (small.feasible, small.start) == (ExactBox((3,), (5,)), (F(4),))


LETTERS = [
    ((((-3,), F(1, 4)), ((1,), F(1, 2)), ((1,), F(1, 4))), 1),
    ((((-3, 1), F(1, 4)), ((1, F(-1, 3)), F(3, 4))), 2),
    ((((-3, 1, 0), F(1, 4)), ((1, F(-1, 3), F(7, 9)), F(1, 2)), ((1, F(-1, 3), F(-14, 9)), F(1, 4))), 3),
]


@pytest.mark.parametrize(("letters", "d"), LETTERS, ids=range(len(LETTERS)))
def test_noise_shrinks_to_a_fair_coin(letters, d: int) -> None:
    """From any alphabet and any dimension, where some noise must remain."""
    game = DescentGame(ADAL, GIVEN, quadratic_slope(F(7, 3)), (F(1, 3),) * d, 3, letters=letters)

    def noisy(candidate: Counterexample) -> bool:
        return any(u != 0 for noise, _ in candidate.game.letters for u in noise)

    small = shrink(Counterexample(THEOREM2, "sqrtT", game), violates=noisy).counterexample.game
    assert (small.horizon, small.dimension) == (1, 1)
    assert sorted(small.letters) == [((F(-1),), F(1, 2)), ((F(1),), F(1, 2))]


def test_a_function_shrinks_in_its_own_units() -> None:
    """Ends at 3/7 with the values 5 go to 1 with the values 1, where no number alone could move."""
    slope = Slope(((F(-3, 7), F(-5)), (F(3, 7), F(5))), 0, 0)
    game = DescentGame(ADAL, GIVEN, slope, (F(3, 7),), 1)

    def saturates(candidate: Counterexample) -> bool:
        knots, (start,) = candidate.game.slope.knots, candidate.game.start
        if len(knots) != 2:
            return False
        (a, low), (b, high) = knots
        return b == -a == start > 0 and high == -low > 0

    small = shrink(Counterexample(THEOREM2, "sqrtT", game), violates=saturates).counterexample.game
    assert (small.slope, small.start) == (Slope(((-1, -1), (1, 1)), 0, 0), (F(1),))


def test_the_budget_is_kept() -> None:
    """Calls are counted, and what was reached is returned."""
    ugly = LinearGame.cyclic(
        ADAL, GIVEN, ExactBox((F(-7, 5),), (F(9, 5),)), (F(9, 5),), ((F(11, 100),), (F(13, 100),)), 2
    )
    shrunk = shrink(Counterexample(THEOREM1, "C", ugly), calls=5)
    assert shrunk.calls <= 5
    assert not shrunk.complete


LINES = [
    (
        Counterexample(THEOREM1, "C", GAME),
        "false of AdaL: T=1, d=1, X=[-1,1], f_1(x)=2x/5, x_1=1, alpha=1, beta1=0, beta2=1/2, eps=0: "
        "regret 0.8 > 0.678",
    ),
    (
        Counterexample(
            THEOREM1, "C",
            LinearGame.cyclic(
                ADAL, GIVEN, ExactBox((-1, 0), (1, 1)), (1, 1), ((0, 1),), 9, lead=((2, F(-1, 3)),)
            ),
        ),
        "false of AdaL: T=9, d=2, X=[-1,1] x [0,1], g=(2, -1/3) then (0, 1) always, x_1=(1, 1), alpha=1, "
        "beta1=0, beta2=1/2, eps=0: regret 0.8 > 0.678",
    ),
    (
        Counterexample(
            THEOREM1, "C",
            LinearGame.cyclic(ADAL, GIVEN, ExactSegment((1, 0), (0, 1)), (1, 0), ((2, 1), (-1, -1)), 8),
        ),
        "false of AdaL: T=8, d=2, X=the segment from (1, 0) to (0, 1), g=((2, 1), (-1, -1)) repeated, "
        "x_1=(1, 0), alpha=1, beta1=0, beta2=1/2, eps=0: regret 0.8 > 0.678",
    ),
    (
        Counterexample(
            R, "D",
            LinearGame.cyclic(
                ADAL_R1, {k: v for k, v in GIVEN.items() if k != "eps"}, ExactBox((-1,), (1,)), (1,),
                ((2,), (-1,), (-1,)), 2,
            ),
        ),
        f"false of {ADAL_R1.name}: T=2, d=1, X=[-1,1], g=(2, -1), x_1=1, alpha=1, beta1=0, beta2=1/2: "
        "regret weighted by the l1 norms of the gradients 0.8 > 0.678",
    ),
    (
        Counterexample(
            THEOREM2, "sqrtT",
            DescentGame(
                ADAL, GIVEN, quadratic_slope(200), (0,), 4,
                letters=(((600,), F(1, 4)), ((-200,), F(3, 4))),
            ),
        ),
        "false of AdaL: T=4, d=1, f(x)=100x^2, noise 600 w.p. 1/4, -200 w.p. 3/4, x_1=0, alpha=1, beta1=0, "
        "beta2=1/2, eps=0: average squared gradient 0.8 > 0.678",
    ),
    (
        Counterexample(THEOREM2, "sqrtT", DescentGame(ADAL, GIVEN, Slope(((-1, -1), (1, 1)), 0, 0), (0,), 4)),
        "false of AdaL: T=4, d=1, f' linear through (-1, -1), (1, 1), flat outside, x_1=0, "
        "alpha=1, beta1=0, beta2=1/2, eps=0: average squared gradient 0.8 > 0.678",
    ),
    (
        Counterexample(
            THEOREM2, "sqrtT",
            DescentGame(
                ADAL, GIVEN, Slope(((-1, -1), (1, 2)), 0, 1), (0,), 4,
                letters=(((-5,), F(1, 2)), ((5,), F(1, 2))),
            ),
        ),
        "false of AdaL: T=4, d=1, f' linear through (-1, -1), (1, 2), its slope outside 0 and 1, "
        "noise +-5 w.p. 1/2 each, x_1=0, alpha=1, beta1=0, beta2=1/2, eps=0: "
        "average squared gradient 0.8 > 0.678",
    ),
    (
        Counterexample(
            THEOREM1, "C",
            LinearGame.cyclic(
                ADAL, GIVEN, ExactBox((-4,), (4,)), (4,), ((2,), *[(-1,)] * 4), 10, lead=((F(-1, 5),),) * 19
            ),
        ),
        "false of AdaL: T=10, d=1, X=[-4,4], g=-1/5 always, x_1=4, alpha=1, beta1=0, beta2=1/2, eps=0: "
        "regret 0.8 > 0.678",
    ),
    (
        Counterexample(
            THEOREM1, "C",
            LinearGame.cyclic(
                ADAL, GIVEN, ExactBox((-4,), (4,)), (4,), ((2,), *[(-1,)] * 4), 99, lead=((F(-1, 5),),) * 19
            ),
        ),
        "false of AdaL: T=99, d=1, X=[-4,4], g=-1/5 (19 times) then (2, -1 (4 times)) repeated, x_1=4, "
        "alpha=1, beta1=0, beta2=1/2, eps=0: regret 0.8 > 0.678",
    ),
    (
        Counterexample(
            THEOREM1, "C",
            LinearGame.cyclic(ADAL, GIVEN, ExactBox((-1,), (1,)), (1,), ((0,),), 2, lead=((1,),)),
        ),
        "false of AdaL: T=2, d=1, X=[-1,1], g=(1, 0), x_1=1, alpha=1, beta1=0, beta2=1/2, eps=0: "
        "regret 0.8 > 0.678",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("found", "line"), LINES, ids=range(len(LINES)))
def test_a_counterexample_is_one_line_of_ascii(found: Counterexample, line: str) -> None:
    """Every number that is needed to repeat it, exactly, and both sides."""
    said = counterexample_line(found, F(4, 5), F(678, 1000))
    assert said == line
    assert said.isascii()
    assert "\n" not in said


def test_a_long_stream_is_counted() -> None:
    """More than a dozen rows are not listed."""
    rows = tuple((F(k, 3),) for k in range(1, 20))
    said = counterexample_line(
        Counterexample(THEOREM1, "C", LinearGame.cyclic(ADAL, GIVEN, ExactBox((-1,), (1,)), (1,), rows, 19)),
        F(1),
        F(1),
    )
    assert "19 gradients" in said


SIDES = [
    ("2/3", "1/3", "0.666666 > 0.333334"),
    ("-1/3", "-2/3", "-0.333334 > -0.666666"),
    ("1.00000001", "1", "1.00000001 > 1"),
    ("1.00000001", "0.99999999", "1 > 0.99999999"),
    ("1.0000000001", "1.00000000001", "1.0000000001 > 1.00000000001"),
    ("1234567890/7", "150", "1.76366e+8 > 150"),
    ("1e-9", "1/10000000000", "1e-9 > 1e-10"),
    ("1200", "0", "1200 > 0"),
]


@pytest.mark.parametrize(("lhs", "rhs", "said"), SIDES)
def test_the_two_sides_are_rounded_outwards(lhs: str, rhs: str, said: str) -> None:
    """Never in favour of the violation, and to as many digits as keep the larger side the larger."""
    assert counterexample_line(Counterexample(THEOREM1, "C", GAME), F(lhs), F(rhs)).endswith(f"regret {said}")
    left, right = map(F, said.split(" > "))
    assert left <= F(lhs)
    assert right >= F(rhs)
    assert left > right


def test_what_is_no_violation_is_not_made_one() -> None:
    """The control: rounding to nearest would show two sides that agree in nine digits in the wrong order."""
    assert counterexample_line(Counterexample(THEOREM1, "C", GAME), F(2, 3), F(2, 3)).endswith(
        "0.666666 > 0.666667"
    )
