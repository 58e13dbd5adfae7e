"""Play the plan of a scenario: its game, recording everything that its theorems need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from paper_checks.scenario import Plan

if TYPE_CHECKING:
    from sympy import Expr

    from online_sim.game import Game
    from online_sim.trace import Trace


def play_plan(plan: Plan, *, progress: Callable[[int, int], None] | None = None) -> Trace:
    """Play a plan and record what its theorems need.

    Args:
        plan: what to play.
        progress: called now and then with the rounds played and the horizon.

    Raises:
        ValueError: the run left the region of the plan's constants, or diverged from the run on the twin.
    """
    from online_sim.simulate import play

    asked = dict.fromkeys(q for theorem in plan.theorems for q in theorem.quantities)
    record = (*asked, *(q for q in (*plan.extra, *watched(plan)) if q not in asked))

    def played(game: Game) -> Trace:
        return play(
            game,
            record=record,
            checkpoints=plan.checkpoints,
            engine=plan.engine,
            threads=plan.threads,
            vectors=plan.vectors,
            progress=progress,
        )

    trace = played(plan.game)
    check_region(plan, trace)
    if plan.twin is None:
        return trace
    beside = played(replace(plan.game, domain=plan.twin))
    distance = float(abs(trace.vectors["x"] - beside.vectors["x"]).max())
    if not distance <= plan.twin_tolerance:
        raise ValueError(
            f"on {plan.twin.name} the same game goes another way: the trajectories differ by {distance:.3g}, "
            f"more than {plan.twin_tolerance:g}; one of the two projections is wrong"
        )
    twin = {"domain": plan.twin.name, "distance": distance, "seconds": beside.run.seconds}
    return replace(trace, run=replace(trace.run, twin=twin))


def watched(plan: Plan) -> tuple[Expr, ...]:
    """The records needed to check the plan itself: the farthest coordinate and the points to compare."""
    from sympy import Abs

    from theory.quantities import CumMax, MaxCoords
    from theory.symbols import x

    farthest = () if plan.region is None else (CumMax(MaxCoords(Abs(x))),)
    return (*farthest, *(() if plan.twin is None else (x,)))


def check_region(plan: Plan, trace: Trace) -> None:
    """Refuse constants that hold only in a region that the run left."""
    if plan.region is None:
        return
    farthest = float(trace.scalars[str(watched(plan)[0])].max())
    if not farthest <= plan.region:
        raise ValueError(
            f"the run left the region |x_i| <= {plan.region:g} of its constants, reaching {farthest:g}; "
            f"give a larger `region` and its constants"
        )
