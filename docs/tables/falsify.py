"""How fast the search among regret games finds what is false, and what the true theorems survive.

    python docs/tables/falsify.py [--evaluations N]

About a minute on one core with the default of 300 000 games for each true theorem.
"""

from __future__ import annotations

import argparse
import time
from fractions import Fraction
from typing import Any

import numpy as np

from bounds import falsify
from bounds.falsifier.evaluator import CAPACITY, Batch, RegretEvaluator
from bounds.falsifier.searched import Searched
from bounds.tightener.factors import lowered
from theory import ADAL, Recurrence, Theorem, algorithm
from theory.algorithms.adal import ADAL_R1, ADAL_R2, ADAL_R2_PRINTED_EPS, ADAL_R3
from theory.theorems import adagrad, adam, amsgrad, hazan, ogd, orabona, repaired
from theory.theorems.adal import THEOREM1
from theory.theorems.adal_epsilon import R_EPS_ANY_SET

TEXTBOOK = {"beta1": Fraction(9, 10), "beta2": Fraction(999, 1000), "eps": Fraction(1, 10**8)}


def false_ones() -> list[tuple[Theorem, str, Recurrence, str, dict[str, Any]]]:
    """Statements that are false: theorem, reading, algorithm, mode in words, options of the search."""
    kingma = algorithm(adam.KINGMA.algorithms[0])
    anything: dict[str, Any] = {}
    textbook: dict[str, Any] = {"fixed": TEXTBOOK}
    sized: dict[str, Any] = {"scale": "at_least_one", "dimensions": (1,)}
    # With M = 1 the three readings are one.
    one: dict[str, Any] = {"scale": "max_one", "dimensions": (1,)}
    return [
        *((THEOREM1, key, ADAL, "free", anything) for key in "ABC"),
        *((THEOREM1, key, ADAL, "textbook betas", textbook) for key in "ABC"),
        *((THEOREM1, key, ADAL, "norms >= 1", sized) for key in "ABC"),
        *(
            (THEOREM1.asked_of(r.name), key, r, "norms >= 1", sized)
            for r in (ADAL_R1, ADAL_R2, ADAL_R3)
            for key in "ABC"
        ),
        (THEOREM1, "C", ADAL, "largest norm 1", one),
        (THEOREM1, "C", ADAL, "largest norm 1, textbook betas", {**one, **textbook}),
        *((THEOREM1.asked_of(r.name), "C", r, "largest norm 1", one) for r in (ADAL_R1, ADAL_R2, ADAL_R3)),
        (adam.KINGMA, "stated", kingma, "free", {}),
        (adam.KINGMA, "stated", kingma, "norms >= 1, eps = 0", {**sized, "fixed": {"eps": Fraction(0)}}),
        (R_EPS_ANY_SET, "D_i", ADAL_R2_PRINTED_EPS, "free", anything),
        *(
            (lowered(a, key := a.readings[0].key, factors), key, algorithm(a.algorithms[0]), mode, anything)
            for a, factors, mode in LOWERED
        ),
    ]


LOWERED: tuple[tuple[Theorem, tuple[Fraction, ...], str], ...] = (
    (ogd.SQRT, (Fraction(95, 100), Fraction(95, 100)), "19/20 of both terms"),
    (adagrad.DIAGONAL, (Fraction(9, 10), Fraction(1)), "9/10 of a term"),
    (adagrad.DIAGONAL, (Fraction(1), Fraction(9, 10)), "9/10 of the other term"),
    (adagrad.DIAGONAL, (Fraction(95, 100), Fraction(95, 100)), "19/20 of both terms"),
    (adagrad.MD_COROLLARY, (Fraction(8, 10),), "4/5"),
    (amsgrad.SHARP, (Fraction(95, 100), Fraction(95, 100)), "19/20 of both terms"),
    (hazan.THEOREM3_1, (Fraction(75, 100),), "3/4"),
    (orabona.THEOREM4_14, (Fraction(75, 100),), "3/4"),
)
"""True theorems with a right side that is too small: factors for its terms."""


def true_ones() -> list[tuple[Theorem, str, Recurrence]]:
    """Statements that are proved."""
    named = (ogd.SQRT, ogd.CONSTANT, adagrad.DIAGONAL, amsgrad.SHARP, amsgrad.ALACAOGLU, amsgrad.REDDI)
    return [
        *((theorem, theorem.readings[0].key, algorithm(theorem.algorithms[0])) for theorem in named),
        *((repaired.R, "D_i", recurrence) for recurrence in (ADAL_R1, ADAL_R2, ADAL_R3)),
    ]


def speed() -> str:
    """Games a second at T = 4, d = 1."""
    rng = np.random.default_rng(0)
    ones = np.ones((CAPACITY, 1))
    ends = np.stack([-ones, ones], axis=1)
    parameters = np.tile([1.0, 0.1, 0.5, 0.0], (CAPACITY, 1))
    batch = Batch(rng.normal(size=(CAPACITY, 4, 1)), 0, 4, ends, 0 * ones, parameters)
    evaluator = RegretEvaluator(THEOREM1, "C", ADAL)
    found = []
    for size in (24, 96, 384, CAPACITY):
        part = batch[:size]
        times = []
        for _ in range(200):
            began = time.perf_counter()
            evaluator.sides(part)
            times.append(time.perf_counter() - began)
        found.append(f"{size / np.median(times):,.0f} in batches of {size}")
    return f"games a second at T = 4, d = 1: {'; '.join(found)}"


def main() -> None:
    """Print the speed and both tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--evaluations", type=int, default=300_000)
    evaluations = parser.parse_args().evaluations
    print(speed())
    print("\n| theorem | algorithm | games | to the first violation | in all | CPU s | T | d | left/right |")
    print("|---|---|---|---|---|---|---|---|---|")
    for theorem, key, recurrence, mode, options in false_ones():
        found, spent = timed(theorem, key, recurrence, **options)
        first = "none" if found.games_to_first is None else f"{found.games_to_first:,}"
        print(
            f"| {theorem.id}.{key} | {recurrence.name} | {mode} | {first} | {found.evaluations:,} | "
            f"{spent:.1f} | {found.horizon} | {found.dimension} | {found.ratio:.4g} |",
            flush=True,
        )
    print("\n| true theorem | algorithm | games survived | CPU s | largest left/right |")
    print("|---|---|---|---|---|")
    for theorem, key, recurrence in true_ones():
        found, spent = timed(theorem, key, recurrence, evaluations=evaluations, dimensions=(1, 2, 3))
        verdict = "VIOLATED" if found.violated else f"{found.ratio:.6f}"
        print(
            f"| {theorem.id}.{key} | {recurrence.name} | {found.evaluations:,} | {spent:.1f} | {verdict} |",
            flush=True,
        )


def timed(*statement: Any, **options: Any) -> tuple[Searched, float]:
    """A search and the CPU seconds that it took, the compilation of its loop not counted."""
    falsify(*statement, **{**options, "evaluations": 1})
    began = time.process_time()
    return falsify(*statement, **options), time.process_time() - began


if __name__ == "__main__":
    main()
