"""Stored results on test functions with another ending: what claims about them must notice."""

from dataclasses import replace

import numpy as np

from paper_checks.experiments.grounds import VALUE
from paper_checks.experiments.landscapes import FINAL, TUNE
from paper_checks.experiments.results import stored

NAME = "AdaL"


def with_ends(change):
    """A supply of results whose final runs end elsewhere.

    change: (experiment, runs, unit, ends) -> the new scores; one for a run of a single start.
    """

    def supply(experiment):
        found = stored(experiment)
        runs = dict(found.runs)
        for unit, run in found.runs.items():
            if not unit.stage.startswith(FINAL):
                continue
            ends = change(experiment, found.runs, unit, ends_of(experiment, run))
            if experiment.starts is None:
                numbers = {**run.numbers, experiment.score: float(ends[0]), VALUE.name: float(ends[0])}
                runs[unit] = replace(run, numbers=numbers)
            else:
                runs[unit] = replace(run, curves={experiment.score: tuple(map(float, ends))})
        return replace(found, runs=runs)

    return supply


def ends_of(experiment, run):
    """The scores of a final run, as an array."""
    alone = experiment.starts is None
    return np.array([run.numbers[experiment.score]] if alone else run.curves[experiment.score])


def best_ends(experiment, runs, unit, name):
    """The ends of another contender on the same function, at its best rate."""
    ground = next(g for g in experiment.grounds if unit.stage.endswith(g.name))
    rate = experiment.best(runs, ground, name)
    return ends_of(experiment, runs[experiment.final_unit(ground, name, rate)])


def noise(unit, ends, size=0.05):
    """Small differences between contenders that mean nothing."""
    seed = list(f"{unit.contender} {unit.rate}".encode())
    return size * np.random.default_rng(seed).standard_normal(ends.shape)


def ahead_of_every_other(experiment, runs, unit, ends):
    """AdaL ends 0.3 lower than the best of the others, from every start."""
    if unit.contender != NAME:
        return ends
    others = [c.name for c in experiment.contenders if not c.name.startswith(NAME)]
    found = [best_ends(experiment, runs, unit, name) for name in others]
    lowest = min(found, key=np.mean)
    if experiment.starts is None:
        # The others move at the neighbouring rates too, and some of them end lower there.
        lowest = lowest - 3.0
    return lowest - 0.3 + noise(unit, ends)


def all_alike(experiment, runs, unit, ends):
    """Every contender ends where Adam does, up to noise."""
    return best_ends(experiment, runs, unit, "Adam") + noise(unit, ends)


def at_the_minimum(experiment, runs, unit, ends):
    """AdaL reaches the minimum from 60 % of the starts, and from the only one."""
    if unit.contender != NAME:
        return ends
    reached = np.arange(ends.size) < 0.6 * ends.size
    return np.where(reached, -6.0, 1.0)


def far_from_it(experiment, runs, unit, ends):
    """AdaL reaches the minimum from 40 % of the starts, and not from the only one."""
    if unit.contender != NAME:
        return ends
    return np.where(np.arange(ends.size) < 0.4 * ends.size - 0.5, -6.0, 1.0)


def at_the_edge(supply):
    """The same results, as if AdaL's best rate were the largest of the grid."""

    def moved(experiment):
        found = supply(experiment)
        runs = dict(found.runs)
        for ground in experiment.grounds:
            tuning = experiment.tuning_unit(ground, NAME)
            old = experiment.best(found.runs, ground, NAME)
            final = found.runs[experiment.final_unit(ground, NAME, old)]
            scores = [*np.zeros(len(experiment.rates) - 1), -1.0]
            assert tuning.stage.startswith(TUNE)
            runs[tuning] = replace(runs[tuning], curves={experiment.score: tuple(scores)})
            for rate in experiment.rates[-2:]:
                unit = experiment.final_unit(ground, NAME, rate)
                runs[unit] = replace(final, unit=unit)
        return replace(found, runs=runs)

    return moved
