"""Evaluate a symbolic expression on numpy arrays through the fail-closed array printer."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from sympy import Expr

from online_sim.engines.fading import fading
from online_sim.engines.mixing_kernel import uniform
from online_sim.engines.numpy_engine import constant_maker, pseudo_inverse
from theory.printing.array_source import ArrayPrinter


def evaluate(e: Expr, values: Mapping[Any, Any]) -> Any:
    """The value of `e` with symbols replaced by numbers or broadcastable float64 arrays.

    Undefined points (a logarithm or root of a negative number, 0/0) come out as NaN, as in numpy.
    Raises ValueError when a symbol has no value, UnknownNodeError when a node has no rule.
    """
    return compiled(e, tuple(values))(*values.values())


def compiled(e: Expr, symbols: Sequence[Any]) -> Callable[..., Any]:
    """`e` as a function of the values of `symbols`, in this order: `evaluate`, printed once for all calls."""
    missing = sorted(str(s) for s in e.free_symbols if s not in symbols)
    if missing:
        raise ValueError(f"no value for {', '.join(missing)} in {e}; give it in `constants`")
    # Numbers, not names: a symbol may be called `lambda`.
    names = {s: f"u{k}" for k, s in enumerate(symbols)}
    scope: dict[str, Any] = {
        "__builtins__": {}, "np": np, "real": constant_maker(np.float64), "pinv": pseudo_inverse,
        "uniform": uniform, "fading": fading,
    }  # fmt: skip
    # The source is our printer's own: names u0, u1, ... and arithmetic.
    function = eval(f"lambda {', '.join(names.values())}: {ArrayPrinter(names.__getitem__).print(e)}", scope)

    def value(*arguments: Any) -> Any:
        with np.errstate(all="ignore"):
            return function(*map(_numbers, arguments))

    return value


def _numbers(argument: Any) -> Any:
    """Float64, or longer floats where they are given."""
    array = np.asarray(argument)
    return array if array.dtype == np.longdouble else array.astype(np.float64, copy=False)
