"""Regret as an interval: what was paid, minus an enclosure of what the best fixed point would have paid.

`play` expands a recorded ``Regret(w)`` into sums that every engine keeps, and encloses it at the end:

    lower = sum_t w_t f_t(x_t) - (upper end of the minimum) - rounding,   upper likewise.

The rounding term is (16 eps + (T + d) eps') * sum_t |w_t| (|f_t(x_t)| + sum_i |x_{t,i} df_{t,i}|), and a few
eps of both parts of the difference; eps is that of the engine's numbers, eps' of its sums. Summing T losses
one by one errs by T eps' of their sizes. A loss phi(<a, x>) errs by d eps' of |phi'| sum_i |a_i x_i| =
sum_i |x_i df_i|, which |f| alone does not bound: a sum over coordinates may cancel.

An engine that computes in more than float64 has an eps of its own (`Engine.rounding`). What is left then is
the few eps of the sums as they were kept, and the rounding of the minimum where rows are replayed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Abs, Expr

from online_sim.comparator import best_in_hindsight
from online_sim.comparator.hindsight import rows_to_keep
from online_sim.domains.base import Domain
from online_sim.game import Game
from online_sim.memory import check_room
from online_sim.running_minimum import in_the_run
from theory.loss import Loss
from theory.quantities import CumSum, Norm1, Regret, SumCoords
from theory.symbols import df, f, x

EPS = float(np.finfo(np.float64).eps)
FADED = 1e-270, 1e295
"""Sums that are smaller or larger may hold terms whose low part left the range of floats."""
OPERATIONS = 16
"""Elementary operations of one loss beside its sum over coordinates, with those of the running sum."""


def paid(weight: Expr) -> Expr:
    """sum_t w_t f_t(x_t)."""
    return CumSum(weight * f)


def magnitude(weight: Expr) -> Expr:
    """sum_t |w_t| (|f_t(x_t)| + sum_i |x_i df_i|), the scale of the rounding error."""
    return CumSum(Abs(weight) * (Abs(f) + SumCoords(Abs(x * df))))


def idle(weight: Expr) -> Expr:
    """sum_t |w_t| ||df_t||_1: times D, the regret that no player with convex losses can exceed."""
    return CumSum(Abs(weight) * Norm1(df))


def expand(
    record: Sequence[Expr], series: Sequence[Expr], game: Game | None = None
) -> tuple[list[Expr], list[Expr], list[Regret]]:
    """Quantities the engines can keep, per-round series, and the regrets to enclose afterwards."""
    regrets = list(dict.fromkeys(q for q in record if isinstance(q, Regret)))
    kept = [q for q in record if not isinstance(q, Regret)]
    each_round = list(series)
    for regret in regrets:
        weight = regret.args[0]
        kept += [paid(weight), magnitude(weight), idle(weight)]
        running = in_the_run(game, weight) if game is not None else None
        if running is not None:
            kept += [q for q in running.quantities if q != 0]
        elif not weight.is_number:
            each_round.append(weight)
    return list(dict.fromkeys(kept)), list(dict.fromkeys(each_round)), regrets


def lower_key(regret: Expr) -> str:
    """The key of the lower end of a regret in a trace."""
    return f"{regret}:lower"


def upper_key(regret: Expr) -> str:
    """The key of the upper end of a regret in a trace."""
    return f"{regret}:upper"


def check_comparable(game: Game, regret: Regret) -> tuple[Domain, Loss]:
    """The set and the loss of a game in which a regret can be enclosed; ValueError where it cannot."""
    if not isinstance(game.loss, Loss) or not game.convex:
        raise ValueError(
            f"{regret} needs convex losses in symbols; {game.loss.name} is {game.loss.shape.value}"
        )
    if game.domain is None:
        raise ValueError(f"{regret} compares with the best point of a set; give a `domain`")
    if not game.streams:
        raise ValueError(f"{regret} needs the losses of every round; give a `stream`")
    if regret.args[0].is_negative:
        raise ValueError(f"{regret} weighs the losses by a negative number; state it with weights >= 0")
    kept = rows_to_keep(game.loss, game.stream, game.horizon)
    check_room(
        8 * kept * (game.dimension + 2),
        f"the {kept} rows of {game.stream.name if game.stream else 'the stream'}, which the best fixed point "
        f"of {game.loss.name} losses is found from,",
        "shorten the `horizon`, or draw the rounds from a finite table (Shuffled)",
    )
    return game.domain, game.loss


def enclose(
    game: Game,
    regret: Regret,
    rounds: NDArray[np.int64],
    scalars: Mapping[str, Any],
    series: Mapping[str, Any],
    *,
    numbers: Any = np.float64,
    sums: Any = np.float64,
    rounding: float | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(lower, upper) of a regret, each (R, K), from the recorded sums of a run.

    numbers, sums: the precision of the engine's vectors, and of its sums and scalars. rounding: the relative
    error of one operation of an engine that computes in more than float64; None for others. It counts where
    the best fixed point meets the losses that were played: without rounded weights, data or parameters.
    """
    domain, loss = check_comparable(game, regret)
    weight = regret.args[0]
    total, size = scalars[str(paid(weight))], scalars[str(magnitude(weight))]
    # Traces hold float64 whatever an engine works in.
    once, eps = (max(float(np.finfo(kind).eps), EPS) for kind in (numbers, sums))
    kept = 4 * eps  # a few operations on the sums as they were kept
    running, bounds = in_the_run(game, weight), domain.box_bounds()
    same = running is not None or (weight.is_number and not loss.parameters and game.formula is None)
    if rounding is not None and same and np.all((size == 0) | ((size > FADED[0]) & (size < FADED[1]))):
        once, eps, kept = rounding, rounding, 4 * EPS
    slack = (OPERATIONS * once + (rounds + game.dimension) * eps) * size + kept * np.abs(total)
    if running is not None and bounds is not None:
        largest = float(max(np.abs(bound).max() for bound in bounds))
        always = rounds * once + (rounds + game.dimension) * eps
        low, high = running.enclose(scalars, largest=largest, once=once, always=always)
        return (
            total - high - slack - kept * np.abs(high),
            total - low + slack + kept * np.abs(low),
        )
    lower, upper = np.empty_like(total), np.empty_like(total)
    previous: tuple[Any, Any] | None = None
    for r in range(game.replicates):
        stream = game.streams[r if len(game.streams) > 1 else 0]
        weights = None
        if not weight.is_number:
            weights = series[str(weight)][r]
        elif weight != 1:
            weights = np.full(int(rounds[-1]), float(weight))
        shared = len(game.streams) == 1 and weights is None and previous is not None and _same_loss(game, r)
        if not shared or previous is None:
            minima = best_in_hindsight(
                loss, game.loss_values(r), domain, stream, rounds, round_weights=weights,
                table=(game.table, game.table_labels),
            )  # fmt: skip
            # Of a set that only a solver knows, the two ends may cross by the solver's accuracy.
            ends = np.array([sorted((m.lower, m.upper)) for m in minima])
            previous = ends[:, 0], ends[:, 1]
        lower[r] = total[r] - previous[1] - slack[r] - kept * np.abs(previous[1])
        upper[r] = total[r] - previous[0] + slack[r] + kept * np.abs(previous[0])
    return lower, upper


def _same_loss(game: Game, replicate: int) -> bool:
    return game.loss_values(replicate) == game.loss_values(replicate - 1)
