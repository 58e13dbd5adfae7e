"""The noise of gradients at fixed weights, as three optimizers see it (the paper's Figure 3, section 2.4).

Weights are trained, then left as they are; the noise u is the whole gradient minus that of a fresh minibatch.
SGD's noise is u. An algorithm with an exponential mean has the mean of past u, by its own lines; if it first
transforms the gradient, as AdaL does, u is the mean of the transformed gradients minus a transformed one.
Minibatches are independent, so that the kurtosis of the mean also follows from that of u
(`tails.averaged_kurtosis`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from paper_checks.experiments.contender import Contender
from paper_checks.experiments.experiment import FIRST_STEPS, Experiment, Place, Run, Unit, rounded
from paper_checks.experiments.task import Task
from theory.borders import twice

if TYPE_CHECKING:
    import torch

    from paper_checks.experiments.noise_gradients import Gradients

Array = NDArray[np.float64]

PLAIN = "SGD"
KURTOSIS, RAW_INDEX, INDEX = "kurtosis", "pooled index", "pooled index, standardised"
STILL = "still coordinates"


@dataclass(frozen=True)
class Noise(Experiment):
    """One optimizer trains a network; at chosen epochs the noise of its gradients is measured.

    Args:
        task: The network and the data.
        trainer: The optimizer that trains.
        rate: Its learning rate.
        measured: The optimizers whose exponential mean is measured, with different names.
        epochs: After how many epochs the noise is measured.
        seeds: The seeds of the runs.
        minibatches: The number of fresh minibatches.
        dropped: How many of them are left out, while the exponential means begin.
        coordinates: The number of coordinates measured, drawn once for all runs.
        group: K1 of the pooled tail index.
        reduced: Whether the task is smaller than the paper's.
    """

    _: KW_ONLY
    task: Task
    trainer: Contender
    rate: float
    measured: tuple[Contender, ...]
    epochs: tuple[int, ...]
    seeds: tuple[int, ...]
    minibatches: int = 400
    dropped: int = 50
    coordinates: int = 20_000
    group: int = 100
    reduced: bool = True

    def __post_init__(self) -> None:
        """Check the names and the counts."""
        super().__post_init__()
        twice("measured", [PLAIN, *(c.name for c in self.measured)])
        for c in self.measured:
            if c.norm != "tensor":
                raise ValueError(
                    f"`measured`: {c.name} has the norm {c.norm!r}; gradients are transformed tensor by "
                    f"tensor, take norm='tensor'"
                )
        if not self.epochs or min(self.epochs) < 0 or max(self.epochs) > self.task.epochs:
            raise ValueError(f"`epochs` = {self.epochs} must lie between 0 and the task's {self.task.epochs}")
        if not 0 <= self.dropped <= self.minibatches - 2:
            raise ValueError(
                f"`dropped` = {self.dropped} must leave two of {self.minibatches} minibatches at least"
            )

    @property
    def datasets(self) -> tuple[str, ...]:
        """See `Experiment.datasets`."""
        return (self.task.images,)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The names of the noises: SGD's, then those of the means, each after what it averages."""
        from paper_checks.experiments.averaging import transformation

        names = [PLAIN]
        for contender in self.measured:
            if transformation(contender) is not None:
                names.append(not_averaged(contender.name))
            names.append(contender.name)
        return tuple(names)

    def unit(self, epoch: int, seed: int) -> Unit:
        """The run that measures after so many epochs."""
        return Unit(f"epoch {epoch}", self.trainer.name, self.rate, seed)

    def ready(self, done: Mapping[Unit, Run]) -> Sequence[Unit]:
        """Every epoch of every seed; no run waits for another."""
        return [self.unit(epoch, seed) for epoch in self.epochs for seed in self.seeds]

    def run(self, unit: Unit, place: Place) -> Run:
        """See `Experiment.run`."""
        from paper_checks.experiments.fitting import fit

        epoch = next(e for e in self.epochs if self.unit(e, unit.seed) == unit)
        fitted = fit(self.task, self.trainer, self.rate, unit.seed, place, epochs=epoch)
        if fitted.diverged is not None:
            return Run(unit, {}, {}, fitted.diverged)
        measured = self._numbers(self._gradients(fitted.model, unit.seed, epoch, place, self.minibatches))
        last = {name: values[-1] for name, values in fitted.curves.items()}
        numbers = {**measured, **last}
        return Run(unit, dict(zip(numbers, rounded(numbers.values(), 7), strict=True)))

    def _gradients(
        self, model: torch.nn.Module, seed: int, epoch: int, place: Place, minibatches: int
    ) -> Gradients:
        from paper_checks.experiments.averaging import transformation
        from paper_checks.experiments.noise_gradients import gradients_at

        changes = {c.name: transformation(c) for c in self.measured}
        return gradients_at(
            model, self.task, place, (seed, epoch), minibatches=minibatches, coordinates=self.coordinates,
            transformations={name: change for name, change in changes.items() if change is not None},
        )  # fmt: skip

    def _numbers(self, found: Gradients) -> dict[str, float]:
        """The estimates of every noise, over the same coordinates."""
        from paper_checks.experiments.tails import kurtosis, moving, standardised, tail_index

        noises = self.noises(found)
        keep = moving(noises[PLAIN])
        numbers = {STILL: float(np.count_nonzero(~keep))}
        generator = np.random.default_rng(0)
        for name, noise in noises.items():
            scaled = standardised(noise[:, keep])
            numbers[f"{KURTOSIS}, {name}"] = kurtosis(scaled)
            numbers[f"{RAW_INDEX}, {name}"] = tail_index(
                noise[:, keep], group=self.group, generator=generator
            ).index
            numbers[f"{INDEX}, {name}"] = tail_index(scaled, group=self.group, generator=generator).index
        return numbers

    def noises(self, found: Gradients) -> dict[str, Array]:
        """Every noise (minibatches - dropped, coordinates) by name, in the order of `kinds`."""
        from paper_checks.experiments.averaging import average

        plain = found.whole - found.drawn
        noises = {PLAIN: plain}
        for contender in self.measured:
            noise = plain
            if contender.name in found.transformed:
                # The mean of all minibatches is not computed: for a transformed gradient it needs them all.
                drawn = found.transformed[contender.name]
                noise = noises[not_averaged(contender.name)] = drawn.mean(axis=0) - drawn
            noises[contender.name] = average(contender, noise)
        return {name: noise[self.dropped :] for name, noise in noises.items()}

    def smoke(self, place: Place) -> Mapping[str, Sequence[float]]:
        """The first losses of the trainer; the l1 norms of fresh minibatches before training."""
        from paper_checks.experiments.fitting import fit

        seed = self.seeds[0]
        start = fit(self.task, self.trainer, self.rate, seed, place, epochs=0).model
        return {
            self.trainer.name: fit(
                self.task, self.trainer, self.rate, seed, place, epochs=1, steps=FIRST_STEPS
            ).losses,
            "l1 norms of fresh minibatches": list(
                map(float, self._gradients(start, seed, 0, place, FIRST_STEPS).norms)
            ),
        }

    def values(self, runs: Mapping[Unit, Run], epoch: int, name: str) -> list[float]:
        """A number of each seed after so many epochs; runs that diverged have none."""
        found = [runs[self.unit(epoch, seed)].numbers for seed in self.seeds]
        return [numbers[name] for numbers in found if name in numbers]

    def draw(self, runs: Mapping[Unit, Run], figure: Any) -> None:
        """See `Experiment.draw`."""
        from paper_checks.experiments.noise_plot import draw_noise
        from paper_checks.experiments.tails import controls

        def table(estimator: str) -> dict[str, list[list[float]]]:
            return {
                kind: [self.values(runs, epoch, f"{estimator}, {kind}") for epoch in self.epochs]
                for kind in self.kinds
            }

        draw_noise(
            figure, self.title, self.scale[0].upper() + self.scale[1:], self.epochs, table(KURTOSIS),
            {"as they are": table(RAW_INDEX), "standardised": table(INDEX)}, controls(),
        )  # fmt: skip


def not_averaged(name: str) -> str:
    """The name of the noise that an algorithm's mean averages."""
    return f"{name}, not averaged"
