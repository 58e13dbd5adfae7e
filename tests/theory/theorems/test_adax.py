"""AdaX's bound against another computation, and the game that refutes it for every constant."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bounds.certificates.certify import excess
from bounds.evaluate import check
from bounds.games import Counterexample
from bounds.verdict import Verdict
from one_by_one import agrees, last, lengths, momenta, played, run
from paper_checks.atlas.li2020 import EXHIBITS
from theory.scaling import degrees
from theory.theorems.adax import LITERAL, PRODUCT, THEOREM4_1, THEOREM4_1_PRODUCT

ALPHA, B1, B2, LAM, HALF = 0.3, 0.6, 0.5, 0.8, 1.5
SIDE = 2 * HALF
ROWS = np.random.default_rng(15).normal(size=(12, 2))
BOTH = [(THEOREM4_1, LITERAL), (THEOREM4_1_PRODUCT, PRODUCT)]


def long_memory(literal, b2=B2):
    """v_t and vhat_t with either normaliser."""

    def second(t, g, m, past):
        v, product = past or (0.0, 1.0)
        v, product = (1 + b2 / t) * v + b2 / t * g**2, product * (1 + b2 / t)
        return (v, product), v / (((1 + b2 / t) ** t if literal else product) - 1)

    return second


def steps_of_order_1_over_t(t, b1):
    """1 - beta_{3,t}."""
    return 1 / np.sqrt(t)


@pytest.mark.parametrize(("theorem", "recurrence"), BOTH, ids=lambda v: getattr(v, "id", None))
def test_theorem_4_1_has_its_terms(theorem, recurrence) -> None:
    """For C = 1, 10 and 100."""
    made = run(
        ROWS, alpha=ALPHA, second=long_memory(recurrence is LITERAL), half=HALF,
        decay1=lambda t: B1 * LAM ** (t - 1), weight=steps_of_order_1_over_t,
    )  # fmt: skip
    given = {"alpha": ALPHA, "beta1": B1, "beta2": B2, "lam1": LAM}
    trace = played(theorem, recurrence, ROWS, half=HALF, **given)
    first = SIDE**2 / (2 * (1 - B1)) * (last(made) / ALPHA + momenta(made))
    noise = ALPHA * np.sqrt(1 + np.log(made.T)) / ((1 - B1) ** 3 * np.sqrt(B2)) * lengths(ROWS)
    for constant in (1, 10, 100):
        agrees(theorem, f"C{constant}", trace, made, first + constant * noise)


@pytest.mark.parametrize("exhibit", EXHIBITS, ids=lambda e: e.name)
def test_each_constant_has_its_game(exhibit) -> None:
    """The control: the same game is no violation for the next larger constant."""
    found = exhibit.counterexample
    if found.game.horizon < 10_000:  # the others are replayed with the certificates
        assert excess(found) > 0.05
        one = found.theorem.reading(found.reading)
        larger = replace(found.theorem, readings=(replace(one, rhs=2 * one.rhs),))
        assert excess(Counterexample(larger, found.reading, found.game)) < 0
    for constant in (1, 10, 100):
        if constant > int(found.reading[1:]):
            assert excess(replace(found, reading=f"C{constant}")) < 0


@pytest.mark.parametrize("literal", [True, False])
@pytest.mark.parametrize("half", [10, 100, 1000])
def test_the_regret_of_the_game_is_linear(literal, half) -> None:
    """docs/proofs.md: more than 3 T/10 at T = 3 n, with alpha = 1/2, and vhat_T at most e T^beta2/beta2."""
    rows = np.concatenate([np.ones((half, 1)), -np.ones((2 * half, 1))])
    made = run(
        rows, alpha=0.5, second=long_memory(literal), start=-1.0, decay1=lambda t: 0.0,
        weight=steps_of_order_1_over_t,
    )  # fmt: skip
    assert made.regret[-1] > 0.3 * made.T
    assert np.all(made.w > 1 - 1e-9)  # a product of 3000 factors, each within one eps
    assert made.w[-1, 0] <= np.e * made.T**B2 / B2


@pytest.mark.parametrize(("theorem", "recurrence"), BOTH, ids=lambda v: getattr(v, "id", None))
def test_both_sides_scale_alike(theorem, recurrence) -> None:
    """So the fault is in the order of the steps and not in a missing factor."""
    assert degrees(theorem, "C1", recurrence).homogeneous


def test_steps_of_the_usual_order_do_not_exceed_the_bound_on_this_game() -> None:
    """The control: with 1 - beta1 instead of 1/sqrt(t) in m_t the regret of the game is below C = 1."""
    rows = np.concatenate([np.ones((400, 1)), -np.ones((800, 1))])
    made = run(rows, alpha=1.0, second=long_memory(True, 0.2), start=-1.0, decay1=lambda t: 0.0)
    bound = 4 * last(made) / 2 + np.sqrt((1 + np.log(made.T)) / 0.2) * lengths(rows)
    slow = run(
        rows, alpha=1.0, second=long_memory(True, 0.2), start=-1.0, decay1=lambda t: 0.0,
        weight=steps_of_order_1_over_t,
    )  # fmt: skip
    assert made.regret[-1] < bound / 2 < bound < slow.regret[-1]
    trace = played(THEOREM4_1, LITERAL, rows, start=-1.0, alpha=1.0, beta1=0.0, beta2=0.2, lam1=0.5)
    assert check(THEOREM4_1, "C1", trace).verdict is Verdict.VIOLATED
