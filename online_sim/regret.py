"""Regret as an interval: the loss paid, minus an enclosure of the loss of the best fixed point.

`play` expands a recorded ``Regret(w)`` into sums that every engine keeps (`online_sim.recording`), and
encloses it at the end:

    lower = sum_t w_t f_t(x_t) - (upper end of the minimum) - rounding,   upper likewise.

The rounding term is T/2 eps' F + (16 eps + d/2 eps') (F + X) with F = sum_t |w_t f_t(x_t)| and
X = sum_t |w_t| sum_i |x_{t,i} df_{t,i}|; eps is the eps of the engine's numbers, eps' that of its sums, and
one addition errs by half an eps' of its result. Summing T losses one by one errs by T/2 eps' F. A loss
phi(<a, x>) errs by d/2 eps' of |phi'| sum_i |a_i x_i| = sum_i |x_i df_i|, which is not bounded by |f|,
because a sum over coordinates may cancel.

With a composite term, ``Regret(w, phi)``, the losses are f_t + phi. F and X then hold the sizes of both, as
each is evaluated by itself.

An engine more precise than float64 has a smaller eps (`Engine.rounding`). What remains then is a few eps for
the recorded sums, and the rounding of the minimum if rows are replayed.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Abs, Dummy, Expr, S

from online_sim.comparator import best_in_hindsight
from online_sim.comparator.hindsight import rows_to_keep
from online_sim.domains.base import Domain
from online_sim.expressions import compiled
from online_sim.game import Game
from online_sim.memory import check_room
from online_sim.rounding import ONCE, SUMS
from online_sim.running_minimum import in_the_run
from online_sim.streams.base import Stream
from theory.loss import Loss, Shape
from theory.quantities import CumSum, Norm1, Regret, SumCoords
from theory.subgradient import gradient
from theory.symbols import d, df, f, t, x

Ends = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Lower and upper ends at the checkpoints, (K,) each."""
EPS = float(np.finfo(np.float64).eps)
FADED = 1e-270, 1e295
"""The range of sums outside which the low part of a term may have left the range of floats."""
OPERATIONS = 16
"""The number of elementary operations of one loss and of the running sum, without sums over coordinates."""


def paid(weight: Expr, phi: Expr = S.Zero) -> Expr:
    """sum_t w_t (f_t(x_t) + phi(x_t))."""
    return CumSum(weight * (f + phi))


def sizes(weight: Expr, phi: Expr = S.Zero) -> tuple[Expr, Expr]:
    """sum_t |w_t f_t(x_t)| and sum_t |w_t| sum_i |x_i df_i|, to which the rounding error is proportional."""
    values, products = Abs(weight) * Abs(f), Abs(weight) * SumCoords(Abs(x * df))
    if phi != 0:
        values += Abs(weight) * Abs(phi)
        products += Abs(weight) * SumCoords(Abs(x * gradient(phi, x)))
    return CumSum(values), CumSum(products)


def slack(weight: Expr, rounds: Expr, phi: Expr = S.Zero) -> Expr:
    """A bound on the rounding error of the loss paid in `rounds` rounds, in `ONCE` and `SUMS`."""
    values, products = sizes(weight, phi)
    return rounds * SUMS / 2 * values + (OPERATIONS * ONCE + d * SUMS / 2) * (values + products)


def idle(weight: Expr, phi: Expr = S.Zero) -> Expr:
    """sum_t |w_t| ||df_t||_1; times D, it is a regret that no player with convex losses can exceed."""
    return CumSum(Abs(weight) * Norm1(df if phi == 0 else df + gradient(phi, x)))


def lower_key(regret: Expr) -> str:
    """The key in a trace of the lower end of a regret."""
    return f"{regret}:lower"


def upper_key(regret: Expr) -> str:
    """The key in a trace of the upper end of a regret."""
    return f"{regret}:upper"


def check_comparable(game: Game, regret: Regret) -> None:
    """ValueError unless a regret in a game can be enclosed."""
    domain, loss = _compared(game, regret)
    kept = rows_to_keep(loss, game.streams[0], game.horizon)
    if kept:
        check_room(
            8 * kept * (domain.dimension + 2),
            f"the {kept} rows of {game.streams[0].name}, which the best fixed point "
            f"of {loss.name} losses is found from,",
            "shorten the `horizon`, or draw the rounds from a finite table (Shuffled)",
        )


def _compared(game: Game, regret: Regret) -> tuple[Domain, Loss]:
    """The set and the loss, with phi, that a regret compares with."""
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
    return game.domain, _with_phi(game, game.loss, regret)


def _with_phi(game: Game, loss: Loss, regret: Regret) -> Loss:
    """The losses that a regret is about: those of the game, plus the composite term that it names."""
    if len(regret.args) == 1:
        return loss
    composite, phi = game.recurrence.composite, regret.args[1]
    if composite is None or composite.value != phi:
        has = "has none" if composite is None else f"has {composite.value}"
        raise ValueError(
            f"{regret} counts the composite term {phi}, and {game.recurrence.name} {has}; name the `value` "
            "of the term that the step minimises, or leave it out"
        )
    parameters = (*loss.parameters, *composite.parameters)
    return Loss(f"{loss.name} + {composite.name}", loss.source, loss.value + phi, Shape.CONVEX, parameters)


def _values(game: Game, loss: Loss, replicate: int) -> dict[str, float]:
    """The values of the parameters of a loss in a replicate."""
    values = game.values(replicate)
    return {p.name: values[p.name] for p in loss.parameters}


MOST_MINIMA = 256
"""The most replicates whose minima are kept for the next play of a game."""


class Minima:
    """The enclosed minima of losses at the checkpoints of a game, found once for all who play them.

    They depend on the losses of a replicate, whoever plays them and wherever the game starts.
    """

    def __init__(self) -> None:
        self._found: dict[Hashable, Ends] = {}

    def of(self, losses: Hashable, find: Callable[[], Ends]) -> Ends:
        """The minima of these losses: those kept, or else those that `find` finds."""
        found = self._found.get(losses)
        if found is None:
            found = find()
            if len(self._found) >= MOST_MINIMA:
                del self._found[next(iter(self._found))]
            self._found[losses] = found
        return found


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
    minima: Minima | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(lower, upper) of a regret, each (R, K), from the recorded sums of a run.

    numbers, sums: the precision of the engine's vectors, and of its sums and scalars. rounding: the relative
    error of one operation of an engine more precise than float64; None for other engines. It is used only if
    the best fixed point is found for exactly the losses played: without rounded weights, data or parameters.
    minima: those of earlier plays of the game with the same streams, checkpoints and set.
    """
    domain, loss = _compared(game, regret)
    weight, paid_sums = regret.args[0], _paid_sums(*regret.args)
    total = scalars[paid_sums.paid]
    # Traces hold float64, whatever precision an engine uses.
    once, eps = (max(float(np.finfo(kind).eps), EPS) for kind in (numbers, sums))
    running, bounds = in_the_run(game, regret), domain.box_bounds()
    values, products = (scalars[key] for key in paid_sums.sizes)
    if rounding is not None:
        same = running is not None or (weight.is_number and not loss.parameters and game.formula is None)
        size = values + products
        if same and np.all((size == 0) | ((size > FADED[0]) & (size < FADED[1]))):
            once, eps = rounding, rounding
    terms = rounds + game.dimension
    room = paid_sums.slack(values, products, rounds[None, :], *map(np.float64, (game.dimension, once, eps)))
    # The sizes are themselves sums of the run, with an error of (T + d) eps.
    room = room * (1 + (terms + OPERATIONS) * eps)

    def minus(low: Any, high: Any) -> tuple[Any, Any]:
        """The loss paid minus an interval: a few additions of float64 numbers."""
        whole = 4 * EPS * (np.abs(total) + np.maximum(np.abs(low), np.abs(high)) + room)
        with np.errstate(over="ignore", invalid="ignore"):
            return total - high - room - whole, total - low + room + whole

    if running is not None and bounds is not None:
        largest = float(max(np.abs(bound).max() for bound in bounds))
        always = rounds * once + terms * eps
        return minus(*running.enclose(scalars, largest=largest, once=once, always=always))
    minima = minima if minima is not None else Minima()
    least, most = np.empty_like(total), np.empty_like(total)
    for r in range(game.replicates):
        stream, own = game.stream_of(r), _values(game, loss, r)

        def find(weights: Any = None, stream: Stream = stream, own: Mapping[str, float] = own) -> Ends:
            found = best_in_hindsight(
                loss, own, domain, stream, rounds, round_weights=weights, table=(game.rows, game.row_labels)
            )
            # For a set that is only given to a solver, the ends may cross within the solver's accuracy.
            ends = np.array([sorted((m.lower, m.upper)) for m in found])
            return ends[:, 0], ends[:, 1]

        if weight.is_number:
            alike = None if weight == 1 else np.full(int(rounds[-1]), float(weight))
            # The place of a stream, not its id: a changed game makes streams anew, where others were.
            place = r if len(game.streams) > 1 else 0
            key = (regret, place, tuple(own.values()))
            least[r], most[r] = minima.of(key, partial(find, alike))
            continue
        weights = series[str(weight)][r]
        if not np.all(np.isfinite(weights)):
            least[r], most[r] = -np.inf, np.inf  # nothing is known for weights beyond the range of floats
            continue
        least[r], most[r] = find(weights)
    return minus(least, most)


@dataclass(frozen=True)
class _PaidSums:
    """The keys of the recorded sums that a regret is made of, and `slack` as a function of their values.

    slack: of the two sizes, the rounds, d, `ONCE` and `SUMS`.
    """

    paid: str
    sizes: tuple[str, str]
    slack: Callable[..., Any]


@lru_cache(maxsize=256)
def _paid_sums(weight: Expr, phi: Expr = S.Zero) -> _PaidSums:
    kept = sizes(weight, phi)
    stand_ins = {q: Dummy("size", real=True) for q in kept}
    bound = slack(weight, t, phi).xreplace(stand_ins)
    function = compiled(bound, (*stand_ins.values(), t, d, ONCE, SUMS))
    return _PaidSums(str(paid(weight, phi)), (str(kept[0]), str(kept[1])), function)
