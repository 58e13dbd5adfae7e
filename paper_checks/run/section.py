"""The report's section on one scenario, taken from its plan and its trace; formulas in LaTeX."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from paper_checks.run.record import Section, StatementText

if TYPE_CHECKING:
    from online_sim.trace import Trace
    from paper_checks.scenario import Plan, Scenario
    from theory.statement import Theorem


def describe(
    scenario: Scenario, plan: Plan, trace: Trace, *, plots: tuple[tuple[str, str, str], ...]
) -> Section:
    """The section of a scenario."""
    from theory.printing.latex_objects import loss_latex, oracle_latex, recurrence_latex

    run = trace.run
    declared = plan.game.declared
    parameters = tuple((p.latex, p.meaning, _numbers(run.parameters[p.name])) for p in declared)
    oracle = oracle_latex(plan.loss)
    return Section(
        scenario=scenario.id,
        title=scenario.title,
        note=plan.note,
        algorithm_name=plan.game.recurrence.name,
        algorithm_source=str(plan.game.recurrence.source),
        algorithm=recurrence_latex(plan.game.recurrence),
        loss=(loss_latex(plan.loss), *([oracle] if oracle else [])),
        statements=tuple(_statement(theorem, plan) for theorem in plan.theorems),
        parameters=parameters,
        facts=_facts(plan, trace),
        plots=plots,
    )


def stream_name(plan: Plan, trace: Trace) -> str:
    """The stream in words; if all paths of an alphabet were enumerated, all of them together."""
    if plan.game.all_paths is not None:
        return f"all {trace.replicates} paths of {plan.game.all_paths.alphabet.name}"
    names = list(dict.fromkeys(trace.run.streams))
    return ", ".join(names) if names else "none"


def _statement(theorem: Theorem, plan: Plan) -> StatementText:
    from theory.printing.latex_objects import statement_latex
    from theory.scaling import breaking

    scaling = breaking(theorem, plan.game.recurrence)
    readings = []
    for reading in theorem.readings:
        printed = statement_latex(theorem, reading.key, plan.game.recurrence.parameters)
        readings.append(
            {
                "id": f"{theorem.id}.{reading.key}",
                "key": reading.key,
                "note": reading.note,
                "formula": printed.formula,
                "where": list(printed.where),
                "constants": list(reading.constants.values()),
                "scaling": list(scaling.get(reading.key, ())),
            }
        )
    assumptions = tuple(a.text for a in theorem.assumptions)
    return StatementText(theorem.id, theorem.title, str(theorem.source), tuple(readings), assumptions)


def _facts(plan: Plan, trace: Trace) -> tuple[tuple[str, str], ...]:
    run = trace.run
    facts = [
        ("Rounds T", f"{trace.horizon:,}".replace(",", " ")),
        ("Coordinates d", f"{trace.dimension:,}".replace(",", " ")),
        ("Feasible set X", run.domain),
        ("Stream", stream_name(plan, trace)),
        ("Loss", run.loss),
    ]
    if trace.replicates > 1 and plan.game.all_paths is None:
        facts.append(("Replicates", str(trace.replicates)))
    facts.append(("Engine", f"{run.engine}, {run.dtype}"))
    if (twin := run.twin) is not None:
        apart = f"the trajectories differ by {twin['distance']:.1e} at most"
        facts.append(("Beside it", f"{twin['domain']}: {apart}"))
    facts += [(f"Given {name}", f"{value:.6g}") for name, value in plan.constants.items()]
    return tuple(facts)


def _numbers(values: Sequence[float]) -> str:
    if len(values) > 6:
        return f"{len(values)} values from {min(values):g} to {max(values):g}"
    return ", ".join(f"{v:g}" for v in values)
