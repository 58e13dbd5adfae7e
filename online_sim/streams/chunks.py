"""Random access into a random sequence: fixed chunks, each with a generator of its own.

Round t lies in chunk t // size, and a chunk is drawn whole from a generator that depends only on the
seed, the kind of stream and the chunk's number. So the sequence cannot depend on how a caller cuts the
horizon. The chunk number goes in as a spawn key rather than as a second entropy word: the words of
`default_rng([seed, 0])` are those of `default_rng(seed)`, and a start point or a noise drawn elsewhere
from the same seed would repeat the stream's first chunk.
"""

from collections.abc import Callable
from enum import IntEnum
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T", bound=np.generic)

CHUNK_NUMBERS = 1 << 14
"""Numbers drawn at a time: large enough to hide the cost of a new generator, small enough for the cache."""


class StreamKind(IntEnum):
    """Keeps streams of different kinds independent under one seed. Never renumber: it changes every draw."""

    SHUFFLED = 1
    GAUSSIAN = 2
    ALPHABET = 3
    MARKET = 4


def chunk_generator(seed: int, kind: StreamKind, number: int) -> np.random.Generator:
    """The generator of chunk `number` (0, 1, ...) of the stream of this kind and seed (>= 0)."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(int(kind), number)))


def gather(start: int, stop: int, size: int, draw: Callable[[int], NDArray[T]]) -> NDArray[T]:
    """Entries start..stop-1 of draw(0), draw(1), ... (each of `size` entries) in a row; a fresh array."""
    first, last = start // size, (stop - 1) // size
    pieces: list[NDArray[Any]] = [
        draw(number)[max(start - number * size, 0) : min(stop - number * size, size)]
        for number in range(first, last + 1)
    ]
    return np.concatenate(pieces)
