"""`regretcheck plot`: redraw bound and measurement from a saved trace."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from paper_checks.cli.printable import say
from theory.borders import meant, shown

if TYPE_CHECKING:
    from sympy import Expr

    from online_sim.trace import Trace
    from paper_checks.scenario import Scenario
    from theory.statement import Theorem

FORMATS: dict[str, Literal["svg", "png", "pdf"]] = {".svg": "svg", ".pdf": "pdf", ".png": "png"}


def plot_command(
    target: str, *, theorem: str | None, out: Path | None, source: Path, data: Path | None
) -> None:
    """Draw one theorem or one of its readings, and write the picture."""
    form = FORMATS.get(".svg" if out is None else out.suffix.lower())
    if form is None:
        raise ValueError(f"`--out` = {shown(str(out))} must end with {', '.join(FORMATS)}")
    path = Path(target) if target.endswith(".npz") else source / "traces" / f"{target}.npz"
    if not target.endswith(".npz") and not path.is_file():
        raise ValueError(
            f"no trace of {shown(target)} in {source}; run it first: regretcheck run {target} --out {source}"
        )
    from bounds.evaluate import checks, only_used
    from bounds.plot import figure_bytes, plot_checks
    from online_sim.files import write_bytes
    from online_sim.trace import load_trace

    trace = load_trace(path)
    statements, constants, ranges = statements_of(trace, data)
    chosen, reading = _choose(statements, theorem, path)
    constants, ranges = only_used(chosen, statements.values(), constants, ranges)
    found = [
        c
        for c in checks(chosen, trace, constants=constants, ranges=ranges)
        if reading is None or c.id == reading
    ]
    name = out or Path(f"{path.stem}.{reading or chosen.id}.svg")
    write_bytes(name, figure_bytes(plot_checks(found, width="screen"), form))
    say(str(name))


def statements_of(
    trace: Trace, data: Path | None
) -> tuple[dict[str, Theorem], Mapping[str, float], Mapping[Expr, tuple[float, float]]]:
    """The theorems that a trace was played for, and the constants and ranges given by hand.

    They come from the scenario that the trace names or, if it is gone, from the statements of
    `theory.theorems` whose quantities the trace has recorded.
    """
    from online_sim.regret import lower_key
    from theory.quantities import Regret
    from theory.theorems.registry import theorems

    origin = dict(trace.run.scenario or {})
    constants = {name: float(value) for name, value in origin.get("constants", {}).items()}
    scenario = _scenario(origin)
    if scenario is not None:
        from paper_checks.run.runner import planned
        from paper_checks.scenario import Options

        plan = planned(scenario, Options(seed=origin["seed"], full=origin["full"], data=data))
        return {t.id: t for t in plan.theorems}, constants, plan.ranges
    found = {}
    for t in theorems().values():
        keys = [lower_key(q) if isinstance(q, Regret) else str(q) for q in t.measured]
        if all(key in trace for key in keys):
            found[t.id] = t
    return found, constants, {}


def _scenario(origin: Mapping[str, Any]) -> Scenario | None:
    from paper_checks.run.own_file import load_file
    from paper_checks.run.registry import scenarios

    file = origin.get("file")
    if file is not None and not Path(file).is_file():
        return None
    known = load_file(Path(file)) if file is not None else scenarios()
    return next((s for s in known if s.id == origin.get("id")), None)


def _choose(statements: Mapping[str, Theorem], wanted: str | None, path: Path) -> tuple[Theorem, str | None]:
    """The theorem and, if one was named, its reading."""
    readings = {f"{t.id}.{r.key}": t for t in statements.values() for r in t.readings}
    if wanted is None and len(statements) == 1:
        return next(iter(statements.values())), None
    if wanted is not None and wanted in statements:
        return statements[wanted], None
    if wanted is not None and wanted in readings:
        return readings[wanted], wanted
    names = [*statements, *readings]
    said = (
        "name one with `--theorem`" if wanted is None else f"`--theorem` = {shown(wanted)} is not among them"
    )
    raise ValueError(
        f"{path} was recorded for these theorems: {', '.join(names) or 'none'}; {said}{meant(wanted, names)}"
    )
