"""The repaired theorems hold on every run, and are no weaker than they have to be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sympy import Rational, S, lambdify

from bounds.evaluate import check, checks
from bounds.verdict import Verdict
from online_sim.domains import Box, Ellipsoid, L2Ball, Simplex
from online_sim.play import play
from online_sim.streams import ArrayStream, constant, reddi, wrong_end
from paper_checks.report.mathml import flaw_of, mathml
from theory.algorithms.adal import ADAL, ADAL_NO_EPS, ADAL_R1, ADAL_R2, ADAL_R3
from theory.algorithms.registry import algorithms
from theory.losses.half_square import HALF_SQUARE
from theory.losses.linear import LINEAR
from theory.losses.squared import SQUARED
from theory.parameters import beta1, beta2
from theory.printing.latex_objects import statement_latex
from theory.quantities import Expectation, Quantity, Regret, Supremum
from theory.statement import Requires, Status, Theorem
from theory.symbols import z
from theory.theorems import realisable, repaired, repaired_nonconvex
from theory.theorems.realisable import AVERAGED, BY_ROOT, BY_SMALLEST
from theory.theorems.repaired import (
    ADAL_R1_EPS,
    ADAL_R1_PRINTED_EPS,
    ADAL_R2_EPS,
    ADAL_R2_PRINTED_EPS,
    ADAL_R3_EPS,
    ADAL_R3_PRINTED_EPS,
    ADAL_V,
    R_ANY_GAMMA,
    R_CORRECTED,
    R_EPS,
    R_EPS_BOX,
    V_PRINTED,
    V_UNCORRECTED,
    R,
    V,
)
from theory.theorems.repaired_nonconvex import P, p_4, q_1, q_2

CASES = [
    (ADAL_R1, (R, R_ANY_GAMMA)),
    (ADAL_R2, (R, R_CORRECTED, R_ANY_GAMMA)),
    (ADAL_R3, (R, R_CORRECTED, R_ANY_GAMMA)),
    (ADAL_R1_EPS, (R_EPS,)),
    (ADAL_R2_EPS, (R_EPS,)),
    (ADAL_R3_EPS, (R_EPS,)),
    (ADAL_NO_EPS, (V,)),
    (ADAL_V, (V_UNCORRECTED,)),
]
BOX_CASES = [
    (ADAL_R1_PRINTED_EPS, (R_EPS_BOX,)),
    (ADAL_R2_PRINTED_EPS, (R_EPS_BOX,)),
    (ADAL_R3_PRINTED_EPS, (R_EPS_BOX,)),
    (ADAL, (V_PRINTED,)),
]
DOMAINS = {
    "box": Box([-1.0, -0.5, -2.0], [1.0, 0.5, 0.0]),
    "ball": L2Ball(3, radius=1.0),
    "simplex": Simplex(3),
    "ellipsoid": Ellipsoid([1.0, 0.5, 0.1]),
}
GAMES = [
    *[pytest.param(r, th, name, id=f"{r.name}-{name}") for r, th in CASES for name in DOMAINS],
    *[pytest.param(r, th, "box", id=f"{r.name}-box") for r, th in BOX_CASES],
]
INTERVAL = Box(-1.0, 1.0, dimension=1)


def all_theorems() -> list[Theorem]:
    """Every theorem object of the three modules."""
    modules = (repaired, realisable, repaired_nonconvex)
    return [t for module in modules for t in vars(module).values() if isinstance(t, Theorem)]


def drawn_game(rng: np.random.Generator, replicates: int, horizon: int, dimension: int):
    """Gradient rows of many kinds, one stream per replicate, and parameters with beta1^2 < beta2."""
    kinds = [
        lambda: rng.normal(size=(horizon, dimension)),
        lambda: rng.normal(size=(horizon, dimension)) * 10.0 ** rng.uniform(-3, 3, size=(horizon, 1)),
        lambda: rng.normal(size=(horizon, dimension)) * (rng.random((horizon, dimension)) < 0.2),
        lambda: np.tile(rng.normal(size=(rng.integers(1, 6), dimension)), (horizon, 1))[:horizon],
        lambda: np.where(np.arange(horizon)[:, None] % rng.integers(2, 7) == 0, 5.0, -1.0)
        * np.sign(rng.normal(size=dimension)),
        lambda: rng.normal(size=dimension) * rng.uniform(0.5, 1.5) ** np.arange(min(horizon, 60))[-1:]
        + np.zeros((horizon, dimension)),
    ]
    rows = [kinds[k % len(kinds)]() for k in range(replicates)]
    b1 = rng.choice([0.0, 0.5, 0.9, 0.99], size=replicates)
    b2 = b1**2 + (1 - b1**2) * rng.choice([0.001, 0.1, 0.5, 0.9, 0.999], size=replicates)
    parameters = {
        "alpha": 10.0 ** rng.uniform(-2, 1, size=replicates),
        "beta1": b1,
        "beta2": np.minimum(b2, 0.9999),
        "eps": 10.0 ** rng.uniform(-8, 0, size=replicates),
    }
    return [ArrayStream(row) for row in rows], parameters


def extreme_starts(rng, domain, replicates):
    """Feasible points on the boundary: minimisers of random directions."""
    directions = rng.normal(size=(replicates, domain.dimension))
    return np.stack([domain.minimise_linear(u) if hasattr(domain, "minimise_linear") else domain.start() for u in directions])


def held_on_random_games(recurrence, theorems, name, *, replicates, horizon) -> None:
    """Play replicates of random games in one run, and hold the theorems against all of them."""
    rng = np.random.default_rng([replicates, *map(ord, recurrence.name + name)])
    domain = DOMAINS[name]
    streams, parameters = drawn_game(rng, replicates, horizon, domain.dimension)
    known = {p.name for p in recurrence.parameters}
    trace = play(
        recurrence, LINEAR, streams, domain, horizon=horizon, replicates=replicates, engine=ENGINE,
        parameters={k: v for k, v in parameters.items() if k in known},
        record=list(dict.fromkeys(q for th in theorems for q in th.quantities)), checkpoints=12,
    )  # fmt: skip
    for theorem in theorems:
        assert theorem.about(recurrence.name)[0]
        wide, narrow = checks(theorem, trace)
        for c in (wide, narrow):
            assert c.verdict in {Verdict.HOLDS, Verdict.VACUOUS}, (c.id, c.verdict, c.reason)
            assert c.margin is None or c.margin >= 1 - 1e-10


ENGINE = "numpy"


@pytest.mark.parametrize(("recurrence", "theorems", "name"), GAMES)
def test_no_violation_on_random_games(recurrence, theorems, name) -> None:
    """36 x 64 = 2304 trajectories of many kinds of gradients, betas and step sizes."""
    held_on_random_games(recurrence, theorems, name, replicates=64, horizon=40)
