"""Seeded sparse rows like those of rcv1: words in documents, few of them in many documents, unit lengths."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from online_sim.borders import Floats

WORDS = 64
"""The average number of entries in a row."""


def documents(count: int, dimension: int, *, words: int = WORDS, seed: int = 0) -> tuple[csr_array, Floats]:
    """Rows (count, dimension) of unit length, and labels -1 and 1 that a hidden vector tells apart.

    A word of rank k is drawn in proportion to 1/(k + 10); the ranks lie at random coordinates.
    """
    rng = np.random.default_rng(seed)
    chances = 1.0 / (np.arange(dimension) + 10.0)
    place = rng.permutation(dimension)
    counts = np.minimum(1 + rng.poisson(words - 1, count), dimension)
    drawn = np.repeat(np.arange(count), counts)
    columns = place[rng.choice(dimension, drawn.size, p=chances / chances.sum())]
    rows = csr_array((rng.uniform(0.5, 2.0, drawn.size), (drawn, columns)), shape=(count, dimension))
    rows.sum_duplicates()
    lengths = np.sqrt((rows * rows) @ np.ones(dimension))
    rows = csr_array(rows.multiply(1.0 / lengths[:, None]))
    rows.sort_indices()
    side = rows @ rng.normal(size=dimension)
    return rows, np.where(side > np.median(side), 1.0, -1.0)
