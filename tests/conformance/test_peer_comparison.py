"""Controls: the comparison with peers notices planted errors, siblings and a tiny change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sympy import sqrt

from peers.definitions import adal_printed
from peers.games import ALPHA, gradient_of, same, trajectory
from peers.implementations import definition
from theory.algorithms.adabelief import adabelief
from theory.algorithms.adal import adal
from theory.algorithms.adamw import adamw
from theory.algorithms.momentum import momentum
from theory.algorithms.nesterov import nesterov
from theory.algorithms.nosadam import nosadam
from theory.algorithms.radam import radam
from theory.algorithms.sgd import sgd
from theory.parameters import beta1, beta2
from theory.quantities import Prev
from theory.recurrence import Recurrence
from theory.symbols import ghat, m, v, vhat, x
from theory.symbols import t as now

loops = pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])


def flipped(recurrence: Recurrence) -> Recurrence:
    """The step goes uphill."""
    return replace(recurrence, point=2 * x - recurrence.point)


def rootless(recurrence: Recurrence) -> Recurrence:
    """The square root of the scaling is forgotten."""
    return replace(recurrence, point=recurrence.point.xreplace({sqrt(vhat): vhat, sqrt(v): v}))


def late(recurrence: Recurrence) -> Recurrence:
    """The first moment takes the gradient of the round before."""
    steps = tuple((s, e.xreplace({ghat: Prev(ghat)}) if s == m else e) for s, e in recurrence.steps)
    return replace(recurrence, steps=steps)


def shifted(recurrence: Recurrence) -> Recurrence:
    """Rounds are counted from 2 in the bias corrections."""
    steps = tuple(
        (s, e.xreplace({beta1**now: beta1 ** (now + 1), beta2**now: beta2 ** (now + 1)}))
        for s, e in recurrence.steps
    )
    return replace(recurrence, steps=steps)


@loops
@pytest.mark.parametrize("mutate", [flipped, rootless, late, shifted])
def test_a_wrong_recurrence_is_caught(mutate: Callable[[Recurrence], Recurrence], closed: bool) -> None:
    """Each planted error in AdaL makes the comparison fail that passes without it."""
    theirs = definition(adal_printed)(gradient_of(closed))
    assert mutate(adal()) != adal()
    assert same(trajectory(adal(), closed), theirs)
    assert not same(trajectory(mutate(adal()), closed), theirs)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (adal(eps_mode="printed"), adal(eps_mode="adam")),
        (adal(eps_mode="adam"), adal(eps_mode="uncorrected")),
        (adal(eps_mode="adam"), adal(eps_mode="inside")),
        (adal(eps_mode="none"), adal(eps_mode="adam")),
        (adal(), adal(norm="group")),
        (adal(), adal(bias_correction=False)),
        (adal(), adal(maximum="R2")),
        (adal(maximum="R2"), adal(maximum="R3")),
        (adal(bias_correction=False), adal(maximum="R1", bias_correction=False)),
        (adabelief(), adabelief(eps_mode="adam")),
        (radam(threshold=4), radam(threshold=5)),
        (nosadam(), nosadam(bias_correction=True)),
        (adamw(), adamw(decay="scaled")),
        (momentum(schedule="sqrt"), momentum(placement="inside", schedule="sqrt")),
        (nesterov(schedule="sqrt"), nesterov(placement="inside", schedule="sqrt")),
        (momentum(), nesterov()),
    ],
    ids=lambda r: r.name,
)
def test_siblings_differ(one: Recurrence, other: Recurrence) -> None:
    """The data tell siblings apart, so a peer with the other convention would not have passed."""
    assert not same(trajectory(one, False), trajectory(other, False))


def test_a_tiny_error_is_caught() -> None:
    """A step size wrong by one part in 10^9 is seen."""
    assert not same(trajectory(sgd(), False, alpha=ALPHA * (1 + 1e-9)), trajectory(sgd(), False))


def test_a_frozen_coordinate_is_refused() -> None:
    """The comparison accepts no data that cannot tell algorithms apart."""
    points = trajectory(sgd(), False)
    assert same(points, points)
    points[:, 2] = 1.0
    assert not same(points, points)
