"""Five verdicts, each reached by a real game; controls that must hold and controls that must fail."""

from __future__ import annotations

import json
import math
from fractions import Fraction

import numpy as np
import pytest
from sympy import Rational, S, log, oo, sqrt

from bounds.evaluate import check, checks
from bounds.verdict import Verdict
from online_sim.domains.box import Box
from online_sim.domains.half_space import HalfSpace
from online_sim.domains.l2_ball import L2Ball
from online_sim.domains.simplex import Simplex
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.adversarial import constant, reddi, wrong_end
from online_sim.streams.all_paths import AllPaths
from online_sim.streams.alphabet import AlphabetStream, NoiseAlphabet, rademacher, skewed
from online_sim.streams.arrays import ArrayStream
from online_sim.streams.gaussian import GaussianStream
from online_sim.trace import load_trace
from theory.algorithms.adal import ADAL, ADAL_R2
from theory.algorithms.sgd import SGD
from theory.loss import Loss, Shape
from theory.losses.half_square import HALF_SQUARE, NOISY_HALF_SQUARE
from theory.losses.linear import LINEAR
from theory.losses.noise import with_noise
from theory.losses.piecewise_quadratic import Slope, piecewise_quadratic
from theory.losses.quadratic import QUADRATIC
from theory.losses.scaled import scaled
from theory.parameters import alpha, beta1, beta2
from theory.quantities import CumMax, CumSum, Expectation, Norm1, Norm2Squared, Regret, SumCoords, Supremum
from theory.source import Source
from theory.statement import Assumption, Reading, Requires, Theorem
from theory.symbols import D_2, D, T, df, g, ghat, vhat, x
from theory.theorems.adal import THEOREM1, THEOREM2, theorem2

R = Regret(S.One)
MEAN = Expectation(CumSum(Norm2Squared(df))) / T
INTERVAL = Box(-1.0, 1.0, dimension=1)
SOURCE = Source("zinkevich2003", "Theorem 1")
CLOSE = 1e-12  # a dozen operations and at most a thousand rounds, each within 2.2e-16


def theorem(rhs, *, lhs=R, assumptions=()) -> Theorem:
    """A toy theorem with one reading A."""
    return Theorem(
        id="toy", title="Toy", source=SOURCE, algorithms=(), lhs=lhs,
        readings=(Reading("A", rhs, ""),), assumptions=assumptions,
    )  # fmt: skip


def on_interval(stream, horizon, record, *, recurrence=ADAL, checkpoints="all", start=None, **parameters):
    """Linear losses on [-1, 1], played by the interpreted engine."""
    values = {"alpha": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 0.0, **parameters}
    names = recurrence.parameter_names
    return play(
        Game(
            recurrence,
            LINEAR,
            stream,
            INTERVAL,
            horizon=horizon,
            parameters={name: value for name, value in values.items() if name in names},
            start=start,
        ),
        record=record,
        engine="numpy",
        checkpoints=checkpoints,
    )


def descent(loss, horizon, record, *, start, stream=None, domain=None, parameters=None, **game):
    """AdaL on one function, played by the interpreted engine."""
    values = {"alpha": 1.0, "beta1": 0.0, "beta2": 0.5, "eps": 0.0, **(parameters or {})}
    made = Game(ADAL, loss, stream, domain, horizon=horizon, parameters=values, start=start, **game)
    return play(made, record=record, checkpoints="all", engine="numpy")


# -- certified numbers --------------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "ratio"), [("A", 1.65), ("B", 1.18), ("C", 1.46)])
def test_one_round_breaks_theorem_1(key, ratio) -> None:
    """S1: f_1(x) = 2x/5 on [-1, 1] from 1 has regret 4/5 > the bound, in every reading."""
    trace = on_interval(constant([0.4]), 1, THEOREM1.quantities, start=[1.0], alpha=1.0, beta1=0.0, beta2=0.5)
    found = check(THEOREM1, key, trace)
    assert found.verdict is Verdict.VIOLATED
    assert (found.first_violation, found.at) == (1, 1)
    # The ratios of the theory are rounded to two decimals.
    assert 1 / found.margin == pytest.approx(ratio, abs=0.005)
    assert found.lhs_lower[0] <= 0.8 <= found.lhs_upper[0]


def test_at_the_edge_of_reading_A_the_second_term_vanishes() -> None:
    """f_1 = x/e: T M = 1/e, the root is 0, and the regret 2/e exceeds the bound 2/e^2."""
    trace = on_interval(
        constant([math.exp(-1)]), 1, THEOREM1.quantities, start=[1.0], alpha=1.0, beta1=0.0, beta2=0.5
    )
    found = check(THEOREM1, "A", trace)
    assert found.verdict is Verdict.VIOLATED
    # 1 + log(1/e) is 0 up to one eps, so its root is 0 up to 1.5e-8.
    assert found.rhs[0] == pytest.approx(2 * math.exp(-2), abs=2e-8)
    assert found.lhs_lower[0] == pytest.approx(2 * math.exp(-1), rel=CLOSE)


def test_below_the_edge_reading_A_says_nothing() -> None:
    """T M < 1/e at every round: no bound, VACUOUS, while B still is a bound."""
    trace = on_interval(constant([0.3]), 1, THEOREM1.quantities, start=[1.0], alpha=1.0, beta1=0.0, beta2=0.5)
    found = check(THEOREM1, "A", trace)
    assert np.isnan(found.rhs).all()
    assert found.verdict is Verdict.VACUOUS
    assert "undefined" in found.reason
    assert (found.margin, found.at, found.first_violation) == (None, None, None)
    assert check(THEOREM1, "B", trace).verdict is Verdict.VIOLATED


@pytest.mark.parametrize("seed", range(40))
def test_no_violation_in_one_round_of_large_gradients(seed) -> None:
    """Proved: at T = 1 with ||g_1||_1 >= 1 no reading of Theorem 1 can fail, whatever the parameters."""
    rng = np.random.default_rng(seed)
    row = rng.normal(size=int(rng.integers(1, 5)))
    row *= rng.uniform(1, 4) / np.abs(row).sum()
    beta2 = rng.uniform(0.01, 0.999)
    given = {
        "alpha": 10 ** rng.uniform(-3, 2),
        "beta1": rng.uniform(0, 0.999) * math.sqrt(beta2),
        "beta2": beta2,
    }
    side = 10 ** rng.uniform(-2, 2)
    domain = Box(-side, side, dimension=len(row))
    trace = play(
        Game(
            ADAL,
            LINEAR,
            ArrayStream(row[None, :]),
            domain,
            horizon=1,
            parameters={**given, "eps": 0.0},
            start=side * np.sign(row),
        ),
        record=THEOREM1.quantities,
        engine="numpy",
    )
    for found in checks(THEOREM1, trace):
        assert found.verdict not in {Verdict.VIOLATED, Verdict.UNDECIDED, Verdict.ASSUMPTION_BROKEN}


@pytest.mark.parametrize(
    ("factor", "start", "parameters", "vhat_0", "key", "left", "right"),
    [
        (2, 2.0, {}, 256, "sqrtT_M", 16.0, 14.0),
        (8, 2.0, {}, 65536, "sqrtTM", 256.0, 224.0),
        (750, Rational(40, 3), {"beta1": 0.9, "beta2": 0.999}, 10**16, "sqrtTM", 1e8, 8.9643e7),
    ],
    ids=["CE1", "CE2", "CE2 at the usual parameters"],
)
def test_one_round_breaks_theorem_2(factor, start, parameters, vhat_0, key, left, right) -> None:
    """f = c x^2 / 2: at T = 1 the statement does not depend on the algorithm; vhat_1 and its value agree."""
    for policy in ("first", vhat_0):
        made = theorem2(vhat_0_is=policy)
        trace = descent(
            scaled(HALF_SQUARE, factor), 1, made.quantities, start=[float(start)], parameters=parameters
        )
        found = check(made, key, trace)
        assert found.verdict is Verdict.VIOLATED
        assert found.lhs_lower[0] == pytest.approx(left, rel=CLOSE)
        # 8.9643e7 is given to five digits, the others are exact.
        assert found.rhs[0] == pytest.approx(right, rel=CLOSE if right < 1e4 else 1e-5)
        assert check(made, "sqrtT", trace).verdict is not Verdict.VIOLATED


def test_four_rounds_of_skewed_noise_break_theorem_2() -> None:
    """f = 100 x^2 with noise 200 {3, -1}: E LHS = 8529.54 against 5827.92 and 404.4, over all 16 paths."""
    made = theorem2(vhat_0_is=200**4)
    trace = play(
        Game(
            ADAL,
            scaled(NOISY_HALF_SQUARE, 200),
            AllPaths(skewed(200)),
            horizon=4,
            parameters={"alpha": 0.5, "beta1": 0.0, "beta2": 0.5, "eps": 1e-8},
            start=[0.0],
        ),
        record=made.quantities,
        checkpoints="all",
        engine="numpy",
    )
    for key, right in (("sqrtTM", 5827.92), ("sqrtT_M", 404.4)):
        found = check(made, key, trace)
        assert found.verdict is Verdict.VIOLATED
        assert "exact enumeration of 16 noise paths" in found.reason
        # The theory gives two decimals and one decimal.
        assert found.lhs_lower[-1] == pytest.approx(8529.54, abs=0.005)
        assert found.rhs[-1] == pytest.approx(right, abs=0.05)
        assert found.lhs_upper[-1] - found.lhs_lower[-1] < 1e-9
    assert check(made, "sqrtT", trace).verdict is not Verdict.VIOLATED


@pytest.mark.parametrize(("spike", "small"), [(2, 3), (3, 4)])
def test_the_wrong_end_costs_exactly_its_closed_form(spike, small) -> None:
    """R(qN) = D c q (k - a) at beta1 = 0.9: the point never leaves the wrong end, for any alpha and eps."""
    period = small + 1
    rounds = np.arange(period, 50 * period + 1, period)
    for given in ({}, {"alpha": 3.0, "eps": 1e-8}, {"beta2": 0.9}):
        trace = on_interval(
            wrong_end(spike, small),
            50 * period,
            THEOREM1.quantities,
            start=[-1.0],
            checkpoints=rounds,
            **given,
        )
        low, high = trace.interval(R)
        exact = 2.0 * (small - spike) * rounds / period
        assert ((low <= exact) & (exact <= high)).all()
        assert (high - low <= 1e-11 * exact).all()


def test_reddis_stream_costs_at_least_its_closed_form() -> None:
    """R(3n) >= 2 (C - 2) n with bias correction, beta1 = 0, beta2 = 1/(1 + C^4), alpha = 1, from the top."""
    rounds = np.arange(3, 301, 3)
    trace = on_interval(
        reddi(3),
        300,
        THEOREM1.quantities,
        start=[1.0],
        checkpoints=rounds,
        alpha=1.0,
        beta1=0.0,
        beta2=1 / 82,
    )
    assert (trace.interval(R)[1] >= 2.0 * rounds / 3).all()
    assert trace.interval(R)[0][-1] >= 2.0 * 100 - 1e-9


# -- the five verdicts --------------------------------------------------------------------------------


def test_a_game_with_room_between_regret_and_bound_holds() -> None:
    """A true statement that says more than doing nothing does."""
    found = check(OGD, "A", play_ogd(constant([1.0]), 20))
    assert found.verdict is Verdict.HOLDS
    assert found.first_violation is None
    assert "at T = 20" in found.reason


def test_a_bound_above_the_diameter_times_the_gradients_is_vacuous() -> None:
    """Doing nothing guarantees D sum ||g_t||_1 = 2 T here; the bound 2 T + 1 adds nothing, 2 T - 1 does."""
    trace = on_interval(constant([1.0]), 5, [R, *theorem(CumSum(Norm1(g))).quantities], start=[-1.0])
    assert check(theorem(2 * T + 1), "A", trace).verdict is Verdict.VACUOUS
    assert check(theorem(2 * T), "A", trace).verdict is Verdict.VACUOUS
    assert check(theorem(2 * T - 1), "A", trace).verdict is Verdict.HOLDS


def test_an_infinite_bound_is_vacuous() -> None:
    """It is finite nowhere."""
    trace = on_interval(constant([1.0]), 3, [R])
    assert check(theorem(oo), "A", trace).verdict is Verdict.VACUOUS


def test_an_interval_across_the_bound_is_undecided() -> None:
    """The regret of fresh Gaussian targets is enclosed with rounding; a bound inside the interval is open."""
    domain = L2Ball(2, radius=1.0)
    trace = play(
        Game(ADAL, QUADRATIC, GaussianStream(2, seed=3), domain, horizon=30, parameters={"alpha": 0.1}),
        record=[R],
        engine="numpy",
        checkpoints=1,
    )
    low, high = (float(end[0]) for end in trace.interval(R))
    assert high > low > 0
    width = high - low

    def held(value):
        return check(theorem(Rational(value)), "A", trace)

    # The slack of a right side is (256 + 4 (T + d)) eps of it.
    slack = (256 + 4 * 32) * np.finfo(float).eps * high
    assert held(low - 2 * slack).verdict is Verdict.VIOLATED
    assert held(high + width).verdict is Verdict.HOLDS
    wide = widened(trace, 1e-6)
    between = check(theorem(Rational((low + high) / 2)), "A", wide)
    assert between.verdict is Verdict.UNDECIDED
    assert "lies in [" in between.reason
    assert between.first_violation is None


def widened(trace, half):
    """The same trace with a coarser enclosure of the regret, as a comparator of low accuracy would give."""
    from dataclasses import replace

    keys = {f"{R}:lower": -half, f"{R}:upper": half}
    return replace(trace, scalars={k: v + keys.get(k, 0.0) for k, v in trace.scalars.items()})


def test_a_violation_is_told_before_what_is_open_or_undefined() -> None:
    """Precedence: broken assumption, violated, undefined, undecided, vacuous, holds."""
    trace = widened(on_interval(constant([1.0]), 4, [R], start=[1.0]), 0.25)
    low, high = trace.interval(R)
    assert np.all(low > 0)
    # log(T - 2) is undefined in rounds 1 and 2, and 0 in round 3, where the bound lies inside the interval.
    between = Rational(float(low[2] + high[2]) / 2)
    bound = between - 10 * log(T - 2)
    found = check(theorem(bound), "A", trace)
    assert np.isnan(found.rhs[0])
    assert found.lhs_lower[2] < found.rhs[2] < found.lhs_upper[2]
    assert found.verdict is Verdict.VIOLATED
    assert found.first_violation == 4
    broken = Assumption("D < 1", D < 1)
    assert check(theorem(bound, assumptions=(broken,)), "A", trace).verdict is Verdict.ASSUMPTION_BROKEN
    # With a growing bound round 3 alone is open, and rounds 1 and 2 are undefined.
    assert check(theorem(between + 10 * log(T - 2)), "A", trace).verdict is Verdict.UNDECIDED


def test_the_margin_is_the_smallest_ratio_and_at_is_its_round() -> None:
    """Regret 2, 3, 4, ... against bounds that come closest in the middle."""
    trace = on_interval(constant([1.0]), 5, [R], start=[1.0], alpha=1e-9)
    made = theorem(100 + (T - 3) ** 2 * 1000)
    found = check(made, "A", trace)
    ratios = found.rhs / found.lhs_upper
    assert found.at == 3
    assert found.margin == ratios.min() == ratios[2]
    assert found.verdict is Verdict.VACUOUS


def test_the_first_violation_is_the_first_recorded_one() -> None:
    """And the reason names the worst round as well."""
    trace = on_interval(constant([1.0]), 6, [R], start=[1.0], alpha=1e-9, checkpoints=[1, 3, 5])
    found = check(theorem(S(5)), "A", trace)
    assert found.rounds.tolist() == [1, 3, 5, 6]
    assert found.first_violation == 3
    assert "at T = 3 " in found.reason
    assert "at T = 6," in found.reason


def test_a_left_side_that_is_not_positive_has_no_margin() -> None:
    """Regret 0 of a player at the best point: there is no ratio to report."""
    trace = on_interval(constant([0.0]), 3, [R], start=[1.0])
    found = check(theorem(S(5)), "A", trace)
    assert (found.margin, found.at) == (None, None)


def test_a_run_that_diverges_is_undecided_and_says_since_when() -> None:
    """Numbers that are not finite support no verdict: neither HOLDS nor VIOLATED."""
    made = theorem(S(10), lhs=MEAN)
    for rhs in (S(10), S(10) ** 300):
        made = theorem(rhs, lhs=MEAN)
        trace = descent(
            scaled(HALF_SQUARE, 10**60), 60, made.quantities, start=[1e60],
            parameters={"eps": 1.0, "beta2": 0.9},
        )  # fmt: skip
        assert trace.run.not_finite_from is not None
        found = check(made, "A", trace)
        assert not np.isfinite(found.lhs_upper[-1])
        assert found.lhs_lower[-1] == -np.inf
        assert found.verdict in {Verdict.UNDECIDED, Verdict.VIOLATED}
        if found.verdict is Verdict.VIOLATED:
            assert found.first_violation < trace.run.not_finite_from
        else:
            assert f"from round {trace.run.not_finite_from} on" in found.reason


# -- expectations -------------------------------------------------------------------------------------


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
        for rhs, verdict in ((Rational(1, 4), "UNDECIDED"), (Rational(1, 10), "UNDECIDED")):
            made = theorem(rhs, lhs=MEAN)
            found = check(made, "A", game(1, made.quantities))
            assert found.verdict.name == verdict
            assert found.first_violation is None


def test_many_noisy_runs_decide_where_the_range_is_known_and_name_their_method() -> None:
    """64 independent replicates: both clear verdicts can be reached, the second with an upper end only."""
    for game, large in ((noisy, "UNDECIDED"), (saturating, "HOLDS")):
        trace = game(64, theorem(S(1), lhs=MEAN).quantities)
        assert len(set(trace.run.seeds)) == 64
        for rhs, verdict in ((Rational(1, 100), "VIOLATED"), (Rational(9, 10), large)):
            found = check(theorem(rhs, lhs=MEAN, assumptions=()), "A", trace)
            assert found.verdict.name == verdict or (verdict, found.verdict.name) == ("HOLDS", "VACUOUS")
            assert "64 replicates" in found.reason
        advice = "declare the range of CumSum(SumCoords(df**2)) in `ranges`"
        assert (advice in found.reason) == (large == "UNDECIDED")


def test_a_declared_range_decides_and_is_held_against_the_run() -> None:
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


# -- assumptions --------------------------------------------------------------------------------------


def broken(found):
    """The texts of the assumptions that do not hold."""
    assert found.verdict is Verdict.ASSUMPTION_BROKEN
    assert found.first_violation is None
    texts = [a.text for a in found.assumptions if not a.holds]
    assert found.reason.startswith(texts[0])
    return texts


def test_gamma_of_one_or_more_breaks_theorem_1() -> None:
    """beta1^2 >= beta2; the reason gives the number. Just below it the theorem applies."""
    stream = constant([0.4])
    for decays, holds in (((0.9, 0.81), False), ((0.9, 0.5), False), ((0.9, 0.82), True)):
        trace = on_interval(stream, 2, THEOREM1.quantities, beta1=decays[0], beta2=decays[1])
        found = check(THEOREM1, "C", trace)
        if holds:
            assert found.verdict is not Verdict.ASSUMPTION_BROKEN
        else:
            assert broken(found) == ["gamma = beta1^2/beta2 < 1"]
            assert f"{decays[0] ** 2 / decays[1]:.6g}" in found.reason


def test_a_nonconvex_loss_breaks_theorem_1() -> None:
    """The regret of a nonconvex loss is refused when played; a statement without it says what is broken."""
    odd = Loss("odd", SOURCE, SumCoords(x**3), Shape.NONCONVEX)
    made = theorem(S(9), lhs=CumSum(Norm1(g)), assumptions=(Assumption("convex", Requires.CONVEX_LOSSES),))
    trace = descent(odd, 2, made.quantities, start=[0.5])
    assert broken(check(made, "A", trace)) == ["convex"]
    assert "not convex" in check(made, "A", trace).reason


def test_an_unbounded_set_breaks_theorem_1() -> None:
    """D is infinite: the statement is about compact sets."""
    made = theorem(S(9), lhs=CumSum(Norm1(g)), assumptions=(Assumption("compact", Requires.COMPACT_SET),))
    for domain in (HalfSpace(np.array([1.0]), 1.0), None):
        trace = descent(HALF_SQUARE, 2, made.quantities, start=[0.5], domain=domain)
        assert broken(check(made, "A", trace)) == ["compact"]


def test_a_set_breaks_theorem_2() -> None:
    """It is about the whole space."""
    trace = descent(HALF_SQUARE, 2, THEOREM2.quantities, start=[0.5], domain=INTERVAL)
    assert broken(check(THEOREM2, "sqrtT", trace)) == ["no projection takes place"]


def test_biased_and_unknown_noise_break_theorem_2() -> None:
    """A mean that is not zero, or that nobody knows."""
    biased = NoiseAlphabet([1, 0], ["1/2", "1/2"])
    unknown = ArrayStream(np.array([[1.0], [-1.0]]))
    for stream, detail in ((AlphabetStream(biased), "has a mean"), (unknown, "not known")):
        found = check(THEOREM2, "sqrtT", noisy(1, THEOREM2.quantities, horizon=2, stream=stream))
        assert broken(found) == ["the gradients handed out are unbiased"]
        assert detail in found.reason


def test_losses_that_change_break_theorem_2() -> None:
    """It is about one f, and such losses have no minimum that is known."""
    trace = descent(QUADRATIC, 2, THEOREM2.quantities, start=[0.5], stream=constant([1.0]))
    texts = broken(check(THEOREM2, "sqrtT", trace))
    assert texts == ["f has a minimum, and it is known", "one fixed f"]


def test_an_unknown_L_breaks_theorem_2_until_it_is_given() -> None:
    """No number is made up: the bound is NaN, the reason says what to give, and giving it is enough."""
    rough = Loss("rough", SOURCE, SumCoords(x**4) / 4, Shape.CONVEX, minimum=S.Zero)
    trace = descent(rough, 2, THEOREM2.quantities, start=[0.5])
    found = check(THEOREM2, "sqrtT", trace)
    assert broken(found) == ["f is L-smooth"]
    assert "give it in `constants`" in found.reason
    assert np.isnan(found.rhs).all()
    given = check(THEOREM2, "sqrtT", trace, constants={"L": 3.0})
    assert given.verdict is not Verdict.ASSUMPTION_BROKEN
    assert np.isfinite(given.rhs).all()


def test_an_unknown_minimum_breaks_theorem_2_until_it_is_given() -> None:
    """f(x_*) likewise; several broken assumptions are all listed."""
    rough = Loss("rough", SOURCE, SumCoords(x**4) / 4, Shape.CONVEX)
    trace = descent(rough, 2, THEOREM2.quantities, start=[0.5])
    names = ["f is L-smooth", "f has a minimum, and it is known"]
    assert broken(check(THEOREM2, "sqrtT", trace)) == names
    assert broken(check(THEOREM2, "sqrtT", trace, constants={"L": 3.0})) == names[1:]
    both = check(THEOREM2, "sqrtT", trace, constants={"L": 3.0, "f_star": 0.0})
    assert both.verdict is not Verdict.ASSUMPTION_BROKEN


def test_a_vhat_1_that_is_zero_breaks_theorem_2() -> None:
    """A coordinate without gradient in round 1: vhat_0 := vhat_1 has a zero, and the bound is infinite."""
    trace = descent(HALF_SQUARE, 2, THEOREM2.quantities, start=[0.5, 0.0])
    found = check(THEOREM2, "sqrtT", trace)
    assert broken(found) == ["vhat_0 > 0 (vhat_0 := vhat_1)"]
    assert not np.isfinite(found.rhs).any()


# -- replicates ---------------------------------------------------------------------------------------


def test_the_worst_replicate_is_reported() -> None:
    """Of three step sizes only one breaks the statement; wherever it stands, it is the one shown."""
    made = theorem(Rational(5, 2))
    for order in ([1e-9, 2.0, 2.0], [2.0, 1e-9, 2.0], [2.0, 2.0, 1e-9]):
        trace = on_interval(constant([1.0]), 3, [R], start=[1.0], alpha=order, eps=0.0)
        found = check(made, "A", trace)
        assert found.verdict is Verdict.VIOLATED
        assert found.lhs_lower[-1] == pytest.approx(6.0, abs=1e-8)  # three steps of at most 1e-9


def test_a_replicate_without_a_ratio_hides_nothing() -> None:
    """A replicate whose regret and bound are both 0 has the ratio 0/0; the violated one is still found."""
    made = theorem(CumSum(Norm1(g)) / 2)
    streams = [ArrayStream(np.zeros((2, 1))), ArrayStream(np.ones((2, 1)))]
    for order in (streams, streams[::-1]):
        trace = play(
            Game(SGD, LINEAR, order, INTERVAL, horizon=2, parameters={"alpha": 0.1}, start=[1.0]),
            record=[R, *made.quantities],
            engine="numpy",
        )
        assert check(made, "A", trace).verdict is Verdict.VIOLATED


def test_a_round_without_a_ratio_does_not_make_a_replicate_the_worst() -> None:
    """0/0 in round 1 of one replicate; the other one is nearer to its bound and is reported."""
    made = theorem((T + 9) / 10 * CumSum(Norm1(g)))
    late, early = np.ones((4, 1)), np.ones((4, 1))
    late[0] = 0.0
    for order in ([late, early], [early, late]):
        trace = play(
            Game(
                SGD,
                LINEAR,
                [ArrayStream(rows) for rows in order],
                INTERVAL,
                horizon=4,
                parameters={"alpha": 2.0},
                start=[-0.5],
            ),
            checkpoints="all",
            record=[R, *made.quantities],
            engine="numpy",
        )
        found = check(made, "A", trace)
        assert found.verdict is Verdict.HOLDS
        assert found.rhs[0] == pytest.approx(1.0, rel=CLOSE)
        assert found.at == 1


def test_a_violated_replicate_is_reported_before_an_open_one() -> None:
    """A wide interval far beyond the bound is open; a narrow one just beyond it is a violation."""
    from dataclasses import replace

    trace = on_interval(constant([1.0]), 1, [R], start=[1.0], alpha=[0.1, 0.2])
    low, high = f"{R}:lower", f"{R}:upper"
    scalars = {**trace.scalars, low: np.array([[0.0], [2.0]]), high: np.array([[100.0], [2.0]])}
    found = check(theorem(S(1)), "A", replace(trace, scalars=scalars))
    assert found.verdict is Verdict.VIOLATED
    assert found.lhs_upper[0] == 2.0


# -- saved traces -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["regret", "paths", "unknown"])
def test_a_saved_trace_gives_the_same_checks(tmp_path, kind) -> None:
    """Nothing that a check needs is lost in the file."""
    made = THEOREM1
    if kind == "regret":
        trace = on_interval(wrong_end(2, 3), 40, made.quantities, start=[-1.0])
    elif kind == "paths":
        made = theorem2(vhat_0_is=1)
        trace = play(
            Game(
                ADAL, NOISY_HALF_SQUARE, AllPaths(skewed()), horizon=4, parameters={"alpha": 0.5}, start=[0.0]
            ),
            record=made.quantities,
            engine="numpy",
        )
    else:
        made = THEOREM2
        rough = Loss("rough", SOURCE, SumCoords(x**4) / 4, Shape.CONVEX)
        trace = descent(rough, 2, made.quantities, start=[0.5])
    trace.save(tmp_path / "trace.npz")
    for before, after in zip(
        checks(made, trace), checks(made, load_trace(tmp_path / "trace.npz")), strict=True
    ):
        for name in ("rounds", "lhs_lower", "lhs_upper", "rhs", "trivial"):
            np.testing.assert_array_equal(getattr(before, name), getattr(after, name))
        for name in ("id", "verdict", "reason", "margin", "at", "first_violation", "assumptions", "labels"):
            assert getattr(before, name) == getattr(after, name)
        told = [json.dumps(check.run.to_json(), sort_keys=True) for check in (before, after)]
        assert told[0] == told[1]


# -- controls: true statements must hold, and fail when their constants are cut ------------------------

WEIGHTED = Regret(Norm1(g))


def theorem_r(first=S.One, second=S.One) -> Theorem:
    """What the analysis proves: the ||g_t||_1-weighted regret of AdaL with the maximum (R2), eps = 0."""
    gamma = beta1**2 / beta2
    distance = (2 - beta1) * D**2 * sqrt(T) / (4 * alpha * (1 - beta1)) * SumCoords(sqrt(vhat))
    noise = (1 + beta1) / 2 * alpha * sqrt(1 + log(T)) / sqrt((1 - beta2) * (1 - gamma))
    noise *= SumCoords(sqrt(CumSum(ghat**2)))
    return theorem(
        first * distance + second * noise,
        lhs=WEIGHTED,
        assumptions=(Assumption("convex", Requires.CONVEX_LOSSES), Assumption("gamma < 1", gamma < 1)),
    )


ADVERSARIES = [
    (reddi(3), {"alpha": 1.0, "beta1": 0.0, "beta2": 1 / 82}, 1.0),
    (wrong_end(2, 3), {"alpha": 0.7, "beta1": 0.5, "beta2": 0.9}, -1.0),
]


@pytest.mark.parametrize(("stream", "given", "start"), ADVERSARIES, ids=["reddi", "wrong end"])
def test_the_true_weighted_statement_holds_where_it_should(stream, given, start) -> None:
    """Theorem R on the streams that break the printed one: it holds, and is not vacuous."""
    made = theorem_r()
    trace = on_interval(
        stream, 3000, made.quantities, recurrence=ADAL_R2, start=[start], checkpoints=40, **given
    )
    found = check(made, "A", trace)
    assert found.verdict is Verdict.HOLDS
    assert found.margin >= 1


@pytest.mark.parametrize(("stream", "given", "start"), ADVERSARIES, ids=["reddi", "wrong end"])
def test_the_true_statement_with_a_constant_cut_is_violated(stream, given, start) -> None:
    """Without its first term and with small steps, from the far end, the same statement fails."""
    small = {**given, "alpha": 0.01}
    for first, verdict in ((S.One, Verdict.VACUOUS), (S.Zero, Verdict.VIOLATED)):
        made = theorem_r(first=first)
        trace = on_interval(
            stream, 300, made.quantities, recurrence=ADAL_R2, start=[1.0], checkpoints=20, **small
        )
        assert check(made, "A", trace).verdict is verdict


@pytest.mark.parametrize(("stream", "given", "start"), ADVERSARIES, ids=["reddi", "wrong end"])
def test_the_printed_statement_is_violated_on_the_same_streams(stream, given, start) -> None:
    """Plain regret of the algorithm as printed, every reading: linear, far beyond the bound in the end."""
    trace = on_interval(stream, 30_000, THEOREM1.quantities, start=[start], checkpoints=40, **given)
    for found in checks(THEOREM1, trace):
        assert found.verdict is Verdict.VIOLATED
        assert found.margin < 0.8


OGD = theorem(
    D_2**2 * sqrt(T) / (2 * alpha) + alpha * (sqrt(T) - Rational(1, 2)) * CumMax(Norm2Squared(g)),
    assumptions=(Assumption("convex", Requires.CONVEX_LOSSES),),
)


def play_ogd(stream, horizon, *, alpha=2.0, domain=INTERVAL, start=(1.0,), loss=LINEAR):
    """Online gradient descent with steps alpha/sqrt(t)."""
    return play(
        Game(SGD, loss, stream, domain, horizon=horizon, parameters={"alpha": alpha}, start=start),
        record=OGD.quantities,
        checkpoints="all",
        engine="numpy",
    )


def test_the_bound_of_gradient_descent_is_tight_in_round_one() -> None:
    """D2 = 2, g = 1, alpha = D2/G from the far end: regret 2 = bound; a billionth less is a violation."""
    trace = play_ogd(constant([1.0]), 10)
    found = check(OGD, "A", trace)
    assert found.verdict is Verdict.HOLDS
    assert found.at == 1
    assert found.margin == pytest.approx(1.0, abs=1e-13)  # the comparator encloses to 200 eps
    cut = theorem(OGD.readings[0].rhs * Rational(10**9 - 1, 10**9))
    assert check(cut, "A", trace).verdict is Verdict.VIOLATED
    assert check(cut, "A", trace).first_violation == 1


@pytest.mark.parametrize("seed", range(6))
def test_the_bound_of_gradient_descent_holds_on_random_games(seed) -> None:
    """Boxes, balls and simplices, linear and quadratic losses: never violated, never open."""
    rng = np.random.default_rng(seed)
    d = int(rng.integers(2, 5))
    domain = [Box(-1.0, 1.0, dimension=d), L2Ball(d, radius=1.0), Simplex(d)][seed % 3]
    for loss in (LINEAR, QUADRATIC):
        trace = play_ogd(
            ArrayStream(rng.normal(size=(200, d))), 200, alpha=rng.uniform(0.1, 2), domain=domain, start=None,
            loss=loss,
        )  # fmt: skip
        assert check(OGD, "A", trace).verdict in {Verdict.HOLDS, Verdict.VACUOUS}
        assert check(theorem(OGD.readings[0].rhs / 1000), "A", trace).verdict is Verdict.VIOLATED


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
