"""Evaluate a symbolic expression on numpy arrays through the fail-closed array printer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from sympy import Expr

from online_sim.engines.numpy_engine import constant_maker, pseudo_inverse
from theory.printing.array_source import ArrayPrinter


def evaluate(e: Expr, values: Mapping[Any, Any]) -> Any:
    """The value of `e` with symbols replaced by numbers or broadcastable float64 arrays.

    Undefined points (a logarithm or root of a negative number, 0/0) come out as NaN, as in numpy.
    Raises ValueError when a symbol has no value, UnknownNodeError when a node has no rule.
    """
    missing = sorted(str(s) for s in e.free_symbols if s not in values)
    if missing:
        raise ValueError(f"no value for {', '.join(missing)} in {e}; give it in `constants`")
    # Numbers, not names: a symbol may be called `lambda`.
    names = {s: f"u{k}" for k, s in enumerate(values)}
    scope: dict[str, Any] = {"np": np, "real": constant_maker(np.float64), "pinv": pseudo_inverse}
    scope |= {names[s]: np.asarray(value, dtype=np.float64) for s, value in values.items()}
    source = ArrayPrinter(names).print(e)
    with np.errstate(all="ignore"):
        # The source is our printer's own: names u0, u1, ... and arithmetic.
        return eval(source, {"__builtins__": {}}, scope)
