"""Recurrences whose lines are drawn at random, with short names that a compiler likes to use itself."""

from __future__ import annotations

import random
from typing import Any

from sympy import Abs, Expr, Max, Rational, S, sqrt

from theory.parameters import ALPHA, alpha
from theory.quantities import MaxCoords, Norm1, Norm2Squared, Prev, SumCoords
from theory.recurrence import Recurrence
from theory.source import Source
from theory.symbols import Scalar, Vector, f, g, t, x

NAMES = ("r", "k", "h0", "const", "power", "late", "prev", "v", "w", "s", "i", "rep", "s_t")


def drawn(seed: int) -> tuple[Recurrence, tuple[Expr, ...]]:
    """A random algorithm, and its lines."""
    rng = random.Random(seed)
    names = ["u", "p", *rng.sample(NAMES, 3)]
    lines = [(Vector if number % 2 == 0 else Scalar)(name) for number, name in enumerate(names)]
    known: list[Any] = []

    def vector(depth: int) -> Expr:
        c = rng.random() if depth else 0.0
        if c < 0.35:
            own = [s for s in known if isinstance(s, Vector)]
            return rng.choice([g, Prev(g), x, *own, *(Prev(s) for s in lines if isinstance(s, Vector))])
        if c < 0.55:
            return vector(depth - 1) * Rational(rng.randint(1, 4), 5) + vector(depth - 1) / 3
        if c < 0.65:
            return scalar(depth - 1) * vector(depth - 1) / 4
        if c < 0.75:
            return vector(depth - 1) / (1 + Abs(vector(depth - 1)))
        return Max(vector(depth - 1), vector(depth - 1)) if c < 0.85 else sqrt(1 + vector(depth - 1) ** 2)

    def scalar(depth: int) -> Expr:
        if rng.random() < 0.4:
            own = [s for s in known if isinstance(s, Scalar)]
            before = [Prev(s) for s in lines if isinstance(s, Scalar)]
            return rng.choice([f, Prev(f), t, 1 / sqrt(t), *own, *before]) / 2
        return rng.choice([Norm1, Norm2Squared, SumCoords, MaxCoords])(vector(max(0, depth - 1))) / 5

    steps = []
    for s in lines:
        steps.append((s, vector(2) if isinstance(s, Vector) else scalar(2)))
        known.append(s)
    last, size = lines[4], lines[3]
    point = x - alpha * (last + size * lines[2] / 10) / (1 + Norm1(last))
    metric = rng.choice([S.One, 1 + last**2])
    source = Source("adal", "Algorithm 1")
    return Recurrence(f"random {seed}", source, (ALPHA,), tuple(steps), point, metric), tuple(lines)
