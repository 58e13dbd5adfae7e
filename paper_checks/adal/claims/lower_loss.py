"""Claim 44: of two optimizers, the one with the lower test loss need not have the higher test accuracy."""

from dataclasses import replace
from itertools import permutations

from paper_checks import Claim, ClaimVerdict, Finding, Options
from paper_checks.experiments.judging import available, grid_of
from paper_checks.experiments.results import Supply, stored
from paper_checks.experiments.training import ACCURACY, LOSS
from paper_checks.experiments.verdict import FEWEST, Side, sides
from theory import Source

EXPERIMENTS = ("mlp_mnist", "resnet_cifar10", "fig5", "fig7", "fig5_whole")
NOT_LOWER = replace(ACCURACY, effect=-ACCURACY.effect)
"""Lies beyond its effect where an accuracy is certainly not lower by an amount that counts."""


def check(options: Options, *, results: Supply = stored) -> Finding:
    """Look for two contenders of which one has the lower loss, and the other an accuracy that is not lower.

    One such pair shows it, at any size. Holm's correction is over every pair and both metrics.
    """
    found, missing = available(EXPERIMENTS, results)
    sentences = []
    tried = 0
    for training, runs in found:
        pairs = list(permutations([c.name for c in training.contenders], 2))
        tried += len(pairs)
        grid = grid_of(training, "wide")
        comparisons = [
            training.comparisons(runs.runs, *named, grid=grid)[0]
            for one, other in pairs
            for named in ((one, [other], [LOSS]), (other, [one], [NOT_LOWER]))
        ]
        decided = sides(comparisons, fewest=FEWEST[runs.device.split(":")[0]])
        for k, (one, other) in enumerate(pairs):
            if decided[2 * k : 2 * k + 2] == [Side.CLAIMED] * 2:
                loss, accuracy = (c.interval for c in comparisons[2 * k : 2 * k + 2])
                sentences.append(
                    f"{training.task.name}: the test loss of {one} is lower than that of {other} by "
                    f"[{loss[0]:.3g}, {loss[1]:.3g}], and its test accuracy is higher by "
                    f"[{-accuracy[1]:.2f}, {-accuracy[0]:.2f}] points."
                )
    verdict = ClaimVerdict.TRUE if sentences else ClaimVerdict.NOT_SUPPORTED
    told = (
        f"In {len(sentences)} of {tried} ordered pairs of optimizers the one with a certainly lower loss has "
        f"no higher accuracy."
    )
    return Finding(verdict, (told, *sentences[:4], *missing), {"pairs": tried, "found": len(sentences)})


CLAIM = Claim(
    "adal.claim.44",
    "there exists a gap between test accuracy and test loss, that is, lower loss does not indicate higher "
    "accuracy",
    Source("adal", "section 3.2"),
    "There are two optimizers, each at its best learning rate, of which one has a test loss lower by more "
    "than 2 % and a test accuracy that is not higher by more than 0.2 points.",
    check,
    EXPERIMENTS,
)
