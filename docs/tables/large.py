"""Play AdaL on very many coordinates with its regret and both terms of Theorem 1 recorded.

    python docs/tables/large.py --dimension 1e9 --rounds 1000 --device cuda --out docs/tables/results

Linear losses whose gradients are a formula, in a box, by the torch engine: nothing is stored but the state.
Prints a line for each checkpoint and how long a round took in the median block of rounds (the first ones
compile); with --out also a JSON file.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from sympy import Rational, S

from bounds import checks
from online_sim import Box, FormulaStream, Game, TorchEngine, play
from online_sim.files import write_bytes
from paper_checks.bench.record import machine, versions
from theory import ADAL, LINEAR
from theory.quantities import Regret, uniform
from theory.theorems.adal import THEOREM1

PARAMETERS = {"alpha": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}


def measured(dimension: int, rounds: int, *, device: str | None, dtype: str, scale: float) -> dict[str, Any]:
    """The regret, the bound in each reading, and seconds for a round.

    scale: the gradients are uniform in [-scale, scale); AdaL squares ||g||_1 g, so that in float32 and at 1e9
    coordinates it must lie between 1e-13 and 1e5.
    """
    stream = FormulaStream((2 * uniform() - 1) * Rational(str(scale)), dimension=dimension)
    box = Box(-1, 1, dimension=dimension)
    stamps = [(0, time.perf_counter())]
    trace = play(
        Game(ADAL, LINEAR, stream, box, horizon=rounds, parameters=PARAMETERS),
        record=(Regret(S.One), *(q for q in THEOREM1.quantities if q != Regret(S.One))),
        checkpoints=12,
        engine=TorchEngine(device, dtype),
        progress=lambda done, _: stamps.append((done, time.perf_counter())),
    )
    # The first blocks compile, so the median block speaks for all.
    each = statistics.median((end - begin) / (n - m) for (m, begin), (n, end) in pairwise(stamps))
    low, high = trace.interval(Regret(S.One))
    return {
        "dimension": dimension,
        "horizon": rounds,
        "dtype": dtype,
        "engine": trace.run.engine_details,
        "seconds_per_round": each,
        "rounds": trace.rounds.tolist(),
        "regret": [low.tolist(), high.tolist()],
        "readings": {
            check.id: {"verdict": check.verdict.name, "margin": check.margin, "at": check.at}
            for check in checks(THEOREM1, trace)
        },
    }


def main() -> None:
    """Parse, play, print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    asked.add_argument("--dimension", type=lambda text: int(float(text)), default=10**6)
    asked.add_argument("--rounds", type=int, default=100)
    asked.add_argument("--device", default=None)
    asked.add_argument("--dtype", default="float32")
    asked.add_argument("--scale", type=float, default=1.0)
    asked.add_argument("--out", type=Path, default=None)
    args = asked.parse_args()
    found = measured(args.dimension, args.rounds, device=args.device, dtype=args.dtype, scale=args.scale)
    for t, low, high in zip(found["rounds"], *found["regret"], strict=True):
        print(f"round {t}: regret in [{low:.10g}, {high:.10g}]")
    for name, reading in found["readings"].items():
        print(f"{name}: {reading['verdict']}, bound / regret >= {reading['margin']} (round {reading['at']})")
    each = found["seconds_per_round"]
    print(f"{1e3 * each:.3f} ms a round, {1e9 * each / args.dimension:.3f} ns a coordinate")
    if args.out is not None:
        now = datetime.now(UTC)
        command = f"python docs/tables/large.py --dimension {args.dimension} --rounds {args.rounds}"
        record = {"date": now.isoformat(timespec="minutes"), "command": command, "machine": machine()}
        text = json.dumps({**record, "versions": versions(), **found}, indent=1, allow_nan=False)
        write_bytes(args.out / f"large-{now:%Y-%m-%dT%H%M}.json", text.encode())


if __name__ == "__main__":
    main()
