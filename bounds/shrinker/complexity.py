"""A total order of counterexamples by simplicity.

Fewer rounds come first, then fewer coordinates, fewer runs of equal rows to write down, fewer rows, fewer
parameters that are not textbook values, fewer digits, fewer different numbers, fewer digits before final
zeros, smaller numbers, fewer minus signs. Every step of the shrinker goes down in this order. If everything
before the digits is minimal, only finitely many games lie below a given one, so that a minimum can be checked
by enumeration.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from bounds.games import Counterexample
from bounds.shrinker.stern_brocot import ancestors

TEXTBOOK: Mapping[str, tuple[Fraction, ...]] = {
    "alpha": tuple(Fraction(1, k) for k in (1, 2, 10, 100, 1000)),
    "beta1": (Fraction(0), Fraction(1, 2), Fraction(9, 10)),
    "beta2": (Fraction(1, 2), Fraction(9, 10), Fraction(99, 100), Fraction(999, 1000)),
    "eps": (Fraction(0), Fraction(1, 10**8)),
}
"""The values that a reader expects for a parameter of this name."""
Complexity = tuple[int, ...]


def digit_count(q: Fraction) -> int:
    """The length of a number in writing: 0 for 0, 1 for 1, otherwise the digits of both parts."""
    if q.denominator == 1:
        return 0 if q == 0 else len(str(abs(q.numerator)))
    return len(str(abs(q.numerator))) + len(str(q.denominator))


def significant(q: Fraction) -> int:
    """The digits of both parts without trailing zeros: 1200 is rounder than 1001."""
    return sum(len(str(abs(part)).rstrip("0")) for part in (q.numerator, q.denominator))


def complexity(found: Counterexample) -> Complexity:
    """The key of the order: smaller is simpler."""
    game = found.game
    numbers = list(game.numbers())
    return (
        game.horizon,
        game.dimension,
        *game.written(),
        sum(q not in TEXTBOOK.get(name, (q,)) for name, q in game.parameters.items()),
        sum(map(digit_count, numbers)),
        len({abs(q) for q in numbers}),
        sum(map(significant, numbers)),
        sum(abs(q.numerator) + q.denominator for q in numbers),
        sum(q < 0 for q in numbers),
    )


def rounder(q: Fraction) -> list[Fraction]:
    """Ancestors of q in the Stern-Brocot tree, and q or 1/q as rounded decimals, the simplest first.

    All are simpler than q: fewer digits, or fewer before the final zeros, or smaller.
    """
    near = {Fraction(0), Fraction(1), Fraction(-1), *ancestors(q)}
    if q != 0:
        near |= {*_decimals(q), *(1 / u for u in _decimals(1 / q) if u != 0)}
    return sorted((u for u in near if _key(u) < _key(q)), key=lambda u: (*_key(u), abs(u - q)))


def _decimals(q: Fraction) -> Iterator[Fraction]:
    """The next numbers around q with few digits before or after the zeros; q is not 0."""
    size = len(str(int(abs(q)))) if abs(q) >= 1 else -_zeros(q)
    for kept in range(7):
        unit = Fraction(10) ** (size - kept)
        yield from ((q // unit + k) * unit for k in (-1, 0, 1))


def _key(q: Fraction) -> tuple[int, int, int, bool]:
    return digit_count(q), significant(q), abs(q.numerator) + q.denominator, q < 0


def _zeros(q: Fraction) -> int:
    """The number of zeros between the decimal point and the first digit of 0 < |q| < 1."""
    count, u = 0, abs(q) * 10
    while u < 1:
        count, u = count + 1, u * 10
    return count
