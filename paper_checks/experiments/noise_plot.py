"""The plot of `Noise`: kurtosis by epoch, and the pooled tail index beside its controls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from paper_checks.experiments.plot_style import DASHES, GREY, INK, SIZE, plain
from paper_checks.experiments.tails import Control
from paper_checks.experiments.verdict import t_interval

Table = Mapping[str, Sequence[Sequence[float]]]
"""By kind of noise, for each epoch a number for each seed."""
APART = 0.08
"""The distance in epochs between the intervals of two kinds."""
MARKS = ("o", "x")


def draw_noise(
    figure: Any,
    heading: str,
    note: str,
    epochs: Sequence[int],
    kurtosis: Table,
    indices: Mapping[str, Table],
    controls: Sequence[Control],
) -> None:
    """Fill a figure with two panels.

    Args:
        figure: An empty matplotlib figure.
        heading: What is shown.
        note: Below it, the scale.
        epochs: After how many epochs the noise was measured.
        kurtosis: What the left panel shows, with 95 % intervals over seeds.
        indices: By the treatment of coordinates, what the right panel shows.
        controls: Noise of known laws, below the measured one in the right panel.
    """
    figure.set_size_inches(8.0, 3.7)
    figure.text(0.02, 0.95, heading, fontsize=1.2 * SIZE, weight="bold")
    figure.text(0.02, 0.905, note, fontsize=SIZE)
    _by_epoch(figure.add_axes((0.06, 0.14, 0.4, 0.67)), epochs, kurtosis)
    _by_law(figure.add_axes((0.7, 0.14, 0.28, 0.67)), indices, controls)


def _by_epoch(axes: Any, epochs: Sequence[int], kurtosis: Table) -> None:
    axes.axhline(3, color=GREY, linewidth=0.6)
    places = np.arange(len(epochs))
    for k, (kind, by_epoch) in enumerate(kurtosis.items()):
        means = np.array([np.mean(values) if len(values) else np.nan for values in by_epoch])
        ends = np.array([t_interval(values) for values in by_epoch])
        at = places + APART * (k - (len(kurtosis) - 1) / 2)
        axes.vlines(at, ends[:, 0], ends[:, 1], color=INK[k], linewidth=1.6)
        axes.plot(at, means, color=INK[k], linestyle=DASHES[k], linewidth=1.0, marker="o", markersize=3.5,
                  label=kind)  # fmt: skip
    axes.set_xticks(places, [str(epoch) for epoch in epochs])
    axes.set_xlabel("epochs of training", fontsize=SIZE)
    axes.set_title("kurtosis, 95 % intervals over seeds (grey: Gaussian)", fontsize=SIZE, loc="left")
    axes.legend(fontsize=SIZE, frameon=False, loc="upper left")
    plain(axes)


def _by_law(axes: Any, indices: Mapping[str, Table], controls: Sequence[Control]) -> None:
    kinds = list(next(iter(indices.values())))
    rows = [*kinds, *(control.name for control in controls)]
    heights = np.arange(len(rows))[::-1]
    readings = [[control.raw, control.standardised] for control in controls]
    for k, (name, table) in enumerate(indices.items()):
        for kind, height in zip(kinds, heights, strict=False):
            values = np.concatenate([np.asarray(by_epoch) for by_epoch in table[kind]])
            axes.plot(values, np.full(len(values), height), MARKS[k], color=INK[kinds.index(kind)],
                      markersize=3, alpha=0.5, markeredgewidth=0.7)  # fmt: skip
        read = [pair[k].index for pair in readings]
        axes.plot(read, heights[len(kinds) :], MARKS[k], color=GREY, markersize=4,
                  markerfacecolor="none" if k == 0 else None, label=f"coordinates {name}")  # fmt: skip
    axes.vlines([control.true_index for control in controls], heights[len(kinds) :] - 0.4,
                heights[len(kinds) :] + 0.4, color=INK[0], linewidth=1.4, label="true index")  # fmt: skip
    axes.axhline(len(controls) - 0.5, color=GREY, linewidth=0.6)
    axes.set_yticks(heights, rows)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.set_title("pooled tail index: each run, and known laws", fontsize=SIZE, loc="right")
    axes.legend(fontsize=0.9 * SIZE, frameon=False, loc="upper center", ncols=3,
                bbox_to_anchor=(0.1, -0.09), columnspacing=1.2)  # fmt: skip
    plain(axes)
