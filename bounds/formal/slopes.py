"""A function of one variable with a piecewise linear derivative, as terms of a program."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from bounds.formal.subject import NotFormalizable, Subject
from bounds.formal.terms import TermPrinter


@dataclass(frozen=True)
class Slopes:
    """The derivative of a function of one variable: linear on pieces, of which the outer ones go on for ever.

    Args:
        begin: where the first piece begins.
        value: the derivative there.
        lengths: the lengths of all pieces but the last one.
        bends: the slopes of the derivative on the pieces.
        lowest: a point at which the derivative is 0.
    """

    begin: Fraction
    value: Fraction
    lengths: tuple[Fraction, ...]
    bends: tuple[Fraction, ...]
    lowest: Fraction

    @property
    def constants(self) -> dict[str, tuple[Fraction, ...]]:
        """The numbers by their names in a program."""
        return {
            "knot": (self.begin,), "value0": (self.value,), "lowest": (self.lowest,),
            **{f"length{j}": (q,) for j, q in enumerate(self.lengths)},
            **{f"bend{j}": (q,) for j, q in enumerate(self.bends)},
        }  # fmt: skip

    def way(self, j: int, u: str, p: TermPrinter) -> str:
        """How far u is on piece j, as a term."""
        far = self.beyond(j, u, p)
        if j > 0:
            far = f"(Larger {far} (Int 0))"
        return far if j == len(self.lengths) else f"(Smaller {far} {constant(p, f'length{j}')})"

    def beyond(self, j: int, u: str, p: TermPrinter) -> str:
        """u minus the begin of piece j, as a term."""
        knot = constant(p, "knot")
        for k in range(j):
            knot = f"(Plus {knot} {constant(p, f'length{k}')})"
        return f"(Minus {u} {knot})"

    def slope(self, ways: list[str], p: TermPrinter) -> str:
        """The derivative, given the ways, as a term."""
        parts = [f"(Times {constant(p, f'bend{j}')} {way})" for j, way in enumerate(ways)]
        return f"(Plus {constant(p, 'value0')} {_nested(parts)})"

    def height(self, u: str, ways: list[str], p: TermPrinter) -> str:
        """The function at u, given the ways, as a term."""
        parts = [
            f"(Times {constant(p, f'bend{j}')} (Minus (Times {way} {self.beyond(j, u, p)}) "
            f"(Over (Power {way} 2) (Int 2))))"
            for j, way in enumerate(ways)
        ]
        straight = f"(Times {constant(p, 'value0')} {self.beyond(0, u, p)})"
        return f"(Plus {straight} {_nested(parts)})"


def constant(p: TermPrinter, name: str) -> str:
    """A constant of the program, as a term."""
    return p.entry(name, vector=False)


def _nested(parts: list[str]) -> str:
    *first, text = parts
    for part in reversed(first):
        text = f"(Plus {part} {text})"
    return text


def slopes_of(subject: Subject) -> Slopes:
    """The derivative of a certificate's function, which must change its sign once, from below to above 0."""
    knots = [(k["at"], k["slope"]) for k in subject.game["knots"]]
    bends = tuple((z - y) / (b - a) for (a, y), (b, z) in pairwise(knots))
    lengths = tuple(b - a for (a, _), (b, _) in pairwise(knots[:-1]))
    zeros = [at - slope / bend for (at, slope), bend in zip(knots, bends, strict=False) if bend != 0]
    for zero in [at for at, slope in knots if slope == 0] + zeros:
        before = all(slope <= 0 for at, slope in knots if at <= zero) and bends[0] >= 0
        after = all(slope >= 0 for at, slope in knots if at >= zero) and bends[-1] >= 0
        if before and after and _derivative(knots, bends, zero) == 0:
            return Slopes(knots[0][0], knots[0][1], lengths, bends, zero)
    raise NotFormalizable("the derivative of the function does not change its sign just once")


def _derivative(knots: list[tuple[Fraction, Fraction]], bends: tuple[Fraction, ...], u: Fraction) -> Fraction:
    """The derivative at u."""
    (at, slope), bend = next(
        (part for part in reversed(list(zip(knots, bends, strict=False))) if part[0][0] <= u),
        (knots[0], bends[0]),
    )
    return slope + bend * (u - at)
