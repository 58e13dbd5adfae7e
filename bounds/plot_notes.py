"""Text inside a plot: names at the curves' ends, the strip of remarks, and marks of first violations."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bounds.plot_content import INK, SOFT, Content, Curve, Remark
from bounds.plot_layout import Box, along, freest, kept_apart, runs
from online_sim.borders import Floats

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GROUND = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
"""A white background for text that may overlap curves."""
NEAR = 2.0
"""Marks of first violations less than this apart, in font sizes, share a callout."""


class Panel:
    """The axes of a figure, the rounds on them, the font size in points, and the extent of texts."""

    def __init__(self, figure: Figure, size: float, rounds: Floats) -> None:
        self.figure, self.size, self.rounds = figure, size, rounds
        self.axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))

    @property
    def em(self) -> float:
        """The font size in the figure's pixels."""
        return self.size * self.figure.dpi / 72

    @property
    def frame(self) -> Any:
        """The rectangle of the axes in the figure's pixels."""
        return self.axes.get_window_extent()

    def extent(self, text: str, scale: float = 1.0, **style: Any) -> tuple[float, float]:
        """Width and height in points."""
        return _extent(text, self.size * scale, self.figure.dpi, **{"linespacing": 1.15, **style})

    def pixels(self, text: str, scale: float = 1.0) -> tuple[float, float]:
        """Width and height of a text without mathematics, in the figure's pixels."""
        width, height = self.extent(text, scale, parse_math=False)
        return width * self.figure.dpi / 72, height * self.figure.dpi / 72

    def share(self, x: float, y: float) -> tuple[float, float]:
        """Pixels as shares of the figure, which remain correct at another resolution."""
        point = self.figure.transFigure.inverted().transform((x, y))
        return float(point[0]), float(point[1])

    def place(self, x: Floats, y: Floats) -> Floats:
        """Data coordinates as pixels (N, 2)."""
        return np.asarray(self.axes.transData.transform(np.stack([x, y], axis=1)), dtype=np.float64)


@lru_cache(maxsize=4096)
def _extent(text: str, size: float, dpi: float, **style: Any) -> tuple[float, float]:
    """Width and height in points, kept from plot to plot: most words and numbers come again."""
    artist = _measuring(dpi).text(0, 0, text, fontsize=size, **style)
    box = artist.get_window_extent()
    artist.remove()
    return box.width * 72 / dpi, box.height * 72 / dpi


@cache
def _measuring(dpi: float) -> Figure:
    """A figure that is never seen, with a renderer that measures text."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(1, 1), dpi=dpi)
    FigureCanvasAgg(figure)
    return figure


def marks(rounds: Floats, usable: NDArray[np.bool_], number: int) -> list[int]:
    """About five usable checkpoints, even in log T, shifted from curve to curve to keep markers apart."""
    index = np.flatnonzero(usable)
    x = np.log(rounds[index])
    where = x[0] + (x[-1] - x[0]) * (np.arange(5) + 0.5 + 0.17 * (number % 4 - 1.5)) / 5
    return sorted({int(index[int(np.argmin(np.abs(x - w)))]) for w in where})


def obstacles(panel: Panel, curves: Sequence[Curve], low: float) -> Floats:
    """Closely spaced pixels (N, 2) along all curves, which text should avoid."""
    parts = [np.zeros((0, 2))]
    for curve in curves:
        pixels = np.full((panel.rounds.size, 2), np.nan)
        finite = np.isfinite(curve.y) & (curve.y >= low)
        pixels[finite] = panel.place(panel.rounds[finite], curve.y[finite])
        parts.append(along(pixels[:, 0], pixels[:, 1], 0.3 * panel.em))
    return np.concatenate(parts)


def end_labels(panel: Panel, curves: Sequence[Curve], low: float, high: float) -> None:
    """Name every curve at its end, right of the panel, with a leader if the label had to move.

    curves: each with a value somewhere.
    """
    from matplotlib.lines import Line2D

    if not curves:
        return
    frame, em = panel.frame, panel.em
    last = [int(np.flatnonzero(np.isfinite(c.y))[-1]) for c in curves]
    values = np.array([c.y[k] for c, k in zip(curves, last, strict=True)])
    ends = panel.place(panel.rounds[last], np.clip(values, low, high))
    # An arrow shows that the curve ends outside the panel.
    arrows = np.where(values > high, " \N{UPWARDS ARROW}", np.where(values < low, " \N{DOWNWARDS ARROW}", ""))
    labels = [c.label + str(arrow) for c, arrow in zip(curves, arrows, strict=True)]
    heights = [panel.pixels(label)[1] + 0.45 * em for label in labels]
    centres = kept_apart(ends[:, 1], heights, frame.y0 - em, frame.y1 + 0.6 * em)
    edge = frame.x1 + 1.6 * em
    for curve, label, end, centre in zip(curves, labels, ends, centres, strict=True):
        x, y = zip(panel.share(end[0], end[1]), panel.share(edge, centre), strict=True)
        panel.figure.add_artist(Line2D(x, y, color=curve.color, linewidth=0.5, alpha=0.6))
        panel.figure.text(
            *panel.share(edge + 0.3 * em, centre),
            label,
            fontsize=panel.size,
            color=curve.color,
            va="center",
            linespacing=1.15,
            parse_math=False,
        )


def strip(panel: Panel, remarks: Sequence[Remark], heights: Sequence[float]) -> list[Box]:
    """Draw rows at the bottom that mark where and why a curve cannot be drawn; return their boxes."""
    taken: list[Box] = []
    axes, rounds, frame, em = panel.axes, panel.rounds, panel.frame, panel.em
    transform = axes.get_xaxis_transform()
    for (text, mask, marker), height in zip(remarks, heights, strict=True):
        for first, last in runs(mask):
            axes.plot(rounds[[first, last]], [height, height], color=SOFT, linewidth=0.6, transform=transform)
        some = marks(rounds, mask, 1)
        axes.plot(
            rounds[some],
            np.full(len(some), height),
            linestyle="none",
            marker=marker,
            markersize=0.42 * panel.size,
            markerfacecolor="white",
            markeredgecolor=SOFT,
            markeredgewidth=0.8,
            transform=transform,
            clip_on=False,
        )
        # To the right of the marks if there is room, otherwise over them on a white background.
        width = panel.pixels(text, 0.85)[0]
        gap = 0.8 * em
        edge = float(axes.transData.transform((rounds[np.flatnonzero(mask)[-1]], 1.0))[0])
        room = edge + gap + width <= frame.x1
        anchor = edge + gap if room else max(frame.x0 + gap, min(edge, frame.x1) - 3 * gap - width)
        y = frame.y0 + height * frame.height
        axes.annotate(
            text,
            panel.share(anchor, y),
            xycoords="figure fraction",
            fontsize=0.85 * panel.size,
            color=SOFT,
            va="center",
            parse_math=False,
            bbox=GROUND,
            zorder=5,
        )
        taken.append((frame.x0, y - 0.6 * em, frame.x1, y + 0.6 * em))
    return taken


def violations(panel: Panel, content: Content, hidden: Floats, taken: list[Box]) -> None:
    """Mark and label the first violation of every reading, grouped by round."""
    axes, rounds = panel.axes, panel.rounds
    groups: dict[tuple[int, int], list[str]] = {}
    for number, m in enumerate(content.left_sides):
        for k in m.members:
            first = content.checks[k].first_violation
            if first is not None:
                groups.setdefault((int(first), number), []).append(content.keys[k])
    marked = []
    for (first, number), names in sorted(groups.items()):
        index = min(int(np.searchsorted(rounds, first)), rounds.size - 1)
        y = max(float(content.left_sides[number].lower[index]), axes.get_ylim()[0])
        axes.axvline(first, color=INK, linewidth=0.6, linestyle=(0, (1, 2)), zorder=2)
        axes.plot(
            [first],
            [y],
            "X",
            color="white",
            markeredgecolor=INK,
            markersize=0.9 * panel.size,
            markeredgewidth=1.1,
            zorder=6,
            clip_on=False,
        )
        at = panel.place(np.array([float(first)]), np.array([y]))[0]
        marked.append((at, (float(first), y), f"{', '.join(names)}: T = {first}"))
    # A callout must not hide the mark of another.
    taken = [*taken, *[_around(at[0], at[1], 1.2 * panel.em, 1.2 * panel.em) for at, _, _ in marked]]
    # The lines from callouts to marks that nearly touch would cross: such marks share one callout.
    shared: list[list[tuple[Floats, tuple[float, float], str]]] = []
    for mark in marked:
        near = shared and np.hypot(*(mark[0] - shared[-1][-1][0])) < NEAR * panel.em
        shared[-1].append(mark) if near else shared.append([mark])
    for marks_of_one in shared:
        at, point, _ = marks_of_one[0]
        text = "\n".join(["first violation", *(text for _, _, text in marks_of_one)])
        taken.append(_callout(panel, at, point, text, hidden, taken))


def _callout(
    panel: Panel, at: Floats, point: tuple[float, float], text: str, hidden: Floats, taken: list[Box]
) -> Box:
    """Write a text where it hides least, with a line to its mark; return its box."""
    width, height = panel.pixels(text, 0.9)
    frame, em = panel.frame, panel.em
    grid = np.linspace(0.0, 1.0, 25)
    centres = [
        (
            float(frame.x0 + 0.6 * width + u * (frame.width - 1.2 * width)),
            float(frame.y0 + height + v * (frame.height - 2 * height)),
        )
        for u in grid
        for v in grid
    ]
    # Padding around the words.
    boxes = [_around(x, y, width + 0.8 * em, height + 0.6 * em) for x, y in centres]
    # Near its mark, though one em further away is better than hiding another point of a curve.
    far = np.array([np.hypot(x - at[0], y - at[1]) / em for x, y in centres])
    chosen = boxes[freest(boxes, hidden, taken, far)]
    panel.axes.annotate(
        text,
        xy=point,
        xytext=panel.share((chosen[0] + chosen[2]) / 2, (chosen[1] + chosen[3]) / 2),
        textcoords="figure fraction",
        ha="center",
        va="center",
        fontsize=0.9 * panel.size,
        linespacing=1.15,
        parse_math=False,
        arrowprops={"arrowstyle": "-", "linewidth": 0.6, "color": INK, "shrinkB": 4, "shrinkA": 1},
        bbox={**GROUND, "alpha": 0.85},
        zorder=7,
    )
    return chosen


def _around(x: float, y: float, width: float, height: float) -> Box:
    return (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
