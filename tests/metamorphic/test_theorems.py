"""Units of measure: how each side of Theorems 1 and 2 scales, term by term, along the same trajectory.

f -> c f, x -> x/s (the same game in other units), and n copies of every coordinate. With eps = 0 AdaL's
trajectory is the same game in the new units. Two sides of different degree cannot be one inequality for
all units. Source: docs/theory.md, the scaling table.
"""

from __future__ import annotations

import numpy as np
import pytest
from sympy import Rational, log, sqrt

from bounds.evaluate import check
from bounds.verdict import Verdict
from online_sim.domains.box import Box
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.adversarial import constant
from online_sim.streams.arrays import ArrayStream
from theory.algorithms.adal import ADAL
from theory.losses.half_square import HALF_SQUARE
from theory.losses.linear import LINEAR
from theory.losses.scaled import scaled
from theory.parameters import alpha, beta1, beta2
from theory.quantities import CumMax, CumSum, First, Norm1, Norm2Squared, NormInf, SumCoords
from theory.symbols import D, L, T, d, df, f, f_star, g, vhat, x
from theory.theorems.adal import THEOREM1, THEOREM2
from toy_theorem import R, theorem

G_, M_ = CumMax(NormInf(df)), CumMax(Norm1(df))
GAMMA = beta1**2 / beta2
CLOSE = (
    1e-10  # thirty rounds; the changes of units are not powers of two, so that every number is rounded anew
)


_noise = alpha / sqrt((1 - beta2) * (1 - GAMMA)) * SumCoords(sqrt(CumSum(g**2)))
# Term -> its degrees in c, s and n.
TERMS_1 = {
    "first term": (D**2 * sqrt(T) / (2 * alpha * (1 - beta1)) * SumCoords(sqrt(vhat)), (2, 1, 2)),
    "second term, without the factor": (_noise, (1, 0, 1)),
    "second term, reading B": (sqrt((1 + log(T)) * CumMax(Norm1(g))) * _noise, (1.5, 0.5, 1.5)),
    "second term, reading C": (sqrt(1 + log(T)) * CumMax(Norm1(g)) * _noise, (2, 1, 2)),
}
_inverse = SumCoords(1 / sqrt(First(vhat)))
TERMS_2 = {
    "left side": (CumSum(Norm2Squared(df)) / T, (2, 2, 1)),
    "distance": (G_ / alpha * (First(f) - f_star), (2, 2, 1)),
    "vhat_0": (G_**3 * M_ / (1 - beta1) * _inverse, (2, 2, 1)),
    "Young": (G_**3 * d / (4 * L * alpha * (1 - beta1)), (2, 2, 1)),
    "steps": (G_ * L * d * alpha * (1 - beta1) * (1 + log(T)) / ((1 - beta2) * (1 - GAMMA)), (2, 2, 1)),
    "prefactor 1/sqrt(TM)": (1 / sqrt(T * M_), (-0.5, -0.5, -0.5)),
    "prefactor 1/(sqrt(T) M)": (1 / (sqrt(T) * M_), (-1, -1, -1)),
}
ROWS = np.random.default_rng(4).normal(size=(30, 2))
# (c, s, n): every change of units alone, and all at once.
UNITS = [(3.7, 1.0, 1), (1.0, 0.3, 1), (1.0, 1.0, 3), (0.45, 5.1, 2)]


def online(units, record):
    """Linear losses c <g, s y> in a box of side 2/s, n copies of every coordinate, step alpha/s."""
    c, s, n = units
    rows = c * s * np.tile(ROWS, (1, n))
    return play(
        Game(
            ADAL,
            LINEAR,
            ArrayStream(rows),
            Box(-1 / s, 1 / s, dimension=2 * n),
            horizon=30,
            parameters={"alpha": 0.2 / s, "beta1": 0.7, "beta2": 0.9, "eps": 0.0},
            start=np.tile([0.5, -0.5], n) / s,
        ),
        record=record,
        engine="numpy",
        checkpoints="all",
    )


def offline(units, record):
    """f = 3 c s^2 ||y||^2 / 2 from x_1/s, n copies of every coordinate, step alpha/s."""
    c, s, n = units
    loss = scaled(HALF_SQUARE, Rational(str(round(3 * c * s**2, 12))))
    return play(
        Game(
            ADAL,
            loss,
            horizon=30,
            parameters={"alpha": 0.2 / s, "beta1": 0.7, "beta2": 0.9, "eps": 0.0},
            start=np.tile([1.5, -0.5], n) / s,
        ),
        record=record,
        engine="numpy",
        checkpoints="all",
    )


def factor(units, degrees):
    """c^a s^b n^e."""
    return float(np.prod([unit**degree for unit, degree in zip(units, degrees, strict=True)]))


@pytest.mark.parametrize("units", UNITS, ids=str)
def test_the_trajectory_is_the_same_in_other_units(units) -> None:
    """x_t/s, each coordinate n times: AdaL with eps = 0 does not see c."""
    _, s, n = units
    for game in (online, offline):
        before, after = game((1.0, 1.0, 1), [x])[x], game(units, [x])[x]
        assert np.ptp(before, axis=0).min() > 0.1
        np.testing.assert_allclose(after, np.tile(before, (1, n)) / s, rtol=CLOSE, atol=CLOSE / s)


@pytest.mark.parametrize("units", UNITS, ids=str)
def test_the_regret_has_degree_1_0_1(units) -> None:
    """The regret is measured in the units of the losses."""
    before, after = (online(u, [R]).interval(R) for u in ((1.0, 1.0, 1), units))
    for a, b in zip(before, after, strict=True):
        np.testing.assert_allclose(b, factor(units, (1, 0, 1)) * a, rtol=CLOSE, atol=CLOSE)


@pytest.mark.parametrize("units", UNITS, ids=str)
@pytest.mark.parametrize("name", TERMS_1)
def test_the_terms_of_theorem_1_have_their_degrees(name, units) -> None:
    """The first term is of degree 2 in c and n, 1 in s: one more than the regret, each."""
    rhs, degrees = TERMS_1[name]
    made = theorem(rhs)
    before, after = (check(made, "A", online(u, made.quantities)).rhs for u in ((1.0, 1.0, 1), units))
    np.testing.assert_allclose(after, factor(units, degrees) * before, rtol=CLOSE)


@pytest.mark.parametrize("units", UNITS, ids=str)
@pytest.mark.parametrize("name", TERMS_2)
def test_the_terms_of_theorem_2_have_their_degrees(name, units) -> None:
    """The left side and every term of the bracket are of degree (2, 2, 1): only the prefactor differs."""
    rhs, degrees = TERMS_2[name]
    made = theorem(rhs, lhs=CumSum(Norm2Squared(df)) / T)
    before, after = (check(made, "A", offline(u, made.quantities)).rhs for u in ((1.0, 1.0, 1), units))
    np.testing.assert_allclose(after, factor(units, degrees) * before, rtol=CLOSE)


@pytest.mark.parametrize(("reading", "degree"), [("sqrtTM", 1.5), ("sqrtT_M", 1.0), ("sqrtT", 2.0)])
def test_the_readings_of_theorem_2_have_the_degree_of_their_prefactor(reading, degree) -> None:
    """2 - 1/2, 2 - 1 and 2 in c: only the last one is that of the left side."""
    before, after = (
        check(THEOREM2, reading, offline(u, THEOREM2.quantities)) for u in ((1.0, 1.0, 1), (3.7, 1.0, 1))
    )
    np.testing.assert_allclose(after.rhs, 3.7**degree * before.rhs, rtol=CLOSE)
    np.testing.assert_allclose(after.lhs_upper, 3.7**2 * before.lhs_upper, rtol=CLOSE)


@pytest.mark.parametrize("key", ["A", "B", "C"])
def test_any_positive_regret_breaks_theorem_1_in_small_enough_units(key) -> None:
    """One game, VACUOUS or true in its own units and VIOLATED for c f with a small c: a unit decides."""
    verdicts = []
    for c in (2.0, 0.4):
        trace = play(
            Game(
                ADAL,
                LINEAR,
                constant([c]),
                Box(-1.0, 1.0, dimension=1),
                horizon=1,
                parameters={"alpha": 1.0, "beta1": 0.0, "beta2": 0.5, "eps": 0.0},
                start=[1.0],
            ),
            record=THEOREM1.quantities,
            engine="numpy",
        )
        verdicts.append(check(THEOREM1, key, trace).verdict)
    assert verdicts == [Verdict.VACUOUS, Verdict.VIOLATED]


@pytest.mark.parametrize("key", ["sqrtTM", "sqrtT_M", "sqrtT"])
def test_large_units_break_theorem_2_unless_its_sides_have_one_degree(key) -> None:
    """c -> infinity with vhat_0 := vhat_1: violated for both prefactors with M, the same ratio without."""
    checks = [check(THEOREM2, key, offline((c, 1.0, 1), THEOREM2.quantities)) for c in (1.0, 10.0**6)]
    if key == "sqrtT":
        assert checks[0].margin == pytest.approx(checks[1].margin, rel=CLOSE)
        assert checks[1].verdict is not Verdict.VIOLATED
    else:
        assert checks[0].verdict is not Verdict.VIOLATED
        assert checks[1].verdict is Verdict.VIOLATED


def test_the_check_sees_a_wrong_degree() -> None:
    """Control: the first term of Theorem 1 is not of degree 1 in c, as the regret is."""
    made = theorem(TERMS_1["first term"][0])
    before, after = (check(made, "A", online(u, made.quantities)).rhs for u in ((1.0, 1.0, 1), (3.7, 1.0, 1)))
    assert not np.allclose(after, 3.7 * before, rtol=0.5)
