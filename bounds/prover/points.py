"""Single games: how close they come to violating a statement, and a violation in short rationals."""

from fractions import Fraction

import numpy as np

from bounds.games import Block, Counterexample, ExactBox, ExactSimplex, LinearGame, Point
from bounds.prover.constants import float_ends
from bounds.prover.question import OverBoxes, Question
from bounds.prover.region import Pieces
from online_sim.borders import Floats
from theory.statement import Theorem

SAMPLES = 2048
"""The number of random games, and of random extreme games, from which the ascent starts."""
CLIMBERS = 8
FIRST_STEP, LAST_STEP = 0.25, 1e-4
"""The steps of the ascent, relative to the region."""
ROUNDS = 200
CANDIDATES = 64
"""The number of violations from which the one with the shortest numbers is chosen."""
DENOMINATORS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 25, 50, *(10**k for k in range(2, 16)), 1 << 1100)
"""The denominators to try, in this order; the last one keeps a float unchanged."""


def ratio(sides: OverBoxes) -> Floats:
    """A lower bound of lhs/rhs at each point; inf for lhs > rhs with rhs <= 0, -inf if uncertain."""
    left, right = sides.lhs.lower, sides.rhs.upper
    with np.errstate(all="ignore"):
        quotient = np.nextafter(left / right, -np.inf)
    quotient = np.where(right > 0, quotient, np.where(left > right, np.inf, -np.inf))
    sure = sides.certain & np.isfinite(left) & np.isfinite(right)
    return np.asarray(np.where(sure, quotient, -np.inf))


def hunt(question: Question, *, seed: int = 0) -> tuple[Floats, float]:
    """The points (n, k) found closest to a violation, and the largest ratio there.

    Violations from a sample, if it contains any; else the end points of a coordinate ascent from its best.
    """
    pieces = list(question.unknowns.values())
    rng = np.random.default_rng(seed)
    low = np.array([[float(union[0][0])] for union in pieces])
    high = np.array([[float(union[-1][1])] for union in pieces])
    inside = low + (high - low) * rng.random((len(pieces), SAMPLES))
    extreme = np.where(rng.random((len(pieces), SAMPLES)) < 0.5, low, high)
    points = _moved_into(pieces, np.concatenate([inside, extreme], axis=1))
    ratios = ratio(question.sides(points, points))
    violating = np.flatnonzero(ratios > 1)[:CANDIDATES]
    if violating.size:
        return points[:, violating], float(ratios[violating].max())
    order = np.argsort(-ratios, kind="stable")[:CLIMBERS]
    points, ratios, step = points[:, order], ratios[order], FIRST_STEP
    directions = np.concatenate([np.eye(len(pieces)), -np.eye(len(pieces))], axis=1) * (high - low)
    for _ in range(ROUNDS):
        tried = points[:, :, None] + step * directions[:, None, :]
        flat = _moved_into(pieces, tried.reshape(len(pieces), -1))
        there = ratio(question.sides(flat, flat)).reshape(len(ratios), -1)
        best, each = np.argmax(there, axis=1), np.arange(len(ratios))
        better = there[each, best] > ratios
        points[:, better] = flat.reshape(tried.shape)[:, each, best][:, better]
        ratios = np.where(better, there[each, best], ratios)
        if not better.any():
            step /= 2
        if step < LAST_STEP:
            break
    return points, float(ratios.max())


def confirmed(question: Question, points: Floats) -> Point | None:
    """The shortest rationals near one of the points (n, k) that certainly violate the statement."""
    unions = list(question.unknowns.values())
    for denominator in DENOMINATORS:
        exact = [
            tuple(
                _nearest(Fraction(float(u)).limit_denominator(denominator), union)
                for u, union in zip(point, unions, strict=True)
            )
            for point in points.T
        ]
        around = np.array([[float_ends(q) for q in candidate] for candidate in exact])
        ratios = ratio(question.sides(around[:, :, 0].T, around[:, :, 1].T))
        if ratios.max() > 1:
            return exact[int(np.argmax(ratios))]
    return None


def as_counterexample(question: Question, theorem: Theorem, reading: str, point: Point) -> Counterexample:
    """A point of the region as a game, with the comparator of its regret in X."""
    region, values = question.region, dict(zip(question.unknowns, point, strict=True))
    every = range(region.dimension)
    first = values.get(("z", 0, 0))
    named_z = None
    if first is not None:
        named_z = (first, 1 - first) if region.simplex else tuple(values["z", 0, i] for i in every)
    rounds = range(1, question.horizon + 1)
    game = LinearGame(
        recurrence=region.recurrence,
        parameters={**region.values, **{name: values[name, 0, -1] for name in region.ranges}},
        feasible=ExactSimplex(2) if region.simplex else ExactBox(region.lower, region.upper),
        start=tuple(values["x", 1, i] for i in every),
        blocks=(Block(tuple(tuple(values["g", t, i] for i in every) for t in rounds)),),
    )
    return Counterexample(theorem, reading, game, named_z or question.corner)


def _moved_into(pieces: list[Pieces], points: Floats) -> Floats:
    """Each coordinate moved to the nearest point of its pieces."""
    moved = points.copy()
    for k, union in enumerate(pieces):
        nearest = [np.clip(points[k], float(low), float(high)) for low, high in union]
        moved[k] = nearest[0]
        for other in nearest[1:]:
            moved[k] = np.where(np.abs(other - points[k]) < np.abs(moved[k] - points[k]), other, moved[k])
    return moved


def _nearest(q: Fraction, union: Pieces) -> Fraction:
    inside = [min(max(q, low), high) for low, high in union]
    return min(inside, key=lambda u: abs(u - q))
