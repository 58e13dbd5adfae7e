"""The plots of `Training`: test loss and accuracy by epoch, and the paired differences to the baselines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from paper_checks.experiments.experiment import Run, Unit
from paper_checks.experiments.training import ACCURACY, LOSS

if TYPE_CHECKING:
    from paper_checks.experiments.training import Training

INK = ("#1b1b1b", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00")
"""Colours that colour-blind readers tell apart; the dashes differ too."""
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1)), (0, (1, 1)))
CURVES = 6
"""The most contenders whose curves are drawn: the claimed one and the best by test loss."""
SIZE = 7.0


def draw_training(experiment: Training, runs: Mapping[Unit, Run], figure: Any) -> None:
    """Curves with the median and the range of the middle half of the seeds, and a panel of differences.

    Args:
        experiment: The design.
        runs: Its runs, all finished.
        figure: An empty matplotlib figure, which is filled.
    """
    names = [contender.name for contender in experiment.contenders]
    grid = max(experiment.grids, key=lambda name: len(experiment.grids[name]))
    rates = {name: experiment.best(runs, name, grid) for name in names}
    claimed, *others = names
    figure.set_size_inches(8.0, 6.0)
    top = [figure.add_axes((0.075 + 0.5 * k, 0.59, 0.4, 0.31)) for k in range(2)]
    bottom = [figure.add_axes((0.2 + 0.4375 * k, 0.09, 0.3125, 0.38)) for k in range(2)]
    figure.text(
        0.02, 0.965, f"{experiment.task.name}: {experiment.scale}", fontsize=1.2 * SIZE, weight="bold"
    )
    figure.text(
        0.02, 0.935, f"Each at its best rate of the {grid} grid; median and middle half of "
        f"{len(experiment.seeds)} seeds", fontsize=SIZE,
    )  # fmt: skip
    ranking = sorted(others, key=lambda name: _median_end(experiment, runs, name, rates[name]))
    shown = [claimed, *ranking[: CURVES - 1]]
    for axes, metric in zip(top, (LOSS, ACCURACY), strict=True):
        for k, name in enumerate(shown):
            curves = _curves(experiment, runs, name, rates[name], metric.name)
            if curves.size:
                _band(axes, curves, f"{name} ({rates[name]:g})", INK[k], DASHES[k])
        axes.set_xlabel("epoch", fontsize=SIZE)
        axes.set_title(metric.name + (" (%)" if metric.higher else ""), fontsize=SIZE, loc="left")
        if not metric.higher:
            axes.set_yscale("log")
        else:
            axes.legend(fontsize=0.85 * SIZE, frameon=False, loc="lower right")
        _plain(axes)
    note = (
        "95 % intervals of paired differences; grey: too small to count; x: a rate is at the edge of its grid"
    )
    figure.text(0.02, 0.02, note, fontsize=SIZE)
    for axes, metric in zip(bottom, (LOSS, ACCURACY), strict=True):
        comparisons = experiment.comparisons(runs, claimed, ranking, [metric], grid=grid)
        for row, c in enumerate(reversed(comparisons)):
            low, high = c.interval
            mark = {"marker": "o" if not c.edges else "x", "color": INK[0], "markersize": 3}
            axes.plot([low, high], [row, row], color=INK[0], linewidth=1)
            axes.plot([float(np.mean(c.differences))], [row], **mark)
        effect = max(c.effect for c in comparisons)
        axes.axvspan(-effect, effect, color="#e6e6e6", linewidth=0)
        axes.axvline(0, color="#8c8c8c", linewidth=0.6)
        axes.set_yticks(range(len(ranking)), list(reversed(ranking)) if metric is LOSS else [], fontsize=SIZE)
        axes.set_xscale("symlog", linthresh=2 * effect)
        axes.set_title(f"{metric.name}: how much better {claimed} is", fontsize=SIZE, loc="left")
        _plain(axes)


def _curves(
    experiment: Training, runs: Mapping[Unit, Run], name: str, rate: float, curve: str
) -> NDArray[np.float64]:
    """(seeds, epochs) of the runs that did not diverge."""
    found = [runs[Unit("final", name, rate, seed)] for seed in experiment.seeds]
    return np.array([run.curves[curve] for run in found if run.diverged is None], dtype=np.float64)


def _median_end(experiment: Training, runs: Mapping[Unit, Run], name: str, rate: float) -> float:
    curves = _curves(experiment, runs, name, rate, LOSS.name)
    return float(np.median(curves[:, -1])) if curves.size else np.inf


def _band(axes: Any, curves: NDArray[np.float64], label: str, colour: str, dashes: Any) -> None:
    epochs = np.arange(1, curves.shape[1] + 1)
    low, middle, high = np.quantile(curves, (0.25, 0.5, 0.75), axis=0)
    axes.fill_between(epochs, low, high, color=colour, alpha=0.15, linewidth=0)
    axes.plot(epochs, middle, color=colour, linestyle=dashes, linewidth=1.1, label=label)


def _plain(axes: Any) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(which="both", labelsize=0.9 * SIZE, width=0.6)
    axes.grid(True, which="major", color="#e6e6e6", linewidth=0.5)
    axes.set_axisbelow(True)
