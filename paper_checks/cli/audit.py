"""`regretcheck audit`: the tables of `paper_checks.run.audits` on the terminal, or as JSON."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.table import Table

from bounds.audit import StepAudit, StepOutcome
from paper_checks.cli.printable import say, write_json
from paper_checks.cli.terminal import FOLD, Console, Text, table_of
from paper_checks.run.audits import Audited, ProofVerdict, audit_algorithm, audit_game
from paper_checks.run.guard import Ended
from paper_checks.run.own_module import TheoryFileError
from paper_checks.run.repository import own_files, shown
from paper_checks.run.results import dump_json
from paper_checks.run.selection import choose
from paper_checks.scenario import Options

STYLES = {StepOutcome.HOLDS: "green", StepOutcome.BREAKS: "bold red", StepOutcome.UNDEFINED: "yellow"}


def audit_command(
    target: str | None, *, algorithm: str | None, rounds: int, seed: int, data: Path | None, as_json: bool
) -> int:
    """Audit and show; the exit code is always 0, since a step that breaks is a finding, not a failure.

    Without a target and an algorithm, the scenarios of the repository's theory files are audited.
    """
    own = own_files().files if target is None and algorithm is None else ()
    if (target is None) == (algorithm is None) and not own:
        raise ValueError(
            "give either a scenario or `--algorithm` NAME; `regretcheck list` shows what there is"
        )
    options = Options(seed=seed, data=data)
    if target is not None:
        found = list(_of_scenarios([target], options, rounds))
    elif own:
        for path in own:
            say(f"auditing: {shown(path)}", err=True)
        found = list(_of_scenarios([str(path) for path in own], options, rounds))
    else:
        found = list(audit_algorithm(str(algorithm), rounds, seed))
    if not found:
        raise ValueError("there is a proof for none of these scenarios, so that nothing was audited")
    if as_json:
        write_json(dump_json([audited.to_json() for audited in found]))
    else:
        _show(found)
    return 0


def _of_scenarios(names: Sequence[str], options: Options, rounds: int) -> Iterator[Audited]:
    """The proofs of every scenario; one without proofs is reported, as an error if it is the only one."""
    from paper_checks.run.runner import planned

    chosen = choose(names).scenarios
    from paper_checks.run.runner import code_of

    for scenario in chosen:
        try:
            with code_of(scenario):
                plan = planned(scenario, options)
                audited = tuple(audit_game(scenario.id, plan.game, rounds, constants=plan.constants))
            yield from audited
        except (Ended, TheoryFileError):
            raise  # the file is wrong, whatever its other scenarios contain
        except ValueError as problem:
            if len(chosen) == 1:
                raise
            say(f"not audited: {scenario.id}: {problem}", err=True)


def _show(found: Sequence[Audited]) -> None:
    console = Console()
    for audited in found:
        said = f"{audited.proof.title}: {audited.proof.algorithm}, {audited.name}"
        head = f"{said}, {audited.game.horizon} rounds"
        console.print(Text(head, style="bold"))
        console.print(_table(audited.steps))
        style = "red" if audited.verdict is ProofVerdict.BREAKS else ""
        console.print(Text(audited.reason, style=style))
        console.print()


def _table(steps: Sequence[StepAudit]) -> Table:
    table = table_of({
        "Step": FOLD, "What it does": FOLD, "sympy": FOLD, "On this run": FOLD,
        "Tightness": {**FOLD, "justify": "right"}, "Needs": FOLD,
    })  # fmt: skip
    for step in steps:
        where = "" if step.at is None else f" in round {step.at}"
        table.add_row(
            Text(step.key), Text(step.title), Text(step.status.name.lower()),
            Text(f"{step.outcome.name.lower()}{where}", style=STYLES[step.outcome]),
            Text("-" if step.tightness is None else f"{step.tightness:.3g}"), Text(step.needs or "-"),
        )  # fmt: skip
    return table
