"""Everything that names select, as tasks of one run: games, claims, audits of proofs, certificates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from paper_checks.run.audits import about_audit, examine_audit
from paper_checks.run.examine import about_certificate, about_claim, examine_certificate, examine_claim
from paper_checks.run.record import Record
from paper_checks.run.results import Result
from paper_checks.run.selection import Selection
from paper_checks.run.store import Finished, digest
from paper_checks.run.task import Progress, Task
from paper_checks.run.tasks import run_tasks
from paper_checks.scenario import Options, Scenario

if TYPE_CHECKING:
    from paper_checks.gallery.exhibit import Exhibit

T = TypeVar("T")


@dataclass(frozen=True)
class RunOutput:
    """The results of a run: records of games, then rows of claims, audited proofs and certificates."""

    records: tuple[Record, ...]
    claims: tuple[Result, ...] = ()
    audits: tuple[Result, ...] = ()
    certificates: tuple[Result, ...] = ()

    def games(self, wanted: Callable[[Result], bool]) -> list[Result]:
        """The rows of the games that are wanted."""
        return [row for record in self.records for row in record.results if wanted(row)]

    def rows(self, wanted: Callable[[Result], bool]) -> list[Result]:
        """The rows of the games that are wanted, then those of everything else."""
        return [*self.games(wanted), *self.certificates, *self.audits, *self.claims]


def run_chosen(
    chosen: Selection,
    options: Options,
    *,
    games: Sequence[tuple[Scenario, Options]] | None = None,
    **how: Any,
) -> RunOutput:
    """Run everything that was chosen, each piece as a task; how: as in `run_tasks`.

    games: what to play instead of the chosen scenarios, each with its options.
    """
    from paper_checks.run.runner import engine_of, play_task

    engine_of(options)
    files = how.get("out") is not None
    played = [(s, options) for s in chosen.scenarios] if games is None else games
    groups = (
        [play_task(scenario, own, files=files) for scenario, own in played],
        [_task(f"claims/{c.id}", examine_claim, c, about_claim(c, options), options) for c in chosen.claims],
        [
            _task(f"audits/{a.scenario}", examine_audit, a, about_audit(a, options), options)
            for a in chosen.audits
        ],
        [_certificate_task(exhibit, options) for exhibit in chosen.certificates],
    )
    left = iter(run_tasks([task for tasks in groups for task in tasks], **how))
    records, *others = (tuple(next(left) for _ in tasks) for tasks in groups)
    return RunOutput(records, *(tuple(row for record in found for row in record.results) for found in others))


def _certificate_task(exhibit: Exhibit, options: Options) -> Task:
    content = exhibit.path.read_bytes() if exhibit.path.exists() else b""
    about = about_certificate(exhibit, options)
    task = _task(f"certificates/{exhibit.name}", examine_certificate, exhibit, about, options, content)
    return replace(task, rounds=exhibit.counterexample.game.horizon)


def _task(
    name: str,
    examine: Callable[[T, Options], tuple[Result, ...]],
    subject: T,
    about: Result,
    options: Options,
    *depends: bytes,
) -> Task:
    """The task that examines a subject; about: the row to show if the task is lost."""
    key = digest(name, options, *depends)
    return Task(
        name, key, partial(_work, partial(examine, subject, options), key), partial(_lost, about, key)
    )


def _work(examine: Callable[[], tuple[Result, ...]], key: str, _: Progress) -> Finished:
    record = Record(key, examine(), None)
    return Finished(record, keep=not record.crashed)


def _lost(about: Result, key: str, reason: str) -> Record:
    return Record(key, (replace(about, reason=reason, error=reason),), None)
