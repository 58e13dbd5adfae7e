"""Double-double numbers for the loop engine: hi + lo as one complex number."""

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Expr, Rational

from online_sim.decimals import decimal
from online_sim.engines.base import BlockResult
from theory.printing.double_double_source import two_floats

ROUNDING = 2.0**-100
"""The relative error of one operation (`double_double_kernel`)."""
DIGITS = 50
"""The number of decimal digits to which an initial value is computed; two floats hold 32."""


def meant(values: NDArray[np.float64]) -> NDArray[np.complex128]:
    """The decimals that floats print as, each as two floats, in the same shape."""
    pairs = [two_floats(decimal(u)) if math.isfinite(u) else (u, 0.0) for u in values.ravel()]
    return np.array([complex(*pair) for pair in pairs], dtype=np.complex128).reshape(values.shape)


def value_of(e: Expr, columns: Mapping[Any, NDArray[np.float64]]) -> NDArray[np.complex128]:
    """An expression of parameters for every replicate, (R,) or (); floats are read as decimals."""
    if not columns:
        return np.asarray(_rounded(e))
    rows = zip(*(column.tolist() for column in columns.values()), strict=True)
    decimals = ({s: Rational(decimal(u)) for s, u in zip(columns, row, strict=True)} for row in rows)
    return np.array([_rounded(e.xreplace(row)) for row in decimals])


def _rounded(number: Expr) -> complex:
    """A sympy number as two floats."""
    value = float(number)
    if not math.isfinite(value):
        return complex(value, 0.0)
    exact = Rational(number if number.is_Rational else number.evalf(DIGITS))
    return complex(*two_floats(Fraction(int(exact.p), int(exact.q))))


def nearest(result: BlockResult) -> BlockResult:
    """The records as the nearest floats, which are the high parts."""
    high = [np.ascontiguousarray(u.real) for u in (result.scalars, result.vectors, result.series)]
    return BlockResult(high[0], high[1], high[2])
