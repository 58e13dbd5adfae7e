"""Small games with every feature of the language: every algorithm, loss and set meets the others."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from online_sim.domains.base import Domain
from online_sim.domains.box import Box
from online_sim.domains.box_hyperplane import BoxHyperplane
from online_sim.domains.ellipsoid import Ellipsoid
from online_sim.domains.half_space import HalfSpace
from online_sim.domains.l1_ball import L1Ball
from online_sim.domains.l2_ball import L2Ball
from online_sim.domains.polytope import Polytope
from online_sim.domains.simplex import Simplex
from online_sim.game import Game
from online_sim.streams.arrays import ArrayStream
from theory.algorithms.registry import algorithms
from theory.loss import Loss
from theory.losses.registry import losses
from theory.quantities import CumMax, CumSum, Norm1
from theory.recurrence import Recurrence
from theory.symbols import f, g

HORIZON = 20
ALGORITHMS = dict(algorithms())
LOSSES = {loss.name: loss for loss in losses()}
# All sets touch the cube [1/2, 3/2]^d, where every loss is defined, and are small: most steps are projected.
DOMAINS: dict[str, Callable[[int], Domain | None]] = {
    "none": lambda d: None,
    "box": lambda d: Box(0.75, 1.25, dimension=d),
    "l2_ball": lambda d: L2Ball(d, 0.4, np.ones(d)),
    "l1_ball": lambda d: L1Ball(d, 0.5, np.ones(d)),
    "simplex": lambda d: Simplex(d, 1.5),
    "half_space": lambda d: HalfSpace(np.arange(1.0, d + 1), 2.0),
    "ellipsoid": lambda d: Ellipsoid(np.linspace(0.2, 0.5, d), np.ones(d)),
    "box_hyperplane": lambda d: BoxHyperplane(0.5, 1.5, np.arange(1.0, d + 1), 0.9 * d * (d + 1) / 2),
    "polytope": lambda d: Polytope(
        np.vstack([np.eye(d), -np.eye(d)]), np.r_[np.full(d, 1.2), np.full(d, -0.8)]
    ),
}


def make(algorithm: Recurrence, loss: Loss, domain: str) -> Game:
    """A small game with every feature of the language that its objects use."""
    d = loss.dimension or 3
    rng = np.random.default_rng(7)
    rows = rng.normal(size=(HORIZON, d))
    if loss.name == "portfolio":
        rows = rng.uniform(0.5, 1.5, size=(HORIZON, d))
    given = {p.name: p.default if p.default is not None else 0.5 for p in algorithm.parameters}
    if loss.name == "rosenbrock" or (loss.name == "portfolio" and domain in {"none", "half_space"}):
        given["alpha"] = 1e-3  # plain gradient steps of more run off, or to where the logarithm is undefined
    set_ = DOMAINS[domain](d)
    return Game(
        algorithm,
        loss,
        ArrayStream(rows, rng.choice([-1.0, 1.0], HORIZON)),
        set_,
        horizon=HORIZON,
        parameters=given,
        start=None if set_ is not None and domain != "half_space" else np.full(d, 0.3),
        groups=[0] + [1] * (d - 1),
        table=(rng.normal(size=(5, d)), rng.choice([-1.0, 1.0], 5)) if loss.uses_rows else None,
    )


def named(algorithm: Recurrence) -> list:
    """Every named line of an algorithm, and quantities of every kind."""
    return [*(s for s, _ in algorithm.steps), f, g, CumSum(f), CumMax(Norm1(g))]


def pairs() -> list[tuple[str, str, str]]:
    """Every algorithm with every loss, the sets in turn: each set also meets each algorithm and each loss."""
    names = list(DOMAINS)
    return [
        (algorithm, names[(i + j) % len(names)], loss)
        for i, algorithm in enumerate(ALGORITHMS)
        for j, loss in enumerate(LOSSES)
    ]


def cover() -> list[tuple[str, str, str]]:
    """One game for each family of algorithms, or more, until each set and each loss occurs."""
    families = list({name.partition("[")[0]: name for name in reversed(ALGORITHMS)}.values())
    count = max(len(families), len(DOMAINS), len(LOSSES))
    kinds = (families, list(DOMAINS), list(LOSSES))
    return [tuple(kind[k % len(kind)] for kind in kinds) for k in range(count)]
