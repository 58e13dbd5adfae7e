"""Theorems 1 and 2 as printed, on real games: the numbers of the counterexamples, as certified."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sympy import Rational

from bounds.evaluate import check, checks
from bounds.verdict import Verdict
from online_sim.domains.box import Box
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.adversarial import constant, reddi, wrong_end
from online_sim.streams.all_paths import AllPaths
from online_sim.streams.alphabet import skewed
from online_sim.streams.arrays import ArrayStream
from theory.algorithms.adal import ADAL
from theory.losses.half_square import HALF_SQUARE, NOISY_HALF_SQUARE
from theory.losses.linear import LINEAR
from theory.losses.scaled import scaled
from theory.theorems.adal import THEOREM1, theorem2
from toy_games import CLOSE, descent, on_interval
from toy_theorem import R


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


def test_below_the_edge_reading_A_is_vacuous() -> None:
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
