"""The plots of trained networks: two metrics by epoch, and the paired differences to the baselines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from paper_checks.experiments.plot_style import GREY, INK, LIGHT, SIZE, band, plain
from paper_checks.experiments.verdict import Comparison


@dataclass(frozen=True)
class Drawn:
    """A contender in the plot.

    Args:
        name: Its name.
        rate: Its learning rate.
        curves: By metric, a curve (epochs,) for each seed that did not diverge.
    """

    name: str
    rate: float
    curves: Mapping[str, Sequence[Sequence[float]]]

    def end(self, metric: str) -> float:
        """The median of the last epoch; infinite if every seed diverged."""
        found = [curve[-1] for curve in self.curves[metric]]
        return float(np.median(found)) if found else float("inf")


def draw_training(
    figure: Any, heading: str, note: str, drawn: Sequence[Drawn], comparisons: Sequence[Sequence[Comparison]]
) -> None:
    """Fill a figure: above the curves of the first contenders, below the differences to all others.

    Args:
        figure: An empty matplotlib figure.
        heading: What was run.
        note: How to read the curves.
        drawn: The claimed contender, then the others in the order of the panels below.
        comparisons: For each of two metrics, the comparisons with the others in the same order.
    """
    figure.set_size_inches(8.0, 6.4)
    figure.text(0.02, 0.965, heading, fontsize=1.2 * SIZE, weight="bold")
    figure.text(0.02, 0.937, note, fontsize=SIZE)
    below = "95 % intervals of paired differences; grey: too small to count; crosses: a rate is at an edge"
    figure.text(0.02, 0.015, below, fontsize=SIZE)
    for k, found in enumerate(comparisons):
        _curves(
            figure.add_axes((0.075 + 0.48 * k, 0.6, 0.42, 0.29)), drawn[: len(INK)], found[0], legend=bool(k)
        )
        _differences(figure.add_axes((0.2 + 0.42 * k, 0.1, 0.36, 0.38)), drawn[0].name, found, named=not k)


def _curves(axes: Any, drawn: Sequence[Drawn], example: Comparison, *, legend: bool) -> None:
    metric = example.metric
    for number, one in enumerate(drawn):
        if one.curves[metric.name]:
            label = f"{one.name} ({one.rate:g})"
            curves = np.array(one.curves[metric.name], dtype=np.float64)
            band(axes, curves, label, number, shares=(0.25, 0.75))
    axes.set_xlabel("epoch", fontsize=SIZE)
    axes.set_title(f"{metric.name}{' (%)' * metric.higher}", fontsize=SIZE, loc="left")
    if legend:
        axes.legend(fontsize=0.9 * SIZE, frameon=False, loc="lower right", title="learning rate in brackets",
                    title_fontsize=0.9 * SIZE)  # fmt: skip
    plain(axes)


def _differences(axes: Any, claimed: str, comparisons: Sequence[Comparison], *, named: bool) -> None:
    metric = comparisons[0].metric
    effect = float(np.median([c.effect for c in comparisons]))
    axes.axvspan(-effect, effect, color=LIGHT, linewidth=0)
    axes.axvline(0, color=GREY, linewidth=0.6)
    for row, c in enumerate(reversed(comparisons)):
        low, high = c.interval
        axes.plot([low, high], [row, row], color=INK[0], linewidth=1)
        mark = "x" if c.edges else "o"
        axes.plot([float(np.mean(c.differences))], [row], marker=mark, color=INK[0], markersize=3.5)
    axes.set_xscale("symlog", linthresh=2 * effect)
    largest = max(abs(end) for c in comparisons for end in c.interval)
    powers = [10.0**k for k in range(-9, 9) if 2 * effect <= 10.0**k <= largest]
    axes.set_xticks([*(-p for p in powers), 0, *powers])
    names = [c.baseline for c in reversed(comparisons)] if named else []
    axes.set_yticks(range(len(comparisons)), names or [""] * len(comparisons), fontsize=SIZE)
    unit = " (points)" if metric.higher else ""
    title = f"{metric.name}{unit}: {claimed} worse ← 0 → better"
    axes.set_title(title, fontsize=SIZE, loc="left")
    plain(axes)
