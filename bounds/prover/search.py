"""Branch and bound: cut boxes until lhs - rhs <= 0 is certain on each, or a point violates it.

A box is cut in two across one side: the one whose halves have the smallest sum of upper bounds of lhs - rhs
or, if no single cut helps, the side that is longest relative to the region. Boxes are processed by
generation, so that what is left at the end of the budget is spread evenly.

If lhs = rhs at a point of the region, no box around it can be settled, however small. Such a search ends
UNDECIDED with a tiny volume (`relax` is the remedy). A box is abandoned once all of its sides are shorter
than `FINEST` of the region's sides.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from bounds.games import Point
from bounds.prover.constants import float_ends
from bounds.prover.intervals import Intervals
from bounds.prover.points import confirmed, ratio
from bounds.prover.question import Question
from online_sim.borders import Floats

CHUNK = 1 << 13
"""The number of boxes evaluated at once: enough to amortise the interpreter, few enough for the cache."""
FINEST = 2.0**-40
HELPS = 0.8
"""The share of twice a box's bound below which the sum of the halves' bounds means that a cut helps."""
ALIKE = 1.1
"""The factor within which the bounds of cuts count as alike; the longest of their sides is cut."""

BoxProgress = Callable[[int, float], None]
"""A callback that takes the number of boxes evaluated and the share of the volume that is left."""
Excess = Callable[[Floats, Floats], Floats]
"""A function for upper bounds (B,) of lhs - rhs on boxes: inf if undefined, -inf outside the conditions."""


@dataclass(eq=False)
class Boxes:
    """Lower and upper ends (n, B), and upper bounds (B,) of lhs - rhs as `Excess` gives them."""

    lower: Floats
    upper: Floats
    excess: Floats

    @property
    def count(self) -> int:
        """B."""
        return len(self.excess)

    def __getitem__(self, which: Any) -> Boxes:
        """The boxes that an index of the last axis chooses."""
        return Boxes(self.lower[:, which], self.upper[:, which], self.excess[which])

    def chunks(self) -> Iterator[Boxes]:
        """Parts of at most `CHUNK` boxes."""
        for k in range(0, self.count, CHUNK):
            yield self[k : k + CHUNK]

    def volume(self, span: Floats) -> float:
        """The sum of the volumes, each side relative to the region's; sides of length 0 do not count."""
        sides = self.upper - self.lower
        relative = np.where(sides > 0, sides / np.where(span > 0, span, 1.0), 1.0)
        return float(np.sum(np.prod(relative, axis=0)))


@dataclass(eq=False)
class BoxSearch:
    """The state of a search.

    boxes: the number evaluated so far. settled: the largest upper bound of lhs - (1 + relax) rhs over the
    settled boxes. inside: whether any box may satisfy the conditions. closest: the largest lhs/rhs at a
    midpoint. violation: an exact point of the region with lhs > rhs. left: the boxes without an answer.
    undecided: their share of the volume, 0 at the end of a proof.
    """

    boxes: int = 0
    settled: float = -math.inf
    inside: bool = False
    closest: float = -math.inf
    violation: Point | None = None
    left: list[Boxes] = field(default_factory=list)
    undecided: float = 1.0

    def worst(self) -> tuple[Floats, Floats, float] | None:
        """(lower (n,), upper (n,), excess) of the remaining box with the largest upper bound of lhs - rhs."""
        found = [(float(part.excess.max()), part, int(np.argmax(part.excess))) for part in self.left]
        if not found:
            return None
        excess, part, k = max(found, key=lambda one: one[0])
        return part.lower[:, k], part.upper[:, k], excess


def branch_and_bound(
    question: Question,
    lower: Floats,
    upper: Floats,
    *,
    budget: int,
    relax: Fraction,
    progress: BoxProgress | None = None,
) -> BoxSearch:
    """Decide lhs <= (1 + relax) rhs on the boxes with these ends, (n, B) each, with at most `budget` boxes.

    A point that violates lhs <= rhs itself ends the search, whatever `relax`.
    """
    span = (upper.max(axis=1) - lower.min(axis=1))[:, None]
    excess = _excess(question, relax)
    whole = Boxes(lower, upper, excess(lower, upper))
    state = BoxSearch(boxes=whole.count)
    generation = _open(whole, state)
    while generation.count:
        children = [generation[:0]]
        for boxes in generation.chunks():
            _look(question, boxes, state)
            if state.violation is not None:
                return state
            fine = ((boxes.upper - boxes.lower) <= FINEST * span).all(axis=0)
            spent = state.boxes + 2 * boxes.count > budget
            if spent or fine.any():
                state.left.append(boxes if spent else boxes[fine])
            if not spent:
                halves = _halved(boxes[~fine], span, excess)
                state.boxes += halves.count
                children.append(_open(halves, state))
        generation = _joined(children)
        if progress is not None:
            progress(state.boxes, _share([generation, *state.left], whole, span))
    state.undecided = _share(state.left, whole, span)
    return state


def _excess(question: Question, relax: Fraction) -> Excess:
    factor = Intervals(*map(np.float64, float_ends(1 + relax)))

    def excess(lower: Floats, upper: Floats) -> Floats:
        sides = question.sides(lower, upper)
        with np.errstate(all="ignore"):
            bound = (sides.lhs - factor * sides.rhs).upper
        # A right side without an upper end may be infinite somewhere, so nothing follows from it.
        unknown = np.isnan(bound) | ~np.isfinite(sides.rhs.upper)
        return np.where(sides.possible, np.where(unknown, np.inf, bound), -np.inf)

    return excess


def _open(boxes: Boxes, state: BoxSearch) -> Boxes:
    """The boxes with an open answer; records the others."""
    inside = boxes.excess > -np.inf
    state.inside |= bool(inside.any())
    settled = inside & (boxes.excess <= 0)
    if settled.any():
        state.settled = max(state.settled, float(boxes.excess[settled].max()))
    return boxes[boxes.excess > 0]


def _look(question: Question, boxes: Boxes, state: BoxSearch) -> None:
    """Try the midpoints: one of them may violate the statement."""
    middle = (boxes.lower + boxes.upper) / 2
    ratios = ratio(question.sides(middle, middle))
    best = int(np.argmax(ratios))
    state.closest = max(state.closest, float(ratios[best]))
    if ratios[best] > 1:
        state.violation = confirmed(question, middle[:, [best]])


def _halved(boxes: Boxes, span: Floats, excess: Excess) -> Boxes:
    """Each box, cut in two across the best side (see the module docstring)."""
    middle, each = (boxes.lower + boxes.upper) / 2, np.arange(boxes.count)
    sides = (boxes.upper - boxes.lower) / np.where(span > 0, span, 1.0)
    below, above = np.full(sides.shape, np.inf), np.full(sides.shape, np.inf)
    for k in range(len(sides)):
        if not (sides[k] > FINEST).any():
            continue
        below[k] = excess(boxes.lower, _replaced(boxes.upper, k, middle))
        above[k] = excess(_replaced(boxes.lower, k, middle), boxes.upper)
    together = np.where(sides > FINEST, np.maximum(below, 0) + np.maximum(above, 0), np.inf)
    best = together.min(axis=0)
    helps = best <= HELPS * 2 * boxes.excess
    cut = np.argmax(np.where((together <= ALIKE * best) | ~helps, sides, -1.0), axis=0)
    upper, lower = boxes.upper.copy(), boxes.lower.copy()
    upper[cut, each] = lower[cut, each] = middle[cut, each]
    return _joined([Boxes(boxes.lower, upper, below[cut, each]), Boxes(lower, boxes.upper, above[cut, each])])


def _replaced(ends_of_all: Floats, k: int, by: Floats) -> Floats:
    """The same ends with those of unknown k replaced."""
    changed = ends_of_all.copy()
    changed[k] = by[k]
    return changed


def _joined(parts: Sequence[Boxes]) -> Boxes:
    lower, upper = (np.concatenate([getattr(p, name) for p in parts], axis=1) for name in ("lower", "upper"))
    return Boxes(lower, upper, np.concatenate([p.excess for p in parts]))


def _share(parts: Sequence[Boxes], whole: Boxes, span: Floats) -> float:
    return sum(part.volume(span) for part in parts) / whole.volume(span)
