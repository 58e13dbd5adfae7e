"""Contenders that train one network each, with learning rates tuned alike (the paper's Figures 5 to 8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any

import numpy as np

from paper_checks.experiments.contender import Contender, named
from paper_checks.experiments.experiment import Experiment, Place, Run, Unit
from paper_checks.experiments.task import Task
from paper_checks.experiments.verdict import Comparison, Metric
from theory.borders import twice

PAPER_GRID = (0.01, 0.001, 0.0001)
"""The learning rates among which the paper searches (section 3)."""
WIDE_GRID = (1.0, 0.1, *PAPER_GRID)
"""The paper's and two larger ones, which plain gradient methods need."""

TUNED_BY = "validation loss"
LOSS = Metric("test loss", higher=False, effect=0.02, worst=10.0, relative=True)
ACCURACY = Metric("test accuracy", higher=True, effect=0.2, worst=0.0)
EARLY = Metric("train loss of the first epoch", higher=False, effect=0.02, worst=10.0, relative=True)


@dataclass(frozen=True)
class Training(Experiment):
    """Learning rates are chosen by the validation loss, then every contender trains on fresh seeds.

    Args:
        task: The network, the data and the schedule.
        contenders: The optimizers, with different names.
        grids: The grids of learning rates by name; a contender may have another best rate on each.
        tuning_seeds: The seeds of the runs that choose the rates.
        seeds: The seeds of the final runs, none of them used in tuning.
        tuning_epochs: The epochs of a tuning run; None: those of the task.
        reduced: Whether the task is smaller than the paper's.
    """

    _: KW_ONLY
    task: Task
    contenders: tuple[Contender, ...]
    grids: Mapping[str, tuple[float, ...]]
    tuning_seeds: tuple[int, ...]
    seeds: tuple[int, ...]
    tuning_epochs: int | None = None
    reduced: bool = True

    def __post_init__(self) -> None:
        """Check that seeds are fresh and names differ."""
        super().__post_init__()
        twice("contenders", [c.name for c in self.contenders])
        used = sorted({*self.seeds} & {*self.tuning_seeds})
        if used:
            raise ValueError(
                f"seed {used[0]} is in `seeds` and in `tuning_seeds`; final runs need fresh seeds"
            )
        for name, grid in self.grids.items():
            if len(grid) < 2 or min(grid) <= 0:
                raise ValueError(f"`grids`[{name!r}] = {grid} needs at least two positive rates")

    @property
    def datasets(self) -> tuple[str, ...]:
        """See `Experiment.datasets`."""
        return (self.task.images,)

    def ready(self, done: Mapping[Unit, Run]) -> Sequence[Unit]:
        """The tuning runs; then, for each contender whose tuning is done, its final runs."""
        units = []
        for contender in self.contenders:
            tuning = [Unit("tune", contender.name, r, s) for r in self.rates for s in self.tuning_seeds]
            units += tuning
            if all(unit in done for unit in tuning):
                best = {self.best(done, contender.name, grid) for grid in self.grids}
                units += [Unit("final", contender.name, r, s) for r in sorted(best) for s in self.seeds]
        return units

    @property
    def rates(self) -> tuple[float, ...]:
        """The learning rates of all grids, increasing: every contender is tuned on each of them."""
        return tuple(sorted({rate for grid in self.grids.values() for rate in grid}))

    def best(self, done: Mapping[Unit, Run], contender: str, grid: str | None = None) -> float:
        """The rate with the smallest mean validation loss; one that diverged is the worst.

        Args:
            done: The tuning runs.
            contender: Its name.
            grid: The grid to choose from; None: all rates.
        """

        def score(rate: float) -> float:
            runs = [done[Unit("tune", contender, rate, seed)] for seed in self.tuning_seeds]
            return float(np.mean([run.numbers.get(TUNED_BY, np.inf) for run in runs]))

        return min(self.rates if grid is None else sorted(self.grids[grid]), key=score)

    def at_edge(self, done: Mapping[Unit, Run], contender: str, grid: str) -> bool:
        """Whether the best rate of a grid is at its edge, so that another may be better.

        It is not if all rates together reach beyond it on both sides and it is still the best.
        """
        rate = self.best(done, contender, grid)
        inside = self.rates[0] < rate < self.rates[-1] and rate == self.best(done, contender)
        return rate in {min(self.grids[grid]), max(self.grids[grid])} and not inside

    def run(self, unit: Unit, place: Place) -> Run:
        """See `Experiment.run`."""
        from paper_checks.experiments.fitting import fit

        final = unit.stage == "final"
        fitted = fit(
            self.task, named(self.contenders, unit.contender), unit.rate, unit.seed, place,
            test=final, epochs=None if final else self.tuning_epochs,
        )  # fmt: skip
        curves = {name: tuple(round(v, 6) for v in values) for name, values in fitted.curves.items()}
        if fitted.diverged is not None:
            return Run(unit, {}, curves, fitted.diverged)
        numbers = {name: values[-1] for name, values in curves.items()}
        return Run(unit, {**numbers, EARLY.name: curves["train loss"][0]}, curves if final else {})

    def smoke(self, place: Place) -> Mapping[str, Sequence[float]]:
        """See `Experiment.smoke`."""
        from paper_checks.experiments.fitting import first_losses

        return first_losses(self.task, self.contenders, self.seeds[0], place)

    def comparisons(
        self, runs: Mapping[Unit, Run], claimed: str, baselines: Sequence[str], metrics: Sequence[Metric],
        *, grid: str,
    ) -> list[Comparison]:  # fmt: skip
        """A contender against others, each at its best rate of a grid, paired by seed."""
        rates = {name: self.best(runs, name, grid) for name in (claimed, *baselines)}

        def scores(name: str, metric: Metric) -> list[float | None]:
            units = [Unit("final", name, rates[name], seed) for seed in self.seeds]
            return [runs[unit].numbers.get(metric.name) for unit in units]

        return [
            Comparison(
                self.task.name, baseline, metric, scores(claimed, metric), scores(baseline, metric),
                [name for name in (claimed, baseline) if self.at_edge(runs, name, grid)],
            )
            for metric in metrics
            for baseline in baselines
        ]  # fmt: skip

    def draw(self, runs: Mapping[Unit, Run], figure: Any) -> None:
        """See `Experiment.draw`: the first contender against the others, on the widest grid."""
        from paper_checks.experiments.training_plot import Drawn, draw_training

        grid = max(self.grids, key=lambda name: len(self.grids[name]))
        drawn = []
        for contender in self.contenders:
            rate = self.best(runs, contender.name, grid)
            found = [runs[Unit("final", contender.name, rate, seed)] for seed in self.seeds]
            curves = {
                metric.name: [run.curves[metric.name] for run in found if run.diverged is None]
                for metric in (LOSS, ACCURACY)
            }
            drawn.append(Drawn(contender.name, rate, curves))
        first, *others = drawn
        others.sort(key=lambda one: one.end(LOSS.name))
        names = [one.name for one in others]
        comparisons = [self.comparisons(runs, first.name, names, [m], grid=grid) for m in (LOSS, ACCURACY)]
        heading = f"{self.scale[0].upper()}{self.scale[1:]}"
        note = f"Each at its best rate of the {grid} grid; median and middle half of {len(self.seeds)} seeds"
        draw_training(figure, heading, note, [first, *others], comparisons)
