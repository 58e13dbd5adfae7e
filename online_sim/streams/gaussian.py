"""Independent Gaussian rows, with labels of a planted linear model if asked for."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, cast, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from online_sim.frozen import set_fields
from online_sim.memory import check_room
from online_sim.streams.base import Block, Stream, as_seed
from online_sim.streams.chunks import CHUNK_NUMBERS, StreamKind, chunk_generator
from online_sim.streams.periodic import format_number
from online_sim.streams.rows import frozen_numbers
from theory.borders import as_number, flag, real, title, whole

_LARGEST_CACHED = 1 << 17  # numbers; a chunk of one row at d = 1e8 must not stay in memory


def _normals(seed: int, number: int, rows: int, columns: int) -> NDArray[np.float64]:
    normals = chunk_generator(seed, StreamKind.GAUSSIAN, number).standard_normal((rows, columns))
    normals.flags.writeable = False
    return normals


_cached_normals = lru_cache(maxsize=4)(_normals)


def _spread(values: ArrayLike, dimension: int, argument: str) -> NDArray[np.float64]:
    """A number or d numbers as a read-only array of shape (d,)."""
    number = as_number(values)
    if number is None:
        return frozen_numbers(values, dimension, argument=argument)
    check_room(8 * dimension, f"`dimension` is {dimension}: its numbers", "pass a smaller dimension")
    return frozen_numbers(np.full(dimension, number), dimension, argument=argument)


@final
@dataclass(frozen=True, eq=False, init=False)
class GaussianStream(Stream):
    """a_t = mean + std * z_t with z_t iid standard normal in R^d, drawn on the fly; never ends, no table.

    With a planted model w the label is b_t = <w, a_t> + noise * e_t, e_t standard normal, or its sign. The
    model is an argument, not drawn, so that `reseed` changes the data and not the problem. The rows do not
    depend on `planted`, `noise` or `classes`.

    Args:
        dimension: The number of coordinates d >= 1.
        seed: A whole number >= 0.
        mean: A number, or shape (d,).
        std: Standard deviations >= 0, a number or shape (d,).
        planted: The model w, shape (d,); None for labels 0.
        noise: Standard deviation >= 0 of the labels' noise.
        classes: Whether the label is the sign in {-1, +1} (0 counts as +1).
        name: A short stable name; built from the arguments when left out.

    Raises:
        ValueError: Wrong shapes, negative `std` or `noise`, or `noise` or `classes` without `planted`.
    """

    std: NDArray[np.float64] = field(repr=False)
    planted: NDArray[np.float64] | None = field(repr=False)
    noise: float
    classes: bool
    # The defaults below are never used: they only hide the abstract properties of the same names.
    mean: NDArray[np.float64] = field(default=cast(Any, None), repr=False)
    dimension: int = 1
    seed: int = 0
    name: str = ""

    def __init__(
        self,
        dimension: int,
        seed: int = 0,
        *,
        mean: ArrayLike = 0.0,
        std: ArrayLike = 1.0,
        planted: ArrayLike | None = None,
        noise: float = 0.0,
        classes: bool = False,
        name: str = "",
    ) -> None:
        columns = whole("dimension", dimension, least=1)
        deviation = _spread(std, columns, "std")
        if (deviation < 0).any():
            raise ValueError(f"`std` has the entry {deviation.min()}; standard deviations are >= 0")
        spread = real("noise", noise, least=0.0)
        sign = flag("classes", classes)
        if planted is None and (spread > 0 or classes):
            raise ValueError("`noise` and `classes` shape the labels of a model: pass `planted`, shape (d,)")
        model = None if planted is None else frozen_numbers(planted, columns, argument="planted")
        labels = "" if model is None else f", {'classes' if classes else 'targets'}"
        default = f"gaussian(d={columns}{labels}{f', noise={format_number(spread)}' if spread else ''})"
        set_fields(
            self,
            dimension=columns,
            seed=as_seed(seed),
            mean=_spread(mean, columns, "mean"),
            std=deviation,
            planted=model,
            noise=spread,
            classes=sign,
            name=title("name", name) or default,
        )

    def _piece(self, number: int, rows: int, low: int, high: int) -> tuple[NDArray[np.float64], ...]:
        """Rows low..high-1 of chunk `number` (of `rows` rows), and their labels."""
        columns = self.dimension + 1
        draw = _cached_normals if rows * columns <= _LARGEST_CACHED else _normals
        # The last column is the labels' noise, drawn even where unused: rows must not depend on labels.
        chunk = draw(self.seed, number, rows, columns)
        if self.planted is None:
            return chunk[low:high, :-1] * self.std + self.mean, np.zeros(high - low)
        # The whole chunk, and no BLAS: a sum must not change its order with the rows asked for.
        vectors = chunk[:, :-1] * self.std + self.mean
        labels = np.einsum("ij,j->i", vectors, self.planted) + self.noise * chunk[:, -1]
        if self.classes:
            labels = np.where(labels >= 0, 1.0, -1.0)
        return vectors[low:high], labels[low:high]

    def _block(self, start: int, stop: int) -> Block:
        """Rounds start+1..stop, one new row each; memory for (stop - start) (d + 1) numbers."""
        rows = max(1, CHUNK_NUMBERS // (self.dimension + 1))
        vectors = np.empty((stop - start, self.dimension))
        labels = np.empty(stop - start)
        for number in range(start // rows, (stop - 1) // rows + 1):
            first = number * rows
            low, high = max(start, first), min(stop, first + rows)
            piece = slice(low - start, high - start)
            vectors[piece], labels[piece] = self._piece(number, rows, low - first, high - first)
        return Block(vectors, labels, np.arange(stop - start, dtype=np.int64))
