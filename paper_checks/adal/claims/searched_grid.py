"""Claim 45: the paper's grid of learning rates holds the best rate of every optimizer."""

from paper_checks import Claim, ClaimVerdict, Finding, Options
from paper_checks.experiments.judging import available
from paper_checks.experiments.results import Supply, stored
from theory import Source

EXPERIMENTS = ("mlp_mnist", "resnet_cifar10")


def check(options: Options, *, results: Supply = stored) -> Finding:
    """Take the best of all rates for each contender: is it one of the paper's?"""
    found, missing = available(EXPERIMENTS, results)
    inside: list[str] = []
    outside: list[str] = []
    for training, runs in found:
        for contender in training.contenders:
            best = training.best(runs.runs, contender.name)
            told = f"{contender.name} ({training.task.name}: {best:g})"
            (inside if best in training.grids["paper"] else outside).append(told)
    verdict = (
        ClaimVerdict.NOT_SUPPORTED if not (inside or outside)
        else ClaimVerdict.TRUE if not outside
        else ClaimVerdict.PARTLY if inside
        else ClaimVerdict.FALSE
    )  # fmt: skip
    evidence = (
        f"Of {len(inside) + len(outside)} contenders {len(inside)} have their best rate in the paper's grid.",
        *([f"A rate outside is better for {', '.join(outside)}."] if outside else []),
        *missing,
    )
    return Finding(verdict, evidence, {"inside": len(inside), "outside": len(outside)})


CLAIM = Claim(
    "adal.claim.45",
    "search learning rate among {0.01, 0.001, 0.0001}",
    Source("adal", "section 3"),
    "For every optimizer the learning rate with the lowest validation loss on a wider grid is one of these "
    "three.",
    check,
    EXPERIMENTS,
)
