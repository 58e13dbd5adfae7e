"""A row of the benchmark over time: the ratio of each peer from run to run, and our own time below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from paper_checks.bench.history import Line, StoredRun

if TYPE_CHECKING:
    from datetime import datetime

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")
MARKERS = ("o", "s", "^", "D", "v", "P")
"""By contender; a colour-blind or grey reader has the markers."""
GOAL = (0, (4, 3))
"""The dashes of a goal."""
INK = "#222222"


def history_plot(case: str, runs: Sequence[StoredRun]) -> bytes:
    """The SVG file of a case, its runs from the oldest to the newest.

    Points of one machine are joined, and filled for the first; the newest goal is a dashed line in
    the colour of its contender.
    """
    from bounds.plot import figure_bytes
    from bounds.plot_style import neutral_style

    with neutral_style():
        from matplotlib.figure import Figure

        names = dict.fromkeys(name for run in runs for of, name in run.lines if of == case)
        timed = [name for name in names if name and any(_number(run, case, name) for run in runs)]
        heights = [2.0, 1.0] if timed else [1.0]
        figure = Figure(figsize=(7.0, 4.6 if timed else 2.8), layout="constrained")
        panels = figure.subplots(len(heights), 1, sharex=True, squeeze=False, height_ratios=heights)[:, 0]
        figure.suptitle(case, fontsize=11)
        places = list(dict.fromkeys(run.place for run in runs))
        if timed:
            panels[0].set_ylabel("its time / ours")
            for k, name in enumerate(timed):
                _draw(panels[0], case, name, runs, places, COLOURS[k % 6], MARKERS[k % 6], label=name)
            panels[0].legend(fontsize=8, frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))
        _draw(panels[-1], case, "", runs, places, INK, "o", label="ours")
        panels[-1].set_ylabel(f"seconds/{_unit(case, runs)}")
        for axes in panels:
            axes.set_yscale("log")
            axes.grid(True, which="major", color="#e6e6e6", linewidth=0.5)
            axes.tick_params(which="both", labelsize=8)
        _dates(panels[-1], runs)
        if len(places) > 1:
            first, *others = places
            figure.supxlabel(f"filled: {first}; empty: {', or '.join(others)}", fontsize=7)
        return figure_bytes(figure)


def _draw(
    axes: Any, case: str, name: str, runs: Sequence[StoredRun], places: Sequence[str], colour: str,
    marker: str, *, label: str,
) -> None:  # fmt: skip
    for k, place in enumerate(places):
        found = [
            (run.date, number)
            for run in runs
            if run.place == place and (number := _number(run, case, name)) is not None
        ]
        axes.plot(
            [date for date, _ in found], [number for _, number in found], color=colour, marker=marker,
            markersize=5, linewidth=1.2, markerfacecolor=colour if k == 0 else "white",
            label=label if k == 0 else None,
        )  # fmt: skip
    goals = [
        line for run in runs if (line := run.lines.get((case, name))) is not None and line.goal is not None
    ]
    if goals and (bound := _bound(goals[-1])) is not None:
        axes.axhline(bound, color=colour, linestyle=GOAL, linewidth=0.9)


def _bound(line: Line) -> float | None:
    """The goal as a height: a ratio for a peer, seconds for ours."""
    goal = line.goal
    if goal is None:
        return None
    if not line.name:
        return goal.below
    return goal.faster if goal.faster is not None else None if goal.within is None else 1 / goal.within


def _number(run: StoredRun, case: str, name: str) -> float | None:
    line = run.lines.get((case, name))
    return None if line is None else line.number


def _unit(case: str, runs: Sequence[StoredRun]) -> str:
    return next(run.lines[case, ""].unit for run in reversed(runs) if (case, "") in run.lines)


def _dates(axes: Any, runs: Sequence[StoredRun]) -> None:
    """A tick for each run, as far as they fit."""
    dates: list[datetime] = [run.date for run in runs]
    some = dates[:: max(1, len(dates) // 8)]
    axes.set_xticks(some, [f"{date:%Y-%m-%d}" for date in some], rotation=20, ha="right")
