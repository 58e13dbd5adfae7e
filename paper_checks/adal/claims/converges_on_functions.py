"""Claim 24: AdaL converges well on Rastrigin's and on Rosenbrock's function.

Problem: descend a function of two variables whose minimum is 0. Algorithm: AdaL as printed, with a constant
learning rate. Guarantee: none; stored runs are counted. Source: section 3.1 and Figure 4.
"""

from collections.abc import Mapping

import numpy as np

from paper_checks import Claim, Finding, Options
from paper_checks.adal.claims.synthetic_functions import CLAIMED, EXPERIMENTS
from paper_checks.experiments.grounds import VALUE, Ground
from paper_checks.experiments.landscapes import Landscapes
from paper_checks.experiments.registry import experiment_of
from paper_checks.experiments.results import Results, Supply, stored
from paper_checks.experiments.verdict import LEVEL, Side, rule
from theory import Source

REACHED = -2.0
"""log10 of the value below which a run has reached the minimum: nearer to it than any other minimum of
Rastrigin's function, and within 0.25 of it in Rosenbrock's valley."""


def check(options: Options, *, results: Supply = stored) -> Finding:
    """Count the starts from which AdaL reaches the minimum, on each function by each protocol."""
    decided: list[Side] = []
    evidence: list[str] = []
    numbers: dict[str, float] = {}
    for name in EXPERIMENTS:
        landscapes = experiment_of(name, Landscapes)
        found = results(landscapes)
        for ground in landscapes.grounds:
            judged = _one_start if landscapes.starts is None else _many_starts
            side, sentence, more = judged(landscapes, found, ground)
            decided.append(side)
            evidence.append(f"{ground.name}, {landscapes.scale}: {sentence}.")
            numbers |= {f"{name}, {ground.name}, {key}": value for key, value in more.items()}
    return Finding(rule(decided, reduced=False), tuple(evidence), numbers)


def _one_start(
    landscapes: Landscapes, found: Results, ground: Ground
) -> tuple[Side, str, Mapping[str, float]]:
    """It is reached at the tuned rate and at its neighbours, at none of them, or it depends on the rate."""
    rates = landscapes.rates_near_best(found.runs, ground, CLAIMED)
    runs = [found.runs[landscapes.final_unit(ground, CLAIMED, rate)] for rate in rates]
    ends = [run.numbers.get(VALUE.name, VALUE.worst) for run in runs]
    reached = [end < REACHED for end in ends]
    side = Side.CLAIMED if all(reached) else Side.OPEN if any(reached) else Side.OTHER
    told = ", ".join(f"{10**end:.2g} at rate {rate:.3g}" for rate, end in zip(rates, ends, strict=True))
    tuned = ends[rates.index(landscapes.best(found.runs, ground, CLAIMED))]
    return side, f"f ends at {told}", {"f": 10**tuned}


def _many_starts(
    landscapes: Landscapes, found: Results, ground: Ground
) -> tuple[Side, str, Mapping[str, float]]:
    """It is reached from more than half of the starts, or from fewer, by the exact binomial interval."""
    from scipy.stats import binomtest

    shares = {c.name: _share(landscapes, found, ground, c.name) for c in landscapes.contenders}
    share = shares[CLAIMED]
    number = landscapes.starts or 0
    interval = binomtest(round(share * number), number).proportion_ci(1 - LEVEL)
    side = Side.CLAIMED if interval.low > 0.5 else Side.OTHER if interval.high < 0.5 else Side.OPEN
    if side is not Side.OPEN and landscapes.at_edge(landscapes.best(found.runs, ground, CLAIMED)):
        side = Side.EDGE
    best = max(shares, key=shares.__getitem__)
    sentence = (
        f"f < {10**REACHED:g} from {100 * share:.1f} % of the starts [{100 * interval.low:.1f}, "
        f"{100 * interval.high:.1f}], with Adam from {100 * shares['Adam']:.1f} %; the most is "
        f"{100 * shares[best]:.1f} % ({best})"
    )
    return side, sentence, {"share": share, "share of Adam": shares["Adam"]}


def _share(landscapes: Landscapes, found: Results, ground: Ground, name: str) -> float:
    rate = landscapes.best(found.runs, ground, name)
    ends = found.runs[landscapes.final_unit(ground, name, rate)].curves[VALUE.name]
    return float(np.mean(np.array(ends) < REACHED))


CLAIM = Claim(
    "adal.claim.24",
    "Experimental results show that AdaL converges well on these two situations",
    Source("adal", "section 3.1"),
    "After 500 steps AdaL has f < 0.01 on Rastrigin and on Rosenbrock: from the start of the cited "
    "repository at the tuned rate and at its neighbours, and from more than half of 1 000 random starts, "
    "with clipped gradients and without.",
    check,
    EXPERIMENTS,
)
