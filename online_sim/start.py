"""The state before the first round: x_1, the fixed vectors, and the declared initial values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from online_sim.borders import as_numbers
from online_sim.engines.base import Engine, RunState
from online_sim.engines.numpy_engine import NumpyEngine
from online_sim.engines.program import Program
from online_sim.oracle import oracle_of
from theory.borders import WrongType, shown
from theory.symbols import D_i, Vector, z, z_t

if TYPE_CHECKING:
    from sympy import Expr, Symbol

    from online_sim.game import Game


def initial_state(
    program: Program,
    starts: NDArray[np.float64],
    parameters: Mapping[str, NDArray[np.float64]],
    given: Mapping[Symbol, NDArray[np.float64]] | None = None,
    engine: Engine | None = None,
) -> RunState:
    """The state before round 1 in the engine's form: x_1 (R, d), the fixed vectors, the initial values.

    parameters: name -> (R,) values; given: the fixed vectors (R, d).
    """
    engine, given, replicates = engine or NumpyEngine(), given or {}, len(starts)

    def initial(e: Expr) -> Any:
        return np.broadcast_to(
            engine.number(e, {s: parameters[s.name] for s in e.free_symbols}), (replicates,)
        )

    vectors: list[Any] = [starts]
    for state in program.vector_states[1:]:
        vectors.append(given[state.new] if state.new in given else initial(state.initial)[:, None])
    scalars = [initial(state.initial) for state in program.scalar_states]
    return engine.state(vectors, np.stack(scalars, axis=1) if scalars else np.zeros((replicates, 0)))


def given_vectors(
    game: Game, vectors: Mapping[Symbol, ArrayLike], quantities: Sequence[Expr]
) -> dict[Symbol, NDArray[np.float64]]:
    """The given vectors that quantities use: fixed ones (R, d), and z_t as (T, d).

    The coordinate diameters come from the set.
    """
    known = {**vectors, **oracle_of(game)[1]}
    if D_i not in known and game.domain is not None and any(q.has(D_i) for q in quantities):
        known[D_i] = game.domain.coordinate_diameters()
    given = {}
    for symbol, value in known.items():
        if not isinstance(symbol, Vector):
            raise WrongType(
                f"`vectors` names {shown(symbol)}; its keys are Vector symbols, theory.symbols.z say"
            )
        if symbol.name in {s.name for s, _ in game.recurrence.steps}:
            raise ValueError(
                f"`vectors` gives `{symbol}`, which is a line of {game.recurrence.name}; rename the line"
            )
        array = _numbers(game, symbol, value)
        fixed = (game.replicates, game.dimension)
        given[symbol] = array if symbol == z_t else np.broadcast_to(array, fixed)
    return given


def _numbers(game: Game, symbol: Vector, value: ArrayLike) -> NDArray[np.float64]:
    """The finite numbers given for a vector, in one of the shapes it may have."""
    alone = (game.dimension,)
    shapes = [(game.horizon, *alone)] if symbol == z_t else [alone, (game.replicates, *alone)]
    array = as_numbers(value)
    if array is None:
        raise WrongType(
            f"`vectors` gives `{symbol}` = {shown(value)}; expected finite numbers of shape {shapes[0]}"
        )
    # A game played again up to an earlier round has fewer rounds than points.
    fits = array.shape in shapes or (
        symbol == z_t and array.ndim == 2 and len(array) > game.horizon and array.shape[1:] == alone
    )
    if not (fits and np.all(np.isfinite(array))):
        raise ValueError(
            f"`vectors` gives `{symbol}` shape {array.shape}; expected finite numbers of shape "
            f"{' or '.join(map(str, shapes))}"
        )
    return array


def points_inside(game: Game, given: Mapping[Symbol, NDArray[np.float64]]) -> dict[str, tuple[bool, str]]:
    """For each point to compare with that is given, z or z_t: whether it lies in the set, and what shows it.

    A regret against a point outside the set may exceed every bound: no theorem says anything of it.
    """
    found = {}
    for symbol in (z, z_t):
        if symbol in given and game.domain is not None:
            points = given[symbol]
            if points.strides[0] == 0:  # one point for all replicates
                points = points[:1]
            away = (k for k, point in enumerate(points) if not game.domain.contains(point))
            first = next(away, None)
            where = f"{symbol} lies in {game.domain.name}"
            if first is not None:
                round_ = f" in round {first + 1}" if symbol == z_t else ""
                where = (
                    f"{symbol} = {shown(points[first].tolist())}{round_} is not a point of {game.domain.name}"
                )
            found[symbol.name] = first is None, where
    return found
