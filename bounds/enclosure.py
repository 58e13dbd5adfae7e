"""Interval evaluation: symbol values inside their intervals give a value inside the result.

The arithmetic is that of `bounds.prover.intervals`, rounded outwards, in the longest floats of the machine.
If these have a wider range than float64, squares of 1e200 and 1e-200 are ordinary numbers. Functions that
libraries do not round correctly (exp, log1p, sin, cos, powers with a symbolic exponent, roots other than
square roots) are evaluated in balls, end by end.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike
from sympy import Expr, Rational, S

from bounds.prover import intervals
from bounds.prover.constants import PRECISION, number_ends
from bounds.prover.interval_source import IntervalPrinter
from bounds.prover.intervals import LONG, Intervals
from online_sim.borders import Floats


def enclose(e: Expr, values: Mapping[Any, Intervals]) -> Intervals:
    """The interval of an expression without nodes of the language, given the intervals of its symbols.

    Both ends are NaN where the value may be undefined somewhere in the intervals. Raises ValueError when a
    symbol has no value, UnknownNodeError when a node has no rule.
    """
    missing = sorted(str(s) for s in e.free_symbols if s not in values)
    if missing:
        raise ValueError(f"no value for {', '.join(missing)} in {e}; give it in `constants`")
    symbols = tuple(sorted(e.free_symbols, key=str))
    given = ((np.asarray(end, dtype=LONG) for end in (values[s].lower, values[s].upper)) for s in symbols)
    with np.errstate(all="ignore"):
        found = _compiled(e, symbols)(*(Intervals(*ends) for ends in given))
    # An end that overflowed to NaN is unknown.
    low, high = (np.asarray(end, dtype=LONG) for end in (found.lower, found.upper))
    undefined = np.isnan(low) & np.isnan(high)
    low = np.where(np.isnan(low) & ~undefined, -np.inf, low)
    return Intervals(low, np.where(np.isnan(high) & ~undefined, np.inf, high))


def exactly(values: ArrayLike) -> Intervals:
    """Numbers that are known exactly."""
    array = np.asarray(values, dtype=LONG)
    return Intervals(array, array)


def around(values: ArrayLike, error: ArrayLike) -> Intervals:
    """Numbers that are known up to an error."""
    with np.errstate(all="ignore"):
        array, width = np.asarray(values, dtype=LONG), np.asarray(error, dtype=LONG)
        low, high = array - width, array + width
        rounded = width != 0
        return Intervals(
            np.where(rounded, np.nextafter(low, LONG.type(-np.inf)), array),
            np.where(rounded, np.nextafter(high, LONG.type(np.inf)), array),
        )


def outwards(u: Intervals) -> tuple[Floats, Floats]:
    """Both ends in float64, on the outer side."""
    pair = []
    with np.errstate(all="ignore"):
        for end, side in ((u.lower, -np.inf), (u.upper, np.inf)):
            near = np.asarray(end, dtype=np.float64)
            inside = near > end if side < 0 else near < end
            pair.append(np.where(inside, np.nextafter(near, side), near))
    return pair[0], pair[1]


class SidePrinter(IntervalPrinter):
    """Prints a side of a statement; an infinite branch, meaning no bound, is allowed."""

    functions: ClassVar[Mapping[str, str]] = {
        **IntervalPrinter.functions, "exp": "exp", "log1p": "log1p", "sin": "sin", "cos": "cos",
        "inf": "unbounded",
    }  # fmt: skip

    def power(self, base: str, exponent: Rational) -> str:
        """Integer powers of the base and its square root as in the base class, other roots in balls."""
        whole = exponent.q in (1, 2)
        return super().power(base, exponent) if whole else self.symbolic_power(base, self.print(exponent))

    def symbolic_power(self, base: str, exponent: str) -> str:
        """base**exponent for a base >= 0."""
        return f"real_power({base}, {exponent})"

    def print(self, e: Any) -> str:
        """Print as the base class does, except that infinity is not a constant."""
        return self._infinity(e) if e in (S.Infinity, S.NegativeInfinity) else super().print(e)


@lru_cache(maxsize=512)
def _compiled(e: Expr, symbols: tuple[Any, ...]) -> Callable[..., Intervals]:
    # Numbers instead of names, since a symbol may be called `lambda`.
    names = {s: f"u{k}" for k, s in enumerate(symbols)}
    constants: dict[Expr, str] = {}
    text = SidePrinter(names.__getitem__, constants).print(e)
    scope: dict[str, Any] = {name: getattr(intervals, name) for name in intervals.__all__}
    scope |= {name: partial(_by_name, name) for name in ("exp", "log1p", "sin", "cos")}
    scope |= {"real_power": real_power, "unbounded": exactly(np.inf)}
    scope |= {name: Intervals(*map(LONG.type, number_ends(number))) for number, name in constants.items()}
    # The source comes from our printer: arithmetic on the names of `intervals`, u0, u1, ... and k_0, k_1, ...
    function: Callable[..., Intervals] = eval(f"lambda {', '.join(names.values())}: {text}", scope)
    return function


def _by_name(name: str, u: Intervals) -> Intervals:
    """A function of the ball library, interval by interval."""
    return _in_balls(lambda ball: getattr(ball, name)(), u)


def real_power(base: Intervals, exponent: Intervals) -> Intervals:
    """base**exponent for a base >= 0: monotone in each, so the ends are those of the four corners."""
    ends = [
        _in_balls(_raised, Intervals(b, b), Intervals(e, e))
        for b in (base.lower, base.upper)
        for e in (exponent.lower, exponent.upper)
    ]
    negative = np.asarray(base.lower) < 0
    low = np.minimum.reduce([np.broadcast_arrays(*(p.lower for p in ends))[k] for k in range(4)])
    high = np.maximum.reduce([np.broadcast_arrays(*(p.upper for p in ends))[k] for k in range(4)])
    return Intervals(np.where(negative, np.nan, low), np.where(negative, np.nan, high))


def _raised(base: Any, exponent: Any) -> Any:
    return base if base == 0 and exponent > 0 else base**exponent


def _in_balls(function: Callable[..., Any], *arguments: Intervals) -> Intervals:
    from flint import ctx

    arrays = np.broadcast_arrays(
        *(np.asarray(end, dtype=LONG) for u in arguments for end in (u.lower, u.upper))
    )
    low, high = (np.full(arrays[0].shape, np.nan, dtype=LONG) for _ in range(2))
    with ctx.workprec(PRECISION):
        for k in np.ndindex(arrays[0].shape):
            ends = [array[k] for array in arrays]
            if not np.all(np.isfinite(ends)):
                low[k], high[k] = (np.nan, np.nan) if np.any(np.isnan(ends)) else (-np.inf, np.inf)
                continue
            balls = [_ball(a).union(_ball(b)) for a, b in zip(ends[::2], ends[1::2], strict=True)]
            low[k], high[k] = _ends(function(*balls))
    return Intervals(low, high)


def _ball(u: Any) -> Any:
    """A float as a ball of radius 0."""
    from flint import arb

    mantissa, exponent = np.frexp(u)
    return arb(int(np.ldexp(mantissa, 64))) * arb(2) ** (int(exponent) - 64)


def _ends(ball: Any) -> tuple[Any, Any]:
    """Floats certainly outside a ball; NaN for a NaN."""
    if ball.is_nan():
        return np.nan, np.nan
    low, high = _long(ball.lower()), _long(ball.upper())
    return np.nextafter(low, LONG.type(-np.inf)), np.nextafter(high, LONG.type(np.inf))


def _long(end: Any) -> Any:
    """A ball of radius 0 as a float, within one unit in the last place."""
    if not end.is_finite():
        return LONG.type(float(end))
    mantissa, exponent = (int(part) for part in end.man_exp())
    spare = max(0, mantissa.bit_length() - 62)
    with np.errstate(all="ignore"):
        return np.ldexp(LONG.type(mantissa >> spare), exponent + spare)
