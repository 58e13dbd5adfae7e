"""The tables that streams keep: read-only float64 rows and labels, checked once."""

from numpy.typing import ArrayLike

from online_sim.borders import Floats, frozen, numbers


def frozen_rows(values: ArrayLike, *, argument: str, promote: bool = False) -> Floats:
    """A read-only C-contiguous copy of shape (n, d), n, d >= 1, all finite; errors as `numbers`.

    promote: let a plain sequence of numbers stand for n rows with d = 1.
    """
    shape = (
        "(n, d), at least one row and one column; for d = 1 pass values.reshape(-1, 1), a sparse matrix to "
        "SparseStream"
    )
    axes = (1, 2) if promote else (2,)
    array = numbers(argument, values, shape=shape, fits=lambda s: len(s) in axes and 0 not in s, bools=True)
    return frozen(array.reshape(-1, 1) if array.ndim == 1 else array)


def frozen_numbers(values: ArrayLike, count: int, *, argument: str) -> Floats:
    """A read-only copy of shape (count,), all finite; errors as `numbers`."""
    shape = f"({count},), one number for each row or coordinate"
    return frozen(numbers(argument, values, shape=shape, fits=(count,).__eq__, bools=True))
