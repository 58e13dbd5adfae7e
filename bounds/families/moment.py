"""A moment of a game of a family: which values are claimed, and what the round that follows makes of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sympy import Dummy, Expr, Integer, Pow, S, Symbol

from bounds.families.family import Claims, GameFamily, Turn, n, regret
from bounds.families.inequalities import Between, Sides
from theory.quantities import CumSum, MaxCoords, Prev, Quantity, SumCoords
from theory.symbols import D_2, D, D_i, T, d, g, t, x, x_next


class NotShown(ValueError):
    """A claim about a family is not shown; the message says which."""


def family_ranges(family: GameFamily) -> tuple[Between, ...]:
    """n and the symbols of a family."""
    return (
        Between(n, Integer(1)),
        *(
            Between(
                s,
                None if r.start == S.NegativeInfinity else r.start,
                None if r.end == S.Infinity else r.end,
                bool(r.left_open),
                bool(r.right_open),
            )
            for s, r in family.ranges.items()
        ),
    )


def constants(family: GameFamily) -> dict[Expr, Expr]:
    """The parameters of a family and the constants of its interval, with one coordinate."""
    low, high = family.ends
    named = {p.symbol: family.parameters[p.name] for p in family.recurrence.parameters}
    return {**named, D: high - low, D_2: high - low, D_i: high - low, d: Integer(1)}


@dataclass(frozen=True)
class Moment:
    """The values that are claimed, each a formula or a new symbol with a range.

    Args:
        values: What is claimed -> its value.
        ranges: Every symbol that occurs.
    """

    values: Mapping[Expr, Expr]
    ranges: tuple[Between, ...]


def moment(
    family: GameFamily, claims: Claims, where: Mapping[Symbol, Expr], ranges: Iterable[Between]
) -> Moment:
    """What claims say at a place; where: t and k there."""
    values, known = dict[Expr, Expr](), list(ranges)
    for what, claimed in (claims if x in claims else {x: (None, None), **claims}).items():
        ends = claimed
        if what == x:  # a point of the set
            ends = tuple(e if own is None else own for own, e in zip(claimed, family.ends, strict=True))
        low, high = (None if e is None else e.xreplace({**where, **values}) for e in ends)
        if low is not None and low == high:
            values[what] = low
            continue
        values[what] = Dummy(f"{what}", real=True)
        known.append(Between(values[what], low, high))
    return Moment(values, tuple(known))


class Played:
    """A round played from a moment: every value afterwards, as a formula.

    Args:
        family: The family.
        turn: The turn that is played.
        before: The moment before it.
        place: t and k.
        lags: The gradients of earlier rounds that are possible, by how many rounds ago.

    Raises:
        NotShown: A line divides by what may be 0, or reads what is not claimed.
    """

    def __init__(
        self,
        family: GameFamily,
        turn: Turn,
        before: Moment,
        place: Mapping[Symbol, Expr],
        lags: Mapping[int, set[Expr]],
    ) -> None:
        self.before, self.lags = before.values, lags
        self.ends = family.ends
        point, self.ranges = before.values[x], before.ranges
        self.known = {**constants(family), t: place[t], T: place[t], g: turn.gradient, x: point}
        sides = Sides(self.ranges)
        for line, e in family.recurrence.steps:
            self.known[line] = self._checked(sides, e, f"the line of {line}")
            if line in turn.within:
                self._judged(sides, line, turn.within[line], place)
                sides = Sides(self.ranges)
        self.point = self._checked(sides, family.recurrence.point, "the next point")
        self.after: dict[Expr, Expr] = {s: self.known[s] for s, _ in family.recurrence.steps}
        self.after[x] = self.known[x_next] = Dummy("x_next", real=True)
        self.ranges = (*self.ranges, Between(self.after[x], *family.ends))
        if regret in before.values:
            lost = turn.gradient * (point - family.comparator)
            self.after[regret] = before.values[regret] + lost
        for node in before.values:
            if isinstance(node, CumSum):
                self.after[node] = before.values[node] + self.value(node.args[0])

    def _judged(
        self, sides: Sides, line: Expr, claimed: tuple[Any, Any], place: Mapping[Symbol, Expr]
    ) -> None:
        """A line is from here on what is claimed of it."""
        low, high = (None if e is None else e.xreplace({**place, **self.before}) for e in claimed)
        value = self.known[line]
        if low is not None and not sides.at_least(value, low):
            raise NotShown(f"within the round: {line} >= {low}")
        if high is not None and not sides.at_least(high, value):
            raise NotShown(f"within the round: {line} <= {high}")
        self.known[line] = Dummy(f"{line}", real=True)
        self.ranges = (*self.ranges, Between(self.known[line], low, high))

    def _checked(self, sides: Sides, e: Expr, what: str) -> Expr:
        for node in e.atoms(Pow):
            if node.exp.is_negative:
                base = self.value(node.base)
                if not (sides.at_least(base, 0, strict=True) or sides.at_least(0, base, strict=True)):
                    raise NotShown(f"{what} divides by {node.base} = {base}, which may be 0")
        return self.value(e)

    def value(self, e: Expr) -> Expr:
        """An expression of the language after the round."""
        if isinstance(e, SumCoords | MaxCoords):
            return self.value(e.args[0])
        if isinstance(e, Prev):
            return self._earlier(e)
        if isinstance(e, CumSum) and e in self.after:
            return self.after[e]
        if isinstance(e, Quantity):
            raise NotShown(f"{e} is not known; claim its value, if it is a CumSum")
        if e in self.known:
            return self.known[e]
        return e.func(*map(self.value, e.args)) if e.args else e

    def _earlier(self, e: Prev) -> Expr:
        ago, inside = 0, e
        while isinstance(inside, Prev):
            ago, inside = ago + 1, inside.args[0]
        if inside == g:
            possible = self.lags.get(ago, set())
            if len(possible) == 1:
                return next(iter(possible))
            told = " or ".join(sorted(map(str, possible)))
            raise NotShown(f"the gradient {ago} rounds before is {told}")
        if ago == 1:
            return self.before.get(inside, Dummy(f"{inside}", real=True))
        raise NotShown(f"{e} is not known before the round")

    def shows(self, claims: Claims, where: Mapping[Symbol, Expr], given: Mapping[Symbol, Expr]) -> int:
        """Check that claims hold after the round.

        where: t and k there. given: values of symbols in force, such as k = times - 1.

        Returns:
            The number of inequalities.

        Raises:
            NotShown: One of them is not decided.
        """
        ranges = [r.where(given) for r in self.ranges if r.symbol not in given]
        sides, count = Sides(ranges), 0
        earlier: dict[Expr, Expr] = {}
        for what, ends in claims.items():
            if what not in self.after:
                raise NotShown(f"{what} is claimed afterwards and not before; claim it before, too")
            value = self.after[what].xreplace(given)
            for end, is_low in zip(ends, (True, False), strict=True):
                if end is None:
                    continue
                claimed = end.xreplace({**where, **earlier}).xreplace(given)
                count += 1
                if not self._is_beyond(sides, what, value, claimed, is_low, given):
                    raise NotShown(f"{what} {'>=' if is_low else '<='} {end}")
            earlier[what] = value
        return count

    def _is_beyond(
        self, sides: Sides, what: Expr, value: Expr, claimed: Expr, is_low: bool, given: Mapping[Symbol, Expr]
    ) -> bool:
        def beyond(one: Expr) -> bool:
            return sides.at_least(one, claimed) if is_low else sides.at_least(claimed, one)

        if beyond(value):
            return True
        # In one dimension a projection cuts off, whatever the metric: what is cut off lies above c if the
        # point and the upper end do, or if the lower end does.
        return what == x and beyond(self.ends[is_low]) and beyond(self.point.xreplace(given))


def first_values(family: GameFamily, claims: Claims) -> dict[Expr, Expr]:
    """The values before round 1 of what is claimed there."""
    initial = family.recurrence.initial
    lines = [s for s, _ in family.recurrence.steps]
    found: dict[Expr, Expr] = {}
    for what in claims:
        if what == x:
            found[what] = family.start
        elif what in lines:
            if what not in family.recurrence.states:
                raise NotShown(f"{what} has no value before round 1; claim it from the second round on")
            found[what] = initial.get(what, Integer(0)).xreplace(constants(family))
        elif what == regret or isinstance(what, CumSum):
            found[what] = Integer(0)
        else:
            raise NotShown(f"{what} is neither x, a line of the algorithm, `regret` nor a CumSum")
    return found
