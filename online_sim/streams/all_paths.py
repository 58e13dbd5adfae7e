"""Every path of a finite noise alphabet, so that expectations are finite sums with exact weights."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, final

from online_sim.streams.alphabet import PATH_LIMIT, NoiseAlphabet, enumerate_paths, path_stream
from theory.borders import instance, whole

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from online_sim.streams.arrays import ArrayStream


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
        return _enumerated(self.alphabet, horizon, self.limit)


@lru_cache(maxsize=4)
def _enumerated(
    alphabet: NoiseAlphabet, horizon: int, limit: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    paths, weights = enumerate_paths(alphabet, horizon, limit=limit)
    paths.flags.writeable = weights.flags.writeable = False
    return paths, weights


__all__ = ["AllPaths"]
