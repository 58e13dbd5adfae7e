"""Games on which proofs are audited: random, adversarial and adaptive gradients, step sizes and points."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bounds.audit import audit, audit_quantities
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams import ArrayStream, breast_cancer, build_up, one_large_then_small, reddi, wrong_end
from theory.losses.linear import LINEAR
from theory.proof import Cited
from theory.symbols import x, z

CANCER = breast_cancer().table
SMALL = ArrayStream(CANCER[0][:50, :3], CANCER[1][:50], name="breast_cancer(n=50, d=3)")


def audited(proof, rows, domain, point, *, loss=LINEAR, recurrence, constants=None, **game):
    """The audit of a proof on the game with these gradients, every round recorded."""
    streams = [ArrayStream(r) for r in rows]
    trace = play(
        Game(recurrence, loss, streams, domain, horizon=rows.shape[1], **game),
        record=audit_quantities(proof, loss),
        checkpoints="all",
        vectors={z: point},
        engine="numpy",  # a kernel of all these quantities takes ten seconds to compile
    )
    return {a.key: a for a in audit(proof, trace, loss, constants=constants)}


def gradients(rng, count, horizon, d):
    """(count, horizon, d): Gaussian, signs, sparse, spiked, growing, decaying; scales over twelve decades."""
    rows = rng.normal(size=(count, horizon, d))
    kinds = rng.integers(6, size=count)
    rows[kinds == 1] = np.sign(rows[kinds == 1])
    rows[kinds == 2] *= rng.random((np.sum(kinds == 2), horizon, d)) < 0.2
    rows[kinds == 3] *= np.where(rng.random((np.sum(kinds == 3), horizon, 1)) < 0.1, 1e3, 1.0)
    powers = np.arange(horizon)[None, :, None]
    rows[kinds == 4] = np.abs(rows[kinds == 4]) * 1.3**powers
    rows[kinds == 5] *= 0.7**powers
    spread = np.where(rng.random((count, 1, 1)) < 0.3, 10 ** rng.uniform(-3, 3, (count, 1, d)), 1.0)
    return rows * spread * 10 ** rng.uniform(-3, 3, (count, 1, 1))


def adversarial(rng, count, horizon, d):
    """(count, horizon, d): the library's adversaries along random directions, scales over six decades."""
    made = (
        lambda: reddi(rng.uniform(1, 20)),
        lambda: wrong_end(rng.uniform(1, 10), int(rng.integers(1, 20))),
        lambda: one_large_then_small(rng.uniform(1, 100), rng.uniform(0.01, 1)),
        lambda: build_up(int(rng.integers(1, 20)), rng.uniform(0.1, 20), ratio=rng.uniform(0.8, 1.5)),
    )
    rows = np.empty((count, horizon, d))
    for k in range(count):
        block = made[k % len(made)]().block(0, horizon)
        directions = (rng.normal(size=d), rng.choice([-1.0, 1.0], size=d), np.eye(d)[rng.integers(d)])
        rows[k] = block.vectors[block.index] * directions[rng.integers(3)]
    return rows * 10 ** rng.uniform(-3, 3, (count, 1, 1))


def against(recurrence, domain, points, sizes, values):
    """(count, horizon, d): every gradient is chosen against the point just played, away from `points`."""
    rows = np.zeros((*sizes.shape, domain.dimension))
    for k in range(sizes.shape[1]):
        trace = play(
            Game(
                recurrence,
                LINEAR,
                [ArrayStream(r[: k + 1]) for r in rows],
                domain,
                horizon=k + 1,
                parameters=values,
            ),
            record=[x],
            checkpoints="all",
        )
        rows[:, k] = sizes[:, k, None] * np.sign(trace[x][:, k] - points)
    return rows


def parameters(rng, count):
    """Step sizes over four decades, decays with beta1^2 < beta2."""
    beta1 = rng.choice([0.0, 0.3, 0.9, 0.99], size=count)
    beta2 = np.maximum(rng.choice([0.1, 0.5, 0.9, 0.999], size=count), beta1**2 + 1e-3)
    return {"alpha": 10 ** rng.uniform(-3, 1, size=count), "beta1": beta1, "beta2": beta2}


def comparators(rng, domain, rows):
    """(count, d): best in hindsight, a vertex, or a point inside, by turns."""
    points = []
    for k, sums in enumerate(rows.sum(axis=1)):
        vertices = [domain.maximiser(c) for c in rng.normal(size=(3, domain.dimension))]
        points.append([domain.maximiser(-sums), vertices[0], np.mean(vertices, axis=0)][k % 3])
    return np.stack(points)


def only(proof, *keys):
    """The proof with these steps alone: less to compile."""
    steps = [replace(proof.step(key), argument=Cited("nothing", "alone")) for key in keys]
    return replace(proof, steps=tuple(steps))
