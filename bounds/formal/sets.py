"""The sets over which a regret bound is formalised: what the file says of them, and how it projects."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from sympy import Abs, Expr, Symbol, sqrt

from bounds.formal.terms import TermPrinter
from bounds.formal.words import point, rational
from theory.quantities import MaxCoords, Norm2Squared
from theory.statement import Requires
from theory.symbols import D_2, D, D_i, Vector

Point = tuple[Fraction, ...]


class SetText(ABC):
    """A kind of sets between two points, given by its two `ends`."""

    word: str
    """Its predicate in the prelude."""
    plural: str
    """The word for several."""
    words: tuple[str, ...]
    """The files of the prelude that define it, beside `definitions`."""
    lemmas: tuple[str, ...]
    """The files of the prelude about projecting onto it, beside `projection`."""
    exact: tuple[str, ...]
    """The files of the prelude about its exact points, beside `verdict`."""
    ends: tuple[Vector, Vector]
    """The two points."""
    shows: frozenset[Requires]
    """What linear losses over such a set fulfil."""
    hypothesis: str
    """What a statement assumes of the two points; empty for nothing."""

    @property
    def name(self) -> str:
        """The set as a Coq predicate."""
        return f"({self.word} d {self.ends[0]} {self.ends[1]})"

    @property
    def diameters(self) -> Mapping[Symbol, Expr]:
        """The diameters of the set."""
        width = self.width
        return {D: MaxCoords(width), D_2: sqrt(Norm2Squared(width)), D_i: width}

    @property
    @abstractmethod
    def width(self) -> Expr:
        """The diameter along a coordinate."""

    @abstractmethod
    def projected(self, p: TermPrinter, metric: Expr, unprojected: Expr) -> str:
        """The projection of a point, as a term."""

    @abstractmethod
    def check(self, p: TermPrinter, metric: Expr) -> str:
        """What is to hold of the metric in every round, as a condition of `prelude/verdict.v`."""

    @property
    @abstractmethod
    def projection_proof(self) -> str:
        """Tactics that prove `projection` from `Hw`, that the check holds."""

    @abstractmethod
    def member_proof(self, ends: tuple[Point, Point], member: Point) -> str:
        """Tactics that prove that a point lies in the set."""


@final
@dataclass(frozen=True)
class BoxText(SetText):
    """Boxes: every coordinate lies between two numbers."""

    word: str = "box"
    plural: str = "boxes"
    words: tuple[str, ...] = ()
    lemmas: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    ends: tuple[Vector, Vector] = (Vector("lower"), Vector("upper"))
    shows: frozenset[Requires] = frozenset(
        {Requires.CONVEX_LOSSES, Requires.COMPACT_SET, Requires.SEPARABLE_SET}
    )
    hypothesis: str = "(forall i, (i < d)%nat -> lower i <= upper i)"

    @property
    def width(self) -> Expr:
        """The side."""
        return self.ends[1] - self.ends[0]

    def projected(self, p: TermPrinter, metric: Expr, unprojected: Expr) -> str:
        """Clipping."""
        lower, upper = map(p.print, self.ends)
        return f"(Larger {lower} (Smaller {upper} {p.print(unprojected)}))"

    def check(self, p: TermPrinter, metric: Expr) -> str:
        """No weight is negative."""
        return f"(false, (Neg (Most (Neg {p.print(metric)}))))"

    @property
    def projection_proof(self) -> str:
        """The lemma for boxes."""
        return (
            "apply clip_is_projection; [ apply vector_le; reflexivity | | intros i _; reflexivity ].\n"
            "    apply smallest_not_negative. exact Hw."
        )

    def member_proof(self, ends: tuple[Point, Point], member: Point) -> str:
        """A comparison of rationals."""
        return "intros i Hi. split; revert i Hi; apply vector_le; reflexivity."


@final
@dataclass(frozen=True)
class SegmentText(SetText):
    """Segments between two points of R^d."""

    word: str = "segment"
    plural: str = "segments"
    words: tuple[str, ...] = ("segment",)
    lemmas: tuple[str, ...] = ("segment_projection",)
    exact: tuple[str, ...] = ("segment_vector",)
    ends: tuple[Vector, Vector] = (Vector("begin"), Vector("finish"))
    shows: frozenset[Requires] = frozenset({Requires.CONVEX_LOSSES, Requires.COMPACT_SET})
    hypothesis: str = ""

    @property
    def width(self) -> Expr:
        """The distance of the two points along a coordinate."""
        return Abs(self.ends[1] - self.ends[0])

    def projected(self, p: TermPrinter, metric: Expr, unprojected: Expr) -> str:
        """The point that is this share of the way from one end to the other."""
        begin, end = map(p.print, self.ends)
        weight, way = p.print(metric), f"(Minus {end} {begin})"
        far = f"(Sum (Times (Times {weight} {way}) (Minus {p.print(unprojected)} {begin})))"
        share = f"(Over {far} (Sum (Times {weight} (Power {way} 2))))"
        return f"(Plus {begin} (Times (Larger (Int 0) (Smaller (Int 1) {share})) {way}))"

    def check(self, p: TermPrinter, metric: Expr) -> str:
        """The metric is positive along the segment."""
        begin, end = map(p.print, self.ends)
        return f"(true, (Sum (Times {p.print(metric)} (Power (Minus {end} {begin}) 2))))"

    @property
    def projection_proof(self) -> str:
        """The lemma for segments."""
        return "apply share_is_projection; [ exact Hw | intros i _; reflexivity ]."

    def member_proof(self, ends: tuple[Point, Point], member: Point) -> str:
        """The share of the way at which the point lies."""
        shares = {(u - a) / (b - a) for a, b, u in zip(*ends, member, strict=True) if a != b}
        (share,) = shares
        lists = " ".join(map(point, (*ends, member)))
        return f"exact (on_segment d {lists} ({rational(share)}) eq_refl eq_refl)."


SETS: Mapping[str, SetText] = {"box": BoxText(), "segment": SegmentText()}
"""The sets by the kind that a certificate names."""
