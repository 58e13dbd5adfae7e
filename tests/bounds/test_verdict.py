"""Five verdicts, each reached by a real game, the replicate that is reported, and saved traces."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from sympy import Rational, S, log, oo

from bounds.evaluate import check, checks
from bounds.verdict import Verdict
from online_sim.domains.l2_ball import L2Ball
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.adversarial import constant, wrong_end
from online_sim.streams.all_paths import AllPaths
from online_sim.streams.alphabet import skewed
from online_sim.streams.arrays import ArrayStream
from online_sim.streams.gaussian import GaussianStream
from online_sim.trace import load_trace
from theory.algorithms.adal import ADAL
from theory.algorithms.sgd import SGD
from theory.loss import Loss, Shape
from theory.losses.half_square import HALF_SQUARE, NOISY_HALF_SQUARE
from theory.losses.linear import LINEAR
from theory.losses.quadratic import QUADRATIC
from theory.losses.scaled import scaled
from theory.quantities import CumSum, Norm1, SumCoords
from theory.statement import Assumption
from theory.symbols import D, T, g, x
from theory.theorems.adal import THEOREM1, THEOREM2, theorem2
from toy_games import CLOSE, INTERVAL, MEAN, descent, on_interval
from toy_theorem import SOURCE, R, theorem


def test_a_bound_above_the_diameter_times_the_gradients_is_vacuous() -> None:
    """Doing nothing guarantees D sum ||g_t||_1 = 2 T here; the bound 2 T + 1 adds nothing, 2 T - 1 does."""
    trace = on_interval(constant([1.0]), 5, [R, *theorem(CumSum(Norm1(g))).quantities], start=[-1.0])
    assert check(theorem(2 * T + 1), "A", trace).verdict is Verdict.VACUOUS
    assert check(theorem(2 * T), "A", trace).verdict is Verdict.VACUOUS
    assert check(theorem(2 * T - 1), "A", trace).verdict is Verdict.HOLDS


def test_an_infinite_bound_is_vacuous() -> None:
    """Infinity bounds nothing, in any round."""
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
    """The reason names that round, and the worst one."""
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
        assert found.verdict is Verdict.UNDECIDED
        assert f"from round {trace.run.not_finite_from} on" in found.reason


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
    trace = on_interval(constant([1.0]), 1, [R], start=[1.0], alpha=[0.1, 0.2])
    low, high = f"{R}:lower", f"{R}:upper"
    scalars = {**trace.scalars, low: np.array([[0.0], [2.0]]), high: np.array([[100.0], [2.0]])}
    found = check(theorem(S(1)), "A", replace(trace, scalars=scalars))
    assert found.verdict is Verdict.VIOLATED
    assert found.lhs_upper[0] == 2.0


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
