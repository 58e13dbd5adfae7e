"""The default engine on a CPU: the whole block, replicates included, in one compiled loop."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Expr

from online_sim.domains.validate import distinct
from online_sim.engines.base import BlockData, BlockResult, Engine, RunState, Setting
from online_sim.engines.cache import interpret_source, load_source
from online_sim.engines.lane_kernel import lanes_fit
from online_sim.engines.loop_expressions import PARAMETER
from online_sim.engines.loop_kernel import print_kernel
from online_sim.engines.loop_layout import Layout, Printed
from online_sim.engines.program import Program, Projection

LEAST_LANES = 8
"""From so many replicates on they are played side by side, even if that leaves some lanes empty."""
WIDEST = {False: 100, True: 32}
"""Up to this dimension, by whether each replicate has rows of its own; beyond, memory costs more."""


class NumbaEngine(Engine):
    """Compiled loops; needs a symbolic loss and a domain with a compiled projection.

    interpreted: run the same generated source as plain Python, nothing compiled (slow to play, quick to
    start; it checks the compiler). reproducible: every operation is rounded as it is printed and sums follow
    the coordinates, so that the same game gives the same bits with any number of replicates, in any blocks,
    on any processor, and interpreted; sums then take one coordinate at a time, which is up to five times as
    slow for one replicate of many coordinates. lanes: whether replicates are played side by side; None: where
    that is faster. dtype: of everything that differs from coordinate to coordinate, float64 or float32; sums
    over coordinates and the scalars of a round are float64.

    Numbers below the smallest normal one are not kept: a decaying vector state is set to 0 there, for the
    arithmetic on such numbers is twenty times as slow. That moves a state by 2.3e-308 at most.
    """

    name = "numba"
    block_rounds = 65536

    def __init__(
        self,
        *,
        interpreted: bool = False,
        reproducible: bool = False,
        lanes: bool | None = None,
        dtype: Any = np.float64,
    ) -> None:
        """Choose how to play; ValueError for another dtype."""
        self.interpreted, self.reproducible, self.lanes = interpreted, reproducible, lanes
        self.dtype = np.dtype(dtype)
        if self.dtype not in (np.float32, np.float64):
            raise ValueError(f"`dtype` = {dtype!r} cannot be compiled; give float64 or float32")

    def refuse(self, setting: Setting) -> str | None:
        """Python losses and sets without a kernel are refused."""
        if setting.program.python_loss:
            return "a Python loss cannot be compiled; use engine='numpy' or write the loss in symbols"
        calls = setting.program.projection is Projection.CALL
        if calls and setting.domain and setting.domain.kernel() is None:
            return f"{setting.domain.name} has no compiled projection; use engine='numpy'"
        if calls and self.dtype != np.float64:
            return f"the compiled projections take float64, not {self.dtype}; use float64 or engine='torch'"
        if self.lanes and self.dtype != np.float64:
            return f"`lanes` hold float64, not {self.dtype}; leave the choice open"
        if self.lanes and not lanes_fit(setting.program):
            return (
                "`lanes` cannot hold group sums, rows of a table or this projection; leave it to the engine"
            )
        return None

    def prepare(self, setting: Setting) -> Callable[[RunState, BlockData, NDArray[np.int64]], BlockResult]:
        """See `Engine.prepare`."""
        program = setting.program
        calls = program.projection is Projection.CALL
        projection = setting.domain.kernel() if calls and setting.domain is not None else None
        lower, upper, uniform = _bounds(setting)
        work = np.empty(projection.work_size if projection else 1)
        set_data = np.ascontiguousarray(projection.data) if projection else np.empty(1)
        fits = self.dtype == np.float64 and lanes_fit(program)
        load = _interpret if self.interpreted else _compile

        @cache
        def printed_and_loaded(lanes: bool, own: bool) -> tuple[Printed, Any]:
            layout = Layout(
                lanes=lanes, own_data=lanes and own, uniform_box=uniform, reproducible=self.reproducible,
                single=self.dtype == np.float32,
            )  # fmt: skip
            printed = print_kernel(program, projection, layout)
            return printed, load(printed.text)

        def choose(replicates: int, dimension: int, own: bool) -> bool:
            if self.lanes is not None:
                return self.lanes
            return fits and replicates >= LEAST_LANES and dimension <= WIDEST[own]

        if not (self.lanes or (fits and len(setting.parameters) >= LEAST_LANES)):
            printed_and_loaded(False, False)  # compiled before the first round

        def advance(state: RunState, block: BlockData, checkpoints: NDArray[np.int64]) -> BlockResult:
            replicates, _, dimension = state.vectors.shape
            own = max(len(block.vectors), len(block.labels), len(block.index)) > 1
            lanes = choose(replicates, dimension, own)
            printed, kernel = printed_and_loaded(lanes, lanes and own)
            result = _unwritten(program, replicates, dimension, block.rounds, len(checkpoints))
            state.vectors = np.ascontiguousarray(state.vectors, dtype=self.dtype)
            state.scalars = np.asarray(state.scalars, dtype=np.float64)
            kept = len(printed.powers) + 2 * len(printed.complements)
            if state.powers is None or state.powers.shape[1] != kept:
                state.powers = _powers(printed, setting, state.played, replicates)
            rows = block.vectors.astype(self.dtype, copy=False)
            scalars = np.concatenate([state.scalars, state.powers], axis=1)
            with np.errstate(all="ignore"):
                failed = kernel(
                    state.played, rows, block.labels, block.index, setting.parameters, state.vectors,
                    scalars, lower, upper, work, set_data, setting.group, setting.table, setting.table_labels,
                    checkpoints, result.scalars, result.vectors, result.series,
                )  # fmt: skip
            if failed:
                name = setting.domain.name if setting.domain is not None else "the set"
                raise RuntimeError(
                    f"the projection onto {name} failed in round {failed}: its argument is not finite, "
                    f"or its method did not reach its accuracy"
                )
            split = state.scalars.shape[1]
            state.scalars, state.powers = scalars[:, :split].copy(), scalars[:, split:].copy()
            state.played += block.rounds
            return result

        return advance


def _unwritten(
    program: Program, replicates: int, dimension: int, rounds: int, checkpoints: int
) -> BlockResult:
    """Output arrays of a block; the kernel writes every entry, so they need not be cleared."""
    return BlockResult(
        np.empty((replicates, checkpoints, len(program.scalar_records))),
        np.empty((replicates, checkpoints, len(program.vector_records), dimension)),
        np.empty((replicates, rounds, len(program.series))),
    )


def _compile(text: str) -> Any:
    return load_source(text, prefix="numba").kernel


@lru_cache(maxsize=64)
def _interpret(text: str) -> Any:
    return interpret_source(text)["kernel"]


def _bounds(setting: Setting) -> tuple[NDArray[np.float64], NDArray[np.float64], bool]:
    """The box of a fused clip, and whether one number for each side says it all."""
    bounds = setting.domain.box_bounds() if setting.domain is not None else None
    if bounds is None or setting.program.projection is not Projection.CLIP:
        return np.array([-np.inf]), np.array([np.inf]), True
    if all(np.all(bound == bound[0]) for bound in map(distinct, bounds)):
        return np.array(bounds[0][:1]), np.array(bounds[1][:1]), True
    return np.ascontiguousarray(bounds[0]), np.ascontiguousarray(bounds[1]), False


def _powers(printed: Printed, setting: Setting, played: int, replicates: int) -> NDArray[np.float64]:
    """What the kernel carries after `played` rounds: powers, cut to 0 as there, and their complements."""
    if played == 0:
        pairs = np.zeros((replicates, 2 * len(printed.complements)))
        return np.concatenate([np.ones((replicates, len(printed.powers))), pairs], axis=1)
    columns = [_evaluate(base, setting) ** played for base in printed.powers]
    columns = [np.where(np.abs(column) <= 1e-30, 0.0, column) for column in columns]
    for base in printed.complements:
        value = _evaluate(base, setting)
        near = np.log(np.maximum(value, 0.5))
        columns += [
            np.where(value > 0.5, -np.expm1(played * near), 1.0 - value**played),
            np.zeros(len(value)),
        ]
    kept = np.stack(columns, axis=1) if columns else np.zeros((replicates, 0))
    return np.ascontiguousarray(kept, dtype=np.float64)


def _evaluate(base: Expr, setting: Setting) -> NDArray[np.float64]:
    """A parameter expression for every replicate."""
    names = [f"{PARAMETER}{n}" for n in setting.program.parameters]
    function, symbols = _function(base)
    places = [names.index(s) for s in symbols]
    return np.array([function(*row[places]) for row in setting.parameters], dtype=np.float64)


@lru_cache(maxsize=512)
def _function(base: Expr) -> tuple[Callable[..., float], tuple[str, ...]]:
    from sympy import lambdify

    symbols = sorted(base.free_symbols, key=str)
    return lambdify(symbols, base, "math"), tuple(map(str, symbols))
