"""The plots of `Norms`: a row for each tensor, a column for each learning rate, a line for each optimizer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from paper_checks.experiments.plot_style import SIZE, band, plain

Curves = Mapping[str, Mapping[float, Mapping[str, Sequence[Sequence[float]]]]]
"""By row, by rate, by contender: one curve for each seed."""


def draw_norms(figure: Any, heading: str, note: str, rows: Curves) -> None:
    """Fill a figure with the median and the range over seeds, on a logarithmic axis.

    Args:
        figure: An empty matplotlib figure.
        heading: What is shown.
        note: Below it, the scale.
        rows: The curves.
    """
    from matplotlib.ticker import LogLocator

    columns = len(next(iter(rows.values())))
    figure.set_size_inches(8.0, 0.9 + 1.7 * len(rows))
    height = figure.get_figheight()
    figure.text(0.02, 1 - 0.22 / height, heading, fontsize=1.2 * SIZE, weight="bold")
    figure.text(0.02, 1 - 0.4 / height, note, fontsize=SIZE)
    grid = figure.add_gridspec(
        len(rows), columns, left=0.075, right=0.985, top=1 - 0.72 / height, bottom=0.42 / height,
        hspace=0.42, wspace=0.2,
    )  # fmt: skip
    for row, (title, by_rate) in enumerate(rows.items()):
        for column, (rate, by_contender) in enumerate(by_rate.items()):
            axes = figure.add_subplot(grid[row, column])
            for number, (name, curves) in enumerate(by_contender.items()):
                if curves:
                    band(axes, np.array(curves, dtype=np.float64), name, number, shares=(0, 1))
            axes.set_yscale("log")
            axes.yaxis.set_major_formatter("{x:g}")
            axes.yaxis.set_minor_locator(LogLocator(subs=(2, 5)))
            axes.yaxis.set_minor_formatter("{x:g}")
            axes.set_title(f"{title}, rate {rate:g}", fontsize=SIZE, loc="left")
            steps = title.startswith("first")
            axes.set_xlabel("step" if steps else "epoch", fontsize=SIZE, labelpad=1)
            plain(axes)
            if row == column == 0 and axes.lines:
                axes.legend(fontsize=0.9 * SIZE, frameon=False)
