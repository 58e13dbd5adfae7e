"""The language of measured things: ranks, gradients by the chain rule, stable forms."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Abs, Integer, Max, Piecewise, Rational, cos, exp, log, sin, sqrt

from theory.quantities import (
    Component,
    CumMax,
    CumSum,
    Dot,
    GroupNorm1,
    GroupSum,
    MaxCoords,
    MeanRows,
    Norm1,
    Norm2Squared,
    NormInf,
    Prev,
    Regret,
    Stack,
    SumCoords,
    is_vector,
    pinv,
    sigmoid,
    softplus,
)
from theory.subgradient import gradient
from theory.symbols import a, b, g, m, row, row_label, t, x

REALS = st.floats(-700, 700, allow_nan=False)


@pytest.mark.parametrize(
    ("expression", "vector"),
    [
        (x, True),
        (t, False),
        (x + t, True),
        (SumCoords(x), False),
        (MaxCoords(x), False),
        (Norm1(g) * g, True),
        (GroupSum(x), True),
        (GroupNorm1(g), True),
        (Prev(x), True),
        (Prev(t), False),
        (CumSum(x), True),
        (CumSum(SumCoords(x)), False),
        (CumMax(Norm1(g)), False),
        (Component(x, 0), False),
        (Stack(t, t), True),
        (Regret(1), False),
        (MeanRows(Dot(row, x)), False),
        (MeanRows(row * Dot(row, x)), True),
        (Integer(3), False),
        (Piecewise((x, t < 2), (0, True)), True),
        (pinv(sqrt(m)), True),
    ],
)
def test_rank(expression: object, vector: bool) -> None:
    """An expression is a vector when it differs from coordinate to coordinate."""
    assert is_vector(expression) is vector


def test_nodes_stay_as_written() -> None:
    """A node of the language never simplifies: CumSum(0) is not 0, Prev(1) is not 1."""
    assert CumSum(Integer(0)) != 0
    assert Prev(Integer(1)) != 1
    assert SumCoords(x - x) != 0
    assert Norm1(x).args == (Abs(x),)
    assert NormInf(x) == MaxCoords(Abs(x))
    assert Norm2Squared(x) == Dot(x, x)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Dot(a, x), a),
        (Norm2Squared(x - a) / 2, x - a),
        ((Dot(a, x) - b) ** 2 / 2, (Dot(a, x) - b) * a),
        (-log(Dot(a, x)), -a / Dot(a, x)),
        (softplus(-b * Dot(a, x)), -b * sigmoid(-b * Dot(a, x)) * a),
        (Max(0, 1 - b * Dot(a, x)), None),
        (SumCoords(10 - 10 * cos(x)), 10 * sin(x)),
        (SumCoords(x**2) * Dot(a, x), 2 * x * Dot(a, x) + a * SumCoords(x**2)),
        (MeanRows(Dot(row, x) ** 2), MeanRows(2 * row * Dot(row, x))),
        (MeanRows(softplus(-row_label * Dot(row, x))), None),
        (Component(x, 0) ** 2 + 3 * Component(x, 2), Stack(2 * Component(x, 0), 0, 3)),
        (Integer(0), Integer(0)),
        (b**2, Integer(0)),
    ],
)
def test_gradient(value: object, expected: object) -> None:
    """The chain rule through reductions, tables and coordinates."""
    found = gradient(value, x)
    if expected is not None:
        assert (
            (found - expected).expand() == 0 if not isinstance(found, Stack | MeanRows) else found == expected
        )
    else:
        assert is_vector(found)


def test_subgradients_at_kinks() -> None:
    """At a kink the 0-side is taken: d max(0, u) = 0 and d|u| = 0 at u = 0."""
    hinge = gradient(Max(0, 1 - Dot(a, x)), x)
    slope = hinge.coeff(a) if hinge.coeff(a) != 0 else hinge / a
    assert [slope.subs(Dot(a, x), value) for value in (0, 1, 2)] == [-1, 0, 0]
    assert [gradient(Norm1(x), x).subs(x, value) for value in (-2, 0, 2)] == [-1, 0, 1]


def test_gradient_refuses_what_it_cannot_do() -> None:
    """Mixtures of coordinates and sums, nested reductions, and foreign nodes."""
    with pytest.raises(ValueError, match="mixes Component"):
        gradient(Component(x, 0) + SumCoords(x), x)
    with pytest.raises(ValueError, match="a reduction of x inside another"):
        gradient(SumCoords(x * SumCoords(x)), x)
    with pytest.raises(ValueError, match="cannot differentiate CumSum"):
        gradient(CumSum(SumCoords(x)), x)


@given(REALS)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_stable_forms_are_the_functions(u: float) -> None:
    """softplus and sigmoid in their stable forms, in 40 digits, against the definitions."""
    u_exact = Rational(u)
    for node, definition in ((softplus, log(1 + exp(u_exact))), (sigmoid, 1 / (1 + exp(-u_exact)))):
        stable = node(x).stable().subs(x, u_exact)
        exact = definition.evalf(340 if abs(u) > 30 else 60)
        # 40 digits asked for on the left, more on the right: the 1 beside e^u takes up to 304 of them
        assert abs(stable.evalf(40) / exact - 1) < Rational(1, 10**30)


@given(REALS)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_derivatives_of_the_stable_functions(u: float) -> None:
    """d softplus = sigmoid and d sigmoid = sigmoid (1 - sigmoid), by central differences where they vary."""
    point = max(-20.0, min(20.0, u))

    def value(node: type, at: float) -> float:
        return float(node(x).stable().subs(x, Rational(at)).evalf(30))

    h = 1e-4
    slope = (value(softplus, point + h) - value(softplus, point - h)) / (2 * h)
    # third derivatives are below 1: the error of the difference is below h^2/6 plus eps*20/h
    assert math.isclose(slope, value(sigmoid, point), abs_tol=h**2 + 1e-10)
    curve = (value(sigmoid, point + h) - value(sigmoid, point - h)) / (2 * h)
    s = value(sigmoid, point)
    assert math.isclose(curve, s * (1 - s), abs_tol=h**2 + 1e-10)
    assert softplus(x).diff(x) == sigmoid(x)
    assert sigmoid(x).diff(x) == sigmoid(x) * (1 - sigmoid(x))
