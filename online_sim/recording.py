"""What a run must record for the requested quantities: sums, sizes that bound rounding errors, extremes.

A recorded ``Regret(w)`` becomes sums that every engine keeps (`online_sim.regret`), an ``Excess`` becomes two
running extremes (`online_sim.excess`), and a ``RoundingOf(q)`` the quantities in a bound on the rounding
error of q (`online_sim.rounding`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Dummy, Expr, Pow, Symbol

from online_sim.constants import side_slack
from online_sim.excess import (
    IN_A_RUN,
    RunningExcess,
    constants_of,
    error_of_key,
    fine_key,
    largest_key,
    running_excess,
)
from online_sim.expressions import compiled
from online_sim.game import Game
from online_sim.regret import idle, lower_key, paid, sizes, upper_key
from online_sim.rounding import ONCE, SUMS, Rounding, error_of
from online_sim.running_minimum import in_the_run
from theory.loss import Loss
from theory.quantities import Excess, Regret, RoundingOf, measured
from theory.sign import nonnegative
from theory.symbols import D_i, d, f, t

EPS = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, eq=False)
class Recording:
    """What a run records.

    kept: quantities recorded at checkpoints; series: scalars recorded in every round; regrets: to be enclosed
    afterwards; excesses: the expansion of each `Excess`; errors: the rounding error of each scalar for which
    it was requested; constants: the numbers of the game that excesses may use, by symbol.
    """

    kept: tuple[Expr, ...]
    series: tuple[Expr, ...]
    regrets: tuple[Regret, ...]
    excesses: tuple[RunningExcess, ...]
    errors: Mapping[Expr, Rounding]
    constants: Mapping[Any, float]

    @property
    def in_the_run(self) -> dict[Any, float]:
        """The constants that the run itself uses."""
        used = set().union(*(q.free_symbols for q in self.kept)) if self.kept else set()
        return {s: value for s, value in self.constants.items() if s in used}


def plan_recording(
    record: Sequence[Expr],
    series: Sequence[Expr],
    game: Game,
    known: Callable[[], Mapping[str, float | None]],
) -> Recording:
    """Expand the requested quantities into quantities that engines can record.

    known: gives the constants of the game by name, each within a few eps of its value, or None for a constant
    that does not exist; it is called only if something uses them.
    """
    regrets, wanted, rounded = (
        list(dict.fromkeys(q for q in record if isinstance(q, kind))) for kind in (Regret, Excess, RoundingOf)
    )
    kept = [q for q in record if not isinstance(q, Regret | Excess | RoundingOf)]
    kept, each_round = [*kept, *(q.args[0] for q in rounded)], list(series)
    for regret in regrets:
        weight = regret.args[0]
        kept += [paid(*regret.args), *sizes(*regret.args), idle(*regret.args)]
        running = in_the_run(game, regret)
        if running is not None:
            kept += [q for q in running.quantities if q != 0]
        elif not weight.is_number:
            each_round.append(weight)
    read = any(q.has(*IN_A_RUN) for q in kept)
    constants = constants_of(game, known) if wanted or read else {}
    excesses = [r for node in wanted if (r := running_excess(node, game, constants)) is not None]
    kept += [q for running in excesses for q in running.quantities]
    errors = _errors([q.args[0] for q in rounded], game)
    kept += [q for error in errors.values() for q in _needed(error.absolute, _of_a_round(game))]
    return Recording(
        tuple(dict.fromkeys(kept)), tuple(dict.fromkeys(each_round)), tuple(regrets), tuple(excesses), errors,
        constants,
    )  # fmt: skip


def _of_a_round(game: Game) -> frozenset[Symbol]:
    """The symbols that a round computes."""
    return frozenset((f, *(s for s, _ in game.recurrence.steps)))


def _needed(e: Expr, of_a_round: frozenset[Symbol]) -> list[Expr]:
    """What a run must record to evaluate an expression: its nodes, and the round's scalars outside them."""
    nodes = measured(e)
    outside = e.xreplace({node: Dummy("q") for node in nodes}).free_symbols
    return [*nodes, *sorted(outside & of_a_round, key=str)]


def _errors(quantities: Sequence[Expr], game: Game) -> dict[Expr, Rounding]:
    """The rounding error of each quantity; a quantity whose error is not known is left out."""
    loss = game.loss if isinstance(game.loss, Loss) else None
    found = {}
    for q in quantities:
        try:
            found[q] = error_of(q, loss).coarse
        except ValueError:
            continue
    return found


def asked_keys(quantities: Sequence[Expr]) -> tuple[str, ...]:
    """The keys in a trace of requested quantities, without the evidence that only verdicts use."""
    shown = [q for q in quantities if not isinstance(q, Excess | RoundingOf)]
    keys = (([lower_key(q), upper_key(q)] if isinstance(q, Regret) else [str(q)]) for q in shown)
    return tuple(dict.fromkeys(key for pair in keys for key in pair))


def error_key(quantity: Expr | str) -> str:
    """The key in a trace of the rounding error bound of a recorded scalar."""
    return f"{quantity}:error"


@dataclass(frozen=True, eq=False)
class Played:
    """The records of a run, from which bounds are evaluated.

    once, sums: the eps of the engine's numbers and of its sums.
    """

    game: Game
    scalars: Mapping[str, Any]
    rounds: NDArray[np.int64]
    once: float
    sums: float

    def value(self, e: Expr, numbers: Mapping[Any, Any] | None = None) -> Any:
        """The value of a bound in recorded quantities, (R or 1, K); numbers: values of further symbols.

        The sizes in it are themselves sums of the run, with an error of at most (T + d) eps, which is added.
        """
        declared = enumerate(self.game.declared)
        known: dict[Any, Any] = {p.symbol: self.game.numbers[:, [k]] for k, p in declared}
        known |= {t: self.rounds[None, :].astype(np.float64), d: np.float64(self.game.dimension)}
        known |= {ONCE: np.float64(self.once), SUMS: np.float64(self.sums), **(numbers or {})}
        keys, used, bound = _bound(e, _of_a_round(self.game), frozenset(known))
        room = 1 + (self.rounds + self.game.dimension) * (self.once + self.sums)
        return bound(*(self.scalars[key] for key in keys), *(known[s] for s in used)) * room


@lru_cache(maxsize=512)
def _bound(
    e: Expr, of_a_round: frozenset[Symbol], known: frozenset[Symbol]
) -> tuple[tuple[str, ...], tuple[Symbol, ...], Callable[..., Any]]:
    """The keys of the records in a bound, the known symbols in it, and the bound as a function of both."""
    nodes = {node: Dummy("q", real=True) for node in _needed(e, of_a_round)}
    e = e.xreplace(nodes)
    used = tuple(sorted(e.free_symbols & known, key=str))
    return tuple(map(str, nodes)), used, compiled(e, (*nodes.values(), *used))


def recorded_errors(recording: Recording, played: Played) -> dict[str, NDArray[np.float64]]:
    """Key -> rounding error bound (R, K) of each scalar for which it was requested."""
    found = {}
    for q, error in recording.errors.items():
        key = _text(q)
        values = played.scalars[key]
        # Whatever precision an engine uses, its results are rounded to float64 once.
        bound = played.value(_error_of_value(error), {VALUE: values}) + EPS * np.abs(values)
        if played.game.domain is not None and _uses_sides(q):
            bound = bound + _too_long(q, side_slack(played.game.domain)) * np.abs(values)
        found[error_key(key)] = np.broadcast_to(bound, np.shape(values))
    return found


VALUE = Dummy("value", real=True)
"""The value of a recorded scalar, in the bound of its rounding error."""


@lru_cache(maxsize=512)
def _error_of_value(error: Rounding) -> Expr:
    return error.of(VALUE)


@lru_cache(maxsize=512)
def _text(q: Expr) -> str:
    return str(q)


@lru_cache(maxsize=512)
def _uses_sides(q: Expr) -> bool:
    return bool(q.has(D_i))


@lru_cache(maxsize=512)
def _too_long(q: Expr, slack: float) -> float:
    """The relative excess of a quantity when the sides of the set are too long: (1 + slack)^degree - 1.

    Infinite for a quantity that does not grow with the sides as a power of them.
    """
    powers = [p.exp for p in q.atoms(Pow) if p.base == D_i]
    grows = nonnegative(q) and all(p.is_Rational and p > 0 for p in powers) and slack < np.inf
    return (1.0 + slack) ** float(max([1, *powers])) - 1.0 if grows else np.inf if slack > 0 else 0.0


def excess_records(recording: Recording, played: Played) -> dict[str, NDArray[np.float64]]:
    """The numbers of each `Excess`, under the keys that a verdict looks up."""
    found = {}
    numbers = {s: np.float64(value) for s, value in recording.constants.items()}
    for running in recording.excesses:
        largest, node = played.scalars[_text(running.largest)], _text(running.node)
        error = played.value(_error_of_largest(running), numbers)
        found[largest_key(node)] = np.asarray(largest, dtype=np.float64)
        found[error_of_key(node)] = np.broadcast_to(error, np.shape(largest))
        found[fine_key(node)] = played.scalars[_text(running.fine)]
    return found


@lru_cache(maxsize=512)
def _error_of_largest(running: RunningExcess) -> Expr:
    return running.units * running.size + running.more
