"""Run scenarios: play, hold the theorems against the trace, keep what was found, and go on after a crash."""

from __future__ import annotations

import hashlib
import json
import os
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from online_sim.files import write_bytes
from paper_checks.rate import is_settled, measured_rate
from paper_checks.registry import FileBuild, line_in
from paper_checks.report.section import describe, stream_name
from paper_checks.results import Record, Result, json_ready, load_record
from paper_checks.scenario import Options, Plan, Scenario

if TYPE_CHECKING:
    from sympy import Expr

    from bounds.verdict import Check
    from online_sim.trace import Trace
    from theory.statement import Theorem

PACKAGES = ("theory", "online_sim", "bounds", "paper_checks")

CONTRADICTION = "a proved theorem is violated: the tool or the proof is wrong"
"""The error of a row that cannot be; the run then fails, as it does when a scenario crashes."""


class Progress:
    """What a run tells while it goes; this one stays silent."""

    def begin(self, total: int, resumed: Sequence[Record]) -> None:
        """`total` scenarios were chosen, of which `resumed` are finished already."""

    def rounds(self, scenario: str, done: int, horizon: int) -> None:
        """A scenario of this process has played `done` of its rounds."""

    def finish(self, record: Record) -> None:
        """A scenario ended, well or in an error."""

    def checked(self, done: int, total: int) -> None:
        """`done` of `total` claims and audits are finished."""


def run_scenarios(
    scenarios: Sequence[Scenario],
    options: Options,
    *,
    out: Path | None = None,
    jobs: int = 1,
    progress: Progress | None = None,
    resume: bool = False,
) -> list[Result]:
    """The rows of all scenarios, in their order; see `run_records`."""
    records = run_records(scenarios, options, out=out, jobs=jobs, progress=progress, resume=resume)
    return [row for record in records for row in record.results]


def run_records(
    scenarios: Sequence[Scenario],
    options: Options,
    *,
    out: Path | None = None,
    jobs: int = 1,
    progress: Progress | None = None,
    resume: bool = False,
) -> list[Record]:
    """Run every scenario and return one record each, in their order.

    out: the folder for traces, plots and finished records (None: nothing is written); jobs: processes;
    resume: take the records in `out` that were made with the same options, versions and code. A scenario
    that crashes becomes a record with an error while the others go on. Each finished one is on disk at
    once, so that an interrupt loses only what was running. Raises ValueError for wrong input, OSError
    when `out` cannot be written.
    """
    if jobs < 1:
        raise ValueError(f"`jobs` = {jobs} must be at least 1")
    if resume and out is None:
        raise ValueError("`resume` needs the folder `out` of the earlier run")
    progress = progress or Progress()
    keys = {s.id: fingerprint(s, options) for s in scenarios}
    done: dict[str, Record] = {}
    if resume and out is not None:
        for s in scenarios:
            if (old := _stored(out, s, keys[s.id])) is not None:
                done[s.id] = old
    progress.begin(len(scenarios), list(done.values()))
    waiting = [s for s in scenarios if s.id not in done]
    for record in _play_all(waiting, options, out, keys, jobs, progress):
        done[record.results[0].scenario] = record
        progress.finish(record)
    return [done[s.id] for s in scenarios]


def record_path(out: Path, scenario: str) -> Path:
    """Where a finished record is kept."""
    return out / "partial" / f"{scenario}.json"


def trace_path(out: Path, scenario: str) -> Path:
    """Where the trace of a scenario is kept."""
    return out / "traces" / f"{scenario}.npz"


def available_cpus() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)


def fingerprint(scenario: Scenario, options: Options) -> str:
    """A digest of all that a record depends on: options, versions, code, and the scenario's own file."""
    from online_sim.play import versions

    own = scenario.build
    parts: list[Any] = [
        scenario.id, options.seed, options.full, str(options.data), sorted(versions().items()), code_digest(),
        hashlib.sha256(own.path.read_bytes()).hexdigest() if isinstance(own, FileBuild) else "",
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@cache
def code_digest() -> str:
    """A digest of every source file of the package."""
    digest = hashlib.sha256()
    root = Path(__file__).resolve().parents[1]
    for name in PACKAGES:
        for path in sorted((root / name).rglob("*.py")):
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _stored(out: Path, scenario: Scenario, key: str) -> Record | None:
    path = record_path(out, scenario.id)
    try:
        record = load_record(path.read_bytes())
    except (OSError, ValueError):
        return None
    return record if record.key == key and trace_path(out, scenario.id).exists() else None


def _play_all(
    scenarios: Sequence[Scenario], options: Options, out: Path | None, keys: Mapping[str, str], jobs: int,
    progress: Progress,
) -> Iterator[Record]:  # fmt: skip
    jobs = min(jobs, len(scenarios))
    if jobs <= 1:
        for s in scenarios:
            yield run_one(s, options, out, keys[s.id], progress)
        return
    from joblib import Parallel, delayed
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    unfinished = {s.id: s for s in scenarios}
    parallel = Parallel(n_jobs=jobs, backend="loky", batch_size=1, return_as="generator_unordered")
    try:
        for record in parallel(delayed(run_one)(s, options, out, keys[s.id]) for s in scenarios):
            del unfinished[record.results[0].scenario]
            yield record
    except TerminatedWorkerError:
        reason = "a worker process died (out of memory?); `--resume` runs what is missing"
        for s in unfinished.values():
            stored = _stored(out, s, keys[s.id]) if out is not None else None
            yield stored or _crash(s, options, keys[s.id], 0.0, reason)


def in_processes(
    tasks: Sequence[Callable[[], Any]], jobs: int, tell: Callable[[int], None] = lambda _: None
) -> list[Any]:
    """What calls without arguments return, in their order, worked out in so many processes.

    tell: called with the number of finished ones. Raises OSError when one of the processes dies.
    """
    from joblib import Parallel, delayed
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    found = []
    serial = min(jobs, len(tasks)) <= 1
    parallel = Parallel(n_jobs=1 if serial else jobs, backend="loky", batch_size=1, return_as="generator")
    try:
        for value in parallel(delayed(task)() for task in tasks):
            found.append(value)
            tell(len(found))
    except TerminatedWorkerError as error:
        raise OSError("a worker process died (out of memory?); run it again with `--jobs 1`") from error
    return found


def run_one(
    scenario: Scenario, options: Options, out: Path | None, key: str, progress: Progress | None = None
) -> Record:
    """Run one scenario in this process; an error inside it becomes a record that says so."""
    began = time.perf_counter()
    try:
        plan = scenario.build(options)
        trace = play_plan(plan, scenario.id, progress)
        trace = replace(trace, meta={**trace.meta, "scenario": _origin(scenario, options, plan)})
        held = {i: _checks(theorem, trace, plan) for i, theorem in enumerate(plan.theorems)}
        seconds = time.perf_counter() - began
        rows = tuple(
            _row(scenario, options, plan, trace, plan.theorems[i], check, seconds)
            for i, found in held.items()
            for check in found
        )
        if not rows:
            raise ValueError(f"the scenario {scenario.id} checks no theorem; name one in Plan.theorems")
        drawings = _draw(scenario, plan, held, out)
        record = Record(key, rows, describe(scenario, plan, trace, plots=drawings))
    except (Exception, SystemExit) as error:
        if out is not None:
            write_bytes(out / "partial" / f"{scenario.id}.crash.txt", traceback.format_exc().encode())
        message = " ".join(str(error).split())
        reason = f"{type(error).__name__}: {message}" if message else type(error).__name__
        own = scenario.build
        if isinstance(own, FileBuild) and (line := line_in(own.path, error)) is not None:
            reason = f"{reason} ({own.path.name}, line {line})"
        return _crash(scenario, options, key, time.perf_counter() - began, reason)
    if out is not None:
        trace.save(trace_path(out, scenario.id))
        write_bytes(record_path(out, scenario.id), record.dumps())
        (out / "partial" / f"{scenario.id}.crash.txt").unlink(missing_ok=True)
    return record


def play_plan(plan: Plan, scenario: str, progress: Progress | None = None) -> Trace:
    """Play a plan and record what its theorems ask for."""
    from online_sim.paths import play_all_paths
    from online_sim.play import play

    record = dict.fromkeys(q for theorem in plan.theorems for q in theorem.quantities)
    common: dict[str, Any] = {
        "horizon": plan.horizon,
        "parameters": plan.parameters,
        "start": plan.start,
        "table": plan.table,
        "vectors": plan.vectors,
        "record": (*record, *(q for q in (*plan.extra, *watched(plan)) if q not in record)),
        "checkpoints": plan.checkpoints,
        "engine": plan.engine,
    }
    if progress is not None:
        common["progress"] = lambda done, horizon: progress.rounds(scenario, done, horizon)
    if plan.alphabet is not None:
        trace = play_all_paths(plan.recurrence, plan.loss, plan.alphabet, plan.domain, **common)
    else:
        common["replicates"] = plan.replicates
        trace = play(plan.recurrence, plan.loss, plan.stream, plan.domain, **common)
    check_region(plan, trace)
    if plan.twin is None or plan.alphabet is not None:
        return trace
    beside = play(plan.recurrence, plan.loss, plan.stream, plan.twin, **common)
    distance = float(abs(trace.vectors["x"] - beside.vectors["x"]).max())
    if not distance <= plan.twin_tolerance:
        raise ValueError(
            f"on {plan.twin.name} the same game goes another way: the trajectories differ by {distance:.3g}, "
            f"more than {plan.twin_tolerance:g}; one of the two projections is wrong"
        )
    twin = {"domain": plan.twin.name, "distance": distance, "seconds": beside.meta["seconds"]}
    return replace(trace, meta={**trace.meta, "twin": twin})


def watched(plan: Plan) -> tuple[Expr, ...]:
    """What must be recorded to check the plan itself: the farthest coordinate, and the points to compare."""
    from sympy import Abs

    from theory.quantities import CumMax, MaxCoords
    from theory.symbols import x

    farthest = () if plan.region is None else (CumMax(MaxCoords(Abs(x))),)
    return (*farthest, *(() if plan.twin is None else (x,)))


def check_region(plan: Plan, trace: Trace) -> None:
    """Refuse constants that hold in a region which the run left."""
    if plan.region is None:
        return
    farthest = float(trace.scalars[str(watched(plan)[0])].max())
    if not farthest <= plan.region:
        raise ValueError(
            f"the run left the region |x_i| <= {plan.region:g} of its constants, reaching {farthest:g}; "
            f"give a larger `region` and its constants"
        )


def command(scenario: Scenario, options: Options) -> str:
    """The command that repeats a scenario."""
    name = str(scenario.build.path.name) if isinstance(scenario.build, FileBuild) else scenario.id
    return f"regretcheck run {name} --seed {options.seed}{' --full' if options.full else ''}"


def _checks(theorem: Theorem, trace: Trace, plan: Plan) -> list[Check]:
    from bounds.evaluate import checks

    return checks(theorem, trace, constants=plan.constants)


def _origin(scenario: Scenario, options: Options, plan: Plan) -> dict[str, Any]:
    """What `regretcheck plot` needs to find the theorems of a saved trace again."""
    file = str(scenario.build.path) if isinstance(scenario.build, FileBuild) else None
    return {
        "id": scenario.id,
        "file": file,
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
    from theory.statement import Status

    meta = trace.meta
    contradicted = theorem.status is Status.PROVED and check.verdict is Verdict.VIOLATED
    return Result(
        id=check.id,
        theorem=theorem.id,
        source=str(theorem.source),
        scenario=scenario.id,
        title=scenario.title,
        verdict=check.verdict.name,
        reason=check.reason,
        algorithm=meta["algorithm"],
        variant=meta["variant"],
        domain=meta["domain"],
        stream=stream_name(plan, trace),
        loss=meta["loss"],
        dimension=trace.dimension,
        horizon=trace.horizon,
        parameters={n: v[0] if len(v) == 1 else list(v) for n, v in meta["parameters"].items()},
        margin=check.margin,
        at=check.at,
        first_violation=check.first_violation,
        rate=measured_rate(check, theorem),
        settled=is_settled(check, theorem),
        assumptions=tuple({"text": a.text, "holds": a.holds, "detail": a.detail} for a in check.assumptions),
        engine=meta["engine"],
        twin=meta.get("twin"),
        seconds=round(seconds, 3),
        seed=options.seed,
        command=command(scenario, options),
        versions=meta["versions"],
        error=f"{check.id}: {CONTRADICTION} ({check.reason})" if contradicted else None,
    )


def _crash(scenario: Scenario, options: Options, key: str, seconds: float, reason: str) -> Record:
    rows = tuple(
        Result(
            id=theorem, theorem=theorem, source="", scenario=scenario.id, title=scenario.title, verdict=None,
            reason=reason, seconds=round(seconds, 3), seed=options.seed, command=command(scenario, options),
            error=reason,
        )
        for theorem in scenario.theorem_ids or (scenario.id,)
    )  # fmt: skip
    return Record(key, rows, None)


def _draw(
    scenario: Scenario, plan: Plan, held: Mapping[int, list[Check]], out: Path | None
) -> tuple[tuple[str, str, str], ...]:
    """Draw one picture per theorem into ``plots``; nothing where nothing is written."""
    if out is None:
        return ()
    from bounds.plot import figure_bytes

    drawn = []
    for i, found in held.items():
        theorem = plan.theorems[i].id
        name = f"{scenario.id}.{theorem}.svg"
        write_bytes(
            out / "plots" / name, figure_bytes(found, title=f"{scenario.title}: {plan.theorems[i].title}")
        )
        drawn.append((theorem, name, picture_text(found)))
    return tuple(drawn)


def picture_text(found: Sequence[Check]) -> str:
    """A picture in words, for those who do not see it."""
    from bounds.plot import verdict_lines

    horizon = int(found[0].rounds[-1])
    what = found[0].labels.get("lhs", "measured left side")
    curves = f"{what[:1].upper()}{what[1:]} and bound over rounds 1 to {horizon}"
    return ". ".join([curves, *verdict_lines(found)]) + "."
