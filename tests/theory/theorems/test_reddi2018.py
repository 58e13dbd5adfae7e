"""Reddi, Kale and Kumar: each statement against another computation, its controls, and its degrees."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sympy import Rational

from bounds.certificates.certify import excess
from bounds.evaluate import check
from bounds.games import Counterexample
from bounds.verdict import Verdict
from one_by_one import agrees, last, lengths, momenta, played, run
from paper_checks.atlas.reddi2018 import ALTERNATING, ONE_ROUND
from theory.algorithms.amsgrad import AMSGRAD
from theory.algorithms.decaying_momentum import AMSGRAD_DECAYING
from theory.algorithms.sgd import SGD
from theory.scaling import degrees
from theory.theorems.adam_linear_regret import ADAM_OF_THEOREM1, LINEAR_REGRET
from theory.theorems.adam_long_period import ADAM_OF_THEOREM2, EVERY_BETA
from theory.theorems.adamnc import ADAMNC, ADAMNC_AVERAGE, AVERAGE, COROLLARY2, THEOREM5
from theory.theorems.amsgrad import AMSGRAD_PHASES, COROLLARY1, SHARP_DECAYING, THEOREM4
from theory.theorems.momentum_phases import with_phases
from theory.theorems.ramsgrad import EUCLIDEAN

ALPHA, B1, B2, LAM, HALF = 0.3, 0.6, 0.9, 0.8, 1.5
SIDE = 2 * HALF
LOW, HIGH, HOLD = 0.25, 0.75, 4.0
ROWS = np.random.default_rng(14).normal(size=(12, 2))
PHASES = {"low": LOW, "high": HIGH, "hold": HOLD}
HOLDS = {Verdict.HOLDS, Verdict.VACUOUS}


def phases(t):
    """beta_{1,t}: beta1, then a share of it, then another."""
    return B1 if t == 1 else B1 * (LOW if t <= HOLD else HIGH)


def largest_so_far(t, g, m, past):
    """AMSGrad's two moments."""
    v, top = past or (np.zeros_like(g), np.zeros_like(g))
    v = B2 * v + (1 - B2) * g**2
    top = np.maximum(top, v)
    return (v, top), top


def weighted(decay2):
    """AdamNC's second moment, its decay a function of t."""

    def second(t, g, m, past):
        v = decay2(t) * (0 if past is None else past) + (1 - decay2(t)) * g**2
        return v, v

    return second


def squares_of_amsgrad(made):
    """The last term of Theorem 4."""
    grown, ratio = np.sqrt(1 + np.log(made.T)), 1 - B1 / np.sqrt(B2)
    return ALPHA * grown / ((1 - B1) ** 2 * ratio * np.sqrt(1 - B2)) * lengths(made.g)


def test_theorem_4_has_the_terms_of_its_printings() -> None:
    """Three printings and the Euclidean case of Becigneul and Ganea, with a beta1_t that rises again."""
    made = run(ROWS, alpha=ALPHA, second=largest_so_far, decay1=phases, half=HALF)
    given = {"alpha": ALPHA, "beta1": B1, "beta2": B2, **PHASES}
    trace = played(THEOREM4, AMSGRAD_PHASES, ROWS, half=HALF, **given)
    first, second = SIDE**2 * last(made) / (1 - B1), SIDE**2 * momenta(made)
    third = squares_of_amsgrad(made)
    for key, rhs in (
        ("iclr", first + second / (2 * (1 - B1)) + third),
        ("arxiv", first / ALPHA + second / (2 * (1 - B1)) + third),
        ("revision", first / ALPHA + second / (1 - B1) ** 2 + third),
    ):
        agrees(THEOREM4, key, trace, made, rhs)
    trace = played(EUCLIDEAN, AMSGRAD_PHASES, ROWS, half=HALF, **given)
    agrees(EUCLIDEAN, "euclidean", trace, made, first / (2 * ALPHA) + second / (2 * (1 - B1)) + third)


def test_corollary_1_has_the_terms_of_its_printings() -> None:
    """beta1_t = beta1 lam^(t-1), G the largest |g|; and this package's bound without the second term."""
    made = run(ROWS, alpha=ALPHA, second=largest_so_far, decay1=lambda t: B1 * LAM ** (t - 1), half=HALF)
    given = {"alpha": ALPHA, "beta1": B1, "beta2": B2, "lam1": LAM}
    trace = played(COROLLARY1, AMSGRAD_DECAYING, ROWS, half=HALF, **given)
    first, third = SIDE**2 * last(made) / (1 - B1), squares_of_amsgrad(made)
    second = B1 * SIDE**2 * np.abs(ROWS).max() / (1 - LAM) ** 2
    agrees(COROLLARY1, "iclr", trace, made, first + second / (2 * (1 - B1)) + third)
    agrees(COROLLARY1, "revision", trace, made, first / ALPHA + second / (1 - B1) ** 2 + third)
    trace = played(SHARP_DECAYING, AMSGRAD_DECAYING, ROWS, half=HALF, **given)
    noise = ALPHA * np.sqrt(1 + np.log(made.T)) / np.sqrt((1 - B2) * (1 - B1**2 / B2)) * lengths(ROWS)
    rhs = first / ALPHA * (2 - B1) / 4 + (1 + B1) / (2 * (1 - B1) ** 2) * noise
    agrees(SHARP_DECAYING, "stated", trace, made, rhs)


@pytest.mark.parametrize(("low", "slope"), [(1.0, 1.0), (15.0, -1.0)])
def test_theorem_5_has_the_terms_of_its_printings(low, slope) -> None:
    """The average of the squares, and decays for a horizon: zeta is smaller with alpha_T there."""
    rows = np.full((12, 2), [2.0, -1.0])
    made = run(
        rows, alpha=ALPHA, second=weighted(lambda t: 1 - 1 / max(1, low + slope * (t - 1))), decay1=phases,
        half=HALF,
    )  # fmt: skip
    given = {"alpha": ALPHA, "beta1": B1, "first": low, "slope": slope, **PHASES}
    trace = played(THEOREM5, ADAMNC, rows, half=HALF, **given)
    seen = np.sqrt(np.cumsum(rows**2, axis=0) / made.w)
    zetas = {"": made.alphas[-1] * seen.max(), "_alpha_t": (made.alphas[:, None] * seen).max()}
    if slope > 0:
        assert zetas[""] == pytest.approx(ALPHA, rel=1e-12)
        assert zetas["_alpha_t"] == pytest.approx(ALPHA, rel=1e-12)
    else:
        assert zetas[""] < zetas["_alpha_t"] / 3
    first, second = SIDE**2 * last(made) / (2 * (1 - B1)), SIDE**2 * momenta(made)
    for which, zeta in zetas.items():
        third = 2 * zeta / (1 - B1) ** 3 * lengths(rows)
        agrees(THEOREM5, f"iclr{which}", trace, made, first + second / (2 * (1 - B1)) + third)
        found = agrees(
            THEOREM5, f"revision{which}", trace, made, first / ALPHA + second / (1 - B1) ** 2 + third
        )
        assert found.verdict in HOLDS


def test_corollary_2_has_the_terms_of_its_printing() -> None:
    """And the bound that holds instead."""
    made = run(
        ROWS, alpha=ALPHA, second=weighted(lambda t: 1 - 1 / t), decay1=lambda t: B1 * LAM ** (t - 1),
        half=HALF,
    )  # fmt: skip
    given = {"alpha": ALPHA, "beta1": B1, "lam1": LAM}
    trace = played(COROLLARY2, ADAMNC_AVERAGE, ROWS, half=HALF, **given)
    size, largest = lengths(ROWS), np.abs(ROWS).max()
    second = B1 * SIDE**2 * largest / (2 * (1 - B1) * (1 - LAM) ** 2)
    rhs = SIDE**2 / (2 * (1 - B1)) * size + second + 2 * ALPHA / (1 - B1) ** 3 * size
    agrees(COROLLARY2, "iclr", trace, made, rhs)
    trace = played(AVERAGE, ADAMNC_AVERAGE, ROWS, half=HALF, **given)
    factor = SIDE**2 * (2 - B1) / (4 * ALPHA * (1 - B1)) + ALPHA * (1 + B1) / (1 - B1) ** 2
    agrees(AVERAGE, "stated", trace, made, factor * size)


def test_the_assumption_of_theorem_5_is_checked_in_every_round() -> None:
    """sqrt(v_t)/alpha_t falls after a large gradient when v_t is the last square."""
    given = {"alpha": ALPHA, "beta1": 0.0, "first": 1.0, "slope": 0.0, **PHASES}
    falling = check(THEOREM5, "revision", played(THEOREM5, ADAMNC, [[3.0], [1.0], [9.0]], **given))
    assert falling.verdict is Verdict.ASSUMPTION_BROKEN
    rising = check(THEOREM5, "revision", played(THEOREM5, ADAMNC, [[3.0], [4.0], [9.0]], **given))
    assert rising.verdict in HOLDS


@pytest.mark.parametrize("exhibit", [*ONE_ROUND, ALTERNATING], ids=lambda e: e.name)
def test_the_printings_that_fall(exhibit) -> None:
    """Each game exceeds its bound for certain, and not a bound four times as large."""
    found = exhibit.counterexample
    assert excess(found) > 0.01
    one = found.theorem.reading(found.reading)
    larger = replace(found.theorem, readings=(replace(one, rhs=4 * one.rhs),))
    assert excess(Counterexample(larger, found.reading, found.game)) < 0
    assert not found.theorem.status.proved


def test_the_alternating_game_satisfies_what_theorem_5_assumes() -> None:
    """(2) strictly, (1) with a zeta close to alpha; with alpha_t in (1) it is far from a violation."""
    game = ALTERNATING.counterexample.game
    rows = np.array([[float(row[0])] for row in game.rows])
    given = {name: float(value) for name, value in game.parameters.items()}
    trace = played(THEOREM5, ADAMNC, rows, **given)
    assert check(THEOREM5, "revision", trace).verdict is Verdict.VIOLATED
    assert check(THEOREM5, "revision_alpha_t", trace).margin > 10
    made = run(
        rows, alpha=given["alpha"], second=weighted(lambda t: 1 - 1 / (2502 - t)), decay1=lambda t: 0.0
    )
    assert np.all(np.diff(np.sqrt(made.w[:, 0]) / made.alphas) > 0)
    seen = np.sqrt(np.cumsum(rows**2, axis=0) / made.w)
    assert made.alphas[-1] * seen.max() == pytest.approx(given["alpha"] * np.sqrt(2501 / 2500), rel=1e-9)
    assert made.regret[-1] == pytest.approx(320.336, abs=1e-3)


PROVED = [
    (THEOREM4, "arxiv", AMSGRAD_PHASES), (THEOREM4, "revision", AMSGRAD_PHASES),
    (EUCLIDEAN, "euclidean", AMSGRAD_PHASES), (COROLLARY1, "revision", AMSGRAD_DECAYING),
    (SHARP_DECAYING, "stated", AMSGRAD_DECAYING), (THEOREM5, "revision_alpha_t", ADAMNC),
    (AVERAGE, "stated", ADAMNC_AVERAGE),
]  # fmt: skip


@pytest.mark.parametrize(("theorem", "key", "recurrence"), PROVED, ids=lambda v: getattr(v, "id", None))
def test_what_is_proved_holds_on_drawn_games(theorem, key, recurrence) -> None:
    """Wild gradients and parameters; a small part of the bound is exceeded by every one of them."""
    rng = np.random.default_rng([*map(ord, theorem.id + key)])
    tiny = replace(theorem, readings=(replace(theorem.reading(key), rhs=theorem.reading(key).rhs / 10**4),))
    violated = 0
    for _ in range(6):
        rows = rng.normal(size=(20, 2)) * 10.0 ** rng.uniform(-2, 2, size=(20, 1))
        b1 = rng.choice([0.1, 0.5, 0.8])
        drawn = {
            "alpha": 10.0 ** rng.uniform(-2, 1), "beta1": b1,
            "beta2": 1 - (1 - b1**2) * rng.uniform(0.01, 0.9),
            "lam1": rng.uniform(0.1, 0.99), "first": 1.0, "slope": 1.0, "low": rng.uniform(),
            "high": rng.uniform(), "hold": rng.integers(1, 10),
        }  # fmt: skip
        given = {p.name: drawn[p.name] for p in recurrence.parameters}
        trace = played(theorem, recurrence, rows, **given)
        found = check(theorem, key, trace)
        assert found.verdict in HOLDS, found.reason
        violated += check(tiny, key, trace).verdict is Verdict.VIOLATED
    assert violated == 6


def test_the_sharp_constants_are_tight_in_one_round() -> None:
    """beta1 = 0 and alpha = D sqrt(1 - beta2): a bound that is one part in a million smaller is false."""
    given = {"alpha": 1.0, "beta1": 0.0, "beta2": 0.75, "lam1": 0.5}
    trace = played(SHARP_DECAYING, AMSGRAD_DECAYING, [[1.0]], **given)
    assert check(SHARP_DECAYING, "stated", trace).margin == pytest.approx(1, abs=1e-12)
    (one,) = SHARP_DECAYING.readings
    less = replace(SHARP_DECAYING, readings=(replace(one, rhs=one.rhs * (1 - Rational(1, 10**6))),))
    assert check(less, "stated", trace).verdict is Verdict.VIOLATED


def test_degrees_tell_which_printings_lack_alpha() -> None:
    """Under x -> x/s those of ICLR are not homogeneous; under f -> c f all are."""
    for theorem, recurrence in ((THEOREM4, AMSGRAD_PHASES), (THEOREM5, ADAMNC)):
        for reading in theorem.readings:
            loss, unit, copies = degrees(theorem, reading.key, recurrence).findings
            assert loss.homogeneous
            assert copies.homogeneous
            assert unit.homogeneous is ("iclr" not in reading.key)
    assert not degrees(COROLLARY1, "revision", AMSGRAD_DECAYING).findings[1].homogeneous
    assert degrees(AVERAGE, "stated", ADAMNC_AVERAGE).homogeneous
    assert degrees(LINEAR_REGRET, "example", ADAM_OF_THEOREM1).homogeneous


def test_phases_hold_a_constant_momentum() -> None:
    """low = high = 1 is AMSGrad; an algorithm without the usual momentum is refused."""
    given = {"alpha": ALPHA, "beta1": B1, "beta2": B2}
    same = played(THEOREM4, AMSGRAD_PHASES, ROWS, **given, low=1.0, high=1.0, hold=1.0)
    usual = played(THEOREM4.asked_of(AMSGRAD_DECAYING.name), AMSGRAD_DECAYING, ROWS, **given, lam1=1.0)
    keys = ("iclr", "arxiv", "revision")
    for key in keys:
        other = THEOREM4.asked_of(AMSGRAD_DECAYING.name)
        assert check(THEOREM4, key, same).rhs[-1] == check(other, key, usual).rhs[-1]
    assert with_phases(AMSGRAD) == AMSGRAD_PHASES
    with pytest.raises(ValueError, match="`recurrence` = SGD"):
        with_phases(SGD)


@pytest.mark.parametrize(("large", "alpha"), [(2.1, 0.9), (3.0, 0.5), (10.0, 0.99)])
def test_adams_regret_is_linear(large, alpha) -> None:
    """The bound of the example holds; without the large gradients in time it does not apply."""
    rows = np.resize([[large], [-1.0], [-1.0]], (300, 1))
    given = {"alpha": alpha, "large": large}
    trace = played(LINEAR_REGRET, ADAM_OF_THEOREM1, rows, **given)
    found = check(LINEAR_REGRET, "example", trace)
    assert found.verdict in HOLDS, found.reason
    assert found.rhs[-1] == pytest.approx(-(2 * large - 4) * 298 / 3, rel=1e-12)
    assert found.lhs_upper[-1] < -(2 * large - 4) * 99
    late = played(LINEAR_REGRET, ADAM_OF_THEOREM1, np.roll(rows, 1, axis=0), **given)
    assert check(LINEAR_REGRET, "example", late).verdict is Verdict.ASSUMPTION_BROKEN


def test_three_times_the_claimed_linear_regret_is_too_much() -> None:
    """The control on the same game."""
    rows = np.resize([[3.0], [-1.0], [-1.0]], (300, 1))
    trace = played(LINEAR_REGRET, ADAM_OF_THEOREM1, rows, alpha=0.5, large=3.0)
    (one,) = LINEAR_REGRET.readings
    more = replace(LINEAR_REGRET, readings=(replace(one, rhs=3 * one.rhs),))
    assert check(more, "example", trace).verdict is Verdict.VIOLATED


SLOW = {"alpha": 0.5, "beta1": 0.3, "beta2": 0.5, "N": 200.0}
"""Numbers that the statement with a long period allows."""


def long_period(period=200, scale=1.0):
    """Six blocks of a large gradient and period - 1 small ones."""
    block = np.full((period, 1), -scale)
    block[0] = period * scale
    return np.tile(block, (6, 1))


@pytest.mark.parametrize("changes", [{}, {"alpha": 1e-3}, {"alpha": 100.0}, {"beta1": 0.0}, {"beta2": 0.4}])
def test_adams_regret_is_linear_with_momentum(changes) -> None:
    """Whatever the step; the right side is c D (T - N)/N."""
    trace = played(EVERY_BETA, ADAM_OF_THEOREM2, long_period(), **{**SLOW, **changes})
    found = check(EVERY_BETA, "example", trace)
    assert found.verdict in HOLDS, found.reason
    assert found.rhs[-1] == pytest.approx(-2 * 5, rel=1e-12)
    assert found.lhs_upper[-1] <= -2 * 6


def test_twice_the_claimed_regret_with_momentum_is_too_much() -> None:
    """Must-fail control: with tiny steps the regret is hardly more than claimed."""
    trace = played(EVERY_BETA, ADAM_OF_THEOREM2, long_period(), **{**SLOW, "alpha": 1e-3})
    (one,) = EVERY_BETA.readings
    more = replace(EVERY_BETA, readings=(replace(one, rhs=2 * one.rhs),))
    assert check(more, "example", trace).verdict is Verdict.VIOLATED


@pytest.mark.parametrize(
    ("rows", "changes", "words"),
    [
        (np.roll(long_period(), 1, axis=0), {}, "again and again"),
        (long_period(199), {}, "again and again"),
        (long_period()[:700], {"N": 199.5}, "whole number"),
        (-long_period(), {}, "c > 0"),
        (long_period(), {"beta1": 0.75}, "beta1 < sqrt"),
        (long_period(60), {"N": 60.0}, "sqrt(2 N)"),
    ],
)
def test_the_long_period_is_only_about_its_own_stream(rows, changes, words) -> None:
    """Another stream, a broken N, and numbers outside the conditions."""
    trace = played(EVERY_BETA, ADAM_OF_THEOREM2, rows, **{**SLOW, **changes})
    found = check(EVERY_BETA, "example", trace)
    assert found.verdict is Verdict.ASSUMPTION_BROKEN
    assert any(words in a.text for a in found.assumptions if not a.holds)
