"""A first-order majorant of rounding errors, derived from the expression that is evaluated.

Running error analysis (Higham, Accuracy and Stability of Numerical Algorithms, section 3.3): if every
operation has relative error at most eps, a floating-point evaluation of e is off by at most
(number of operations) * eps * magnitude(e) to first order, where `magnitude` replaces every subtraction by
a sum of absolute values and multiplies by the condition of each function.
"""

from typing import Any

from sympy import (
    Abs,
    Add,
    Expr,
    Integer,
    Max,
    Min,
    Mul,
    Piecewise,
    Pow,
    Rational,
    Symbol,
    cos,
    exp,
    log,
    sin,
    sqrt,
)
from sympy import sign as sympy_sign

from theory.printing.base import UnknownNodeError
from theory.quantities import pinv, sigmoid, softplus

_ROUNDED = Rational(1, 2**40)


def magnitude(e: Any) -> Expr:
    """An expression whose value times operations * eps bounds the rounding of e, or UnknownNodeError."""
    if e.is_number or isinstance(e, Symbol):
        return Abs(e)
    sizes = [magnitude(argument) for argument in e.args] if not isinstance(e, Piecewise) else []
    match e:
        case Add() | Max() | Min():
            return Add(*sizes)
        case Mul():
            return Mul(*sizes)
        case Abs():
            return sizes[0]
        case Pow() if e.exp.is_Rational and e.exp > 0:
            if e.exp < 1:
                return sqrt(sizes[0]) * (1 + sizes[0] / Abs(e.base))
            # The derivative at the base itself: (x - a)^2 far from the origin is off by |x - a| ulps of x.
            # Where the base is all rounding, its own error stands in; 4096 operations stay below 2^-40.
            return e.exp * sizes[0] * (Abs(e.base) + _ROUNDED * sizes[0]) ** (e.exp - 1)
        case Pow() if e.exp.is_Rational:
            return Abs(e) * (1 - e.exp * sizes[0] / Abs(e.base))
        case softplus():
            # max(u, 0) + log1p(e^-|u|): e^-|u| is off by |u| eps relatively, u counts with sigmoid(u).
            return e + (softplus(-Abs(e.args[0])) + sigmoid(e.args[0])) * sizes[0]
        case sigmoid():
            return e * (1 + sizes[0])
        case sympy_sign():
            return Integer(1)
        case sin() | cos():
            return Integer(1) + sizes[0]
        case exp():
            return e * (1 + sizes[0])
        case log() | pinv():
            return Abs(e) * (1 if isinstance(e, log) else sizes[0] * Abs(e)) + sizes[0] / Abs(e.args[0])
        case Piecewise():
            return Add(*[magnitude(value) for value, _ in e.args])
        case _:
            raise UnknownNodeError(f"no rounding bound is known for {type(e).__name__} in {e}")


def operations(e: Any) -> int:
    """A count of the floating-point operations in e, library functions counted as four."""
    return 4 * int(e.count_ops()) + len(e.atoms(Rational)) + 4
