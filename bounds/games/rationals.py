"""Exact numbers and points, and their usual notation."""

from collections.abc import Iterable
from fractions import Fraction
from numbers import Rational

from theory.borders import SHOWN, WrongType, as_index, must, one_line, shown

Point = tuple[Fraction, ...]
Number = int | str | Fraction


def exact(value: Number, name: str = "value") -> Fraction:
    """A rational from an int, a Fraction, or text such as "2/5" or "0.001"; ValueError for anything else.

    name: its name in error messages.
    """
    if type(value) is Fraction:  # the fast path for the searches
        return value
    if isinstance(value, str):
        try:
            return Fraction(value)
        except (ValueError, ZeroDivisionError):
            raise ValueError(
                f"`{name}` = {shown(value)} is not a rational number; write it as 2/5 or 0.4"
            ) from None
    if isinstance(value, Rational) and not isinstance(value, bool):
        return Fraction(int(value.numerator), int(value.denominator))
    number = as_index(value)
    if number is None:
        raise WrongType(
            f"`{name}` = {shown(value)} is not an exact number; give an int, a Fraction or text such as 2/5"
        )
    return Fraction(number)


def point(values: Iterable[Number], name: str = "value") -> Point:
    """A point with exact coordinates; name: its name in error messages."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise WrongType(must(name, values, "a list of exact numbers, such as (1, '1/2')"))
    return tuple(exact(value, name) for value in values)


def points(rows: object, name: str) -> tuple[Point, ...]:
    """Rows of exact numbers; name: their name in error messages."""
    if isinstance(rows, str) or not isinstance(rows, Iterable):
        raise WrongType(must(name, rows, "a list of rows of exact numbers, such as ((1, -1), (0, 1))"))
    return tuple(point(row, name) for row in rows)


def listing(values: Iterable[object], most: int = SHOWN) -> str:
    """Exact numbers in the usual notation, (1/2, -1), cut after `most` characters."""
    return one_line(f"({', '.join(map(str, values))})", most)


def point_text(x: Point) -> str:
    """A number for d = 1, (1, 1/2) otherwise."""
    return str(x[0]) if len(x) == 1 else f"({', '.join(map(str, x))})"


def texts(values: Point) -> list[str]:
    """The numbers of a point as a certificate writes them."""
    return [str(value) for value in values]
