"""At every tie of branches, every engine and the comparator hand out a subgradient."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import numpy as np
import pytest
from sympy import Abs, Expr, Heaviside, Max, Min, Piecewise, Rational, exp

from levels import mostly_slow
from online_sim.comparator.functions import compile_functions
from online_sim.engines.base import Engine
from online_sim.engines.numba_engine import NumbaEngine
from online_sim.engines.numpy_engine import NumpyEngine
from online_sim.engines.torch_engine import TorchEngine
from online_sim.loss_conformance import (
    LossConformanceError,
    check_loss,
    check_slopes,
    in_one_variable,
    tie_points,
)
from theory.loss import Loss, Shape
from theory.losses.absolute import ABSOLUTE
from theory.losses.registry import losses
from theory.quantities import Dot, SumCoords, softplus
from theory.source import Source
from theory.symbols import a, b, x

SOURCE = Source("boyd2004", "section 3.2.3")
ENGINES: dict[str, Engine | None] = {
    "comparator": None,
    "numpy": NumpyEngine(),
    "longdouble": NumpyEngine(np.longdouble),
    "loop": NumbaEngine(lanes=False),
    "lanes": NumbaEngine(lanes=True),
    "interpreted": NumbaEngine(interpreted=True),
    "torch": TorchEngine("cpu"),
}
COMPILED = ("loop", "lanes")

u = Dot(a, x)
half = Rational(1, 2)
CHOSEN: dict[str, Expr] = {
    "max(u, 2u)": Max(u, 2 * u),
    "max(u, -u, bu)": Max(u, -u, b * u),
    "three lines": Max(u - half, -u, 2 * u - 1),
    "by coordinates": SumCoords(Max(x - half, -x, 2 * x - 1)),
    "nested": Max(1, Max(u, 2 * u) + Max(-u, -3 * u)),
    "inside a smooth function": softplus(Max(u, 2 * u)) + exp(Max(0, u / 64, u / 128)),
    "a square": Max(0, u, 3 * u) ** 2,
    "minus a min": -Min(u, 2 * u, Rational(1, 4)),
    "a line written as two kinks": Max(0, u) + Min(0, u),
    "a line written with an absolute value": 2 * Max(0, u) - Abs(u),
    "huber with min": Min(Abs(u), 2) * (Abs(u) - Min(Abs(u), 2) / 2),
    "pieces": SumCoords(Piecewise((-x, x < 0), (2 * x, True))),
}


def convex(name: str, value: Expr) -> Loss:
    """A convex loss of this value."""
    return Loss(name, SOURCE, value, Shape.CONVEX)


def cases(names: Iterable[str], compiled: Collection[str]) -> list[tuple[str, str]]:
    """(case, engine): all engines, but those that compile for minutes only on the cases named."""
    return [(n, e) for n in names for e in ENGINES if e not in COMPILED or n in compiled]


SOME = ("max(u, -u, bu)", "by coordinates", "inside a smooth function", "a line written as two kinks")


@pytest.mark.parametrize(("name", "engine"), cases(CHOSEN, SOME))
def test_a_subgradient_at_every_tie(name: str, engine: str) -> None:
    """Maxima with ties, nested, inside smooth functions, as minima, and convex functions oddly written."""
    within = (-64.0, 64.0) if name == "inside a smooth function" else (-np.inf, np.inf)  # exp overflows
    assert check_loss(convex(name, CHOSEN[name]), ENGINES[engine], within=within) >= 1


CONVEX = {loss.name: loss for loss in losses() if loss.shape is not Shape.NONCONVEX}


@pytest.mark.parametrize(("name", "engine"), cases(CONVEX, ("hinge", "absolute", "huber")))
def test_the_registry_hands_out_subgradients(name: str, engine: str) -> None:
    """Every convex loss of the package, at kinks where it has them."""
    loss = CONVEX[name]
    within = (2.0**-10, np.inf) if loss.name == "portfolio" else (-np.inf, np.inf)
    found = check_loss(loss, ENGINES[engine], vector=0.5, label=-2.0, within=within)
    assert (found > 0) == (loss.name.partition("[")[0] in {"hinge", "absolute", "huber", "huber_function"})


def lines_through_ties(seed: int) -> Expr:
    """A maximum of lines that tie in threes and more at dyadic points, so that ties are exact in floats."""
    rng = np.random.default_rng(seed)
    place = Rational(int(rng.integers(-8, 9)), 4)
    slopes = sorted({int(s) for s in rng.integers(-6, 7, size=int(rng.integers(2, 6)))})
    level = Rational(int(rng.integers(-4, 5)), 2)
    lines = [level + Rational(s, 2) * (x - place) for s in slopes]
    corner = place + Rational(int(rng.integers(1, 5)), 2)
    at_corner = max(line.subs(x, corner) for line in lines)
    steep = [at_corner + (max(slopes) + int(s)) * (x - corner) for s in rng.integers(1, 4, size=2)]
    return Max(*lines, *steep, *([level] if 0 in slopes else []))


@pytest.mark.parametrize("engine", ["comparator", "numpy"])
@pytest.mark.parametrize("seed", mostly_slow(range(25), lambda _, seed: seed < 8))
def test_maxima_of_random_lines(seed: int, engine: str) -> None:
    """Maxima of lines through exact ties, alone and as a sum with another one."""
    value = lines_through_ties(seed)
    assert check_loss(convex("lines", SumCoords(value)), ENGINES[engine]) >= 1
    both = value + Rational(1, 4) * lines_through_ties(seed + 100)
    assert check_loss(convex("two", SumCoords(both)), ENGINES[engine]) >= 1


@pytest.mark.parametrize("engine", [name for name in ENGINES if name not in {"comparator", "numpy"}])
def test_maxima_of_random_lines_on_every_engine(engine: str) -> None:
    """The same on the engines that compile."""
    assert check_loss(convex("lines", SumCoords(lines_through_ties(3))), ENGINES[engine]) >= 1


@pytest.mark.parametrize("name", ["max(u, 2u)", "max(u, -u, bu)", "minus a min"])
def test_heaviside_zero_at_zero_is_refused(name: str) -> None:
    """Must-fail control: sympy's own derivative with every Heaviside 0 at 0 is told from a subgradient."""
    e = in_one_variable(convex(name, CHOSEN[name]))
    points = np.r_[tie_points(e, {}, 1.0, 1.0), -1.0, 1.0]
    old = e.diff(x).replace(Heaviside, lambda w, *_: Piecewise((1, w > 0), (0, True)))
    functions = compile_functions(e, x, {})
    check_slopes(functions, points, functions.slope(points, 1.0, 1.0), 1.0, 1.0)
    wrong = compile_functions(old, x, {}).value(points, 1.0, 1.0)
    with pytest.raises(LossConformanceError, match="not a subgradient"):
        check_slopes(functions, points, wrong, 1.0, 1.0)


def test_a_concave_function_is_refused() -> None:
    """Must-fail control: the derivative of a concave function declared convex supports nothing."""
    with pytest.raises(LossConformanceError, match="not a subgradient"):
        check_loss(convex("concave", -(u**2)), None)


def test_conventions_are_kept() -> None:
    """At the kink the hinge and the absolute value take 0; constants win ties in both orders of writing."""
    for value in (Max(0, u), Max(0, 1 - u), Abs(u), Max(u, 0), -Min(0, u)):
        e = in_one_variable(convex("kink", value))
        at = tie_points(e, {}, 1.0, 1.0)
        assert compile_functions(e, x, {}).slope(at, 1.0, 1.0) == 0.0
    assert ABSOLUTE.gradient.has(Max) is False
