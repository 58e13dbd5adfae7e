"""Where the time of a run went: by stage, and by task, as a table and as JSON."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from typing import Any

from online_sim.stopwatch import Spent, Stage, Stopwatch, Times

PROFILE = "profile.json"
"""The file in the folder of a run."""
REST = "starting processes, and the rest"
"""What no stopwatch saw: the start of workers, and sending tasks to them and results back."""
SHOWN = 15
"""The number of tasks in the table."""


def _now() -> Spent:
    t = os.times()
    return Spent(t.user + t.system + t.children_user + t.children_system, time.perf_counter())


@dataclass
class Profile:
    """The times of a run.

    Args:
        own: The stopwatch of the process that leads the run.
        tasks: By the name of a task that was done in this run, its times, wherever it was done.
    """

    own: Stopwatch
    tasks: dict[str, Times] = field(default_factory=dict)
    _began: Spent = field(default_factory=_now)

    def stages(self) -> dict[str, Spent]:
        """The time of each stage, summed over the processes, in the order of `Stage`, and the rest."""
        times = [self.own.spent, *self.tasks.values()]
        found = {s.value: total(t[s] for t in times if s in t) for s in Stage}
        rest = self.whole().cpu - total(found.values()).cpu
        return {
            **{name: spent for name, spent in found.items() if spent != Spent()},
            REST: Spent(max(rest, 0.0), math.nan),
        }

    def by_task(self) -> dict[str, Spent]:
        """The time of each task, the longest first."""
        found = {name: total(times.values()) for name, times in self.tasks.items()}
        return dict(sorted(found.items(), key=lambda item: -item[1].cpu))

    def whole(self) -> Spent:
        """The time since the run began: cpu of this process and of its children that have ended."""
        now = _now()
        return Spent(now.cpu - self._began.cpu, now.wall - self._began.wall)

    def to_json(self, *, jobs: int) -> dict[str, Any]:
        """Strict JSON values, in seconds."""
        return {
            "jobs": jobs,
            **_seconds(self.whole()),
            "stages": {name: _seconds(spent) for name, spent in self.stages().items()},
            "tasks": {
                name: {
                    **_seconds(spent),
                    "stages": {s.value: _seconds(t) for s, t in self.tasks[name].items()},
                }
                for name, spent in self.by_task().items()
            },
        }

    def lines(self, *, jobs: int) -> list[str]:
        """The table: the stages, then the longest tasks."""
        tasks, whole = self.by_task(), self.whole()
        named, longest = self.stages(), list(tasks.items())[:SHOWN]
        width = max(len(name) for name in (*named, *dict(longest)))
        several = min(jobs, len(tasks)) > 1
        over = f", summed over {jobs} processes" if several else ""
        return [
            f"{'Stage'.ljust(width)}  CPU s  wall s{over}",
            *(_line(name, spent, width) for name, spent in named.items()),
            f"{'all'.ljust(width)} {whole.cpu:6.1f}  {whole.wall:6.1f} by the clock",
            f"The {len(longest)} longest of {len(tasks)} tasks" if tasks else "Every task was reused.",
            *(_line(name, spent, width) for name, spent in longest),
        ]


def total(times: Iterable[Spent]) -> Spent:
    """The sum of times."""
    return reduce(add, times, Spent())


def _line(name: str, spent: Spent, width: int) -> str:
    wall = "" if math.isnan(spent.wall) else f"  {spent.wall:6.1f}"
    return f"{name.ljust(width)} {spent.cpu:6.1f}{wall}"


def _seconds(spent: Spent) -> Mapping[str, float | None]:
    return {"cpu": round(spent.cpu, 3), "wall": None if math.isnan(spent.wall) else round(spent.wall, 3)}
