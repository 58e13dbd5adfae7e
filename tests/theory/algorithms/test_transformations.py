"""Weight decay, ascent and clipping as transformations of a recurrence, on rounds computed by hand."""

from __future__ import annotations

import pytest
from sympy import Rational, sqrt

from theory.algorithms.adam import adam
from theory.algorithms.adamw import ADAMW, adamw
from theory.algorithms.gradient_clipping import with_clipped_gradient
from theory.algorithms.incoming_gradient import with_gradient_ascent
from theory.algorithms.increment import increment
from theory.algorithms.registry import algorithms
from theory.algorithms.sgd import SGD_CONSTANT
from theory.algorithms.unroll import unroll
from theory.algorithms.weight_decay import with_coupled_weight_decay, with_decoupled_weight_decay
from theory.parameters import ALPHA, alpha
from theory.quantities import Norm1, Prev
from theory.recurrence import Recurrence
from theory.source import Source
from theory.symbols import Scalar, Vector, f, g, x

HALF = Rational(1, 2)


def after(recurrence: Recurrence, gradients: list[list[int]], **values: object) -> list[float]:
    """The last point, from (4, -2)."""
    run = unroll(recurrence, gradients, parameters=values, start=(4, -2))
    return [float(value) for value in run.points[-1]]


def test_coupled_decay_adds_to_the_gradient() -> None:
    """x - alpha (g + lambda x), by hand: 4 - 1/2 (1 + 2) and -2 - 1/2 (3 - 1)."""
    decayed = with_coupled_weight_decay(SGD_CONSTANT)
    assert after(decayed, [[1, 3]], alpha=HALF, weight_decay=HALF) == [2.5, -3.0]


def test_climbing_turns_the_gradient_and_not_the_decay() -> None:
    """x - alpha (-g + lambda x): decay shrinks the point in both directions."""
    climbing = with_gradient_ascent(with_coupled_weight_decay(SGD_CONSTANT))
    assert after(climbing, [[1, 3]], alpha=HALF, weight_decay=HALF) == [3.5, 0.0]


def test_climbing_turns_the_last_gradient_and_the_loss() -> None:
    """Prev(g), f and Prev(f) stand for what is climbed."""
    looks = Recurrence(
        name="looks back",
        source=Source("adal", "no algorithm of it"),
        parameters=(ALPHA,),
        steps=((Scalar("gap"), f - Prev(f)),),
        point=x - alpha * Scalar("gap") * (g + Prev(g)),
        metric=1,
    )
    climbing = with_gradient_ascent(looks)
    assert climbing.steps[0][1] == -f + Prev(f)
    assert increment(climbing.point).equals(-alpha * Scalar("gap") * (-g - Prev(g)))


def test_decay_enters_before_the_norm_and_in_the_last_gradient() -> None:
    """No g is left outside the first line."""
    for name in ("AdaL", "Nesterov"):
        decayed = with_coupled_weight_decay(algorithms()[name])
        assert not any(e.has(g) for _, e in decayed.steps[1:])
    assert with_coupled_weight_decay(algorithms()["AdaL"]).steps[1][1].has(Norm1(Vector("h")))
    last = Recurrence("last", Source("adal", "none"), (ALPHA,), (), x - alpha * (g + Prev(g)), 1)
    assert with_coupled_weight_decay(last).point.has(Prev(Vector("h")))


def test_a_line_of_the_same_name_is_no_hindrance() -> None:
    """The new line gets a name of its own."""
    taken = Recurrence(
        "h", Source("adal", "none"), (ALPHA,), ((Vector("h"), 2 * g),), x - alpha * Vector("h"), 1
    )
    decayed = with_coupled_weight_decay(taken)
    assert [str(s) for s, _ in decayed.steps] == ["h_in", "h"]


@pytest.mark.parametrize("schedule", ["constant", "sqrt"])
def test_decoupled_decay_of_adam_is_adamw(schedule: str) -> None:
    """Line by line AdamW with the decay scaled by the step."""
    ours = with_decoupled_weight_decay(adam(schedule=schedule))
    theirs = adamw(decay="scaled", schedule=schedule)
    assert ours.steps == theirs.steps
    assert increment(ours.point).equals(increment(theirs.point))


def test_clipping_bounds_the_norm() -> None:
    """(3, 4) becomes (3, 4)/5 at c = 1, and stays at c = 10; a gradient of zeros stays."""
    clipped = with_clipped_gradient(SGD_CONSTANT)
    assert after(clipped, [[3, 4]], alpha=1, clip=1) == pytest.approx([3.4, -2.8])
    assert after(clipped, [[3, 4]], alpha=1, clip=10) == [1.0, -6.0]
    assert after(clipped, [[0, 0]], alpha=1, clip=1) == [4.0, -2.0]


def test_clipping_comes_before_decay() -> None:
    """The transformation applied last acts first."""
    both = with_clipped_gradient(with_coupled_weight_decay(SGD_CONSTANT))
    assert after(both, [[3, 4]], alpha=1, clip=1, weight_decay=1) == pytest.approx([-0.6, -0.8])
    assert both.name == "SGD[gradient=clipped, weight_decay=coupled, schedule=constant]"


def test_what_cannot_be_is_refused() -> None:
    """A second weight decay, a second clipping, a decoupled decay without a step size."""
    with pytest.raises(ValueError, match="has its own `weight_decay`"):
        with_coupled_weight_decay(ADAMW)
    with pytest.raises(ValueError, match="has its own `weight_decay`"):
        with_decoupled_weight_decay(with_coupled_weight_decay(SGD_CONSTANT))
    with pytest.raises(ValueError, match="has its own `clip`"):
        with_clipped_gradient(with_clipped_gradient(SGD_CONSTANT))
    bare = Recurrence("bare", Source("adal", "none"), (), (), x - g, 1)
    with pytest.raises(ValueError, match="has no step size `alpha`"):
        with_decoupled_weight_decay(bare)


def test_increments_cancel_the_point() -> None:
    """The term in x goes, what multiplies it stays, and a point inside a function is left alone."""
    c = Scalar("c")
    assert increment(x - alpha * g) == -alpha * g
    assert increment((1 - c) * x - g) == -c * x - g
    assert increment(x * sqrt(x**2) + x) == x * sqrt(x**2)
    assert increment(g) == g - x
    for recurrence in algorithms().values():
        assert (increment(recurrence.point) + x - recurrence.point).expand() == 0
        assert increment(recurrence.point).has(x) == ("weight_decay" in recurrence.parameter_names)
