"""An algorithm's lines in one coordinate, evaluated round by round in rational numbers without rounding."""

from collections.abc import Mapping, Sequence

import numpy as np
from sympy import Expr, Rational, S, Symbol

from theory import Recurrence
from theory.quantities import MaxCoords, Prev, SumCoords
from theory.symbols import g, t


def lines_exactly(
    recurrence: Recurrence,
    gradients: Sequence[Rational],
    parameters: Mapping[Symbol, Rational],
    symbols: Sequence[Symbol],
) -> list[dict[Symbol, Expr]]:
    """Return the values of `symbols` in each round, for d = 1 and the given gradients."""
    before: dict[Symbol, Expr] = {}
    rounds = []
    for number, gradient in enumerate(gradients, start=1):
        now: dict[Symbol, Expr] = {t: S(number), g: gradient, **parameters}
        for symbol, line in recurrence.steps:
            states = {
                e: before.get(e.args[0], recurrence.initial.get(e.args[0], S.Zero)) for e in line.atoms(Prev)
            }
            value = line.xreplace(states)
            # A sum or a maximum over one coordinate is that coordinate.
            value = value.replace(lambda e: isinstance(e, SumCoords | MaxCoords), lambda e: e.args[0])
            now[symbol] = value.xreplace(now)
        rounds.append({symbol: now[symbol] for symbol in symbols})
        before = now
    return rounds


def random_rationals(seed: int, count: int) -> list[Rational]:
    """Draw `count` nonzero multiples of 1/16 between -4 and 4."""
    drawn = np.random.default_rng(seed).integers(1, 65, count) * np.random.default_rng(seed + 1).choice(
        [-1, 1], count
    )
    return [Rational(int(k), 16) for k in drawn]
