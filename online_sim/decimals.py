"""Floats read as the decimals they print as."""

from fractions import Fraction
from typing import Any


def decimal(value: Any) -> Fraction:
    """The decimal that a float prints as: 0.1 means 1/10, not the nearest double."""
    return value if isinstance(value, Fraction) else Fraction(repr(float(value)))
