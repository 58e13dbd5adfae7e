"""Products with rows in compressed form: row j holds numbers[k] in column columns[k], k from starts[j]."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]
Wholes = NDArray[np.int64]


@njit(cache=True, nogil=True, error_model="numpy")
def times(numbers: Array, columns: Wholes, starts: Wholes, x: Array) -> Array:
    """<a_j, x> for the rows j, shape (n,)."""
    n = starts.size - 1
    out = np.empty(n)
    for j in range(n):
        total = 0.0
        for k in range(starts[j], starts[j + 1]):
            total += numbers[k] * x[columns[k]]
        out[j] = total
    return out


@njit(cache=True, nogil=True, error_model="numpy")
def adjoint(numbers: Array, columns: Wholes, starts: Wholes, s: Array, dimension: int, chunk: int) -> Array:
    """sum_j s_j a_j, shape (d,), in chunks of rows: no sum has more than chunk + n / chunk terms.

    Where the chunks have more coordinates than entries, the sums are compensated instead (Neumaier 1974), and
    right to two roundings.
    """
    n = starts.size - 1
    total, part = np.zeros(dimension), np.zeros(dimension)
    if dimension * ((n + chunk - 1) // chunk) > 4 * numbers.size:
        for j in range(n):
            for k in range(starts[j], starts[j + 1]):
                i, term = columns[k], s[j] * numbers[k]
                new = total[i] + term
                if abs(total[i]) >= abs(term):
                    part[i] += (total[i] - new) + term
                else:
                    part[i] += (term - new) + total[i]
                total[i] = new
        return total + part
    for first in range(0, n, chunk):
        part[:] = 0.0
        for j in range(first, min(n, first + chunk)):
            if s[j] != 0.0:
                for k in range(starts[j], starts[j + 1]):
                    part[columns[k]] += s[j] * numbers[k]
        for i in range(dimension):
            total[i] += part[i]
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def gram(numbers: Array, columns: Wholes, starts: Wholes, h: Array, dimension: int) -> Array:
    """sum_j h_j a_j a_j^T, shape (d, d)."""
    out = np.zeros((dimension, dimension))
    for j in range(starts.size - 1):
        if h[j] != 0.0:
            for k in range(starts[j], starts[j + 1]):
                number = h[j] * numbers[k]
                for m in range(starts[j], starts[j + 1]):
                    out[columns[k], columns[m]] += number * numbers[m]
    return out


@njit(cache=True, nogil=True, error_model="numpy")
def row_squares(numbers: Array, starts: Wholes) -> Array:
    """|a_j|^2 for the rows j, shape (n,)."""
    n = starts.size - 1
    out = np.empty(n)
    for j in range(n):
        total = 0.0
        for k in range(starts[j], starts[j + 1]):
            total += numbers[k] * numbers[k]
        out[j] = total
    return out


@njit(cache=True, nogil=True, error_model="numpy")
def compressed(table: Array) -> tuple[Array, Wholes, Wholes]:
    """(numbers, columns, starts) of a table, (n, d)."""
    n, d = table.shape
    starts = np.zeros(n + 1, dtype=np.int64)
    for j in range(n):
        count = 0
        for i in range(d):
            count += table[j, i] != 0.0
        starts[j + 1] = starts[j] + count
    numbers, columns = np.empty(starts[n]), np.empty(starts[n], dtype=np.int64)
    place = 0
    for j in range(n):
        for i in range(d):
            if table[j, i] != 0.0:
                numbers[place] = table[j, i]
                columns[place] = i
                place += 1
    return numbers, columns, starts


@njit(cache=True, nogil=True, error_model="numpy")
def leaders(numbers: Array, columns: Wholes, starts: Wholes, labels: Array, order: Wholes) -> Wholes:
    """For each row the first of the run of equal rows, labels included, that it belongs to in `order`."""
    leader = np.arange(order.size)
    for k in range(1, order.size):
        j, i = order[k], leader[order[k - 1]]
        size = starts[j + 1] - starts[j]
        same = labels[i] == labels[j] and starts[i + 1] - starts[i] == size
        m = 0
        while same and m < size:
            p, q = starts[i] + m, starts[j] + m
            same = numbers[p] == numbers[q] and columns[p] == columns[q]
            m += 1
        if same:
            leader[j] = i
    return leader
