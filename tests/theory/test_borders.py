"""What counts as a number, a name or an object of a kind, and what is said of anything else."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from sympy import I, Integer, Rational, Symbol, oo, sqrt

from theory.borders import (
    SHOWN,
    WrongType,
    as_index,
    as_number,
    formula,
    instance,
    items,
    listed,
    nearest,
    one_line,
    one_of,
    real,
    shown,
    text,
    twice,
    whole,
)
from theory.symbols import x


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (3, 3), (np.int64(3), 3), (np.array(3), 3), (np.uint8(3), 3), (Integer(3), 3), (10**400, 10**400),
        (True, None), (np.bool_(True), None), (np.array(True), None), (3.0, None), ("3", None), (None, None),
        (np.array([3]), None), (1j, None), (Rational(1, 2), None), (int, None), (np.float64(3), None),
    ],
)  # fmt: skip
def test_what_is_a_whole_number(value: object, number: int | None) -> None:
    """Integers of Python, numpy and sympy are; bools, floats, text and arrays with an axis are not."""
    assert as_index(value) == number
    assert type(as_index(value)) in {int, type(None)}


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (3, 3.0), (0.5, 0.5), (np.float32(0.5), 0.5), (np.array(0.5), 0.5), (Fraction(1, 2), 0.5),
        (Decimal("0.5"), 0.5), (Rational(1, 2), 0.5), (sqrt(4), 2.0), (np.longdouble(2), 2.0),
        (10**400, math.inf),
        (-(10**400), -math.inf), (oo, math.inf), (True, None), (np.bool_(False), None), ("0.5", None),
        (None, None),
        (1j, None), (np.complex128(1), None), (np.array([0.5]), None), (I, None), (Symbol("y"), None),
        (float, None), ([0.5], None), (b"1", None),
    ],
)  # fmt: skip
def test_what_is_a_real_number(value: object, number: float | None) -> None:
    """Numbers of any library are, rounded once; bools, text, complex numbers and arrays are not."""
    assert as_number(value) == number


def test_nan_is_a_number_that_no_range_holds() -> None:
    """NaN is recognised as a float, and refused wherever a number is asked for."""
    assert math.isnan(as_number(math.nan) or 0.0)
    for limits in ({}, {"least": 0}, {"above": 0}, {"most": 1}, {"finite": False}):
        with pytest.raises(ValueError, match="`size` = nan must be"):
            real("size", math.nan, **limits)


def test_the_ends_of_a_range_are_kept() -> None:
    """At least and at most include their ends, above and below do not."""
    assert (whole("n", 1, least=1, most=1), real("q", 1, least=1, most=1)) == (1, 1.0)
    for limits in ({"above": 1}, {"below": 1}, {"least": 2}, {"most": 0}):
        with pytest.raises(ValueError, match=r"`q` = 1 must be a finite number, "):
            real("q", 1, **limits)
    assert real("q", math.inf, finite=False) == math.inf


def test_a_wrong_type_is_both_errors() -> None:
    """WrongType is a TypeError, and a ValueError for whoever catches wrong input of any sort."""
    with pytest.raises(TypeError):
        whole("n", "3")
    with pytest.raises(ValueError, match="`n` = '3' must be a whole number"):
        whole("n", "3")
    with pytest.raises(ValueError, match="`n` = 0") as wrong:
        whole("n", 0, least=1)
    assert not isinstance(wrong.value, TypeError)


class Broken:
    """An object that cannot be shown."""

    def __repr__(self) -> str:
        """Raise."""
        raise KeyError("no name")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (np.float64(0.1), "0.1"), (np.array(3), "3"), ("a\nb", r"'a\nb'"), (Broken(), "<Broken"),
        (10**20, "100000000000000000000"), pytest.param(10**6000, "<int>", id="huge"),
        ("\x1b[31m", r"'\x1b[31m'"),
        ([1, 2], "[1, 2]"),
    ],
)  # fmt: skip
def test_a_value_is_shown_on_one_short_line(value: object, said: str) -> None:
    """Numbers of numpy as numbers, nothing that a terminal would obey, and never an error."""
    assert shown(value).startswith(said)


@pytest.mark.parametrize("value", ["a" * 999, list(range(999)), np.arange(9999.0), {k: k for k in range(99)}])
def test_a_long_value_is_cut(value: object) -> None:
    """At most `SHOWN` characters, on one line."""
    assert len(shown(value)) <= SHOWN
    assert len(shown(value).splitlines()) == 1


def test_text_of_errors_is_one_line() -> None:
    """The lines of a message are joined, and an empty one is the name of its type."""
    assert one_line(ValueError("one\n  two\x1b")) == "one two\\x1b"
    assert one_line(KeyError()) == "KeyError"
    assert one_line("a" * 300) == "a" * 200 + "..."


def test_the_nearest_name_is_offered() -> None:
    """A typing error is answered with what was meant; what is far from all names, with all of them."""
    assert nearest("alhpa", ["alpha", "beta1"]) == ["alpha"]
    assert listed("alhpa", ["alpha", "beta1"]) == "known: alpha, beta1; did you mean alpha?"
    assert listed("zzz", ["alpha"]) == "known: alpha"
    assert listed(3, []) == "known: none"
    assert one_of("engine", "numpy", ["numba", "numpy"]) == "numpy"
    with pytest.raises(
        ValueError, match="`engine` = 'nunpy' is unknown; known: numba, numpy; did you mean numpy"
    ):
        one_of("engine", "nunpy", ["numba", "numpy"])
    with pytest.raises(TypeError, match="`engine` = True is unknown"):
        one_of("engine", True, ["numba", 1])


def test_objects_and_lists_of_them() -> None:
    """An object of the kind comes back, a list as a tuple; a class instead of an object is said to be one."""
    assert instance("n", 3, int, "an int") == 3
    assert items("n", [1, 2], int, "an int") == (1, 2)
    with pytest.raises(
        TypeError, match=r"`n` = <class 'int'> must be an int; that is the class: make one, int\("
    ):
        instance("n", int, int, "an int")
    with pytest.raises(TypeError, match=r"`n\[1\]` = 'a' must be an int"):
        items("n", [1, "a"], int, "an int")
    for value in ("ab", 3, {"a": 1}):
        with pytest.raises(TypeError, match=r"`n` = .* must be a list, each member an int"):
            items("n", value, int, "an int")


def test_text_is_no_formula() -> None:
    """sympy would parse it, with symbols of its own; expressions and numbers are formulas."""
    assert formula("rhs", x + 1) == x + 1
    assert formula("rhs", 2) == 2
    for value in ("x + 1", True, None, x <= 1, np.eye(2)):
        with pytest.raises(TypeError, match=r"`rhs` = .* must be a sympy expression"):
            formula("rhs", value)
    with pytest.raises(ValueError, match="divides by 0"):
        formula("rhs", Integer(1) / 0)


def test_a_name_that_comes_twice() -> None:
    """The second of two equal names is refused; different names pass, and so does empty text."""
    twice("--fix", ["a", "b"])
    with pytest.raises(ValueError, match="`--fix` gives 'a' twice; give it once"):
        twice("--fix", ["a", "b", "a"])
    assert text("name", "") == ""
    with pytest.raises(ValueError, match="`name` = '' must be text that says something"):
        text("name", "", empty=False)
    with pytest.raises(WrongType):
        text("name", b"a")
