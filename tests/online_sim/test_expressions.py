"""Evaluation on numbers fails closed."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import E, Integer, Max, Piecewise, Rational, Symbol, cos, gamma, log, pi, sqrt, tan

from online_sim.expressions import evaluate
from theory.printing.base import UnknownNodeError
from theory.quantities import CumSum, pinv
from theory.symbols import Scalar, Vector


@pytest.mark.parametrize(
    "name", ["lambda", "np", "real", "pinv", "x y", "λ", "ﬁ", "__import__", "1", "def", "None"]
)
def test_any_name_is_only_a_name(name) -> None:
    """Keywords, names of the scope, and names that are no identifiers mean the number given, nothing else."""
    s = Scalar(name)
    assert evaluate(s**2 + Rational(1, 2), {s: 3.0}) == 9.5
    assert evaluate(pinv(s), {s: 0.0}) == 0.0


def test_two_symbols_with_one_name_stay_apart() -> None:
    """A symbol is looked up as itself, not by its name."""
    scalar, vector, plain = Scalar("s"), Vector("s"), Symbol("s")
    assert evaluate(scalar + 10 * vector + 100 * plain, {scalar: 1, vector: 2, plain: 3}) == 321


def test_arrays_broadcast() -> None:
    """Parameters (R, 1) against rounds (1, K)."""
    a, b = Scalar("a"), Scalar("b")
    found = evaluate(a * sqrt(b), {a: np.array([[1.0], [2.0]]), b: np.array([[1.0, 4.0, 9.0]])})
    np.testing.assert_array_equal(found, [[1, 2, 3], [2, 4, 6]])


@pytest.mark.parametrize(
    "e",
    [
        log(Scalar("a")),
        sqrt(Scalar("a")),
        Scalar("a") ** Rational(1, 3),
        (Scalar("a") + 1) / (Scalar("a") + 1),
    ],
)
def test_undefined_points_are_nan_without_a_warning(e) -> None:
    """At a = -1 none of these has a real value; sympy's own (a+1)/(a+1) = 1 is the one exception."""
    a = Scalar("a")
    if e == 1:
        assert evaluate(e, {a: -1.0}) == 1
    else:
        assert np.isnan(evaluate(e, {a: np.array([-1.0])})).all()


def test_division_by_zero_is_infinite_or_nan() -> None:
    """As in numpy."""
    a, b = Scalar("a"), Scalar("b")
    assert evaluate(a / b, {a: 1.0, b: 0.0}) == np.inf
    assert np.isnan(evaluate(a / b, {a: 0.0, b: 0.0}))


def test_a_symbol_without_a_value_is_named() -> None:
    """All that are missing, and what to do."""
    a, b, c = Scalar("a"), Scalar("b"), Scalar("c")
    with pytest.raises(ValueError, match=r"no value for b, c .* `constants`"):
        evaluate(a + b + c, {a: 1.0})


@pytest.mark.parametrize("e", [tan(Scalar("a")), gamma(Scalar("a")), CumSum(Scalar("a")), E * Scalar("a")])
def test_a_node_without_a_rule_is_refused(e) -> None:
    """Nothing is guessed from the name of a function."""
    with pytest.raises(UnknownNodeError, match="no rule for"):
        evaluate(e, {Scalar("a"): 1.0})


def test_a_choice_without_an_otherwise_is_refused() -> None:
    """A piecewise value must be defined everywhere."""
    a = Scalar("a")
    with pytest.raises(UnknownNodeError, match="undefined where none"):
        evaluate(Piecewise((a, a > 0)), {a: 1.0})
    assert evaluate(Piecewise((a, a > 0), (-a, True)), {a: -2.0}) == 2.0


def test_values_that_are_not_needed_do_no_harm() -> None:
    """A statement uses some of the constants of a game."""
    a, b = Scalar("a"), Scalar("b")
    assert evaluate(Max(a, 2), {a: 1.0, b: np.nan}) == 2.0
    assert evaluate(Integer(7), {}) == 7
    # One rounding of each of the two functions.
    assert evaluate(cos(pi * a), {a: 1.0}) == pytest.approx(-1.0, abs=4e-16)
