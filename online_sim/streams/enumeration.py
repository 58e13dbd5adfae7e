"""All paths of a finite noise alphabet, with their exact probabilities.

An expectation over T rounds of noise from k letters is a finite sum over k^T paths; `Enumeration` is all of
them with weights that are exact rationals rounded once: `play` takes probabilities in this form only.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from online_sim.borders import wholes_or_none
from online_sim.frozen import set_fields
from online_sim.streams.alphabet import NoiseAlphabet, check_alphabet
from online_sim.streams.arrays import ArrayStream
from online_sim.streams.base import Stream
from theory.borders import WrongType, items, must, whole

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
@dataclass(frozen=True, eq=False, init=False)
class Enumeration:
    """All k^T paths of an alphabet, and their probabilities: what makes a mean over replicates exact.

    `paths`, shape (k^T, T), holds letter numbers in lexicographic order; `weights`, shape (k^T,), holds the
    products of the letters' probabilities, each rounded once. Neither can be given, so that no other
    weights and no subset of the paths pass for an enumeration.

    Args:
        alphabet: The k letters.
        horizon: The number of rounds T >= 1.
        limit: The most paths to list.

    Raises:
        ValueError: k^T exceeds `limit`.
    """

    alphabet: NoiseAlphabet
    horizon: int
    paths: NDArray[np.int64] = field(repr=False)
    weights: NDArray[np.float64] = field(repr=False)

    def __init__(self, alphabet: NoiseAlphabet, horizon: int, *, limit: int = PATH_LIMIT) -> None:
        paths, weights = enumerate_paths(alphabet, horizon, limit=limit)
        set_fields(self, alphabet=alphabet, horizon=int(horizon), paths=paths, weights=weights)

    @property
    def streams(self) -> tuple[ArrayStream, ...]:
        """One stream for each path, in their order."""
        return tuple(path_stream(self.alphabet, path) for path in self.paths)

    def check(self, streams: Sequence[Stream], horizon: int) -> None:
        """ValueError unless the game plays T rounds and its streams are exactly those of the paths."""
        streams = items("streams", streams, Stream, "a Stream", "take the enumeration's own `streams`")
        if horizon != self.horizon:
            raise ValueError(
                f"`enumeration` has the paths of {self.horizon} rounds, the `horizon` is {horizon}; "
                "enumerate the rounds that are played"
            )
        if len(streams) != len(self.paths):
            raise ValueError(
                f"`enumeration` has {len(self.paths)} paths, the game {len(streams)} streams; "
                "play one for each"
            )
        for r, (stream, path) in enumerate(zip(streams, self.paths, strict=True)):
            block = stream.block(0, horizon) if stream.length in {None, horizon} else None
            if (
                block is None
                or not np.array_equal(block.vectors[block.index], self.alphabet.values[path])
                or np.any(block.labels[block.index])
            ):
                raise ValueError(
                    f"`enumeration`: the stream of replicate {r}, {stream.name}, does not play path {r} of "
                    f"{self.alphabet.name}; take `play_all_paths`, or the enumeration's own `streams`"
                )
