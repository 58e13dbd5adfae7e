"""Claims 34 to 43: AdaL against other optimizers on trained networks (sections 3 and 5, Figures 5 to 8).

Problem: classify images. Algorithm: AdaL with one norm for each tensor. Guarantee: none; each claim compares
stored runs, paired by seed, by the rule of `paper_checks.experiments.verdict`.
"""

from collections.abc import Sequence

from paper_checks import Claim, Finding, Options
from paper_checks.experiments.judging import NAMED, OTHERS, judge
from paper_checks.experiments.results import Supply, stored
from paper_checks.experiments.training import ACCURACY, EARLY, LOSS
from paper_checks.experiments.verdict import Metric
from theory import Source

WHOLE = ("fig5_whole", "fig6_whole", "fig7_whole", "fig8_whole")
EVERY = ("mlp_mnist", "resnet_cifar10", "fig5", "fig7", *WHOLE)

WORDS = {
    EARLY: "the training loss in the first epoch is more than 2 % lower",
    ACCURACY: "the test accuracy after the last epoch is more than 0.2 points higher",
    LOSS: "the test loss after the last epoch is more than 2 % lower",
}


def compared(
    number: int,
    quote: str,
    place: str,
    metrics: Sequence[Metric],
    *,
    baselines: Sequence[str] = NAMED,
    grid: str = "paper",
    names: tuple[str, ...] = EVERY,
    on: str = "On every network",
) -> Claim:
    """The claim that AdaL beats each baseline by each metric in every experiment."""

    def check(options: Options, *, results: Supply = stored) -> Finding:
        """Compare the runs of AdaL with those of the baselines."""
        return judge(names, results, metrics, baselines=baselines, grid=grid)

    *first, last = baselines
    named = f"{', '.join(first)} and {last}" if first else last
    against = "every other optimizer" if baselines is OTHERS else named
    grid_of = {"paper": "paper's", "wide": "wide"}
    statement = (
        f"{on} {', and '.join(WORDS[metric] for metric in metrics)}{',' * (len(metrics) > 1)} with AdaL than "
        f"with {against}, each at its best learning rate of the {grid_of[grid]} grid."
    )
    return Claim(f"adal.claim.{number}", quote, Source("adal", place), statement, check, names)


BOTH = (ACCURACY, LOSS)

CLAIMS = (
    compared(34, "AdaL has fast converge speed in the early stage", "section 3.2", (EARLY,)),
    compared(35, "achieves higher test accuracy and lower test loss in the final stage", "section 3.2", BOTH),
    compared(
        36, "the test loss of AdaL is also low in several experiments while other optimizers remain a high "
        "test loss", "section 3.2", (LOSS,), baselines=OTHERS,
    ),
    compared(
        37, "AdaL converges fast compared with baseline methods", "section 3.3", (EARLY,), baselines=OTHERS,
    ),
    compared(
        38, "AdaL can efficiently perform well compared with the state of the art", "section 3", BOTH,
        baselines=OTHERS, grid="wide",
    ),
    compared(39, "produces better generalization performance", "section 5", BOTH, baselines=("Adam",)),
    *(
        compared(
            number, f"Learning curve for {task}", f"Figure {figure}", BOTH, names=names, on=f"Of {task},",
        )
        for number, figure, task, names in (
            (40, 5, "ResNet-34 on CIFAR-10", ("resnet_cifar10", "fig5", "fig5_whole")),
            (41, 6, "ResNet-34 on CIFAR-100", ("fig6_whole",)),
            (42, 7, "DenseNet-121 on CIFAR-10", ("fig7", "fig7_whole")),
            (43, 8, "DenseNet-121 on CIFAR-100", ("fig8_whole",)),
        )
    ),
)  # fmt: skip
