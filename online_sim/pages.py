"""What notebooks show of a game and of a trace."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from online_sim.frames import recorded
from theory.loss import Loss
from theory.printing.html import Html, element, facts, formulas, page, paragraph, table
from theory.printing.latex_objects import loss_latex, oracle_latex, recurrence_latex

if TYPE_CHECKING:
    from online_sim.game import Game
    from online_sim.provenance import Provenance
    from online_sim.trace import Trace

MOST_ROWS, MOST_COLUMNS = 8, 4
"""The most checkpoints and quantities of a trace that are shown."""
MOST_COORDINATES = 4
"""The most coordinates of a point that are shown."""


def game_text(game: Game) -> str:
    """A game in one line."""
    parts = [f"{game.recurrence.name} on {game.loss.name}", *_places_of_game(game).values()]
    parts += [f"T = {game.horizon}", f"d = {game.dimension}"]
    parts += [_numbers(game.columns)]
    parts += [f"{game.replicates} replicates"] if game.replicates > 1 else []
    return f"Game({', '.join(filter(None, parts))})"


def game_formulas(game: Game) -> tuple[str, ...]:
    """The lines of the algorithm, then the loss and the gradient that is handed out if it is another one."""
    return (*recurrence_latex(game.recurrence), *_loss_formulas(game))


def game_page(game: Game) -> Html:
    """The algorithm and the loss as formulas, and what else determines the game."""
    return page(
        f"{game.recurrence.name} on {game.loss.name}",
        f"T = {game.horizon}, d = {game.dimension}",
        formulas(game_formulas(game)),
        facts(
            {
                **_places_of_game(game),
                "x_1": _start(game),
                "parameters": _numbers(game.columns),
                "replicates": game.replicates if game.replicates > 1 else "",
            }
        ),
    )


def run_text(run: Provenance) -> str:
    """What was played, in one line."""
    parts = [f"{run.algorithm} on {run.loss}", *_places_of_run(run).values(), f"d = {run.dimension}"]
    parts += [_numbers(run.parameter_values)]
    parts += [f"{run.replicates} replicates"] if run.replicates > 1 else []
    return ", ".join(filter(None, parts))


def trace_text(trace: Trace) -> str:
    """A trace in one line: the game, and what was recorded."""
    # Of a regret both ends are recorded.
    asked = list(dict.fromkeys(key.removesuffix(":lower").removesuffix(":upper") for key in trace.asked))
    asked = [*asked[:MOST_COLUMNS], *(["..."] if len(asked) > MOST_COLUMNS else [])]
    rounds = f"{len(trace.rounds)} of {trace.horizon} rounds"
    return f"Trace({run_text(trace.run)}; {rounds} recorded: {', '.join(asked)})"


def trace_page(trace: Trace) -> Html:
    """The game, and the first recorded quantities at some checkpoints, of the first replicate."""
    run, count = trace.run, len(trace.rounds)
    found = list(islice(recorded(trace), MOST_COLUMNS + 1))
    columns = found[:MOST_COLUMNS]
    shown = sorted(set(np.linspace(0, count - 1, min(count, MOST_ROWS)).astype(int).tolist()))
    rows = [[int(trace.rounds[k]), *(float(values[0, k]) for _, values in columns)] for k in shown]
    remark = [f"{len(rows)} of {count} recorded rounds"] if count > len(rows) else []
    remark += ["more quantities in to_frame()"] if len(found) > MOST_COLUMNS else []
    remark += [f"replicate 0 of {trace.replicates}"] if trace.replicates > 1 else []
    return page(
        f"{run.algorithm} on {run.loss}",
        f"T = {trace.horizon}, d = {trace.dimension}, engine {run.engine}",
        facts({**_places_of_run(run), "parameters": _numbers(run.parameter_values)}),
        table(["T", *(name for name, _ in columns)], rows),
        paragraph(element("small", "; ".join(remark))) if remark else Html(""),
    )


def _places(first: str, streams: int, domain: str) -> dict[str, str]:
    more = f" and {streams - 1} more" if streams > 1 else ""
    return {"stream": f"{first}{more}", "set": domain}


def _places_of_game(game: Game) -> dict[str, str]:
    first = game.streams[0].name if game.streams else ""
    return _places(first, len(game.streams), _set(game))


def _places_of_run(run: Provenance) -> dict[str, str]:
    # A provenance names the first streams only, and has the seed of each.
    return _places(run.streams[0] if run.streams else "", len(run.seeds), run.domain)


def _set(game: Game) -> str:
    return game.domain.name if game.domain is not None else "unconstrained"


def _start(game: Game) -> str:
    first = game.starts[0]
    said = ", ".join(f"{u:.6g}" for u in first[:MOST_COORDINATES])
    return f"({said}{', ...' if len(first) > MOST_COORDINATES else ''})"


def _numbers(columns: Mapping[str, ArrayLike]) -> str:
    """The value of each parameter, or its range over the replicates."""
    said = []
    for name, values in columns.items():
        low, high = float(np.min(values)), float(np.max(values))
        said.append(f"{name} = {low:.6g}" + (f" to {high:.6g}" if low != high else ""))
    return ", ".join(said)


def _loss_formulas(game: Game) -> tuple[str, ...]:
    if not isinstance(game.loss, Loss):
        return ()
    oracle = oracle_latex(game.loss)
    return (loss_latex(game.loss), *([oracle] if oracle is not None else []))
