"""Checks of what a set is made from and asked about, and the numbers in its name.

Every check returns the value in the form the caller computes with, or raises `ValueError` (`WrongType` for a
thing that is not a number) naming the argument in backticks, the value and the remedy; see `theory.borders`.
"""

from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike

from online_sim.borders import as_numbers, frozen, numbers, vector
from online_sim.domains.rounding import Vector
from online_sim.memory import check_room
from theory.borders import shown, whole


def check_vector(value: ArrayLike, *, dimension: int, name: str) -> Vector:
    """A point or direction of shape (dimension,) as finite contiguous float64; copied only where needed."""
    # This runs in every round: an array of floats takes the short way.
    known = isinstance(value, np.ndarray) and value.dtype == np.float64 and value.shape == (dimension,)
    if not (known and np.isfinite(value).all()):
        value = vector(name, value, dimension)
    return np.ascontiguousarray(value)


def check_weight(weight: ArrayLike | None, *, dimension: int) -> Vector:
    """Projection weights of shape (dimension,), finite and >= 0; None is all ones."""
    if weight is None:
        return np.ones(dimension)
    checked = check_vector(weight, dimension=dimension, name="weight")
    smallest = int(np.argmin(checked))
    if checked[smallest] < 0.0:
        raise ValueError(
            f"`weight` has the negative entry {float(checked[smallest])!r} at index {smallest}; "
            "weights of a projection must be >= 0"
        )
    return checked


def as_dimension(value: SupportsIndex) -> int:
    """The number of coordinates d >= 1."""
    return whole("dimension", value, least=1, remedy="pass the number d of coordinates")


def as_vector(value: ArrayLike, *, name: str, dimension: int | None = None) -> Vector:
    """Finite numbers of shape (dimension,), any length for None, as a read-only copy."""
    if dimension is None:
        checked = numbers(name, value, shape="(d,)", fits=lambda shape: len(shape) == 1 and shape[0] > 0)
    else:
        checked = vector(name, value, dimension)
    return frozen(checked)


def as_matrix(value: ArrayLike, *, name: str) -> Vector:
    """Finite numbers of shape (m, d), m and d >= 1, as a read-only copy."""
    return frozen(numbers(name, value, shape="(m, d)", fits=lambda shape: len(shape) == 2 and 0 not in shape))


def as_bounds(lower: ArrayLike, upper: ArrayLike, dimension: int) -> tuple[Vector, Vector]:
    """The bounds of a box, each (dimension,); a single number is kept as one and broadcast.

    ValueError where a lower bound exceeds the upper one, and the box is empty.
    """
    low, high = _as_bound(lower, "lower", dimension), _as_bound(upper, "upper", dimension)
    if bool(np.any(distinct(low) > distinct(high))):
        i = int(np.argmax(low > high))
        raise ValueError(
            f"`lower` = {float(low[i])!r} exceeds `upper` = {float(high[i])!r} at index {i}: "
            "the box is empty; swap or correct the bounds"
        )
    return low, high


def as_centre(centre: ArrayLike | None, *, dimension: int) -> Vector:
    """A centre of shape (dimension,) as a read-only copy; None is the origin."""
    if centre is not None:
        return as_vector(centre, name="centre", dimension=dimension)
    check_room(8 * dimension, f"`dimension` = {dimension}: its numbers", "pass a smaller number d")
    return frozen(np.zeros(dimension))


def as_normal(value: ArrayLike) -> Vector:
    """The normal of a hyperplane: a read-only copy of a vector that is finite and not zero."""
    normal = as_vector(value, name="normal")
    if not normal.any():
        raise ValueError(
            f"`normal` must not be zero, got {shown(value)}; pass the vector orthogonal to the hyperplane"
        )
    return normal


def distinct(array: Vector) -> Vector:
    """The entries of a vector, or the only one where it is one number broadcast to all coordinates."""
    return array[:1] if array.strides == (0,) else array


def named(kind: str, dimension: int, **parts: Vector | float | None) -> str:
    """The name of a set with its defining numbers, such as ``l2_ball(d=30, radius=5)``; None is left out."""
    said = [f"{key}={_short(value)}" for key, value in parts.items() if value is not None]
    return f"{kind}({', '.join([f'd={dimension}', *said])})"


def _as_bound(value: ArrayLike, name: str, dimension: int) -> Vector:
    array = as_numbers(value)
    if array is None or array.ndim > 0:
        return as_vector(value, name=name, dimension=dimension)
    return np.broadcast_to(frozen(numbers(name, value)), (dimension,))


def _short(value: Vector | float) -> str:
    """A number as ``5`` for 5.0; of an array its common value, its entries if few, else a digest."""
    if not isinstance(value, np.ndarray):
        number = float(value)
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    flat = np.ascontiguousarray(distinct(value), dtype=np.float64).ravel()
    if flat.size and bool(np.all(flat == flat[0])):
        return _short(float(flat[0]))
    if flat.size <= 4:
        return "[" + ", ".join(_short(float(entry)) for entry in flat) + "]"
    import hashlib

    # Adding 0.0 turns -0.0 into 0.0, so equal arrays get equal names.
    return "#" + hashlib.sha256((flat + 0.0).tobytes()).hexdigest()[:8]
