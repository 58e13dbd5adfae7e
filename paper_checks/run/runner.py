"""Run scenarios: play, check the theorems on the trace, and produce rows, a section and files."""

from __future__ import annotations

import time
import traceback
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from online_sim.stopwatch import Stage, stage
from paper_checks.playing import play_plan
from paper_checks.run.guard import Ended, guarded
from paper_checks.run.own_file import checked_plan, file_of
from paper_checks.run.own_module import TheoryFileError, inside, line_in, own_module
from paper_checks.run.rate import is_settled, measured_rate
from paper_checks.run.record import Record
from paper_checks.run.results import GameDetail, Result, error_text, json_ready, played_of
from paper_checks.run.section import describe, stream_name
from paper_checks.run.store import Finished, fingerprint
from paper_checks.run.task import Progress, Task
from paper_checks.run.tasks import run_tasks
from paper_checks.scenario import Options, Plan, Scenario, Varied, base_id
from theory.borders import one_of
from theory.printable import printable

if TYPE_CHECKING:
    from bounds.verdict import Check
    from online_sim.engines.base import Engine
    from online_sim.trace import Trace
    from theory.statement import Theorem

CONTRADICTION = "a proved theorem is violated: the tool or the proof is wrong"
"""The error of an impossible row; the run then fails, as it does when a scenario crashes."""


def run_scenarios(scenarios: Sequence[Scenario], options: Options, **how: Any) -> list[Result]:
    """The rows of all scenarios, in their order; how: as in `run_tasks`."""
    return [row for record in run_records(scenarios, options, **how) for row in record.results]


def run_records(
    scenarios: Sequence[Scenario], options: Options, *, out: Path | None = None, **how: Any
) -> list[Record]:
    """Run every scenario and return one record each, in their order.

    out: the folder for traces, plots and finished records (None: nothing is written); how: as in
    `run_tasks`. A scenario that crashes becomes a record with an error while the others go on. Raises
    ValueError for wrong input, OSError when `out` cannot be written.
    """
    engine_of(options)
    return run_tasks([play_task(s, options, files=out is not None) for s in scenarios], out=out, **how)


def play_task(scenario: Scenario, options: Options, *, files: bool = True) -> Task:
    """The task that runs a scenario; files: whether it makes the trace and the plots."""
    key = fingerprint(scenario, options)
    lost = partial(_crash, scenario, options, key, 0.0)
    own = (f"traces/{scenario.id}.npz",) if files else ()
    return Task(
        scenario.id,
        key,
        partial(run_one, scenario, options, files, key),
        lost,
        own,
        foreign=file_of(scenario) is not None,
        modules=("online_sim.simulate", "bounds.evaluate", *(("bounds.plot",) if files else ())),
    )


def run_one(
    scenario: Scenario, options: Options, files: bool, key: str, progress: Progress | None = None
) -> Finished:
    """Run one scenario in this process; an error inside it becomes a record that says so."""
    # Imports made now do not count towards the time of the scenario.
    import online_sim.simulate  # noqa: F401

    began = time.perf_counter()
    try:
        with code_of(scenario):
            return _played(scenario, options, files, key, progress, began)
    except Exception as error:
        ended = isinstance(error, Ended | TheoryFileError)
        record = _crash(
            scenario, options, key, time.perf_counter() - began, _reason(scenario, error), ended=ended
        )
        crash = {f"partial/{scenario.id}.crash.txt": printable(traceback.format_exc(), lines=True).encode()}
        return Finished(record, crash if files else {}, keep=False)


def code_of(scenario: Scenario) -> AbstractContextManager[None]:
    """The context in which the code of a scenario runs: guarded, with the modules of its file."""
    own = file_of(scenario)
    return guarded() if own is None else inside(own_module(own))


def _played(
    scenario: Scenario, options: Options, files: bool, key: str, progress: Progress | None, began: float
) -> Finished:
    from bounds.confirm import with_evidence

    plan = on_engine(scenario.build(options), options)
    told = None if progress is None else partial(progress.rounds, scenario.id)
    trace = play_plan(plan, progress=told)
    trace = replace(trace, run=replace(trace.run, scenario=_origin(scenario, options, plan)))
    with stage(Stage.BOUNDS):
        held = {i: _checks(theorem, trace, plan) for i, theorem in enumerate(plan.theorems)}
        kept = with_evidence(trace, [check for found in held.values() for check in found], plan.theorems)
    seconds = time.perf_counter() - began
    rows = tuple(
        _row(scenario, options, plan, trace, plan.theorems[i], check, seconds)
        for i, found in held.items()
        for check in found
    )
    if not rows:
        raise ValueError(f"the scenario {scenario.id} checks no theorem; name one in Plan.theorems")
    drawings, made, notes = _draw(scenario, plan, held) if files else ((), {}, ())
    with stage(Stage.WRITING):
        record = Record(key, rows, describe(scenario, plan, trace, plots=drawings), notes=notes)
    return Finished(record, {**made, f"traces/{scenario.id}.npz": kept.dumps()} if files else {})


def _reason(scenario: Scenario, error: BaseException) -> str:
    """An error in one line, with the line of the user's file where it arose."""
    reason = error_text(error)
    if isinstance(error, Ended | TheoryFileError):
        reason = " ".join(str(error).split())
    own = file_of(scenario)
    line = line_in(own, error) if own is not None else None
    if own is None or line is None or isinstance(error, TheoryFileError):
        return reason
    return f"{reason} ({own.name}, line {line})"


def planned(scenario: Scenario, options: Options) -> Plan:
    """The plan that a scenario builds; ValueError with the line of the user's file if building fails."""
    try:
        with code_of(scenario):
            plan = scenario.build(options)
    except (Ended, TheoryFileError):
        raise
    except Exception as error:
        if file_of(scenario) is None:
            raise
        reason = _reason(scenario, error)
        # For wrong input the message is enough.
        reason = reason.removeprefix(f"{type(error).__name__}: ") if isinstance(error, ValueError) else reason
        raise ValueError(f"cannot build the plan of {scenario.id}: {reason}") from error
    return checked_plan(scenario, plan)


def engine_of(options: Options) -> str | Engine:
    """The engine that the user chose; ValueError when it is unknown or cannot work here."""
    one_of("--engine", options.engine, ("auto", "numba", "numpy", "torch"))
    on_device = options.device is not None or options.dtype is not None
    if options.threads > 1 and (on_device or options.engine not in {"auto", "numba"}):
        raise ValueError(
            f"`--threads` = {options.threads} is for numba, not for numpy or torch; leave it out"
        )
    if on_device and options.engine not in {"auto", "torch"}:
        raise ValueError(
            f"`--device` and `--dtype` belong to the torch engine, but `--engine` is {options.engine!r}; "
            f"leave them out"
        )
    if not on_device and options.engine != "torch":
        return options.engine
    from online_sim.engines.torch_engine import TorchEngine

    return TorchEngine(options.device, options.dtype or "float64")


def on_engine(plan: Plan, options: Options) -> Plan:
    """The plan on the engine that the user chose; a plan that names an engine keeps it."""
    if plan.engine != "auto":
        return plan
    return replace(plan, engine=engine_of(options), threads=options.threads)


def command(scenario: Scenario, options: Options) -> str:
    """The command that repeats a scenario."""
    own = file_of(scenario)
    grid = scenario.build.words if isinstance(scenario.build, Varied) else []
    name = own.name if own is not None else base_id(scenario.id)
    return " ".join(["regretcheck run", name, *options.words, *grid])


def _checks(theorem: Theorem, trace: Trace, plan: Plan) -> list[Check]:
    from bounds.evaluate import checks, only_used

    constants, ranges = only_used(theorem, plan.theorems, plan.constants, plan.ranges)
    return checks(theorem, trace, constants=constants, ranges=ranges)


def _origin(scenario: Scenario, options: Options, plan: Plan) -> dict[str, Any]:
    """The data from which `regretcheck plot` finds the theorems of a saved trace."""
    own = file_of(scenario)
    return {
        "id": base_id(scenario.id),
        "file": None if own is None else str(own),
        "seed": options.seed,
        "full": options.full,
        "theorems": [theorem.id for theorem in plan.theorems],
        "constants": json_ready(dict(plan.constants)),
    }


def _row(
    scenario: Scenario,
    options: Options,
    plan: Plan,
    trace: Trace,
    theorem: Theorem,
    check: Check,
    seconds: float,
) -> Result:
    from bounds.verdict import Verdict

    run = trace.run
    contradicted = theorem.status.proved and check.verdict is Verdict.VIOLATED
    return replace(
        _about(scenario, options, check.id, theorem.id, seconds),
        source=str(theorem.source),
        verdict=check.verdict.name,
        reason=check.reason,
        played=played_of(
            run, plan.game.recurrence, stream=stream_name(plan, trace), horizon=trace.horizon,
            dimension=trace.dimension,
        ),
        detail=GameDetail(
            margin=check.margin,
            at=check.at,
            first_violation=check.first_violation,
            rate=measured_rate(check, theorem),
            settled=is_settled(check, theorem),
            assumptions=tuple(
                {"text": a.text, "holds": a.holds, "detail": a.detail} for a in check.assumptions
            ),
            twin=run.twin,
            every_round=check.every_round,
            rounds=len(check.rounds),
        ),
        versions=run.versions,
        error=f"{check.id}: {CONTRADICTION} ({check.reason})" if contradicted else None,
    )  # fmt: skip


def _about(scenario: Scenario, options: Options, reading: str, theorem: str, seconds: float) -> Result:
    """The row of a reading before anything is known about it."""
    return Result(
        id=reading, theorem=theorem, source="", scenario=scenario.id, title=scenario.title, verdict=None,
        reason="", seconds=round(seconds, 3), seed=options.seed, command=command(scenario, options),
    )  # fmt: skip


def _crash(
    scenario: Scenario, options: Options, key: str, seconds: float, reason: str, *, ended: bool = False
) -> Record:
    rows = tuple(
        replace(_about(scenario, options, theorem, theorem, seconds), reason=reason, error=reason)
        for theorem in scenario.theorem_ids or (scenario.id,)
    )
    return Record(key, rows, None, ended=ended)


@stage(Stage.PLOTS)
def _draw(
    scenario: Scenario, plan: Plan, held: Mapping[int, list[Check]]
) -> tuple[tuple[tuple[str, str, str], ...], dict[str, bytes], tuple[str, ...]]:
    """One picture per theorem: its entries in the section, the files, and notes on failures.

    A picture that fails does not affect any verdict.
    """
    drawn, files, notes = [], {}, []
    for i, found in held.items():
        theorem = plan.theorems[i].id
        name = f"{scenario.id}.{theorem}.svg"
        title = f"{scenario.title}: {plan.theorems[i].title}"
        try:
            from bounds.plot import figure_bytes, plot_checks

            files[f"plots/{name}"] = figure_bytes(plot_checks(found, title=title, width="page"))
        except Exception as error:
            notes.append(f"{scenario.id}: no picture of {theorem}: {error_text(error)}")
        else:
            drawn.append((theorem, name, picture_text(found)))
    return tuple(drawn), files, tuple(notes)


def picture_text(found: Sequence[Check]) -> str:
    """A picture in words, for readers who cannot see it."""
    from bounds.plot import verdict_lines

    horizon = int(found[0].rounds[-1])
    what = found[0].labels.get("lhs", "measured left side")
    curves = f"{what[:1].upper()}{what[1:]} and bound over rounds 1 to {horizon}"
    return ". ".join([curves, *verdict_lines(found)]) + "."
