"""The content of a plot of checks as data: curves, measured intervals, and what no logarithm can show."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bounds.rates import fit_slope
from bounds.verdict import Check
from online_sim.borders import Floats

Remark = tuple[str, NDArray[np.bool_], str]

INK, SOFT = "#000000", "#555555"

# Okabe and Ito's colours, which colour-blind readers can tell apart; dashes and markers repeat the code.
READINGS: tuple[tuple[str, Any, str], ...] = (
    ("#0072b2", (0, (6, 2)), "o"),
    ("#d55e00", (0, (6, 2, 1.2, 2)), "s"),
    ("#009e73", (0, (2.5, 1.5)), "^"),
    ("#cc79a7", (0, (9, 2, 1.2, 2, 1.2, 2)), "D"),
    ("#56b4e9", (0, (12, 3)), "v"),
    ("#e69f00", (0, (4, 1.5, 4, 1.5, 1.2, 1.5)), "P"),
)
MEASURED = ("-", (0, (1.2, 1.2)), (0, (4, 1)))

THIN = 0.02
"""The relative width below which an interval is drawn as a line."""

ALIKE = 1e-3
"""The relative difference below which left sides are drawn as one."""


@dataclass(frozen=True)
class Curve:
    """One line: its label, ordinate, look, and the index offset of its markers."""

    label: str
    y: Floats
    color: str
    dashes: Any
    marker: str | None
    width: float


@dataclass(frozen=True)
class LeftSide:
    """One measured left side and the indices of the checks that share it."""

    label: str
    lower: Floats
    upper: Floats
    trivial: Floats
    members: tuple[int, ...]

    @property
    def middle(self) -> Floats:
        """The middle of the interval: the curve itself if the interval is thin."""
        return np.asarray((self.lower + self.upper) / 2)

    @property
    def thin(self) -> bool:
        """Whether a band would be invisible everywhere."""
        shown = self.upper > 0
        return bool(np.all(self.upper[shown] - self.lower[shown] <= THIN * self.upper[shown]))


@dataclass(frozen=True)
class Content:
    """The content of one plot: the checks with their short names, and everything drawn of them.

    remarks: what the logarithm cannot show, as (text, where (K,), marker).
    """

    checks: Sequence[Check]
    keys: Sequence[str]
    rounds: Floats
    left_sides: Sequence[LeftSide]
    curves: Sequence[Curve]
    remarks: Sequence[Remark]


def content_of(
    checks: Sequence[Check],
    keys: Sequence[str],
    *,
    slope: bool,
    trivial: bool,
    band: str | None,
    narrow: bool,
) -> Content:
    """The content to draw for checks; options as in `bounds.plot.plot_checks`. narrow: break long labels."""
    rounds = checks[0].rounds.astype(np.float64)
    left_sides = _left_sides(checks, keys)
    curves = []
    for number, m in enumerate(left_sides):
        label = f"{m.label}\n{band}" if band else m.label
        fitted = fit_slope(rounds, m.middle) if slope else None
        if fitted is not None:
            text = str(fitted).replace("-", "\N{MINUS SIGN}")
            label += "\n" + (text.replace(" [", "\n[") if narrow else text)
        # The middle is not a measurement where a wide interval reaches below zero.
        y = np.where((m.middle > 0) & (m.thin | (m.lower > 0)), m.middle, np.nan)
        curves.append(Curve(label, y, INK, MEASURED[number % len(MEASURED)], None, 1.5))
    for number, (check, key) in enumerate(zip(checks, keys, strict=True)):
        color, dashes, marker = READINGS[number % len(READINGS)]
        curves.append(Curve(f"bound {key}", _shown(check.rhs), color, dashes, marker, 1.2))
    if trivial:
        drawn = {y.tobytes(): y for y in (_shown(m.trivial) for m in left_sides) if np.any(np.isfinite(y))}
        curves += [Curve("doing nothing", y, SOFT, (0, (1, 1.6)), None, 1.1) for y in drawn.values()]
    return Content(checks, keys, rounds, left_sides, curves, _remarks(checks, keys, left_sides))


def _shown(y: Floats) -> Floats:
    """The values that a logarithm can show; NaN elsewhere."""
    return np.where(np.isfinite(y) & (y > 0), y, np.nan)


def _left_sides(checks: Sequence[Check], keys: Sequence[str]) -> list[LeftSide]:
    """The distinct left sides: one, unless each reading reports another replicate."""
    groups: list[list[int]] = []
    for k, check in enumerate(checks):
        group = next((g for g in groups if _alike(checks[g[0]], check)), [])
        if not group:
            groups.append(group)
        group.append(k)
    found = []
    for group in groups:
        first = checks[group[0]]
        name = first.labels.get("lhs", "measured left side")
        if len(groups) > 1:
            name += f" ({', '.join(keys[k] for k in group)})"
        found.append(LeftSide(name, first.lhs_lower, first.lhs_upper, first.trivial, tuple(group)))
    return found


def _alike(one: Check, other: Check) -> bool:
    """Whether two left sides look the same: a second look at a round changes its last digits."""
    room = ALIKE * np.maximum(np.abs(one.lhs_upper), np.abs(other.lhs_upper))
    ends = ((one.lhs_lower, other.lhs_lower), (one.lhs_upper, other.lhs_upper))
    with np.errstate(invalid="ignore"):
        return all(
            bool(np.all((a == b) | (np.abs(a - b) <= room) | (np.isnan(a) & np.isnan(b)))) for a, b in ends
        )


def _remarks(checks: Sequence[Check], keys: Sequence[str], left_sides: Sequence[LeftSide]) -> list[Remark]:
    remarks: list[Remark] = []
    for m in left_sides:
        remarks.append((f"{m.label} \N{LESS-THAN OR EQUAL TO} 0 here", m.upper <= 0, "v"))
        remarks.append((f"{m.label} undefined here", ~np.isfinite(m.upper), "x"))
    remarks += [
        (f"bound {key} \N{LESS-THAN OR EQUAL TO} 0 here", check.rhs <= 0, READINGS[k % len(READINGS)][2])
        for k, (check, key) in enumerate(zip(checks, keys, strict=True))
    ]
    undefined: dict[bytes, tuple[list[str], NDArray[np.bool_]]] = {}
    for key, check in zip(keys, checks, strict=True):
        mask = ~np.isfinite(check.rhs)
        undefined.setdefault(mask.tobytes(), ([], mask))[0].append(key)
    remarks += [(f"bound {', '.join(names)} undefined here", mask, "x") for names, mask in undefined.values()]
    return [remark for remark in remarks if np.any(remark[1])]
