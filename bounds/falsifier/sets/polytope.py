"""Convex hulls of a few points."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import combinations, combinations_with_replacement
from typing import Any, ClassVar

import numpy as np
from sympy import And, Expr, Integer, Piecewise, Symbol

from bounds.falsifier.coordinates import exponential, sized
from bounds.falsifier.sets.base import ALWAYS, FREE, METRIC, Near, SearchedSet, with_set
from bounds.games import ExactPolytope, ExactSet
from online_sim.borders import Floats
from theory.quantities import SumCoords
from theory.recurrence import Recurrence
from theory.statement import Requires
from theory.symbols import Scalar, Vector

Face = tuple[int, ...]


@dataclass(frozen=True)
class Polytopes(SearchedSet):
    """Hulls of `count` points of R^(count - 1); a point is given by its shares, of which those below 0 are 0.

    chosen: the faces, affinely independent corners, the fewest first; None for all sets of corners.
    """

    count: int = 3
    chosen: tuple[Face, ...] | None = None

    words: ClassVar[str] = "polytopes"
    shown: ClassVar[frozenset[Requires]] = ALWAYS

    def fits(self, dimension: int, asked: Collection[Requires]) -> bool:
        """One corner more than coordinates."""
        return dimension == self.count - 1

    @property
    def faces(self) -> tuple[Face, ...]:
        """The faces."""
        sizes = range(1, self.count + 1)
        return self.chosen or tuple(f for size in sizes for f in combinations(range(self.count), size))

    @property
    def anchors(self) -> tuple[Vector, ...]:
        """The corners."""
        return tuple(Vector(f"set_corner{k}") for k in range(self.count))

    def projected(self, recurrence: Recurrence) -> Recurrence:
        """The nearest of the nearest points of the affine hulls of faces with positive shares.

        For each face, the inner products of the ways from its hull to the later corners and to the free point
        follow from those of the face without its last corner (Gram and Schmidt), so that the sums over
        coordinates are all taken at once.
        """
        lines: list[tuple[Symbol, Expr]] = []
        points, free = [*self.anchors, FREE], self.count
        products: dict[tuple[Face, int, int], Expr] = {}
        shares: dict[tuple[Face, int], list[Expr]] = {}

        def named(name: str, expression: Expr) -> Expr:
            lines.append((Scalar(name), expression))
            return lines[-1][0]

        best: list[Expr] = [Integer(int(k == 0)) for k in range(self.count)]
        least: Any = None
        for face in self.faces:
            before, last, name = face[:-1], face[-1], "_".join(map(str, face))
            later = [*(k for k in range(last + 1, self.count) if (*face, k) in self.faces), free]
            for k in later:
                if not before:
                    shares[face, k] = [Integer(1)]
                    continue
                share = named(
                    f"share_{name}_to_{k}", products[before, last, k] / products[before, last, last]
                )
                pairs = zip(shares[before, k], shares[before, last], strict=True)
                shares[face, k] = [*(a - share * b for a, b in pairs), share]
            for k, m in combinations_with_replacement(later, 2):
                product = SumCoords(METRIC * (points[k] - points[last]) * (points[m] - points[last]))
                if before:
                    product = products[before, k, m] - shares[face, k][-1] * products[before, last, m]
                products[face, k, m] = named(f"product_{name}_of_{k}_{m}", product)
            far, parts = products[face, free, free], shares[face, free]
            if least is None:
                least = far
                continue
            closer = And(far < least, *(part > 0 for part in parts if part != 1))
            here = dict(zip(face, parts, strict=True))
            best = [
                named(f"best{k}_{name}", Piecewise((here.get(k, Integer(0)), closer), (old, True)))
                for k, old in enumerate(best)
            ]
            least = named(f"least_{name}", Piecewise((far, closer), (least, True)))
        mixed = sum((part * corner for part, corner in zip(best, self.anchors, strict=True)), Integer(0))
        # A free point that is not a number is not lost, though no comparison with it holds.
        size = named("free_size", SumCoords(FREE**2))
        return with_set(recurrence, self, *lines, point=Piecewise((mixed, size >= 0), (size, True)))

    def entries(self, dimension: int) -> int:
        """The coordinates of all corners but the first, relative to it."""
        return (self.count - 1) * dimension

    def places(self, dimension: int) -> int:
        """A share for each corner."""
        return self.count

    def drawn(self, count: int, dimension: int, rng: np.random.Generator) -> list[Floats]:
        """Corners in all directions; the starts are corners and points between."""
        return [rng.normal(0, 3, (count, self.entries(dimension))), self.drawn_places(count, dimension, rng)]

    def drawn_places(self, count: int, dimension: int, rng: np.random.Generator) -> Floats:
        """Mostly corners."""
        return rng.choice([-1.0, -1.0, 1.0, 0.5], (count, self.count))

    def made(self, size: Floats, shape: Floats, dimension: int) -> Floats:
        """The origin, and corners at distances of about the size."""
        others = sized(shape).reshape(len(shape), self.count - 1, dimension)
        corners = np.concatenate([np.zeros((len(shape), 1, dimension)), others], axis=1)
        return np.asarray(exponential(size)[:, None, None] * corners)

    def point(self, ends: Floats, place: Floats) -> Floats:
        """The corners mixed with the shares; the mean of all if they are 0."""
        shares = np.clip(place, 0, 1)
        whole = np.sum(shares, axis=1, keepdims=True)
        shares = np.where(whole > 0, shares / np.where(whole > 0, whole, 1), 1 / self.count)
        return np.asarray(np.sum(shares[:, :, None] * ends, axis=1))

    def centre(self, ends: Floats) -> Floats:
        """The mean of the corners."""
        return np.asarray(np.mean(ends, axis=1))

    def euclidean(self, ends: Floats) -> Floats:
        """The largest distance of two corners."""
        ways = ends[:, :, None] - ends[:, None]
        return np.asarray(np.sqrt(np.max(np.sum(ways**2, axis=3), axis=(1, 2))))

    def minimiser(self, total: Floats, ends: Floats) -> Floats:
        """A corner."""
        best = np.argmin(np.einsum("rki,rmi->rkm", total, ends), axis=2)
        return np.take_along_axis(ends, best[:, :, None], axis=1)

    def nearest(self, slope: Floats, bend: Floats, ends: Floats) -> Floats:
        """By the faces, as `projected`, each from the ways of the face less its last corner."""
        free = slope / bend
        count, rounds, _ = free.shape
        ways, shares = {}, {}
        points = [*(np.repeat(ends[:, None, k], rounds, axis=1) for k in range(self.count)), free]
        best, least = points[0], np.full((count, rounds), np.inf)
        with np.errstate(all="ignore"):
            for face in self.faces:
                before, last = face[:-1], face[-1]
                for k in (*range(last + 1, self.count), self.count):
                    if not before:
                        ways[k, face], shares[k, face] = points[k] - points[last], [np.ones((count, rounds))]
                        continue
                    up, over = ways[last, before], ways[k, before]
                    share = np.sum(up * over, axis=2) / np.sum(up * up, axis=2)
                    ways[k, face] = over - share[:, :, None] * up
                    pairs = zip(shares[k, before], shares[last, before], strict=True)
                    shares[k, face] = [*(a - share * b for a, b in pairs), share]
                far, parts = np.sum(ways[self.count, face] ** 2, axis=2), shares[self.count, face]
                closer = (far < least) & np.all(np.array(parts) > 0, axis=0)
                place = sum(part[:, :, None] * points[k] for part, k in zip(parts, face, strict=True))
                best = np.where(closer[:, :, None], place, best)
                least = np.where(closer, far, least)
        return best

    def exact(self, ends: Floats, near: Near) -> ExactSet:
        """The hull of the corners."""
        return ExactPolytope(tuple(tuple(map(near, corner)) for corner in ends.tolist()))
