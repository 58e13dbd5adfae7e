"""Geometry of labels in a plot: wrap a text, keep labels apart, find a free spot."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from online_sim.borders import Floats

Box = tuple[float, float, float, float]
"""A rectangle (left, bottom, right, top)."""


def wrap(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """Break a text at spaces into lines of at most `width` by `measure`; a longer word keeps its own line.

    measure: the width of a word or a space; those of a line add up.
    """
    gap, lines, free = measure(" "), list[str](), 0.0
    for word in text.split(" "):
        wide = measure(word)
        if lines and gap + wide <= free:
            lines[-1] += f" {word}"
            free -= gap + wide
        else:
            lines.append(word)
            free = width - wide
    return lines


def kept_apart(wanted: Sequence[float] | Floats, heights: Sequence[float], low: float, high: float) -> Floats:
    """Centres as near as possible to the wanted ones such that labels of these heights do not overlap.

    Least squares by pooling neighbours (isotonic regression), then shifted into [low, high]. Without enough
    room, the labels start at `low` and extend beyond `high`.
    """
    size = np.asarray(heights, dtype=np.float64)
    order = np.argsort(np.asarray(wanted, dtype=np.float64), kind="stable")
    # In the coordinate `centre - stacked`, touching labels coincide: only the order remains to be kept.
    stacked = np.concatenate([[0.0], np.cumsum((size[order][1:] + size[order][:-1]) / 2)])
    pools: list[list[float]] = []
    for value in np.asarray(wanted, dtype=np.float64)[order] - stacked:
        pools.append([float(value), 1.0])
        while len(pools) > 1 and pools[-2][0] >= pools[-1][0]:
            value_b, count_b = pools.pop()
            value_a, count_a = pools.pop()
            pools.append([(value_a * count_a + value_b * count_b) / (count_a + count_b), count_a + count_b])
    centres = np.repeat([p[0] for p in pools], [int(p[1]) for p in pools]) + stacked
    centres = _push(centres, size[order], low, high)
    result = np.empty_like(centres)
    result[order] = centres
    return result


def _push(centres: Floats, size: Floats, low: float, high: float) -> Floats:
    """Move the sorted labels down from `high`, then up from `low`, no further than needed."""
    centres = centres.copy()
    ceiling = high
    for k in range(centres.size - 1, -1, -1):
        centres[k] = min(centres[k], ceiling - size[k] / 2)
        ceiling = centres[k] - size[k] / 2
    floor = low
    for k in range(centres.size):
        centres[k] = max(centres[k], floor + size[k] / 2)
        floor = centres[k] + size[k] / 2
    return centres


def freest(candidates: Sequence[Box], points: Floats, taken: Sequence[Box], costs: Floats) -> int:
    """The box of least cost: its own, plus 1 per point (N, 2) it covers, plus 1000 per taken box."""
    total = costs.copy()
    for k, box in enumerate(candidates):
        left, bottom, right, top = box
        x, y = points[:, 0], points[:, 1]
        hidden = np.count_nonzero((x >= left) & (x <= right) & (y >= bottom) & (y <= top))
        overlaps = sum(1 for other in taken if _overlap(box, other))
        total[k] += hidden + 1000 * overlaps
    return int(np.argmin(total))


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def along(x: Floats, y: Floats, step: float) -> Floats:
    """Points (N, 2) no further than about `step` apart on the polyline through the finite (x, y)."""
    points = np.stack([x, y], axis=1)
    finite = np.isfinite(x) & np.isfinite(y)
    first = np.flatnonzero(finite[:-1] & finite[1:])
    counts = (np.hypot(*(points[first + 1] - points[first]).T) / step).astype(int)
    start, among = np.repeat(first, counts), np.repeat(counts, counts)
    rank = np.arange(start.size) - np.repeat(np.cumsum(counts) - counts, counts)
    share = ((rank + 1) / (among + 1))[:, None]
    return np.concatenate([points[finite], points[start] + share * (points[start + 1] - points[start])])


def runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """The first and last index of every run of True."""
    padded = np.concatenate([[False], mask, [False]])
    edges = np.flatnonzero(padded[1:] != padded[:-1])
    return [(int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]
