"""`regretcheck run`: choose, play, check claims, audit proofs, write the report, show the verdicts."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import typer

from paper_checks.audits import examine_audit
from paper_checks.certified import examine_certificate
from paper_checks.claim import Examined, examine
from paper_checks.cli.progress import BarProgress
from paper_checks.cli.table import show_results
from paper_checks.registry import Selection, audits, claims, load_file, scenarios, select, unique
from paper_checks.results import Record, Result, results_json
from paper_checks.scenario import Options

INTERRUPTED = 130


def run_command(
    names: Sequence[str], options: Options, *, out: Path, jobs: int | None, as_json: bool, resume: bool
) -> int:
    """Run and return the exit code: 0, or 1 when a scenario crashed, or 130 when interrupted."""
    chosen = choose(names)
    make_writable(out)
    from paper_checks.runner import available_cpus, run_records
    from paper_checks.scaling_notes import notices

    jobs = jobs or available_cpus()
    for line in notices(name for s in chosen.scenarios for name in s.theorem_ids):
        typer.echo(line, err=True)
    with BarProgress() as progress:
        try:
            records = run_records(
                chosen.scenarios,
                options,
                out=out,
                jobs=jobs,
                progress=progress,
                resume=resume,
            )
            examined, audited, certified = _checks(chosen, options, jobs, progress)
            progress.stop()
        except KeyboardInterrupt:
            progress.stop()
            kept = f"{progress.finished} of {len(chosen.scenarios)} scenarios are finished and kept in {out}"
            typer.echo(f"interrupted; {kept}; go on with --resume", err=True)
            return INTERRUPTED
    command = shlex.join(
        ["regretcheck", "run", *names, "--seed", str(options.seed), *(["--full"] * options.full)]
    )
    report = write_outputs(
        records, chosen, out, command=command, examined=examined, audited=audited,
        certified=certified,
    )  # fmt: skip
    rows = [row for record in records for row in record.results if chosen.wanted(row)]
    everything = [*rows, *certified, *audited, *(e.row for e in examined)]
    if as_json:
        sys.stdout.write(results_json(everything).decode())
        typer.echo(f"report: {report}", err=True)
    else:
        show_results(rows, report, examined, audited, certified)
    return int(any(row.error is not None for row in everything))


def _checks(
    chosen: Selection, options: Options, jobs: int, progress: BarProgress
) -> tuple[list[Examined], list[Result], list[Result]]:
    """What plays no scenario of its own: claims, audits with one row for each proof, and certificates."""
    from paper_checks.runner import in_processes

    tasks: list[Callable[[], Any]] = [
        *(partial(examine, claim, options) for claim in chosen.claims),
        *(partial(examine_audit, audit, options) for audit in chosen.audits),
        *(partial(examine_certificate, entry, options) for entry in chosen.certificates),
    ]
    done = in_processes(tasks, jobs, lambda count: progress.checked(count, len(tasks)))
    claims, audits = len(chosen.claims), len(chosen.claims) + len(chosen.audits)
    return done[:claims], [row for rows in done[claims:audits] for row in rows], done[audits:]


def choose(names: Sequence[str]) -> Selection:
    """The scenarios and claims that the names ask for; a name that ends with .py is a file of one's own."""
    files = [name for name in names if name.endswith(".py")]
    own = unique(s for name in dict.fromkeys(files) for s in load_file(Path(name)))
    others = [name for name in names if name not in files]
    if files and not others:
        return select(others, scenarios(), files=own)
    # A file alone asks for no claim, audit or certificate: they are looked up only where one may be meant.
    from paper_checks.gallery.entry import gallery

    return select(others, scenarios(), files=own, ledger=claims(), audited=audits(), gallery=gallery())


def make_writable(out: Path) -> None:
    """Make the folder, or raise a ValueError that says why it cannot be written."""
    probe = out / ".regretcheck"
    try:
        out.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ValueError(f"cannot write to `--out` = {str(out)!r}: {reason}; name another folder") from None


def write_outputs(
    records: Sequence[Record],
    chosen: Selection,
    out: Path,
    *,
    command: str,
    examined: Sequence[Examined] = (),
    audited: Sequence[Result] = (),
    certified: Sequence[Result] = (),
) -> Path:
    """Write ``results.json`` and ``report.html``; return the path of the report."""
    from online_sim.files import write_bytes
    from paper_checks.report.builder import Heading, build_report

    rows = [row for record in records for row in record.results if chosen.wanted(row)]
    write_bytes(out / "results.json", results_json([*rows, *certified, *audited, *(e.row for e in examined)]))
    heading = Heading(
        title="Theorems held against played games",
        command=command,
        generated=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    )
    page = build_report(
        records, heading, picture=lambda name: (out / "plots" / name).read_bytes(), wanted=chosen.wanted,
        claims=examined, audited=audited, certificates=certified,
    )  # fmt: skip
    write_bytes(out / "report.html", page.encode())
    return out / "report.html"
