"""The l1 norm of each tensor's gradient during training (the paper's Figures 1 and 2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paper_checks.experiments.contender import Contender, named
from paper_checks.experiments.experiment import Experiment, Place, Run, Unit, rounded
from paper_checks.experiments.recorder import WHOLE, Recorder
from paper_checks.experiments.task import Task
from theory.borders import twice

BLOCKS = 20
"""The number of block means through which a slope is laid."""
FIRST = 80
"""The number of first steps that are kept one by one."""
DIGITS = 5
"""The significant digits that are kept."""
SCALED = "slope times weights"
"""The slope of the l1 norm of the gradient times the l2 norm of the weights."""
BETWEEN, SILENT = "share between tensors", "share without gradient"
"""What `recorder.between_tensors` finds in each epoch."""


@dataclass(frozen=True)
class Norms(Experiment):
    """Every contender trains at every rate from every seed; nothing is tuned.

    Args:
        task: The network, the data and the schedule.
        contenders: The optimizers, with different names.
        rates: The learning rates.
        seeds: The seeds.
        reduced: Whether the task is smaller than the paper's, or may be.
    """

    _: KW_ONLY
    task: Task
    contenders: tuple[Contender, ...]
    rates: tuple[float, ...]
    seeds: tuple[int, ...]
    reduced: bool = True

    def __post_init__(self) -> None:
        """Check that names differ."""
        super().__post_init__()
        twice("contenders", [c.name for c in self.contenders])

    @property
    def datasets(self) -> tuple[str, ...]:
        """See `Experiment.datasets`."""
        return (self.task.images,)

    def ready(self, done: Mapping[Unit, Run]) -> Sequence[Unit]:
        """All runs: none depends on another."""
        return [
            Unit("train", c.name, rate, seed)
            for c in self.contenders
            for rate in self.rates
            for seed in self.seeds
        ]

    def run(self, unit: Unit, place: Place) -> Run:
        """Train, and keep what the norms of the gradients do."""
        from paper_checks.experiments.fitting import fit

        recorder = Recorder()
        contender = named(self.contenders, unit.contender)
        fitted = fit(self.task, contender, unit.rate, unit.seed, place, observe=recorder)
        if fitted.diverged is not None:
            return Run(unit, {}, {}, fitted.diverged)
        before = self.before_decay * self.task.steps
        numbers: dict[str, float] = {}
        curves: dict[str, Sequence[float]] = {}
        for name, norms in recorder.norms().items():
            epochs = norms.reshape(self.task.epochs, self.task.steps)
            curves[f"epoch mean, {name}"] = rounded(epochs.mean(axis=1), DIGITS)
            numbers[f"slope, {name}"] = slope(norms[:before], self.task.steps)
            numbers[f"variation, {name}"] = float(np.mean(epochs.std(axis=1) / epochs.mean(axis=1)))
            numbers[f"peak, {name}"] = float(np.argmax(norms[: self.task.steps]) + 1)
        for name, norms in recorder.scaled().items():
            numbers[f"{SCALED}, {name}"] = slope(norms[:before], self.task.steps)
            numbers[f"coordinates, {name}"] = recorder.counts[name]
        shares, silent = zip(*recorder.shares(), strict=True)
        curves[BETWEEN], curves[SILENT] = rounded(shares, DIGITS), rounded(silent, DIGITS)
        curves[f"first steps, {WHOLE}"] = rounded(recorder.norms()[WHOLE][:FIRST], DIGITS)
        return Run(unit, dict(zip(numbers, rounded(list(numbers.values()), DIGITS), strict=True)), curves)

    @property
    def before_decay(self) -> int:
        """The number of epochs before the learning rate is decayed for the first time."""
        return self.task.decay_at[0] if self.task.decay_at else self.task.epochs

    def smoke(self, place: Place) -> Mapping[str, Sequence[float]]:
        """See `Experiment.smoke`."""
        from paper_checks.experiments.fitting import first_losses

        return first_losses(self.task, self.contenders, self.seeds[0], place)

    def finished(self, runs: Mapping[Unit, Run], contender: str, rate: float) -> list[Run]:
        """The runs of every seed that did not diverge."""
        found = [runs[Unit("train", contender, rate, seed)] for seed in self.seeds]
        return [run for run in found if run.diverged is None]

    def tensors(self, runs: Mapping[Unit, Run]) -> list[str]:
        """The names of the network's tensors, in its order; none if every run diverged."""
        numbers = next((run.numbers for run in runs.values() if run.diverged is None), {})
        names = [name.partition(", ")[2] for name in numbers if name.startswith("slope, ")]
        return [name for name in names if name != WHOLE]

    def draw(self, runs: Mapping[Unit, Run], figure: Any) -> None:
        """See `Experiment.draw`."""
        from paper_checks.experiments.norms_plot import draw_norms

        def curves(name: str, contender: str, rate: float) -> list[Sequence[float]]:
            return [run.curves[name] for run in self.finished(runs, contender, rate)]

        names = [c.name for c in self.contenders]
        shown = {WHOLE: f"epoch mean, {WHOLE}"} | {
            f"tensor {t}": f"epoch mean, {t}" for t in self._shown(runs)
        }
        rows = {
            title: {rate: {c: curves(name, c, rate) for c in names} for rate in self.rates}
            for title, name in {**shown, f"first {FIRST} steps": f"first steps, {WHOLE}"}.items()
        }
        note = f"{self.scale[0].upper()}{self.scale[1:]}; median and range of {len(self.seeds)} seeds"
        draw_norms(figure, self.title, note, rows)

    def _shown(self, runs: Mapping[Unit, Run]) -> list[str]:
        """The first and the last matrix."""
        matrices = [name for name in self.tensors(runs) if name.endswith("weight")]
        return [*matrices[:1], *matrices[-1:]]


def slope(norms: NDArray[np.float64], steps: int) -> float:
    """The change of log10 of the norm in an epoch: Theil and Sen's slope through block means.

    Args:
        norms: One norm for each step.
        steps: The number of steps in an epoch.
    """
    from scipy.stats import theilslopes

    parts = np.array_split(norms, min(BLOCKS, len(norms)))
    middles = np.cumsum([len(part) for part in parts]) - np.array([len(part) for part in parts]) / 2
    means = np.array([part.mean() for part in parts])
    # A tensor whose gradient is 0 throughout has a norm that does not change.
    logs = np.log10(np.maximum(means, np.finfo(np.float64).tiny))
    return float(theilslopes(logs, middles / steps).slope)
