"""The files of a run: results, certificates, the report; and `regretcheck report`, which makes them again."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paper_checks.run.results import Result, dump_json, results_csv, results_json
from theory.borders import shown

if TYPE_CHECKING:
    from paper_checks.experiments.summary import Summary
    from paper_checks.paper import Paper
    from paper_checks.run.atlas import AtlasRow
    from paper_checks.run.chosen import RunOutput
    from paper_checks.run.record import Record

RUN = "run.json"
"""What the run was: its command, when it ended, and which records it consists of."""


def write_outputs(
    found: RunOutput,
    wanted: Callable[[Result], bool],
    out: Path,
    *,
    command: str,
    generated: str | None = None,
) -> Path:
    """Write the files of a run; return the path of the report.

    generated: the time to show; None for now.
    """
    from online_sim.files import write_bytes
    from paper_checks.report.answers import certificate_name
    from paper_checks.report.builder import REPORT, Heading, build_pages
    from paper_checks.run.registry import papers

    rows, known = found.rows(wanted), papers()
    time = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC") if generated is None else generated
    write_bytes(out / "results.json", results_json(rows))
    write_bytes(out / "results.csv", results_csv(rows))
    about = {
        "command": command,
        "generated": time,
        "shown": [[row.id, row.scenario] for row in rows],
        "records": {
            "games": [record.results[0].scenario for record in found.records],
            "claims": [row.id for row in found.claims],
            # One record holds the audits of all proofs on a scenario.
            "audits": list(dict.fromkeys(row.scenario for row in found.audits)),
            "certificates": [certificate_name(row) for row in found.certificates],
        },
    }
    write_bytes(out / RUN, dump_json(about))
    experiments = experiments_of(found.claims)
    _copy_evidence(found.certificates, [about.name for about, _ in experiments if about.runs], out)
    pages = build_pages(
        found.records,
        Heading(_title(known, found.records, rows), command, time),
        picture=lambda name: (out / "plots" / name).read_bytes(),
        wanted=wanted,
        claims=found.claims,
        audited=found.audits,
        certificates=found.certificates,
        papers=known,
        experiments=experiments,
        atlas=_atlas(found.certificates),
        files=True,
    )
    for name, page in pages.items():
        write_bytes(out / name, page.encode())
    return out / REPORT


def _copy_evidence(certificates: Sequence[Result], experiments: Sequence[str], out: Path) -> None:
    """Put the accepted certificates and the stored experiments beside the pages that link to them."""
    if not certificates and not experiments:
        return
    from online_sim.files import write_bytes
    from paper_checks.experiments.results import STORED
    from paper_checks.gallery.exhibit import FOLDER
    from paper_checks.report.answers import certificate_name

    files = [FOLDER / f"{certificate_name(row)}.json" for row in certificates if row.error is None]
    for folder, paths in (
        ("certificates", files),
        ("experiments", [STORED / f"{n}.json" for n in experiments]),
    ):
        for path in paths:
            (out / folder).mkdir(exist_ok=True)
            write_bytes(out / folder / path.name, path.read_bytes())


def _atlas(certificates: Sequence[Result]) -> tuple[AtlasRow, ...]:
    """The table of the atlas, of a run that replayed all its certificates."""
    if not certificates:
        return ()
    from paper_checks.run.atlas import rows_of_run

    return rows_of_run(certificates)


def experiments_of(claims: Sequence[Result]) -> list[tuple[Summary, list[Result]]]:
    """The experiments that decide some of the claims, each with the rows of those claims."""
    if not claims:
        return []
    from paper_checks.experiments.registry import experiments
    from paper_checks.experiments.summary import summaries
    from paper_checks.run.registry import claims as registered

    decided = {claim.id: claim.experiments for claim in registered()}
    by_name = {name: [row for row in claims if name in decided.get(row.id, ())] for name in experiments()}
    return [(about, by_name[about.name]) for about in summaries([n for n, rows in by_name.items() if rows])]


def _title(known: Sequence[Paper], records: Sequence[Record], rows: Sequence[Result]) -> str:
    """The paper under review or the statement, if the rows are about exactly one."""
    seen = {row.theorem for row in rows if row.theorem}
    about = [paper.title for paper in known if any(s.theorem in seen for s in paper.statements)]
    if not about and len(seen) == 1:
        stated = [s for record in records if record.section is not None for s in record.section.statements]
        about = list(dict.fromkeys(s.title for s in stated if s.id in seen))
    return f"{about[0]}, checked" if len(about) == 1 else "Theorems checked on simulated games"


def show_run(found: RunOutput, wanted: Callable[[Result], bool], report: Path, *, verbose: bool) -> None:
    """Print the verdict on each statement and the path of the report.

    verbose: print every row first. A run without games has no verdicts, so it always prints its rows.
    """
    from paper_checks.cli.table import show_results
    from paper_checks.cli.verdicts import show_verdicts
    from paper_checks.run.registry import papers

    games = found.games(wanted)
    if verbose or not games:
        show_results(games, found.claims, found.audits, found.certificates)
    show_verdicts(found, wanted, report, papers())


def report_command(out: Path, *, verbose: bool) -> int:
    """Make the files of a finished run again from its records, without playing, and print the verdicts."""
    found, about = stored_run(out)
    listed = {(name, scenario) for name, scenario in about["shown"]}

    def wanted(row: Result) -> bool:
        return (row.id, row.scenario) in listed

    report = write_outputs(found, wanted, out, command=about["command"], generated=about["generated"])
    show_run(found, wanted, report, verbose=verbose)
    return 0


def stored_run(out: Path) -> tuple[RunOutput, dict[str, Any]]:
    """The records of a finished run, and what `RUN` says of it.

    Raises:
        ValueError: there is no finished run in the folder, or a record is missing or damaged.
    """
    from paper_checks.run.chosen import RunOutput
    from paper_checks.run.record import load_record
    from paper_checks.run.store import record_path

    try:
        about = json.loads((out / RUN).read_text(encoding="utf-8"))
        names: dict[str, list[str]] = about["records"]
    except (OSError, ValueError, KeyError, TypeError):
        raise ValueError(
            f"`--out` = {shown(str(out))} holds no finished run ({RUN}); make one with `regretcheck run`"
        ) from None

    def record(name: str) -> Record:
        path = record_path(out, name)
        try:
            return load_record(path.read_bytes())
        except (OSError, ValueError) as problem:
            raise ValueError(f"{path}: {problem}; run `{about['command']} --resume` again") from None

    def rows(folder: str) -> tuple[Result, ...]:
        return tuple(row for name in names[folder] for row in record(f"{folder}/{name}").results)

    games = tuple(record(name) for name in names["games"])
    return RunOutput(games, rows("claims"), rows("audits"), rows("certificates")), about
