"""Both sides of a statement about gradients on many small games at once, in compiled floats.

The games share their sizes (knots, letters of noise, rounds, coordinates); everything else is data of one
kernel that is compiled once. A replicate is a path of the noise, so that an expectation is a finite sum and a
supremum a maximum, as with `AllPaths`. Floats find; `bounds.certificates` proves.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Expr

from bounds.games import DescentGame
from bounds.scope import OutOfScope, check_given, check_scope, in_every_round
from bounds.statement import EPS, OPERATIONS, Sides, evaluated, in_rounds
from online_sim.borders import Floats
from online_sim.checkpoints import checkpoint_rounds
from online_sim.engines.base import BlockData, Setting
from online_sim.engines.lowering import Request, compile_program
from online_sim.engines.numba_engine import NumbaEngine
from online_sim.engines.program import Projection
from online_sim.start import initial_state
from online_sim.streams.all_paths import enumerate_paths
from theory.losses.noise import with_noise
from theory.losses.piecewise_family import family_values, piecewise_family
from theory.quantities import Expectation, LossAt, Regret, Supremum
from theory.recurrence import Recurrence
from theory.statement import Theorem
from theory.symbols import G_f, L, T, d, df, f, f_star, g, t, x, x_gap, x_next

GAMES = "this search plays descents of one smooth f on R^d"


@dataclass(frozen=True)
class Sizes:
    """The sizes shared by the games of an evaluator: numbers of knots, letters, rounds and coordinates."""

    knots: int
    letters: int
    horizon: int
    dimension: int = 1

    @property
    def paths(self) -> int:
        """The number of paths of the noise."""
        return int(self.letters**self.horizon) if self.letters > 1 else 1


class DescentEvaluator:
    """Plays batches of games with a recurrence and evaluates one reading of a theorem on them.

    A statement that is not an expectation is checked only on the path of first letters; a certificate takes
    the path that breaks it most. Conditions must hold on every path and in every round up to the one
    evaluated. OutOfScope if the theorem requires what no such game has (a compact set), reads what none
    provides, or measures a regret.
    """

    def __init__(
        self,
        theorem: Theorem,
        reading: str,
        recurrence: Recurrence,
        sizes: Sizes,
        *,
        batch: int = 1,
        checkpoints: str | int | Sequence[int] = "all",
    ) -> None:
        """Compile the game.

        batch: the number of games played at once; checkpoints: the rounds at which to check the statement, as
        in `online_sim.simulate.play`.
        """
        self.theorem, self.recurrence, self.sizes = theorem, recurrence, sizes
        check_scope(theorem, DescentGame.PROPERTIES, GAMES)
        if theorem.spelled_out(theorem.lhs).has(Regret):
            raise OutOfScope(f"the left side of `{theorem.id}` is a regret; {GAMES}")
        check_given(
            theorem, reading, recurrence, (x, g, f, df, d, L, f_star), GAMES,
            stated_only=(x_next, x_gap, G_f), other_points=True,
        )  # fmt: skip
        self.statement = in_rounds(theorem, reading)
        self.about_values = bool(theorem.spelled_out(theorem.lhs).has(LossAt, f))
        self.loss = with_noise(piecewise_family(sizes.knots))
        self.program = compile_program(
            Request(
                recurrence, self.loss, projection=Projection.NONE, record=in_every_round(theorem).measured
            )
        )
        self.rounds = checkpoint_rounds(checkpoints, sizes.horizon)
        self.batch = batch
        self.names = [p.name for p in (*recurrence.parameters, *self.loss.parameters)]
        group, alone = np.zeros(sizes.dimension, dtype=np.int64), np.zeros((1, sizes.dimension))
        numbers = np.ones((1, len(self.program.parameters)))
        self.setting = Setting(self.program, None, numbers, None, group, alone, np.zeros(1))

    def sides(self, games: Sequence[DescentGame]) -> Sides:
        """Both sides of every game; ValueError for no games or a game of other sizes."""
        if not games:
            raise ValueError("`games` is empty; give at least one")
        for game in games:
            self._check(game)
        parts = [self._sides(games[k : k + self.batch]) for k in range(0, len(games), self.batch)]
        return Sides.joined(parts)

    def _sides(self, games: Sequence[DescentGame]) -> Sides:
        # One letter needs no list of paths, however long the game is.
        horizon = self.sizes.horizon if self.sizes.letters > 1 else 1
        listed = [enumerate_paths(game.alphabet, horizon) for game in games]
        weights = np.stack([chances for _, chances in listed])[:, :, None]
        index = np.broadcast_to(listed[0][0], (self.sizes.paths, self.sizes.horizon))
        recorded = self._play(games, index)
        named = self._constants(games)

        def value(e: Expr) -> Any:
            return evaluated(e, measured, named)

        def measured(node: Expr) -> Any:
            if isinstance(node, Expectation):
                return np.sum(weights * value(node.args[0]), axis=1, keepdims=True)
            if isinstance(node, Supremum):
                return np.max(value(node.args[0]), axis=1, keepdims=True)
            return recorded[str(node)]

        with np.errstate(all="ignore"):
            found = self.statement.sides(self.rounds, len(games), value, paths=self.sizes.paths)
        inside = np.array([game.lacks(self.theorem) is None for game in games])
        lhs = found.lhs
        if self.about_values:
            # So close to the minimum a value of f is only rounding: neither side is known.
            floor = np.array([rounding_of_values(game) for game in games])[:, None]
            lhs = np.where(np.maximum(np.abs(lhs), np.abs(found.rhs)) < floor, np.nan, lhs)
        return replace(found, lhs=lhs, holds=found.holds & inside[:, None])

    def _check(self, game: DescentGame) -> None:
        has = Sizes(len(game.slope.knots), len(game.letters), game.horizon, game.dimension)
        fits = has.knots <= self.sizes.knots and has == replace(self.sizes, knots=has.knots)
        if not fits or game.recurrence.name != self.recurrence.name:
            raise ValueError(
                f"`games` holds one of {has} with {game.recurrence.name}; "
                f"this evaluator plays {self.sizes} with {self.recurrence.name}"
            )

    def _play(self, games: Sequence[DescentGame], index: NDArray[np.int64]) -> dict[str, Floats]:
        """Every recorded quantity as (C, P, K); index (P, T): the letters of each path."""
        count, paths = len(games), self.sizes.paths
        rows = [
            [float(game.parameters[name]) for name in self.recurrence.parameter_names]
            + [float(q) for q in family_values(game.slope, self.sizes.knots)]
            for game in games
        ]
        noise = np.array([[u for u, _ in game.letters] for game in games], dtype=np.float64)
        block = BlockData(
            self._filled(noise),
            np.zeros((self.batch * paths, self.sizes.letters)),
            np.tile(index, (self.batch, 1)),
        )
        parameters = self._filled(np.array(rows))
        columns = dict(zip(self.names, parameters.T, strict=True))
        start = self._filled(np.array([game.start for game in games], dtype=np.float64))
        state = initial_state(self.program, start, columns)
        engine = NumbaEngine(interpreted=None, reproducible=True)
        advance = engine.prepare(replace(self.setting, parameters=parameters))
        result = advance(state, block, self.rounds)
        keys = [key for key, _ in self.program.scalar_records]
        shape = (self.batch, paths, len(self.rounds))
        kept = np.asarray(result.scalars, dtype=np.float64)
        return {key: kept[:, :, k].reshape(shape)[:count] for k, key in enumerate(keys)}

    def _filled(self, rows: Floats) -> Floats:
        """A row for each replicate: a game's row for each of its paths, padded with the last row."""
        missing = [rows[-1:]] * (self.batch - len(rows))
        return np.repeat(np.concatenate([rows, *missing]), self.sizes.paths, axis=0)

    def _constants(self, games: Sequence[DescentGame]) -> Mapping[str, Any]:
        """The numbers of a statement by name, as (C, 1, 1) or (1, 1, K)."""
        rounds = self.rounds.astype(np.float64)[None, None, :]
        slopes = [game.slope for game in games]
        columns = {
            L.name: [float(slope.smoothness) for slope in slopes],
            f_star.name: [0.0] * len(games),  # by the choice of `family_values`
            x_gap.name: [_number(game.distance_squared, math.nan) ** 0.5 for game in games],
            G_f.name: [_number(game.steepest, math.inf) for game in games],
            d.name: [float(self.sizes.dimension)] * len(games),
        }
        columns |= {
            name: [float(game.parameters[name]) for game in games] for name in self.recurrence.parameter_names
        }
        by_name: dict[str, Any] = {k: np.asarray(v)[:, None, None] for k, v in columns.items()}
        return {**by_name, T.name: rounds, t.name: rounds}


def rounding_of_values(game: DescentGame) -> float:
    """A size below which values of f in floats may be rounding, by that of their largest terms."""
    span = float(max(map(abs, (*game.start, *(k for k, _ in game.slope.knots)))))
    return OPERATIONS * EPS * game.dimension * float(game.slope.smoothness) * span**2


def _number(value: Fraction | None, otherwise: float) -> float:
    return otherwise if value is None else float(value)
