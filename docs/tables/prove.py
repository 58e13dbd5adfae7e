"""Print a table of docs/prove.md.

    python docs/tables/prove.py
    python docs/tables/prove.py searches

About two minutes of one core each. Times are those of the processor.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from sympy import Rational

from bounds import prove
from bounds.prover.outcome import Decision, ProofOutcome, horizons_text
from bounds.prover.question import Question, restate
from bounds.prover.reductions import scale_free
from bounds.prover.region import boxes, faces, region
from bounds.prover.rounds import RoundByRound
from bounds.prover.search import BoxSearch
from theory import ADAL, AMSGRAD, SGD, SGD_CONSTANT, Reading, Recurrence, Theorem
from theory.algorithms.adal import ADAL_R1, ADAL_R2, ADAL_R3
from theory.theorems.adal import THEOREM1
from theory.theorems.amsgrad import SHARP
from theory.theorems.ogd import CONSTANT, SQRT
from theory.theorems.repaired import R

Case = tuple[Theorem, str, Recurrence, int, Mapping[str, Any]]

USUAL = {"alpha": "1/10", "beta1": "9/10", "beta2": "99/100"}
NO_MOMENTUM = {"alpha": "1/10", "beta1": 0, "beta2": "99/100"}
MANY = {"alpha": ("1/10", 10), "beta1": ("1/2", "9/10"), "beta2": ("9/10", "999/1000")}
ALL = {**MANY, "beta1": (0, "9/10")}
HALF = {"alpha": "1/2", "beta1": "1/2", "beta2": "9/10"}
SMALL = {"alpha": 1, "beta1": 0, "beta2": "1/2", "eps": 0}
ORDERS = (ADAL_R1, ADAL_R2, ADAL_R3)


def almost(theorem: Theorem, reading: str) -> Theorem:
    """The theorem with 999/1000 of its right side."""
    rhs = theorem.reading(reading).rhs * Rational(999, 1000)
    return replace(
        theorem, id=f"{theorem.id}_times_999_1000", readings=(Reading(reading, rhs, "a little less"),)
    )


CASES: tuple[Case, ...] = (
    (SQRT, "stated", SGD, 16, {"parameters": {"alpha": 1}}),
    (SQRT, "stated", SGD, 8, {"parameters": {"alpha": 1}, "lower": -1, "upper": 3}),
    (SQRT, "stated", SGD, 8, {"parameters": {"alpha": 1}, "lower": -1, "upper": 3, "start": (0,)}),
    (SQRT, "stated", SGD, 6, {"parameters": {"alpha": ("1/10", 1)}}),
    (SQRT, "stated", SGD, 4, {"parameters": {"alpha": 1}, "dimension": 2}),
    (SQRT, "stated", SGD, 3, {"parameters": {"alpha": 1}, "lower": (-1, 0), "upper": (1, "1/2")}),
    (R, "D_i", ADAL_R2, 3, {"parameters": HALF, "lower": (-2, "-1/4"), "upper": (2, "1/4")}),
    (CONSTANT, "stated", SGD_CONSTANT, 4, {"parameters": {"alpha": "1/4"}}),
    (CONSTANT, "stated", SGD_CONSTANT, 2, {"parameters": {"alpha": 1}, "budget": 100_000}),
    (CONSTANT, "stated", SGD_CONSTANT, 4, {"parameters": {"alpha": 1}, "relax": "1/100"}),
    (SHARP, "stated", AMSGRAD, 4, {"parameters": HALF}),
    *((R, "D", order, 3, {"parameters": USUAL}) for order in ORDERS),
    *((R, "D", order, 3, {"parameters": NO_MOMENTUM}) for order in ORDERS),
    (R, "D", ADAL_R1, 8, {"parameters": HALF}),
    (R, "D", ADAL_R1, 6, {"parameters": HALF, "lower": 0, "upper": 3}),
    (R, "D", ADAL_R1, 3, {"parameters": HALF, "dimension": 2}),
    (R, "D", ADAL_R1, 3, {"parameters": USUAL, "dimension": 3}),
    *((R, "D", order, 4, {"parameters": MANY}) for order in ORDERS),
    *((R, "D", order, 3, {"parameters": ALL, "relax": "1/100"}) for order in ORDERS),
    *((THEOREM1, key, ADAL, 1, {"parameters": SMALL}) for key in "ABC"),
    *((THEOREM1, key, ADAL, 4, {"parameters": SMALL, "gradient": (1, 3)}) for key in "ABC"),
    (almost(SQRT, "stated"), "stated", SGD, 1, {"parameters": {"alpha": 2}}),
)


BY_BOXES, BY_ROUNDS = 5_000_000, 20_000_000
"""The budgets of the two searches when they are compared."""
SEARCHES: tuple[tuple[str, Theorem, str, Recurrence, tuple[int, ...], Mapping[str, Any], int], ...] = (
    ("alpha = 1", SQRT, "stated", SGD, (4, 6, 8, 9, 12, 16, 24), {"alpha": 1}, 9),
    ("alpha in [1/10, 1]", SQRT, "stated", SGD, (4, 6, 8), {"alpha": ("1/10", 1)}, 8),
    ("alpha = 1/2, beta1 = 1/2, beta2 = 9/10", R, "D", ADAL_R1, (3, 4, 6, 8), HALF, 8),
)
"""Region, statement, horizons, parameters, and the largest T at which boxes are tried."""


def searches() -> None:
    """Print a row for each statement and horizon, with each search alone."""
    print("| statement | region | T | boxes of games | time | boxes of states | time |")
    print("|---|---|---|---|---|---|---|")
    for told, theorem, reading, recurrence, horizons, given, most in SEARCHES:
        where = region(recurrence, given, dimension=1, lower=-1, upper=1, gradient=1, start=None)
        scaled = scale_free(theorem, reading, where)
        for T in horizons:
            question = Question(restate(theorem, reading, where, T), where, T, where.corners()[0])
            cells = ["-", "-"]
            if most >= T:
                began = time.process_time()
                cut = BoxSearch(question, *(faces if scaled else boxes)(question.unknowns), Fraction(0))
                cells = result(cut.run(BY_BOXES), cut.boxes, began)
            began = time.process_time()
            states = RoundByRound(question, Fraction(0), scaled=scaled)
            cells += result(states.run(BY_ROUNDS), states.boxes, began)
            print(f"| `{theorem.id}.{reading}` | {told} | {T} | {' | '.join(cells)} |", flush=True)


def result(proved: bool, tried: int, began: float) -> list[str]:
    """The cells of one search."""
    return [f"{tried:,}" if proved else f"not by {tried:,}", f"{time.process_time() - began:.1f} s"]


def main() -> None:
    """Print a row for each case."""
    print("| statement | algorithm | region | outcome | boxes at each T | largest lhs/rhs seen | time |")
    print("|---|---|---|---|---|---|---|")
    for theorem, reading, recurrence, horizon, options in CASES:
        began = time.process_time()
        decision = prove(theorem, reading, recurrence, horizon=horizon, **options)
        cells = [*row(decision, recurrence), f"{time.process_time() - began:.1f} s"]
        print(f"| {' | '.join(cells)} |", flush=True)


def row(decision: Decision, recurrence: Recurrence) -> list[str]:
    """The cells of a decision; what every case shares is left out of the region."""
    found: dict[ProofOutcome, list[int]] = {}
    for result in decision.rounds:
        found.setdefault(result.outcome, []).append(result.horizon)
    outcome = "; ".join(f"{o.name.lower()} for {horizons_text(at)}" for o, at in found.items())
    merged = [result.horizon for result in decision.rounds if result.merged]
    outcome += f"; round by round for {horizons_text(merged)}" if merged else ""
    order = recurrence.variant.get("maximum", "no")
    region = decision.region
    for usual in ("X = [-1, 1], ", "|g_t,i| <= 1, ", "every x_1, "):
        region = region.replace(usual, "")
    relaxed = "" if decision.relax == 0 else f", rhs times {1 + decision.relax}"
    return [
        f"`{decision.theorem}.{decision.reading}`{relaxed}",
        recurrence.name.partition("[")[0] + (f", {order}" if order != "no" else ""),
        region.replace("|", "\\|"),
        outcome,
        ", ".join(f"{result.boxes:,}" for result in decision.rounds),
        ", ".join(f"{result.closest:.3f}" for result in decision.rounds),
    ]


if __name__ == "__main__":
    searches() if sys.argv[1:] == ["searches"] else main()
