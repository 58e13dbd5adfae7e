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
MAJOR, MINOR = (3.5, 7.0), (2.0, 5.4)
"""How long the ticks are, and how far from the axis their numbers are, in points."""

GAP = 4.0
"""The points from the numbers to the name of the axis."""


def ticks(panel: Panel, axis: Any, name: str) -> float:
    """Draw the ticks of an axis within its limits, which are final; return the points that all this takes."""
    axes, size = panel.axes, 0.9 * panel.size
    across = axis is axes.xaxis
    beside = axes.get_xaxis_transform() if across else axes.get_yaxis_transform()
    below = axes.get_xaxis_text1_transform if across else axes.get_yaxis_text1_transform
    axis.set_visible(False)

    def ordered(along: Any, away: Any) -> tuple[Any, Any]:
        return (along, away) if across else (away, along)

    low, high = axis.get_view_interval()
    major, minor = axis.get_majorticklocs(), axis.get_minorticklocs()
    kinds = (major, axis.get_major_formatter(), MAJOR), (minor, axis.get_minor_formatter(), MINOR)
    away = MAJOR[1]
    for chosen, formatter, (length, distance) in kinds:
        at = chosen[(low <= chosen) & (chosen <= high)]
        if chosen is major:
            lines = ordered(np.repeat(at, 3), np.tile([0.0, 1.0, np.nan], at.size))
            axes.plot(*lines, color=GRID, linewidth=0.5, transform=beside, zorder=0.5)
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
        transform, va, ha = below(distance)
        for place, word in zip(at, formatter.format_ticks(at), strict=True):
            if word:
                axes.text(*ordered(place, 0.0), word, transform=transform, va=va, ha=ha, fontsize=size)
                away = max(away, distance + panel.extent(word, 0.9, linespacing=None)[across])
    away += GAP
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
