"""An experiment without torch or data: two contenders descend x^2/2 from a random start."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from paper_checks.experiments.experiment import Experiment, Place, Run, Unit

CONTENDERS = ("plain", "half")


@dataclass(frozen=True)
class Toy(Experiment):
    """Steps x -> (1 - rate) x, or half of it."""

    steps: int = 25
    rates: tuple[float, ...] = (0.1, 0.5, 3.0)
    seeds: tuple[int, ...] = (0, 1)

    @property
    def datasets(self):
        """None."""
        return ()

    def ready(self, done: Mapping[Unit, Run]):
        """Every rate on seed 9; the best of each contender on `seeds`."""
        units = []
        for name in CONTENDERS:
            tuning = [Unit("tune", name, rate, 9) for rate in self.rates]
            units += tuning
            if all(unit in done for unit in tuning):
                ends = {u.rate: done[u].numbers.get("end", np.inf) for u in tuning}
                best = min(self.rates, key=ends.__getitem__)
                units += [Unit("final", name, best, seed) for seed in self.seeds]
        return units

    def run(self, unit: Unit, place: Place) -> Run:
        """|x| after the steps."""
        losses = self.losses(unit)
        diverged = next((k for k, v in enumerate(losses, start=1) if v > 1e3), None)
        if diverged is not None:
            return Run(unit, {}, {"loss": losses[:diverged]}, diverged)
        return Run(unit, {"end": losses[-1]}, {"loss": losses})

    def losses(self, unit: Unit):
        """x^2/2 before each step."""
        x = float(np.random.default_rng(unit.seed).normal())
        found = []
        for _ in range(self.steps):
            found.append(x * x / 2)
            x -= unit.rate * x * (0.5 if unit.contender == "half" else 1.0)
        return tuple(found)

    def smoke(self, place: Place):
        """The first losses of a run."""
        return {name: self.losses(Unit("final", name, 0.1, 0))[:20] for name in CONTENDERS}

    def draw(self, runs, figure):
        """One curve a run."""
        axes = figure.add_subplot()
        for run in runs.values():
            axes.plot(run.curves["loss"])


TOY = Toy("toy", "Two contenders on a parabola", "nowhere", "25 steps in one dimension")
