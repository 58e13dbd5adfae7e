"""Evaluate a symbolic expression on numpy arrays through the fail-closed array printer."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from sympy import Expr

from online_sim.engines.fading import fading
from online_sim.engines.mixing_kernel import uniform
from online_sim.engines.numpy_engine import constant_maker, pseudo_inverse
from theory.printing.array_source import ArrayPrinter


def evaluate(e: Expr, values: Mapping[Any, Any]) -> Any:
    """The value of `e` with symbols replaced by numbers or broadcastable float64 arrays.

    Undefined values (a logarithm or root of a negative number, 0/0) are NaN, as in numpy.
    Raises ValueError if a symbol has no value, UnknownNodeError if a node has no rule.
    """
    return compiled(e, tuple(values))(*values.values())


@lru_cache(maxsize=512)
def compiled(e: Expr, symbols: tuple[Any, ...]) -> Callable[..., Any]:
    """`e` as a function of the values of `symbols`, in this order; like `evaluate`, but printed only once."""
    missing = sorted(str(s) for s in e.free_symbols if s not in symbols)
    if missing:
        raise ValueError(f"no value for {', '.join(missing)} in {e}; give it in `constants`")
    # Numbered variables, because a symbol may be called `lambda`.
    names = {s: f"u{k}" for k, s in enumerate(symbols)}
    scope: dict[str, Any] = {
        "__builtins__": {}, "np": np, "real": constant_maker(np.float64), "pinv": pseudo_inverse,
        "uniform": uniform, "fading": fading,
    }  # fmt: skip
    # The source comes from our printer: only the names u0, u1, ... and arithmetic.
    function = eval(f"lambda {', '.join(names.values())}: {ArrayPrinter(names.__getitem__).print(e)}", scope)

    def value(*arguments: Any) -> Any:
        with np.errstate(all="ignore"):
            return function(*map(_numbers, arguments))

    return value


def _numbers(argument: Any) -> Any:
    """The argument as float64, or as longdouble if it is longdouble."""
    array = np.asarray(argument)
    return array if array.dtype == np.longdouble else array.astype(np.float64, copy=False)
