"""Verdicts on expectations: one noisy run, independent replicates, declared ranges, and all noise paths."""

from __future__ import annotations

from fractions import Fraction

import pytest
from sympy import Rational, S

from bounds.evaluate import check
from bounds.verdict import Verdict
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.all_paths import AllPaths
from online_sim.streams.alphabet import AlphabetStream, NoiseAlphabet, rademacher, skewed
from online_sim.streams.gaussian import GaussianStream
from theory.algorithms.adal import ADAL
from theory.algorithms.sgd import SGD
from theory.losses.half_square import NOISY_HALF_SQUARE
from theory.losses.linear import LINEAR
from theory.losses.noise import with_noise
from theory.losses.piecewise_quadratic import Slope, piecewise_quadratic
from theory.quantities import Expectation, SumCoords, Supremum
from theory.symbols import df, g
from theory.theorems.adal import theorem2
from toy_games import INTERVAL, MEAN, descent
from toy_theorem import theorem


def noisy(replicates, record, *, horizon=5, stream=None, **options):
    """AdaL on x^2/2 with skewed noise."""
    stream = AlphabetStream(skewed(), seed=1) if stream is None else stream
    return descent(
        NOISY_HALF_SQUARE, horizon, record, start=[0.5], stream=stream, replicates=replicates, **options
    )


SATURATING = with_noise(piecewise_quadratic(Slope(((-1, -1), (1, 1)), 0, 0), name="huber"))


def saturating(replicates, record, **options):
    """AdaL with small steps on Huber's function, whose gradient lies in [-1, 1], under skewed noise."""
    return descent(
        SATURATING, 5, record, start=[0.5], stream=AlphabetStream(skewed(), seed=1), replicates=replicates,
        parameters={"alpha": 0.1}, **options,
    )  # fmt: skip


def test_a_single_noisy_run_decides_by_its_range_alone() -> None:
    """One draw: only what no mean within the range could give is decided, never what the draw looks like."""
    for game in (noisy, saturating):
        for rhs in (Rational(1, 4), Rational(1, 10)):
            made = theorem(rhs, lhs=MEAN)
            found = check(made, "A", game(1, made.quantities))
            assert found.verdict is Verdict.UNDECIDED
            assert found.first_violation is None


def test_many_noisy_runs_decide_where_the_range_is_known_and_name_their_method() -> None:
    """64 independent replicates: both clear verdicts can be reached, the second with an upper end only."""
    # Whoever stays at 1/2 keeps Huber's gradient 1/2: the bound 9/10 is true and vacuous.
    for game, large in ((noisy, Verdict.UNDECIDED), (saturating, Verdict.VACUOUS)):
        trace = game(64, theorem(S(1), lhs=MEAN).quantities)
        assert len(set(trace.run.seeds)) == 64
        for rhs, verdict in ((Rational(1, 100), Verdict.VIOLATED), (Rational(9, 10), large)):
            found = check(theorem(rhs, lhs=MEAN), "A", trace)
            assert found.verdict is verdict
            assert "64 replicates" in found.reason
        advice = "declare the range of CumSum(SumCoords(df**2)) in `ranges`"
        assert (advice in found.reason) == (large is Verdict.UNDECIDED)


def test_a_declared_range_decides_and_is_compared_with_the_run() -> None:
    """The upper end that was missing; one that the run leaves is an error."""
    made = theorem(S(10) ** 3, lhs=MEAN)
    trace = noisy(64, made.quantities)
    assert check(made, "A", trace).verdict is Verdict.UNDECIDED
    found = check(made, "A", trace, ranges={df: (-30, 30)})
    assert found.verdict in {Verdict.HOLDS, Verdict.VACUOUS}
    with pytest.raises(ValueError, match=r"`ranges` puts .* declare a range that holds for all noise"):
        check(made, "A", trace, ranges={df: (-0.1, 0.1)})
    with pytest.raises(ValueError, match="does not occur in the statement"):
        check(made, "A", trace, ranges={g: (-30, 30)})


def test_the_supremum_of_a_sampled_run_has_a_lower_end_only() -> None:
    """The largest value among replicates is not the almost sure bound; all paths or a range give the rest."""
    note = "the replicates show a lower end only"
    made = theorem2(vhat_0_is=1)
    sampled = check(made, "sqrtT", noisy(64, made.quantities))
    assert sampled.verdict is Verdict.UNDECIDED
    assert note in sampled.reason
    assert "declare the range of CumMax(MaxCoords(Abs(df))) in `ranges`" in sampled.reason
    setting = {"start": [0.5], "horizon": 3, "parameters": {"alpha": 0.1}}
    options = {"engine": "numpy"}
    paths = play(
        Game(ADAL, NOISY_HALF_SQUARE, AllPaths(skewed()), **setting), record=made.quantities, **options
    )
    assert note not in check(made, "sqrtT", paths).reason
    assert note not in check(made, "sqrtT", saturating(64, made.quantities)).reason
    declared = check(made, "sqrtT", noisy(64, made.quantities), ranges={df: (-30, 30)})
    assert note not in declared.reason


@pytest.mark.parametrize("replicates", [2, 30])
def test_half_of_a_supremum_is_never_broken_by_what_was_seen(replicates) -> None:
    """E X <= sup X/2 is true of noise 0 (w.p. 9/10), 10 (1/10): E X = 1; replicates often see zeros alone."""
    noise = AlphabetStream(NoiseAlphabet([0, 10], ["9/10", "1/10"]))
    made = theorem(Supremum(SumCoords(g)) / 2, lhs=Expectation(SumCoords(g)))
    for seed in range(20):
        trace = play(
            Game(
                SGD,
                LINEAR,
                noise.reseed(1000 * seed),
                INTERVAL,
                horizon=1,
                parameters={"alpha": 0.1},
                replicates=replicates,
            ),
            record=made.quantities,
            engine="numpy",
        )
        assert check(made, "A", trace).verdict is not Verdict.VIOLATED


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"replicates": 2, "parameters": {"alpha": [0.1, 0.2]}}, "differ in alpha"),
        ({"replicates": 1, "parameters": {"alpha": [0.1, 0.1]}}, "share their noise"),
        ({"replicates": 1, "stream": [AlphabetStream(skewed(), seed=4)] * 40}, "share their noise"),
        (
            {"replicates": 2, "stream": [AlphabetStream(skewed(), 1), AlphabetStream(rademacher(), 2)]},
            "not draw their noise from one law",
        ),
        (
            {"replicates": 2, "stream": [AlphabetStream(skewed(), 1), GaussianStream(1, seed=2)]},
            "not draw their noise from one law",
        ),
    ],
)
def test_replicates_that_are_not_independent_draws_of_one_game_decide_nothing(options, why) -> None:
    """A mean over different games, or over copies of one run, would be an interval around nothing."""
    made = theorem(S(10) ** 9, lhs=MEAN)
    found = check(made, "A", noisy(record=made.quantities, **options))
    assert found.verdict is Verdict.UNDECIDED
    assert why in found.reason


def test_replicates_from_different_starts_have_no_common_mean() -> None:
    """The expectation is over noise, from one x_1."""
    made = theorem(S(10) ** 9, lhs=MEAN)
    trace = descent(
        NOISY_HALF_SQUARE, 3, made.quantities, start=[[0.5], [1.0]], stream=AlphabetStream(skewed(), seed=1),
        replicates=2,
    )  # fmt: skip
    found = check(made, "A", trace)
    assert found.verdict is Verdict.UNDECIDED
    assert "differ in their start" in found.reason


def test_enumerated_symmetric_noise_has_an_exact_mean() -> None:
    """E (x_1 + xi - ...) in rationals: round 2 of SGD on x^2/2 with noise +-1 from x_1 = 1, alpha = 1/2."""
    made = theorem(S(9), lhs=MEAN)
    trace = play(
        Game(
            SGD, NOISY_HALF_SQUARE, AllPaths(rademacher()), horizon=2, parameters={"alpha": 0.5}, start=[1.0]
        ),
        record=made.quantities,
        checkpoints="all",
        engine="numpy",
    )
    # x_2 = 1 - (1 + xi)/2 is 0 or 1: the average is (1 + 1/2)/2.
    found = check(made, "A", trace)
    assert Fraction(found.lhs_lower[1]) <= Fraction(3, 4) <= Fraction(found.lhs_upper[1])
    assert found.lhs_upper[1] - found.lhs_lower[1] < 1e-13
