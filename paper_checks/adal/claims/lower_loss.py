"""Claim 44: of two optimizers, the one with the lower test loss may have the lower test accuracy."""

from itertools import permutations

from paper_checks import Claim, ClaimVerdict, Finding, Options
from paper_checks.experiments.judging import available
from paper_checks.experiments.results import Supply, stored
from paper_checks.experiments.training import ACCURACY, LOSS
from paper_checks.experiments.verdict import FEWEST, Side, sides
from theory import Source

EXPERIMENTS = ("mlp_mnist", "resnet_cifar10", "fig5", "fig7", "fig5_whole")


def check(options: Options, *, results: Supply = stored) -> Finding:
    """Look for two contenders of which one has the lower loss and the other the higher accuracy.

    One such pair shows it, at any size. Holm's correction is over every pair and both metrics.
    """
    found, missing = available(EXPERIMENTS, results)
    sentences = []
    pairs = 0
    for training, runs in found:
        names = [c.name for c in training.contenders]
        comparisons = [
            training.comparisons(runs.runs, one, [other], [metric], grid="paper")[0]
            for one, other in permutations(names, 2)
            for metric in (LOSS, ACCURACY)
        ]
        decided = sides(comparisons, fewest=FEWEST[runs.device.split(":")[0]])
        for (one, other), k in zip(permutations(names, 2), range(0, len(decided), 2), strict=True):
            pairs += 1
            if decided[k : k + 2] == [Side.CLAIMED, Side.OTHER]:
                loss, accuracy = (comparisons[k + j].interval for j in (0, 1))
                sentences.append(
                    f"{training.task.name}: the test loss of {one} is lower than that of {other} by "
                    f"[{loss[0]:.3g}, {loss[1]:.3g}], and its test accuracy by "
                    f"[{-accuracy[1]:.2f}, {-accuracy[0]:.2f}] points."
                )
    verdict = ClaimVerdict.TRUE if sentences else ClaimVerdict.NOT_SUPPORTED
    told = (
        f"In {len(sentences)} of {pairs} ordered pairs of optimizers the lower loss has the lower accuracy."
    )
    return Finding(verdict, (told, *sentences[:4], *missing), {"pairs": pairs, "found": len(sentences)})


CLAIM = Claim(
    "adal.claim.44",
    "there exists a gap between test accuracy and test loss, that is, lower loss does not indicate higher "
    "accuracy",
    Source("adal", "section 3.2"),
    "There are two optimizers, each at its best learning rate, of which one has a test loss lower by more "
    "than 2 % and a test accuracy lower by more than 0.2 points.",
    check,
    EXPERIMENTS,
)
