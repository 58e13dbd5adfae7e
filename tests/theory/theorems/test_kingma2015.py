"""Kingma and Ba's theorem with the bias correction of a product, and with the extent of the iterates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bounds.certificates.certify import excess
from bounds.evaluate import check
from bounds.games import Counterexample
from one_by_one import agrees, last, lengths, played, run
from paper_checks.atlas.kingma2015 import EXHIBITS
from theory.algorithms.decaying_momentum import ADAM_DECAYING
from theory.theorems.adam import ADAM_PRODUCT, KINGMA, KINGMA_ITERATES, KINGMA_PRODUCT

ALPHA, B1, B2, LAM, HALF = 0.3, 0.6, 0.9, 0.8, 1.5
ROWS = np.random.default_rng(16).normal(size=(12, 2))
GIVEN = {"alpha": ALPHA, "beta1": B1, "beta2": B2, "lam1": LAM, "eps": 0.0}


def bound(made, plane, side, *, proof=False):
    """The right side with the Euclidean and the infinity distance; w is vhat."""
    largest, ratio = np.abs(ROWS).max(), 1 - B1**2 / np.sqrt(B2)
    first = plane**2 / (2 * ALPHA * (1 - B1)) * last(made)
    second = ALPHA * (1 + B1) * largest / ((1 - B1) * np.sqrt(1 - B2) * ratio**2) * lengths(ROWS)
    below = 2 * ALPHA * (B1 if proof else 1 - B1) * (1 - LAM) ** 2
    return first + second + 2 * side**2 * largest * np.sqrt(1 - B2) / below


def adam(correction):
    """The game with m_t/correction(t): the step and vhat_t as printed."""

    def second(t, g, m, past):
        v = B2 * (0 if past is None else past) + (1 - B2) * g**2
        return v, v / (1 - B2**t) * correction(t) ** 2

    made = run(ROWS, alpha=ALPHA, second=second, half=HALF, decay1=lambda t: B1 * LAM ** (t - 1))
    made.w = made.w / np.array([[correction(t) ** 2] for t in range(1, made.T + 1)])
    return made


def printed(t):
    """1 - beta1^t."""
    return 1 - B1**t


def product(t):
    """1 - beta_{1,1} ... beta_{1,t}."""
    return 1 - B1**t * LAM ** (t * (t - 1) / 2)


@pytest.mark.parametrize("key", ["stated", "proof"])
def test_the_product_corrects_the_bias(key) -> None:
    """Both sides by another computation, and the other correction gives another regret."""
    made = adam(product)
    trace = played(KINGMA_PRODUCT, ADAM_PRODUCT, ROWS, half=HALF, **GIVEN)
    rhs = bound(made, np.sqrt(8) * HALF, 2 * HALF, proof=key == "proof")
    agrees(KINGMA_PRODUCT, key, trace, made, rhs)
    assert abs(adam(printed).regret[-1] - made.regret[-1]) > 0.01


@pytest.mark.parametrize("key", ["stated", "proof"])
def test_the_iterates_span_less_than_the_set(key) -> None:
    """D and D_2 are the sides and the diagonal of the box around the iterates."""
    made = adam(printed)
    trace = played(KINGMA_ITERATES, ADAM_DECAYING, ROWS, half=HALF, **GIVEN)
    sides = np.ptp(made.x, axis=0)
    rhs = bound(made, np.sqrt(np.sum(sides**2)), sides.max(), proof=key == "proof")
    found = agrees(KINGMA_ITERATES, key, trace, made, rhs)
    whole = played(KINGMA, ADAM_DECAYING, ROWS, half=HALF, **GIVEN)
    assert found.rhs[-1] < check(KINGMA, key, whole).rhs[-1]


@pytest.mark.parametrize("exhibit", EXHIBITS, ids=lambda e: e.name)
def test_each_reading_has_its_game(exhibit) -> None:
    """The control: a bound a hundred times as large is not exceeded."""
    found = exhibit.counterexample
    assert excess(found) > 1
    one = found.theorem.reading(found.reading)
    larger = replace(found.theorem, readings=(replace(one, rhs=100 * one.rhs),))
    assert excess(Counterexample(larger, found.reading, found.game)) < 0
