"""Recurrences as optimizers against torch.optim, weight decay and ascent among their options."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
import torch
from sympy import Rational

from online_sim.optimizers import AdaL, torch_optimizer
from theory.algorithms.adadelta import adadelta
from theory.algorithms.adagrad import adagrad
from theory.algorithms.adam import adam
from theory.algorithms.adamw import adamw
from theory.algorithms.amsgrad import amsgrad
from theory.algorithms.increment import increment
from theory.algorithms.momentum import momentum
from theory.algorithms.nesterov import nesterov
from theory.algorithms.radam import radam
from theory.algorithms.rmsprop import rmsprop
from theory.algorithms.sgd import sgd
from theory.recurrence import Recurrence
from theory.symbols import x
from trained import flat, restless, tensors, train

pytestmark = pytest.mark.torch
STEPS = 60
EPS = 1e-3  # large, so that a misplaced epsilon shows


@dataclass(frozen=True)
class Pair:
    """A recurrence with its options, and torch's optimizer with its own."""

    recurrence: Recurrence
    ours: dict[str, Any]
    theirs: str
    options: dict[str, Any]


BETAS = {"betas": (0.9, 0.98)}
B12 = {"beta1": 0.9, "beta2": 0.98}
RATE = {"lr": 0.05}
DECAY = {"weight_decay": 0.1}
PAIRS = {
    "SGD": Pair(sgd(schedule="constant"), RATE, "SGD", RATE),
    "momentum": Pair(momentum(), {**RATE, "mu": 0.8}, "SGD", {**RATE, "momentum": 0.8}),
    "Nesterov": Pair(
        nesterov(), {**RATE, "mu": 0.8, **DECAY}, "SGD", {**RATE, "momentum": 0.8, "nesterov": True, **DECAY}
    ),
    "Adagrad": Pair(adagrad(), {**RATE, "eps": EPS, **DECAY}, "Adagrad", {**RATE, "eps": EPS, **DECAY}),
    "RMSprop": Pair(
        rmsprop(eps_mode="adam"),
        {**RATE, "rho": 0.9, "eps": EPS, **DECAY},
        "RMSprop",
        {**RATE, "alpha": 0.9, "eps": EPS, **DECAY},
    ),
    "Adadelta": Pair(
        adadelta(),
        {"lr": 1.0, "rho": 0.9, "eps": EPS, **DECAY},
        "Adadelta",
        {"lr": 1.0, "rho": 0.9, "eps": EPS, **DECAY},
    ),
    "Adam": Pair(adam(), {**RATE, **B12, "eps": EPS}, "Adam", {**RATE, **BETAS, "eps": EPS}),
    "Adam, decay": Pair(
        adam(), {**RATE, **B12, "eps": EPS, **DECAY}, "Adam", {**RATE, **BETAS, "eps": EPS, **DECAY}
    ),
    "Adam, climbing with decay": Pair(
        adam(),
        {**RATE, **B12, "eps": EPS, "weight_decay": 5.0, "maximize": True},
        "Adam",
        {**RATE, **BETAS, "eps": EPS, "weight_decay": 5.0, "maximize": True},
    ),
    "AdamW": Pair(
        adam(),
        {**RATE, **B12, "eps": EPS, **DECAY, "decoupled_weight_decay": True},
        "AdamW",
        {**RATE, **BETAS, "eps": EPS, **DECAY},
    ),
    "AdamW, own decay": Pair(
        adamw(decay="scaled"),
        {**RATE, **B12, "eps": EPS, **DECAY},
        "AdamW",
        {**RATE, **BETAS, "eps": EPS, **DECAY},
    ),
    "AMSGrad": Pair(
        amsgrad(maximum="R3", eps_mode="adam", schedule="constant"),
        {**RATE, **B12, "eps": EPS},
        "Adam",
        {**RATE, **BETAS, "eps": EPS, "amsgrad": True},
    ),
    "RAdam": Pair(
        radam(eps_mode="uncorrected", threshold=5),
        {**RATE, **B12, "eps": EPS, **DECAY},
        "RAdam",
        {**RATE, **BETAS, "eps": EPS, **DECAY},
    ),
}


def difference(pair: Pair, *, foreach: bool) -> float:
    """The largest difference of the points after STEPS steps, on points of size 1."""
    mine, theirs = tensors(), tensors()
    train(torch_optimizer(pair.recurrence)(mine, **pair.ours, foreach=foreach), mine, STEPS, restless())
    train(
        getattr(torch.optim, pair.theirs)(theirs, **pair.options, foreach=foreach), theirs, STEPS, restless()
    )
    assert float((flat(theirs) - flat(tensors())).abs().min()) > 1e-6
    return float((flat(mine) - flat(theirs)).abs().max())


TOLERANCE = 20 * STEPS * torch.finfo(torch.float64).eps
"""Fewer than 20 roundings a step, each relative to a point of size 1; the quadratic expands no error."""


@pytest.mark.parametrize("foreach", [True, False], ids=["foreach", "loop"])
@pytest.mark.parametrize("name", PAIRS)
def test_the_points_are_those_of_torch(name: str, foreach: bool) -> None:
    """Ours and torch's optimizer agree up to rounding."""
    assert difference(PAIRS[name], foreach=foreach) <= TOLERANCE


@pytest.mark.parametrize("name", PAIRS)
def test_another_line_is_noticed(name: str) -> None:
    """The control: with steps that are a billionth too long the points are beyond the tolerance."""
    pair = PAIRS[name]
    longer = x + increment(pair.recurrence.point) * (1 + Rational(1, 10**9))
    wrong = replace(pair, recurrence=replace(pair.recurrence, point=longer))
    assert difference(wrong, foreach=True) > 10 * TOLERANCE


def test_adal_is_adam_on_the_transformed_gradient() -> None:
    """With Adam's epsilon and the norm of each tensor."""
    mine, theirs = tensors(), tensors()
    train(AdaL(mine, lr=0.05, betas=(0.9, 0.98), eps=EPS, eps_mode="adam"), mine, STEPS, restless())
    adam_, loss = torch.optim.Adam(theirs, lr=0.05, betas=(0.9, 0.98), eps=EPS), restless()
    for _ in range(STEPS):
        adam_.zero_grad()
        loss(theirs).backward()
        for p in theirs:
            p.grad *= p.grad.abs().sum()
        adam_.step()
    assert float((flat(mine) - flat(theirs)).abs().max()) <= TOLERANCE
