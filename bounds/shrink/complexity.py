"""One total order of counterexamples: which of two is simpler.

Fewer rounds come first, then fewer coordinates, fewer rows to write down, fewer parameters that are no
textbook values, fewer different numbers, fewer digits, smaller numbers, fewer minus signs. Every step of the
shrinker goes down in this order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from bounds.certify.game import Counterexample, DescentGame, LinearGame

TEXTBOOK: Mapping[str, tuple[Fraction, ...]] = {
    "alpha": tuple(Fraction(1, k) for k in (1, 2, 10, 100, 1000)),
    "beta1": (Fraction(0), Fraction(1, 2), Fraction(9, 10)),
    "beta2": (Fraction(1, 2), Fraction(9, 10), Fraction(99, 100), Fraction(999, 1000)),
    "eps": (Fraction(0), Fraction(1, 10**8)),
}
"""What a reader expects of a parameter of this name."""
Complexity = tuple[int, ...]


def digits(q: Fraction) -> int:
    """How much there is to write: 0 for 0, 1 for 1, the digits of both parts otherwise."""
    if q.denominator == 1:
        return 0 if q == 0 else len(str(abs(q.numerator)))
    return len(str(abs(q.numerator))) + len(str(q.denominator))


def complexity(found: Counterexample) -> Complexity:
    """The key of the order: smaller is simpler."""
    game = found.game
    numbers = list(all_numbers(game))
    return (
        game.horizon,
        game.dimension,
        _rows(game),
        sum(q not in TEXTBOOK.get(name, (q,)) for name, q in game.parameters.items()),
        len({abs(q) for q in numbers}),
        sum(map(digits, numbers)),
        sum(abs(q.numerator) + q.denominator for q in numbers),
        sum(q < 0 for q in numbers),
    )


def _rows(game: LinearGame | DescentGame) -> int:
    if isinstance(game, LinearGame):
        return len(game.lead) + len(game.pattern)
    return len(game.slope.knots) + len(game.letters)


def all_numbers(game: LinearGame | DescentGame) -> Iterator[Fraction]:
    """Every number that must be written down to describe a game, the horizon left out."""
    yield from game.parameters.values()
    yield from game.start
    if isinstance(game, DescentGame):
        yield from (q for knot in game.slope.knots for q in knot)
        yield from (game.slope.left, game.slope.right)
        for noise, probability in game.letters:
            yield from (*noise, probability)
        return
    yield from (q for end in game.feasible.ends for q in end)
    yield from (q for row in (*game.lead, *game.pattern) for q in row)


def rounder(q: Fraction) -> list[Fraction]:
    """Numbers near q that take fewer digits, or as many and are smaller, the simplest first."""
    near = {Fraction(0), Fraction(1), Fraction(-1), Fraction(round(q)), q.limit_denominator(1)}
    near |= {q.limit_denominator(k) for k in (2, 3, 4, 5, 8, 9, 10, 20, 50, 100, 200, 1000)}
    if q != 0:
        size = len(str(int(abs(q)))) if abs(q) >= 1 else -_zeros(q)
        for kept in (1, 2, 3):
            unit = Fraction(10) ** (size - kept)
            near |= {round(q / unit) * unit, (q // unit) * unit, -(-q // unit) * unit}
        near |= {Fraction(10) ** size, Fraction(10) ** (size - 1)}
    return sorted((u for u in near if _key(u) < _key(q)), key=lambda u: (*_key(u), abs(u - q)))


def _key(q: Fraction) -> tuple[int, int, bool]:
    return digits(q), abs(q.numerator) + q.denominator, q < 0


def _zeros(q: Fraction) -> int:
    """How many zeros follow the decimal point before the first digit of 0 < |q| < 1."""
    count, u = 0, abs(q) * 10
    while u < 1:
        count, u = count + 1, u * 10
    return count


__all__ = ["TEXTBOOK", "Complexity", "all_numbers", "complexity", "digits", "rounder"]
