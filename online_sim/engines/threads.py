"""Replicates over threads: compiled loops release Python's lock, so that several run at once."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, TypeVar

from theory.borders import whole

Result = TypeVar("Result")

MOST_THREADS = 256
"""The maximum number of threads; more than the processor has cores do not help."""


def checked_threads(threads: object) -> int:
    """The number of threads; ValueError or WrongType for anything but 1 to `MOST_THREADS`."""
    return whole("threads", threads, least=1, most=MOST_THREADS, remedy="one per core, at most")


def chunks(replicates: int, threads: int, together: int = 1) -> list[slice]:
    """Consecutive replicates for each thread, as equal as possible, in whole groups of `together`."""
    groups = -(-replicates // together)
    used = min(threads, groups)
    ends = [min(replicates, together * (groups * k // used)) for k in range(used + 1)]
    return [slice(*pair) for pair in pairwise(ends)]


def of_chunk(array: Any, chunk: slice) -> Any:
    """The part of an array (Q, ...) for a chunk: everything if the replicates share it (Q = 1)."""
    return array[chunk] if len(array) > 1 else array


def in_threads(play: Callable[[slice], Result], parts: Sequence[slice]) -> list[Result]:
    """The results of all chunks, in their order; an exception of one is raised when all have ended."""
    if len(parts) == 1:
        return [play(parts[0])]
    with ThreadPoolExecutor(len(parts)) as pool:
        return list(pool.map(play, parts))
