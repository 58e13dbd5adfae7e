"""The reference engine: readable numpy, any Python loss, any domain, any floating dtype."""

import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from types import FrameType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Expr

from online_sim.domains.base import Domain
from online_sim.engines.array.source import computed_in, print_rounds
from online_sim.engines.base import (
    BlockData,
    BlockResult,
    Engine,
    RangeLeft,
    RunState,
    Setting,
    clip_bounds,
    outputs,
)
from online_sim.engines.cache import interpret_source, load_source
from online_sim.engines.double_double import meant, value_of
from online_sim.engines.full_matrix import Matrices
from online_sim.engines.program import Program


class NumpyEngine(Engine):
    """The readable engine: one round after the other in numpy.

    Args:
        dtype: The working precision; longdouble measures the rounding of the float64 engines.
        decimals: Whether parameters and declared initial values are the decimals that their floats print as
            (0.1 is 1/10), as in doubled precision; by default they are the floats.
    """

    name = "numpy"
    block_rounds = 4096

    def __init__(self, dtype: Any = np.float64, *, decimals: bool = False) -> None:
        """Choose the precision."""
        self.dtype = self.sums = np.dtype(dtype)
        self.decimals = decimals
        eps = float(np.finfo(self.dtype).eps)
        self.rounding = eps if eps < np.finfo(np.float64).eps else None

    def refuse(self, setting: Setting) -> str | None:
        """In float64 nothing is refused; longer floats need a projection written for any precision."""
        if self.dtype == np.float64 or setting.domain is None or setting.domain.box_bounds() is not None:
            return None
        if setting.domain.kernel() is None:
            return f"{setting.domain.name} has no projection in {self.dtype}; use float64"
        return None

    def number(self, e: Expr, columns: Mapping[Any, NDArray[np.float64]]) -> Any:
        """See `Engine.number`."""
        return self._sum(value_of(e, columns)) if self.decimals else super().number(e, columns)

    def details(self) -> dict[str, Any]:
        """See `Engine.details`."""
        return {"parameters": "decimals"} if self.decimals else {}

    def _sum(self, parts: NDArray[np.complex128]) -> Any:
        """hi + lo in the working precision."""
        return parts.real.astype(self.dtype) + parts.imag.astype(self.dtype)

    def prepare(self, setting: Setting) -> Callable[[RunState, BlockData, NDArray[np.int64]], BlockResult]:
        """See `Engine.prepare`."""
        play = load_source(print_rounds(setting.program), prefix="numpy").play
        dtype = self.dtype.type
        project = _projection(setting.domain, self.dtype)
        matrices = Matrices(setting.domain, project)
        given = setting.parameters
        table, labels = setting.table.astype(self.dtype), setting.table_labels.astype(self.dtype)
        parameters = self._sum(meant(given)) if self.decimals else given.astype(self.dtype)

        def advance(state: RunState, block: BlockData, checkpoints: NDArray[np.int64]) -> BlockResult:
            block = block.spread()
            state.vectors = state.vectors.astype(self.dtype, copy=False)
            state.scalars = state.scalars.astype(self.dtype, copy=False)
            replicates, _, dimension = state.vectors.shape
            result = outputs(
                setting.program, replicates, dimension, block.rounds, len(checkpoints), self.dtype
            )
            lower, upper = clip_bounds(setting, dimension)
            first: list[RangeLeft] = []
            watch = partial(_left, setting.program, first)
            with np.errstate(all="ignore", over="call", under="call", call=watch):
                for r in range(replicates):
                    play(
                        state.played,
                        _of(block.dense, r).astype(self.dtype, copy=False),
                        _of(block.labels, r).astype(self.dtype, copy=False),
                        _of(block.index, r),
                        parameters[r],
                        state.vectors[r], state.scalars[r],
                        lower.astype(self.dtype), upper.astype(self.dtype),
                        project, setting.oracle, constant_maker(dtype), pseudo_inverse,
                        partial(_vector_of, self.dtype), partial(_group_sum, setting.group),
                        partial(_mean_rows, table, labels), matrices,
                        checkpoints, result.scalars[r], result.vectors[r], result.series[r],
                    )  # fmt: skip
            state.played += block.rounds
            state.powers = None
            return replace(result, left=min(first, key=lambda left: left.round or 0)) if first else result

        return advance


def _left(program: Program, found: list[RangeLeft], kind: str, flag: int) -> None:
    """Note an overflow or underflow, with its round and line in the printed source, once per replicate."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and not (frame.f_code.co_name == "play" and "t_now" in frame.f_locals):
        frame = frame.f_back
    if frame is None:
        found.append(RangeLeft(kind))
        return
    computed = computed_in(program, frame.f_lineno)
    own = computed is not None and "__" not in computed.name
    if not found or int(frame.f_locals["t_now"]) < (found[-1].round or 0):
        found.append(RangeLeft(kind, int(frame.f_locals["t_now"]), str(computed) if own else ""))


def _of(array: Any, replicate: int) -> Any:
    return array[replicate if array.shape[0] > 1 else 0]


def pseudo_inverse(w: Any) -> Any:
    """1/w elementwise, and 0 where w = 0."""
    return np.divide(1, w, out=np.zeros_like(w), where=w != 0)


class constant_maker:
    """The constant p/q in the working precision, and pi."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = dtype
        self.pi = dtype(4) * np.arctan(dtype(1))

    def __call__(self, p: Any, q: int = 1) -> Any:
        """p/q."""
        return self.dtype(p) if q == 1 else self.dtype(p) / self.dtype(q)


def _vector_of(dtype: Any, value: Any, d: int) -> Any:
    array = np.asarray(value, dtype=dtype)
    return array if array.shape == (d,) else np.broadcast_to(array, (d,)).copy()


def _group_sum(group: NDArray[np.int64], values: Any) -> Any:
    totals = np.zeros(int(group.max()) + 1, dtype=values.dtype)
    np.add.at(totals, group, values)
    return totals[group]


def _mean_rows(table: Any, labels: Any, function: Callable[[Any, Any], Any], point: Any, vector: bool) -> Any:
    factors = function(labels, table @ point)
    return (table.T @ factors) / len(table) if vector else np.sum(factors) / len(table)


def _projection(domain: Domain | None, dtype: Any) -> Callable[[int, Any, Any], Any] | None:
    """The projection, called with the round, the point and the weights; RuntimeError with the round."""
    if domain is None:
        return None
    plain = domain.project if dtype == np.float64 else _long_projection(domain, dtype)

    def project(round_: int, point: Any, weight: Any) -> Any:
        try:
            return plain(point, np.broadcast_to(weight, point.shape))
        except (RuntimeError, ValueError) as error:
            raise RuntimeError(
                f"the projection onto {domain.name} failed in round {round_}: {error}"
            ) from error

    return project


def _long_projection(domain: Domain, dtype: Any) -> Callable[[Any, Any], Any]:
    """The source of the compiled projection, interpreted in another precision."""
    kernel = domain.kernel()
    if kernel is None:
        return domain.project
    plain: Any = interpret_source(inspect.getsource(kernel.module), real=dtype.type)[kernel.entry]
    work = np.empty(kernel.work_size, dtype=dtype)
    data = kernel.data.astype(dtype)

    def project(point: Any, weight: Any) -> Any:
        out = np.zeros_like(point)
        if plain(point, weight, out, work, data) != 0:
            raise RuntimeError(f"its method did not reach its accuracy in {dtype}")
        return out

    return project
