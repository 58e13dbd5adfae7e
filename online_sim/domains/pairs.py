"""Points of a set that are far apart: certain lower bounds of its diameter.

The l2 diameter is the maximum of a convex function of (x, y), so replacing |x - y|^2 by its tangent and
maximising that, which is two support functions, never decreases it: x, y = maximiser(-c), maximiser(c) with
c = y - x. The ascent ends at a pair that no such step improves, from the best of some fixed starts; it is the
farthest pair on balls, boxes and simplices, and some pair of the set everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from online_sim.domains.rounding import EPS, ROUNDINGS, Vector, length_bounds, scaled_norm

if TYPE_CHECKING:
    from online_sim.domains.base import Domain

Pair = tuple[Vector, Vector]
# Starts along single coordinates, along differences of two, and at random; steps of an ascent.
_AXES, _PAIRED, _RANDOM, _STEPS = 16, 8, 8, 20


def far_pair(domain: Domain, norm: str) -> Pair:
    """Two points of a bounded set, far apart in the norm "inf" or "2"; see `Domain.farthest_pair`."""
    widest = int(np.argmax(domain.coordinate_diameters()))
    best = _pair(domain, _axis(domain.dimension, widest))
    if norm == "inf":
        return best
    longest = scaled_norm(best[1] - best[0])
    for direction in _directions(domain):
        pair = _pair(domain, direction)
        length = scaled_norm(pair[1] - pair[0])
        for _ in range(_STEPS):
            further = _pair(domain, pair[1] - pair[0])
            reached = scaled_norm(further[1] - further[0])
            if not reached > length:
                break
            pair, length = further, reached
        if length > longest:
            best, longest = pair, length
    return best


def distance_below(domain: Domain, pair: Pair) -> float:
    """A certain lower bound of the l2 distance of two points of the set near the given ones.

    A maximiser lies in the set up to the rounding of its coordinates and the domain's `inexactness`.
    """
    gap = np.abs(pair[1] - pair[0])
    off = 2.0 * domain.inexactness + ROUNDINGS * EPS * (np.abs(pair[0]) + np.abs(pair[1]))
    below = np.maximum(gap - off, 0.0)
    return length_bounds(below, below)[0]


def _directions(domain: Domain) -> Iterator[Vector]:
    d = domain.dimension
    for i in range(min(d, _AXES)):
        yield _axis(d, i)
    for i in range(min(d, _PAIRED)):
        for j in range(i):
            yield _axis(d, i) - _axis(d, j)
    yield np.ones(d)
    generator = np.random.default_rng(0)
    for _ in range(_RANDOM):
        yield generator.choice((-1.0, 1.0), d) * generator.uniform(0.5, 1.0, d)


def _pair(domain: Domain, direction: Vector) -> Pair:
    if not direction.any():
        return domain.start(), domain.start()
    return domain.maximiser(-direction), domain.maximiser(direction)


def _axis(dimension: int, i: int) -> Vector:
    axis = np.zeros(dimension)
    axis[i] = 1.0
    return axis
