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
    """The derivative of a certificate's function; NotFormalizable if the function is not convex."""
    knots = [(k["at"], k["slope"]) for k in subject.game["knots"]]
    bends = tuple((z - y) / (b - a) for (a, y), (b, z) in pairwise(knots))
    if min(bends) < 0:
        raise NotFormalizable("the function is not convex; its minimum is not formalised")
    ends = [*(b for b, _ in knots[1:-1]), None]
    for (at, slope), bend, end in zip(knots, bends, ends, strict=False):
        zero = at if bend == 0 else at - slope / bend
        within = (end is None or zero <= end) and (zero >= at or at == knots[0][0])
        if within and slope + bend * (zero - at) == 0:
            lengths = tuple(b - a for (a, _), (b, _) in pairwise(knots[:-1]))
            return Slopes(knots[0][0], knots[0][1], lengths, bends, zero)
    raise NotFormalizable("the derivative of the function has no zero")
