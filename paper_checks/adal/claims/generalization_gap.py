"""Claim 32: AdaL generalizes worse than SGD by less than Adam does.

Problem: classify images. Algorithm: AdaL, Adam and SGD with momentum, each at its best learning rate of the
wide grid where there is one, for the paper's grid ends below the rates that SGD needs. Guarantee: none; the
rule of `paper_checks.experiments.verdict` decides. Source: section 2.4, which names no experiment.
"""

import numpy as np

from paper_checks import Claim, ClaimVerdict, Finding, Options
from paper_checks.experiments.experiment import Run, Unit
from paper_checks.experiments.judging import CLAIMED, available, grid_of
from paper_checks.experiments.results import Supply, stored
from paper_checks.experiments.training import ACCURACY, Training
from paper_checks.experiments.verdict import FEWEST, Comparison, Metric, rule, sides
from theory import Source

EXPERIMENTS = ("mlp_mnist", "resnet_cifar10")
BASELINE, REFERENCE = "Adam", "SGD with momentum"
GAP = Metric(
    "points of test accuracy below SGD with momentum", higher=False, effect=ACCURACY.effect, worst=100.0
)


def check(options: Options, *, results: Supply = stored) -> Finding:
    """Compare by seed how far the test accuracies of AdaL and of Adam lie below that of SGD with momentum."""
    found, missing = available(EXPERIMENTS, results)
    if not found:
        return Finding(ClaimVerdict.NOT_SUPPORTED, tuple(missing), {"experiments": 0})
    comparisons = [compared(training, dict(runs.runs)) for training, runs in found]
    fewest = min(FEWEST[runs.device.split(":")[0]] for _, runs in found)
    decided = sides(comparisons, fewest=fewest)
    reduced = any(training.reduced for training, _ in found)
    sentences = [
        f"The test accuracy lies below that of {REFERENCE} by {np.mean(GAP.scores(comparison.mine)):.2f} "
        f"points with {CLAIMED}, and by {np.mean(GAP.scores(comparison.theirs)):.2f} with {BASELINE}. "
        f"{comparison.sentence(side)}."
        for comparison, side in zip(comparisons, decided, strict=True)
    ]
    numbers = {f"gap closed, {c.task}": float(np.mean(c.differences)) for c in comparisons}
    return Finding(rule(decided, reduced=reduced), (*sentences, *missing), numbers)


def compared(training: Training, runs: dict[Unit, Run]) -> Comparison:
    """The gaps of AdaL and of Adam, paired by seed; nobody lies above: such a gap is 0."""
    grid = grid_of(training, "wide")
    mine, theirs = (
        training.comparisons(runs, name, [REFERENCE], [ACCURACY], grid=grid)[0]
        for name in (CLAIMED, BASELINE)
    )
    reference = ACCURACY.scores(mine.theirs)

    def gaps(comparison: Comparison) -> list[float | None]:
        return list(map(float, np.maximum(reference - ACCURACY.scores(comparison.mine), 0)))

    edges = [name for name in (CLAIMED, BASELINE, REFERENCE) if name in {*mine.edges, *theirs.edges}]
    return Comparison(training.task.name, BASELINE, GAP, gaps(mine), gaps(theirs), edges)


CLAIM = Claim(
    "adal.claim.32",
    "In this way, AdaL reduces the generalization gap with SGD",
    Source("adal", "section 2.4"),
    "On every network the test accuracy after the last epoch lies below that of SGD with momentum by at "
    "least 0.2 points less with AdaL than with Adam, each at its best learning rate of the wide grid.",
    check,
    EXPERIMENTS,
)
