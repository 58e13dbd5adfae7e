"""A small game of AdaL on [-1, 1] with linear losses by hand: a plain loop, and numpy for many games."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from paper_checks.bench.game import BETA1, BETA2, EPS
from paper_checks.bench.peers.arrays import factors, update
from paper_checks.bench.row import Answer

if TYPE_CHECKING:
    from numpy.typing import NDArray


def plain_loop(rows: Sequence[float], checkpoints: Sequence[int], alpha: float) -> Answer:
    """Rounds from 0 in Python's floats.

    The results at the checkpoints, (K,): `paid`, the total loss; `root`, sqrt(vhat); `regret`, on [-1, 1].
    And `x`, the last point.
    """
    x = m = v = paid = total = 0.0
    power1 = power2 = 1.0
    found: tuple[list[float], list[float], list[float]] = ([], [], [])
    ends = set(checkpoints)
    for t in range(1, checkpoints[-1] + 1):
        g = rows[(t - 1) % len(rows)]
        paid, total = paid + g * x, total + g
        ghat = abs(g) * g
        m, v = BETA1 * m + (1 - BETA1) * ghat, BETA2 * v + (1 - BETA2) * ghat * ghat
        power1, power2 = power1 * BETA1, power2 * BETA2
        root = math.sqrt(v / (1 - power2))
        inverse = 1 / root if root > 0 else 0.0
        x = min(max(x - alpha / (math.sqrt(t) * (1 - power1)) * (inverse + EPS) * m, -1.0), 1.0)
        if t in ends:
            for numbers, number in zip(found, (paid, root, paid + abs(total)), strict=True):
                numbers.append(number)
    return {"x": x, "paid": found[0], "root": found[1], "regret": found[2]}


def array_loop(rows: Sequence[float], checkpoints: Sequence[int], alphas: NDArray[Any]) -> Answer:
    """The same of many games at once, one for each alpha (R,): results (R,) and (R, K)."""
    import numpy as np

    nothing = np.zeros((1, len(alphas)))
    state, paid, total = (nothing, nothing, nothing), np.zeros(len(alphas)), 0.0
    found: tuple[list[Any], list[Any], list[Any]] = ([], [], [])
    ends = set(checkpoints)
    with np.errstate(divide="ignore"):
        for t in range(1, checkpoints[-1] + 1):
            g = rows[(t - 1) % len(rows)]
            paid, total = paid + g * state[0][0], total + g
            now = factors(np, t, BETA1**t, BETA2**t, alphas)
            # The games are the coordinates: of each, |g| is its norm.
            state, _, root = update(np, state, np.array([[g]]), now, _clip)
            if t in ends:
                for numbers, number in zip(found, (paid, root[0], paid + abs(total)), strict=True):
                    numbers.append(np.array(np.broadcast_to(number, paid.shape)))
    paid_at, root_at, regret_at = (np.stack(numbers, axis=1) for numbers in found)
    return {"x": state[0][0], "paid": paid_at, "root": root_at, "regret": regret_at}


def _clip(point: Any, _: Any) -> Any:
    return point.clip(-1, 1)
