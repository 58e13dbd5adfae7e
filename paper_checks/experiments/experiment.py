"""An experiment: a design as data, its independent runs, and what one run measures.

The design decides everything that the numbers depend on. Its digest is stored with the results, so that
results of another design are never read as results of this one.
"""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from theory.borders import settle, text
from theory.loss import Loss
from theory.printable import check_file_name
from theory.recurrence import Recurrence

FIRST_STEPS, FIRST_RATE = 20, 1e-3
"""The number of first steps that CI repeats for every contender, and their learning rate."""


@dataclass(frozen=True, order=True)
class Unit:
    """One run of an experiment; the runs of one stage do not depend on each other.

    Args:
        stage: What it is for, such as "tune" or "final".
        contender: The optimizer.
        rate: The learning rate.
        seed: The seed of everything random in the run, so that contenders are paired by it.
    """

    stage: str
    contender: str
    rate: float
    seed: int

    def __str__(self) -> str:
        """For progress and errors."""
        return f"{self.stage}: {self.contender}, rate {self.rate:g}, seed {self.seed}"


@dataclass(frozen=True)
class Run:
    """The outcome of a unit.

    Args:
        unit: Which run it was.
        numbers: Finite numbers by name.
        curves: Finite numbers by name, one for each epoch or step; shorter where the run diverged.
        diverged: The step (from 1) whose loss is not finite; None if every loss is finite.
        seconds: The time that it took.
    """

    unit: Unit
    numbers: Mapping[str, float] = field(default_factory=dict)
    curves: Mapping[str, Sequence[float]] = field(default_factory=dict)
    diverged: int | None = None
    seconds: float = 0.0

    def __post_init__(self) -> None:
        """Freeze the curves, so that a run equals itself after it was read from a file."""
        settle(self, curves={name: tuple(values) for name, values in self.curves.items()})


@dataclass(frozen=True)
class Place:
    """Where an experiment runs; the numbers may depend on it only by rounding.

    Args:
        data: The folder of real data, or None for the usual places.
        device: "cpu", "cuda" or "cuda:1".
    """

    data: Path | None = None
    device: str = "cpu"


@dataclass(frozen=True)
class Experiment(ABC):
    """A figure of a paper as a design, at a stated scale.

    Args:
        name: The name on the command line and of the file of results, such as "fig1".
        title: One line: what is shown.
        source: The figures and sections of the paper.
        scale: The size at which it is run; part of every sentence about its results.
    """

    name: str
    title: str
    source: str
    scale: str

    def __post_init__(self) -> None:
        """Check the texts; subclasses check their own fields too."""
        for name in ("title", "source", "scale"):
            text(name, getattr(self, name))
        check_file_name(self.name, "`name` of an experiment", longest=60)

    @property
    @abstractmethod
    def datasets(self) -> tuple[str, ...]:
        """The names of the real data sets that it reads."""

    @abstractmethod
    def ready(self, done: Mapping[Unit, Run]) -> Sequence[Unit]:
        """Every unit that is known to be needed, those in `done` included.

        A later stage may depend on the runs of an earlier one: its units appear when those are done.
        """

    @abstractmethod
    def run(self, unit: Unit, place: Place) -> Run:
        """Do one run. It reads the design and the data only."""

    @abstractmethod
    def smoke(self, place: Place) -> Mapping[str, Sequence[float]]:
        """The first losses of one run of each contender: CI compares them with the stored ones."""

    @abstractmethod
    def draw(self, runs: Mapping[Unit, Run], figure: Any) -> None:
        """Draw the results on an empty matplotlib figure."""

    @property
    def design(self) -> dict[str, Any]:
        """The design as JSON: every field but the texts, and the recurrences line by line."""
        told = ("title", "source")
        own = {f.name: _plain(getattr(self, f.name)) for f in fields(self) if f.name not in told}
        return {"kind": type(self).__name__, **own}

    @property
    def digest(self) -> str:
        """A hash of `design`."""
        return digest_of(self.design)


def rounded(values: Iterable[float], digits: int) -> tuple[float, ...]:
    """Numbers with so many significant digits, as a file shows them."""
    return tuple(float(f"{value:.{digits}g}") for value in values)


def digest_of(content: Any) -> str:
    """A hash of JSON, whatever its spacing and the order of its keys."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:20]


def _plain(value: Any) -> Any:
    """A value as JSON."""
    if isinstance(value, Recurrence):
        return {"name": value.name, "lines": value.lines}
    if isinstance(value, Loss):
        return {"name": value.name, "value": str(value.value)}
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(v) for key, v in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(v) for v in value]
    if isinstance(value, Enum):
        return value.name
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"a design holds {value!r}, a {type(value).__name__}; use numbers, texts and dataclasses")
