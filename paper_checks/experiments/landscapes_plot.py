"""The plot of `Landscapes`: paths on contours, and the ends of every contender by distribution or by rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sympy import lambdify, symbols

from paper_checks.experiments.experiment import Run, Unit
from paper_checks.experiments.landscapes import CEILING, FLOOR, VALUE
from theory.quantities import Component, SumCoords
from theory.symbols import x

if TYPE_CHECKING:
    from paper_checks.experiments.landscapes import Ground, Landscapes

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


def draw_landscapes(experiment: Landscapes, runs: Mapping[Unit, Run], figure: Any) -> None:
    """A row for each ground: paths from the cited start on contours, and how every contender ends.

    Args:
        experiment: The design.
        runs: Its runs, all finished.
        figure: An empty matplotlib figure, which is filled.
    """
    rows = len(experiment.grounds)
    height = 0.9 + 3.5 * rows
    figure.set_size_inches(8.0, height)
    figure.text(0.02, 1 - 0.25 / height, experiment.title, fontsize=1.2 * SIZE, weight="bold")
    figure.text(0.02, 1 - 0.45 / height, _sentence(experiment.scale), fontsize=SIZE)
    for row, ground in enumerate(experiment.grounds):
        bottom = 1 - (0.9 + 3.5 * row + 2.65) / height
        left = figure.add_axes((0.06, bottom, 0.36, 2.65 / height))
        _paths(left, experiment, runs, ground)
        if experiment.starts is None:
            right = figure.add_axes((0.63, bottom, 0.35, 2.65 / height))
            _by_rate(right, experiment, runs, ground)
        else:
            right = figure.add_axes((0.48, bottom, 0.25, 2.65 / height))
            _distributions(right, experiment, runs, ground)


def _paths(axes: Any, experiment: Landscapes, runs: Mapping[Unit, Run], ground: Ground) -> None:
    """The paths of the drawn contenders from the ground's own start, over lines of equal f."""
    found = []
    for name in experiment.drawn:
        run = runs[experiment.path_unit(runs, ground, name)]
        found.append((name, run.unit.rate, np.array([run.curves["x_1"], run.curves["x_2"]])))
    low, high = _window(ground, [path for *_, path in found])
    first, second = np.meshgrid(*(np.linspace(a, b, 240) for a, b in zip(low, high, strict=True)))
    values = _function(ground)(first, second)
    # Levels at equal distances of log f: a valley is visible, as it would not be at equal distances of f.
    levels = np.logspace(np.log10(max(values.min(), 1e-1)), np.log10(values.max()), CONTOURS)
    axes.contour(first, second, values, levels=levels, colors="#bdbdbd", linewidths=0.5)
    for k, (name, rate, path) in enumerate(found):
        # Each thinner and above the one before: paths that coincide are all seen.
        style = {"color": INK[k], "linewidth": 1.8 - 0.4 * k, "linestyle": DASHES[k], "zorder": 3 + k}
        axes.plot(*path, label=f"{name}, rate {rate:.3g}", **style)
        axes.plot(*path[:, -1:], "o", color=INK[k], markersize=7 - 1.7 * k, zorder=8 + k)
    axes.plot(*ground.start, "s", color="black", markersize=4.5, zorder=7)
    axes.plot(*ground.minimum, "*", color="black", markersize=9, markerfacecolor="white", zorder=7)
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


def _distributions(axes: Any, experiment: Landscapes, runs: Mapping[Unit, Run], ground: Ground) -> None:
    """The share of starts that end below each log10 f; the drawn contenders and the best are named."""
    ends = {c.name: _ends(experiment, runs, ground, c.name) for c in experiment.contenders}
    ranking = sorted(ends, key=lambda name: float(np.mean(ends[name])))
    extra = [name for name in ranking if name not in experiment.drawn]
    named = [*experiment.drawn, *extra[: len(INK) - len(experiment.drawn)]]
    for name in reversed(ranking):
        values = np.sort(ends[name])
        share = np.arange(1, len(values) + 1) / len(values)
        k = named.index(name) if name in named else None
        style: dict[str, Any] = {"color": OTHER, "linewidth": 0.5, "zorder": 2}
        if k is not None:
            style = {"color": INK[k], "linestyle": DASHES[k], "linewidth": 1.2, "zorder": 10 - k}
        axes.step([FLOOR, *values, CEILING], [0, *share, 1], where="post", **style)
    # A few ends far to either side would press the others together.
    low, high = np.quantile(np.concatenate(list(ends.values())), (0.03, 0.99))
    axes.set_xlim(max(FLOOR, low) - 0.2, min(CEILING, high) + 0.2)
    axes.set_ylim(0, 1)
    axes.set_xlabel("log10 f at the end", fontsize=SIZE)
    axes.set_title(
        f"{ground.name}: share of {experiment.starts} starts that end lower", fontsize=SIZE, loc="left", pad=4
    )
    axes.text(1.04, 0.99, "mean of log10 f (rate)", fontsize=0.85 * SIZE, transform=axes.transAxes, va="top")
    for row, name in enumerate(ranking, start=1):
        colour = INK[named.index(name)] if name in named else "#555555"
        rate = experiment.best(runs, ground, name)
        edge = ", edge" if experiment.at_edge(rate) else ""
        axes.text(
            1.04, 0.99 - 0.064 * row, f"{np.mean(ends[name]):+.2f}  {name} ({rate:.2g}{edge})".replace("-", "−"),
            fontsize=0.85 * SIZE, color=colour, transform=axes.transAxes, va="top",
            weight="bold" if name == experiment.drawn[0] else "normal",
        )  # fmt: skip
    _plain(axes)


def _by_rate(axes: Any, experiment: Landscapes, runs: Mapping[Unit, Run], ground: Ground) -> None:
    """The end at the tuned rate and at its neighbours in the grid, a row for each contender."""
    found = []
    for c in experiment.contenders:
        best = experiment.best(runs, ground, c.name)
        rates = experiment.rates_near_best(runs, ground, c.name)
        scores = [runs[experiment.final_unit(ground, c.name, r)].numbers[experiment.score] for r in rates]
        found.append((scores[rates.index(best)], c.name, best, scores))
    found.sort(reverse=True)
    for row, (best, name, _, scores) in enumerate(found):
        colour = INK[0] if name == experiment.drawn[0] else "#1b1b1b"
        axes.plot([min(scores), max(scores)], [row, row], color=colour, linewidth=0.8)
        axes.plot(scores, [row] * len(scores), "|", color=colour, markersize=6)
        axes.plot([best], [row], "o", color=colour, markersize=3.5)
    axes.set_yticks(range(len(found)), [f"{name} ({rate:.3g})" for _, name, rate, _ in found])
    axes.set_xlabel(
        "log10 f" if experiment.score == VALUE.name else "log10 of the squared distance", fontsize=SIZE
    )
    off = 100 * (experiment.rates[1] / experiment.rates[0] - 1)
    axes.set_title(
        f"{ground.name}: end at the tuned rate (dot) and at rates {off:.0f} % off (bars)",
        fontsize=SIZE, loc="right", pad=4,
    )  # fmt: skip
    _plain(axes)


def _ends(
    experiment: Landscapes, runs: Mapping[Unit, Run], ground: Ground, name: str
) -> NDArray[np.float64]:
    """The scores of the final runs at the best rate."""
    unit = experiment.final_unit(ground, name, experiment.best(runs, ground, name))
    return np.array(runs[unit].curves[experiment.score], dtype=np.float64)


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:]


def _plain(axes: Any) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(which="both", labelsize=0.9 * SIZE, width=0.6)
    axes.grid(True, which="major", color="#e6e6e6", linewidth=0.5)
    axes.set_axisbelow(True)
