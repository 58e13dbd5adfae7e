"""Right sides against a transcription of the printed formulas, and what the evaluation refuses."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from sympy import Max, Rational, S, cos, log, sqrt

from bounds.evaluate import check, checks, only_used
from bounds.verdict import Verdict
from online_sim.domains.box import Box
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.all_paths import AllPaths
from online_sim.streams.alphabet import NoiseAlphabet, rademacher, skewed
from online_sim.streams.arrays import ArrayStream
from theory.algorithms.adal import ADAL
from theory.algorithms.sgd import SGD_CONSTANT
from theory.losses.half_square import HALF_SQUARE, NOISY_HALF_SQUARE
from theory.losses.linear import LINEAR
from theory.losses.scaled import scaled
from theory.parameters import alpha
from theory.quantities import CumMax, CumSum, Expectation, Norm1, Norm2Squared, Regret, Supremum
from theory.statement import Assumption
from theory.symbols import D, L, T, df, g, x
from theory.theorems.adal import THEOREM1, THEOREM2, theorem2
from toy_theorem import R, theorem

# A few dozen operations and a sum over T <= 20 rounds, each within one eps.
CLOSE = 200 * np.finfo(float).eps


def linear_game(rows, record, *, parameters=None, **options):
    """AdaL on given gradients in a box of side 2, every round recorded."""
    values = {"alpha": 0.3, "beta1": 0.8, "beta2": 0.9, "eps": 0.0, **(parameters or {})}
    array = np.asarray(rows, dtype=float)
    box = Box(-1.0, 1.0, dimension=array.shape[1])
    game = Game(ADAL, LINEAR, ArrayStream(array), box, horizon=len(array), parameters=values)
    return play(game, record=record, checkpoints="all", engine="numpy", **options)


def half_square():
    """AdaL on x^2/2 for two rounds, with what Theorem 2 asks for."""
    return play(
        Game(ADAL, HALF_SQUARE, horizon=2, parameters={"alpha": 0.1}, start=[2.0]),
        record=THEOREM2.quantities,
        engine="numpy",
    )


def plain_theorem_1(rows, alpha, beta1, beta2, diameter):
    """The printed bound, three readings, at every T: plain floats, nothing of this package."""
    d = len(rows[0])
    v, squares, largest = [0.0] * d, [0.0] * d, 0.0
    found = {"A": [], "B": [], "C": []}
    for n, row in enumerate(rows, start=1):
        norm = sum(abs(c) for c in row)
        largest = max(largest, norm)
        v = [beta2 * old + (1 - beta2) * (norm * c) ** 2 for old, c in zip(v, row, strict=True)]
        squares = [s + c * c for s, c in zip(squares, row, strict=True)]
        first = diameter**2 * math.sqrt(n) / (2 * alpha * (1 - beta1))
        first *= sum(math.sqrt(c / (1 - beta2**n)) for c in v)
        gamma = beta1**2 / beta2
        noise = alpha / math.sqrt((1 - beta2) * (1 - gamma)) * sum(math.sqrt(s) for s in squares)
        inside = 1 + math.log(n * largest)
        found["A"].append(first + math.sqrt(inside) * noise if inside >= 0 else math.nan)
        found["B"].append(first + math.sqrt((1 + math.log(n)) * largest) * noise)
        found["C"].append(first + math.sqrt(1 + math.log(n)) * largest * noise)
    return found


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("key", ["A", "B", "C"])
def test_theorem_1_is_the_printed_formula(seed, key) -> None:
    """The evaluated bound equals a transcription into plain Python, for random gradients and parameters."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(20, int(rng.integers(1, 5)))) * 10 ** rng.uniform(-1, 1)
    given = {"alpha": rng.uniform(0.01, 2), "beta1": rng.uniform(0, 0.9), "beta2": rng.uniform(0.9, 0.999)}
    trace = linear_game(rows, THEOREM1.quantities, parameters=given)
    expected = plain_theorem_1(rows.tolist(), given["alpha"], given["beta1"], given["beta2"], 2.0)[key]
    np.testing.assert_allclose(check(THEOREM1, key, trace).rhs, expected, rtol=CLOSE)


def plain_theorem_2(gradients, first, given, L, inverse):
    """The printed bound of Theorem 2 with f(x_*) = 0; gradients (R, T, d), inverse ||vhat_0^(-1/2)||_1."""
    d = gradients.shape[2]
    found = {"sqrtTM": [], "sqrtT_M": [], "sqrtT": []}
    a, b1, b2 = given["alpha"], given["beta1"], given["beta2"]
    for n in range(1, gradients.shape[1] + 1):
        G = max(abs(c) for run in gradients[:, :n] for row in run for c in row)
        M = max(sum(abs(c) for c in row) for run in gradients[:, :n] for row in run)
        bracket = G / a * first
        bracket += G**3 * M / (1 - b1) * inverse
        bracket += G**3 * d / (4 * L * a * (1 - b1))
        bracket += G * L * d * a * (1 - b1) * (1 + math.log(n)) / ((1 - b2) * (1 - b1**2 / b2))
        found["sqrtTM"].append(bracket / math.sqrt(n * M))
        found["sqrtT_M"].append(bracket / (math.sqrt(n) * M))
        found["sqrtT"].append(bracket / math.sqrt(n))
    return found


@pytest.mark.parametrize("policy", ["first", 1, Rational(9, 4)])
@pytest.mark.parametrize("key", ["sqrtTM", "sqrtT_M", "sqrtT"])
@pytest.mark.parametrize("noisy", [False, True])
def test_theorem_2_is_the_printed_formula(policy, key, noisy) -> None:
    """Both policies for vhat_0, without noise and over all noise paths, in d = 3 and d = 1."""
    given = {"alpha": 0.2, "beta1": 0.5, "beta2": 0.8, "eps": 1e-3}
    made = theorem2(vhat_0_is=policy)
    setting = {"horizon": 5, "parameters": given}
    if noisy:
        start = np.array([1.5])
        noise = skewed(2)
        game = Game(ADAL, scaled(NOISY_HALF_SQUARE, 3), AllPaths(noise), start=start, **setting)
        handed = np.unique(3 * start + noise.values, axis=0)
    else:
        start = np.array([1.5, -0.5, 2.0])
        game = Game(ADAL, scaled(HALF_SQUARE, 3), start=start, **setting)
        handed = 3 * start[None, :]
    trace = play(game, record=(x, *made.quantities), checkpoints="all", engine="numpy")
    points = trace[x] if noisy else trace[x][None]
    # vhat_1 = (||g_1||_1 g_1)^2, the worst over what may be handed out in round 1.
    inverse = max(float(np.sum(1 / np.abs(np.abs(row).sum() * row))) for row in handed)
    if policy != "first":
        inverse = len(start) / math.sqrt(policy)
    expected = plain_theorem_2(3 * points, 1.5 * float(start @ start), given, 3.0, inverse)[key]
    found = check(made, key, trace)
    np.testing.assert_allclose(found.rhs, expected, rtol=CLOSE)
    assert found.verdict is not Verdict.ASSUMPTION_BROKEN


def test_the_left_side_of_theorem_2_is_the_average_over_rounds() -> None:
    """(1/T) sum ||grad f(x_t)||^2 from the recorded points."""
    trace = play(
        Game(ADAL, HALF_SQUARE, horizon=6, parameters={"alpha": 0.3}, start=[2.0, -1.0]),
        record=(x, *THEOREM2.quantities),
        checkpoints="all",
        engine="numpy",
    )
    squares = np.sum(trace[x] ** 2, axis=1)
    found = check(THEOREM2, "sqrtT", trace)
    expected = np.cumsum(squares) / np.arange(1, 7)
    np.testing.assert_allclose(found.lhs_lower, expected, rtol=CLOSE)
    assert (found.lhs_lower <= expected).all()
    assert (expected <= found.lhs_upper).all()
    # A point that never moves has the first squared gradient in every round.
    np.testing.assert_allclose(found.trivial, squares[0], rtol=CLOSE)


def test_what_doing_nothing_guarantees_follows_the_left_side() -> None:
    """D sum ||g_t||_1 for the regret; the same outer expression around it for an average or a multiple."""
    rows = np.random.default_rng(5).normal(size=(8, 2))
    rounds = np.arange(1, 9)
    nothing = 2.0 * np.cumsum(np.abs(rows).sum(axis=1))
    for lhs, expected in ((R, nothing), (R / T, nothing / rounds), (3 * R + T, 3 * nothing + rounds)):
        made = theorem(S(10) ** 6, lhs=lhs)
        found = check(made, "A", linear_game(rows, made.quantities))
        np.testing.assert_allclose(found.trivial, expected, rtol=CLOSE)
        assert found.verdict is Verdict.VACUOUS


def test_a_mean_that_is_no_average_has_no_trivial_bound() -> None:
    """Only the average of one quantity over the rounds is constant for a point that never moves."""
    total = Expectation(CumSum(Norm2Squared(df)))
    game = Game(ADAL, HALF_SQUARE, horizon=4, parameters={"alpha": 0.1}, start=[2.0])
    for lhs, known in ((total / T, True), (total, False), (total / T**2, False)):
        made = theorem(S(10) ** 6, lhs=lhs)
        found = check(made, "A", play(game, record=made.quantities, checkpoints="all", engine="numpy"))
        assert np.isfinite(found.trivial).all() == known
        assert found.verdict is (Verdict.VACUOUS if known else Verdict.HOLDS)


def test_a_node_may_stand_alone_and_inside_another_one() -> None:
    """||g_T||_1 beside its own sum over the rounds: each is taken from the trace under its own name."""
    rows = np.random.default_rng(1).normal(size=(6, 2))
    made = theorem(Norm1(g) + 10 * CumSum(Norm1(g)) + CumMax(Norm1(g)) ** 2)
    norms = np.abs(rows).sum(axis=1)
    expected = norms + 10 * np.cumsum(norms) + np.maximum.accumulate(norms) ** 2
    np.testing.assert_allclose(check(made, "A", linear_game(rows, made.quantities)).rhs, expected, rtol=CLOSE)


def test_a_supremum_may_stand_beside_what_it_is_of() -> None:
    """The largest M and M itself: without noise they are the same number, each found under its own name."""
    made = theorem(CumMax(Norm1(g)) + Supremum(CumMax(Norm1(g))))
    rows = [[1.0], [-3.0], [2.0]]
    found = check(made, "A", linear_game(rows, made.quantities))
    np.testing.assert_allclose(found.rhs, [2, 6, 6], rtol=CLOSE)
    np.testing.assert_allclose(found.rhs_upper, [2, 6, 6], rtol=CLOSE)


def test_the_left_side_may_hold_other_measured_nodes() -> None:
    """Regret over the largest gradient norm is a left side as well."""
    rows = np.random.default_rng(2).normal(size=(6, 2))
    made = theorem(S(10) ** 6, lhs=R / CumMax(Norm1(g)))
    trace = linear_game(rows, made.quantities)
    low, high = trace.interval(R)
    largest = np.maximum.accumulate(np.abs(rows).sum(axis=1))
    found = check(made, "A", trace)
    np.testing.assert_allclose(found.lhs_lower, low / largest, rtol=CLOSE)
    np.testing.assert_allclose(found.lhs_upper, high / largest, rtol=CLOSE)


def test_a_left_side_with_two_intervals_is_refused() -> None:
    """Two regrets have two best fixed points: one statement is about one of them."""
    made = theorem(S(1), lhs=R + Regret(Norm1(g)))
    with pytest.raises(ValueError, match="more than one"):
        check(made, "A", linear_game([[1.0], [-1.0], [1.0]], made.quantities))


@pytest.mark.parametrize("lhs", [R**2, -R, R * (2 - T)], ids=str)
def test_a_left_side_that_falls_with_the_regret_is_enclosed(lhs) -> None:
    """An interval goes through any formula; what doing nothing guarantees goes through a growing one only."""
    made = theorem(S(100), lhs=lhs)
    trace = linear_game([[1.0], [-1.0], [1.0]], made.quantities)
    low, high = trace.interval(R)
    found = check(made, "A", trace)
    for end in (low, high):
        value = np.array([float(lhs.subs({R: r, T: n})) for n, r in enumerate(end, start=1)])
        assert (found.lhs_lower <= value).all()
        assert (value <= found.lhs_upper).all()
    assert np.isnan(found.trivial).all()


def test_a_regret_on_the_right_is_refused() -> None:
    """A right side is one number, a regret is an interval."""
    made = theorem(R)
    with pytest.raises(ValueError, match="only on the left"):
        check(made, "A", linear_game([[1.0]], made.quantities))


def test_a_trace_without_the_quantities_is_refused() -> None:
    """The message says what to record, for each side."""
    with pytest.raises(ValueError, match=r"record=theorem\.quantities"):
        check(THEOREM1, "A", linear_game([[1.0]], [R]))
    with pytest.raises(ValueError, match=r"record=theorem\.quantities"):
        check(THEOREM1, "A", linear_game([[1.0]], [q for q in THEOREM1.quantities if q != R]))


def test_a_node_without_a_rule_is_refused() -> None:
    """The evaluation never guesses what a function means."""
    made = theorem(cos(log(T)) + S.EulerGamma * T)
    with pytest.raises(ValueError, match="EulerGamma"):
        check(made, "A", linear_game([[1.0]], made.quantities))


def test_a_condition_that_is_no_inequality_is_refused() -> None:
    """A maximum has no truth value."""
    made = theorem(S(9), assumptions=(Assumption("odd", Max(alpha, 1)),))
    with pytest.raises(ValueError, match="must be a relation"):
        check(made, "A", linear_game([[1.0]], made.quantities))


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({"l": 1.0}, "does not use"),
        ({"alpha": 2.0}, "the run itself has"),
        ({"T": 2.0}, "the run itself has"),
        ({"M": 2.0}, "does not use"),
        ({"L": math.nan}, "finite"),
        ({"L": math.inf}, "finite"),
    ],
)
def test_constants_that_cannot_be_meant_are_refused(given, match) -> None:
    """A misspelt, a forbidden or a meaningless constant is an error, never ignored."""
    trace = half_square()
    with pytest.raises(ValueError, match=match):
        checks(THEOREM2, trace, constants=given)


def test_a_given_constant_overrides_the_games_own() -> None:
    """L = 4 instead of L = 1 changes the bound as the formula says, and the assumption says so."""
    trace = half_square()
    own, given = check(THEOREM2, "sqrtT", trace), check(THEOREM2, "sqrtT", trace, constants={"L": 4.0})
    assert not np.allclose(own.rhs, given.rhs)
    assert any(a.detail == "L = 4 was given" for a in given.assumptions)


def test_a_missing_constant_is_an_error_unless_an_assumption_says_so() -> None:
    """A theorem that uses L and does not ask for smoothness cannot be evaluated without L."""
    made = theorem(L * T)
    with pytest.raises(ValueError, match="no value for L"):
        check(made, "A", linear_game([[1.0]], made.quantities))


def test_the_bound_is_undefined_below_one_over_e_in_reading_A_alone() -> None:
    """1 + log(T M) < 0 for T M < 1/e: NaN there and a number from then on; B and C are always defined."""
    rows = [[0.1]] * 6
    found = {c.id[-1]: c.rhs for c in checks(THEOREM1, linear_game(rows, THEOREM1.quantities))}
    assert (np.isnan(found["A"]) == (np.arange(1, 7) * 0.1 < 1 / math.e)).all()
    assert np.isfinite(found["B"]).all()
    assert np.isfinite(found["C"]).all()


def test_suprema_over_noise_are_taken_over_the_paths_and_only_there() -> None:
    """Two noise-free runs with different starts keep their own G; two noise paths share the larger one."""
    made = theorem(Supremum(CumMax(Norm1(df))), lhs=Expectation(CumSum(Norm2Squared(df))) / T)
    step = {"alpha": 0.1}
    options = {"record": made.quantities, "engine": "numpy", "checkpoints": "all"}
    two = Game(ADAL, HALF_SQUARE, horizon=1, parameters=step, start=[[1.0], [5.0]], replicates=2)
    runs = play(two, **options)
    # 5^2 against 5 is worse than 1^2 against 1; against cubes it is better.
    for exponent, start in ((1, 5.0), (3, 1.0)):
        powered = theorem(made.readings[0].rhs ** exponent, lhs=made.lhs)
        assert check(powered, "A", runs).rhs == pytest.approx(start**exponent, rel=CLOSE)
        assert check(powered, "A", runs).lhs_upper == pytest.approx(start**2, rel=CLOSE)
    noisy = Game(ADAL, NOISY_HALF_SQUARE, AllPaths(rademacher()), horizon=2, parameters=step, start=[1.0])
    paths = play(noisy, **options)
    norms = paths[str(CumMax(Norm1(df)))]
    np.testing.assert_allclose(check(made, "A", paths).rhs, norms.max(axis=0), rtol=CLOSE)


def test_a_path_counts_however_unlikely_it_is() -> None:
    """Probabilities of 1e-200 a round multiply to 0 in floats; the supremum is over all paths."""
    made = theorem(Supremum(CumMax(Norm1(g))), lhs=Expectation(CumSum(Norm2Squared(df))) / T)
    tiny = Fraction(1, 10**200)
    spike = NoiseAlphabet([100, -100 * tiny / (1 - tiny)], [tiny, 1 - tiny])
    paths = play(
        Game(
            SGD_CONSTANT,
            NOISY_HALF_SQUARE,
            AllPaths(spike),
            horizon=2,
            parameters={"alpha": 1.0},
            start=[0.0],
        ),
        record=made.quantities,
        checkpoints="all",
        engine="numpy",
    )
    assert min(paths.run.path_weights) == 0
    # x_2 = -xi_1 and g_2 = x_2 + xi_2: at most 100 in size, up to rounding.
    np.testing.assert_allclose(check(made, "A", paths).rhs, [100, 100], rtol=CLOSE)


def test_the_bound_grows_along_the_rounds_with_sqrt_T() -> None:
    """T is the round of each checkpoint, not the horizon."""
    made = theorem(D * sqrt(T))
    found = check(made, "A", linear_game([[1.0]] * 5, made.quantities)).rhs
    assert all(a < b for a, b in pairwise(found))
    np.testing.assert_allclose(found, 2 * np.sqrt(np.arange(1, 6)), rtol=CLOSE)


def test_a_constant_reaches_only_the_statements_that_use_it() -> None:
    """What a statement beside uses is left out here; what none uses stays, and is then refused."""
    one = theorem(S(9), letters=())
    other = theorem(9 + L, letters=())
    given = {"L": 2.0, "Q": 1.0}
    assert only_used(one, (one, other), given, {})[0] == {"Q": 1.0}
    assert only_used(other, (one, other), given, {})[0] == given
    assert only_used(one, (one,), given, {})[0] == given
    spans = {Norm1(g): (0.0, 1.0)}
    spanned = theorem(CumSum(Norm1(g)), letters=())
    assert only_used(one, (one, spanned), {}, spans)[1] == {}
    assert only_used(spanned, (one, spanned), {}, spans)[1] == spans
    assert only_used(one, (one,), {}, spans)[1] == spans
