"""AdaBelief's bound against another computation, its assumptions, its controls and its degrees."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bounds.evaluate import check
from bounds.verdict import Verdict
from one_by_one import agrees, last, lengths, momenta, played, run
from theory.scaling import degrees
from theory.statement import Status
from theory.theorems.adabelief import (
    ADABELIEF_DECAYING,
    ADABELIEF_PHASES,
    COROLLARY,
    DECAYING_MOMENTUM,
    THEOREM2_1,
)

ALPHA, B1, B2, LAM, HALF = 0.3, 0.6, 0.9, 0.8, 1.5
SIDE = 2 * HALF
LOW, HIGH, HOLD = 0.7, 0.9, 3.0
ROWS = np.array([[2.0, -1.0]]) * (-3.0) ** np.arange(8)[:, None]
"""Gradients that grow and change their signs, so that s_t increases."""
HOLDS = {Verdict.HOLDS, Verdict.VACUOUS}


def spread(t, g, m, past):
    """s_t."""
    s = B2 * (0 if past is None else past) + (1 - B2) * (g - m) ** 2
    return s, s


def terms(made):
    """The three terms of Theorem 2.1."""
    assert np.all(np.diff(made.w, axis=0) >= 0)
    lowest = made.w.min()
    noise = (1 + B1) * ALPHA * np.sqrt(1 + np.log(made.T)) / (2 * np.sqrt(lowest) * (1 - B1) ** 3)
    return (
        SIDE**2 * last(made) / (2 * ALPHA * (1 - B1)), noise * lengths(made.g, 4),
        SIDE**2 / (2 * (1 - B1)) * momenta(made),
    )  # fmt: skip


def test_theorem_2_1_has_its_terms() -> None:
    """With a beta1_t that rises again, c the smallest s_t."""
    decay = {1: B1}
    made = run(
        ROWS, alpha=ALPHA, second=spread, half=HALF,
        decay1=lambda t: decay.get(t, B1 * (LOW if t <= HOLD else HIGH)),
    )  # fmt: skip
    given = {"alpha": ALPHA, "beta1": B1, "beta2": B2, "low": LOW, "high": HIGH, "hold": HOLD}
    trace = played(THEOREM2_1, ADABELIEF_PHASES, ROWS, half=HALF, **given)
    assert agrees(THEOREM2_1, "stated", trace, made, sum(terms(made))).verdict in HOLDS
    assert THEOREM2_1.status is Status.PRINTED


def test_the_corollary_replaces_the_last_term() -> None:
    """beta1_t = beta1 lam^t."""
    made = run(ROWS, alpha=ALPHA, second=spread, half=HALF, decay1=lambda t: B1 * LAM**t)
    given = {"alpha": ALPHA, "beta1": B1, "beta2": B2, "lam1": LAM}
    first, noise, third = terms(made)
    trace = played(DECAYING_MOMENTUM, ADABELIEF_DECAYING, ROWS, half=HALF, **given)
    assert agrees(DECAYING_MOMENTUM, "stated", trace, made, first + noise + third).verdict in HOLDS
    trace = played(COROLLARY, ADABELIEF_DECAYING, ROWS, half=HALF, **given)
    third = SIDE**2 * B1 * np.abs(ROWS).max() / (2 * (1 - B1) * (1 - LAM) ** 2 * ALPHA)
    assert agrees(COROLLARY, "stated", trace, made, first + noise + third).verdict in HOLDS


@pytest.mark.parametrize(
    "rows", [[[2.0], [-6.0], [-3.3]], [[0.0], [1.0], [-5.0]]], ids=["falls", "starts at 0"]
)
def test_its_assumptions_are_checked_in_every_round(rows) -> None:
    """s_t may not fall, and not be 0."""
    given = {"alpha": ALPHA, "beta1": B1, "beta2": B2, "lam1": LAM}
    trace = played(DECAYING_MOMENTUM, ADABELIEF_DECAYING, rows, **given)
    assert check(DECAYING_MOMENTUM, "stated", trace).verdict is Verdict.ASSUMPTION_BROKEN


def test_the_bound_is_nearly_tight_for_a_small_beta1() -> None:
    """One round; a bound smaller by a hundredth is false."""
    b1, b2 = 1e-3, 0.9
    # The two first terms are equal: D s/(alpha) = alpha g^2/(s D), s = sqrt(s_1).
    given = {"alpha": 2 * np.sqrt(1 - b2) * b1, "beta1": b1, "beta2": b2, "lam1": 1.0}
    trace = played(DECAYING_MOMENTUM, ADABELIEF_DECAYING, [[1.0]], **given)
    assert check(DECAYING_MOMENTUM, "stated", trace).verdict in HOLDS
    (one,) = DECAYING_MOMENTUM.readings
    less = replace(DECAYING_MOMENTUM, readings=(replace(one, rhs=one.rhs * 99 / 100),))
    assert check(less, "stated", trace).verdict is Verdict.VIOLATED


def test_its_degrees() -> None:
    """The corollary lacks a factor d, and only under copies does that show."""
    assert degrees(THEOREM2_1, "stated", ADABELIEF_PHASES).homogeneous
    assert degrees(DECAYING_MOMENTUM, "stated", ADABELIEF_DECAYING).homogeneous
    findings = degrees(COROLLARY, "stated", ADABELIEF_DECAYING).findings
    assert [f.homogeneous for f in findings] == [True, True, False]
