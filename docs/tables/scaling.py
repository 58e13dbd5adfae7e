"""Time of AdaL against the rounds played and against the coordinates, for each engine that is installed.

Loss 1/2 ||x - c||^2 on a box, every quantity of Theorem 1 but the regret recorded. The floor is one
square root and one division a coordinate, which a round of AdaL cannot do without, in a compiled loop in the
processor's cache, measured in the same run. The first picture shows whole games, compiled
before; the second the median block of rounds of one game. Writes docs/images/scaling.svg and
docs/tables/results/scaling.json.

Usage: OMP_NUM_THREADS=1 python docs/tables/scaling.py [PICTURE]
"""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np

from online_sim import Box, Game, NumbaEngine, NumpyEngine, TorchEngine, constant, play
from online_sim.blocks import BLOCK_WORK
from online_sim.files import write_bytes
from theory import ADAL, HALF_SQUARE
from theory.quantities import Regret
from theory.theorems.adal import THEOREM1

ROOT = Path(__file__).resolve().parents[2]
WIDE = 100
ROUNDS = {"numba": (1e3, 1e4, 1e5, 1e6), "numpy": (1e2, 1e3, 1e4), "torch": (1e2, 1e3, 1e4)}
"""The rounds of the first picture, at `WIDE` coordinates."""
BLOCKS = 4
"""The blocks of rounds of the second picture; the first is not counted."""
DIMENSIONS = (1, 10, 100, 1000, 10_000, 100_000, 1_000_000)
MARKS = {"numba": "o", "numpy": "s", "torch": "^"}


def stamps(engine: str, dimension: int, horizon: int) -> list[tuple[int, float]]:
    """(rounds played, seconds since the beginning) after each block of a game."""
    began, found = perf_counter(), [(0, 0.0)]
    play(
        Game(
            ADAL,
            HALF_SQUARE,
            constant([0.5] * dimension),
            Box(-1.0, 1.0, dimension=dimension),
            horizon=horizon,
            parameters={"alpha": 0.3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
        ),
        record=[q for q in THEOREM1.quantities if not isinstance(q, Regret)],
        engine=engine,
        progress=lambda done, _: found.append((done, perf_counter() - began)),
    )
    return [*found, (horizon, perf_counter() - began)]


def game(engine: str, horizon: int) -> float:
    """Wall time of a game at `WIDE` coordinates, the best of two, after one round that compiles."""
    stamps(engine, WIDE, 1)
    return min(stamps(engine, WIDE, horizon)[-1][1] for _ in range(2))


def a_round(engine: str, dimension: int) -> float:
    """Seconds of a round in the median block."""
    longest = {"numba": NumbaEngine, "numpy": NumpyEngine, "torch": TorchEngine}[engine].block_rounds
    horizon = BLOCKS * max(1, min(longest, BLOCK_WORK // dimension))
    _, *blocks, _ = pairwise(stamps(engine, dimension, horizon))
    return median((end - begin) / (n - m) for (m, begin), (n, end) in blocks)


def floor() -> float:
    """Seconds for one square root and one division in a compiled loop, the best of many."""
    from paper_checks.bench.peers.floors_kernel import root_and_quotient

    numbers, rounds, best = np.linspace(1.0, 2.0, 1024), 1000, np.inf
    for _ in range(20):
        began = perf_counter()
        root_and_quotient(rounds, numbers)
        best = min(best, perf_counter() - began)
    return float(best) / (rounds * len(numbers))


def measure() -> dict[str, dict[str, list[tuple[int, float]]]]:
    """Engine -> {"rounds": [(T, seconds)], "coordinates": [(d, seconds a round)]}."""
    found = {}
    for engine in MARKS:
        if engine == "torch" and find_spec("torch") is None:
            continue
        found[engine] = {
            "rounds": [(int(T), game(engine, int(T))) for T in ROUNDS[engine]],
            "coordinates": [(d, a_round(engine, d)) for d in DIMENSIONS],
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
    target = ROOT / "docs" / "tables" / "results" / "scaling.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(target, (json.dumps({"floor": least, "engines": found}, indent=2) + "\n").encode())
    draw(found, least, Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images" / "scaling.svg")
