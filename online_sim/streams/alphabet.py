"""Finite noise alphabets with exact rational probabilities, and iid draws from them.

The alphabet {+3 w.p. 1/4, -1 w.p. 3/4} has mean zero, but E|xi| xi = 3/2: on f(x) = x^2 / 2 with gradients
x + xi, AdaL (which follows ||g||_1 g) settles away from the minimiser 0, and the average squared gradient of
its Theorem 2 does not tend to 0.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate
from typing import cast, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from online_sim.frozen import set_fields
from online_sim.streams.base import Block, Stream, Table, as_seed
from online_sim.streams.chunks import CHUNK_NUMBERS, StreamKind, chunk_generator, gather
from online_sim.streams.periodic import format_number
from online_sim.streams.rows import frozen_rows
from theory.borders import WrongType, instance, must, rational, shown, title

Number = int | float | Fraction
_LARGEST_LOOKUP = 1 << 16  # above this common denominator a table of outcomes is slower than a search


def _exact_letters(values: ArrayLike | Sequence[Fraction]) -> tuple[tuple[Fraction, ...], ...]:
    table = np.asarray(values, dtype=object)
    table = table.reshape(-1, 1) if table.ndim == 1 else table
    return tuple(
        tuple(Fraction(entry.item() if isinstance(entry, np.generic) else entry) for entry in row)
        for row in table
    )


def _exact_probabilities(probabilities: Sequence[Fraction | int | str], count: int) -> tuple[Fraction, ...]:
    exact: list[Fraction] = []
    if isinstance(probabilities, str) or not isinstance(probabilities, Iterable):
        raise WrongType(
            f"`probabilities` is {shown(probabilities)}; expected a list of exact rationals: Fraction(1, 4), "
            "'1/4' or an int"
        )
    for given in probabilities:
        if isinstance(given, bool) or not isinstance(given, (Fraction, int, str)):
            raise WrongType(
                f"`probabilities` holds {shown(given)}; pass exact rationals: Fraction(1, 4), '1/4' or an int"
            )
        try:
            exact.append(Fraction(given))
        except (ValueError, ZeroDivisionError) as error:
            told = f"`probabilities` holds {shown(given)}, which is not a rational number"
            raise ValueError(told) from error
    if len(exact) != count:
        raise ValueError(
            f"`probabilities` has {len(exact)} entries for {count} letters; one for each is needed"
        )
    if min(exact) <= 0:
        raise ValueError(f"`probabilities` has the entry {min(exact)}; drop letters of probability 0")
    if sum(exact) != 1:
        raise ValueError(f"`probabilities` sums to {sum(exact)}; it must be exactly 1")
    return tuple(exact)


@final
@dataclass(frozen=True, eq=False, init=False)
class NoiseAlphabet:
    """k letters in R^d and their exact probabilities.

    `letters` holds k rows of d Fractions, `values` the same as float64, shape (k, d).

    Args:
        values: The letters, shape (k, d), or k numbers for d = 1; floats count as the exact numbers they are.
        probabilities: k numbers > 0 that sum to 1, each a Fraction, an int or text such as "1/4".
        name: A short stable name; built from the letters when left out.

    Raises:
        ValueError: Wrong shapes, NaN or inf, floats as probabilities, a zero, or a sum other than 1.
    """

    letters: tuple[tuple[Fraction, ...], ...]
    probabilities: tuple[Fraction, ...]
    name: str
    values: NDArray[np.float64] = field(repr=False)

    def __init__(
        self,
        values: ArrayLike | Sequence[Fraction],
        probabilities: Sequence[Fraction | int | str],
        *,
        name: str = "",
    ) -> None:
        rows = frozen_rows(cast(ArrayLike, values), argument="values", promote=True)
        exact = _exact_probabilities(probabilities, len(rows))
        said = title("name", name)
        if not said:
            each = [
                "(" + ", ".join(map(format_number, row)) + ")" if len(row) > 1 else format_number(row[0])
                for row in rows
            ]
            pairs = ", ".join(f"{letter} w.p. {chance}" for letter, chance in zip(each, exact, strict=True))
            said = f"alphabet({pairs})" if rows.size <= 8 else f"alphabet(k={len(rows)}, d={rows.shape[1]})"
        set_fields(self, letters=_exact_letters(values), probabilities=exact, name=said, values=rows)

    @property
    def size(self) -> int:
        """The number of letters k."""
        return len(self.letters)

    @property
    def dimension(self) -> int:
        """The number of coordinates d of a letter."""
        return len(self.letters[0])

    @property
    def mean(self) -> tuple[Fraction, ...]:
        """E xi, exact, d entries."""
        return self.moment(lambda letter: letter)

    @property
    def variance(self) -> tuple[Fraction, ...]:
        """E (xi_i - E xi_i)^2 for every coordinate, exact."""
        return self._central(2)

    @property
    def third_central_moment(self) -> tuple[Fraction, ...]:
        """E (xi_i - E xi_i)^3 for every coordinate, exact."""
        return self._central(3)

    @property
    def skewness(self) -> NDArray[np.float64]:
        """Third central moment over variance^(3/2), shape (d,); 0 where the variance is 0."""
        pairs = zip(self.third_central_moment, self.variance, strict=True)
        return np.array([float(third) / float(second) ** 1.5 if second else 0.0 for third, second in pairs])

    @property
    def l1_weighted_mean(self) -> tuple[Fraction, ...]:
        """E ||xi||_1 xi, exact: AdaL's mean direction at a stationary point, its bias when E xi = 0."""

        def weighted(letter: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
            norm = sum(map(abs, letter), Fraction(0))
            return tuple(norm * entry for entry in letter)

        return self.moment(weighted)

    def moment(
        self, function: Callable[[tuple[Fraction, ...]], tuple[Fraction, ...]]
    ) -> tuple[Fraction, ...]:
        """E function(xi), exact; `function` maps a letter (d Fractions) to a tuple of Fractions."""
        images = [function(letter) for letter in self.letters]
        return tuple(
            sum(
                (chance * entry for chance, entry in zip(self.probabilities, column, strict=True)),
                Fraction(0),
            )
            for column in zip(*images, strict=True)
        )

    def _central(self, power: int) -> tuple[Fraction, ...]:
        mean = self.mean
        return self.moment(
            lambda letter: tuple(
                (entry - centre) ** power for entry, centre in zip(letter, mean, strict=True)
            )
        )

    def tickets(self) -> tuple[int, ...]:
        """Running sums of the probabilities, in units of one over their common denominator (the last entry).

        Raises ValueError when that denominator is too large for 64-bit draws.
        """
        common = math.lcm(*(chance.denominator for chance in self.probabilities))
        if common >= 1 << 62:
            raise ValueError(
                f"`probabilities` have the common denominator {common}, above 2^62; "
                "round them to a smaller one to draw from this alphabet"
            )
        return tuple(accumulate(int(chance * common) for chance in self.probabilities))


def skewed(scale: Number = 1) -> NoiseAlphabet:
    """scale * {+3 w.p. 1/4, -1 w.p. 3/4}: mean 0, E|xi| xi = (3/2) scale^2.

    Args:
        scale: An exact number other than 0; a float counts as the exact number it is.
    """
    factor = _scale(scale)
    tail = "" if factor == 1 else f"scale={factor}"
    return NoiseAlphabet([3 * factor, -factor], ["1/4", "3/4"], name=f"skewed({tail})")


def rademacher(scale: Number = 1) -> NoiseAlphabet:
    """scale * {+1, -1} with probability 1/2 each: mean 0 and no skew.

    Args:
        scale: An exact number other than 0; a float counts as the exact number it is.
    """
    factor = _scale(scale)
    tail = "" if factor == 1 else f"scale={factor}"
    return NoiseAlphabet([factor, -factor], ["1/2", "1/2"], name=f"rademacher({tail})")


def _scale(scale: object) -> Fraction:
    """An exact number other than 0: a float stands for the exact number it is."""
    factor = rational("scale", scale)
    if factor == 0:
        raise ValueError(must("scale", scale, "a number other than 0"))
    return factor


@lru_cache(maxsize=4)
def _letters(cumulative: tuple[int, ...], seed: int, number: int) -> NDArray[np.int64]:
    """Chunk `number` of the letters drawn: a uniform integer below the common denominator picks exactly."""
    common = cumulative[-1]
    ticket = chunk_generator(seed, StreamKind.ALPHABET, number).integers(0, common, size=CHUNK_NUMBERS)
    if common <= _LARGEST_LOOKUP:
        steps = np.diff(np.array(cumulative), prepend=0)
        drawn = np.repeat(np.arange(len(steps), dtype=np.int64), steps)[ticket]
    else:
        drawn = np.searchsorted(np.array(cumulative), ticket, side="right").astype(np.int64)
    drawn.flags.writeable = False
    return drawn


def check_alphabet(alphabet: object) -> None:
    """WrongType unless `alphabet` is a `NoiseAlphabet`."""
    instance("alphabet", alphabet, NoiseAlphabet, "a NoiseAlphabet", "skewed() say")


@final
@dataclass(frozen=True, eq=False)
class AlphabetStream(Stream):
    """Letters of `alphabet` drawn independently with their exact probabilities; labels 0; never ends.

    Args:
        alphabet: The letters, in R^d, and their probabilities.
        seed: A whole number >= 0.
        name: A short stable name; built from that of the alphabet when left out.

    Raises:
        ValueError: The common denominator of the probabilities is 2^62 or more.
    """

    alphabet: NoiseAlphabet
    seed: int = 0
    name: str = field(default="", kw_only=True)
    _labels: NDArray[np.float64] = field(init=False, repr=False)
    _tickets: tuple[int, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Checks the arguments and names the stream."""
        check_alphabet(self.alphabet)
        title("name", self.name)
        set_fields(self, seed=as_seed(self.seed), name=self.name or f"iid {self.alphabet.name}")
        set_fields(self, _labels=np.zeros(self.alphabet.size), _tickets=self.alphabet.tickets())

    @property
    def dimension(self) -> int:
        """The number of coordinates of a letter."""
        return self.alphabet.dimension

    @property
    def table(self) -> Table:
        """(the letters, zeros)."""
        return self.alphabet.values, self._labels

    @property
    def mean(self) -> NDArray[np.float64]:
        """E xi, exact before it is rounded once."""
        return np.array([float(entry) for entry in self.alphabet.mean])

    def _block(self, start: int, stop: int) -> Block:
        """Rounds start+1..stop over the table of letters (not copied)."""
        index = gather(start, stop, CHUNK_NUMBERS, lambda number: _letters(self._tickets, self.seed, number))
        return Block(*self.table, index)
