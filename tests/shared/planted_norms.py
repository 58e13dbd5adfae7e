"""Norms of gradients that nobody computed: a slope for each tensor, as a test wants them."""

from collections.abc import Callable

import numpy as np

from paper_checks.experiments.experiment import Experiment, Run, Unit
from paper_checks.experiments.norms import BETWEEN, FIRST, SCALED, SILENT, Norms
from paper_checks.experiments.recorder import WHOLE
from paper_checks.experiments.results import Results

TENSORS = ("0.weight", "3.first.weight", "4.first.weight", "9.weight", "9.bias")
"""Three convolutions without bias and a linear layer."""
SPREAD = 0.002
"""The deviation of a slope over seeds, each tensor's own."""


def with_slopes(
    slope: Callable[[str], float],
    *,
    level: Callable[[str], float] = lambda tensor: 1.0,
    coordinates: Callable[[str], float] = lambda tensor: 1.0,
    between: float = 0.5,
    diverged: int | None = None,
) -> Callable[[Experiment], Results]:
    """Results whose norms are level times 10^(slope times epoch), of tensors of these sizes.

    Args:
        slope: By tensor.
        level: By tensor.
        coordinates: By tensor.
        between: The share of the coordinates' variance that lies between tensors.
        diverged: The step in which every run diverges, or None.
    """

    def supply(experiment: Experiment) -> Results:
        assert isinstance(experiment, Norms)
        epochs = np.arange(experiment.task.epochs)
        runs: dict[Unit, Run] = {}
        for unit in experiment.ready({}):
            if diverged is not None:
                runs[unit] = Run(unit, {}, {}, diverged)
                continue
            shares = [between + SPREAD * unit.seed] * experiment.task.epochs
            numbers: dict[str, float] = {}
            curves = {f"first steps, {WHOLE}": [1.0] * FIRST, BETWEEN: shares, SILENT: [0.0] * len(shares)}
            for k, tensor in enumerate((*TENSORS, WHOLE)):
                noise = np.random.default_rng([unit.seed, k]).standard_normal()
                found = slope(tensor) + SPREAD * float(noise)
                numbers[f"slope, {tensor}"] = numbers[f"{SCALED}, {tensor}"] = found
                numbers[f"coordinates, {tensor}"] = coordinates(tensor)
                curves[f"epoch mean, {tensor}"] = list(level(tensor) * 10 ** (found * epochs))
            runs[unit] = Run(unit, numbers, curves)
        return Results(experiment.name, experiment.design, runs=runs, finished=True)

    return supply
