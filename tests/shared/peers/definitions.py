"""Algorithms written out as explicit sums over all rounds, from the papers, in extended precision."""

from __future__ import annotations

import numpy as np

from peers.games import ALPHA, BETA1, BETA2, EPS, GAMMA, GROWTH, MU
from peers.implementations import LONG


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
