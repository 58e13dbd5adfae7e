"""A game planned: everything about its play that is known before the first round."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from online_sim.blocks import block_of, rounds_at_once, sparse_table, with_points
from online_sim.constants import constants
from online_sim.domains.cvxpy_set import CvxpySet
from online_sim.engines.base import BlockData, Engine, Player, RunState, Setting
from online_sim.engines.precise import longer_engine
from online_sim.game import Game
from online_sim.nonfinite import copy_state
from online_sim.provenance import Provenance, provenance
from online_sim.recording import Recording, asked_keys, plan_recording
from online_sim.regret import Minima, check_comparable
from online_sim.settings import choose_engine, parameters_of, setting_for
from online_sim.start import given_vectors, initial_state
from online_sim.stopwatch import Stage, stage
from theory.loss import Loss
from theory.quantities import Component, Regret
from theory.symbols import z_t

if TYPE_CHECKING:
    from sympy import Expr, Symbol

LARGEST_KEPT = 1 << 16
"""The most numbers of a start or of a block of data that are kept for the next play (half a MiB)."""


@dataclass(frozen=True, eq=False)
class Asked:
    """What is asked of a game, checked: the arguments of `prepare`, with the rounds to record at."""

    record: tuple[Expr, ...]
    series: tuple[Expr, ...]
    rounds: NDArray[np.int64]
    engine: str | Engine
    vectors: Mapping[Symbol, ArrayLike]
    threads: int


@dataclass
class Kept:
    """What a play of a game leaves for its next play."""

    origin: Provenance | None = None
    start: RunState | None = None


@dataclass
class KeptData:
    """What a play leaves for every play of the same losses."""

    block: BlockData | None = None
    minima: Minima = field(default_factory=Minima)


@dataclass(frozen=True, eq=False)
class Plan:
    """What a play needs, found once.

    asked, recording, given: what is recorded, how, and the given vectors; player: plays the game with any
    parameters; known: makes the constants of the game; keys: those asked for; same: whether all parts of the
    game are certain to be the same in its next play; kept, data: what plays leave for the next if they are.
    """

    game: Game
    asked: Asked
    recording: Recording
    given: Mapping[Symbol, NDArray[np.float64]]
    setting: Setting
    engine: Engine
    player: Player
    known: Callable[[], Mapping[str, float | None]]
    keys: tuple[str, ...]
    same: bool
    kept: Kept
    data: KeptData

    @cached_property
    def longest(self) -> int:
        """The maximum number of rounds in a block."""
        return rounds_at_once(self.engine, self.game, self.setting.program)

    def origin(self) -> Provenance:
        """The provenance before the first round."""
        if self.kept.origin is not None and self.same:
            return self.kept.origin
        self.kept.origin = provenance(
            self.game, self.engine, self.setting.program, recorded=self.recording.kept, given=self.given,
            known=self.known(),
        )  # fmt: skip
        return self.kept.origin

    def first(self) -> RunState:
        """The state before the first round, not shared with any other play."""
        if self.kept.start is not None and self.same:
            return copy_state(self.kept.start)
        game = self.game
        state = initial_state(self.setting.program, game.starts, game.columns, self.given, self.engine)
        if self.same and isinstance(state.vectors, np.ndarray) and state.vectors.size <= LARGEST_KEPT:
            self.kept.start = copy_state(state)
        return state

    def block(self, start: int, stop: int, *, noted: bool = False) -> BlockData:
        """The data of the rounds start + 1, ..., stop; engines do not change them.

        noted: whether it is noted what the streams read now.
        """
        whole = self.same and stop - start == self.game.horizon and not noted
        if whole and self.data.block is not None:
            return self.data.block
        block = block_of(self.game, self.setting.program, start, stop)
        if self.setting.program.moving:
            block = with_points(block, self.given[z_t][start:stop])
        if whole and block.vectors.size + block.index.size <= LARGEST_KEPT:
            self.data.block = block
        return block

    def minima(self) -> Minima:
        """The minima of earlier plays, to be added to."""
        return self.data.minima if self.same else Minima()

    def changed(self, changes: Mapping[str, Any]) -> Plan:
        """The plan of the game with other parameters, another start or other streams.

        Raises:
            ValueError: As `Game`, and for a change that needs another program.
        """
        game = replace(self.game, **changes)
        if (now := game.replicates) != self.game.replicates:
            lists = [name for name, value in changes.get("parameters", {}).items() if np.size(value) == now]
            raise ValueError(
                f"`{[*lists, 'stream'][0]}` would make {now} replicates, but the game was prepared with "
                f"{self.game.replicates}; prepare another game"
            )
        if game.dimension != self.game.dimension:
            raise ValueError(
                f"{' and '.join(f'`{name}`' for name in changes)} would make {game.dimension} coordinates, "
                f"but the game was prepared with {self.game.dimension}; prepare another game"
            )
        if game.formula != self.game.formula:
            raise ValueError(
                f"`stream` = {game.streams[0].name} has another formula than the stream that the game was "
                "prepared with, and a formula is part of the program; prepare another game"
            )
        if (sparse_table(game) is not None) != self.setting.sparse:
            raise ValueError(
                f"`stream` = {game.streams[0].name} has {'dense' if self.setting.sparse else 'sparse'} rows, "
                "and the stream that the game was prepared with has not; prepare another game"
            )
        if self.recording.excesses:  # these may read the constants of the game
            return plan_game(game, self.asked)
        _check_regrets(game, self.asked.record)
        parameters = parameters_of(game, self.recording, self.setting.program)
        return replace(
            self, game=game, setting=replace(self.setting, parameters=parameters),
            known=cache(lambda: constants(game)), same=_same(game), kept=Kept(),
            data=KeptData() if "stream" in changes else self.data,
        )  # fmt: skip


def plan_game(game: Game, asked: Asked) -> Plan:
    """Plan a game; ValueError if what is asked of it is not possible."""
    _check_regrets(game, asked.record)
    known = cache(lambda: constants(game))
    recording = plan_recording(asked.record, asked.series, game, known)
    quantities = [*recording.kept, *recording.series]
    _check_coordinates(quantities, game.dimension)
    given = given_vectors(game, asked.vectors, quantities)
    setting = setting_for(game, recording, given)
    engine = _engine(asked, setting, game.horizon)
    with stage(Stage.PLAYING):
        player = engine.player(setting)
    keys = asked_keys((*asked.record, *asked.series))
    return Plan(
        game, asked, recording, given, setting, engine, player, known, keys, _same(game), Kept(), KeptData()
    )


def _engine(asked: Asked, setting: Setting, horizon: int) -> Engine:
    name = asked.engine
    if isinstance(name, str) and name in {"precise", "wide"}:
        return longer_engine(setting, rounds=horizon, wide=name == "wide")
    return choose_engine(name, setting, horizon, len(asked.rounds), asked.threads)


def _same(game: Game) -> bool:
    """Whether all parts of a game are this package's, which cannot change from one play to the next.

    A Python loss reads what it likes, and the constraints of cvxpy may have parameters.
    """
    parts = [*game.streams, *([] if game.domain is None else [game.domain])]
    mine = all(type(part).__module__.startswith("online_sim.") for part in parts)
    return isinstance(game.loss, Loss) and mine and not isinstance(game.domain, CvxpySet)


def _check_regrets(game: Game, record: Sequence[Expr]) -> None:
    for regret in record:
        if isinstance(regret, Regret):
            check_comparable(game, regret)


def _check_coordinates(quantities: Sequence[Expr], dimension: int) -> None:
    for q in quantities:
        for component in q.atoms(Component):
            index = component.args[1]
            if not (index.is_Integer and 0 <= index < dimension):
                raise ValueError(f"{component} does not exist: coordinates are 0..{dimension - 1}")
