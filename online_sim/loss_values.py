"""The values of a loss and its gradient at many points: in float64 by numpy, in many digits by mpmath.

Float64 finds a candidate, and the digits decide. Points, rows and parameters are floats, which mpmath takes
exactly, so a comparison in DIGITS digits tests the function itself and not its rounding.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Dummy, Expr, Integer, Ne, Piecewise, Symbol, lambdify

from online_sim.comparator.functions import compile_function
from theory.quantities import Component, MeanRows, Quantity, Stack, SumCoords, pinv, sigmoid, softplus
from theory.symbols import a, b, d, row, row_label, x

Array = NDArray[np.float64]
DIGITS = 100


@dataclass(frozen=True, eq=False)
class Data:
    """The inputs of a loss besides the point: vectors (n, d), labels (n,), a table, parameters by symbol."""

    vectors: Array
    labels: Array
    table: Array
    table_labels: Array
    parameters: Mapping[Symbol, float]


@lru_cache(maxsize=128)
def _plain(e: Expr) -> tuple[Expr, tuple[tuple[Symbol, Expr], ...], tuple[Symbol, ...]]:
    """`e` with a symbol for each outermost quantity node, these nodes, and all symbols in order."""
    nodes: dict[Expr, Symbol] = {}

    def visit(part: Any) -> None:
        if isinstance(part, Quantity):
            nodes.setdefault(part, Dummy(f"q{len(nodes)}"))
            return
        for argument in part.args:
            visit(argument)

    visit(e)
    plain = e.xreplace(nodes)
    found = tuple((symbol, node) for node, symbol in nodes.items())
    return plain, found, tuple(sorted(plain.free_symbols, key=str))


@lru_cache(maxsize=128)
def _in_floats(e: Expr) -> Callable[..., Any]:
    plain, _, symbols = _plain(e)
    return compile_function(plain, {}, symbols)


def in_floats(e: Expr, points: Array, data: Data) -> Array:
    """`e` for every row and every point: (n, P, d) for a vector, (n, P, 1) for a scalar; NaN where undefined.

    points: (P, d). Sums over a table use one more axis.
    """
    values: dict[Symbol, Any] = {
        x: points[None, :, None, :],
        a: data.vectors[:, None, None, :],
        b: data.labels[:, None, None, None],
        row: data.table[None, None],
        row_label: data.table_labels[None, None, :, None],
        d: float(points.shape[1]),
        **data.parameters,
    }
    with np.errstate(all="ignore"):
        result = np.asarray(_floats(e, values), dtype=np.float64)
    shape = (len(data.labels), len(points), 1)
    full = np.broadcast_to(result, np.broadcast_shapes(result.shape, (*shape, 1)))
    return full[:, :, 0]


def _floats(e: Expr, values: Mapping[Symbol, Any]) -> Any:
    if isinstance(e, Stack):
        parts = [np.asarray(_floats(part, values)) for part in e.args]
        shape = np.broadcast_shapes(*[part.shape for part in parts], (1, 1, 1, 1))
        return np.concatenate([np.broadcast_to(part, shape) for part in parts], axis=-1)
    _, nodes, symbols = _plain(e)
    known = dict(values)
    d = values[x].shape[-1]
    for symbol, node in nodes:
        if isinstance(node, Component):
            k = int(node.args[1])
            known[symbol] = values[node.args[0]][..., k : k + 1]
            continue
        inner = np.asarray(_floats(node.args[0], values))
        if isinstance(node, SumCoords):
            inner = np.broadcast_to(inner, np.broadcast_shapes(inner.shape, (1, 1, 1, d)))
            known[symbol] = inner.sum(axis=-1, keepdims=True)
        elif isinstance(node, MeanRows):
            known[symbol] = inner.mean(axis=2, keepdims=True)
        else:
            raise ValueError(f"no value is known for {node} in a loss")
    return _in_floats(e)(*[known[symbol] for symbol in symbols])


def in_digits(e: Expr, point: Array, data: Data, *, index: int) -> list[Any] | None:
    """`e` at one point and the row `index`, as mpmath numbers: d for a vector, one for a scalar.

    Call it inside ``mpmath.workdps(DIGITS)``. None if `e` is undefined there or not real.
    """
    import mpmath

    def numbers(array: Array) -> list[Any]:
        return [mpmath.mpf(float(v)) for v in array]

    values: dict[Symbol, Any] = {
        x: numbers(point),
        a: numbers(data.vectors[index]),
        b: mpmath.mpf(float(data.labels[index])),
        d: mpmath.mpf(len(point)),
        **{s: mpmath.mpf(v) for s, v in data.parameters.items()},
    }
    rows = [
        {row: numbers(v), row_label: mpmath.mpf(float(w))}
        for v, w in zip(data.table, data.table_labels, strict=True)
    ]
    try:
        result = _digits(e, values, rows)
    except (ZeroDivisionError, ValueError, TypeError):
        return None  # a pole, or a comparison of complex numbers
    real = all(isinstance(v, mpmath.mpf | int) and mpmath.isfinite(v) for v in result)
    return result if real else None


@lru_cache(maxsize=128)
def _digit_function(e: Expr) -> Callable[..., Any]:
    plain, _, symbols = _plain(e)
    plain = plain.replace(lambda v: isinstance(v, softplus | sigmoid), lambda v: v.stable())
    plain = plain.replace(pinv, lambda w: Piecewise((1 / w, Ne(w, 0)), (Integer(0), True)))
    function: Callable[..., Any] = lambdify(symbols, plain, "mpmath")
    return function


def _digits(e: Expr, values: Mapping[Symbol, Any], rows: list[dict[Symbol, Any]]) -> list[Any]:
    import mpmath

    if isinstance(e, Stack):
        return [_digits(part, values, rows)[0] for part in e.args]
    _, nodes, symbols = _plain(e)
    known = dict(values)
    d = len(values[x])
    for symbol, node in nodes:
        if isinstance(node, Component):
            known[symbol] = values[node.args[0]][int(node.args[1])]
        elif isinstance(node, SumCoords):
            inner = _digits(node.args[0], values, rows)
            known[symbol] = mpmath.fsum(inner) if len(inner) == d else inner[0] * d
        elif isinstance(node, MeanRows):
            lines = [_digits(node.args[0], {**values, **line}, rows) for line in rows]
            means = [mpmath.fsum(column) / len(rows) for column in zip(*lines, strict=True)]
            known[symbol] = means if len(means) > 1 else means[0]
        else:
            raise ValueError(f"no value is known for {node} in a loss")
    function = _digit_function(e)
    if not any(isinstance(known[s], list) for s in symbols):
        return [function(*[known[s] for s in symbols])]
    entries = [[known[s][i] if isinstance(known[s], list) else known[s] for s in symbols] for i in range(d)]
    return [function(*entry) for entry in entries]
