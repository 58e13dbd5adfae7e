"""Adam-type algorithms on linear losses in a box, round by round in plain numpy: another computation."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np


def run(rows, *, alpha, second, decay1, weight=None, half=1.0, start=1.0):
    """Every round of x_{t+1} = clip(x_t - alpha_t m_t/sqrt(w_t)) on [-half, half]^d from start * half.

    Args:
        rows: Gradients (T, d).
        alpha: The step size; alpha_t = alpha/sqrt(t).
        second: (t, g, m, past) -> (what is kept for the next round, w_t); past is None in round 1.
        decay1: t -> beta_{1,t}.
        weight: (t, beta_{1,t}) -> the factor of g_t in m_t, by default 1 - beta_{1,t}.
        half: Half the side of the box.
        start: A number in [-1, 1].

    Returns:
        g, b1 (T,), w (T, d), alphas (T,), x (T, d), and the regret after every round.
    """
    g = np.asarray(rows, dtype=float)
    x, m, past = np.full(g.shape[1], start * half), np.zeros(g.shape[1]), None
    kept, points, decays = [], [], []
    for t, gradient in enumerate(g, start=1):
        points.append(x)
        b1 = decay1(t)
        m = b1 * m + (1 - b1 if weight is None else weight(t, b1)) * gradient
        past, w = second(t, gradient, m, past)
        x = np.clip(x - alpha / np.sqrt(t) * m / np.sqrt(w), -half, half)
        kept.append(w)
        decays.append(b1)
    points = np.array(points)
    losses = np.cumsum(np.sum(g * points, axis=1))
    best = -half * np.sum(np.abs(np.cumsum(g, axis=0)), axis=1)
    return SimpleNamespace(
        g=g, b1=np.array(decays), w=np.array(kept), alphas=alpha / np.sqrt(np.arange(1, len(g) + 1)),
        x=points, regret=losses - best, T=len(g),
    )  # fmt: skip


def lengths(g, power=2):
    """sum_i sqrt(sum_t |g_{t,i}|^power)."""
    return float(np.sum(np.sqrt(np.sum(np.abs(g) ** power, axis=0))))


def momenta(made):
    """sum_t sum_i beta_{1,t} sqrt(w_{t,i})/alpha_t."""
    return float(np.sum(made.b1 / made.alphas * np.sum(np.sqrt(made.w), axis=1)))


def last(made):
    """sum_i sqrt(T w_{T,i})."""
    return float(np.sqrt(made.T) * np.sum(np.sqrt(made.w[-1])))


def played(theorem, recurrence, rows, *, half=1.0, start=1.0, **parameters):
    """The same game with the package: a trace of every round with what the theorem measures."""
    from online_sim.domains import Box
    from online_sim.game import Game
    from online_sim.simulate import play
    from online_sim.streams import ArrayStream
    from theory.losses.linear import LINEAR

    rows = np.asarray(rows, dtype=float)
    domain = Box(-half, half, dimension=rows.shape[1])
    return play(
        Game(
            recurrence, LINEAR, ArrayStream(rows), domain, horizon=len(rows), parameters=parameters,
            start=np.full(rows.shape[1], start * half),
        ),
        record=theorem.quantities, checkpoints="all", engine="numpy",
    )  # fmt: skip


def agrees(theorem, key, trace, made, rhs):
    """Whether the sides of another computation lie in those after the last round, which are narrow."""
    from bounds.evaluate import check

    found = check(theorem, key, trace)
    # A few dozen operations and sums over T <= 100 rounds, each within one eps, some of them differences.
    close = 1e-12
    low, high = found.rhs[-1], found.rhs_upper[-1]
    assert low * (1 - close) <= rhs <= high * (1 + close), (low, rhs, high)
    assert high - low <= 1e-6 * rhs  # their error bound; a wrong factor would be larger
    assert found.lhs_lower[-1] - close * made.T <= made.regret[-1] <= found.lhs_upper[-1] + close * made.T
    return found
