"""Audits: check every step of a proof on the first rounds of a game and find the first that fails.

A game on a set is checked against the proof of Theorem R and the extra steps of the printed Theorem 1. The
comparator is the best fixed point in hindsight for the rounds played. A game without a set is checked against
the proof of Theorem A.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from math import isfinite
from typing import TYPE_CHECKING, Any

from online_sim.stopwatch import Stage, stage
from paper_checks.audit import Audit
from paper_checks.run.registry import scenario
from paper_checks.run.results import ProofDetail, Result, failed, played_of
from paper_checks.scenario import Options

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bounds.audit import StepAudit
    from online_sim.domains.base import Domain
    from online_sim.game import Game
    from online_sim.provenance import Provenance
    from theory.loss import Loss
    from theory.proof import Proof

REPLICATES = 20
DIMENSION = 3
STEP = {"alpha": 0.1}


class ProofVerdict(Enum):
    """The verdict of a run on a proof; the value is the sentence to show."""

    INTACT = "every step holds in every round played, which proves none of them"
    BREAKS = "a step breaks"
    UNDEFINED = "no step breaks, but a side of one is not finite"


@dataclass(frozen=True)
class Audited:
    """A proof checked along a game.

    name: what was played, in words. game: the same as an object. steps: in the order of the proof. run: the
    provenance of the trace.
    """

    name: str
    game: Game
    proof: Proof
    steps: tuple[StepAudit, ...]
    run: Provenance

    @property
    def broken(self) -> tuple[StepAudit, ...]:
        """The steps that break, in the order of the proof."""
        from bounds.audit import StepOutcome

        return tuple(step for step in self.steps if step.outcome is StepOutcome.BREAKS)

    @property
    def undefined(self) -> tuple[StepAudit, ...]:
        """The steps with a side that is not finite, which neither hold nor break."""
        return tuple(step for step in self.steps if not step.holds and step not in self.broken)

    @property
    def verdict(self) -> ProofVerdict:
        """The verdict in one word."""
        if self.broken:
            return ProofVerdict.BREAKS
        return ProofVerdict.UNDEFINED if self.undefined else ProofVerdict.INTACT

    @property
    def reason(self) -> str:
        """The verdict in a sentence that names the steps."""
        if self.broken:
            first, *others = self.broken
            also = ", ".join(f"{step.key} in round {step.at}" for step in others)
            said = f"First to break: {first.key}, {first.title}, in round {first.at}."
            return f"{said} Also: {also}." if also else said
        if self.undefined:
            return f"Not finite, so neither holds nor breaks: {', '.join(s.key for s in self.undefined)}."
        return "No step breaks on this run. That is no proof of any of them."

    def to_json(self) -> dict[str, Any]:
        """Strict JSON values with formulas in LaTeX; numbers that are not finite become null."""
        from theory.printing.latex_objects import proof_latex

        printed = proof_latex(self.proof, self.game.recurrence.parameters)
        return {
            "game": self.name,
            "proof": self.proof.id,
            "title": self.proof.title,
            "rounds": self.game.horizon,
            "algorithm": self.proof.algorithm,
            "first_broken": self.broken[0].key if self.broken else None,
            "where": list(printed.where),
            "steps": [
                {**_step_json(step), "relation": said.relation.value, "formula": formula}
                for step, said, formula in zip(self.steps, self.proof.steps, printed.formulas, strict=True)
            ],
        }


def audit_game(
    name: str, game: Game, rounds: int, *, constants: Mapping[str, float] | None = None
) -> Iterator[Audited]:
    """The proofs that apply to a game, each checked along its first `rounds` rounds.

    constants: values that the game does not determine, such as L on a region. If the game plays all paths of
    the noise, one path is drawn instead. Raises ValueError when there is no proof for the algorithm.
    """
    from bounds.audit import audit, audit_quantities
    from online_sim.simulate import play
    from online_sim.streams import AlphabetStream
    from theory.algorithms.adal import box_metric
    from theory.loss import Loss
    from theory.proofs.gradient_average import proof_of_theorem_a
    from theory.proofs.regret import needs_of_theorem1, proof_of_theorem_r
    from theory.symbols import z

    recurrence, loss, domain = game.recurrence, game.loss, game.domain
    if not isinstance(loss, Loss):
        raise ValueError(f"no proof is about a loss written in Python ({loss.name}); write it in sympy")
    if domain is None:
        proofs: Sequence[Proof] = (proof_of_theorem_a(recurrence),)
    else:
        metric = box_metric(recurrence) if domain.box_bounds() is not None else None
        proofs = tuple(make(recurrence, metric=metric) for make in (proof_of_theorem_r, needs_of_theorem1))
    drawn = {"stream": AlphabetStream(game.all_paths.alphabet), "replicates": 1} if game.all_paths else {}
    game = replace(game, horizon=min(rounds, game.horizon), **drawn)  # type: ignore[arg-type]
    quantities = dict.fromkeys(q for proof in proofs for q in audit_quantities(proof, loss))
    trace = play(
        game,
        record=tuple(quantities),
        checkpoints="all",
        vectors={} if domain is None else {z: _hindsight(game, loss, domain)},
    )
    for proof in proofs:
        steps = audit(proof, trace, loss, constants=constants or {})
        yield Audited(name, game, proof, tuple(steps), trace.run)


def audit_algorithm(name: str, rounds: int, seed: int) -> Iterator[Audited]:
    """An algorithm of the registry on Gaussian linear losses, on a box and on a ball."""
    from online_sim.domains import Box, L2Ball
    from online_sim.game import Game
    from online_sim.streams import GaussianStream
    from theory.algorithms.registry import algorithm
    from theory.losses.linear import LINEAR

    recurrence = algorithm(name)
    for domain in (Box(-1.0, 1.0, dimension=DIMENSION), L2Ball(DIMENSION)):
        stream = GaussianStream(DIMENSION, seed=seed)
        game = Game(
            recurrence, LINEAR, stream, domain, horizon=rounds, parameters=STEP, replicates=REPLICATES
        )
        yield from audit_game(f"Gaussian linear losses, {domain.name}", game, rounds)


@stage(Stage.AUDITS)
def examine_audit(audit: Audit, options: Options) -> tuple[Result, ...]:
    """One row for each proof that fits the scenario's game; an error becomes a row that says so."""
    from online_sim.inputs import versions

    about, began = replace(about_audit(audit, options), versions=versions()), time.perf_counter()
    try:
        audited = scenario(audit.scenario)
        about = replace(about, title=audited.title)
        plan = audited.build(options)
        found = tuple(audit_game(audit.scenario, plan.game, audit.rounds, constants=plan.constants))
        about_each = replace(about, seconds=round(time.perf_counter() - began, 3))
        return tuple(_row(one, audit, about_each) for one in found)
    except Exception as problem:
        return (failed(about, problem),)


def about_audit(audit: Audit, options: Options) -> Result:
    """The row of an audit before anything is played."""
    return Result(
        id="audit", theorem="", source="", scenario=audit.scenario, title=audit.scenario, verdict=None,
        reason="", detail=ProofDetail(), seed=options.seed,
        command=f"regretcheck audit {audit.scenario} --rounds {audit.rounds} --seed {options.seed}",
    )  # fmt: skip


def _row(audited: Audited, audit: Audit, about: Result) -> Result:
    run, proof = audited.run, audited.proof
    streams = ", ".join(dict.fromkeys(run.streams))
    first = audited.broken[0].at if audited.broken else None
    return replace(
        about,
        id=f"audit.{proof.theorem_id}",
        theorem=proof.theorem_id,
        source=str(proof.source),
        verdict=audited.verdict.name,
        reason=audited.reason,
        played=played_of(run, audited.game.recurrence, stream=streams, horizon=audited.game.horizon),
        detail=ProofDetail(first, {"note": audit.note, **audited.to_json()}),
    )


@stage(Stage.REGRET)
def _hindsight(game: Game, loss: Loss, domain: Domain) -> NDArray[np.float64]:
    """The best fixed point of each replicate for the losses played, shape (R, d)."""
    import numpy as np

    from online_sim.comparator import best_in_hindsight

    table = (game.rows, game.row_labels)
    return np.stack([
        best_in_hindsight(
            loss, game.loss_values(r), domain, game.stream_of(r) if game.streams else None, [game.horizon],
            table=table,
        )[0].point
        for r in range(game.replicates)
    ])  # fmt: skip


def _step_json(step: StepAudit) -> Mapping[str, Any]:
    return {
        "key": step.key, "title": step.title, "status": step.status.name,
        "outcome": step.outcome.name, "at": step.at, "replicate": step.replicate, "needs": step.needs,
        "left": step.left if isfinite(step.left) else None,
        "right": step.right if isfinite(step.right) else None,
        "tightness": step.tightness,
    }  # fmt: skip
