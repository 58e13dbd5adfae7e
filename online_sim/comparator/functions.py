"""Compiled numpy functions of one variable and the data of a row, printed from the symbolic loss."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import DiracDelta, Expr, Integer, Or, Piecewise, Symbol

from online_sim.comparator.magnitude import magnitude, operations
from theory.printing.array_source import ArrayPrinter
from theory.subgradient import subgradient
from theory.symbols import a, b

Array = NDArray[np.float64]
RowFunction = Callable[[Array, Any, Any], Array]
"""(values of the variable, a, b) -> values, broadcast together."""


@dataclass(frozen=True)
class Functions:
    """A convex function of one variable with its derivatives and rounding majorants.

    value, slope, curvature: the function, a subgradient, the second derivative away from kinks;
    value_error, slope_error: bounds of the rounding of `value` and `slope`, to first order.
    uses_data: whether a or b occurs at all; local: whether the function is 0 for a = 0.
    """

    value: RowFunction
    slope: RowFunction
    curvature: RowFunction
    value_error: RowFunction
    slope_error: RowFunction
    uses_data: bool
    local: bool


def compile_functions(e: Expr, variable: Symbol, parameters: Mapping[str, float]) -> Functions:
    """Compile e and its first two derivatives in `variable`; `parameters` gives every other number."""
    slope = _printable(subgradient(e, variable))
    curvature = _printable(subgradient(slope, variable).replace(DiracDelta, lambda *_: Integer(0)))
    eps = float(np.finfo(np.float64).eps)

    def error(of: Expr) -> RowFunction:
        size = _compile(magnitude(of), variable, parameters)
        factor = operations(of) * eps
        return lambda v, a_, b_: factor * size(v, a_, b_)

    return Functions(
        value=_compile(e, variable, parameters),
        slope=_compile(slope, variable, parameters),
        curvature=_compile(curvature, variable, parameters),
        value_error=error(e),
        slope_error=error(slope),
        uses_data=bool(e.free_symbols & {a, b}),
        local=e.xreplace({a: Integer(0)}) == 0,
    )


def _printable(e: Expr) -> Expr:
    """An "or", which sympy makes of equal branches, is split."""
    return e.replace(Piecewise, _split_alternatives)


def _split_alternatives(*branches: Any) -> Expr:
    split = [(value, c) for value, condition in branches for c in Or.make_args(condition)]
    return Piecewise(*split, evaluate=False)


class _Real:
    """Constants for the array printer in float64."""

    pi = math.pi

    def __call__(self, p: int, q: int = 1) -> float:
        return float(Fraction(p, q))


def _pinv(w: Any) -> Any:
    return np.divide(1.0, w, out=np.zeros_like(w), where=w != 0)


def compile_function(
    e: Expr, values: Mapping[Symbol, Any], arguments: tuple[Symbol, ...] = ()
) -> Callable[..., Any]:
    """A numpy function of `arguments` (positional), with `values` for all other symbols."""
    names: dict[Any, str] = {}
    scope: dict[str, Any] = {"np": np, "real": _Real(), "pinv": _pinv, "fading": np.power}
    for k, symbol in enumerate(arguments):
        names[symbol] = f"v_{k}"
    for k, (symbol, value) in enumerate(values.items()):
        names[symbol] = f"p_{k}"
        scope[f"p_{k}"] = value
    text = ArrayPrinter(names.__getitem__).print(e)
    source = f"lambda {', '.join(names[symbol] for symbol in arguments)}: {text}"
    function: Callable[..., Any] = eval(compile(source, "<loss>", "eval"), scope)
    return function


def _compile(e: Expr, variable: Symbol, parameters: Mapping[str, float]) -> RowFunction:
    values = {symbol: parameters[str(symbol)] for symbol in e.free_symbols - {variable, a, b}}
    function = compile_function(e, values, (variable, a, b))

    def evaluate(v: Array, a_: Any, b_: Any) -> Array:
        with np.errstate(all="ignore"):
            result = np.asarray(function(v, a_, b_), dtype=np.float64)
        shape = np.broadcast(v, a_, b_).shape
        return result if result.shape == shape else np.broadcast_to(result, shape)

    return evaluate
