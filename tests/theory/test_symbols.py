"""Symbols: ranks, reality, meaning, and the names that nobody else may take."""

from __future__ import annotations

import pytest
from sympy import Symbol

import theory.symbols as symbols_module
from theory.symbols import MEANING, RESERVED, Scalar, Vector, check_name, g, m, t, v, x

SHARED = {name: value for name, value in vars(symbols_module).items() if isinstance(value, Symbol)}


def test_symbols_are_real_and_carry_their_assumptions() -> None:
    """Every symbol is real; more can be said of it."""
    assert all(s.is_real for s in SHARED.values())
    assert v.is_nonnegative
    assert t.is_positive
    assert t.is_integer
    assert x.is_nonnegative is None


def test_rank_is_part_of_the_identity() -> None:
    """A vector and a scalar of one name are different; equal declarations are equal."""
    assert Vector("w") != Scalar("w")
    assert Vector("w") == Vector("w")
    assert Vector("w") != Vector("w", nonnegative=True)
    assert Vector("m") == m
    assert isinstance(g, Symbol)


def test_every_shared_symbol_has_a_meaning() -> None:
    """Name in Python, name in print, LaTeX and meaning are declared once, each symbol under its own name."""
    for name, symbol in SHARED.items():
        assert str(symbol) == name
        latex, meaning = MEANING[symbol]
        assert latex
        assert meaning
    assert set(MEANING) <= set(SHARED.values())


@pytest.mark.parametrize(
    "name", ["x", "a", "row_product", "f", "two words", "1st", "m__prev", "p__alpha", "v'"]
)
def test_names_of_the_game_and_of_compilers_are_refused(name: str) -> None:
    """A name that could meet another one in generated source is refused wherever it is declared."""
    with pytest.raises(ValueError, match=f"`{name}` here"):
        check_name(Scalar(name), "here")


@pytest.mark.parametrize("name", ["m", "lambda", "error", "e1_0", "p_x", "B"])
def test_other_names_are_free(name: str) -> None:
    """Keywords of Python too: generated names carry a prefix."""
    check_name(Vector(name), "here")
    assert name not in RESERVED
