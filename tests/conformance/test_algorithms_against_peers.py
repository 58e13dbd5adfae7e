"""Every algorithm against an implementation that is not ours, over hundreds of rounds.

Peers: torch.optim, pytorch_optimizer and optax; AdaL is fed to their Adam as the gradient ||g||_1 g. No
installed package holds NosAdam, AdaX, RAdam as printed (switch at 4, no epsilon), AdaL's printed epsilon, or
momentum with the step inside; those are compared with their definitions, written out in another form:
explicit sums over all rounds instead of recursions, in extended precision.

Each pair plays twice: open loop, where the gradients are a fixed seeded array, and closed loop on
f_t(x) = ||x - a_t||^2/2 with seeded targets, where an error feeds back into later gradients.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from peers.definitions import (
    adal_group_printed,
    adal_printed,
    adal_without_correction,
    adam_uncorrected,
    adax_code,
    adax_printed,
    heavy_ball,
    lookahead,
    nosadam_code,
    nosadam_printed,
    radam_printed,
)
from peers.games import (
    ALPHA,
    BETA1,
    BETA2,
    EPS,
    GROWTH,
    LAMBDA,
    MU,
    RHO,
    Peer,
    gradient_of,
    same,
    tolerance,
    trajectory,
)
from peers.implementations import definition, optax_peer, torch_peer
from theory.algorithms.adabelief import adabelief
from theory.algorithms.adadelta import adadelta
from theory.algorithms.adagrad import adagrad
from theory.algorithms.adal import adal
from theory.algorithms.adam import adam
from theory.algorithms.adamw import adamw
from theory.algorithms.adax import adax
from theory.algorithms.amsgrad import amsgrad
from theory.algorithms.momentum import momentum
from theory.algorithms.nesterov import nesterov
from theory.algorithms.nosadam import nosadam
from theory.algorithms.radam import radam
from theory.algorithms.registry import algorithms
from theory.algorithms.rmsprop import rmsprop
from theory.algorithms.sgd import sgd
from theory.recurrence import Recurrence


@dataclass(frozen=True)
class Pair:
    """An algorithm, its peer, values other than VALUES, and what conditions the bias correction."""

    recurrence: Recurrence
    peer: Peer
    values: tuple[tuple[str, float], ...] = ()
    correction: float = 1 - BETA2


BETAS = {"betas": (BETA1, BETA2)}
B1B2 = {"b1": BETA1, "b2": BETA2}
GROW = {"values": (("beta2", GROWTH),), "correction": GROWTH}
TORCH = [
    Pair(sgd(schedule="constant"), torch_peer("SGD")),
    Pair(sgd(), torch_peer("SGD", decreasing=True)),
    Pair(momentum(), torch_peer("SGD", momentum=MU)),
    Pair(momentum(placement="inside"), torch_peer("SGD", momentum=MU)),
    Pair(momentum(schedule="sqrt"), torch_peer("SGD", momentum=MU, decreasing=True)),
    Pair(nesterov(), torch_peer("SGD", momentum=MU, nesterov=True)),
    Pair(nesterov(placement="inside"), torch_peer("SGD", momentum=MU, nesterov=True)),
    Pair(nesterov(schedule="sqrt"), torch_peer("SGD", momentum=MU, nesterov=True, decreasing=True)),
    Pair(adagrad(), torch_peer("Adagrad", eps=EPS)),
    Pair(adagrad(eps_mode="none"), torch_peer("Adagrad", eps=0.0)),
    Pair(adagrad(schedule="sqrt"), torch_peer("Adagrad", eps=EPS, decreasing=True)),
    Pair(rmsprop(), torch_peer("RMSprop", alpha=RHO, eps=0.0)),
    Pair(rmsprop(eps_mode="adam"), torch_peer("RMSprop", alpha=RHO, eps=EPS)),
    Pair(adadelta(), torch_peer("Adadelta", rho=RHO, eps=EPS)),
    Pair(adam(), torch_peer("Adam", eps=EPS, **BETAS)),
    Pair(adam(eps_mode="none"), torch_peer("Adam", eps=0.0, **BETAS)),
    Pair(adam(schedule="sqrt"), torch_peer("Adam", eps=EPS, decreasing=True, **BETAS)),
    Pair(adamw(decay="scaled"), torch_peer("AdamW", eps=EPS, weight_decay=LAMBDA, **BETAS)),
    Pair(adamw(), torch_peer("AdamW", eps=EPS, weight_decay=LAMBDA / ALPHA, **BETAS)),
    Pair(
        adamw(schedule="sqrt"),
        torch_peer("AdamW", eps=EPS, weight_decay=LAMBDA / ALPHA, decreasing=True, **BETAS),
    ),
    Pair(
        adamw(decay="scaled", maximum="R3"),
        torch_peer("AdamW", eps=EPS, weight_decay=LAMBDA, amsgrad=True, **BETAS),
    ),
    Pair(
        amsgrad(maximum="R3", eps_mode="adam", schedule="constant"),
        torch_peer("Adam", eps=EPS, amsgrad=True, **BETAS),
    ),
    Pair(amsgrad(maximum="R3"), torch_peer("Adam", eps=0.0, amsgrad=True, decreasing=True, **BETAS)),
    Pair(radam(eps_mode="uncorrected", threshold=5), torch_peer("RAdam", eps=EPS, **BETAS)),
    # AdaL is Adam on ghat.
    Pair(adal(eps_mode="adam", schedule="constant"), torch_peer("Adam", norm="global", eps=EPS, **BETAS)),
    Pair(adal(eps_mode="adam"), torch_peer("Adam", norm="global", eps=EPS, decreasing=True, **BETAS)),
    Pair(adal(eps_mode="none"), torch_peer("Adam", norm="global", eps=0.0, decreasing=True, **BETAS)),
    Pair(
        adal(eps_mode="adam", norm="group"),
        torch_peer("Adam", norm="group", eps=EPS, decreasing=True, **BETAS),
    ),
    Pair(
        adal(eps_mode="none", maximum="R3"),
        torch_peer("Adam", norm="global", eps=0.0, amsgrad=True, decreasing=True, **BETAS),
    ),
]
PYTORCH_OPTIMIZER = [
    Pair(adabelief(), torch_peer("AdaBelief", package="pytorch_optimizer", eps=EPS, foreach=False, **BETAS))
]
OPTAX = [
    Pair(adabelief(), optax_peer("adabelief", eps=EPS, eps_root=EPS, **B1B2)),
    Pair(adabelief(eps_mode="adam"), optax_peer("adabelief", eps=EPS, eps_root=0.0, **B1B2)),
    Pair(adabelief(eps_mode="none"), optax_peer("adabelief", eps=0.0, eps_root=0.0, **B1B2)),
    Pair(rmsprop(eps_mode="inside"), optax_peer("rmsprop", decay=RHO, eps=EPS)),
    Pair(adam(eps_mode="inside"), optax_peer("adam", eps=0.0, eps_root=EPS, **B1B2)),
    Pair(amsgrad(maximum="R2"), optax_peer("amsgrad", eps=0.0, decreasing=True, **B1B2)),
    Pair(
        amsgrad(),
        optax_peer(
            "amsgrad", eps=0.0, decreasing=True, bias_correction_mu=False, bias_correction_nu=False, **B1B2
        ),
    ),
    Pair(
        adal(eps_mode="none", maximum="R2"),
        optax_peer("amsgrad", eps=0.0, decreasing=True, norm="global", **B1B2),
    ),
    Pair(
        adal(eps_mode="none", bias_correction=False, maximum="R1"),
        optax_peer(
            "amsgrad", eps=0.0, decreasing=True, norm="global", bias_correction_mu=False,
            bias_correction_nu=False, **B1B2,
        ),
    ),
]  # fmt: skip
DEFINITIONS = [
    Pair(nosadam(), definition(nosadam_printed)),
    Pair(nosadam(eps_mode="adam", bias_correction=True, schedule="constant"), definition(nosadam_code)),
    Pair(adax(), definition(adax_printed), **GROW),
    Pair(adax(eps_mode="uncorrected", schedule="constant"), definition(adax_code), **GROW),
    Pair(radam(), definition(radam_printed)),
    Pair(adal(), definition(adal_printed)),
    Pair(adal(bias_correction=False), definition(adal_without_correction)),
    Pair(adal(norm="group"), definition(adal_group_printed)),
    Pair(adam(eps_mode="uncorrected"), definition(adam_uncorrected)),
    Pair(momentum(placement="inside", schedule="sqrt"), definition(heavy_ball)),
    Pair(nesterov(placement="inside", schedule="sqrt"), definition(lookahead)),
]


def check(pair: Pair, closed: bool) -> None:
    """Ours and theirs agree; on failure the largest difference is shown beside the tolerance."""
    ours = trajectory(pair.recurrence, closed, **dict(pair.values))
    theirs = pair.peer(gradient_of(closed))
    worst = float(np.abs(ours - theirs).max())
    assert same(ours, theirs, pair.correction), (
        f"{worst=:.3g} allowed={tolerance(theirs, pair.correction):.3g}"
    )


def cases(pairs: list[Pair]) -> Any:
    """Parameters of a test: each pair by the name of its algorithm."""
    return pytest.mark.parametrize("pair", pairs, ids=lambda p: p.recurrence.name)


loops = pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])


@pytest.mark.torch
@loops
@cases(TORCH)
def test_against_torch(pair: Pair, closed: bool) -> None:
    """The trajectory is torch.optim's."""
    pytest.importorskip("torch")
    check(pair, closed)


@pytest.mark.torch
@loops
@cases(PYTORCH_OPTIMIZER)
def test_against_pytorch_optimizer(pair: Pair, closed: bool) -> None:
    """The trajectory is pytorch_optimizer's."""
    pytest.importorskip("pytorch_optimizer")
    check(pair, closed)


@loops
@cases(OPTAX)
def test_against_optax(pair: Pair, closed: bool) -> None:
    """The trajectory is optax's."""
    pytest.importorskip("optax")
    check(pair, closed)


@loops
@cases(DEFINITIONS)
def test_against_definition(pair: Pair, closed: bool) -> None:
    """The trajectory is that of the paper's definition as explicit sums."""
    check(pair, closed)


def test_every_algorithm_has_a_peer() -> None:
    """Each default variant in the registry (its own name, with no choice changed) is in some pair."""
    compared = {pair.recurrence.name for pair in (*TORCH, *PYTORCH_OPTIMIZER, *OPTAX, *DEFINITIONS)}
    assert {name for name in algorithms() if "[" not in name} <= compared
