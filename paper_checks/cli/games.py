"""The options that say over which sets, from where and with which gradients a search plays."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from theory.borders import one_of, shown, twice

if TYPE_CHECKING:
    from bounds.games import ExactSet, Point
    from theory.statement import Theorem

KINDS = ("box", "segment", "simplex", "l2", "l1", "triangle", "polytope")
"""The kinds of sets that `--set` knows by name."""
FORM = "NAME or NAME:d, such as simplex:3, or corners such as '(0,0),(1,0),(0,1)'"
STARTS = ("centre", "origin")
POINT = re.compile(r"\(([^()]*)\)")


@dataclass(frozen=True)
class Sets:
    """The sets and starts that a user asks for.

    kind: of the sets; feasible: one set instead; both None for those of the statement. dimension: the number
    of coordinates that the kind was given with. start: "centre", "origin", a point of `feasible`, or None.
    """

    kind: str | None = None
    feasible: ExactSet | None = None
    dimension: int | None = None
    start: str | Point | None = None

    def searched(self, most: int) -> dict[str, Any]:
        """The arguments of a search; most: the largest number of coordinates otherwise."""
        dimensions = (self.dimension,) if self.dimension else tuple(range(1, most + 1))
        return {
            "set_kind": self.kind, "feasible": self.feasible, "dimensions": dimensions,
            "start": None if isinstance(self.start, str) else self.start,
        }  # fmt: skip

    @property
    def held(self) -> frozenset[str]:
        """What a smaller counterexample must keep."""
        fixed = {"feasible": self.feasible, "dimension": self.dimension}
        found = {name for name, value in fixed.items() if value is not None}
        return frozenset(found | ({"start"} if isinstance(self.start, tuple) else set()))


@dataclass(frozen=True)
class Limits:
    """Further conditions on the games, each by its option; None where there is none."""

    most: Mapping[str, str | None] = field(default_factory=dict)
    scale: str = "free"
    sets: Sets = field(default_factory=Sets)

    @property
    def about_sets(self) -> tuple[str, ...]:
        """The options given that only make sense for games over a set."""
        sets = self.sets
        named = [
            ("--set, --segment, --box", sets.kind is not None or sets.feasible is not None),
            ("--start", sets.start is not None),
            ("--scale-free, --largest-one", self.scale != "free"),
        ]
        return tuple(name for name, given in (*named, *self.most.items()) if given)

    def added(self, theorem: Theorem) -> Theorem:
        """The statement under these conditions as well."""
        from sympy import Abs, Rational

        from theory.quantities import CumMax, MaxCoords
        from theory.statement import Assumption, Requires
        from theory.symbols import D, g

        measures = {"--diameter": D, "--gradient-bound": CumMax(MaxCoords(Abs(g)))}
        found = []
        for option, text in self.most.items():
            if text is not None:
                most = _positive(option, text)
                found.append(Assumption(f"{option[2:]} at most {most}", measures[option] <= Rational(most)))
        words = {"centre": Requires.START_AT_CENTRE, "origin": Requires.START_AT_ORIGIN}
        if isinstance(self.sets.start, str):
            found.append(Assumption(f"x_1 is the {self.sets.start}", words[self.sets.start]))
        return replace(theorem, assumptions=(*theorem.assumptions, *found)) if found else theorem


def _positive(option: str, text: str) -> Fraction:
    from bounds.games import exact

    most = exact(text, option)
    if most <= 0:
        raise ValueError(f"`{option}` = {text} must be positive")
    return most


def chosen_limits(
    *,
    sets: str | None,
    start: str | None,
    segment: bool,
    box: bool,
    diameter: str | None,
    gradient_bound: str | None,
    at_least_one: bool,
    max_one: bool,
) -> Limits:
    """What the options select; ValueError for options that exclude each other or cannot be read."""
    if at_least_one and max_one:
        raise ValueError("`--scale-free` and `--largest-one` are two ways to fix the scale; give one of them")
    if segment and box:
        raise ValueError("`--segment` and `--box` exclude each other; give one, or none to search both")
    if sets is not None and (segment or box):
        raise ValueError(f"`--set` = {shown(sets)} excludes `--segment` and `--box`; give one of them")
    wanted = "segment" if segment else "box" if box else sets
    scale = "at_least_one" if at_least_one else "max_one" if max_one else "free"
    most = {"--diameter": diameter, "--gradient-bound": gradient_bound}
    return Limits(most, scale, parsed_sets(wanted, start, diameter))


def parsed_sets(text: str | None, start: str | None, diameter: str | None) -> Sets:
    """The sets of `--set` and the start of `--start`; ValueError for what is neither."""
    begin: str | Point | None = None
    if start is not None:
        places = _points("--start", start) if "(" in start else ()
        if not places:
            one_of("--start", start, (*STARTS, "(1,0)"))
        if len(places) > 1:
            raise ValueError(f"`--start` = {shown(start)} must be one point")
        begin = places[0] if places else start
    if text is None:
        found = Sets(start=begin)
    elif "(" in text:
        found = Sets(feasible=_hull(text), start=begin)
    else:
        name, sign, size = map(str.strip, text.partition(":"))
        name, sign, size = ("polytope", ":", "2") if text == "triangle" else (name, sign, size)
        one_of("--set", name, KINDS)
        if sign and not (size.isdecimal() and 1 <= int(size) <= 16):
            raise ValueError(f"`--set` = {shown(text)} must be {FORM}; d is a whole number from 1 to 16")
        found = Sets(name, None, int(size) if sign else None, begin)
    return _with_one_set(found, diameter) if isinstance(begin, tuple) else found


def _with_one_set(found: Sets, diameter: str | None) -> Sets:
    """The same with the one set that a start by its coordinates needs."""
    from bounds.games import ExactBall, ExactL1Ball, ExactSimplex

    if found.feasible is not None:
        return found
    point = found.start
    size = len(point) if isinstance(point, tuple) else 0
    if found.dimension not in (None, size):
        raise ValueError(f"`--start` has {size} coordinates, `--set` {found.dimension}")
    if found.kind == "simplex":
        return replace(found, kind=None, feasible=ExactSimplex(size))
    if found.kind in ("l1", "l2") and diameter is not None:
        ball = ExactL1Ball if found.kind == "l1" else ExactBall
        around = ball((Fraction(0),) * size, _positive("--diameter", diameter) / 2)
        return replace(found, kind=None, feasible=around)
    raise ValueError(
        "`--start` by its coordinates needs one set: `--set simplex`, `--set l1` or `--set l2` with "
        "`--diameter`, or `--set` by its corners; `--start centre` and `--start origin` go with any"
    )


def _hull(text: str) -> ExactSet:
    """The convex hull of the points in a text."""
    from bounds.games import ExactPolytope, ExactSegment

    corners = _points("--set", text)
    return ExactSegment(*corners) if len(corners) == 2 else ExactPolytope(corners)


def _points(option: str, text: str) -> tuple[Point, ...]:
    """Points such as (0,0),(1/2,1); ValueError for anything else."""
    from bounds.games import exact

    if POINT.sub("", text).strip(" ,"):
        raise ValueError(f"`{option}` = {shown(text)} must hold points such as (0,1/2), in parentheses")
    return tuple(
        tuple(exact(q.strip(), option) for q in found[1].split(",")) for found in POINT.finditer(text)
    )


def parse_fixed(entries: Sequence[str]) -> dict[str, Fraction]:
    """The fixed values of entries such as `beta1=9/10`; ValueError for anything else."""
    from bounds.games import exact

    form = "NAME=NUMBER, such as beta1=9/10"
    return {n: exact(v, f"--fix {n}") for n, v in assignments(entries, form)}


def assignments(entries: Sequence[str], form: str) -> Iterator[tuple[str, str]]:
    """(name, text of the value) of each NAME=VALUE; ValueError for anything else or a repeated name.

    form: the expected form of an entry, in words.
    """
    found = [tuple(map(str.strip, entry.partition("="))) for entry in entries]
    for entry, (name, sign, value) in zip(entries, found, strict=True):
        if not (sign and name and value):
            raise ValueError(f"`--fix` = {shown(entry)} must be {form}")
    twice("--fix", [name for name, _, _ in found])
    yield from ((name, value) for name, _, value in found)
