"""Claim 45: the paper's grid of learning rates holds the best rate of every optimizer that is compared."""

from paper_checks import Claim, ClaimVerdict, Finding, Options
from paper_checks.experiments.judging import available
from paper_checks.experiments.results import Supply, stored
from theory import Source

EXPERIMENTS = ("mlp_mnist", "resnet_cifar10")


def check(options: Options, *, results: Supply = stored) -> Finding:
    """Take the best rate of each contender on a wider grid: is it among the paper's, and inside of them?"""
    found, missing = available(EXPERIMENTS, results)
    outside, edge, total = [], [], 0
    for training, runs in found:
        for contender in training.contenders:
            total += 1
            wide = training.best(runs.runs, contender.name, "wide")
            told = f"{contender.name} ({training.task.name}, {wide:g})"
            if wide not in training.grids["paper"]:
                outside.append(told)
            elif training.at_edge(wide, "paper"):
                edge.append(told)
    right = total - len(outside) - len(edge)
    verdict = (
        ClaimVerdict.NOT_SUPPORTED if not total
        else ClaimVerdict.TRUE if right == total
        else ClaimVerdict.PARTLY if right
        else ClaimVerdict.FALSE
    )  # fmt: skip
    evidence = (
        f"Of {total} contenders {right} have their best rate inside the paper's grid.",
        *([f"Outside: {', '.join(outside)}."] if outside else []),
        *([f"At its edge: {', '.join(edge)}."] if edge else []),
        *missing,
    )
    return Finding(verdict, evidence, {"inside": right, "outside": len(outside), "edge": len(edge)})


CLAIM = Claim(
    "adal.claim.45",
    "search learning rate among {0.01, 0.001, 0.0001}",
    Source("adal", "section 3"),
    "For every optimizer the learning rate with the lowest validation loss on a wider grid lies inside the "
    "paper's grid.",
    check,
    EXPERIMENTS,
)
