"""Functions of mpmath's intervals, and of vectors of them; a value that is not defined is None."""

from __future__ import annotations

import ast
from fractions import Fraction
from typing import Any

from mpmath import iv
from mpmath.libmp.libmpf import ComplexResult


def number(q: Any) -> Any:
    """An interval around a rational."""
    q = Fraction(q)
    return iv.mpf(q.numerator) / iv.mpf(q.denominator)


def hull(*parts: Any) -> Any:
    """The smallest interval around all of them."""
    return iv.mpf([min(u.a for u in parts), max(u.b for u in parts)])


def larger(u: Any, v: Any) -> Any:
    """The larger of two."""
    return iv.mpf([max(u.a, v.a), max(u.b, v.b)])


def less(u: Any, v: Any, *, strict: bool) -> bool | None:
    """Whether u < v, or u <= v; None where the intervals do not say."""
    if u is None or v is None:
        return None
    if (u.b < v.a) if strict else (u.b <= v.a):
        return True
    if (u.a >= v.b) if strict else (u.a > v.b):
        return False
    return None


def power(u: Any, v: Any) -> Any:
    """u ** v for an exact integer v, else for u > 0, and for u >= 0 where v > 0."""
    if v.a == v.b and v.a == int(v.a) and abs(v.a) <= 10**5:
        n = int(v.a)
        if n < 0 and u.a <= 0 <= u.b:
            return None
        result = iv.mpf(1)
        for bit in f"{abs(n):b}":
            result = result * result * (u if bit == "1" else 1)
        return result if n >= 0 else 1 / result
    if u.a == 0 and v.a > 0:
        return iv.mpf(0) if u.b == 0 else hull(iv.mpf(0), iv.exp(v * iv.log(iv.mpf(u.b))))
    return iv.exp(v * iv.log(u)) if u.a > 0 else None


def divided(u: Any, v: Any) -> Any:
    """u / v, where v is not 0."""
    return None if v.a <= 0 <= v.b else u / v


def sign(u: Any) -> Any:
    """The sign of u."""
    return iv.mpf([(u.a > 0) - (u.a < 0), (u.b > 0) - (u.b < 0)])


def absolute(u: Any) -> Any:
    """|u|."""
    return larger(u, -u) if u.a > 0 or u.b < 0 else iv.mpf([0, max(-u.a, u.b)])


def inverse(u: Any) -> Any:
    """1/u, and 0 at 0."""
    return iv.mpf(0) if u.a == u.b == 0 else divided(iv.mpf(1), u)


TWO = {ast.Add: lambda u, v: u + v, ast.Sub: lambda u, v: u - v, ast.Mult: lambda u, v: u * v}
TWO |= {ast.Div: divided, ast.Pow: power}
ONE = {
    "sqrt": lambda u: iv.sqrt(u) if u.a >= 0 else None,
    "exp": iv.exp, "sin": iv.sin, "cos": iv.cos, "abs": absolute, "sign": sign, "pinv": inverse,
    "log": lambda u: iv.log(u) if u.a > 0 else None,
    "log1p": lambda u: iv.log(1 + u) if u.a > -1 else None,
}  # fmt: skip
PAIR = {"max": larger, "min": lambda u, v: -larger(-u, -v)}


def coordinatewise(f: Any, *operands: list[Any]) -> list[Any]:
    """A function of numbers, applied to vectors and numbers; undefined where an operand or the result is."""
    size = max(map(len, operands))
    rows = zip(*(u if len(u) == size else size * u for u in operands), strict=True)
    result = []
    for row in rows:
        try:
            value = None if any(u is None for u in row) else f(*row)
        except (ComplexResult, ZeroDivisionError, OverflowError, ValueError):
            value = None
        finite = value is not None and abs(value.a) < iv.inf and abs(value.b) < iv.inf
        result.append(value if finite else None)
    return result


def both(a: bool | None, b: bool | None) -> bool | None:
    """Whether both are so; None where one is open and none is false."""
    return False if a is False or b is False else None if a is None or b is None else True


def fold(f: Any, values: list[Any]) -> list[Any]:
    """A function of two numbers over the coordinates of a vector."""
    return join_all(f, [[u] for u in values])


def join_all(f: Any, values: list[list[Any]]) -> list[Any]:
    """A function of two numbers over several vectors, coordinate by coordinate."""
    result = values[0]
    for value in values[1:]:
        result = coordinatewise(f, result, value)
    return result


def total(values: list[Any]) -> list[Any]:
    """The sum of the coordinates."""
    return fold(TWO[ast.Add], values)
