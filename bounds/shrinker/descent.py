"""Simpler games of one smooth function with noise; see `bounds.shrinker.linear`."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import combinations

from bounds.games import DescentGame, Point
from bounds.shrinker.complexity import TEXTBOOK, rounder
from bounds.shrinker.linear import Changes
from bounds.shrinker.rows import shorter
from theory.losses.piecewise_quadratic import Slope, quadratic_slope


def fewer_rounds(game: DescentGame) -> Iterator[Changes]:
    """Stop earlier."""
    for horizon in shorter(game.horizon):
        yield {"horizon": horizon}


def fewer_coordinates(game: DescentGame) -> Iterator[Changes]:
    """Leave one coordinate out."""
    for i in range(game.dimension if game.dimension > 1 else 0):
        letters = tuple((noise[:i] + noise[i + 1 :], chance) for noise, chance in game.letters)
        yield {"start": game.start[:i] + game.start[i + 1 :], "letters": letters}


def simpler_noise(game: DescentGame) -> Iterator[Changes]:
    """No noise; two letters merged into their mean; two letters with round odds and size; another size."""
    letters = game.letters
    if len(letters) == 1:
        return
    yield {"letters": ()}
    for i, k in combinations(range(len(letters)), 2):
        (a, p), (b, q) = letters[i], letters[k]
        others = letters[:i] + letters[i + 1 : k] + letters[k + 1 :]
        mean = tuple((p * u + q * v) / (p + q) for u, v in zip(a, b, strict=True))
        yield {"letters": (*others, (mean, p + q))}
    if len(letters) == 2:
        (often, chance), _ = sorted(letters, key=lambda letter: -letter[1])
        odds = [1 / (1 - chance), *rounder(1 / (1 - chance)), *(Fraction(10) ** k for k in range(1, 10))]
        for count in dict.fromkeys(q for q in odds if q >= 2):
            for noise in (often, *_rounder_noise(often)):
                rare = tuple(-(count - 1) * u for u in noise)
                yield {"letters": ((noise, 1 - 1 / count), (rare, 1 / count))}
    for i in range(game.dimension):
        for size in dict.fromkeys(abs(noise[i]) for noise, _ in letters if noise[i] != 0):
            for target in (u for u in rounder(size) if u >= 0):
                yield {
                    "letters": tuple(
                        ((*noise[:i], noise[i] * target / size, *noise[i + 1 :]), chance)
                        for noise, chance in letters
                    )
                }


def _rounder_noise(noise: Point) -> Iterator[Point]:
    """One coordinate of a noise vector made rounder, with its sign kept."""
    for i, u in enumerate(noise):
        for size in rounder(abs(u)):
            if size > 0:
                yield (*noise[:i], size if u > 0 else -size, *noise[i + 1 :])


def simpler_function(game: DescentGame) -> Iterator[Changes]:
    """A quadratic; fewer knots; rounder ones; flat ends."""
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


def rounder_numbers(game: DescentGame) -> Iterator[Changes]:
    """Textbook parameters, rounder ones, a rounder start."""
    for name, value in game.parameters.items():
        for tried in (*TEXTBOOK.get(name, ()), *rounder(value)):
            if tried != value:
                yield {"parameters": {**game.parameters, name: tried}}
    for i, u in enumerate(game.start):
        for tried in rounder(u):
            yield {"start": (*game.start[:i], tried, *game.start[i + 1 :])}


def another_unit(game: DescentGame) -> Iterator[Changes]:
    """The whole game in another unit of f, or in another unit of length."""
    slope, letters = game.slope, game.letters
    heights = [y for _, y in slope.knots] + [u for noise, _ in letters for u in noise]
    for size in dict.fromkeys(abs(q) for q in (*heights, slope.left, slope.right) if q != 0):
        knots = tuple((k, y / size) for k, y in slope.knots)
        noise = tuple((tuple(u / size for u in letter), chance) for letter, chance in letters)
        for changes in _with(knots, slope.left / size, slope.right / size):
            yield {**changes, "letters": noise}
    for size in dict.fromkeys(abs(q) for q in (*(k for k, _ in slope.knots), *game.start) if q != 0):
        # The same values of f' at points `size` times nearer to 0, so its slope is `size` times larger.
        knots = tuple((k / size, y) for k, y in slope.knots)
        for changes in _with(knots, slope.left * size, slope.right * size):
            nearer = {**changes, "start": tuple(u / size for u in game.start)}
            yield nearer
            if "alpha" in game.parameters:
                scaled = {**game.parameters, "alpha": game.parameters["alpha"] / size}
                yield {**nearer, "parameters": scaled}


PASSES: tuple[Callable[[DescentGame], Iterator[Changes]], ...] = (
    fewer_rounds, fewer_coordinates, simpler_noise, simpler_function, rounder_numbers, another_unit,
)  # fmt: skip


def _with(knots: object, left: Fraction, right: Fraction) -> Iterator[Changes]:
    try:
        yield {"slope": Slope(knots, left, right)}  # type: ignore[arg-type]
    except ValueError:
        return
