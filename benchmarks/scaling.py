"""Time of AdaL against the rounds played and against the coordinates, for each engine that is installed.

Loss 1/2 ||x - c||^2 on a box, every quantity of Theorem 1 but the regret recorded. The floor is one
square root and one division a coordinate, which a round of AdaL cannot do without, as numpy takes and makes
them in the processor's cache, measured in the same run. Compilation is left out: a game of one
round is played first. Writes docs/images/scaling.svg and benchmarks/results/scaling.json.

Usage: OMP_NUM_THREADS=1 python benchmarks/scaling.py [PICTURE]
"""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter

import numpy as np

from online_sim.domains import Box
from online_sim.play import play
from online_sim.streams import constant
from theory.algorithms.adal import ADAL
from theory.losses.half_square import HALF_SQUARE
from theory.quantities import Regret
from theory.theorems.adal import THEOREM1

ROOT = Path(__file__).resolve().parents[1]
WIDE = 100
ROUNDS = {"numba": (1e3, 1e4, 1e5, 1e6), "numpy": (1e2, 1e3, 1e4), "torch": (1e2, 1e3, 1e4)}
"""The rounds of the first picture, at `WIDE` coordinates."""
LONG = {"numba": 2000, "numpy": 300, "torch": 300}
"""The rounds of the second picture."""
DIMENSIONS = (1, 10, 100, 1000, 10_000, 100_000)
MARKS = {"numba": "o", "numpy": "s", "torch": "^"}


def seconds(engine: str, dimension: int, horizon: int) -> float:
    """Wall time of one game, the best of two, after one round that compiles."""
    record = [q for q in THEOREM1.quantities if not isinstance(q, Regret)]

    def once(rounds: int) -> float:
        began = perf_counter()
        play(
            ADAL, HALF_SQUARE, constant([0.5] * dimension), Box(-1.0, 1.0, dimension=dimension),
            horizon=rounds, parameters={"alpha": 0.3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
            record=record, engine=engine,
        )  # fmt: skip
        return perf_counter() - began

    once(1)
    return min(once(horizon), once(horizon))


def floor() -> float:
    """Seconds for one square root and one division, the best of many."""
    numbers, out = np.linspace(1.0, 2.0, 4096), np.empty(4096)
    best = np.inf
    for _ in range(2000):
        began = perf_counter()
        np.sqrt(numbers, out=out)
        np.divide(numbers, out, out=out)
        best = min(best, perf_counter() - began)
    return float(best) / len(numbers)


def measure() -> dict[str, dict[str, list[tuple[int, float]]]]:
    """Engine -> {"rounds": [(T, seconds)], "coordinates": [(d, seconds a round)]}."""
    found = {}
    for engine in MARKS:
        if engine == "torch" and find_spec("torch") is None:
            continue
        found[engine] = {
            "rounds": [(int(T), seconds(engine, WIDE, int(T))) for T in ROUNDS[engine]],
            "coordinates": [(d, seconds(engine, d, LONG[engine]) / LONG[engine]) for d in DIMENSIONS],
        }
        print(engine, found[engine], flush=True)
    return found


def draw(found: dict[str, dict[str, list[tuple[int, float]]]], floor: float, path: Path) -> None:
    """Both pictures side by side, the floor as a dotted line."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.8), layout="constrained")
    left, right = figure.subplots(1, 2)
    for engine, points in found.items():
        for axes, kind in ((left, "rounds"), (right, "coordinates")):
            axes.loglog(*zip(*points[kind], strict=True), marker=MARKS[engine], label=engine)
    T = [min(v["rounds"][0][0] for v in found.values()), max(v["rounds"][-1][0] for v in found.values())]
    left.loglog(T, [floor * WIDE * rounds for rounds in T], "k:", label="floor")
    right.loglog(DIMENSIONS, [floor * d for d in DIMENSIONS], "k:", label="floor")
    left.set(xlabel="rounds T", ylabel="seconds", title=f"A game at d = {WIDE}")
    right.set(xlabel="coordinates d", ylabel="seconds a round", title="One round")
    for axes in (left, right):
        axes.grid(visible=True, alpha=0.3)
        axes.legend()
    figure.savefig(path, dpi=110, metadata={"Date": None} if path.suffix == ".svg" else None)


if __name__ == "__main__":
    found, least = measure(), floor()
    target = ROOT / "benchmarks" / "results" / "scaling.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps({"floor": least, "engines": found}, indent=2) + "\n", encoding="utf-8")
    draw(found, least, Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images" / "scaling.svg")
