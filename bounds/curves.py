"""Both sides of a statement along the rounds, as intervals, with the verdict and its reason."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bounds.verdict import AssumptionCheck, Verdict
from online_sim.borders import Floats

if TYPE_CHECKING:
    from bounds.confirm import SecondLook

ENDS = {"lower": -np.inf, "upper": np.inf, "rhs": -np.inf, "rhs_upper": np.inf}
"""The ends of both sides, with the value of each when nothing is known about it."""
TIES = 8
"""The number of ties to examine again: the first ones in balls, or the last before a violation."""
CLOSE = 1e-6
"""The relative difference below which two sides are a tie that a closer look may decide."""
TINY = np.finfo(np.longdouble).tiny
"""The smallest normal number: anything below counts as 0."""


@dataclass(frozen=True, eq=False)
class Curves:
    """Both sides of a statement as intervals, (R, K) each, and their comparison.

    defined: whether the right side has a value. replicate: the number of the replicate, after `worst`.
    """

    rounds: NDArray[np.int64]
    lower: Floats
    upper: Floats
    rhs: Floats
    rhs_upper: Floats
    trivial: Floats
    defined: NDArray[np.bool_]
    replicate: int = 0

    def __post_init__(self) -> None:
        """Treat an end that is NaN as unknown."""
        for name, unknown in ENDS.items():
            end = getattr(self, name)
            object.__setattr__(self, name, np.where(np.isnan(end), unknown, end))

    @property
    def violated(self) -> NDArray[np.bool_]:
        """Where the left side exceeds the right one for certain, up to the precision of these floats."""
        return np.asarray(self.defined & (self.lower > self.rhs_upper))

    @property
    def open(self) -> NDArray[np.bool_]:
        """Where the left side may exceed the right one."""
        return np.asarray(self.defined & ~(self.upper <= self.rhs))

    @property
    def informative(self) -> NDArray[np.bool_]:
        """Where the bound is below the trivial guarantee of never moving."""
        nothing = np.where(np.isfinite(self.trivial), self.trivial, np.inf)
        return np.asarray(self.defined & (self.rhs_upper < nothing))

    @property
    def ties(self) -> NDArray[np.bool_]:
        """Where both sides of the first replicate agree up to rounding, (K,)."""
        lower, upper, rhs = self.lower[0], self.upper[0], self.rhs[0]
        with np.errstate(invalid="ignore"):
            width = np.maximum(upper, self.rhs_upper[0]) - np.minimum(lower, rhs)
            near = width <= CLOSE * np.maximum(np.abs(upper), np.abs(rhs))
        return np.asarray(self.open[0] & ~self.violated[0] & near)

    @property
    def looks(self) -> list[int]:
        """Checkpoints to look at again: the first violated one, and the ties within rounding just before it.

        Empty without a violation. In a long game rounding hides the first violations.
        """
        if not self.violated[0].any():
            return []
        first = int(np.argmax(self.violated[0]))
        return [*(int(k) for k in np.flatnonzero(self.ties[:first])[-TIES:]), first]

    def worst(self) -> Curves:
        """The replicate to report: violated before open before informative, then nearest to the bound."""
        with np.errstate(all="ignore"):
            ratio = self.upper / self.rhs
        # Neither 0/0 nor a left side that is positive only by rounding gives a ratio.
        ratio = np.max(np.where(self.defined & (self.upper > TINY), ratio, -np.inf), axis=1)
        rank = 4 * self.violated.any(axis=1) + 2 * self.open.any(axis=1) + self.informative.any(axis=1)
        return self.of(int(np.lexsort((ratio, rank))[-1]))

    def of(self, r: int) -> Curves:
        """One replicate."""
        parts = {name: getattr(self, name)[r : r + 1] for name in (*ENDS, "trivial", "defined")}
        return replace(self, **parts, replicate=r)

    def at(self, k: int) -> tuple[float, float, float, float]:
        """The ends of both sides at checkpoint k of the first replicate."""
        lower, upper, rhs, rhs_upper = (float(getattr(self, name)[0, k]) for name in ENDS)
        return lower, upper, rhs, rhs_upper

    def with_found(self, found: Mapping[int, SecondLook]) -> Curves:
        """One replicate, with better enclosures where available."""
        ends = {name: getattr(self, name).copy() for name in ENDS}
        for k, better in found.items():
            for name in ENDS:
                ends[name][0, k] = getattr(better, name)
        return replace(self, **ends)


def margin_of(rounds: NDArray[np.int64], upper: Floats, rhs: Floats) -> tuple[float | None, int | None]:
    """The smallest rhs/upper over the rounds where upper is a positive number, and its round."""
    usable = (upper > np.finfo(upper.dtype).tiny) & np.isfinite(upper) & np.isfinite(rhs)
    if not np.any(usable):
        return None, None
    ratio = np.where(usable, rhs / np.where(usable, upper, 1.0), np.inf)
    k = int(np.argmin(ratio))
    return float(ratio[k]), int(rounds[k])


def decide(
    curves: Curves,
    assumptions: tuple[AssumptionCheck, ...],
    outside: str | None,
    found: Mapping[int, SecondLook],
) -> tuple[Verdict, str, int | None]:
    """The verdict on one replicate, its reason, and the first round that violates."""
    broken = [a for a in assumptions if not a.holds]
    if broken:
        return Verdict.ASSUMPTION_BROKEN, f"{broken[0].text}: {broken[0].detail}", None
    if outside is not None:
        return (
            Verdict.UNDECIDED,
            f"{outside}; scale the data, so that squares stay between 1e-300 and 1e300",
            None,
        )
    rounds = curves.rounds
    lower, upper, rhs, trivial = curves.lower[0], curves.upper[0], curves.rhs[0], curves.trivial[0]
    above, defined = curves.rhs_upper[0], curves.defined[0]
    violated, undecided = curves.violated[0], curves.open[0]
    confirmed = violated & np.isin(np.arange(len(rounds)), [k for k, f in found.items() if f.how is not None])
    if np.any(confirmed):
        k = int(np.argmax(confirmed))
        worst = int(np.argmax(np.where(violated, lower - above, -np.inf)))
        least, most = _told_apart(lower[k], above[k])
        reason = f"at T = {rounds[k]} the left side is at least {least}, the bound {most}"
        if worst != k:
            least, most = _told_apart(lower[worst], above[worst])
            reason += f"; at T = {rounds[worst]}, {least} against {most}"
        return Verdict.VIOLATED, f"{reason}; {found[k].how}", int(rounds[k])
    if not np.any(defined):
        return Verdict.VACUOUS, "the bound is undefined or infinite at every recorded round", None
    if np.any(violated):
        k = int(np.argmax(violated))
        why = found[k].why if k in found else "it was not confirmed"
        said = (
            f"in floats the left side is at least {lower[k]:.6g} at T = {rounds[k]}, the bound {above[k]:.6g}"
        )
        return Verdict.UNDECIDED, f"{said}, but {why}", None
    if np.any(undecided):
        k = int(np.argmax(undecided))
        return Verdict.UNDECIDED, _straddle(int(rounds[k]), lower[k], upper[k], rhs[k], above[k]), None
    k = int(np.flatnonzero(defined)[-1])
    if not np.any(curves.informative):
        nothing = f"doing nothing guarantees {trivial[k]:.6g}"
        return Verdict.VACUOUS, f"at T = {rounds[k]} the bound is {rhs[k]:.6g}, {nothing}", None
    reason = f"at T = {rounds[k]} the left side is at most {upper[k]:.6g}, the bound {rhs[k]:.6g}"
    return Verdict.HOLDS, reason, None


def _told_apart(one: float, other: float) -> tuple[str, str]:
    """Two different numbers in six digits, or in enough digits to tell them apart."""
    for digits in (6, 9, 12):
        texts = f"{one:.{digits}g}", f"{other:.{digits}g}"
        if texts[0] != texts[1]:
            return texts
    return f"{one:.17g}", f"{other:.17g}"


def _straddle(T: int, lower: float, upper: float, below: float, above: float) -> str:
    """An open comparison in words, with enough digits to tell the ends apart, or a tie."""
    size = max(abs(lower), abs(upper), abs(below), abs(above))
    if size > 0 and math.isfinite(size) and max(upper, above) - min(lower, below) <= 1e-9 * size:
        return f"at T = {T} both sides are {upper:.9g}: a tie within rounding"
    left = f"the left side lies in [{lower:.6g}, {upper:.6g}]"
    bound = f"is {below:.6g}" if f"{below:.6g}" == f"{above:.6g}" else f"lies in [{below:.6g}, {above:.6g}]"
    return f"at T = {T} {left}, the bound {bound}"
