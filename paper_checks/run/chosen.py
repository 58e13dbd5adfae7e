"""All that names asked for, as tasks of one run: games, claims, audits of proofs, certificates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from paper_checks.audit import Audit
from paper_checks.claim import Claim, Examined, examine
from paper_checks.run.audits import examine_audit
from paper_checks.run.certified import examine_certificate
from paper_checks.run.results import Record, Result
from paper_checks.run.selection import Selection
from paper_checks.run.tasks import Finished, Progress, Task, run_tasks
from paper_checks.scenario import Options, Scenario

if TYPE_CHECKING:
    from paper_checks.gallery.exhibit import Exhibit


@dataclass(frozen=True)
class Found:
    """What a run found: records of the games, then claims, rows of audited proofs, rows of certificates."""

    records: tuple[Record, ...]
    claims: tuple[Examined, ...] = ()
    audits: tuple[Result, ...] = ()
    certificates: tuple[Result, ...] = ()

    def games(self, wanted: Callable[[Result], bool]) -> list[Result]:
        """The rows of the games that are wanted."""
        return [row for record in self.records for row in record.results if wanted(row)]

    def rows(self, wanted: Callable[[Result], bool]) -> list[Result]:
        """The rows of the games that are wanted, then those of everything else."""
        return [*self.games(wanted), *self.certificates, *self.audits, *(e.row for e in self.claims)]


def run_chosen(
    chosen: Selection,
    options: Options,
    *,
    games: Sequence[tuple[Scenario, Options]] | None = None,
    **how: Any,
) -> Found:
    """Do everything that was chosen, each piece a task; how: as in `run_tasks`.

    games: what to play, each with options of its own, in place of the chosen scenarios.
    """
    from paper_checks.run.runner import engine_of, play_task

    engine_of(options)
    files = how.get("out") is not None
    played = [(s, options) for s in chosen.scenarios] if games is None else games
    tasks = [
        *(play_task(scenario, own, files=files) for scenario, own in played),
        *(claim_task(claim, options) for claim in chosen.claims),
        *(audit_task(audit, options) for audit in chosen.audits),
        *(certificate_task(entry, options) for entry in chosen.certificates),
    ]
    left = iter(run_tasks(tasks, **how))
    return Found(
        tuple(next(left) for _ in played),
        tuple(Examined(claim, None, next(left).results[0]) for claim in chosen.claims),
        tuple(row for _ in chosen.audits for row in next(left).results),
        tuple(next(left).results[0] for _ in chosen.certificates),
    )


def claim_task(claim: Claim, options: Options) -> Task:
    """The task that checks a claim."""
    about = Result(claim.id, "", str(claim.source), "", claim.quote, None, "", seed=options.seed)
    return _task(f"claims/{claim.id}", partial(_claim_rows, claim, options), about, options)


def audit_task(audit: Audit, options: Options) -> Task:
    """The task that audits the proofs of a scenario."""
    about = Result("audit", "", "", audit.scenario, audit.scenario, None, "", seed=options.seed)
    return _task(f"audits/{audit.scenario}", partial(examine_audit, audit, options), about, options)


def certificate_task(entry: Exhibit, options: Options) -> Task:
    """The task that replays a certificate of the gallery."""
    found = entry.counterexample
    about = Result(
        f"certificate.{entry.name}", found.theorem.id, str(found.theorem.source), "", entry.title, None, "",
        seed=options.seed,
    )  # fmt: skip
    content = entry.path.read_bytes() if entry.path.exists() else b""
    rows = partial(_certificate_rows, entry, options)
    return _task(f"certificates/{entry.name}", rows, about, options, content)


def _task(
    name: str, rows: Callable[[], Iterable[Result]], about: Result, options: Options, *depends: bytes
) -> Task:
    from paper_checks.run.store import digest

    key = digest(name, options, *depends)
    return Task(name, key, partial(_work, rows, key), partial(_lost, about, key))


def _work(rows: Callable[[], Iterable[Result]], key: str, _: Progress) -> Finished:
    record = Record(key, tuple(rows()), None)
    return Finished(record, keep=not record.crashed)


def _lost(about: Result, key: str, reason: str) -> Record:
    return Record(key, (replace(about, reason=reason, error=reason),), None)


def _claim_rows(claim: Claim, options: Options) -> tuple[Result]:
    return (examine(claim, options).row,)


def _certificate_rows(entry: Exhibit, options: Options) -> tuple[Result]:
    return (examine_certificate(entry, options),)


__all__ = ["Found", "audit_task", "certificate_task", "claim_task", "run_chosen"]
