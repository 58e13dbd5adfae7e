"""Every algorithm against an implementation that is not ours, over hundreds of rounds.

Peers: torch.optim, pytorch_optimizer and optax; AdaL is fed to their Adam as the gradient ||g||_1 g. No
installed package holds NosAdam, AdaX, RAdam as printed (switch at 4, no epsilon), AdaL's printed epsilon, or
momentum with the step inside; those are compared with their definitions, written out below in another form:
explicit sums over all rounds instead of recursions, in extended precision.

Each pair plays twice: open loop, where the gradients are a fixed seeded array, and closed loop on
f_t(x) = ||x - a_t||^2/2 with seeded targets, where an error feeds back into later gradients.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from sympy import sqrt

from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
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
from theory.algorithms.unroll import unroll
from theory.losses.linear import LINEAR
from theory.losses.quadratic import QUADRATIC
from theory.parameters import beta1, beta2
from theory.quantities import Prev
from theory.recurrence import Recurrence
from theory.symbols import ghat, m, v, vhat, x
from theory.symbols import t as now

ROUNDS, DIMENSION = 400, 5
ALPHA, BETA1, BETA2, MU, RHO, LAMBDA, GROWTH, GAMMA = 0.05, 0.9, 0.98, 0.9, 0.9, 0.02, 1e-3, 0.3
# Large, so that a misplaced epsilon shows.
EPS = 1e-3
VALUES = {
    "alpha": ALPHA, "beta1": BETA1, "beta2": BETA2, "mu": MU, "rho": RHO, "weight_decay": LAMBDA,
    "gamma": GAMMA, "eps": EPS,
}  # fmt: skip
GROUPS = [0, 0, 1, 1, 1]
RNG = np.random.default_rng(20210901)
# Coordinates differ in scale by a factor of 30, rounds in size by about 10, and the mean is not 0.
DATA = (RNG.normal(0.3, 1.0, (ROUNDS, DIMENSION)) * np.geomspace(0.1, 3.0, DIMENSION)) * np.exp(
    RNG.normal(size=(ROUNDS, 1))
)
START = RNG.normal(size=DIMENSION)

Gradient = Callable[[int, Any], Any]
Peer = Callable[[Gradient], np.ndarray]


def gradient_of(closed: bool) -> Gradient:
    """The gradient in round t (from 0) at a point: of <a_t, x>, or of ||x - a_t||^2/2."""
    return (lambda t, point: point - DATA[t]) if closed else (lambda t, point: DATA[t])


def trajectory(recurrence: Recurrence, closed: bool, engine: str = "numpy", **values: float) -> np.ndarray:
    """Our points x_1 ... x_T, shape (T, d)."""
    known = {name: value for name, value in (VALUES | values).items() if name in recurrence.parameter_names}
    trace = play(
        Game(
            recurrence,
            QUADRATIC if closed else LINEAR,
            ArrayStream(DATA),
            horizon=ROUNDS,
            parameters=known,
            start=START,
            groups=GROUPS,
        ),
        record=[x],
        checkpoints="all",
        engine=engine,
    )
    return trace[x]


def tolerance(reference: np.ndarray, correction: float = 1 - BETA2) -> float:
    """How far two correct float64 programs may drift apart.

    A round commits fewer than 50 roundings, each relative to the point or to a step not larger than it,
    and none of these games expands errors: 50 * eps * rounds * scale. The one ill-conditioned operation
    is 1 - beta2^t: a rounding of beta2^t is magnified by 1/(t * correction), correction = 1 - beta2, in a
    step of size about alpha; summed over rounds, alpha * log(rounds)/correction more.
    """
    eps = np.finfo(float).eps
    scale = float(np.abs(reference).max())
    return 50 * eps * (ROUNDS * scale + ALPHA * math.log(ROUNDS) / correction)


def same(ours: np.ndarray, theirs: np.ndarray, correction: float = 1 - BETA2) -> bool:
    """Whether two trajectories agree up to rounding; the one comparison of this file."""
    moved = np.abs(np.diff(theirs, axis=0)).max(axis=0)
    if not (np.isfinite(ours).all() and np.isfinite(theirs).all() and (moved > 0).all()):
        return False
    return float(np.abs(ours - theirs).max()) <= tolerance(theirs, correction)


# -- the peers -----------------------------------------------------------------------------------------


def torch_peer(
    name: str,
    *,
    package: str = "torch.optim",
    decreasing: bool = False,
    norm: str | None = None,
    **options: Any,
) -> Peer:
    """An optimizer of torch or pytorch_optimizer in float64.

    decreasing: lr = alpha/sqrt(t), set before each step; norm "global" or "group": it is handed
    ||g||_1 g, with one tensor for each group.
    """

    def run(gradient: Gradient) -> np.ndarray:
        torch = importlib.import_module("torch")
        members = [[0, 1], [2, 3, 4]] if norm == "group" else [list(range(DIMENSION))]
        tensors = [torch.nn.Parameter(torch.tensor(START[i], dtype=torch.float64)) for i in members]
        optimizer = getattr(importlib.import_module(package), name)(tensors, lr=ALPHA, **options)
        points = []
        for t in range(ROUNDS):
            points.append(np.concatenate([p.detach().numpy() for p in tensors]))
            g_t = gradient(t, points[-1])
            for p, i in zip(tensors, members, strict=True):
                factor = np.abs(g_t[i]).sum() if norm else 1.0
                p.grad = torch.tensor(factor * g_t[i], dtype=torch.float64)
            if decreasing:
                optimizer.param_groups[0]["lr"] = ALPHA / math.sqrt(t + 1)
            optimizer.step()
        return np.array(points)

    return run


def optax_peer(name: str, *, decreasing: bool = False, norm: str | None = None, **options: Any) -> Peer:
    """An optimizer of optax in float64; the options are those of `torch_peer`, the norm is global."""

    def run(gradient: Gradient) -> np.ndarray:
        jax = importlib.import_module("jax")
        optax = importlib.import_module("optax")
        before = jax.config.jax_enable_x64
        jax.config.update("jax_enable_x64", True)
        try:
            jnp = jax.numpy
            rate = (lambda count: ALPHA / jnp.sqrt(count + 1.0)) if decreasing else ALPHA
            rule = getattr(optax, name)(rate, **options)
            update = jax.jit(rule.update)
            point, points = jnp.asarray(START), []
            state = rule.init(point)
            for t in range(ROUNDS):
                points.append(np.asarray(point))
                g_t = gradient(t, points[-1])
                factor = np.abs(g_t).sum() if norm else 1.0
                step, state = update(jnp.asarray(factor * g_t), state, point)
                point = point + step
            return np.array(points)
        finally:
            jax.config.update("jax_enable_x64", before)

    return run


def definition(step: Callable[[int, np.ndarray, np.ndarray], np.ndarray]) -> Peer:
    """A definition: step(t, x, h) is the next point, h (t, d) all gradients so far, in extended precision."""

    def run(gradient: Gradient) -> np.ndarray:
        h = np.zeros((ROUNDS, DIMENSION), dtype=np.longdouble)
        point, points = START.astype(np.longdouble), []
        for t in range(1, ROUNDS + 1):
            points.append(point.astype(float))
            h[t - 1] = gradient(t - 1, point)
            point = step(t, point, h[:t])
        return np.array(points)

    return run


# -- definitions, from the papers ----------------------------------------------------------------------

LONG = np.longdouble


def weighted(h: np.ndarray, decay: float) -> np.ndarray:
    """sum_{k<=t} decay^{t-k} h_k."""
    return (LONG(decay) ** np.arange(len(h) - 1, -1, -1)) @ h


def mean(h: np.ndarray, decay: float) -> np.ndarray:
    """(1 - decay) sum_{k<=t} decay^{t-k} h_k, the first or second moment."""
    return (1 - LONG(decay)) * weighted(h, decay)


def nosadam_printed(t: int, point: np.ndarray, h: np.ndarray) -> np.ndarray:
    """Huang et al.: v_t = sum_k k^-gamma g_k^2 / sum_k k^-gamma."""
    weights = np.arange(1, t + 1, dtype=LONG) ** -LONG(GAMMA)
    return point - ALPHA / np.sqrt(LONG(t)) * mean(h, BETA1) / np.sqrt(weights @ h**2 / weights.sum())


def nosadam_code(t: int, point: np.ndarray, h: np.ndarray) -> np.ndarray:
    """What the authors' code computes: epsilon, a corrected first moment, a constant step."""
    weights = np.arange(1, t + 1, dtype=LONG) ** -LONG(GAMMA)
    mhat = mean(h, BETA1) / (1 - LONG(BETA1) ** t)
    return point - ALPHA * mhat / (np.sqrt(weights @ h**2 / weights.sum()) + EPS)


def adax_printed(t: int, point: np.ndarray, h: np.ndarray) -> np.ndarray:
    """Li et al.: weights (1 + beta2)^{t-k} beta2, divided by their sum (1 + beta2)^t - 1."""
    growth = 1 + LONG(GROWTH)
    vhat_t = GROWTH * weighted(h**2, growth) / (growth**t - 1)
    return point - ALPHA / np.sqrt(LONG(t)) * mean(h, BETA1) / np.sqrt(vhat_t)


def adax_code(t: int, point: np.ndarray, h: np.ndarray) -> np.ndarray:
    """What the codes in use compute: epsilon beside sqrt(v_t), before the correction; a constant step."""
    growth = 1 + LONG(GROWTH)
    root = np.sqrt(GROWTH * weighted(h**2, growth))
    return point - ALPHA * np.sqrt(growth**t - 1) * mean(h, BETA1) / (root + EPS)


def radam_printed(t: int, point: np.ndarray, h: np.ndarray) -> np.ndarray:
    """Liu et al., Algorithm 2: switch at rho_t > 4, no epsilon."""
    beta1, beta2 = LONG(BETA1), LONG(BETA2)
    rho_inf = 2 / (1 - beta2) - 1
    rho_t = rho_inf - 2 * t * beta2**t / (1 - beta2**t)
    mhat = mean(h, BETA1) / (1 - beta1**t)
    if rho_t <= 4:
        return point - ALPHA * mhat
    r_t = np.sqrt((rho_t - 4) * (rho_t - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho_t))
    return point - ALPHA * r_t * mhat * np.sqrt((1 - beta2**t) / mean(h**2, BETA2))


def adal_printed(t: int, point: np.ndarray, h: np.ndarray) -> np.ndarray:
    """Algorithm 1: the step alpha_t (vhat^{-1/2} + eps) mhat on ||g||_1 g."""
    ghat = np.abs(h).sum(axis=1, keepdims=True) * h
    mhat = mean(ghat, BETA1) / (1 - LONG(BETA1) ** t)
    vhat_t = mean(ghat**2, BETA2) / (1 - LONG(BETA2) ** t)
    return point - ALPHA / np.sqrt(LONG(t)) * (1 / np.sqrt(vhat_t) + EPS) * mhat


def adal_without_correction(t: int, point: np.ndarray, h: np.ndarray) -> np.ndarray:
    """Algorithm 1 without its lines of bias correction."""
    ghat = np.abs(h).sum(axis=1, keepdims=True) * h
    return point - ALPHA / np.sqrt(LONG(t)) * (1 / np.sqrt(mean(ghat**2, BETA2)) + EPS) * mean(ghat, BETA1)


def adal_group_printed(t: int, point: np.ndarray, h: np.ndarray) -> np.ndarray:
    """Algorithm 1 with the l1 norm of each group."""
    parts = [adal_printed(t, point[i], h[:, i]) for i in ([0, 1], [2, 3, 4])]
    return np.concatenate(parts)


def adam_uncorrected(t: int, point: np.ndarray, h: np.ndarray) -> np.ndarray:
    """Kingma and Ba, end of section 2: alpha sqrt(1 - beta2^t)/(1 - beta1^t) m_t/(sqrt(v_t) + eps)."""
    step = ALPHA * np.sqrt(1 - LONG(BETA2) ** t) / (1 - LONG(BETA1) ** t)
    return point - step * mean(h, BETA1) / (np.sqrt(mean(h**2, BETA2)) + EPS)


def heavy_ball(t: int, point: np.ndarray, h: np.ndarray) -> np.ndarray:
    """Sutskever et al., eqs. (1), (2), with alpha/sqrt(t): x_{t+1} = x_t - sum_k mu^{t-k} alpha_k g_k."""
    return point - weighted(h * (ALPHA / np.sqrt(np.arange(1, t + 1, dtype=LONG)))[:, None], MU)


def lookahead(t: int, point: np.ndarray, h: np.ndarray) -> np.ndarray:
    """Nesterov's method in its lookahead form, alpha/sqrt(t): the gradient belongs to y_t - mu m_{t-1}."""
    steps = h * (ALPHA / np.sqrt(np.arange(1, t + 1, dtype=LONG)))[:, None]
    before, now = weighted(steps[:-1], MU), weighted(steps, MU)
    y_next = (point + MU * before) - now
    return y_next - MU * now


# -- the pairs -----------------------------------------------------------------------------------------


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


# -- must-fail controls --------------------------------------------------------------------------------


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


# -- all algorithms of the registry against sympy itself -----------------------------------------------


@pytest.mark.parametrize("name", algorithms())
def test_engine_against_fifty_digits(name: str) -> None:
    """The numpy engine and the symbolic unrolling in 50 digits play the same first rounds."""
    rounds, recurrence = 25, algorithms()[name]
    known = {n: value for n, value in VALUES.items() if n in recurrence.parameter_names}
    exact = unroll(recurrence, DATA[:rounds].tolist(), parameters=known, start=START.tolist(), groups=GROUPS)
    theirs = np.array([[float(u) for u in point] for point in exact.played])
    assert same(trajectory(recurrence, False)[:rounds], theirs)


@pytest.mark.slow
@pytest.mark.parametrize("name", algorithms())
def test_numba_plays_like_numpy(name: str) -> None:
    """The compiled engine and the reference engine agree in closed loop."""
    recurrence = algorithms()[name]
    assert same(trajectory(recurrence, True, engine="numba"), trajectory(recurrence, True))
