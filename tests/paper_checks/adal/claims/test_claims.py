"""Every claim of the paper gets its verdict from a computation, and another one when a change is planted."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from sympy import S, sqrt

from paper_checks.adal import one_step
from paper_checks.adal.claims import (
    adam_denominator,
    adam_momentum,
    amplified_tails,
    bias_correction,
    coefficient,
    constant_momentum,
    converges_on_functions,
    decreasing_norm,
    early_amplification,
    epsilon_placement,
    generalization_gap,
    landscapes,
    late_shrinking,
    lower_loss,
    matrix_norm,
    missing_assumptions,
    no_extra_parameters,
    noise_caption,
    noise_closeness,
    nonconvex_rate,
    nonexpansive_projection,
    norm_per_tensor,
    printed_regret,
    regret_order,
    searched_grid,
    sgd_noise,
    shown_norms,
    single_precision,
    stable_noise,
    synthetic_functions,
    testing_accuracy,
    trained_networks,
)
from paper_checks.claim import ClaimVerdict
from paper_checks.run.examine import examine_claim
from paper_checks.run.registry import claims
from paper_checks.scenario import Options
from planted_landscapes import ahead_of_every_other, all_alike, at_the_minimum, far_from_it, with_ends
from planted_noise import with_kurtosis
from planted_norms import TENSORS, with_slopes
from planted_training import BETTER, EQUAL, GOOD_LOSS, with_scores
from theory.algorithms.adal import ADAL, ADAL_EPS_ADAM, ADAL_UNCORRECTED
from theory.algorithms.adam import ADAM
from theory.algorithms.nosadam import NOSADAM
from theory.algorithms.sgd import SGD
from theory.losses.logistic import LOGISTIC
from theory.losses.rastrigin import RASTRIGIN
from theory.losses.rosenbrock import ROSENBROCK
from theory.quantities import Component, SumCoords
from theory.symbols import v, x
from theory.theorems.adal import THEOREM1

TRUE, FALSE, PARTLY = ClaimVerdict.TRUE, ClaimVerdict.FALSE, ClaimVerdict.PARTLY
MALFORMED = ClaimVerdict.MALFORMED
UNSUPPORTED = ClaimVerdict.NOT_SUPPORTED

LEDGER = {
    1: PARTLY, 2: FALSE, 3: TRUE, 4: FALSE, 5: FALSE, 6: TRUE, 7: FALSE, 8: TRUE, 9: TRUE, 10: FALSE,
    11: PARTLY, 12: FALSE, 13: FALSE, 14: FALSE, 15: TRUE, 16: PARTLY, 17: MALFORMED, 18: PARTLY, 19: FALSE,
    20: TRUE, 21: FALSE, 22: MALFORMED, 23: FALSE, 24: PARTLY, 25: MALFORMED,
    26: PARTLY, 27: UNSUPPORTED, 28: PARTLY, 29: PARTLY, 30: PARTLY, 31: MALFORMED, 32: UNSUPPORTED,
    33: PARTLY, 34: PARTLY, 35: UNSUPPORTED, 36: PARTLY, 37: PARTLY, 38: PARTLY, 39: UNSUPPORTED,
    **dict.fromkeys(range(40, 44), UNSUPPORTED), 44: TRUE, 45: PARTLY,
}  # fmt: skip
"""What docs/claims.md says; the code must arrive at it by itself."""


class Watched(Options):
    """Options that note when their seed is read."""

    read = False

    def __getattribute__(self, name):
        """As usual, and a note."""
        if name == "seed":
            Watched.read = True
        return super().__getattribute__(name)


def number(claim):
    """The number in its id."""
    return int(claim.id.rpartition(".")[2])


@pytest.fixture(scope="module")
def first():
    """Every claim under seed 0, by number; the checks that read the seed; the processor seconds."""
    found, seeded, began = {}, set(), time.process_time()
    for claim in claims():

        def check(_, claim=claim):
            Watched.read = False
            finding = claim.check(Watched())
            seeded.update([number(claim)] if Watched.read else [])
            return finding

        (found[number(claim)],) = examine_claim(replace(claim, check=check), Options())
    return found, seeded, time.process_time() - began


@pytest.fixture(scope="module", params=[0, 1, 7])
def examined(request, first):
    """Every claim examined under one seed, by number; a check that reads no seed runs once for all."""
    found, seeded, _ = first
    if request.param == 0:
        return found
    # The control: what draws random numbers is examined again, what reads one sequence is not.
    assert {number(m.CLAIM) for m in (adam_denominator, stable_noise, matrix_norm)} <= seeded
    assert number(late_shrinking.CLAIM) not in seeded
    again = {
        k: examine_claim(c, Options(seed=request.param))[0] for c in claims() if (k := number(c)) in seeded
    }
    return {**found, **again}


def test_the_verdicts_are_those_of_the_ledger(examined) -> None:
    """Whatever the seed; no check crashes, and each shows numbers."""
    assert {k: row.error for k, row in examined.items() if row.error} == {}
    assert {k: ClaimVerdict[row.verdict] for k, row in examined.items()} == LEDGER
    for row in examined.values():
        assert row.detail.numbers
        assert all(sentence.endswith((".", ":")) for sentence in row.detail.evidence), row.id


def test_numbers_of_the_ledger(examined) -> None:
    """The digits that docs/theory.md quotes come out again."""
    numbers = {k: row.detail.numbers for k, row in examined.items()}
    assert numbers[1]["power"] == 0
    assert numbers[2]["spread"] == pytest.approx(1e6, rel=1e-12)
    assert numbers[6]["nonconvex"] == pytest.approx(100)
    table = [numbers[11][f"1/t@{t}"] for t in late_shrinking.ROUNDS]
    assert table == pytest.approx([0.31, 1.3e-3, 4.1e-5, 4.5e-5, 1.7e-3], rel=0.02)  # two digits are quoted
    assert (numbers[12]["floor"], numbers[12]["usual_floor"]) == pytest.approx((1, 1e-16), rel=1e-6)
    assert numbers[12]["huge"] > 1e250
    assert numbers[13]["largest"] == pytest.approx(1e-11)
    assert [numbers[14][f"global@{t}"] for t in (1, 100, 300, 1000)] == pytest.approx(
        [1, 0.63, 0.16, 0.056], rel=0.02
    )
    assert numbers[17]["weights"] == pytest.approx(1.039, abs=5e-4)
    assert numbers[20] == {"minima": 121, "global": pytest.approx(0, abs=1e-12)}


def root_and_correction(gradients, decay):
    """The denominator that Adam has."""
    return sqrt(adam_denominator.as_printed(gradients, decay) / (1 - decay ** len(gradients)))


def mixed():
    """AdaL whose v_t averages the plain gradient's square: its first step does grow with ||g_1||_1."""
    plain = dict(ADAM.steps)[v]
    return replace(ADAL, steps=tuple((s, plain if s == v else e) for s, e in ADAL.steps))


def three_halves(values):
    """Root of the norm in place of the norm, inverted: lengths shrink to their square root."""
    return values / np.sqrt(np.abs(values).sum(axis=1, keepdims=True))


def tilted():
    """Rastrigin's function plus the sum of the coordinates: its lowest point is not 0."""
    return replace(RASTRIGIN, value=RASTRIGIN.value.replace(SumCoords, lambda e: SumCoords(e + x)))


def ahead(name):
    """AdaL is better than every other optimizer."""
    return BETTER if name == "AdaL" else EQUAL


def behind(name):
    """AdaL is worse than every other optimizer."""
    return EQUAL if name == "AdaL" else BETTER


def alike(name):
    """No optimizer is better than another."""
    return EQUAL


def good_loss_alone(name):
    """AdaL has the lowest loss and the lowest accuracy."""
    return GOOD_LOSS if name == "AdaL" else EQUAL


def one_is_low(tensor):
    """The norm of one tensor is a thousandth of the others'."""
    return 1e-3 if tensor == "9.bias" else 1.0


def others_rise(tensor):
    """The norms of all tensors but one rise."""
    return 0.0 if tensor == "9.bias" else 0.3


def one_is_low_later(tensor):
    """The norm of one tensor is a fiftieth of the others' in the first epoch: too much."""
    return 0.02 if tensor == "9.bias" else 1.0


def by_its_place(tensor):
    """Each tensor has its own slope."""
    return 0.1 * TENSORS.index(tensor) if tensor in TENSORS else 0.0


def as_modules(found):
    """Claims of one module as if each had its own."""
    return [
        SimpleNamespace(CLAIM=c, check=c.check, __name__=c.id.removeprefix("adal.").replace(".", "_"))
        for c in found
    ]


def transformed_is_lighter(kind):
    """The noise of ||g||_1 g has lighter tails than that of g."""
    return 4.0 if kind == "AdaL, not averaged" else 5.0


def like_adam(kind):
    """AdaL's averaged noise has the kurtosis of Adam's."""
    return 5.0 if kind == "SGD" else 3.0


def like_sgd(kind):
    """AdaL's averaged noise has the kurtosis of SGD's."""
    return 3.0 if kind == "Adam" else 5.0


def gap_of_adam(name):
    """Only Adam is less accurate than SGD with momentum."""
    return EQUAL if name == "Adam" else BETTER


def no_gap(name):
    """AdaL is better than Adam, and both are better than SGD with momentum."""
    return {"AdaL": BETTER, "Adam": {**BETTER, "test accuracy": 91.0}}.get(name, EQUAL)


NOISE_CAPTION = "Figure 3: Gradient noise of SGD, Adam and AdaL in MLP on MNIST during the training process."
COMPARED = as_modules(trained_networks.CLAIMS)
SHOWN = as_modules(shown_norms.CLAIMS)

LAPLACE = {"Laplace": (lambda u: np.log1p(u**2), lambda rng, n: rng.laplace(size=n))}

PLANTED = [
    (adam_momentum, {"printed": lambda decay, age: decay**age}, TRUE),
    (adam_momentum, {"recurrence": ADAL}, FALSE),
    (adam_denominator, {"psi": root_and_correction}, TRUE),
    (bias_correction, {"recurrence": ADAL_UNCORRECTED}, FALSE),
    (regret_order, {"claimed": regret_order.Order(S.Half, S.Half)}, TRUE),
    (nonconvex_rate, {"plans": {}}, TRUE),
    (nonconvex_rate, {"plans": {"one_step": one_step.build(Options())}}, PARTLY),
    (nonexpansive_projection, {"project": lambda domain, p, w: domain.project(p)}, FALSE),
    (nonexpansive_projection, {"project": lambda domain, p, w: 1.5 * domain.project(p, w)}, FALSE),
    (constant_momentum, {"known": {}}, UNSUPPORTED),
    (no_extra_parameters, {"recurrence": NOSADAM}, FALSE),
    (coefficient, {"recurrence": SGD}, FALSE),
    (early_amplification, {"recurrence": mixed()}, TRUE),
    (late_shrinking, {"sequences": {"1": np.ones(20_000)}}, FALSE),
    (late_shrinking, {"sequences": {"0.9997^t": late_shrinking.decays()["0.9997^t"]}}, TRUE),
    (epsilon_placement, {"printed": ADAL_EPS_ADAM}, TRUE),
    (single_precision, {"dtype": np.float64}, TRUE),
    (norm_per_tensor, {"groups": (0, 0)}, TRUE),
    (matrix_norm, {"norm": lambda a: float(np.abs(a).sum(axis=0).max())}, FALSE),
    (sgd_noise, {"formulas": sgd_noise.INTENDED}, TRUE),
    (sgd_noise, {"formulas": replace(sgd_noise.INTENDED, divisor=S.One)}, MALFORMED),
    (stable_noise, {"laws": LAPLACE}, TRUE),
    (stable_noise, {"results": with_kurtosis(lambda kind: 5.0)}, FALSE),
    (stable_noise, {"laws": LAPLACE, "results": with_kurtosis(lambda kind: 5.0)}, PARTLY),
    (amplified_tails, {"transform": three_halves}, PARTLY),
    (amplified_tails, {"results": with_kurtosis(transformed_is_lighter)}, PARTLY),
    (amplified_tails, {"transform": three_halves, "results": with_kurtosis(transformed_is_lighter)}, TRUE),
    (amplified_tails, {"transform": lambda values: 3 * values}, UNSUPPORTED),
    (noise_closeness, {"results": with_kurtosis(like_adam)}, UNSUPPORTED),
    (noise_closeness, {"results": with_kurtosis(like_sgd)}, PARTLY),
    (noise_caption, {"captions": {**noise_caption.CAPTIONS, 3: NOISE_CAPTION}}, TRUE),
    (generalization_gap, {"results": with_scores(gap_of_adam, reduced=True)}, PARTLY),
    (generalization_gap, {"results": with_scores(alike, reduced=True)}, UNSUPPORTED),
    (generalization_gap, {"results": with_scores(no_gap, reduced=True)}, UNSUPPORTED),
    (landscapes, {"rastrigin": tilted()}, PARTLY),
    (landscapes, {"rosenbrock": replace(ROSENBROCK, value=ROSENBROCK.value + Component(x, 0) ** 2)}, PARTLY),
    (printed_regret, {"summand": printed_regret.INTENDED, "theorem": THEOREM1}, TRUE),
    (printed_regret, {"summand": printed_regret.INTENDED}, MALFORMED),
    (
        missing_assumptions,
        {
            "admissible": lambda p, q: p >= 0 and q > 0 and missing_assumptions.printed(p, q),
            "vhat_0": lambda q: S.One,
            "unbiased": True,
        },
        TRUE,
    ),
    (missing_assumptions, {"vhat_0": lambda q: S.One, "unbiased": True}, FALSE),
    (synthetic_functions, {"results": with_ends(ahead_of_every_other)}, TRUE),
    (synthetic_functions, {"results": with_ends(all_alike)}, UNSUPPORTED),
    (converges_on_functions, {"results": with_ends(at_the_minimum)}, TRUE),
    (converges_on_functions, {"results": with_ends(far_from_it)}, FALSE),
    (testing_accuracy, {"panels": {"(b)": LOGISTIC}}, TRUE),
    *((module, {"results": with_scores(ahead)}, TRUE) for module in COMPARED),
    *((module, {"results": with_scores(behind)}, FALSE) for module in COMPARED),
    *((module, {"results": with_scores(alike)}, UNSUPPORTED) for module in COMPARED),
    (decreasing_norm, {"results": with_slopes(lambda tensor: -0.1)}, PARTLY),
    (decreasing_norm, {"results": with_slopes(lambda tensor: 0.1)}, UNSUPPORTED),
    (decreasing_norm, {"results": with_slopes(lambda tensor: 0.0)}, UNSUPPORTED),
    *((SHOWN[k], {"results": with_slopes(lambda tensor: -0.1)}, PARTLY) for k in (0, 1)),
    *((SHOWN[k], {"results": with_slopes(lambda tensor: 0.1)}, UNSUPPORTED) for k in (0, 1)),
    *((SHOWN[k], {"results": with_slopes(lambda tensor: 0.1, diverged=3)}, UNSUPPORTED) for k in range(5)),
    (SHOWN[2], {"results": with_slopes(lambda tensor: 0.0, level=one_is_low)}, PARTLY),
    (
        SHOWN[2],
        {"results": with_slopes(lambda tensor: 0.0, level=one_is_low, coordinates=one_is_low)},
        PARTLY,
    ),
    (SHOWN[2], {"results": with_slopes(lambda tensor: 0.1, level=one_is_low)}, UNSUPPORTED),
    (SHOWN[2], {"results": with_slopes(lambda tensor: 0.0)}, UNSUPPORTED),
    (SHOWN[2], {"results": with_slopes(others_rise, level=one_is_low_later)}, UNSUPPORTED),
    (SHOWN[3], {"results": with_slopes(by_its_place)}, PARTLY),
    (SHOWN[3], {"results": with_slopes(lambda tensor: 0.1)}, UNSUPPORTED),
    (SHOWN[4], {"results": with_slopes(lambda tensor: 0.0, between=0.7)}, PARTLY),
    (SHOWN[4], {"results": with_slopes(lambda tensor: 0.0, between=0.3)}, UNSUPPORTED),
    (lower_loss, {"results": with_scores(good_loss_alone)}, TRUE),
    (lower_loss, {"results": with_scores(alike)}, UNSUPPORTED),
    (lower_loss, {"results": with_scores(ahead)}, UNSUPPORTED),
    (searched_grid, {"results": with_scores(alike, reduced=True)}, TRUE),
    (searched_grid, {"results": with_scores(alike, best=lambda name: 0.1, reduced=True)}, FALSE),
]


@pytest.mark.parametrize(
    ("module", "change", "verdict"),
    [
        pytest.param(*p, id=f"{p[0].__name__.rpartition('.')[2]}-{'-'.join(p[1])}-{p[2].name}")
        for p in PLANTED
    ],
)
def test_a_planted_change_changes_the_verdict(module, change, verdict) -> None:
    """The check decides by what it computes: with another ingredient it comes out as it should."""
    assert partial(module.check, **change)(Options()).verdict is verdict


def test_every_checked_claim_has_a_planted_change_with_another_verdict() -> None:
    """No claim's verdict is beyond doubt."""
    others = {
        m.CLAIM.id for m, _, found in PLANTED if found is not LEDGER[int(m.CLAIM.id.rpartition(".")[2])]
    }
    assert others == {claim.id for claim in claims()}


def test_momentum_that_decays_is_no_precedent() -> None:
    """Must-fail control of the precedent: beta1 lam^(t-1) does not count, AMSGrad's beta1 does."""
    from theory.algorithms.amsgrad import AMSGRAD
    from theory.algorithms.decaying_momentum import AMSGRAD_DECAYING

    assert constant_momentum.has_constant_momentum(AMSGRAD)
    assert not constant_momentum.has_constant_momentum(AMSGRAD_DECAYING)
    assert not constant_momentum.has_constant_momentum(SGD)


def test_every_check_is_quick(first) -> None:
    """Reviewers wait seconds: 90 in all, far above what it takes, so that only a blunder is caught."""
    _, _, spent = first
    assert 0 < spent < 90


ROOT = Path(__file__).resolve().parents[4]


def test_the_page_lists_every_claim() -> None:
    """docs/claims.md has one row for each claim, with its id, its quote, its statement and its verdict."""
    rows = re.findall(
        r"^\| `(adal\.claim\.\d+)` \|(.*)\|$", (ROOT / "docs" / "claims.md").read_text("utf-8"), re.MULTILINE
    )
    page = {name: [cell.strip() for cell in re.split(r"(?<!\\)\|", rest)] for name, rest in rows}
    assert list(page) == [claim.id for claim in claims()]
    for claim in claims():
        quote, statement, verdict = page[claim.id]
        assert quote == f"“{claim.quote}” ({claim.source.place})".replace("|", r"\|")
        assert statement == claim.statement.replace("|", r"\|")
        assert verdict == LEDGER[int(claim.id.rpartition(".")[2])].name
