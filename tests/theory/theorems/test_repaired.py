"""The repaired theorems hold on every run, and are no weaker than they have to be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sympy import Rational, S, lambdify

from bounds.evaluate import check, checks
from bounds.verdict import Verdict
from levels import mostly_slow
from online_sim.domains import Box, Ellipsoid, L2Ball, Simplex
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams import ArrayStream, constant, reddi, wrong_end
from theory.algorithms.adal import (
    ADAL,
    ADAL_NO_EPS,
    ADAL_R1,
    ADAL_R1_EPS,
    ADAL_R1_PRINTED_EPS,
    ADAL_R2,
    ADAL_R2_EPS,
    ADAL_R2_PRINTED_EPS,
    ADAL_R3,
    ADAL_R3_EPS,
    ADAL_R3_PRINTED_EPS,
    ADAL_V,
)
from theory.algorithms.registry import algorithms
from theory.losses.half_square import HALF_SQUARE
from theory.losses.linear import LINEAR
from theory.losses.squared import SQUARED
from theory.parameters import beta1, beta2
from theory.printing.latex_objects import statement_latex
from theory.printing.mathml import flaw_of, mathml
from theory.quantities import Expectation, Quantity, Regret, Supremum
from theory.statement import Requires, Status, Theorem
from theory.symbols import z
from theory.theorems import realisable, repaired, repaired_nonconvex
from theory.theorems.realisable import AVERAGED, BY_ROOT, BY_SMALLEST
from theory.theorems.repaired import (
    R_ANY_GAMMA,
    R_CORRECTED,
    R_EPS,
    R_EPS_BOX,
    V_PRINTED,
    V_UNCORRECTED,
    R,
    V,
)
from theory.theorems.repaired_nonconvex import P, p_4, q_1, q_2

CASES = [
    (ADAL_R1, (R, R_ANY_GAMMA)),
    (ADAL_R2, (R, R_CORRECTED, R_ANY_GAMMA)),
    (ADAL_R3, (R, R_CORRECTED, R_ANY_GAMMA)),
    (ADAL_R1_EPS, (R_EPS,)),
    (ADAL_R2_EPS, (R_EPS,)),
    (ADAL_R3_EPS, (R_EPS,)),
    (ADAL_NO_EPS, (V,)),
    (ADAL_V, (V_UNCORRECTED,)),
]
BOX_CASES = [
    (ADAL_R1_PRINTED_EPS, (R_EPS_BOX,)),
    (ADAL_R2_PRINTED_EPS, (R_EPS_BOX,)),
    (ADAL_R3_PRINTED_EPS, (R_EPS_BOX,)),
    (ADAL, (V_PRINTED,)),
]
DOMAINS = {
    "box": Box([-1.0, -0.5, -2.0], [1.0, 0.5, 0.0]),
    "ball": L2Ball(3, radius=1.0),
    "simplex": Simplex(3),
    "ellipsoid": Ellipsoid([1.0, 0.5, 0.1]),
}
GAMES = [
    *[pytest.param(r, th, name, id=f"{r.name}-{name}") for r, th in CASES for name in DOMAINS],
    *[pytest.param(r, th, "box", id=f"{r.name}-box") for r, th in BOX_CASES],
]
INTERVAL = Box(-1.0, 1.0, dimension=1)


def all_theorems() -> list[Theorem]:
    """Every theorem object of the three modules."""
    modules = (repaired, realisable, repaired_nonconvex)
    return [t for module in modules for t in vars(module).values() if isinstance(t, Theorem)]


def drawn_rows(rng: np.random.Generator, kind: int, horizon: int, dimension: int) -> np.ndarray:
    """Gradients of one of six kinds: plain, wildly scaled, sparse, periodic, spikes, growing."""
    plain = rng.normal(size=(horizon, dimension))
    if kind == 1:
        return plain * 10.0 ** rng.uniform(-3, 3, size=(horizon, 1))
    if kind == 2:
        return plain * (rng.random((horizon, dimension)) < 0.2)
    if kind == 3:
        return np.resize(plain[: rng.integers(1, 6)], (horizon, dimension))
    if kind == 4:
        spikes = np.where(np.arange(horizon) % rng.integers(2, 7) == 0, 5.0, -1.0)
        return spikes[:, None] * np.sign(plain[0])
    if kind == 5:
        return plain[0] * rng.uniform(0.8, 1.25) ** np.arange(horizon)[:, None]
    return plain


def drawn_parameters(rng: np.random.Generator, replicates: int) -> dict[str, np.ndarray]:
    """One value for each replicate, with beta1^2 < beta2."""
    b1 = rng.choice([0.0, 0.5, 0.9, 0.99], size=replicates)
    b2 = b1**2 + (1 - b1**2) * rng.choice([0.001, 0.1, 0.5, 0.9, 0.999], size=replicates)
    return {
        "alpha": 10.0 ** rng.uniform(-2, 1, size=replicates),
        "beta1": b1,
        "beta2": np.minimum(b2, 0.9999),
        "eps": 10.0 ** rng.uniform(-8, 0, size=replicates),
    }


def chosen(recurrence, parameters):
    """Those parameters that the recurrence has."""
    known = {p.name for p in recurrence.parameters}
    return {name: value for name, value in parameters.items() if name in known}


def recorded(theorems):
    """What several theorems ask a run to record."""
    return list(dict.fromkeys(q for theorem in theorems for q in theorem.quantities))


def holds(found) -> None:
    """Neither violated nor open nor inapplicable."""
    for c in found:
        assert c.verdict in {Verdict.HOLDS, Verdict.VACUOUS}, (c.id, c.verdict, c.reason)


def held_on_random_games(recurrence, theorems, name, *, replicates, horizon) -> None:
    """Play replicates of random games from the boundary in one run, and hold the theorems against all."""
    rng = np.random.default_rng([replicates, *map(ord, recurrence.name + name)])
    domain = DOMAINS[name]
    streams = [ArrayStream(drawn_rows(rng, k % 6, horizon, 3)) for k in range(replicates)]
    starts = np.stack([domain.maximiser(u) for u in rng.normal(size=(replicates, 3))])
    trace = play(
        Game(
            recurrence,
            LINEAR,
            streams,
            domain,
            horizon=horizon,
            parameters=chosen(recurrence, drawn_parameters(rng, replicates)),
            start=starts,
            replicates=replicates,
        ),
        engine="numpy",
        record=recorded(theorems),
        checkpoints=12,
    )
    for theorem in theorems:
        assert theorem.about(recurrence.name)[0]
        found = checks(theorem, trace)
        holds(found)
        # The enclosure of the regret is a few hundred eps wide.
        assert all(c.margin is None or c.margin >= 1 - 1e-10 for c in found)


def a_set_in_turn(number, recurrence, theorems, name):
    """Whether a plain test plays it: every algorithm on one set, the sets in turn."""
    row, column = divmod(number, len(DOMAINS))
    return (recurrence, theorems) in BOX_CASES or column == row % len(DOMAINS)


@pytest.mark.parametrize(("recurrence", "theorems", "name"), mostly_slow(GAMES, a_set_in_turn))
def test_no_violation_on_random_games(recurrence, theorems, name) -> None:
    """36 runs of 64 replicates: 2304 trajectories of many kinds of gradients, betas and step sizes."""
    held_on_random_games(recurrence, theorems, name, replicates=64, horizon=40)


@pytest.mark.slow
@pytest.mark.parametrize(("recurrence", "theorems", "name"), GAMES)
def test_no_violation_on_many_random_games(recurrence, theorems, name) -> None:
    """36 runs of 450 replicates: 16 200 longer trajectories."""
    held_on_random_games(recurrence, theorems, name, replicates=450, horizon=200)


def interval(recurrence, theorem, stream, horizon, *, loss=LINEAR, start=1.0, **parameters):
    """A trace in [-1, 1] that records what a theorem asks for."""
    return play(
        Game(recurrence, loss, stream, INTERVAL, horizon=horizon, parameters=parameters, start=[start]),
        record=theorem.quantities,
        checkpoints="all",
        engine="numpy",
    )


def shrunk(theorem):
    """The same statement with a right side that is one part in a million smaller."""
    factor = 1 - Rational(1, 10**6)
    return replace(theorem, readings=tuple(replace(r, rhs=factor * r.rhs) for r in theorem.readings))


TIGHT = {"alpha": 1.0, "beta1": 0.0, "beta2": 0.75}


@pytest.mark.parametrize("scale", [1.0, 3.0, 1e-4])
@pytest.mark.parametrize(
    ("recurrence", "theorem"),
    [(ADAL_R1, R), (ADAL_R1, R_ANY_GAMMA), (ADAL_V, V_UNCORRECTED)],
    ids=lambda value: getattr(value, "id", ""),
)
def test_the_constants_are_reached_in_one_round(recurrence, theorem, scale) -> None:
    """beta1 = 0, alpha = D sqrt(1 - beta2): the two terms are equal, and their sum is the weighted regret."""
    trace = interval(recurrence, theorem, constant([scale]), 1, **TIGHT)
    for c in checks(theorem, trace):
        assert c.verdict is not Verdict.VIOLATED
        assert c.margin == pytest.approx(1, abs=1e-12)
    for c in checks(shrunk(theorem), trace):
        assert c.verdict is Verdict.VIOLATED


def test_each_term_of_theorem_r_is_needed() -> None:
    """With either term one part in a thousand smaller the tight case is violated."""
    trace = interval(ADAL_R1, R, constant([1.0]), 1, **TIGHT)
    terms = R.reading("D").rhs.as_ordered_terms()
    assert len(terms) == 2
    for term in terms:
        less = replace(R, readings=(replace(R.reading("D"), rhs=R.reading("D").rhs - term / 1000),))
        assert check(less, "D", trace).verdict is Verdict.VIOLATED


def test_the_tightness_at_the_usual_parameters_is_reported() -> None:
    """beta1 = 0.9, beta2 = 0.999, one round: the best ratio is sqrt(2(1-b1) sqrt(1-gamma)/((2-b1)(1+b1)))."""
    b1, b2 = 0.9, 0.999
    gamma = b1**2 / b2
    expected = np.sqrt(2 * (1 - b1) * np.sqrt(1 - gamma) / ((2 - b1) * (1 + b1)))
    # The two terms p/alpha + q alpha are equal at alpha = sqrt(p/q).
    p, q = 4 * (2 - b1) / (4 * (1 - b1)) * np.sqrt(1 - b2), (1 + b1) / 2 / np.sqrt((1 - b2) * (1 - gamma))
    trace = interval(ADAL_R1, R, constant([1.0]), 1, alpha=np.sqrt(p / q), beta1=b1, beta2=b2)
    assert 1 / check(R, "D", trace).margin == pytest.approx(expected, rel=1e-12)


def test_the_sides_of_x_never_give_a_worse_bound_than_its_diameter() -> None:
    """Reading D_i is at most reading D, and smaller where the sides differ."""
    rows = np.random.default_rng(1).normal(size=(30, 3))
    trace = play(
        Game(
            ADAL_R2,
            LINEAR,
            ArrayStream(rows),
            DOMAINS["box"],
            horizon=30,
            parameters={"alpha": 0.5, "beta1": 0.5, "beta2": 0.9},
        ),
        engine="numpy",
        checkpoints="all",
        record=recorded((R, R_CORRECTED)),
    )
    for theorem in (R, R_CORRECTED):
        wide, narrow = checks(theorem, trace)
        assert np.all(narrow.rhs < wide.rhs)
    corrected, plain = check(R_CORRECTED, "D", trace), check(R, "D", trace)
    assert np.all(corrected.rhs <= plain.rhs)
    assert corrected.rhs[0] < 0.9 * plain.rhs[0]


# Must-fail controls: what the repairs are needed for.


def test_without_the_weights_theorem_r_is_false() -> None:
    """The plain regret of the wrong-end stream exceeds the same bound: the weights cannot be dropped."""
    plain = replace(R, lhs=Regret(S.One))
    parameters = {"alpha": 0.1, "beta1": 0.9, "beta2": 0.999}
    trace = play(
        Game(
            ADAL_R2, LINEAR, wrong_end(2, 3), INTERVAL, horizon=4_000_000, parameters=parameters, start=[-1.0]
        ),
        record=recorded((plain, R)),
        engine="auto",
    )
    assert check(plain, "D", trace).verdict is Verdict.VIOLATED
    assert check(R, "D", trace).verdict is Verdict.HOLDS


def test_without_the_maximum_theorem_r_is_false() -> None:
    """Reddi's stream with a short memory: the weighted regret of AdaL itself is linear; Corollary V holds."""
    parameters = {"alpha": 1.0, "beta1": 0.0, "beta2": 1 / 82}
    trace = play(
        Game(ADAL_NO_EPS, LINEAR, reddi(3), INTERVAL, horizon=3000, parameters=parameters, start=[1.0]),
        record=recorded((R, V)),
        engine="numpy",
    )
    assert check(R, "D", trace).verdict is Verdict.ASSUMPTION_BROKEN
    assert check(R.asked_of(ADAL_NO_EPS.name), "D", trace).verdict is Verdict.VIOLATED
    holds(checks(V, trace))


def test_the_printed_epsilon_is_for_boxes_only() -> None:
    """On another set the assumption is named as broken."""
    trace = play(
        Game(
            ADAL_R2_PRINTED_EPS,
            LINEAR,
            constant([1.0, 0.5]),
            L2Ball(2, radius=1.0),
            horizon=2,
            parameters={"alpha": 1.0},
        ),
        engine="numpy",
        record=R_EPS_BOX.quantities,
    )
    found = check(R_EPS_BOX, "D", trace)
    assert found.verdict is Verdict.ASSUMPTION_BROKEN
    assert "box" in found.reason


# The realisable corollaries.

PLANTED = np.array([0.5, -0.25, 0.125])
TILT = {"alpha": 0.5, "beta1": 0.5, "beta2": 0.9}


def planted_trace(label_shift=0.0, point=PLANTED, horizon=200):
    """Squared loss with dyadic rows on a cube; the labels are those of a planted point, or shifted."""
    rows = np.random.default_rng(5).integers(-8, 9, size=(horizon, 3)) / 8
    labels = rows @ PLANTED
    labels[::3] += label_shift
    return play(
        Game(
            ADAL_R2,
            SQUARED,
            ArrayStream(rows, labels),
            Box(-1.0, 1.0, dimension=3),
            horizon=horizon,
            parameters=TILT,
            start=[-1.0, 1.0, 1.0],
        ),
        record=recorded((BY_SMALLEST, BY_ROOT)),
        engine="numpy",
        vectors={z: point},
        checkpoints="all",
    )


@pytest.mark.parametrize("theorem", [BY_SMALLEST, BY_ROOT], ids=lambda th: th.id)
def test_the_plain_regret_is_bounded_where_one_point_fits_all(theorem) -> None:
    """Planted labels: f_t(z) = 0 in every round."""
    found = check(theorem, "D", planted_trace())
    assert found.verdict is Verdict.HOLDS
    assert all(a.holds for a in found.assumptions)
    assert found.lhs_upper[-1] > 1


@pytest.mark.parametrize("theorem", [BY_SMALLEST, BY_ROOT], ids=lambda th: th.id)
def test_realisability_is_checked_in_every_round(theorem) -> None:
    """With noise in the labels no single point is best in every round, and the theorem is silent."""
    found = check(theorem, "D", planted_trace(label_shift=1.0))
    assert found.verdict is Verdict.ASSUMPTION_BROKEN
    assert "f_t(z)" in found.reason


def test_a_point_outside_the_set_is_refused() -> None:
    """z must lie within the sides of X of every point played."""
    found = check(BY_ROOT, "D", planted_trace(point=np.array([4.0, 0.0, 0.0])))
    assert found.verdict is Verdict.ASSUMPTION_BROKEN
    assert "z lies in X" in found.reason


def test_the_weighted_average_point_converges() -> None:
    """f(x) = ||x||^2/2 against its minimum."""
    trace = play(
        Game(
            ADAL_R2,
            HALF_SQUARE,
            domain=Box(-1.0, 1.0, dimension=3),
            horizon=400,
            parameters=TILT,
            start=[1.0, 1.0, 1.0],
        ),
        record=AVERAGED.quantities,
        engine="numpy",
        vectors={z: [0.0] * 3},
    )
    found = check(AVERAGED, "D", trace)
    assert found.verdict is Verdict.HOLDS
    assert 0 < found.lhs_upper[-1] < found.lhs_upper[0]


# The statements as objects.


def test_the_repaired_theorems_are_proved_and_about_known_recurrences() -> None:
    """Their status says so, no id comes twice, and every algorithm's name is that of a recurrence."""
    found = all_theorems()
    assert len(found) >= 20
    assert len({th.id for th in found}) == len(found)
    own = [v for m in (repaired, repaired_nonconvex) for v in vars(m).values() if hasattr(v, "steps")]
    known = {*algorithms(), *(r.name for r in own)}
    for theorem in found:
        assert theorem.status.proved
        assert theorem.id.startswith("repaired.")
        assert theorem.algorithms
        assert set(theorem.algorithms) <= known


def test_a_statement_knows_its_algorithms() -> None:
    """Theorem R is not about AdaL as printed."""
    assert R.about(ADAL_R1.name) == (True, f"played: {ADAL_R1.name}")
    about, reason = R.about(ADAL.name)
    assert not about
    assert ADAL_R3.name in reason


def test_status_is_printed_unless_told_otherwise() -> None:
    """A theorem of a paper is to be checked."""
    from theory.theorems.adal import THEOREM1

    assert THEOREM1.status is Status.PRINTED


@pytest.mark.parametrize("theorem", all_theorems(), ids=lambda th: th.id)
def test_every_formula_prints_and_spells_out(theorem) -> None:
    """Clean MathML with every letter explained; the recorded nodes hold no letters and no expectations."""
    for reading in theorem.readings:
        printed = statement_latex(theorem, reading.key)
        for formula in (printed.formula, *printed.where):
            assert flaw_of(mathml(formula, block=True)) is None
    letters = [letter for letter, _ in theorem.letters]
    for q in theorem.quantities:
        assert isinstance(q, Quantity)
        assert not q.has(Expectation, Supremum, *letters)
    for reading in theorem.readings:
        assert not any(theorem.spelled_out(reading.rhs).has(letter) for letter in letters)
    assert any(a.condition in {Requires.CONVEX_LOSSES, Requires.SMOOTH_LOSS} for a in theorem.assumptions)


@pytest.mark.parametrize("b", [0.0, 0.5, 0.9, 0.99])
def test_the_moments_of_theorem_p(b) -> None:
    """Of p(k) = k sqrt(1 + k): q_2 = E p(K)^2, p_4^4 = E p(K)^4, and q_1 exceeds E p(K) by 10 % at most."""
    k = np.arange(1, 20_000, dtype=np.float64)
    law, p = (1 - b) * b**k, k * np.sqrt(1 + k)
    meanings = dict(P.letters)
    first, second = (float(lambdify(beta1, meanings[s])(b)) for s in (q_1, q_2))
    assert second == pytest.approx(np.sum(law * p**2), rel=1e-10, abs=1e-300)
    assert np.sum(law * p) <= first <= 1.1 * np.sum(law * p)
    if b > 0:
        fourth = float(lambdify(beta2, meanings[p_4])(b))
        assert fourth == pytest.approx(np.sum(law * p**4) ** 0.25, rel=1e-10)
