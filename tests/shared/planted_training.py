"""Results of trained networks that nobody trained: scores by contender, as a test wants them."""

from collections.abc import Callable

import numpy as np

from paper_checks.experiments.experiment import Experiment, Run, Unit
from paper_checks.experiments.results import NotStored, Results
from paper_checks.experiments.training import ACCURACY, EARLY, LOSS, TUNED_BY, Training

NOISE = {LOSS.name: 0.001, ACCURACY.name: 0.01, EARLY.name: 0.001}
"""The spread over seeds, the same seed moving all contenders alike."""
EQUAL = {LOSS.name: 0.2, ACCURACY.name: 90.0, EARLY.name: 1.0}
BETTER = {LOSS.name: 0.1, ACCURACY.name: 92.0, EARLY.name: 0.5}
GOOD_LOSS = {LOSS.name: 0.1, ACCURACY.name: 88.0, EARLY.name: 1.0}
INSIDE = 0.001
"""The best learning rate, unless a test plants another one."""


def with_scores(
    scores: Callable[[str], dict[str, float]], *, best: Callable[[str], float] = lambda name: INSIDE,
    reduced: bool = False,
) -> Callable[[Experiment], Results]:  # fmt: skip
    """A supply of results; only of experiments at the paper's size, or only of reduced ones."""

    def supply(experiment: Experiment) -> Results:
        if not isinstance(experiment, Training) or experiment.reduced is not reduced:
            raise NotStored(f"nothing is planted for {experiment.name}")
        runs: dict[Unit, Run] = {}
        for unit in experiment.ready({}):
            runs[unit] = Run(unit, {TUNED_BY: abs(np.log10(unit.rate / best(unit.contender)))})
        for unit in experiment.ready(runs):
            noise = np.random.default_rng(unit.seed).standard_normal()
            own = np.random.default_rng([unit.seed, len(unit.contender)]).standard_normal()
            numbers = {k: v + NOISE[k] * (noise + 0.1 * own) for k, v in scores(unit.contender).items()}
            runs.setdefault(unit, Run(unit, numbers))
        return Results(experiment.name, experiment.design, device="cuda", runs=runs, finished=True)

    return supply
