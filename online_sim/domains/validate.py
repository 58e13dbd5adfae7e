"""Input checks shared by the domains: one place for the sentences a wrong argument is answered with.

Every function returns the checked value in the form the caller computes with, or raises `ValueError`
(`TypeError` for a thing that is no number) naming the argument in backticks, the value and the remedy.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike

from online_sim.borders import as_numbers
from online_sim.domains.base import Vector
from online_sim.memory import check_room
from theory.borders import MOST, WrongType, as_index, as_number, must, shown, text

if TYPE_CHECKING:
    from online_sim.domains.base import Domain


def as_dimension(value: SupportsIndex, *, name: str = "dimension") -> int:
    """`value` as an int >= 1."""
    dimension = as_index(value)
    if dimension is None:
        raise WrongType(f"`{name}` must be an integer, got {shown(value)}; pass the number d")
    if dimension < 1:
        raise ValueError(
            f"`{name}` must be at least 1, got {shown(dimension)}; a domain has a coordinate or more"
        )
    if dimension > MOST:
        raise ValueError(f"`{name}` must be at most 2^53, got {shown(dimension)}; pass a smaller number d")
    return dimension


def as_positive(value: float, *, name: str) -> float:
    """`value` as a finite float > 0, such as a radius."""
    number = as_finite(value, name=name)
    if number <= 0.0:
        raise ValueError(f"`{name}` must be > 0, got {number!r}; pass a positive number")
    return number


def as_finite(value: float, *, name: str) -> float:
    """`value` as a finite float."""
    number = as_number(value)
    if number is None:
        raise WrongType(f"`{name}` must be a number, got {shown(value)}; pass a float")
    if not math.isfinite(number):
        raise ValueError(f"`{name}` must be finite, got {number!r}; pass one that is not NaN or infinite")
    return number


def as_array(
    value: ArrayLike, *, name: str, shape: tuple[int | None, ...], allow_infinite: bool = False
) -> Vector:
    """`value` as a read-only float64 C-contiguous copy of the given shape (None matches any length).

    NaN is refused; infinite entries are refused unless `allow_infinite`.
    """
    array = np.array(_numbers(value, name), order="C")
    _check_shape(array, name=name, shape=shape)
    bad = np.isnan(array) if allow_infinite else ~np.isfinite(array)
    if bad.any():
        where = tuple(int(i) for i in np.argwhere(bad)[0])
        raise ValueError(
            f"`{name}` has the entry {float(array[where])!r} at index {_index(where)}; every entry must be "
            f"{'a number that is not NaN' if allow_infinite else 'finite'}"
        )
    array.setflags(write=False)
    return array


def as_bound(value: ArrayLike, *, name: str, dimension: int) -> Vector:
    """One finite number for all coordinates, kept as one, or one for each, (dimension,)."""
    array = _numbers(value, name)
    if array.ndim == 0:
        return np.broadcast_to(as_array(array.reshape(1), name=name, shape=(1,)), (dimension,))
    return as_array(array, name=name, shape=(dimension,))


def as_name(value: object, *, name: str = "name") -> str:
    """A name for reports: text on one line."""
    said = text(name, value)
    if not all(c.isprintable() for c in said):
        raise ValueError(must(name, value, "printable text on one line"))
    return said


def crossed(lower: Vector, upper: Vector) -> None:
    """ValueError where a lower bound exceeds the upper one: the box is empty."""
    if bool(np.any(distinct(lower) > distinct(upper))):
        i = int(np.argmax(lower > upper))
        raise ValueError(
            f"`lower` = {float(lower[i])!r} exceeds `upper` = {float(upper[i])!r} at index {i}: "
            "the box is empty; swap or correct the bounds"
        )


def as_centre(centre: ArrayLike | None, *, dimension: int, name: str = "centre") -> Vector:
    """A centre of shape (dimension,) as a read-only copy; None is the origin."""
    if centre is None:
        check_room(8 * dimension, f"`dimension` = {dimension}: its numbers", "pass a smaller number d")
        origin = np.zeros(dimension)
        origin.setflags(write=False)
        return origin
    return as_array(centre, name=name, shape=(dimension,))


def distinct(array: Vector) -> Vector:
    """The entries of a vector, or the only one where it is one number broadcast to all coordinates."""
    return array[:1] if array.strides == (0,) else array


def check_vector(value: ArrayLike, *, dimension: int, name: str) -> Vector:
    """A point or direction of shape (dimension,) as finite contiguous float64; copied only where needed."""
    # This runs in every round: an array of floats takes the short way.
    known = isinstance(value, np.ndarray) and value.dtype == np.float64
    vector = np.ascontiguousarray(value if known else _numbers(value, name))
    # ascontiguousarray turns a scalar into shape (1,), so the shape is read from the argument.
    if np.shape(value) != (dimension,):
        raise ValueError(
            f"`{name}` must have shape ({dimension},), got {np.shape(value)}; pass one number per coordinate"
        )
    finite = np.isfinite(vector)
    if not finite.all():
        where = int(np.argmin(finite))
        raise ValueError(
            f"`{name}` has the entry {float(vector[where])!r} at index {where}; every entry must be finite"
        )
    return vector


def check_weight(weight: ArrayLike | None, *, dimension: int, name: str = "weight") -> Vector:
    """Projection weights of shape (dimension,), finite and >= 0; None is all ones."""
    if weight is None:
        return np.ones(dimension)
    vector = check_vector(weight, dimension=dimension, name=name)
    smallest = int(np.argmin(vector))
    if vector[smallest] < 0.0:
        raise ValueError(
            f"`{name}` has the negative entry {float(vector[smallest])!r} at index {smallest}; "
            "weights of a projection must be >= 0"
        )
    return vector


def check_norm(norm: str) -> str:
    """`norm` when it is one of the diameters' norms, "inf" or "2"."""
    if not (isinstance(norm, str) and norm in ("inf", "2")):
        raise ValueError(f'`norm` must be "inf" or "2", got {shown(norm)}')
    return norm


def check_tolerance(tolerance: float) -> float:
    """A relative tolerance as a finite float >= 0."""
    number = as_finite(tolerance, name="tolerance")
    if number < 0.0:
        raise ValueError(f"`tolerance` must be >= 0, got {number!r}")
    return number


def project_with_kernel(domain: Domain, point: Vector, weight: Vector | None) -> Vector:
    """Check both arguments, run the domain's compiled projection; `RuntimeError` for a nonzero code."""
    point = check_vector(point, dimension=domain.dimension, name="point")
    weight = check_weight(weight, dimension=domain.dimension)
    kernel = domain.kernel()
    if kernel is None:
        raise ValueError(f"{domain.name} has no compiled projection")
    out = np.zeros_like(point)
    code = kernel.function(point, weight, out, np.empty(kernel.work_size), kernel.data)
    if code != 0:
        raise RuntimeError(
            f"the projection onto {domain.name} stopped short of its accuracy (code {code}) at point "
            f"{np.array2string(point, threshold=8)} with weight {np.array2string(weight, threshold=8)}; "
            "please report these numbers, and rescale the point or the weights meanwhile"
        )
    return out


def short_number(value: float) -> str:
    """A number for a domain's name: ``5`` for 5.0, the shortest exact form otherwise."""
    number = float(value)
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def short_array(array: Vector) -> str:
    """An array for a domain's name: its common value, its entries if few, else a digest of its bytes."""
    flat = np.ascontiguousarray(distinct(array), dtype=np.float64).ravel()
    if flat.size and bool(np.all(flat == flat[0])):
        return short_number(float(flat[0]))
    if flat.size <= 4:
        return "[" + ", ".join(short_number(float(entry)) for entry in flat) + "]"
    import hashlib

    # Adding 0.0 turns -0.0 into 0.0, so equal arrays get equal names.
    return "#" + hashlib.sha256((flat + 0.0).tobytes()).hexdigest()[:8]


def _numbers(value: object, name: str) -> Vector:
    array = as_numbers(value)
    if array is None:
        raise WrongType(
            f"`{name}` must be an array of real numbers, got {shown(value)}; pass one number per coordinate"
        )
    return array


def _check_shape(array: Vector, *, name: str, shape: tuple[int | None, ...]) -> None:
    matches = array.ndim == len(shape) and all(
        expected is None or expected == got for expected, got in zip(shape, array.shape, strict=False)
    )
    if not matches:
        wanted = ", ".join("any" if expected is None else str(expected) for expected in shape)
        raise ValueError(
            f"`{name}` must have shape ({wanted}{',' if len(shape) == 1 else ''}), got {array.shape}; "
            "pass one number per coordinate"
        )


def _index(where: tuple[int, ...]) -> str:
    return str(where[0]) if len(where) == 1 else str(where)
