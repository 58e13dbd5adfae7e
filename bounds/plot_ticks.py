"""The ticks, grid and name of a logarithmic axis, as a few lines and texts.

Drawn by matplotlib, every tick is five objects, seen or not, each measured on its own: two thirds of the time
of a plot. Its locators and formatters still choose the ticks.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bounds.plot_content import INK
from bounds.plot_notes import Panel

GRID = "#e6e6e6"
MAJOR, MINOR, GAP, NAME = 3.5, 2.0, 7.0, 4.0
"""In points: the lengths of ticks, from the axis to the numbers, and from these to the axis' name."""


def ticks(panel: Panel, axis: Any, name: str) -> float:
    """Draw the ticks of an axis within its limits, which are final; return the points that all this takes."""
    axes, size = panel.axes, 0.9 * panel.size
    across = axis is axes.xaxis
    transform, va, ha = (axes.get_xaxis_text1_transform if across else axes.get_yaxis_text1_transform)(GAP)
    beside = axes.get_xaxis_transform() if across else axes.get_yaxis_transform()
    axis.set_visible(False)

    def ordered(along: Any, away: Any) -> tuple[Any, Any]:
        return (along, away) if across else (away, along)

    low, high = axis.get_view_interval()
    chosen = axis.get_majorticklocs(), axis.get_minorticklocs()
    major, minor = (at[(low <= at) & (at <= high)] for at in chosen)
    lines = ordered(np.repeat(major, 3), np.tile([0.0, 1.0, np.nan], major.size))
    axes.plot(*lines, color=GRID, linewidth=0.5, transform=beside, zorder=0.5)
    for at, length in ((major, MAJOR), (minor, MINOR)):
        axes.plot(
            *ordered(at, np.zeros(at.size)),
            linestyle="none",
            marker=3 if across else 0,  # matplotlib's TICKDOWN and TICKLEFT
            markersize=length,
            markeredgewidth=0.6,
            color=INK,
            transform=beside,
            clip_on=False,
            zorder=0.5,
        )
    words = axis.get_major_formatter().format_ticks(major)
    for at, word in zip(major, words, strict=True):
        axes.text(*ordered(at, 0.0), word, transform=transform, va=va, ha=ha, fontsize=size)
    rooms = [panel.extent(word, 0.9, linespacing=None)[across] for word in words]
    away = GAP + max(rooms, default=0.0) + NAME
    axes.annotate(
        name,
        ordered(0.5, 0.0),
        xycoords="axes fraction",
        xytext=ordered(0.0, -away),
        textcoords="offset points",
        ha="center",
        va="top" if across else "bottom",
        rotation=0 if across else 90,
        rotation_mode="anchor",
        fontsize=panel.size,
        parse_math=False,
    )
    return away + panel.extent(name, linespacing=None, parse_math=False)[1]
