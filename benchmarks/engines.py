"""Time a full round of AdaL (quadratic loss, box, all of Theorem 1's quantities recorded every round).

    python benchmarks/engines.py

One thread, best of four runs: the numba engine, the numpy engine, and the numpy engine with cvxpy projecting
in the loop. Prints a Markdown table.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from sympy import sqrt

from online_sim.domains import Box, CvxpySet
from online_sim.play import play
from online_sim.streams import ArrayStream
from theory.algorithms.adal import ADAL
from theory.losses.quadratic import QUADRATIC
from theory.quantities import CumMax, CumSum, Norm1, SumCoords
from theory.symbols import f, g, vhat

RECORD = [CumSum(f), CumMax(Norm1(g)), SumCoords(sqrt(vhat)), SumCoords(sqrt(CumSum(g**2)))]
PARAMETERS = {"alpha": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
SIZES = {
    1: (1_000_000, 3000, 200),
    10: (500_000, 3000, 200),
    100: (100_000, 3000, 200),
    1000: (10_000, 2000, 50),
}
"""d -> rounds of the numba engine, of the numpy engine, and with cvxpy in the loop."""


def seconds_per_round(dimension: int, horizon: int, *, engine: str, cvxpy: bool = False) -> float:
    """Best of four, compilation left out."""
    rows = np.random.default_rng(0).normal(size=(64, dimension))
    domain = CvxpySet(dimension, lambda z: [z >= -1, z <= 1]) if cvxpy else Box(-1, 1, dimension=dimension)
    times = []
    for _ in range(4):
        trace = play(
            ADAL, QUADRATIC, ArrayStream(rows, order="cycle"), domain, horizon=horizon, parameters=PARAMETERS,
            record=RECORD, checkpoints="all", engine=engine,
        )  # fmt: skip
        times.append(trace.meta["seconds"])
    return float(min(times)) / horizon


def main() -> None:
    """Print the table."""
    print("| d | numba ns/round | numpy | cvxpy in the loop | numpy / numba | cvxpy / numba |")
    print("|---|---|---|---|---|---|")
    for dimension, (fast, slow, slowest) in SIZES.items():
        ours = seconds_per_round(dimension, fast, engine="numba")
        reference = seconds_per_round(dimension, slow, engine="numpy")
        solver = seconds_per_round(dimension, slowest, engine="numpy", cvxpy=True)
        cells = [f"{1e9 * s:,.0f}" for s in (ours, reference, solver)]
        ratios = [f"{reference / ours:,.0f}x", f"{solver / ours:,.0f}x"]
        print(f"| {dimension} | {' | '.join([*cells, *ratios])} |")


if __name__ == "__main__":
    main()
