"""A recurrence is checked when it is built."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest
from sympy import Float, Integer, Rational, sqrt

from theory.algorithms.adal import ADAL, adal
from theory.parameters import ALPHA, BETA1, Parameter, alpha, beta1
from theory.quantities import Component, Norm1, Prev, Regret, SumCoords
from theory.recurrence import Recurrence
from theory.source import Source
from theory.symbols import D, Scalar, T, Vector, a, g, ghat, m, t, v, x, x_next, z

SOURCE = Source("zinkevich2003", "section 2")


def build(**changes: object) -> Recurrence:
    """Gradient descent with momentum, changed."""
    arguments = {
        "name": "toy", "source": SOURCE, "parameters": (ALPHA, BETA1),
        "steps": ((m, beta1 * Prev(m) + g),), "point": x - alpha * m, "metric": Integer(1),
    }  # fmt: skip
    return Recurrence(**{**arguments, **changes})


def test_a_sound_recurrence_is_built() -> None:
    """States, parameter names and expressions are read off the lines."""
    toy = build(initial={m: 2 * alpha})
    assert toy.states == (m,)
    assert toy.parameter_names == ("alpha", "beta1")
    assert toy.expressions() == (beta1 * Prev(m) + g, x - alpha * m, 1)
    assert hash(toy) == hash(build(initial={m: 2 * alpha}))
    with pytest.raises(FrozenInstanceError):
        toy.name = "other"
    with pytest.raises(TypeError):
        toy.initial[m] = 0


def test_adal_expands_to_the_printed_algorithm() -> None:
    """The lines of Algorithm 1."""
    assert dict(ADAL.steps)[ghat] == Norm1(g) * g
    assert ADAL.states == (m, v)
    assert str(ADAL.name) == "AdaL"
    assert adal(eps_mode="none").name != ADAL.name


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"steps": ((m, beta1 * Prev(m) + Scalar("c") * g),)}, "unknown or later symbols: c"),
        ({"steps": ((m, beta1 * Prev(m) + v), (v, g))}, "unknown or later symbols: v"),
        ({"steps": ((m, beta1 * m + g),)}, "unknown or later symbols: m"),
        ({"steps": ((m, beta1 * Prev(v) + g),)}, r"uses Prev\(v\), but no line defines `v`"),
        ({"steps": ((m, beta1 * Prev(m) + g), (m, g))}, "a symbol is defined twice"),
        ({"steps": ((m, beta1 * Prev(m) + g + a),)}, "unknown or later symbols: a"),
        ({"steps": ((m, beta1 * Prev(m) + Float(0.5) * g),)}, "holds a float"),
        ({"point": x - alpha * m * 0.1}, "holds a float"),
        ({"point": x_next - alpha * m}, "uses `x_next`, the point after the round"),
        ({"point": x - alpha * m / sqrt(T)}, "uses `T`, the last round"),
        ({"point": x - alpha * (m - z)}, "uses `z`, the comparator"),
        ({"point": x - D * m}, "uses `D`, a constant of the problem; declare a Parameter"),
        ({"steps": ((g, beta1 * Prev(g)),)}, "given by the game"),
        ({"steps": ((alpha, beta1 * Prev(alpha)),)}, "given by the game or a parameter"),
        ({"steps": ((m, beta1 * Prev(m) + Component(g, 0)),)}, "uses Component"),
        ({"metric": Regret(1)}, "uses Regret"),
        ({"steps": ((m, beta1 * Prev(m) + g), (Scalar("n"), g * 2))}, "`n` .* is a Scalar but"),
        ({"steps": ((m, beta1 * Prev(m) + g), (Vector("a"), g))}, "`a` .* is a name of the game"),
        ({"steps": ((m, beta1 * Prev(m) + g), (Vector("q__0"), g))}, "`q__0` .* double underscore"),
        ({"steps": ((m, beta1 * Prev(m) + g), (Scalar("m"), t))}, "two symbols .* are called `m`"),
        ({"steps": ((m, beta1 * Prev(m) + g), (Vector("alpha"), g))}, "two symbols .* are called `alpha`"),
        ({"point": alpha * SumCoords(m)}, "`point` .* must have vector rank"),
        (
            {"parameters": (ALPHA, BETA1, Parameter(Scalar("c"), "c", "idle"))},
            "parameter `c` .* is used by no line",
        ),
        ({"initial": {v: 1}}, "`initial` names `v`"),
        ({"initial": {m: t}}, "may use only parameters"),
    ],
)
def test_an_unsound_recurrence_is_refused(changes: dict, message: str) -> None:
    """One ValueError that names the line, the symbol and the recurrence."""
    with pytest.raises(ValueError, match=message) as error:
        build(**changes)
    assert "`toy`" in str(error.value)


def test_rationals_and_roots_are_no_floats() -> None:
    """Exact constants are welcome."""
    assert build(point=x - alpha * Rational(1, 3) * sqrt(2) * m).point.has(sqrt(2))
