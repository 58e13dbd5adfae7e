"""The plot of `Landscapes`: paths on contours, and the ends of every contender by distribution or by rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import lambdify, symbols

from paper_checks.experiments.grounds import CEILING, FLOOR, Ground
from paper_checks.experiments.plot_style import plain
from theory.quantities import Component, SumCoords
from theory.symbols import x

INK = ("#d55e00", "#0072b2", "#009e73", "#cc79a7", "#8a6d00", "#56b4e9")
"""Colours that colour-blind readers tell apart; the dashes differ too."""
DASHES = ("-", (0, (5, 1.5)), (0, (1.5, 1)), (0, (5, 1, 1, 1)), (0, (8, 2)), (0, (3, 1, 1, 1, 1, 1)))
OTHER = "#9a9a9a"
SIZE = 7.5
CONTOURS = 14
MARGIN = 0.1
"""How far beyond its paths a ground is shown, as a share of its `side`."""
WIDEST = 3.0
"""The largest coordinate that is shown, where it exceeds the `side` of a ground."""


@dataclass(frozen=True)
class DrawnPath:
    """The points (2, n) of a run from the ground's own start."""

    name: str
    rate: float
    points: NDArray[np.float64]


@dataclass(frozen=True)
class DrawnEnds:
    """How a contender ends.

    Args:
        name: The contender.
        rate: Its tuned learning rate.
        edge: Whether the rate is at the edge of its grid.
        mean: The mean score at this rate.
        scores: The score from each start; from a single start, at each of the neighbouring rates.
    """

    name: str
    rate: float
    edge: bool
    mean: float
    scores: NDArray[np.float64]


@dataclass(frozen=True)
class DrawnGround:
    """A row of the plot; the first path is that of the contender that is shown in bold."""

    ground: Ground
    paths: Sequence[DrawnPath]
    ends: Sequence[DrawnEnds]


def draw_landscapes(
    figure: Any, heading: str, note: str, rows: Sequence[DrawnGround], label: str, *, off: float | None
) -> None:
    """A row for each ground: paths from its own start on contours, and how every contender ends.

    Args:
        figure: An empty matplotlib figure, which is filled.
        heading: The first line.
        note: The second line.
        rows: What is drawn.
        label: The name of the score.
        off: For runs from a single start, how many percent neighbouring rates differ; None for many starts,
            whose distribution is drawn.
    """
    height = 0.9 + 3.5 * len(rows)
    figure.set_size_inches(8.0, height)
    figure.text(0.02, 1 - 0.25 / height, heading, fontsize=1.2 * SIZE, weight="bold")
    figure.text(0.02, 1 - 0.45 / height, note, fontsize=SIZE)
    for k, row in enumerate(rows):
        bottom = 1 - (0.9 + 3.5 * k + 2.65) / height
        _paths(figure.add_axes((0.06, bottom, 0.36, 2.65 / height)), row)
        if off is not None:
            _by_rate(figure.add_axes((0.63, bottom, 0.35, 2.65 / height)), row, label, off)
        else:
            _distributions(figure.add_axes((0.48, bottom, 0.25, 2.65 / height)), row, label)


def _paths(axes: Any, row: DrawnGround) -> None:
    """The paths over lines of equal f."""
    ground = row.ground
    low, high = _window(ground, [path.points for path in row.paths])
    first, second = np.meshgrid(*(np.linspace(a, b, 240) for a, b in zip(low, high, strict=True)))
    values = _function(ground)(first, second)
    # Levels at equal distances of log f: a valley is visible, as it would not be at equal distances of f.
    levels = np.logspace(np.log10(max(values.min(), 1e-1)), np.log10(values.max()), CONTOURS)
    axes.contour(first, second, values, levels=levels, colors="#bdbdbd", linewidths=0.5)
    for k, path in enumerate(row.paths):
        # Each thinner and above the one before: paths that coincide are all seen.
        style = {"color": INK[k], "linewidth": 1.8 - 0.4 * k, "linestyle": DASHES[k], "zorder": 3 + k}
        axes.plot(*path.points, label=f"{path.name}, rate {path.rate:.3g}", **style)
        axes.plot(*path.points[:, -1:], "o", color=INK[k], markersize=6 - 1.4 * k, zorder=8 + k)
    axes.plot(*ground.start, "s", color="black", markersize=4.5, zorder=7)
    # Hollow: an end at the minimum is seen inside the star.
    axes.plot(*ground.minimum, "*", color="black", markersize=12, markerfacecolor="none", zorder=20)
    axes.set_xlim(low[0], high[0])
    axes.set_ylim(low[1], high[1])
    axes.set_title(
        f"{ground.name}: square = start, star = minimum, dots = ends", fontsize=SIZE, loc="left", pad=4
    )
    axes.legend(
        fontsize=0.85 * SIZE, frameon=False, ncols=2, loc="upper left",
        bbox_to_anchor=(-0.03, -0.08), columnspacing=1.2, handlelength=3,
    )  # fmt: skip
    axes.tick_params(which="both", labelsize=0.9 * SIZE, width=0.6)


def _window(ground: Ground, paths: Sequence[NDArray[np.float64]]) -> tuple[Any, Any]:
    """The corners of what is shown: no more than the paths need, and of a path that goes far its part."""
    points = np.concatenate([np.array([ground.start, ground.minimum]).T, *paths], axis=1)
    margin = MARGIN * ground.side
    most = max(ground.side, WIDEST)
    low = np.maximum(points.min(axis=1) - margin, -most)
    high = np.minimum(points.max(axis=1) + margin, most)
    return low, high


def _function(ground: Ground) -> Any:
    """The function of two arrays, printed from the loss."""
    u, v = symbols("u v", real=True)
    value = ground.loss.value.replace(SumCoords, lambda e: e.xreplace({x: u}) + e.xreplace({x: v}))
    return lambdify((u, v), value.replace(Component, lambda _, k: (u, v)[int(k)]), "numpy")


def _distributions(axes: Any, row: DrawnGround, label: str) -> None:
    """The share of starts that end below each score; those with a path and the best are named in colour."""
    ranking = sorted(row.ends, key=lambda ends: ends.mean)
    drawn = [path.name for path in row.paths]
    extra = [ends.name for ends in ranking if ends.name not in drawn]
    named = [*drawn, *extra[: len(INK) - len(drawn)]]
    for ends in reversed(ranking):
        values = np.sort(ends.scores)
        share = np.arange(1, len(values) + 1) / len(values)
        style: dict[str, Any] = {"color": OTHER, "linewidth": 0.5, "zorder": 2}
        if ends.name in named:
            k = named.index(ends.name)
            style = {"color": INK[k], "linestyle": DASHES[k], "linewidth": 1.2, "zorder": 10 - k}
        axes.step([FLOOR, *values, CEILING], [0, *share, 1], where="post", **style)
    # A few ends far to either side would press the others together.
    low, high = np.quantile(np.concatenate([ends.scores for ends in ranking]), (0.03, 0.99))
    axes.set_xlim(max(FLOOR, low) - 0.2, min(CEILING, high) + 0.2)
    axes.set_ylim(0, 1)
    axes.set_xlabel(f"{label} at the end", fontsize=SIZE)
    axes.set_title(
        f"{row.ground.name}: share of {len(ranking[0].scores)} starts that end lower",
        fontsize=SIZE, loc="left", pad=4,
    )  # fmt: skip
    beside = {"fontsize": 0.85 * SIZE, "transform": axes.transAxes, "va": "top"}
    axes.text(1.04, 0.99, f"mean of {label} (rate; lost: diverged)", **beside)
    for line, ends in enumerate(ranking, start=1):
        lost = int(np.sum(ends.scores >= CEILING))
        told = f"{', edge' if ends.edge else ''}{f', {lost} lost' if lost else ''}"
        text = f"{ends.mean:+.2f}  {ends.name} ({ends.rate:.2g}{told})"
        axes.text(
            1.04, 0.99 - 0.064 * line, text.replace("-", "\N{MINUS SIGN}"),
            color=INK[named.index(ends.name)] if ends.name in named else "#555555",
            weight="bold" if ends.name == drawn[0] else "normal", **beside,
        )  # fmt: skip
    plain(axes, SIZE)


def _by_rate(axes: Any, row: DrawnGround, label: str, off: float) -> None:
    """The end at the tuned rate and at its neighbours in the grid, a line for each contender."""
    ranking = sorted(row.ends, key=lambda ends: -ends.mean)
    for line, ends in enumerate(ranking):
        colour = INK[0] if ends.name == row.paths[0].name else "#1b1b1b"
        axes.plot([min(ends.scores), max(ends.scores)], [line, line], color=colour, linewidth=0.8)
        axes.plot(ends.scores, [line] * len(ends.scores), "|", color=colour, markersize=6)
        axes.plot([ends.mean], [line], "o", color=colour, markersize=3.5)
    labels = [f"{ends.name} ({ends.rate:.3g}{', edge' if ends.edge else ''})" for ends in ranking]
    axes.set_yticks(range(len(ranking)), labels)
    axes.set_xlabel(label, fontsize=SIZE)
    axes.set_title(
        f"{row.ground.name}: end at the tuned rate (dot) and at rates {off:.0f} % off (bars)",
        fontsize=SIZE, loc="right", pad=4,
    )  # fmt: skip
    plain(axes, SIZE)
