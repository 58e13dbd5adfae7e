"""Norms of gradients that nobody computed: a slope for each tensor, as a test wants them."""

from collections.abc import Callable

import numpy as np

from paper_checks.experiments.experiment import Experiment, Run, Unit
from paper_checks.experiments.norms import FIRST, WHOLE, Norms
from paper_checks.experiments.results import Results

TENSORS = ("0.weight", "3.first.weight", "4.first.weight", "9.weight", "9.bias")
"""Three convolutions without bias and a linear layer."""
SPREAD = 0.002
"""The deviation of a slope over seeds, each tensor's own."""


def with_slopes(
    slope: Callable[[str], float], *, level: Callable[[str], float] = lambda tensor: 1.0
) -> Callable[[Experiment], Results]:
    """Results whose norms are level times 10^(slope times epoch)."""

    def supply(experiment: Experiment) -> Results:
        assert isinstance(experiment, Norms)
        epochs = np.arange(experiment.task.epochs)
        runs: dict[Unit, Run] = {}
        for unit in experiment.ready({}):
            numbers, curves = {}, {f"first steps, {WHOLE}": [1.0] * FIRST}
            for k, tensor in enumerate((*TENSORS, WHOLE)):
                noise = np.random.default_rng([unit.seed, k]).standard_normal()
                found = slope(tensor) + SPREAD * float(noise)
                numbers[f"slope, {tensor}"] = found
                curves[f"epoch mean, {tensor}"] = list(level(tensor) * 10 ** (found * epochs))
            runs[unit] = Run(unit, numbers, curves)
        return Results(experiment.name, experiment.design, runs=runs, finished=True)

    return supply
