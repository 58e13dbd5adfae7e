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
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from bounds.games import Point
from bounds.prover.constants import float_ends
from bounds.prover.intervals import Intervals
from bounds.prover.points import confirmed, ratio
from bounds.prover.question import OverBoxes, Question
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


class BoxSearch:
    """Decides lhs <= (1 + relax) rhs on boxes with these ends, (n, B) each; it goes on from where it ended.

    A point that violates lhs <= rhs itself ends the search, whatever `relax`.

    boxes: the number evaluated so far. settled: the largest upper bound of lhs - (1 + relax) rhs over the
    settled boxes. inside: whether any box may satisfy the conditions. closest: the largest lhs/rhs at a
    midpoint. violation: an exact point of the region with lhs > rhs.
    """

    def __init__(self, question: Question, lower: Floats, upper: Floats, relax: Fraction) -> None:
        """Evaluate the boxes."""
        self.settled, self.inside, self.closest = -math.inf, False, -math.inf
        self.violation: Point | None = None
        self._question, self._excess = question, _excess(question, relax)
        self._span = (upper.max(axis=1) - lower.min(axis=1))[:, None]
        self._whole = Boxes(lower, upper, self._excess(lower, upper))
        self.boxes = self._whole.count
        self._waiting, self._finest = self._open(self._whole), self._whole[:0]

    @property
    def left(self) -> Boxes:
        """The boxes without an answer."""
        return _joined([self._waiting, self._finest])

    @property
    def undecided(self) -> float:
        """Their share of the volume, 0 after a proof."""
        return self.left.volume(self._span) / self._whole.volume(self._span)

    def worst(self) -> tuple[Floats, Floats, float] | None:
        """(lower (n,), upper (n,), excess) of the box without an answer with the largest upper bound."""
        left = self.left
        if not left.count:
            return None
        k = int(np.argmax(left.excess))
        return left.lower[:, k], left.upper[:, k], float(left.excess[k])

    def run(self, budget: int, progress: BoxProgress | None = None) -> bool:
        """Go on until `budget` boxes are evaluated in all; whether all are settled."""
        while self._waiting.count and self.violation is None:
            children, skipped = [self._waiting[:0]], [self._waiting[:0]]
            for boxes in self._waiting.chunks():
                self._look(boxes)
                if self.violation is not None:
                    return False
                if self.boxes + 2 * boxes.count > budget:
                    skipped.append(boxes)
                    continue
                fine = ((boxes.upper - boxes.lower) <= FINEST * self._span).all(axis=0)
                self._finest = _joined([self._finest, boxes[fine]])
                halves = _halved(boxes[~fine], self._span, self._excess)
                self.boxes += halves.count
                children.append(self._open(halves))
            self._waiting = _joined([*skipped, *children])
            if progress is not None:
                progress(self.boxes, self.undecided)
            if len(skipped) > 1:
                return False
        return not self._finest.count and self.violation is None

    def _open(self, boxes: Boxes) -> Boxes:
        """The boxes with an open answer; records the others."""
        inside = boxes.excess > -np.inf
        self.inside |= bool(inside.any())
        settled = inside & (boxes.excess <= 0)
        if settled.any():
            self.settled = max(self.settled, float(boxes.excess[settled].max()))
        return boxes[boxes.excess > 0]

    def _look(self, boxes: Boxes) -> None:
        """Try the midpoints: one of them may violate the statement."""
        middle = (boxes.lower + boxes.upper) / 2
        ratios = ratio(self._question.sides(middle, middle))
        best = int(np.argmax(ratios))
        self.closest = max(self.closest, float(ratios[best]))
        if ratios[best] > 1:
            self.violation = confirmed(self._question, middle[:, [best]])


def _excess(question: Question, relax: Fraction) -> Excess:
    factor = Intervals(*map(np.float64, float_ends(1 + relax)))

    return lambda lower, upper: excess_of(question.sides(lower, upper), factor)


def excess_of(sides: OverBoxes, factor: Intervals) -> Floats:
    """Upper bounds of lhs - factor rhs, as `Excess` gives them."""
    with np.errstate(all="ignore"):
        bound = (sides.lhs - factor * sides.rhs).upper
    # A right side without an upper end may be infinite somewhere, so nothing follows from it.
    unknown = np.isnan(bound) | ~np.isfinite(sides.rhs.upper)
    return np.where(sides.possible, np.where(unknown, np.inf, bound), -np.inf)


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
