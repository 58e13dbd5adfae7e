"""Statements whose truth is known: the tool confirms the true ones, refutes the false, and sees the ties."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from sympy import Rational, simplify, sqrt, symbols

from bounds.evaluate import check, checks
from bounds.verdict import Verdict
from online_sim.domains import Box, Ellipsoid, L2Ball, Simplex
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams import ArrayStream, constant
from theory.algorithms.adagrad import ADAGRAD, ADAGRAD_NO_EPS
from theory.algorithms.adam import adam
from theory.algorithms.amsgrad import AMSGRAD, AMSGRAD_R3
from theory.algorithms.decaying_momentum import ADAM_DECAYING, AMSGRAD_DECAYING, with_decaying_momentum
from theory.algorithms.nosadam import NOSADAM
from theory.algorithms.sgd import SGD, SGD_CONSTANT
from theory.losses.linear import LINEAR
from theory.printing.latex_objects import statement_latex
from theory.printing.mathml import flaw_of, mathml
from theory.quantities import CumMax, CumSum, MaxCoords, SumCoords
from theory.statement import Status
from theory.symbols import T, d, t, x
from theory.theorems.adagrad import DIAGONAL, DIAGONAL_DELTA
from theory.theorems.adam import KINGMA
from theory.theorems.amsgrad import ALACAOGLU, REDDI, REDDI_ICLR, SHARP
from theory.theorems.nosadam import HARMONIC
from theory.theorems.ogd import CONSTANT, SQRT
from theory.theorems.registry import theorems

TRUE = [
    (SGD, (SQRT,)),
    (SGD_CONSTANT, (CONSTANT,)),
    (ADAGRAD_NO_EPS, (DIAGONAL,)),
    (ADAGRAD, (DIAGONAL_DELTA,)),
    (AMSGRAD, (ALACAOGLU, SHARP)),
    (AMSGRAD_DECAYING, (REDDI,)),
    (NOSADAM, (HARMONIC,)),
]
THEOREMS = [KINGMA, REDDI_ICLR, *(theorem for _, theorems in TRUE for theorem in theorems)]
DOMAINS = {
    "box": Box([-1.0, -0.5, -2.0], [1.0, 0.5, 0.0]),
    "ball": L2Ball(3, radius=1.0),
    "simplex": Simplex(3),
    "ellipsoid": Ellipsoid([1.0, 0.5, 0.1]),
}
INTERVAL = Box(-1.0, 1.0, dimension=1)


def in_interval(recurrence, theorem, gradient, horizon, **parameters):
    """A trace of a constant gradient in [-1, 1], from the right end."""
    return play(
        Game(
            recurrence,
            LINEAR,
            constant([gradient]),
            INTERVAL,
            horizon=horizon,
            parameters=parameters,
            start=[1.0],
        ),
        record=theorem.quantities,
        checkpoints="all",
        engine="numpy",
    )


def shrunk(theorem):
    """The same statement with a right side that is one part in a million smaller."""
    factor = 1 - Rational(1, 10**6)
    return replace(theorem, readings=tuple(replace(r, rhs=factor * r.rhs) for r in theorem.readings))


def is_a_tie(theorem, trace) -> None:
    """Margin 1 to rounding, no violation, and a violation as soon as the constant is a little smaller."""
    (found,) = checks(theorem, trace)
    assert found.verdict is not Verdict.VIOLATED
    assert found.margin == pytest.approx(1, abs=1e-12)
    assert found.at == trace.horizon
    (less,) = checks(shrunk(theorem), trace)
    assert less.verdict is Verdict.VIOLATED


@pytest.mark.parametrize("gradient", [1.0, 1 / 3, 1000.0])
def test_gradient_descent_is_tight_in_one_round(gradient) -> None:
    """alpha = D/G."""
    is_a_tie(SQRT, in_interval(SGD, SQRT, gradient, 1, alpha=2 / gradient))


@pytest.mark.parametrize("horizon", [1, 2, 3, 5, 8, 50, 333])
def test_gradient_descent_with_a_constant_step_is_tight_at_every_horizon(horizon) -> None:
    """alpha = D/(G T): the last step arrives at the other end."""
    is_a_tie(CONSTANT, in_interval(SGD_CONSTANT, CONSTANT, 1.0, horizon, alpha=2 / horizon))


def test_the_sharp_amsgrad_bound_is_tight_in_one_round() -> None:
    """beta1 = 0, alpha = D sqrt(1 - beta2); the second constant of the source is twice as large."""
    trace = in_interval(AMSGRAD, SHARP, 1.0, 1, alpha=1.0, beta1=0.0, beta2=0.75)
    is_a_tie(SHARP, trace)
    # The two terms are 1 and 1 here, of the source 1 and 2; the regret is 2.
    assert check(ALACAOGLU, "stated", trace).margin == pytest.approx(1.5, abs=1e-12)


@pytest.mark.parametrize("gradient", [1e-3, 1e-5])
def test_adams_theorem_is_false_in_one_round(gradient) -> None:
    """For alpha > D/(2 (1 - beta1)) and small gradients the first term is less than the regret D g."""
    trace = in_interval(
        ADAM_DECAYING, KINGMA, gradient, 1, alpha=4.0, beta1=0.5, beta2=0.99, eps=0.0, lam1=0.5
    )
    found = checks(KINGMA, trace)
    assert [c.id for c in found] == ["adam.theorem4_1.stated", "adam.theorem4_1.proof"]
    for c in found:
        assert c.verdict is Verdict.VIOLATED
        assert c.lhs_lower[0] == pytest.approx(2 * gradient, rel=1e-9)
    assert KINGMA.status is Status.FALSE


def value(theorem, key, **values):
    """The right side of a reading in a game of one round, with these numbers for its letters."""
    rhs = theorem.spelled_out(theorem.reading(key).rhs)
    for node in (CumSum, CumMax, MaxCoords, SumCoords):
        rhs = rhs.replace(node, lambda e: e)
    rhs = rhs.subs({T: 1, t: 1, d: 1})
    named = {symbol.name: symbol for symbol in rhs.free_symbols}
    return rhs.subs({named[name]: number for name, number in values.items() if name in named})


def test_the_quoted_statements_have_the_terms_of_their_printings() -> None:
    """Each reading in one round against the sum of its terms, written out here with other letters."""
    a, b, c, lam, e, v, big, both = symbols("a b c lam e v big both", positive=True)
    kingma = {"alpha": a, "beta1": b, "beta2": c, "lam1": lam, "g": e, "vhat": v, "D": big, "D_2": both}
    terms = (
        both**2 * sqrt(v) / (2 * a * (1 - b))
        + a * (1 + b) * e / ((1 - b) * sqrt(1 - c) * (1 - b**2 / sqrt(c)) ** 2) * e
    )
    third = big**2 * e * sqrt(1 - c) / (2 * a * (1 - lam) ** 2)
    assert simplify(value(KINGMA, "stated", **kingma) - terms - third / (1 - b)) == 0
    assert simplify(value(KINGMA, "proof", **kingma) - terms - third / b) == 0
    reddi = {**kingma, "beta1_t": b}
    first, second = big**2 * sqrt(v) / (1 - b), big**2 * b * sqrt(v) / a
    noise = a * e / ((1 - b) ** 2 * (1 - b / sqrt(c)) * sqrt(1 - c))
    for theorem, key, expected in (
        (REDDI, "stated", first / a + second / (2 * (1 - b)) + noise),
        (REDDI, "revision", first / a + second / (1 - b) ** 2 + noise),
        (REDDI_ICLR, "stated", first + second / (2 * (1 - b)) + noise),
    ):
        assert simplify(value(theorem, key, **reddi) - expected) == 0


def test_the_first_printing_of_reddis_theorem_is_false() -> None:
    """Without alpha below the first term a small step refutes it in one round; both later printings hold."""
    small = {"alpha": 0.01, "beta1": 0.0, "beta2": 15 / 16, "lam1": 0.5}
    trace = in_interval(AMSGRAD_DECAYING, REDDI_ICLR, 1.0, 1, **small)
    (found,) = checks(REDDI_ICLR, trace)
    assert found.verdict is Verdict.VIOLATED
    # 2 against D^2/4 + 4 alpha.
    assert found.margin == pytest.approx((1 + 0.04) / 2, rel=1e-9)
    assert all(c.verdict is not Verdict.VIOLATED for c in checks(REDDI, trace))


def test_adagrads_printed_theorem_needs_a_term_with_delta() -> None:
    """A large delta keeps the point where it is: D T exceeds the printed sqrt(2) D sqrt(T)."""
    asked = DIAGONAL.asked_of(ADAGRAD.name)
    trace = in_interval(ADAGRAD, DIAGONAL_DELTA, 1.0, 100, alpha=2**0.5, eps=1e6)
    assert all(c.verdict is Verdict.VIOLATED for c in checks(asked, trace))
    assert all(c.verdict is not Verdict.VIOLATED for c in checks(DIAGONAL_DELTA, trace))


def test_every_quoted_statement_is_secondary_or_has_its_page() -> None:
    """Cited without a word is only what was read itself: the AdaL paper, and proofs of our own."""
    for theorem in theorems().values():
        source = theorem.source
        read = source.key in {"adal", "repaired"} or re.search(r"\bp\. \d+", source.place)
        assert read or source.secondary, theorem.id
        if source.secondary:
            assert str(source).endswith("(secondary)")
            assert all("secondary" in r.note for r in theorem.readings)


def test_adams_theorem_is_false_by_scale_alone() -> None:
    """The same game with large gradients is no counterexample."""
    trace = in_interval(ADAM_DECAYING, KINGMA, 1.0, 1, alpha=4.0, beta1=0.5, beta2=0.99, eps=0.0, lam1=0.5)
    assert checks(KINGMA, trace)[0].verdict is not Verdict.VIOLATED


def drawn_rows(rng, kind, horizon):
    """Gradients of one of four kinds: plain, wildly scaled, sparse, periodic."""
    plain = rng.normal(size=(horizon, 3))
    if kind == 1:
        return plain * 10.0 ** rng.uniform(-3, 3, size=(horizon, 1))
    if kind == 2:
        return plain * (rng.random((horizon, 3)) < 0.2)
    if kind == 3:
        return np.resize(plain[: rng.integers(1, 6)], (horizon, 3))
    return plain


def random_trace(recurrence, theorems, name, replicates, horizon):
    """Replicates of random games with random parameters, from the boundary."""
    rng = np.random.default_rng([replicates, *map(ord, recurrence.name + name)])
    b1 = rng.choice([0.0, 0.5, 0.9], size=replicates)
    values = {
        "alpha": 10.0 ** rng.uniform(-2, 1, size=replicates),
        "beta1": b1,
        "beta2": np.minimum(b1**2 + (1 - b1**2) * rng.choice([0.05, 0.5, 0.99], size=replicates), 0.9999),
        "eps": 10.0 ** rng.uniform(-8, 0, size=replicates),
        "gamma": rng.uniform(0, 0.99, size=replicates),
        "lam1": rng.uniform(0.1, 1.0, size=replicates),
    }
    domain = DOMAINS[name]
    return play(
        Game(
            recurrence,
            LINEAR,
            [ArrayStream(drawn_rows(rng, k % 4, horizon)) for k in range(replicates)],
            domain,
            horizon=horizon,
            parameters={p.name: values[p.name] for p in recurrence.parameters},
            start=np.stack([domain.maximiser(u) for u in rng.normal(size=(replicates, 3))]),
        ),
        engine="numpy",
        checkpoints=10,
        record=list(dict.fromkeys(q for theorem in theorems for q in theorem.quantities)),
    )


@pytest.mark.parametrize("name", DOMAINS)
@pytest.mark.parametrize(("recurrence", "theorems"), TRUE, ids=lambda v: getattr(v, "name", ""))
def test_the_true_ones_hold_on_random_games(recurrence, theorems, name) -> None:
    """28 runs of 32 replicates; every proved theorem holds, whatever the step size."""
    trace = random_trace(recurrence, theorems, name, 32, 40)
    for theorem in theorems:
        assert theorem.status.proved
        assert theorem.about(recurrence.name)[0]
        for c in checks(theorem, trace):
            assert c.verdict in {Verdict.HOLDS, Verdict.VACUOUS}, (c.id, c.verdict, c.reason)


@pytest.mark.slow
@pytest.mark.parametrize("name", DOMAINS)
@pytest.mark.parametrize(("recurrence", "theorems"), TRUE, ids=lambda v: getattr(v, "name", ""))
def test_the_true_ones_hold_on_many_random_games(recurrence, theorems, name) -> None:
    """28 runs of 300 longer replicates."""
    trace = random_trace(recurrence, theorems, name, 300, 200)
    for theorem in theorems:
        for c in checks(theorem, trace):
            assert c.verdict in {Verdict.HOLDS, Verdict.VACUOUS}, (c.id, c.verdict, c.reason)


def test_the_sources_constants_are_no_better_than_the_sharp_ones() -> None:
    """ALACAOGLU is never below SHARP, on any of the random games."""
    trace = random_trace(AMSGRAD, (ALACAOGLU, SHARP), "box", 32, 40)
    loose, sharp = check(ALACAOGLU, "stated", trace), check(SHARP, "stated", trace)
    assert loose.margin >= sharp.margin


@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda th: th.id)
def test_every_formula_prints(theorem) -> None:
    """Clean MathML for both sides and every letter."""
    for reading in theorem.readings:
        printed = statement_latex(theorem, reading.key)
        for formula in (printed.formula, *printed.where):
            assert flaw_of(mathml(formula, block=True)) is None


def test_ids_are_stable() -> None:
    """Results are keyed by them."""
    assert [theorem.id for theorem in THEOREMS] == [
        "adam.theorem4_1", "amsgrad.reddi_iclr", "ogd.sqrt", "ogd.constant", "adagrad.theorem5",
        "adagrad.theorem5_delta", "amsgrad.alacaoglu", "amsgrad.sharp", "amsgrad.reddi", "nosadam.harmonic",
    ]  # fmt: skip


def test_a_constant_decay_is_the_usual_momentum() -> None:
    """lam = 1 gives the trajectory of AMSGrad; a smaller one another."""
    rows = ArrayStream(np.random.default_rng(3).normal(size=(20, 3)))
    common = {"alpha": 0.3, "beta1": 0.9, "beta2": 0.9}
    points = {}
    for key, recurrence, extra in (
        ("usual", AMSGRAD, {}),
        ("one", AMSGRAD_DECAYING, {"lam1": 1.0}),
        ("half", AMSGRAD_DECAYING, {"lam1": 0.5}),
    ):
        points[key] = play(
            Game(recurrence, LINEAR, rows, DOMAINS["box"], horizon=20, parameters=common | extra),
            record=[x],
            checkpoints="all",
            engine="numpy",
        )[x]
    assert np.array_equal(points["one"], points["usual"])
    assert np.abs(points["half"] - points["usual"]).max() > 0.01


def test_the_decay_needs_a_usual_momentum() -> None:
    """Gradient descent has none; names and variants say what changed."""
    with pytest.raises(ValueError, match="`recurrence` = SGD"):
        with_decaying_momentum(SGD)
    made = with_decaying_momentum(AMSGRAD_R3)
    assert made.name.startswith("AMSGrad[beta1=decaying, ")
    assert made.variant["beta1"] == "decaying"
    assert with_decaying_momentum(adam(schedule="sqrt")) == ADAM_DECAYING
