"""Figure 4 and section 3.1: optimizers on Rastrigin's and Rosenbrock's function, by two protocols.

`fig4_cited` follows the repository to which the paper refers its readers for other optimizers
(https://github.com/jettify/pytorch-optimizer, examples/viz_optimizers.py): one start, gradients clipped to
norm 1, 200 learning rates between e^-8 and e^0.5 judged by the distance to the minimum after 100 steps, and
500 steps shown. Here the 200 rates are a grid, there a search that starts at random; here numbers have 64
bits, there 32; and of its optimizers, three are here. The two rates beside the best, 4 % off, are run too.

`fig4_fair` and `fig4_fair_clipped` choose the rate by 200 random starts and compare by 1 000 others, after
500 steps both times.
"""

from typing import Any

import numpy as np

from paper_checks.experiments import optimizers
from paper_checks.experiments.contender import Contender
from paper_checks.experiments.grounds import DISTANCE, VALUE, Ground
from paper_checks.experiments.landscapes import Landscapes
from theory.algorithms.adamw import ADAMW_SCALED
from theory.losses.rastrigin import RASTRIGIN
from theory.losses.rosenbrock import ROSENBROCK

GROUNDS = (
    Ground("Rastrigin", RASTRIGIN, minimum=(0.0, 0.0), start=(-2.0, 3.5), side=5.12),
    Ground("Rosenbrock", ROSENBROCK, minimum=(1.0, 1.0), start=(-2.0, 2.0), side=2.048),
)
"""Their usual squares, and the cited repository's starts."""

# Two coordinates are one tensor: the norm is that of the whole gradient.
CONTENDERS = (
    optimizers.ADAL,
    optimizers.ADAL_EPS_ADAM,
    optimizers.ADAM_CONTENDER,
    optimizers.NOSADAM,
    optimizers.AMSGRAD,
    Contender("AdamW", ADAMW_SCALED, {"weight_decay": 0.01}),
    optimizers.ADAX,
    optimizers.RADAM,
    optimizers.ADABELIEF_CONTENDER,
    optimizers.RMSPROP,
    optimizers.ADAGRAD_CONTENDER,
    optimizers.ADADELTA_CONTENDER,
    optimizers.SGD,
    optimizers.SGDM,
    optimizers.NESTEROV_CONTENDER,
)

CITED_RATES = tuple(float(f"{rate:.6g}") for rate in np.exp(np.linspace(-8.0, 0.5, 200)))
FAIR_RATES = tuple(float(f"{rate:.6g}") for rate in np.logspace(-6, 2, 65))
"""Eight for each factor of 10."""
DRAWN = ("AdaL", "Adam", "SGD with momentum")
_SHARED: dict[str, Any] = {"grounds": GROUNDS, "contenders": CONTENDERS, "drawn": DRAWN}


def fair(name: str, words: str, clip: float | None) -> Landscapes:
    """The fair protocol, with or without clipping."""
    return Landscapes(
        name,
        f"Test functions from many random starts, {words}",
        "Figure 4 and section 3.1",
        f"1 000 random starts, 500 steps, {words}, rates tuned on 200 other starts",
        score=VALUE.name, clip=clip, rates=FAIR_RATES, tuning_starts=200, starts=1_000, **_SHARED,
    )  # fmt: skip


EXPERIMENTS = (
    Landscapes(
        "fig4_cited",
        "Test functions from one start, as the cited repository tunes and shows them",
        "Figure 4 and section 3.1",
        "one start, 500 steps, gradients clipped to norm 1, rates tuned on the same start for 100 steps",
        score=DISTANCE.name, clip=1.0, rates=CITED_RATES, tuning_steps=100, neighbours=1, **_SHARED,
    ),
    fair("fig4_fair", "gradients as they are", None),
    fair("fig4_fair_clipped", "gradients clipped to norm 1", 1.0),
)  # fmt: skip
