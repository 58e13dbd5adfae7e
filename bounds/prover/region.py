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
    """Linear losses <g_t, .> on X = [lower, upper]^d, with every gradient coordinate in `gradient`.

    recurrence: the algorithm. dimension: d. lower, upper: the sides of X. gradient: (least, most), with least
    <= |g_{t,i}| <= most. start: x_1, or None for every point of X. values: the exact parameters. ranges: the
    parameters that may be anywhere in [lo, hi], constant during a game. Raises ValueError if these are
    inconsistent.
    """

    recurrence: Recurrence
    dimension: int
    lower: Fraction
    upper: Fraction
    gradient: Piece
    start: Point | None
    values: Mapping[str, Fraction]
    ranges: Mapping[str, Piece]

    def __post_init__(self) -> None:
        """Check the numbers; freeze the mappings."""
        if self.dimension < 1:
            raise ValueError(f"`dimension` = {self.dimension} must be at least 1")
        if not self.lower < self.upper:
            raise ValueError(f"`lower` = {self.lower} must be less than `upper` = {self.upper}")
        least, most = self.gradient
        if not 0 <= least <= most or most == 0:
            raise ValueError(f"`gradient` = ({least}, {most}) must be 0 <= least <= most, most > 0")
        if self.start is not None:
            inside = all(self.lower <= u <= self.upper for u in self.start)
            if len(self.start) != self.dimension or not inside:
                raise ValueError(
                    f"`start` = {listing(self.start)} is not a point of [{self.lower}, {self.upper}]^d"
                )
        object.__setattr__(self, "values", MappingProxyType(dict(self.values)))
        object.__setattr__(self, "ranges", MappingProxyType(dict(self.ranges)))

    @property
    def centre(self) -> Fraction:
        """Each coordinate of the centre of X."""
        return (self.lower + self.upper) / 2

    @property
    def symmetric(self) -> bool:
        """Whether turning any coordinate of points about the centre, and of gradients, keeps the region."""
        return self.start is None or all(u == self.centre for u in self.start)

    @property
    def text(self) -> str:
        """The region in words."""
        least, most = self.gradient
        size = f"|g_t,i| <= {most}" if least == 0 else f"{least} <= |g_t,i| <= {most}"
        start = "every x_1" if self.start is None else f"x_1 = {', '.join(map(str, self.start))}"
        named = [f"{name} = {value}" for name, value in self.values.items()]
        named += [f"{name} in [{low}, {high}]" for name, (low, high) in self.ranges.items()]
        box = f"X = [{self.lower}, {self.upper}]" + (f"^{self.dimension}" if self.dimension > 1 else "")
        return ", ".join([box, size, start, *named])

    def corners(self) -> list[Point]:
        """The extreme points of X."""
        return list(product((self.lower, self.upper), repeat=self.dimension))

    def unknowns(self, horizon: int, *, compared: bool) -> dict[Name, Pieces]:
        """The unknowns of a game with this number of rounds, and the pieces in which each may lie.

        compared: whether the statement names a comparator z in X.
        """
        least, most = self.gradient
        signs: Pieces = ((-most, most),) if least == 0 else ((-most, -least), (least, most))
        side = (self.lower, self.upper)
        every = range(self.dimension)
        found: dict[Name, Pieces] = {("g", t, i): signs for t in range(1, horizon + 1) for i in every}
        for i in every:
            found["x", 1, i] = (side if self.start is None else (self.start[i], self.start[i]),)
        if compared:
            found |= {("z", 0, i): (side,) for i in every}
        return found | {(name, 0, -1): (piece,) for name, piece in self.ranges.items()}


def region(
    recurrence: Recurrence,
    parameters: Mapping[str, Number | tuple[Number, Number]],
    *,
    dimension: int,
    lower: Number,
    upper: Number,
    gradient: Number | tuple[Number, Number],
    start: Sequence[Number] | None,
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
        recurrence, dimension, exact(lower, "lower"), exact(upper, "upper"), bounds,
        None if start is None else point(start, "start"), values, ranges,
    )  # fmt: skip


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
