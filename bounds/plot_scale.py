"""The scale of a plot, kept in its SVG so that a page can read values off the curves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CURVE = "curve-"
"""The beginning of the ids of the curves in the picture; the number of the curve follows."""


def scale_of(figure: Figure) -> str | None:
    """The scale of a figure of `bounds.plot.plot_checks` as JSON; None if it has no such curves.

    The keys: `frame`, the panel as [left, top, right, bottom] in the picture's units, from its top left
    corner; `rounds` and `values`, the ends of its two logarithmic axes; `curves`, the names of the curves
    whose groups have the ids curve-0, curve-1 and so on.
    """
    lines = {line.get_gid(): line for axes in figure.axes for line in axes.lines}
    curves: list[str] = []
    while (line := lines.get(f"{CURVE}{len(curves)}")) is not None:
        curves.append(str(line.get_label()))
    if not curves:
        return None
    axes, (width, height) = figure.axes[0], figure.get_size_inches()
    box = axes.get_position()
    # matplotlib's SVG has 72 units an inch at any resolution.
    frame = [72 * width * box.x0, 72 * height * (1 - box.y1), 72 * width * box.x1, 72 * height * (1 - box.y0)]
    scale = {
        "frame": [round(float(edge), 2) for edge in frame],
        "rounds": [float(f"{end:.6g}") for end in axes.get_xlim()],
        "values": [float(f"{end:.6g}") for end in axes.get_ylim()],
        "curves": curves,
    }
    return json.dumps(scale)
