"""What the plots of experiments share: colours, dashes, letters, axes and bands over seeds."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

INK = ("#1b1b1b", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00")
"""Colours that colour-blind readers tell apart; the dashes differ too."""
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1)), (0, (1, 1)))
GREY, LIGHT = "#8c8c8c", "#e6e6e6"
SIZE = 7.0
"""The size of letters in points."""


def plain(axes: Any, size: float = SIZE) -> None:
    """Axes without a frame, with a light grid and letters a little smaller than `size`."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(which="both", labelsize=0.9 * size, width=0.6)
    axes.grid(True, which="major", color=LIGHT, linewidth=0.5)
    axes.set_axisbelow(True)


def band(
    axes: Any, curves: NDArray[np.float64], label: str, number: int, *, shares: tuple[float, float]
) -> None:
    """The median of curves (seeds, points) with a band around it.

    Args:
        axes: Where to draw.
        curves: One curve a row.
        label: The name in the legend.
        number: Which colour and dashes.
        shares: The quantiles at the ends of the band, such as (0, 1) for the whole range.
    """
    at = np.arange(1, curves.shape[1] + 1)
    low, middle, high = np.quantile(curves, (shares[0], 0.5, shares[1]), axis=0)
    axes.fill_between(at, low, high, color=INK[number], alpha=0.15, linewidth=0)
    axes.plot(at, middle, color=INK[number], linestyle=DASHES[number], linewidth=1.1, label=label)
