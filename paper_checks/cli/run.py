"""`regretcheck run`: choose, play, check claims, audit proofs, write the report, show the verdicts."""

from __future__ import annotations

import secrets
import shlex
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from online_sim.files import write_bytes
from online_sim.stopwatch import Stage, stage, timing
from paper_checks.cli.exit_codes import ExitCode
from paper_checks.cli.printable import say, write_json
from paper_checks.cli.progress import BarProgress
from paper_checks.run.lock import locked
from paper_checks.run.own_file import file_of
from paper_checks.run.profile import PROFILE, Profile
from paper_checks.run.results import Result, dump_json, results_json
from paper_checks.run.selection import Selection, choose
from paper_checks.scenario import Options, Scenario, base_id

if TYPE_CHECKING:
    from paper_checks.run.chosen import RunOutput


def run_command(
    names: Sequence[str],
    options: Options,
    *,
    out: Path,
    as_json: bool,
    jobs: int | None = None,
    seeds: str | None = None,
    grid: Sequence[str] = (),
    verbose: bool = False,
    cached: bool = True,
    profiled: bool = False,
    **how: Any,
) -> int:
    """Run and return the exit code (see `paper_checks.cli.exit_codes`).

    jobs: None for one per processor; verbose: print every row before the verdicts, and after them what is
    not kept; cached: whether results of other runs are reused, and those of this run kept; profiled: whether
    to print and keep where the time went; how: `backend`, `scheduler` and `resume` of `run_tasks`.
    """
    with ExitStack() as stack:
        if profiled:
            how["profile"] = Profile(stack.enter_context(timing()))
        return _run(
            names, options, out=out, as_json=as_json, jobs=jobs, seeds=seeds, grid=grid, verbose=verbose,
            cached=cached, **how,
        )  # fmt: skip


def _run(
    names: Sequence[str],
    options: Options,
    *,
    out: Path,
    as_json: bool,
    jobs: int | None,
    seeds: str | None,
    grid: Sequence[str],
    verbose: bool,
    cached: bool,
    profile: Profile | None = None,
    **how: Any,
) -> int:
    from paper_checks.cli.outputs import show_run, write_outputs
    from paper_checks.run.chosen import run_chosen
    from paper_checks.run.pool import available_cpus
    from paper_checks.run.result_cache import open_cache, told
    from paper_checks.run.runner import engine_of
    from paper_checks.run.scaling_notes import notices

    with stage(Stage.CHOOSING):
        chosen, games = choose(names), None
        if seeds is not None or grid:
            chosen, games = _sweep(chosen, options, seeds, grid)
    engine_of(options)  # before anything is written or printed
    own = (file_of(scenario) for scenario in chosen.scenarios)
    cache = open_cache(file for file in own if file is not None) if cached else None
    make_writable(out)
    with locked(out):
        with stage(Stage.CHOOSING):
            for line in notices(name for s in chosen.scenarios for name in s.theorem_ids):
                say(line, err=True)
        jobs = jobs or available_cpus()
        with BarProgress() as progress:
            try:
                found = run_chosen(
                    chosen, options, games=games, out=out, jobs=jobs, progress=progress, cache=cache,
                    profile=profile, **how,
                )  # fmt: skip
                progress.stop()
            except KeyboardInterrupt:
                progress.stop()
                kept = f"{progress.finished} of {progress.total} tasks are finished and kept in {out}"
                say(f"interrupted; {kept}; go on with --resume", err=True)
                return ExitCode.INTERRUPTED
        words = [*options.words, *(["--seeds", seeds] if seeds else [])]
        words += [word for entry in grid for word in ("--grid", entry)]
        command = shlex.join(["regretcheck", "run", *names, *words])
        with stage(Stage.WRITING):
            report = write_outputs(found, chosen.wanted, out, command=command)
        everything = found.rows(chosen.wanted)
        if as_json:
            write_json(results_json(everything))
            say(f"report: {report}", err=True)
        else:
            show_run(found, chosen.wanted, report, verbose=verbose)
        if cache is not None:
            for name, reason in cache.left.items() if verbose else ():
                say(f"not kept for later runs: {name} ({reason})", err=as_json)
            if (sentence := told(cache, progress.total)) is not None:
                say(sentence, err=as_json)
        if profile is not None:
            write_bytes(out / PROFILE, dump_json(profile.to_json(jobs=jobs)))
            for line in profile.lines(jobs=jobs):
                say(line, err=as_json)
    return exit_code(found, everything)


def exit_code(found: RunOutput, rows: Sequence[Result]) -> ExitCode:
    """Return the exit code and print each note and each theory file that ended the program."""
    for record in found.records:
        for note in record.notes:
            say(f"note: {note}", err=True)
    ended = [record for record in found.records if record.ended]
    for record in ended:
        first = record.results[0]
        say(f"error: {first.scenario}: {first.error}", err=True)
    if ended:
        return ExitCode.MISUSE
    return ExitCode.FINDING if any(row.error is not None for row in rows) else ExitCode.DONE


def _sweep(
    chosen: Selection, options: Options, seeds: str | None, grid: Sequence[str]
) -> tuple[Selection, list[tuple[Scenario, Options]]]:
    """The games of a sweep over what was chosen; a sweep plays only games."""
    from paper_checks.run.sweep import parse_grid, parse_seeds, varied

    if not chosen.scenarios:
        raise ValueError(
            "`--seeds` and `--grid` vary games, but no game was chosen; name a scenario or a file"
        )
    numbers = parse_seeds(seeds) if seeds is not None else (options.seed,)
    games = varied(chosen.scenarios, options, parse_grid(grid), numbers)

    def wanted(row: Result) -> bool:
        return chosen.wanted(replace(row, scenario=base_id(row.scenario)))

    return Selection(chosen.scenarios, wanted), games


def make_writable(out: Path) -> None:
    """Create the folder, or raise ValueError with the reason why it cannot be written."""
    probe = out / f".regretcheck-{secrets.token_hex(8)}"
    try:
        out.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ValueError(f"cannot write to `--out` = {str(out)!r}: {reason}; name another folder") from None
