"""Simpler games of one smooth function with noise; see `bounds.shrink.linear`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from bounds.certify.game import DescentGame
from bounds.shrink.complexity import TEXTBOOK, rounder
from bounds.shrink.linear import Changes
from theory.losses.piecewise_quadratic import Slope, quadratic_slope


def fewer_rounds(game: DescentGame, keep: frozenset[str]) -> Iterator[Changes]:
    """Stop earlier."""
    T = game.horizon
    tried = [*range(1, min(T, 9)), T // 2, 3 * T // 4, 7 * T // 8, 15 * T // 16, T - 1]
    for horizon in dict.fromkeys(t for t in tried if 1 <= t < T):
        yield {"horizon": horizon}


def simpler_noise(game: DescentGame, keep: frozenset[str]) -> Iterator[Changes]:
    """No noise; two letters with round odds and a round size."""
    if len(game.letters) == 1:
        return
    yield {"letters": ()}
    if len(game.letters) != 2 or game.dimension != 1:
        return
    (often, chance), (rare, _) = sorted(game.letters, key=lambda letter: -letter[1])
    sign = 1 if rare[0] > 0 else -1
    sizes = [abs(often[0]), *rounder(abs(often[0]))]
    odds = [1 / (1 - chance), *rounder(1 / (1 - chance)), *(Fraction(10) ** k for k in range(1, 10))]
    for count in dict.fromkeys(q for q in odds if q >= 2):
        for size in (s for s in sizes if s > 0):
            letters = (((-sign * size,), 1 - 1 / count), ((sign * size * (count - 1),), 1 / count))
            yield {"letters": letters}


def simpler_function(game: DescentGame, keep: frozenset[str]) -> Iterator[Changes]:
    """A quadratic; fewer knots; rounder ones; flat ends; another unit for f."""
    slope = game.slope
    for curvature in dict.fromkeys((Fraction(1), slope.smoothness, *rounder(slope.smoothness))):
        if curvature > 0:
            yield {"slope": quadratic_slope(curvature)}
    for k in range(len(slope.knots) if len(slope.knots) > 1 else 0):
        yield from _with(slope.knots[:k] + slope.knots[k + 1 :], slope.left, slope.right)
    for name in ("left", "right"):
        for tried in rounder(getattr(slope, name)):
            ends = {"left": slope.left, "right": slope.right, name: tried}
            yield from _with(slope.knots, ends["left"], ends["right"])
    for value in dict.fromkeys(abs(q) for knot in slope.knots for q in knot if q != 0):
        for tried in rounder(value):
            knots = tuple(
                tuple((tried if q > 0 else -tried) if abs(q) == value else q for q in knot)
                for knot in slope.knots
            )
            yield from _with(knots, slope.left, slope.right)
    for k, knot in enumerate(slope.knots):
        for i in (0, 1):
            for tried in rounder(knot[i]):
                changed = (tried, knot[1]) if i == 0 else (knot[0], tried)
                yield from _with((*slope.knots[:k], changed, *slope.knots[k + 1 :]), slope.left, slope.right)


def rounder_numbers(game: DescentGame, keep: frozenset[str]) -> Iterator[Changes]:
    """Textbook parameters, rounder ones, a rounder start."""
    for name, value in game.parameters.items():
        if name not in keep:
            for tried in (*TEXTBOOK.get(name, ()), *rounder(value)):
                if tried != value:
                    yield {"parameters": {**game.parameters, name: tried}}
    for i, u in enumerate(game.start):
        for tried in rounder(u):
            yield {"start": (*game.start[:i], tried, *game.start[i + 1 :])}


PASSES: tuple[Callable[[DescentGame, frozenset[str]], Iterator[Changes]], ...] = (
    fewer_rounds, simpler_noise, simpler_function, rounder_numbers,
)  # fmt: skip


def _with(knots: object, left: Fraction, right: Fraction) -> Iterator[Changes]:
    try:
        yield {"slope": Slope(knots, left, right)}  # type: ignore[arg-type]
    except ValueError:
        return


__all__ = ["PASSES"]
