"""The factors of two terms that are too small together, as a picture.

Every point (c1, c2) of the grey region is too small: a game violates c1 t_1 + c2 t_2. The factors that
suffice form a convex set, since each game rules out a half plane; a larger budget shows more of the region.
"""

from __future__ import annotations

from bounds.plot import DPI, WIDTHS, Format, figure_bytes
from bounds.plot_style import neutral_style
from bounds.tightener.tighten import Tightened

GREY, INK = "#d9d9d9", "#000000"
MARGIN = 1.15
"""The size of the axes, relative to the largest factor shown."""


def picture_bytes(found: Tightened, title: str, form: Format = "svg") -> bytes:
    """A picture of the pairs of a reading with two terms, as the bytes of a file.

    Args:
        found: the factors of a reading of two terms; each pair is a corner of the region.
        title: one line.
        form: "svg", "png" or "pdf".

    Raises:
        ValueError: there are no pairs.
    """
    points = sorted(
        tuple(map(float, f.factors)) for f in (*found.pairs, *found.each) if f.factors is not None
    )
    if not found.pairs or not points:
        raise ValueError("`found` has no pairs: only a bound of two terms has a picture")
    with neutral_style():
        from matplotlib.figure import Figure

        figure = Figure(figsize=(WIDTHS["column"], WIDTHS["column"]), dpi=DPI, layout="constrained")
        axes = figure.add_subplot()
        most = MARGIN * max(max(p) for p in points)
        for first, second in points:
            axes.fill_between([0, first], [second, second], color=GREY, linewidth=0, zorder=1)
        axes.plot(*zip(*points, strict=True), "o", color=INK, markersize=4, zorder=3)
        axes.plot([1], [1], "s", color=INK, markerfacecolor="white", markersize=5, zorder=4)
        axes.annotate("as stated", (1, 1), xytext=(5, 5), textcoords="offset points", fontsize=7)
        axes.set(xlim=(0, most), ylim=(0, most), aspect="equal")
        axes.set_xlabel("factor of the first term", fontsize=8)
        axes.set_ylabel("factor of the second term", fontsize=8)
        axes.set_title(f"{title}: too small (grey)", fontsize=8)
        axes.tick_params(labelsize=7)
        axes.grid(True, color="#e6e6e6", linewidth=0.5)
    return figure_bytes(figure, form)
