"""`regretcheck audit`: every step of a proof along a played game, and which one breaks first.

A scenario on a set is audited against the proof of Theorem R and against what the printed Theorem 1 needs on
top of it; the comparator is the best fixed point in hindsight of the rounds played. A scenario without a set
is audited against the proof of Theorem A. An algorithm plays Gaussian linear losses on a box and on a ball.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from rich.table import Table

    from bounds.audit import StepAudit
    from online_sim.game import Game
    from paper_checks.scenario import Options, Plan
    from theory.proof import Proof

REPLICATES = 20
DIMENSION = 3
ALPHA = 0.1


@dataclass(frozen=True)
class Audited:
    """A proof along a game: the steps in the order of the proof."""

    game: str
    proof: Proof
    rounds: int
    steps: tuple[StepAudit, ...]

    def to_json(self) -> dict[str, Any]:
        """Strict JSON values: what is not finite becomes null."""
        from bounds.audit import first_broken

        broken = first_broken(self.steps)
        return {
            "game": self.game, "proof": self.proof.id, "title": self.proof.title, "rounds": self.rounds,
            "algorithm": self.proof.algorithm, "first_broken": None if broken is None else broken.key,
            "steps": [_step_json(step) for step in self.steps],
        }  # fmt: skip


def audit_command(
    target: str | None, *, algorithm: str | None, rounds: int, seed: int, data: Path | None, as_json: bool
) -> int:
    """Audit and show; exit code 0 whatever is found: a step that breaks is a finding, not a failure."""
    if (target is None) == (algorithm is None):
        raise ValueError(
            "give either a scenario or `--algorithm` NAME; `regretcheck list` shows what there is"
        )
    if target is not None:
        from paper_checks.scenario import Options

        found = list(_of_scenario(target, Options(seed=seed, data=data), rounds))
    else:
        found = list(_of_algorithm(str(algorithm), rounds, seed))
    if as_json:
        sys.stdout.write(json.dumps([audited.to_json() for audited in found], indent=2) + "\n")
    else:
        _show(found)
    return 0


def audit_plan(name: str, plan: Plan, rounds: int) -> Iterator[Audited]:
    """The proofs that a scenario's game can be held against, each along its first `rounds` rounds."""
    from theory.proofs.gradient_average import proof_of_theorem_a
    from theory.proofs.regret import box_metric, needs_of_theorem1, proof_of_theorem_r

    if plan.domain is None:
        proofs: Sequence[Proof] = (proof_of_theorem_a(plan.recurrence),)
    else:
        metric = box_metric(plan.recurrence) if plan.domain.box_bounds() is not None else None
        proofs = tuple(
            make(plan.recurrence, metric=metric) for make in (proof_of_theorem_r, needs_of_theorem1)
        )
    yield from _play(name, plan, proofs, min(rounds, plan.horizon))


def _of_scenario(target: str, options: Options, rounds: int) -> Iterator[Audited]:
    from paper_checks.cli.run import choose

    for scenario in choose([target]).scenarios:
        yield from audit_plan(scenario.id, scenario.build(options), rounds)


def _of_algorithm(name: str, rounds: int, seed: int) -> Iterator[Audited]:
    from online_sim.domains import Box, L2Ball
    from online_sim.streams import GaussianStream
    from paper_checks.scenario import Plan
    from theory.algorithms.registry import algorithm
    from theory.losses.linear import LINEAR

    recurrence = algorithm(name)
    for domain in (Box(-1.0, 1.0, dimension=DIMENSION), L2Ball(DIMENSION)):
        plan = Plan(
            theorems=(), recurrence=recurrence, loss=LINEAR, horizon=rounds, parameters={"alpha": ALPHA},
            stream=GaussianStream(DIMENSION, seed=seed), domain=domain, replicates=REPLICATES,
        )  # fmt: skip
        yield from audit_plan(f"Gaussian linear losses, {domain.name}", plan, rounds)


def _play(name: str, plan: Plan, proofs: Sequence[Proof], rounds: int) -> Iterator[Audited]:
    from bounds.audit import audit, audit_quantities
    from online_sim.game import make_game
    from online_sim.play import play_game
    from online_sim.streams import AlphabetStream
    from theory.symbols import z

    stream = plan.stream
    if stream is None and plan.alphabet is not None:
        stream = AlphabetStream(plan.alphabet)
    game = make_game(
        plan.recurrence, plan.loss, stream, plan.domain, horizon=rounds, parameters=plan.parameters,
        start=plan.start, replicates=plan.replicates, table=plan.table,
    )  # fmt: skip
    quantities = dict.fromkeys(q for proof in proofs for q in audit_quantities(proof, plan.loss))
    trace = play_game(
        game, record=tuple(quantities), checkpoints="all",
        vectors={} if plan.domain is None else {z: _hindsight(game, rounds)},
    )  # fmt: skip
    for proof in proofs:
        steps = audit(proof, trace, plan.loss, constants=plan.constants)
        yield Audited(name, proof, rounds, tuple(steps))


def _hindsight(game: Game, rounds: int) -> NDArray[np.float64]:
    """The best fixed point of each replicate for the losses played, shape (R, d)."""
    import numpy as np

    from online_sim.comparator import best_in_hindsight
    from theory.loss import Loss

    if not isinstance(game.loss, Loss) or game.domain is None:
        raise ValueError(
            f"no best point in hindsight: {game.loss.name} is no loss in symbols, or there is no set"
        )
    loss, domain = game.loss, game.domain
    streams = game.streams or (None,)
    table = (game.table, game.table_labels)
    return np.stack([
        best_in_hindsight(
            loss, game.loss_values(r), domain, streams[r if len(streams) > 1 else 0], [rounds],
            table=table,
        )[0].point
        for r in range(game.replicates)
    ])  # fmt: skip


def _step_json(step: StepAudit) -> Mapping[str, Any]:
    from math import isfinite

    return {
        "key": step.key, "title": step.title, "status": step.status.name, "outcome": step.outcome.name,
        "at": step.at, "replicate": step.replicate, "needs": step.needs,
        "left": step.left if isfinite(step.left) else None,
        "right": step.right if isfinite(step.right) else None,
        "tightness": step.tightness,
    }  # fmt: skip


def _show(found: Sequence[Audited]) -> None:
    from rich.console import Console
    from rich.text import Text

    from bounds.audit import first_broken

    console = Console()
    for audited in found:
        head = f"{audited.proof.title}: {audited.proof.algorithm}, {audited.game}, {audited.rounds} rounds"
        console.print(Text(head, style="bold"))
        console.print(_table(audited.steps))
        broken = first_broken(audited.steps)
        undefined = [step.key for step in audited.steps if not step.holds and step is not broken]
        if broken is not None:
            console.print(
                Text(f"First to break: {broken.key}, {broken.title}, in round {broken.at}.", style="red")
            )
        elif undefined:
            console.print(Text(f"Not finite, so neither holds nor breaks: {', '.join(undefined)}."))
        else:
            console.print(Text("No step breaks on this run. That is no proof of any of them."))
        console.print()


def _table(steps: Sequence[StepAudit]) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    from bounds.audit import Outcome

    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in ("Step", "What it does", "sympy", "On this run", "Tightness", "Needs"):
        table.add_column(column, overflow="fold", justify="right" if column == "Tightness" else "left")
    styles = {Outcome.HOLDS: "green", Outcome.BREAKS: "bold red", Outcome.UNDEFINED: "yellow"}
    for step in steps:
        where = "" if step.at is None else f" in round {step.at}"
        table.add_row(
            Text(step.key), Text(step.title), Text(step.status.name.lower()),
            Text(f"{step.outcome.name.lower()}{where}", style=styles[step.outcome]),
            Text("-" if step.tightness is None else f"{step.tightness:.3g}"), Text(step.needs or "-"),
        )  # fmt: skip
    return table
