"""sympy's maxima are the same with a memory, and sympy is left as it was."""

from itertools import product

import pytest
from sympy import Expr, Max, Min, Rational, Symbol, evaluate, sqrt
from sympy.functions.elementary.miscellaneous import MinMaxBase

from theory.remembered import remembered_maxima

A, B, R = Symbol("a", positive=True), Symbol("b", positive=True), Symbol("r", real=True)
NEGATIVE = Symbol("a", negative=True)
"""Another symbol of the same name: nothing that is known of A holds for it."""
PARTS = (A, 2 * A, A + B, -B, R, R**2, sqrt(1 + R**2), NEGATIVE, Rational(1, 3), A - NEGATIVE, R - 1)


def _maxima() -> list[Expr]:
    return [kind(*pair) for kind in (Max, Min) for pair in product(PARTS, PARTS)]


def test_maxima_are_the_same_with_and_without_a_memory() -> None:
    """Every pair, in both orders, as a maximum and as a minimum, when it is asked first and again."""
    plain = _maxima()
    with remembered_maxima():
        assert _maxima() == plain
        assert _maxima() == plain
    assert Max(0, NEGATIVE) == 0 != Max(0, A)


def test_a_pair_is_compared_once() -> None:
    """Also in a block inside a block, and after one has ended."""
    with remembered_maxima(), remembered_maxima():
        _maxima()
    with remembered_maxima():
        memory = vars(MinMaxBase)["_is_connected"].__func__
        before = memory.cache_info().misses
        _maxima()
        assert memory.cache_info().misses == before


def test_sympy_is_left_as_it_was() -> None:
    """Whether the block ends or raises."""
    before = vars(MinMaxBase)["_is_connected"]
    with remembered_maxima():
        assert vars(MinMaxBase)["_is_connected"] is not before
    with pytest.raises(ZeroDivisionError), remembered_maxima():
        1 / 0  # noqa: B018
    assert vars(MinMaxBase)["_is_connected"] is before


def test_what_is_not_evaluated_is_not_remembered() -> None:
    """sympy empties its memories when `evaluate` changes."""
    with remembered_maxima():
        with evaluate(False):
            assert Max(A, 2 * A).func is Max
        assert Max(A, 2 * A) == 2 * A
