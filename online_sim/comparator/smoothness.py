"""The smoothness constant L of a loss on given data, from the closed form that the loss declares."""

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sympy import Dummy, Expr, Poly, PolynomialError, S, Symbol

from online_sim.comparator.functions import compile_function
from online_sim.sparse_rows import SparseRows
from theory.loss import Loss
from theory.parameters import resolve
from theory.quantities import Component, MeanRows, Stack, SumCoords
from theory.symbols import a, b, row, row_label, x

Table = tuple[ArrayLike | SparseRows, ArrayLike]
DENSE_NUMBERS = 1 << 18
"""About as many numbers of sparse rows are made dense at a time, where that is needed."""


def smoothness_constant(
    loss: Loss, parameters: Mapping[str, float], *, data: Table | None = None, table: Table | None = None
) -> float:
    """L at these parameter values: the largest over the rows of `data`, or for the mean over `table`.

    Args:
        loss: A loss that declares its smoothness constant as a formula.
        parameters: The values of its parameters, by name.
        data: (vectors (n, d), labels (n,)) that the rounds play; the vectors may be sparse rows.
        table: The rows of a loss that averages over a table, likewise.

    Raises:
        ValueError: The loss declares no constant, or one that needs data which was not given.
    """
    if loss.smoothness is None:
        raise ValueError(
            f"the loss {loss.name} declares no smoothness constant; it has none, or none is known"
        )
    values: dict[Symbol, Any] = {
        p.symbol: v
        for p, v in zip(loss.parameters, resolve(loss.parameters, parameters).values(), strict=True)
    }
    constant = loss.smoothness
    for mean in constant.atoms(MeanRows):
        stand_in = Dummy("mean")
        values[stand_in] = float(
            np.mean(_over_rows(mean.args[0], row, row_label, table, "table", loss, values))
        )
        constant = constant.xreplace({mean: stand_in})
    if constant.has(a, b):
        return float(np.max(_over_rows(constant, a, b, data, "data", loss, values)))
    return float(np.max(compile_function(constant, values)()))


def _over_rows(
    e: Expr,
    vector: Symbol,
    number: Symbol,
    given: Table | None,
    name: str,
    loss: Loss,
    values: Mapping[Symbol, Any],
) -> NDArray[np.float64]:
    if given is None:
        raise ValueError(
            f"the smoothness constant of {loss.name} depends on the data; give `{name}`=(vectors, labels)"
        )
    if isinstance(given[0], SparseRows):
        rows, numbers = given[0], np.asarray(given[1], dtype=np.float64)
        if all(node.args[0].xreplace({vector: S.Zero}) == 0 for node in e.atoms(SumCoords)):
            return _over_sparse(e, vector, number, rows, numbers, values)
        size = max(1, DENSE_NUMBERS // rows.dimension)
        chunks = (np.arange(k, min(k + size, len(rows))) for k in range(0, len(rows), size))
        parts = ((rows.dense(chunk), numbers[chunk]) for chunk in chunks)
        return np.concatenate([_over_rows(e, vector, number, part, name, loss, values) for part in parts])
    vectors, labels = (np.asarray(part, dtype=np.float64) for part in given)
    if vectors.ndim != 2 or labels.shape != (len(vectors),) or len(vectors) == 0:
        raise ValueError(
            f"`{name}` has shapes {vectors.shape} and {labels.shape}; expected (n, d) and (n,), n >= 1"
        )
    known: dict[Symbol, Any] = {**values, number: labels}
    for node in e.atoms(SumCoords):
        stand_in = Dummy("sum")
        inner = compile_function(node.args[0], {**values, vector: vectors, number: labels[:, None]})()
        known[stand_in] = np.broadcast_to(inner, vectors.shape).sum(axis=1)
        e = e.xreplace({node: stand_in})
    return np.broadcast_to(compile_function(e, known)(), labels.shape)


def _over_sparse(
    e: Expr,
    vector: Symbol,
    number: Symbol,
    rows: SparseRows,
    labels: NDArray[np.float64],
    values: Mapping[Symbol, Any],
) -> NDArray[np.float64]:
    """The same over sparse rows, where the sums are over their entries, with one rounding each."""
    known: dict[Symbol, Any] = {**values, number: labels}
    for node in e.atoms(SumCoords):
        given = {**values, vector: rows.values, number: labels[rows.row_numbers()]}
        terms = np.broadcast_to(compile_function(node.args[0], given)(), rows.values.shape).tolist()
        stand_in = Dummy("sum")
        known[stand_in] = np.array([math.fsum(terms[i:j]) for i, j in pairwise(rows.starts.tolist())])
        e = e.xreplace({node: stand_in})
    return np.broadcast_to(compile_function(e, known)(), labels.shape)


def smoothness_in_cube(loss: Loss, radius: float) -> float:
    """A constant L valid on the cube |x_i| <= radius, for a loss that is a polynomial of its components.

    L is the largest row sum of bounds on |d^2 f / dx_i dx_j| (Gershgorin), each the sum of the sizes of its
    monomials at x_i = radius. Outside the cube f may be changed without changing a run that stays inside.

    Args:
        loss: A polynomial in `Component(x, k)`.
        radius: Half the side of the cube.

    Raises:
        ValueError: The loss is not such a polynomial.
    """
    stack = loss.gradient
    if not isinstance(stack, Stack):
        raise ValueError(
            f"the loss {loss.name} is not written in components of x; its constant is {loss.smoothness}"
        )
    coordinates = [Dummy(f"x{k}", real=True) for k in range(len(stack.args))]
    plain = {Component(x, k): s for k, s in enumerate(coordinates)}
    entries = [part.xreplace(plain) for part in stack.args]
    sums = []
    for entry in entries:
        try:
            second = [Poly(entry.diff(s), *coordinates) for s in coordinates]
        except PolynomialError:
            raise ValueError(f"the loss {loss.name} is not a polynomial; no cube constant is known") from None
        sums.append(sum(abs(float(c)) * radius ** sum(power) for p in second for power, c in p.terms()))
    return float(max(sums))
