"""Floors: what the machine needs for the part of the work that nobody can leave out."""

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

Vector = NDArray[np.floating]


@njit(cache=True, error_model="numpy", fastmath={"reassoc", "nsz", "contract"})
def roots_and_quotients(rounds: int, v: Vector, squares: Vector) -> float:
    """For each round and coordinate two square roots and a division, on numbers that differ by the round."""
    total = 0.0
    for t in range(rounds):
        shift = float(t)
        for i in range(v.size):
            root = np.sqrt(v[i] + shift)
            total += 1.0 / root + np.sqrt(squares[i] + shift)
    return total


@njit(cache=True, error_model="numpy", fastmath={"reassoc", "nsz", "contract"})
def root_and_quotient(rounds: int, v: Vector) -> float:
    """For each round and coordinate a square root and a division: where nothing is recorded."""
    total = 0.0
    for t in range(rounds):
        shift = float(t)
        for i in range(v.size):
            total += 1.0 / np.sqrt(v[i] + shift)
    return total


@njit(cache=True, parallel=True, error_model="numpy", fastmath={"reassoc", "nsz", "contract"})
def eight_words(g: Vector, x: Vector, m: Vector, v: Vector) -> float:
    """What a step of AdaL moves: g read for its norm, then g, x, m, v read and x, m, v written."""
    norm = 0.0
    for i in prange(g.size):
        norm += abs(g[i])
    for i in prange(g.size):
        x[i] += g[i]
        m[i] += g[i]
        v[i] += g[i]
    return norm
