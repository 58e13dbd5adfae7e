"""The default CPU engine: a whole block, with all replicates, in one compiled loop."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Expr

from online_sim.domains.validate import distinct
from online_sim.engines import range_watch
from online_sim.engines.base import (
    NO_MATRICES,
    Advance,
    BlockData,
    BlockResult,
    Engine,
    Player,
    RangeLeft,
    RunState,
    Setting,
    clip_bounds,
    outputs,
)
from online_sim.engines.cache import interpret_source, load_source
from online_sim.engines.double_double import ROUNDING, meant, nearest, value_of
from online_sim.engines.loop.expressions import PARAMETER
from online_sim.engines.loop.kernel import print_kernel
from online_sim.engines.loop.placement import LANES, lanes_fit
from online_sim.engines.loop.style import Printed, Style
from online_sim.engines.program import Program, Projection
from online_sim.engines.small import INTERPRETED, work
from online_sim.engines.sparse import changed
from online_sim.engines.threads import checked_threads, chunks, in_threads, of_chunk
from online_sim.sparse_rows import SparseRows
from online_sim.stopwatch import Stage, stage
from theory.borders import flag
from theory.printing.base import UnknownNodeError
from theory.symbols import Scalar, t

LEAST_LANES = 8
"""The minimum number of replicates that are played side by side, even if some lanes stay empty."""
WIDEST = {False: 100, True: 32}
"""The maximum dimension for lanes, by whether each replicate has its own rows; beyond, memory costs more."""


class NumbaEngine(Engine):
    """Compiled loops, for a loss in symbols and a set with a compiled projection.

    A decaying vector state is set to 0 below 1e-290 (1e-30 in float32): arithmetic near the end of the range
    is twenty times as slow, and a state that fades away is not an underflow of the game.

    Args:
        interpreted: Run the same generated source as plain Python. Nothing is compiled: it starts quickly,
            plays slowly, and checks the compiler. None: until a source has been played for two seconds in
            this process, then compile it; only for a `reproducible` engine, whose bits are the same.
        reproducible: Round every operation as it is printed, and add in the order of the coordinates. The
            same game then gives the same bits with any number of replicates, in any blocks, on any processor,
            and interpreted. One replicate of many coordinates is up to five times as slow.
        lanes: Whether replicates are played side by side; None: where that is faster.
        dtype: The precision of everything that differs from coordinate to coordinate, float64 or float32.
            Sums over coordinates and the scalars of a round are float64.
        double_double: Keep every number as two float64, hi + lo, about 106 bits together, with the range of
            float64; five to nine times as slow. Records are float64, rounded once. Parameters and declared
            initial values are the decimals that their floats print as (0.1 is 1/10); data, start and the
            bounds of the set are their floats. It confirms what float64 found (`double_double_kernel`).
        threads: The most threads over which the replicates are played, with the same bits; source that runs
            as plain Python uses one.
        sparse: Whether a round visits only the entries of a sparse row. None: where that gives the same
            numbers (`engines.sparse`). True: a game in which it does not is refused. False: never.
    """

    name = "numba"
    block_rounds = 65536

    def __init__(
        self,
        *,
        interpreted: bool | None = False,
        reproducible: bool = False,
        lanes: bool | None = None,
        dtype: Any = np.float64,
        double_double: bool = False,
        threads: int = 1,
        sparse: bool | None = None,
    ) -> None:
        """Choose how to play; ValueError for an unsupported dtype, or options that cannot be combined."""
        self.interpreted, self.reproducible, self.lanes = interpreted, reproducible, lanes
        self.threads = checked_threads(threads)
        self.sparse = None if sparse is None else flag("sparse", sparse)
        self.dtype = np.dtype(dtype)
        if self.dtype not in (np.float32, np.float64):
            raise ValueError(f"`dtype` = {dtype!r} cannot be compiled; give float64 or float32")
        if interpreted is None and not reproducible:
            raise ValueError(
                "`interpreted` = None needs an engine with the same bits either way; give `reproducible=True`"
            )
        self.double_double = double_double
        self.rounding = ROUNDING if double_double else None
        if double_double and (lanes or self.dtype != np.float64):
            raise ValueError(
                "`double_double` doubles float64, one replicate after the other; leave out the rest"
            )

    def refuse(self, setting: Setting) -> str | None:
        """Python losses and sets without a kernel are refused."""
        if setting.program.full_matrices:
            return NO_MATRICES
        if setting.program.python_loss:
            return "a Python loss cannot be compiled; use engine='numpy' or write the loss in symbols"
        if self.sparse and (why := self.spreads(setting.program)) is not None:
            return f"`sparse` = True needs rounds that leave alone the coordinates outside the row, but {why}"
        if self.double_double:
            return _refuse_doubled(setting.program)
        if setting.projected and setting.projected.kernel() is None:
            return f"{setting.projected.name} has no compiled projection; use engine='numpy'"
        if setting.projected and self.dtype != np.float64:
            return f"the compiled projections take float64, not {self.dtype}; use float64 or engine='torch'"
        if self.lanes and self.dtype != np.float64:
            return f"`lanes` hold float64, not {self.dtype}; leave the choice open"
        if self.lanes and not lanes_fit(setting.program):
            return (
                "`lanes` cannot hold group sums, rows of a table or this projection; leave it to the engine"
            )
        return None

    def spreads(self, program: Program) -> str | None:
        """See `Engine.spreads`."""
        if self.sparse is False:
            return "the engine was asked for dense rows, `sparse` = False"
        if self.double_double or self.dtype != np.float64:
            return "sparse rows are played in float64"
        return "`lanes` hold dense rows" if self.lanes else changed(program)

    def number(self, e: Expr, columns: Mapping[Any, NDArray[np.float64]]) -> Any:
        """See `Engine.number`."""
        return value_of(e, columns) if self.double_double else super().number(e, columns)

    def details(self) -> dict[str, Any]:
        """See `Engine.details`."""
        found: dict[str, Any] = {"reproducible": True} if self.reproducible else {}
        return {**found, "arithmetic": "double-double", "rounding": ROUNDING} if self.double_double else found

    def prepare(self, setting: Setting) -> Advance:
        """See `Engine.prepare`."""
        return self.player(setting)(setting.parameters)

    def player(self, setting: Setting) -> Player:
        """See `Engine.player`."""
        alone = not (self.lanes or (self._lanes_fit(setting) and len(setting.parameters) >= LEAST_LANES))
        advance = self.prepare_any(setting, alone=alone)
        return lambda parameters: partial(advance, meant(parameters) if self.double_double else parameters)

    def prepare_any(self, setting: Setting, *, alone: bool = False) -> Callable[..., BlockResult]:
        """A function (parameters, state, block, checkpoints) -> result for games with any parameters.

        It saves a search, which plays many small batches, the preparation of each. parameters: (R, p), with
        `double_double` those that are meant; those of `setting` are counted, not read. alone: whether to
        compile before the first round what plays few games.
        """
        program = setting.program
        projection = setting.projected.kernel() if setting.projected else None
        lower, upper = clip_bounds(setting, setting.dimension)
        uniform = all(np.all(bound == bound[0]) for bound in map(distinct, (lower, upper)))
        lower, upper = (np.ascontiguousarray(b[:1] if uniform else b) for b in (lower, upper))
        work_size = projection.work_size if projection else 1
        set_data = np.require(projection.data, requirements=["C", "W"]) if projection else np.empty(1)
        fits = self._lanes_fit(setting)
        vectors, scalars_kind = (np.complex128,) * 2 if self.double_double else (self.dtype, np.float64)

        @cache
        def printed_for(lanes: bool, own: bool, sparse: bool) -> Printed:
            style = Style(
                lanes=lanes, own_data=lanes and own, uniform_box=uniform, reproducible=self.reproducible,
                single=self.dtype == np.float32, double_double=self.double_double, sparse=sparse,
            )  # fmt: skip
            return print_kernel(program, projection, style)

        @cache
        def kernel_of(lanes: bool, own: bool, sparse: bool, plain: bool) -> Any:
            with stage(Stage.KERNELS):
                text = printed_for(lanes, own, sparse).text
                return interpret_source(text)["kernel"] if plain else load_source(text, prefix="numba").kernel

        entries = setting.sparse and self.spreads(program) is None
        if alone or entries:
            kernel_of(False, False, entries, self.interpreted is not False)

        def advance(
            parameters: NDArray[Any], state: RunState, block: BlockData, checkpoints: NDArray[np.int64]
        ) -> BlockResult:
            replicates, _, dimension = state.vectors.shape
            sparse = isinstance(block.vectors, SparseRows) and entries
            block = block if sparse else block.spread()
            rows = _rows(block, self.dtype)
            own = max(len(rows[0]) if not sparse else 1, len(block.labels), len(block.index)) > 1
            faster = fits and replicates >= LEAST_LANES and dimension <= WIDEST[own] and not sparse
            lanes = faster if self.lanes is None else self.lanes
            printed, plain = printed_for(lanes, lanes and own, sparse), self.interpreted
            # A recorded round visits every coordinate, as must the first one (see `engines.sparse`).
            more = int(sparse and state.played == 0 and not np.any(checkpoints == 1))
            checkpoints = np.concatenate([np.ones(more, dtype=np.int64), checkpoints])
            if plain is None:
                lines = work(setting, block.rounds, len(checkpoints), (replicates, dimension))
                plain = INTERPRETED.goes_on(printed.text, lines)
                # Lanes are for the compiler; plain Python has the same bits without them.
                lanes = lanes and not plain
                printed = printed_for(lanes, lanes and own, sparse)
            kernel = kernel_of(lanes, lanes and own, sparse, plain)
            room = _room(block.rounds, len(program.series)) if replicates > 1 else block.rounds
            result = outputs(program, replicates, dimension, room, len(checkpoints), scalars_kind)
            state.vectors = np.ascontiguousarray(state.vectors, dtype=vectors)
            state.scalars = np.asarray(state.scalars, dtype=scalars_kind)
            kept = len(printed.powers) + 2 * len(printed.complements)
            if state.powers is None or state.powers.shape[1] != kept:
                state.powers = _powers(printed, setting, parameters, state.played)
            scalars = np.concatenate([state.scalars, state.powers], axis=1)
            parts = chunks(replicates, 1 if plain else self.threads, LANES if lanes else 1)
            # A chunk that fails must not leave the others half-played.
            ahead = state.vectors if len(parts) == 1 else state.vectors.copy()

            def play(part: slice) -> tuple[int, list[str]]:
                with range_watch.watched(interpreted=plain) as happened:  # each thread has its own flags
                    failed = kernel(
                        state.played, *(rows if sparse else [of_chunk(rows[0], part)]),
                        of_chunk(block.labels, part),
                        of_chunk(block.index, part), parameters[part], ahead[part], scalars[part],
                        lower, upper, np.empty(work_size), set_data, setting.group, setting.table,
                        setting.table_labels, checkpoints, result.scalars[part], result.vectors[part],
                        result.series[part],
                    )  # fmt: skip
                return failed, happened

            played = in_threads(play, parts)
            if more:
                result = replace(result, scalars=result.scalars[:, more:], vectors=result.vectors[:, more:])
            failed = next((round_ for round_, _ in played if round_), 0)
            happened = [what for what in range_watch.NAMES if any(what in found for _, found in played)]
            if self.double_double:
                # The low part of a number near 0 may underflow; its high part is checked elsewhere.
                happened = [what for what in happened if what == "overflow"]
            if failed:
                why = "its argument is not finite, or its method did not reach its accuracy"
                raise setting.projection_failed(failed, why)
            split = state.scalars.shape[1]
            state.vectors = ahead
            state.scalars, state.powers = scalars[:, :split].copy(), scalars[:, split:].copy()
            state.played += block.rounds
            if room > block.rounds:
                result = replace(result, series=result.series[:, : block.rounds])
            result = nearest(result) if self.double_double else result
            return replace(result, left=RangeLeft(" and ".join(happened))) if happened else result

        return advance

    def _lanes_fit(self, setting: Setting) -> bool:
        return self.dtype == np.float64 and not self.double_double and lanes_fit(setting.program)


def _rows(block: BlockData, dtype: Any) -> tuple[NDArray[Any], ...]:
    """The rows as the kernel takes them: one array, or the three of sparse rows."""
    rows = block.vectors
    if isinstance(rows, SparseRows):
        return rows.guarded.starts, rows.guarded.columns, rows.guarded.values
    return (rows.astype(dtype, copy=False),)


def _room(rounds: int, series: int) -> int:
    """The rounds to make room for in the series of a replicate: a few more where lanes would collide.

    Lanes write their series in turn. If these lie a multiple of 1 KiB apart, 16 lanes share at most 4 of the
    64 sets of an L1 cache, and a horizon that is a power of two takes up to twice as long.
    """
    return rounds + -(-8 // series) if rounds and rounds * series % 128 == 0 and series else rounds


def _refuse_doubled(program: Program) -> str | None:
    """Why a program cannot be printed in doubled precision, found by printing it; None if it can."""
    if program.projection is Projection.CALL:
        return "`double_double` has no projection but the clip to a box; use a box, or longdouble on numpy"
    try:
        print_kernel(program, None, Style(double_double=True))
    except UnknownNodeError as error:
        return f"`double_double` cannot compute this: {error}"
    return None


def _powers(printed: Printed, setting: Setting, parameters: NDArray[Any], played: int) -> NDArray[np.float64]:
    """The kernel's carried numbers after `played` rounds: powers, with its cut to 0, and complements."""
    replicates = len(parameters)
    if played == 0:  # nothing to evaluate, which is faster for the many short games of a search
        kept = np.zeros((replicates, len(printed.powers) + 2 * len(printed.complements)))
        kept[:, : len(printed.powers)] = 1.0
        return kept
    from online_sim.expressions import evaluate

    named = zip(setting.program.parameters, parameters.real.T, strict=True)
    values: dict[Any, Any] = {Scalar(f"{name}{PARAMETER}"): column for name, column in named}

    def value(e: Expr) -> NDArray[np.float64]:
        return np.broadcast_to(evaluate(e, {**values, t: played}), replicates)

    columns = [value(base**t) for base in printed.powers]
    columns = [np.where(np.abs(column) <= 1e-30, 0.0, column) for column in columns]
    for base in printed.complements:
        columns += [value(1 - base**t), np.zeros(replicates)]
    return np.stack(columns, axis=1) if columns else np.zeros((replicates, 0))
