"""What a plot of checks shows, as data: curves, measured intervals, and what no logarithm can show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bounds.rates import fit_slope
from bounds.verdict import Check
from online_sim.borders import Floats

INK, SOFT = "#000000", "#555555"

# Okabe and Ito's colours, which colour-blind readers tell apart; dashes and markers say the same again.
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
"""An interval of less than this share of its value is drawn as a line."""

ALIKE = 1e-3
"""Left sides that differ by less than this share of their value are drawn as one."""


@dataclass(frozen=True)
class Curve:
    """What one line needs: its label, ordinate, look, and the index offset of its markers."""

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
        """Half-way between the ends: the curve itself where the interval is thin."""
        return np.asarray((self.lower + self.upper) / 2)

    @property
    def thin(self) -> bool:
        """Whether a band would not be seen anywhere."""
        shown = self.upper > 0
        return bool(np.all(self.upper[shown] - self.lower[shown] <= THIN * self.upper[shown]))


def measured_of(checks: Sequence[Check], keys: Sequence[str]) -> list[LeftSide]:
    """The distinct left sides: one, unless each reading reports another replicate."""
    groups: list[list[int]] = []
    for k, check in enumerate(checks):
        for group in groups:
            first = checks[group[0]]
            if _alike(first, check):
                group.append(k)
                break
        else:
            groups.append([k])
    result = []
    for group in groups:
        first = checks[group[0]]
        name = first.labels.get("lhs", "measured left side")
        if len(groups) > 1:
            name += f" ({', '.join(keys[k] for k in group)})"
        result.append(LeftSide(name, first.lhs_lower, first.lhs_upper, first.trivial, tuple(group)))
    return result


def _alike(one: Check, other: Check) -> bool:
    """Whether no eye tells two left sides apart: a second look at a round moves its last digits."""
    room = ALIKE * np.maximum(np.abs(one.lhs_upper), np.abs(other.lhs_upper))
    ends = ((one.lhs_lower, other.lhs_lower), (one.lhs_upper, other.lhs_upper))
    with np.errstate(invalid="ignore"):
        return all(
            bool(np.all((a == b) | (np.abs(a - b) <= room) | (np.isnan(a) & np.isnan(b)))) for a, b in ends
        )


def curves_of(
    checks: Sequence[Check],
    keys: Sequence[str],
    measured: Sequence[LeftSide],
    rounds: Floats,
    *,
    slope: bool,
    trivial: bool,
    band: str | None,
    narrow: bool,
) -> list[Curve]:
    """The lines to draw: left sides, bounds, what doing nothing guarantees; NaN where there is none."""
    curves = []
    for number, m in enumerate(measured):
        label = m.label
        if band:
            label += f"\n{band}"
        fitted = fit_slope(rounds, m.middle) if slope else None
        if fitted is not None:
            text = str(fitted).replace("-", "\N{MINUS SIGN}")
            label += "\n" + (text.replace(" [", "\n[") if narrow else text)
        y = np.where(m.middle > 0, m.middle, np.nan)
        if not m.thin:
            # Half-way between the ends is no measurement where the interval reaches below zero.
            y = np.where(m.lower > 0, y, np.nan)
        curves.append(Curve(label, y, INK, MEASURED[number % len(MEASURED)], None, 1.5))
    for number, (check, key) in enumerate(zip(checks, keys, strict=True)):
        color, dashes, marker = READINGS[number % len(READINGS)]
        y = np.where(np.isfinite(check.rhs) & (check.rhs > 0), check.rhs, np.nan)
        curves.append(Curve(f"bound {key}", y, color, dashes, marker, 1.2))
    if trivial:
        seen: list[Floats] = []
        for m in measured:
            y = np.where(np.isfinite(m.trivial) & (m.trivial > 0), m.trivial, np.nan)
            if np.any(np.isfinite(y)) and not any(np.array_equal(y, other, equal_nan=True) for other in seen):
                seen.append(y)
                curves.append(Curve("doing nothing", y, SOFT, (0, (1, 1.6)), None, 1.1))
    return curves


def remarks_of(
    checks: Sequence[Check], keys: Sequence[str], measured: Sequence[LeftSide]
) -> list[tuple[str, NDArray[np.bool_], str]]:
    """What the logarithm cannot show: text, where, marker."""
    remarks: list[tuple[str, NDArray[np.bool_], str]] = []
    for m in measured:
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
