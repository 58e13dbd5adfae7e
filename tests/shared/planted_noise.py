"""Noise that nobody measured: a kurtosis for each kind, as a test wants them."""

from collections.abc import Callable

import numpy as np

from paper_checks.experiments.experiment import Experiment, Run
from paper_checks.experiments.noise import INDEX, KURTOSIS, RAW_INDEX, Noise
from paper_checks.experiments.results import Results

SPREAD = 0.02
"""The deviation over seeds, each kind's own."""


def with_kurtosis(kurtosis: Callable[[str], float]) -> Callable[[Experiment], Results]:
    """A supply of results whose noises have these kurtoses at every epoch, and the tail index 2."""

    def supply(experiment: Experiment) -> Results:
        assert isinstance(experiment, Noise)
        runs = {}
        for unit in experiment.ready({}):
            numbers = {}
            for k, kind in enumerate(experiment.kinds):
                own = np.random.default_rng([unit.seed, k]).standard_normal()
                numbers[f"{KURTOSIS}, {kind}"] = kurtosis(kind) + SPREAD * float(own)
                numbers |= {f"{name}, {kind}": 2.0 for name in (RAW_INDEX, INDEX)}
            runs[unit] = Run(unit, numbers)
        return Results(experiment.name, experiment.design, runs=runs, finished=True)

    return supply
