"""The region over which a statement is decided: every stream, start, comparator and parameter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from types import MappingProxyType

import numpy as np

from bounds.games import Number, Point, exact, point
from bounds.games.rationals import listing
from bounds.prover.constants import float_ends
from bounds.prover.interval_source import Name
from online_sim.borders import Floats
from theory.borders import SHOWN, mapping, meant, must, one_line
from theory.recurrence import Recurrence

Piece = tuple[Fraction, Fraction]
"""A pair (lo, hi), for every number between."""
Pieces = tuple[Piece, ...]
"""Disjoint pieces in increasing order."""


@dataclass(frozen=True)
class Region:
    """Linear losses <g_t, .> on a box X, or on a segment in it, with every gradient coordinate in `gradient`.

    recurrence: the algorithm. lower, upper: the corners of the box, (d,) each. gradient: (least, most), with
    least <= |g_{t,i}| <= most. start: x_1, or None for every point of X. values: the exact parameters.
    ranges: the parameters that may be anywhere in [lo, hi], constant during a game.
    simplex: whether X is {x >= 0, x_1 + x_2 = 1}, a diagonal of the box [0, 1]^2, and x_1 one of its points.
    Raises ValueError if these are inconsistent.
    """

    recurrence: Recurrence
    lower: Point
    upper: Point
    gradient: Piece
    start: Point | None
    values: Mapping[str, Fraction]
    ranges: Mapping[str, Piece]
    simplex: bool = False

    def __post_init__(self) -> None:
        """Check the numbers; freeze the mappings."""
        if not 1 <= len(self.lower) == len(self.upper):
            raise ValueError(
                f"`lower` = {listing(self.lower)} and `upper` = {listing(self.upper)} must have a number for "
                "each coordinate"
            )
        if not all(low < high for low, high in self.sides):
            raise ValueError(
                f"`lower` = {self._shown(self.lower)} must be less than `upper` = {self._shown(self.upper)}"
                + ("" if self.cube else " in every coordinate")
            )
        least, most = self.gradient
        if not 0 <= least <= most or most == 0:
            raise ValueError(f"`gradient` = ({least}, {most}) must be 0 <= least <= most, most > 0")
        if self.start is not None:
            pairs = zip(self.start, self.sides, strict=False)
            inside = all(low <= u <= high for u, (low, high) in pairs)
            if len(self.start) != self.dimension or not inside:
                raise ValueError(f"`start` = {listing(self.start)} is not a point of {self.box_text}")
        unit = (Fraction(0), Fraction(1))
        if self.simplex and (self.sides != [unit, unit] or self.start is None or sum(self.start) != 1):
            raise ValueError(f"`start` = {self.start} must be a point of the simplex of R^2")
        object.__setattr__(self, "values", MappingProxyType(dict(self.values)))
        object.__setattr__(self, "ranges", MappingProxyType(dict(self.ranges)))

    @property
    def dimension(self) -> int:
        """The number of coordinates d."""
        return len(self.lower)

    @property
    def sides(self) -> list[Piece]:
        """The range of each coordinate of X."""
        return list(zip(self.lower, self.upper, strict=True))

    @property
    def cube(self) -> bool:
        """Whether the range of every coordinate is the same."""
        return len(set(self.sides)) == 1

    @property
    def centre(self) -> Point:
        """The centre of X."""
        return tuple((low + high) / 2 for low, high in self.sides)

    @property
    def symmetric(self) -> bool:
        """Whether turning any coordinate of points about the centre, and of gradients, keeps the region."""
        return not self.simplex and (self.start is None or self.start == self.centre)

    @property
    def text(self) -> str:
        """The region in words."""
        least, most = self.gradient
        size = f"|g_t,i| <= {most}" if least == 0 else f"{least} <= |g_t,i| <= {most}"
        start = "every x_1" if self.start is None else f"x_1 = {', '.join(map(str, self.start))}"
        named = [f"{name} = {value}" for name, value in self.values.items()]
        named += [f"{name} in [{low}, {high}]" for name, (low, high) in self.ranges.items()]
        return ", ".join([f"X = {self.box_text}", size, start, *named])

    @property
    def box_text(self) -> str:
        """X as a power of an interval, or as a product of intervals; or the simplex."""
        if self.simplex:
            return "{x >= 0, x_1 + x_2 = 1}"
        if not self.cube:
            return " x ".join(f"[{low}, {high}]" for low, high in self.sides)
        return f"[{self.lower[0]}, {self.upper[0]}]" + (f"^{self.dimension}" if self.dimension > 1 else "")

    def corners(self) -> list[Point]:
        """The extreme points of X."""
        points = list(product(*self.sides))
        return [point for point in points if sum(point) == 1] if self.simplex else points

    def _shown(self, ends: Point) -> str:
        return str(ends[0]) if self.cube else listing(ends)

    def unknowns(self, horizon: int, *, compared: bool) -> dict[Name, Pieces]:
        """The unknowns of a game with this number of rounds, and the pieces in which each may lie.

        compared: whether the statement names a comparator z in X; on the simplex its second coordinate is 1
        less the first.
        """
        least, most = self.gradient
        signs: Pieces = ((-most, most),) if least == 0 else ((-most, -least), (least, most))
        every = range(self.dimension)
        found: dict[Name, Pieces] = {("g", t, i): signs for t in range(1, horizon + 1) for i in every}
        for i in every:
            found["x", 1, i] = (self.sides[i] if self.start is None else (self.start[i], self.start[i]),)
        if compared:
            found |= {("z", 0, i): (self.sides[i],) for i in (every[:1] if self.simplex else every)}
        return found | {(name, 0, -1): (piece,) for name, piece in self.ranges.items()}


def region(
    recurrence: Recurrence,
    parameters: Mapping[str, Number | tuple[Number, Number]],
    *,
    dimension: int | None = None,
    lower: Number | Sequence[Number],
    upper: Number | Sequence[Number],
    gradient: Number | tuple[Number, Number],
    start: Sequence[Number] | None,
    simplex: bool = False,
) -> Region:
    """The region that these numbers describe; ValueError for a float, or a parameter out of its range."""
    known = {p.name: p for p in recurrence.parameters}
    unknown = [n for n in mapping("parameters", parameters, "name -> exact number") if n not in known]
    if unknown:
        raise ValueError(
            f"unknown parameter `{one_line(unknown[0], SHOWN)}`; {recurrence.name} has {', '.join(known)}"
            f"{meant(unknown[0], known)}"
        )
    values: dict[str, Fraction] = {}
    ranges: dict[str, Piece] = {}
    for name, parameter in known.items():
        given = parameters.get(name, None if parameter.default is None else str(parameter.default))
        if given is None:
            raise ValueError(f"`{name}` is missing; give {parameter.meaning} in {parameter.range_text}")
        low, high = _ends(name, given)
        for end in (low, high):
            parameter.validate(end)
        if low > high:
            raise ValueError(f"`{name}` = [{low}, {high}] is empty; give its lower end first")
        if low == high:
            values[name] = low
        else:
            ranges[name] = (low, high)
    bounds = _ends("gradient", gradient if isinstance(gradient, tuple) else (0, gradient))
    return Region(
        recurrence, *corners_of(lower, upper, dimension), bounds,
        None if start is None else point(start, "start"), values, ranges, simplex,
    )  # fmt: skip


def corners_of(
    lower: Number | Sequence[Number], upper: Number | Sequence[Number], dimension: int | None
) -> tuple[Point, Point]:
    """The two corners of a box, each given as a number for every coordinate or as one number for all.

    dimension: d; None for as many coordinates as a corner has, else 1.
    """
    ends = {name: _corner(name, given) for name, given in (("lower", lower), ("upper", upper))}
    found: list[Point] = []
    size = dimension or max(map(len, ends.values()))
    for name, corner in ends.items():
        if len(corner) not in (1, size):
            raise ValueError(
                f"`{name}` = {listing(corner)} has {len(corner)} numbers; give one for each of the "
                f"{size} coordinates, or one for all"
            )
        found.append(corner if len(corner) == size else corner * size)
    return found[0], found[1]


def _corner(name: str, given: Number | Sequence[Number]) -> Point:
    if isinstance(given, Sequence) and not isinstance(given, str):
        corner = point(given, name)
    else:
        corner = (exact(given, name),)
    if not corner:
        raise ValueError(f"`{name}` is empty; give a number, or one for each coordinate")
    return corner


def _ends(name: str, given: Number | tuple[Number, Number]) -> Piece:
    """The ends of a range (lo, hi), or a number twice."""
    pair = given if isinstance(given, tuple) else (given, given)
    if len(pair) != 2:
        raise ValueError(must(name, given, "an exact number, or a pair (lo, hi)"))
    return exact(pair[0], name), exact(pair[1], name)


def boxes(unknowns: Mapping[Name, Pieces]) -> tuple[Floats, Floats]:
    """Lower and upper ends (n, B) of boxes of floats that cover a region."""
    covers = [
        [(float_ends(low)[0], float_ends(high)[1]) for low, high in union] for union in unknowns.values()
    ]
    table = np.array(list(product(*covers)))
    return np.ascontiguousarray(table[:, :, 0].T), np.ascontiguousarray(table[:, :, 1].T)


def faces(unknowns: Mapping[Name, Pieces]) -> tuple[Floats, Floats]:
    """Boxes for the part of a region where some |g_{t,i}| is the largest allowed: a union of faces."""
    found = []
    for name, union in unknowns.items():
        if name[0] == "g":
            least, most = union[0][0], union[-1][1]
            found.append(boxes({**unknowns, name: ((least, least), (most, most))}))
    lower, upper = zip(*found, strict=True)
    return np.concatenate(lower, axis=1), np.concatenate(upper, axis=1)


def label(name: Name, dimension: int) -> str:
    """An unknown in words: g_2, or g_2,1 for the first of several coordinates."""
    symbol, t, i = name
    place = [t] * (t > 0) + [i + 1] * (i >= 0 and dimension > 1)
    return symbol + ("_" + ",".join(map(str, place)) if place else "")
