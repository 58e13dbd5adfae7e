"""Run an experiment: independent runs on several processes, a file after every run, resumed on request."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from online_sim.engines.torch_engine import torch_device
from paper_checks.experiments.experiment import Experiment, Place, Run, Unit, digest_of
from paper_checks.experiments.results import Results, begin, read_results, with_run, write_results

Told = Callable[[Run, int, int], None]
"""Called with each finished run, the number of finished runs, and the number of those known to be needed."""


def run_experiment(
    experiment: Experiment,
    path: Path,
    place: Place,
    *,
    jobs: int = 1,
    resume: bool = False,
    limit: int | None = None,
    told: Told = lambda *_: None,
) -> Results:
    """Do every run that is missing and write the results.

    Args:
        experiment: The design.
        path: The file of results.
        place: The data and the device.
        jobs: The number of processes, with one thread each.
        resume: Whether to continue the results that are there.
        limit: The most runs to do now; None for all.
        told: Hears of every finished run.

    Raises:
        ValueError: results are there and `resume` is false, or they are those of another design or of
            other data; a data set or the device is missing.
    """
    if place.device != "cpu":
        torch_device(place.device)
    data = digests(experiment, place)
    results = begin(experiment, data=data, device=place.device)
    if path.exists():
        if not resume:
            raise ValueError(f"{path} exists; give --resume to continue it, or another --out")
        results = _continued(read_results(path, experiment), results, path)
    done = 0
    while missing := [unit for unit in experiment.ready(results.runs) if unit not in results.runs]:
        batch = missing if limit is None else missing[: limit - done]
        if not batch:
            return results
        for run in _runs(experiment, batch, place, jobs):
            done += 1
            results = with_run(results, run)
            write_results(results, path)
            told(run, len(results.runs), len({*experiment.ready(results.runs)}))
    if not results.finished:
        results = replace(results, finished=True, smoke=smoke(experiment, place))
        write_results(results, path)
    return results


def timed(experiment: Experiment, unit: Unit, place: Place) -> Run:
    """One run in this process, with one thread, so that its numbers do not depend on the machine's cores."""
    from threadpoolctl import threadpool_limits

    began = time.perf_counter()
    with threadpool_limits(1):
        run = experiment.run(unit, place)
    return replace(run, seconds=round(time.perf_counter() - began, 3))


def digests(experiment: Experiment, place: Place) -> dict[str, str]:
    """The sha256 of each data set that an experiment reads; ValueError where one is missing."""
    if not experiment.datasets:
        return {}
    from paper_checks.experiments.images.registry import load

    return {name: load(name, place.data).sha256 for name in experiment.datasets}


def smoke(experiment: Experiment, place: Place) -> dict[str, list[float]]:
    """The first losses of one run of each contender, computed in this process with one thread."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return {name: list(map(float, losses)) for name, losses in experiment.smoke(place).items()}


def _runs(experiment: Experiment, units: Sequence[Unit], place: Place, jobs: int) -> Iterator[Run]:
    """The runs as they finish."""
    if jobs == 1:
        yield from (timed(experiment, unit, place) for unit in units)
        return
    from joblib import Parallel, delayed

    parallel = Parallel(n_jobs=jobs, return_as="generator_unordered", batch_size=1)
    yield from parallel(delayed(timed)(experiment, unit, place) for unit in units)


def _continued(found: Results, fresh: Results, path: Path) -> Results:
    """The results so far, if they are those of the same design and data on the same kind of device."""
    for name in ("design", "data", "device"):
        then, now = getattr(found, name), getattr(fresh, name)
        if then != now:
            raise ValueError(
                f"{path} has another {name} ({digest_of(then)}, now {digest_of(now)}); "
                f"move it away to begin anew"
            )
    return replace(found, versions=fresh.versions)
