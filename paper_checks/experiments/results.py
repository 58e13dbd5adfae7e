"""The results of an experiment as a file: JSON that names its design, its data and its circumstances."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from online_sim.files import write_bytes
from paper_checks.experiments.experiment import Experiment, Run, Unit, digest_of

FORMAT = 1
STORED = Path(__file__).parent / "results"
"""The folder of the results that come with the package."""


@dataclass(frozen=True)
class Results:
    """The runs of an experiment.

    Args:
        experiment: Its name.
        design: Its design as JSON, as `Experiment.design` gives it.
        data: The sha256 of each data set that was read.
        versions: The versions of what computed them.
        device: Where they were computed.
        runs: The runs by unit.
        smoke: The first losses of one run of each contender.
        finished: Whether every run is there.
    """

    experiment: str
    design: Mapping[str, Any]
    data: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    device: str = "cpu"
    runs: Mapping[Unit, Run] = field(default_factory=dict)
    smoke: Mapping[str, Sequence[float]] = field(default_factory=dict)
    finished: bool = False

    @property
    def seconds(self) -> float:
        """The time of all runs, as if one came after the other."""
        return sum(run.seconds for run in self.runs.values())

    def of(self, experiment: Experiment) -> Results:
        """These results, if they are those of this design and finished.

        Raises:
            ValueError: the design has changed since, or runs are missing.
        """
        _same_design(self, experiment)
        if not self.finished:
            raise ValueError(
                f"the results of {experiment.name} are unfinished ({len(self.runs)} runs); run "
                f"`regretcheck experiment {experiment.name} --resume`"
            )
        return self


class NotStored(ValueError):
    """There are no results of an experiment; the message names the command that makes them."""


Supply = Callable[[Experiment], Results]
"""Where a claim takes the results of an experiment from."""


def stored(experiment: Experiment) -> Results:
    """The results of an experiment that come with the package.

    Raises:
        NotStored: there are none.
        ValueError: they are damaged, unfinished, or those of another design.
    """
    return read_results(STORED / f"{experiment.name}.json", experiment).of(experiment)


def begin(experiment: Experiment, *, data: Mapping[str, str], device: str) -> Results:
    """Results without a run, with the circumstances filled in."""
    names = ("regretcheck", "numpy", "torch")
    versions = {"python": platform.python_version(), **{name: _version(name) for name in names}}
    return Results(experiment.name, experiment.design, data, versions, device)


def with_run(results: Results, run: Run) -> Results:
    """The results with one more run, in the order in which a file holds them."""
    return replace(
        results, runs=dict(sorted({**results.runs, run.unit: run}.items(), key=lambda pair: pair[0]))
    )


def write_results(results: Results, path: Path) -> None:
    """Write them to a file, completely or not at all.

    Raises:
        ValueError: a number is not finite.
        OSError: the file cannot be written.
    """
    content = {
        "format": FORMAT, **asdict(replace(results, runs={})),
        "runs": [asdict(run) for run in results.runs.values()],
    }  # fmt: skip
    content["digest"] = digest_of(content)
    # One run a line: a change shows as the lines of the runs that changed.
    runs = ",\n".join(f"  {json.dumps(run, allow_nan=False)}" for run in content.pop("runs"))
    head = json.dumps(content, indent=1, allow_nan=False).removesuffix("\n}")
    write_bytes(path, f'{head},\n "runs": [\n{runs}\n ]\n}}\n'.encode())


def read_results(path: Path, experiment: Experiment) -> Results:
    """The results in a file, finished or not.

    Raises:
        NotStored: there is no such file.
        ValueError: it is damaged, or a hand has changed it.
    """
    again = f"run `regretcheck experiment {experiment.name}`"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        digest, form = content.pop("digest"), content.pop("format")
        if form != FORMAT:
            raise ValueError(f"{path} has format {form!r}, this version reads {FORMAT}; {again}")
        if digest != digest_of({"format": form, **content}):
            raise ValueError(f"{path} was changed after it was written: its digest differs; {again}")
        runs = [_run(run) for run in content.pop("runs")]
        results = Results(**content, runs={run.unit: run for run in runs})
    except FileNotFoundError:
        raise NotStored(f"there are no results of {experiment.name} ({path}); {again}") from None
    except (KeyError, TypeError, AttributeError, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(
            f"{path} is not a file of results ({type(error).__name__}: {error}); {again}"
        ) from None
    if results.experiment != experiment.name:
        raise ValueError(f"{path} holds the results of {results.experiment!r}, not of {experiment.name!r}")
    return results


def _same_design(results: Results, experiment: Experiment) -> None:
    then, now = digest_of(results.design), experiment.digest
    if then != now:
        changed = sorted(
            key
            for key in {*results.design, *experiment.design}
            if results.design.get(key) != experiment.design.get(key)
        )
        raise ValueError(
            f"the design of {experiment.name} has changed ({', '.join(changed)}): its results are those of "
            f"design {then}, and it is {now} now; run `regretcheck experiment {experiment.name}` again"
        )


def _run(content: Mapping[str, Any]) -> Run:
    return Run(**{**content, "unit": Unit(**content["unit"])})


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"
