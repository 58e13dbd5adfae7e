"""Contenders that descend functions of two variables, with learning rates tuned alike (the paper's Figure 4).

A run plays all its starts at once on the package's engine. No data, no noise: the starts alone are random.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from paper_checks.experiments.contender import Contender, named
from paper_checks.experiments.experiment import FIRST_RATE, FIRST_STEPS, Experiment, Place, Run, Unit, rounded
from paper_checks.experiments.grounds import METRICS, VALUE, Ground, bounded_log10, descend, starts_of
from paper_checks.experiments.verdict import Comparison, Metric
from theory.borders import one_of, twice

if TYPE_CHECKING:
    from paper_checks.experiments.landscapes_plot import DrawnEnds, DrawnPath

TUNE, FINAL, PATH = "tune", "final", "path"
EVERY_RATE = 0.0
"""The rate of a tuning run, which plays the whole grid at once."""
RESAMPLES = 10_000


@dataclass(frozen=True)
class Landscapes(Experiment):
    """Learning rates are chosen by the mean score of some starts, then every contender runs from fresh ones.

    Args:
        grounds: The functions, with different names.
        contenders: The optimizers, with different names.
        rates: The grid of learning rates, the same for all, increasing.
        score: The name of the score of a run's end, in `METRICS`; lower is better.
        clip: The norm to which gradients are clipped; None: they are not.
        tuning_starts: The number of random starts by which rates are chosen; None: the ground's own start.
        starts: The number of random starts of the final runs; None: the ground's own start.
        tuning_steps: The steps of a tuning run.
        steps: The steps of a final run.
        neighbours: How many rates on either side of the best are run too.
        drawn: The contenders whose path from the ground's own start is kept.
        tuning_seed: The seed of the random starts of tuning.
        seed: The seed of those of the final runs.
    """

    _: KW_ONLY
    grounds: tuple[Ground, ...]
    contenders: tuple[Contender, ...]
    rates: tuple[float, ...]
    score: str
    clip: float | None = None
    tuning_starts: int | None = None
    starts: int | None = None
    tuning_steps: int = 500
    steps: int = 500
    neighbours: int = 0
    drawn: tuple[str, ...] = ()
    tuning_seed: int = 100
    seed: int = 0

    def __post_init__(self) -> None:
        """Check the names, the grid and the seeds."""
        super().__post_init__()
        twice("grounds", [ground.name for ground in self.grounds])
        twice("contenders", [c.name for c in self.contenders])
        one_of("score", self.score, tuple(METRICS))
        for name in self.drawn:
            one_of("drawn", name, [c.name for c in self.contenders])
        if len(self.rates) < 2 or self.rates[0] <= 0 or any(np.diff(self.rates) <= 0):
            raise ValueError(f"`rates` = {self.rates} needs at least two positive rates in increasing order")
        if self.starts is not None and self.seed == self.tuning_seed:
            raise ValueError(f"`seed` and `tuning_seed` are {self.seed}; final runs need fresh starts")

    @property
    def datasets(self) -> tuple[str, ...]:
        """See `Experiment.datasets`."""
        return ()

    @property
    def metric(self) -> Metric:
        """The score by which rates are chosen and ends are compared."""
        return METRICS[self.score]

    def ready(self, done: Mapping[Unit, Run]) -> Sequence[Unit]:
        """For each ground and contender its tuning run; when it is done, the final runs and the path."""
        units = []
        for ground in self.grounds:
            for contender in self.contenders:
                tuning = self.tuning_unit(ground, contender.name)
                units.append(tuning)
                if tuning in done:
                    rates = self.rates_near_best(done, ground, contender.name)
                    units += [self.final_unit(ground, contender.name, rate) for rate in rates]
                    if contender.name in self.drawn:
                        units.append(self.path_unit(done, ground, contender.name))
        return units

    def tuning_unit(self, ground: Ground, contender: str) -> Unit:
        """The run that plays every rate."""
        return Unit(_stage(TUNE, ground), contender, EVERY_RATE, self.tuning_seed)

    def final_unit(self, ground: Ground, contender: str, rate: float) -> Unit:
        """The run from the fresh starts."""
        return Unit(_stage(FINAL, ground), contender, rate, self.seed)

    def path_unit(self, done: Mapping[Unit, Run], ground: Ground, contender: str) -> Unit:
        """The run from the ground's own start at the best rate, every point of which is kept."""
        return Unit(_stage(PATH, ground), contender, self.best(done, ground, contender), self.seed)

    def best(self, done: Mapping[Unit, Run], ground: Ground, contender: str) -> float:
        """The rate with the lowest mean score, the smallest of several."""
        scores = done[self.tuning_unit(ground, contender)].curves[self.score]
        return self.rates[int(np.argmin(scores))]

    def rates_near_best(self, done: Mapping[Unit, Run], ground: Ground, contender: str) -> tuple[float, ...]:
        """The best rate and its neighbours in the grid, in increasing order."""
        k = self.rates.index(self.best(done, ground, contender))
        return self.rates[max(0, k - self.neighbours) : k + self.neighbours + 1]

    def at_edge(self, rate: float) -> bool:
        """Whether a rate is the smallest or the largest of the grid, so that another may be better."""
        return rate in {self.rates[0], self.rates[-1]}

    def run(self, unit: Unit, place: Place) -> Run:
        """See `Experiment.run`."""
        kind, _, name = unit.stage.partition(" ")
        ground = next(g for g in self.grounds if g.name == name)
        contender = named(self.contenders, unit.contender)
        if kind == TUNE:
            return self._tuned(unit, ground, contender)
        if kind == FINAL:
            return self._finished(unit, ground, contender)
        points, values = descend(
            ground, contender, [unit.rate], [ground.start], self.steps, clip=self.clip, every=True
        )
        diverged = _first_not_finite(values[0])
        shown = points[0][: None if diverged is None else diverged - 1]
        curves = {f"x_{k + 1}": rounded(shown[:, k], 4) for k in range(2)}
        return Run(unit, {}, curves, diverged)

    def _tuned(self, unit: Unit, ground: Ground, contender: Contender) -> Run:
        starts = starts_of(ground, self.tuning_starts, self.tuning_seed)
        rates = np.repeat(self.rates, len(starts))
        points, values = descend(
            ground, contender, rates, np.tile(starts, (len(self.rates), 1)), self.tuning_steps, clip=self.clip
        )
        shape = len(self.rates), len(starts)
        scores = self._scores(ground, points, values).reshape(shape)
        lost = ~np.isfinite(values).reshape(shape)
        curves = {
            self.score: rounded(scores.mean(axis=1), 6),
            "share diverged": rounded(lost.mean(axis=1), 6),
        }
        return Run(unit, {}, curves)

    def _finished(self, unit: Unit, ground: Ground, contender: Contender) -> Run:
        starts = starts_of(ground, self.starts, self.seed)
        alone = self.starts is None
        rates = np.full(len(starts), unit.rate)
        points, values = descend(ground, contender, rates, starts, self.steps, clip=self.clip, every=alone)
        diverged = _first_not_finite(values[0]) if alone else None
        if alone:
            points, values = points[:, -1], values[:, -1]
        scores = self._scores(ground, points, values)
        lost = int(np.count_nonzero(~np.isfinite(values)))
        numbers = {self.score: rounded([scores.mean()], 6)[0], "diverged": float(lost)}
        if alone and lost == 0:
            numbers |= {VALUE.name: rounded(bounded_log10(values), 6)[0]}
        # Two decimals: a tenth of the smallest effect, and half as much to store.
        ends = () if alone else tuple(round(float(score), 2) for score in scores)
        return Run(unit, numbers, {} if alone else {self.score: ends}, diverged)

    def _scores(
        self, ground: Ground, points: NDArray[np.float64], values: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """The score of every end; points (n, 2), values (n,)."""
        if self.metric is VALUE:
            return bounded_log10(values)
        with np.errstate(over="ignore", invalid="ignore"):
            return bounded_log10(np.sum((points - np.array(ground.minimum)) ** 2, axis=1))

    def smoke(self, place: Place) -> Mapping[str, Sequence[float]]:
        """The first values of f from the ground's own start, at one rate for all; fewer if one diverges."""
        found = {}
        for ground in self.grounds:
            for c in self.contenders:
                _, values = descend(
                    ground, c, [FIRST_RATE], [ground.start], FIRST_STEPS - 1, clip=self.clip, every=True,
                    interpreted=True,
                )  # fmt: skip
                found[f"{ground.name}, {c.name}"] = list(takewhile(np.isfinite, map(float, values[0])))
        return found

    def comparisons(
        self, runs: Mapping[Unit, Run], ground: Ground, claimed: str, baselines: Sequence[str]
    ) -> list[Comparison]:
        """A contender against others from the same random starts, each at its best rate.

        Raises:
            ValueError: there is only one start, which decides nothing.
        """
        if self.starts is None:
            raise ValueError(
                f"{self.name} has one start, `starts` = None; compare in an experiment of many starts"
            )
        rates = {name: self.best(runs, ground, name) for name in (claimed, *baselines)}

        def ends(name: str) -> Sequence[float]:
            return runs[self.final_unit(ground, name, rates[name])].curves[self.score]

        return [
            Comparison(
                ground.name, baseline, self.metric, ends(claimed), ends(baseline),
                [name for name in (claimed, baseline) if self.at_edge(rates[name])],
                resamples=RESAMPLES, pairs="starts",
            )
            for baseline in baselines
        ]  # fmt: skip

    def draw(self, runs: Mapping[Unit, Run], figure: Any) -> None:
        """See `Experiment.draw`."""
        from paper_checks.experiments.landscapes_plot import DrawnGround, draw_landscapes

        rows = [
            DrawnGround(
                ground,
                [self._drawn_path(runs, ground, name) for name in self.drawn],
                [self._drawn_ends(runs, ground, c.name) for c in self.contenders],
            )
            for ground in self.grounds
        ]
        off = 100 * (self.rates[1] / self.rates[0] - 1) if self.starts is None else None
        note = self.scale[0].upper() + self.scale[1:]
        draw_landscapes(figure, self.title, note, rows, self.score, off=off)

    def _drawn_path(self, runs: Mapping[Unit, Run], ground: Ground, name: str) -> DrawnPath:
        from paper_checks.experiments.landscapes_plot import DrawnPath

        run = runs[self.path_unit(runs, ground, name)]
        return DrawnPath(name, run.unit.rate, np.array([run.curves["x_1"], run.curves["x_2"]]))

    def _drawn_ends(self, runs: Mapping[Unit, Run], ground: Ground, name: str) -> DrawnEnds:
        from paper_checks.experiments.landscapes_plot import DrawnEnds

        rate = self.best(runs, ground, name)
        run = runs[self.final_unit(ground, name, rate)]
        near = [self.final_unit(ground, name, r) for r in self.rates_near_best(runs, ground, name)]
        scores = (
            [runs[u].numbers[self.score] for u in near] if self.starts is None else run.curves[self.score]
        )
        mean = run.numbers[self.score]
        return DrawnEnds(name, rate, self.at_edge(rate), mean, np.array(scores, dtype=np.float64))


def _stage(kind: str, ground: Ground) -> str:
    return f"{kind} {ground.name}"


def _first_not_finite(values: NDArray[np.float64]) -> int | None:
    """The first step, from 1, whose value is not finite."""
    bad = np.flatnonzero(~np.isfinite(values))
    return int(bad[0]) + 1 if bad.size else None
