"""Prove a statement round by round, merging states that lie close together.

The work grows with the number of rounds, not exponentially as the number of boxes of `BoxSearch`
does, but it grows exponentially with the number of states.

A game is a path of states: before round 1 the start, after round k the states of the algorithm and the
running sums of the statement, always together with what stays constant (parameters, a named comparator). A
*cover* after round k is a list of boxes such that the states of every game of the region lie in one of them.

* The cover before round 1 is the region of starts and constants, cut into pieces.
* From a cover after round k, enclose round k + 1 over each box and each piece of the gradients. The
  enclosures cover the states after round k + 1. Cut each of them along a grid; the parts cover what it
  covered, whatever the grid. Replace the parts in one cell by their hull, the smallest box that contains
  them all; the hulls contain what the parts contained. They are the next cover.
* The last round, enclosed over each box of the last cover and each piece of the gradients, encloses both
  sides of every game. If lhs <= rhs certainly holds on all of these, the statement holds for all games.

Nothing else is used. Which grid is taken matters only for success, so the grid is chosen by trial: the
number of cells along one quantity is doubled if that lowers the largest upper bound of lhs - rhs.

A running sum that only the left side reads, as the regret so far, is not cut: among the games in a cell the
hull keeps the largest, and only the largest counts at the end.

Where only games whose largest |g_{t,i}| is the largest allowed are to be decided (`reductions`, scale), the
ends of the range of the gradients are pieces of their own, and a box also tells whether its games have
been there. Boxes of games that have and that have not are never merged, and in the last round only games
that have count.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bounds.prover.constants import float_ends
from bounds.prover.intervals import Intervals
from bounds.prover.question import Question, over_boxes
from bounds.prover.region import Piece
from bounds.prover.search import excess_of
from bounds.prover.stepped import SteppedGame
from online_sim.borders import Floats

Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]

CHUNK = 1 << 13
"""The number of boxes evaluated at once."""
TOGETHER = 1 << 17
"""The number of parts made at once, to bound the memory."""
ALL = ""
"""The label of a doubling of all numbers of cells at once."""
CHEAP = 0.1
"""The least logarithm of a price to divide a gain by."""
PARTS = 8
"""The parts to merge for each box of the budget, at most: a part costs a fraction of an evaluation."""
WORTH = 0.01
"""The share by which twice the cells must lower the largest lhs - rhs to be kept."""
MOST_CELLS = 2**62
"""The most cells of a grid, so that their numbers have 64 bits and no two cells have the same."""
GRADIENT = "g_t"
"""The label of the number of pieces of a gradient."""


@dataclass(frozen=True, eq=False)
class Cover:
    """Boxes of states after a round.

    lower, upper (n, B): the constants, then the states. block (B,): the piece of the constants. touched (B,):
    whether a gradient of the games has been as large as allowed.
    """

    lower: Floats
    upper: Floats
    block: Whole
    touched: Flags


class RoundByRound:
    """The proof search of one question, which goes on from where it ended.

    boxes: the number evaluated so far. excess: an upper bound of lhs - (1 + relax) rhs over all games, from
    the best grid so far; a proof if <= 0. inside: whether any box may satisfy the conditions.
    """

    def __init__(self, question: Question, relax: Fraction, *, scaled: bool) -> None:
        """scaled: whether to decide only games that have a gradient of the largest size."""
        self.boxes, self.excess, self.inside = 0, math.inf, False
        self._question, self._scaled = question, scaled
        self._factor = Intervals(*map(np.float64, float_ends(1 + relax)))
        self.game = SteppedGame(question.source, list(question.unknowns))
        self._parts, self.limit = 0, 0
        labels = [*(name for name, _, _ in self.game.constants), *self.game.labels, "x", GRADIENT]
        self.cells = dict.fromkeys(labels, 1)
        self._tried: dict[str, tuple[float, float]] = {}
        self._rejected: set[str] = set()
        self._ranges: dict[int, tuple[Floats, Floats]] = {}
        self._price = 1.0

    @property
    def proved(self) -> bool:
        """Whether the statement holds for all games."""
        return self.excess <= 0

    def run(self, budget: int, progress: Callable[[int], None] | None = None) -> bool:
        """Refine the grid until the statement is proved or `budget` boxes are too few; whether proved."""
        self.limit = budget
        while not self.proved:
            label = self._next()
            finer = {
                name: cells if label not in (name, ALL) else 2 * cells for name, cells in self.cells.items()
            }
            if self.boxes + 2 * self._price > budget:
                return False
            before, price = self.excess, self._price
            found = self.largest_excess(finer)
            if progress is not None:
                progress(self.boxes)
            if found is None:
                return False
            gain = before - found if found < before else 0.0
            least = WORTH * before if math.isfinite(before) else 0.0
            self._tried[label] = before, max(gain, least) / 2 / max(math.log2(self._price / price), CHEAP)
            if gain > least or label == ALL:
                self.cells, self.excess = finer, min(found, before)
                self._rejected.clear()
            else:
                self._rejected.add(label)
                self._price = price
        return True

    def _next(self) -> str:
        """The quantity to cut more finely: one not tried lately, else the one that is worth its price most.

        Gains halve from one doubling to the next, and those measured on a much coarser grid mean little.
        """
        waiting = [label for label in self.cells if label not in self._rejected]
        if not waiting or not math.isfinite(self.excess):
            return ALL

        def worth(label: str) -> float:
            excess, gain = self._tried.get(label, (math.inf, math.inf))
            return math.inf if excess > 2 * self.excess else gain

        return max(waiting, key=worth)

    def largest_excess(self, cells: dict[str, int]) -> float | None:
        """An upper bound of lhs - rhs over all games with this grid; None if that takes too much."""
        before = self.boxes + self._parts / PARTS
        d, game = self.game.dimension, self.game
        blocks = math.prod(cells[name] for name, _, _ in game.constants)
        states = zip(game.state_labels, game.steering, strict=True)
        numbers = 2 * blocks * math.prod(cells[label] for label, steers in states if steers)
        moves = blocks * cells["x"] ** d * cells[GRADIENT] ** d
        if numbers > MOST_CELLS or before + moves > self.limit:
            return None
        largest, cover = -math.inf, self._first(cells)
        pieces, ends = self._gradients(cells[GRADIENT])
        for k in range(1, self.game.horizon + 1):
            last = k == self.game.horizon
            grids = [] if last else self._grids(k, cells)
            merged: list[tuple[Whole, Cover]] = []
            for boxes, gradient in self.moves(cover, pieces, ends, last=last):
                if self.boxes + len(boxes.block) > self.limit:
                    return None
                self.boxes += len(boxes.block)
                outcome = self._played(k, boxes, gradient)
                if last:
                    largest = max(largest, self._judged(outcome, len(boxes.block)))
                    continue
                after = self._after(outcome, boxes)
                if after is None:
                    return math.inf
                parts = parts_of(after, grids)
                if self._parts + parts.sum() > PARTS * self.limit:
                    return None
                self._parts += int(parts.sum())
                merged += [hulls(*cut(some, grids)) for some in portions(after, parts)]
            if not last:
                _, cover = hulls(np.concatenate([keys for keys, _ in merged]), joined([c for _, c in merged]))
                n = len(self.game.constants)
                self._ranges[k] = cover.lower[n:].min(axis=1), cover.upper[n:].max(axis=1)
        self._price = self.boxes + self._parts / PARTS - before
        return largest

    def _first(self, cells: dict[str, int]) -> Cover:
        """The cover before round 1."""
        constants = [pieces_of(self._question.unknowns[u][0], cells[u[0]]) for u in self.game.constants]
        starts = [
            pieces_of(self._question.unknowns["x", 1, i][0], cells["x"]) for i in range(self.game.dimension)
        ]
        blocks, places = list(product(*constants)), list(product(*starts))
        table = np.array([[*block, *place] for block in blocks for place in places])
        block = np.repeat(np.arange(len(blocks)), len(places))
        return Cover(table[:, :, 0].T, table[:, :, 1].T, block, np.zeros(len(block), dtype=bool))

    def _gradients(self, count: int) -> tuple[Floats, Flags]:
        """Pieces of the gradients, (P, d, 2), and whether a coordinate is as large as allowed."""
        union = self._question.unknowns["g", 1, 0]
        inner = [(*piece, False) for part in union for piece in pieces_of(part, count)]
        ends = (union[0][0], union[-1][1]) if self._scaled else ()
        inner += [(*float_ends(end), True) for end in ends]
        table = np.array(list(product(inner, repeat=self.game.dimension)), dtype=np.float64)
        return table[:, :, :2], np.asarray(table[:, :, 2].any(axis=1))

    def moves(
        self, cover: Cover, pieces: Floats, ends: Flags, *, last: bool
    ) -> Iterator[tuple[Cover, Floats]]:
        """Every box with every piece of the gradients, some at a time."""
        size, count = len(cover.block), len(ends)
        for first in range(0, size * count, CHUNK):
            box, piece = np.divmod(np.arange(first, min(first + CHUNK, size * count)), count)
            touched = cover.touched[box] | ends[piece]
            if last and self._scaled:
                box, piece, touched = box[touched], piece[touched], touched[touched]
            if len(box):
                boxes = Cover(cover.lower[:, box], cover.upper[:, box], cover.block[box], touched)
                yield boxes, pieces[piece]

    def _played(self, k: int, boxes: Cover, gradient: Floats) -> Any:
        known = [Intervals(*ends) for ends in zip(boxes.lower, boxes.upper, strict=True)]
        g = [Intervals(gradient[:, i, 0], gradient[:, i, 1]) for i in range(self.game.dimension)]
        n = len(self.game.constants)
        with np.errstate(all="ignore"):
            return self.game(k, known[:n], known[n:], g)

    def _judged(self, outcome: Any, size: int) -> float:
        """The largest excess of these boxes in the last round."""
        excess = excess_of(over_boxes(outcome, size), self._factor)
        self.inside |= bool((excess > -np.inf).any())
        return float(excess.max())

    def _after(self, states: list[Intervals], boxes: Cover) -> Cover | None:
        """The boxes after a round; None if a state may be undefined."""
        size, n = len(boxes.block), len(self.game.constants)
        lower = np.array([np.broadcast_to(state.lower, size) for state in states])
        upper = np.array([np.broadcast_to(state.upper, size) for state in states])
        if np.isnan(lower).any() or np.isnan(upper).any():
            return None
        return Cover(
            np.concatenate([boxes.lower[:n], lower]), np.concatenate([boxes.upper[:n], upper]),
            boxes.block, boxes.touched,
        )  # fmt: skip

    def _grids(self, k: int, cells: dict[str, int]) -> list[tuple[int, Floats]]:
        """(row, inner edges) of each state that is cut after round k; none before its range is known."""
        if k not in self._ranges:
            return []
        found, n = [], len(self.game.constants)
        for j, (low, high) in enumerate(zip(*self._ranges[k], strict=True)):
            count = cells[self.game.state_labels[j]] if self.game.steering[j] else 1
            if count > 1 and low < high and math.isfinite(high - low):
                found.append((n + j, low + (high - low) * np.arange(1, count) / count))
        return found


def span(boxes: Cover, row: int, edges: Floats) -> tuple[Whole, Whole]:
    """The first and the last cell that each box meets along one row; cell c ends where edge c begins."""
    return (
        np.searchsorted(edges, boxes.lower[row], side="right"),
        np.searchsorted(edges, boxes.upper[row], side="right"),
    )


def parts_of(boxes: Cover, grids: list[tuple[int, Floats]]) -> Floats:
    """The number of parts into which each box is cut."""
    found = np.ones(len(boxes.block))
    for row, edges in grids:
        first, last = span(boxes, row, edges)
        found *= last - first + 1
    return found


def cut(boxes: Cover, grids: list[tuple[int, Floats]]) -> tuple[Whole, Cover]:
    """Parts that cover the boxes, cut at the edges, and for each part the number of its cell.

    Parts of different blocks, and of games that differ in `touched`, have different cells.
    """
    keys = 2 * boxes.block + boxes.touched
    for row, edges in grids:
        first, last = span(boxes, row, edges)
        count = last - first + 1
        which = np.repeat(np.arange(len(count)), count)
        cell = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count) + first[which]
        boxes = Cover(boxes.lower[:, which], boxes.upper[:, which], boxes.block[which], boxes.touched[which])
        ends = np.concatenate([[-np.inf], edges, [np.inf]])  # the outer cells have no end
        boxes.lower[row] = np.maximum(boxes.lower[row], ends[cell])
        boxes.upper[row] = np.minimum(boxes.upper[row], ends[cell + 1])
        keys = keys[which] * (len(edges) + 1) + cell
    return keys, boxes


def hulls(keys: Whole, parts: Cover) -> tuple[Whole, Cover]:
    """The hull of the parts of each cell."""
    order = np.argsort(keys, kind="stable")
    first = np.flatnonzero(np.concatenate([[True], np.diff(keys[order]) != 0]))
    one = order[first]
    return keys[one], Cover(
        np.minimum.reduceat(parts.lower[:, order], first, axis=1),
        np.maximum.reduceat(parts.upper[:, order], first, axis=1),
        parts.block[one], parts.touched[one],
    )  # fmt: skip


def pieces_of(piece: Piece, count: int) -> list[tuple[float, float]]:
    """`count` intervals of floats that cover an interval; one if it is a point."""
    low, high = piece
    if low == high:
        return [float_ends(low)]
    edges = [low + (high - low) * k / count for k in range(count + 1)]
    return [(float_ends(a)[0], float_ends(b)[1]) for a, b in pairwise(edges)]


def portions(boxes: Cover, parts: Floats) -> Iterator[Cover]:
    """The boxes in order, some at a time, with not many more than `TOGETHER` parts each time."""
    group = np.floor(np.cumsum(parts) / TOGETHER)
    for some in np.split(np.arange(len(group)), np.flatnonzero(np.diff(group)) + 1):
        yield Cover(boxes.lower[:, some], boxes.upper[:, some], boxes.block[some], boxes.touched[some])


def joined(covers: Sequence[Cover]) -> Cover:
    """All boxes of several covers."""
    lower, upper = (np.concatenate([getattr(c, end) for c in covers], axis=1) for end in ("lower", "upper"))
    return Cover(
        lower, upper, np.concatenate([c.block for c in covers]), np.concatenate([c.touched for c in covers])
    )
