"""Every path of a finite noise alphabet, so that expectations are finite sums with exact weights."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from online_sim.borders import wholes_or_none
from online_sim.streams.alphabet import NoiseAlphabet, check_alphabet
from online_sim.streams.arrays import ArrayStream
from theory.borders import WrongType, instance, must, whole

PATH_LIMIT = 1_000_000
"""How many paths `enumerate_paths` lists before it asks for sampling instead."""


def enumerate_paths(
    alphabet: NoiseAlphabet, horizon: int, *, limit: int = PATH_LIMIT
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """All k^T sequences of T letters, and their probabilities.

    Args:
        alphabet: The k letters.
        horizon: The number of rounds T >= 1.
        limit: The most paths to list.

    Returns:
        (index (k^T, T) of letter numbers in lexicographic order, weights (k^T,)). Each weight is the exact
        product of the probabilities, rounded once.

    Raises:
        ValueError: k^T exceeds `limit`.
    """
    check_alphabet(alphabet)
    rounds = whole("horizon", horizon, least=1)
    limit = whole("limit", limit, least=1)
    size = alphabet.size
    # Logarithms first: the power of a long horizon is itself too long to write down.
    if size > 1 and (rounds * math.log(size) > math.log(limit) + 1 or size**rounds > limit):
        raise ValueError(
            f"`horizon` is {rounds}: an alphabet of {size} letters has {size}^{rounds} paths, above the "
            f"limit of {limit}; shorten the horizon, raise `limit`, or sample: AlphabetStream, several seeds"
        )
    digits = size ** np.arange(rounds - 1, -1, -1, dtype=np.int64)
    index = np.arange(size**rounds, dtype=np.int64)[:, None] // digits % size
    counts = np.stack([(index == letter).sum(axis=1) for letter in range(size)], axis=1)
    kinds, kind_of = np.unique(counts, axis=0, return_inverse=True)
    exact = [
        math.prod(chance ** int(times) for chance, times in zip(alphabet.probabilities, row, strict=True))
        for row in kinds
    ]
    return index, np.array([float(weight) for weight in exact])[kind_of.reshape(-1)]


def path_stream(alphabet: NoiseAlphabet, path: ArrayLike) -> ArrayStream:
    """The stream that plays one path of an alphabet.

    Args:
        alphabet: The k letters.
        path: Letter numbers in 0..k-1, shape (T,), such as a row of `enumerate_paths`.

    Raises:
        ValueError: `path` holds no letter numbers.
    """
    check_alphabet(alphabet)
    numbers = wholes_or_none(path)
    if numbers is None or numbers.ndim != 1 or numbers.size == 0:
        raise WrongType(must("path", path, "T >= 1 letter numbers, a list of whole numbers"))
    if numbers.min() < 0 or numbers.max() >= alphabet.size:
        raise ValueError(f"`path` leaves 0..{alphabet.size - 1}, the letters of {alphabet.name}")
    listing = (
        "".join(map(str, numbers)) if numbers.size <= 12 and alphabet.size <= 10 else f"T={numbers.size}"
    )
    return ArrayStream(alphabet.values[numbers], name=f"path({alphabet.name}, {listing})")


@final
@dataclass(frozen=True)
class AllPaths:
    """The k^T paths of an alphabet in a game of T rounds: one replicate for each, in lexicographic order.

    A mean over the replicates is then exact, and a supremum a maximum. Weights cannot be given: they are the
    products of the letters' probabilities, each rounded once.

    Args:
        alphabet: The k letters and their probabilities.
        limit: The most paths that may be played.

    Raises:
        ValueError: A game with this noise has more than `limit` paths.
    """

    alphabet: NoiseAlphabet
    limit: int = PATH_LIMIT

    def __post_init__(self) -> None:
        """Refuse anything else than an alphabet and a whole number."""
        instance("alphabet", self.alphabet, NoiseAlphabet, "a NoiseAlphabet", "skewed() say")
        whole("limit", self.limit, least=1)

    def streams(self, horizon: int) -> tuple[ArrayStream, ...]:
        """One stream of `horizon` rounds for each path."""
        return tuple(path_stream(self.alphabet, path) for path in self._enumerated(horizon)[0])

    def weights(self, horizon: int) -> NDArray[np.float64]:
        """(k^T,) the probability of each path, read-only."""
        return self._enumerated(horizon)[1]

    def _enumerated(self, horizon: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        return _enumerated(self.alphabet, whole("horizon", horizon, least=1), self.limit)


@lru_cache(maxsize=4)
def _enumerated(
    alphabet: NoiseAlphabet, horizon: int, limit: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    paths, weights = enumerate_paths(alphabet, horizon, limit=limit)
    paths.flags.writeable = weights.flags.writeable = False
    return paths, weights
