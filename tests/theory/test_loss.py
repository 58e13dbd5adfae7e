"""A loss is checked when it is built; its gradient is sympy's."""

from __future__ import annotations

import pytest
from sympy import Float, Integer

from theory.loss import Loss, Shape
from theory.parameters import Parameter
from theory.quantities import Component, Dot, MeanRows, Norm2Squared, Stack, SumCoords
from theory.source import Source
from theory.symbols import Scalar, a, b, df, g, row, row_label, t, x

SOURCE = Source("hazan2016", "section 2")
C = Parameter(Scalar("c"), "c", "a constant")


def build(**changes: object) -> Loss:
    """A quadratic loss, changed."""
    return Loss(
        **{"name": "toy", "source": SOURCE, "value": Norm2Squared(x - a), "shape": Shape.CONVEX, **changes}
    )


def test_what_a_loss_knows_of_itself() -> None:
    """Gradient, dimension, and which data it uses."""
    toy = build()
    assert toy.gradient == 2 * x - 2 * a
    assert toy.dimension is None
    assert toy.uses_stream
    assert not toy.uses_rows
    plane = build(value=Component(x, 0) * Component(x, 2))
    assert plane.dimension == 3
    assert plane.gradient == Stack(Component(x, 2), 0, Component(x, 0))
    assert not plane.uses_stream
    table = build(value=MeanRows(row_label * Dot(row, x)))
    assert table.uses_rows
    assert not table.uses_stream
    assert not build(value=SumCoords(x), oracle=df + a).uses_stream


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"value": Norm2Squared(x - g)}, r"unknown symbols \['g'\]"),
        ({"value": t * SumCoords(x)}, r"unknown symbols \['t'\]"),
        ({"value": Float(0.5) * SumCoords(x)}, "holds a float"),
        ({"value": x**2}, "must be a scalar"),
        ({"oracle": df + g}, r"oracle of loss `toy` uses unknown symbols \['g'\]"),
        ({"smoothness": SumCoords(x)}, "`smoothness` of loss `toy` uses"),
        ({"smoothness": a}, "`smoothness` of loss `toy` must be a scalar"),
        ({"minimum": b}, "`minimum` of loss `toy` uses"),
        ({"minimum": Float(0.1)}, "`minimum` of loss `toy` must be a scalar without floats"),
        (
            {"value": Scalar("b") * C.symbol, "parameters": (Parameter(Scalar("a"), "a", "a clash"),)},
            "`a` .* of the game",
        ),
    ],
)
def test_an_unsound_loss_is_refused(changes: dict, message: str) -> None:
    """One ValueError that names the loss."""
    with pytest.raises(ValueError, match=message) as error:
        build(**changes)
    assert "`toy`" in str(error.value)


def test_parameters_may_be_used() -> None:
    """Declared parameters and the data are known, in value, smoothness and minimum."""
    toy = build(
        value=C.symbol * Norm2Squared(x - a) * b**2,
        parameters=(C,),
        smoothness=2 * C.symbol * b**2,
        minimum=Integer(0),
    )
    assert toy.gradient.expand() == (2 * C.symbol * b**2 * (x - a)).expand()
