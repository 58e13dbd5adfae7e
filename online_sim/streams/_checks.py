"""Border checks shared by the streams: rows, labels, seeds and ranges of rounds."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from online_sim.borders import as_numbers
from theory.borders import MOST, WrongType, as_index, as_number, shown, text

Vectors = NDArray[np.float64]


def _as_float64(values: ArrayLike, argument: str) -> Vectors:
    """A fresh C-contiguous float64 copy, or a ValueError when `values` is no rectangular table of numbers."""
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        raise ValueError(
            f"`{argument}` is not a rectangular array of real numbers: some of its entries are masked"
        )
    array = as_numbers(values, bools=True)
    if array is None:
        raise WrongType(
            f"`{argument}` is not a rectangular array of real numbers: {shown(values)}; pass rows of "
            "numbers, all of one length"
        )
    return np.array(array, order="C", copy=True)


def _reject_non_finite(array: Vectors, argument: str) -> None:
    bad = ~np.isfinite(array)
    if bad.any():
        place = np.argwhere(bad)[0]
        column = "" if array.ndim == 1 else f", column {place[1]}"
        raise ValueError(
            f"`{argument}` holds {array[tuple(place)]} in row {place[0]}{column} (counted from 0); "
            "drop or repair that row first"
        )


def frozen_rows(values: ArrayLike, *, argument: str, promote: bool = False) -> Vectors:
    """A read-only C-contiguous float64 copy of shape (n, d), n, d >= 1, all finite.

    `promote` lets a plain sequence of numbers stand for n rows with d = 1.
    Raises ValueError naming `argument`, what came, and the offending row.
    """
    array = _as_float64(values, argument)
    if promote and array.ndim == 1:
        array = array.reshape(-1, 1)
    if array.ndim != 2:
        raise ValueError(
            f"`{argument}` has shape {array.shape}; expected (n, d): one row a round. "
            "For d = 1 pass values.reshape(-1, 1)"
        )
    if array.shape[0] == 0 or array.shape[1] == 0:
        raise ValueError(f"`{argument}` has shape {array.shape}; at least one row and one column are needed")
    _reject_non_finite(array, argument)
    array.flags.writeable = False
    return array


def frozen_numbers(values: ArrayLike | None, count: int, *, argument: str) -> Vectors:
    """A read-only float64 copy of shape (count,), all finite; zeros when `values` is None."""
    array = np.zeros(count) if values is None else _as_float64(values, argument)
    if array.shape != (count,):
        raise ValueError(
            f"`{argument}` has shape {array.shape}; expected ({count},), one number for each row"
        )
    _reject_non_finite(array, argument)
    array.flags.writeable = False
    return array


def whole_number(value: object, *, argument: str, least: int) -> int:
    """`value` as an int >= `least`, or a ValueError naming `argument`; a seed may be of any size."""
    number = as_index(value)
    if number is None:
        raise WrongType(f"`{argument}` is {shown(value)}; expected a whole number >= {least}")
    if number < least:
        raise ValueError(f"`{argument}` is {shown(number)}; expected a whole number >= {least}")
    if number > MOST and argument != "seed":
        raise ValueError(f"`{argument}` is {shown(number)}; expected a whole number <= 2^53")
    return number


def flag(value: object, *, argument: str) -> bool:
    """`value` if it is True or False, or a ValueError naming `argument`."""
    if not isinstance(value, (bool, np.bool_)):
        raise ValueError(f"`{argument}` is {value!r}; expected True or False")
    return bool(value)


def positive_number(value: object, *, argument: str) -> float:
    """`value` as a finite float > 0, or a ValueError naming `argument`."""
    number = as_number(value)
    if number is None:
        raise WrongType(f"`{argument}` is {shown(value)}; expected a finite number > 0")
    if not (np.isfinite(number) and number > 0):
        raise ValueError(f"`{argument}` is {shown(value)}; expected a finite number > 0")
    return number


def as_title(value: object, *, argument: str = "name") -> str:
    """A name for reports: printable text on one line, empty where the stream is to name itself."""
    said = text(argument, value)
    if not all(c.isprintable() for c in said):
        raise ValueError(f"`{argument}` is {shown(value)}; expected printable text on one line")
    return said


def check_range(start: int, stop: int, *, length: int | None, name: str) -> tuple[int, int]:
    """(start, stop) as ints with 0 <= start < stop <= length, or a ValueError with the remedy."""
    begin = whole_number(start, argument="start", least=0)
    end = whole_number(stop, argument="stop", least=1)
    if end <= begin:
        raise ValueError(f"`stop` is {end} and `start` is {begin}; a block needs start < stop")
    if length is not None and end > length:
        raise ValueError(
            f"`stop` is {end}, but the stream {name} ends after {length} rounds; ask for at most {length}, "
            'play the rows again with order="cycle", or draw from them with Shuffled'
        )
    return begin, end
