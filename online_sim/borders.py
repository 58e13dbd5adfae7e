"""Validation of arrays: a single definition of what counts as an array of real numbers.

`theory.borders` does the same for single numbers, names and objects.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.borders import WrongType, as_number, must, shown

Floats = NDArray[np.float64]
REAL = "fiu"
"""The kinds of numpy types that hold real numbers."""


def as_numbers(value: object, *, bools: bool = False) -> Floats | None:
    """A value as float64 numbers, not copied if it already is float64; None if it does not hold real numbers.

    Bools, text, None, complex and masked numbers are not real numbers, alone or among others; neither are
    rows of different lengths. Fractions and other exact numbers are rounded once. bools: accept a numpy array
    of bools as zeros and ones, for data.
    """
    if bools and isinstance(value, np.ndarray) and value.dtype.kind == "b":
        value = value.astype(np.float64)
    if _holds_bools(value) or (isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value)):
        return None
    try:
        raw: NDArray[Any] = np.asarray(value)
    except Exception:  # rows of different lengths, a tensor on another device, an `__array__` that fails
        return None
    if raw.dtype.kind in REAL:
        with np.errstate(over="ignore"):  # a long double beyond the range of float64 is infinite here
            return np.asarray(raw, dtype=np.float64)
    if raw.dtype.kind != "O":
        return None if raw.size or raw.dtype.kind not in "SU" else np.zeros(raw.shape)
    numbers = [as_number(member) for member in raw.flat]
    for number, member in zip(numbers, raw.flat, strict=True):
        too_large = number is not None and np.isinf(number) and not isinstance(member, float)
        if number is None or too_large:
            return None
    return np.array(numbers, dtype=np.float64).reshape(raw.shape)


def numbers(
    name: str,
    value: object,
    *,
    shape: str = "numbers",
    fits: Callable[[tuple[int, ...]], bool] | None = None,
    bools: bool = False,
) -> Floats:
    """`value` as finite float64 numbers.

    shape: the expected shape in words, such as "numbers of shape (d,)"; fits: whether a shape is as expected;
    bools: see `as_numbers`.
    WrongType if it is not an array of real numbers, ValueError for another shape, NaN or an infinity.
    """
    array = as_numbers(value, bools=bools)
    if array is None:
        raise WrongType(must(name, value, f"an array of real numbers, {shape}"))
    if fits is not None and not fits(array.shape):
        raise ValueError(f"`{name}` has shape {array.shape}; expected {shape}")
    bad = ~np.isfinite(array)
    if bad.any():
        place = tuple(int(i) for i in np.argwhere(bad)[0])
        raise ValueError(
            f"`{name}` = {shown(value)} holds {'NaN' if np.isnan(array[place]) else 'inf'}"
            f"{f' at index {place[0] if len(place) == 1 else place}' if place else ''}; give finite numbers"
        )
    return array


def vector(name: str, value: object, dimension: int) -> Floats:
    """`value` as finite float64 numbers of shape (dimension,); errors as `numbers`."""
    return numbers(
        name, value, shape=f"({dimension},), one number for each coordinate", fits=(dimension,).__eq__
    )


def frozen(array: Floats) -> Floats:
    """A read-only C-contiguous copy."""
    copy = np.array(array, order="C")
    copy.setflags(write=False)
    return copy


def wholes_or_none(value: object) -> NDArray[np.int64] | None:
    """A value as an array of whole numbers; None for bools, floats, text, too large ones, anything else."""
    if _holds_bools(value):
        return None
    try:
        array = np.asarray(value)
    except Exception:  # rows of different lengths, an `__array__` that fails
        return None
    if array.dtype.kind not in "iu" or (array.size and array.max() > np.iinfo(np.int64).max):
        return None
    return array.astype(np.int64)


def _holds_bools(value: object) -> bool:
    """Whether a list contains a bool at any depth: numpy would convert it to a number."""
    if isinstance(value, list | tuple):
        return any(_holds_bools(member) for member in value)
    return isinstance(value, bool | np.bool_) or (isinstance(value, np.ndarray) and value.dtype.kind == "b")
