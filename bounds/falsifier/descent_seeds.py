"""Games on which statements about gradients tend to fail, as starts of a search of `DescentGame`s.

Lengths and slopes are chosen such that L = 1 and |phi'| <= 1 before scaling.
"""

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product

import numpy as np

from bounds.falsifier.descent_class import DescentClass
from bounds.games import DescentGame, Number, exact
from theory.losses.piecewise_quadratic import Slope, quadratic_slope
from theory.parameters import Parameter
from theory.recurrence import Recurrence

Letters = tuple[tuple[tuple[Fraction, ...], Fraction], ...]

STARTS = (Fraction(0), Fraction(1, 3), Fraction(1))
SCALES = (Fraction(1), Fraction(16), Fraction(10**4), Fraction(10**9))
STEPS = (Fraction(1, 20), Fraction(1, 5), Fraction(2, 5), Fraction(1), Fraction(3))
"""The values to try for a parameter without upper end and default, such as a step size."""
INSIDE = (Fraction(0), Fraction(1, 100), Fraction(1, 2), Fraction(9, 10), Fraction(99, 100))
"""The values to try in a bounded range, as shares of the way from its lower to its upper end."""
NOISE_SIZES = (Fraction(1, 4), Fraction(2), Fraction(100), Fraction(10**6))
SKEWS = (3, 10, 10**3, 10**6, 10**9)
ANY = DescentClass()
"""The class of all descents."""


def slopes(horizon: int) -> dict[str, Slope]:
    """Functions by name; something happens at the start 0."""
    third, far = Fraction(1, 3), Fraction(max(2, math.isqrt(horizon)))

    def flat(*knots: tuple[Number, Number]) -> Slope:
        """A slope that is constant outside its knots."""
        return Slope(tuple((exact(k), exact(y)) for k, y in knots), Fraction(0), Fraction(0))

    return {
        "quadratic": quadratic_slope(1),
        "saturating gradient": flat((-1, -1), (1, 1)),
        "plateau behind a hill": flat((0, -1), (1 - third, -third), (1 + far / 4, -third), (2 + far, 1)),
        "plateau that steepens": flat((0, -1), ("19/20", "-1/20"), (1 + far / 2, -2 * third), (4 + far, 1)),
        "power tail": flat((0, -1), (1, "-1/4"), (3, "-1/16"), (3 + far, "-1/64"), (5 + far, 1)),
    }


def convex_slopes(horizon: int) -> dict[str, Slope]:
    """Further convex functions, whose minimiser is far from the start 0, and strongly convex ones."""
    one, small, tiny = Fraction(1), Fraction(1, 10), Fraction(1, 1000)

    def corner(far: Fraction) -> Slope:
        return Slope(((far - 1, -one), (far + 1, one)), Fraction(0), Fraction(0))

    return {
        # Gradient descent with step 1/L on it is the slowest of all: see `paper_checks.atlas`.
        "far corner": corner(Fraction(2 * horizon - 1)),
        "corner": corner(Fraction(2 + math.isqrt(horizon))),
        "bent quadratic": Slope(((Fraction(1), Fraction(0)),), small, one),
        "quadratic with a flat bottom": Slope(((one, -tiny), (one + 2, tiny)), one, one),
        "quadratic with steep walls": Slope(((one, -small), (one + 2, small)), one, one),
    }


def noises(letters: int, dimension: int) -> dict[str, Letters]:
    """Noise of mean zero with this number of letters, by name; one letter means no noise."""

    def alike(u: Fraction) -> tuple[Fraction, ...]:
        return (u,) * dimension

    if letters == 1:
        return {"no noise": ((alike(Fraction(0)), Fraction(1)),)}
    found: dict[str, Letters] = {}
    for size in NOISE_SIZES:
        rest = Fraction(1, letters)
        spread = [size * (2 * Fraction(j, letters - 1) - 1) for j in range(letters)]
        found[f"symmetric, size {size}"] = tuple((alike(u), rest) for u in spread)
        for skew, sign in product(SKEWS, (-1, 1)):
            # Usually slightly to one side, rarely far to the other; further letters share the rare part.
            rare = Fraction(1, skew + 1) / (letters - 1)
            often = (alike(sign * size), 1 - rare * (letters - 1))
            found[f"skewed 1:{skew}, size {sign * size}"] = (
                often,
                *((alike(-sign * size * skew), rare) for _ in range(letters - 1)),
            )
    return found


def values(parameter: Parameter, fixed: Mapping[str, Number]) -> list[Fraction]:
    """The initial values of a parameter: the fixed value, or a few inside its range."""
    if parameter.name in fixed:
        return [exact(fixed[parameter.name])]
    default = [] if parameter.default is None else [Fraction(str(parameter.default))]
    lower, upper = parameter.lower, parameter.upper
    if math.isinf(lower) or math.isinf(upper):
        begin = Fraction(0) if math.isinf(lower) else Fraction(lower)
        found = default or [begin + step for step in STEPS]
    else:
        inside = [Fraction(lower) + share * (Fraction(upper) - Fraction(lower)) for share in INSIDE]
        found = [*inside, *default]
    # An open end is not an admissible value.
    return [v for v in dict.fromkeys(found) if not (parameter.lower_open and v == parameter.lower)]


def scaled_slope(slope: Slope, factor: Fraction) -> Slope:
    """The slope of `factor` phi."""
    knots = tuple((k, factor * y) for k, y in slope.knots)
    return Slope(knots, factor * slope.left, factor * slope.right)


def seeds(
    recurrence: Recurrence,
    *,
    horizon: int,
    letters: int,
    dimension: int,
    fixed: Mapping[str, Number],
    rng: np.random.Generator,
    meant: DescentClass = ANY,
) -> Iterator[tuple[str, DescentGame]]:
    """Every combination of the above once, in random order, with the names of function and noise.

    meant: the class of the games; parameters that it ties to the function take the nearest possible value.
    """
    shelf = {**slopes(horizon), **(convex_slopes(horizon) if meant.convex else {})}
    functions = {name: slope for name, slope in shelf.items() if meant.admits(slope)}
    alphabets = noises(letters, dimension)
    ties = {name: tie for name, tie in meant.ties.items() if name not in fixed}
    choices = [[Fraction(0)] if p.name in ties else values(p, fixed) for p in recurrence.parameters]
    sizes = [len(functions), len(alphabets), len(STARTS), len(SCALES), *map(len, choices)]
    for number in rng.permutation(math.prod(sizes)):
        i, j, k, m, *rest = (int(index) for index in np.unravel_index(number, sizes))
        function, noise = list(functions)[i], list(alphabets)[j]
        scale = SCALES[m]
        slope = scaled_slope(functions[function], scale)
        parameters = {p.name: c[n] for p, c, n in zip(recurrence.parameters, choices, rest, strict=True)}
        parameters |= {name: tie.number(slope, dimension, horizon, Fraction(0)) for name, tie in ties.items()}
        game = DescentGame(
            recurrence,
            parameters,
            slope,
            (STARTS[k],) * dimension,
            horizon,
            tuple((tuple(scale * w for w in u), p) for u, p in alphabets[noise]),
        )
        yield f"{function}, {noise}", game
