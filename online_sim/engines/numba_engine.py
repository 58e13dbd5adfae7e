"""The default engine on a CPU: the whole block, replicates included, in one compiled loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Expr

from online_sim.engines.base import BlockData, BlockResult, Engine, RunState, Setting, clip_bounds, outputs
from online_sim.engines.cache import interpret_source, load_source
from online_sim.engines.loop_kernel import PARAMETER, Printed, print_kernel
from online_sim.engines.program import Projection


class NumbaEngine(Engine):
    """Compiled float64 loops; needs a symbolic loss and a domain with a compiled projection.

    interpreted: run the same generated source as plain Python, nothing compiled (slow to play, quick to
    start; it checks the compiler).
    """

    name = "numba"
    block_rounds = 65536

    def __init__(self, *, interpreted: bool = False) -> None:
        """Choose compiled or interpreted."""
        self.interpreted = interpreted

    def refuse(self, setting: Setting) -> str | None:
        """Python losses and sets without a kernel are refused."""
        if setting.program.python_loss:
            return "a Python loss cannot be compiled; use engine='numpy' or write the loss in symbols"
        if (
            setting.program.projection is Projection.CALL
            and setting.domain
            and setting.domain.kernel() is None
        ):
            return f"{setting.domain.name} has no compiled projection; use engine='numpy'"
        return None

    def prepare(self, setting: Setting) -> Callable[[RunState, BlockData, NDArray[np.int64]], BlockResult]:
        """See `Engine.prepare`."""
        calls = setting.program.projection is Projection.CALL
        projection = setting.domain.kernel() if calls and setting.domain is not None else None
        printed = print_kernel(setting.program, projection)
        load = _interpret if self.interpreted else _compile
        kernel = load(printed.text)
        work = np.empty(projection.work_size if projection else 1)
        set_data = np.ascontiguousarray(projection.data) if projection else np.empty(1)

        def advance(state: RunState, block: BlockData, checkpoints: NDArray[np.int64]) -> BlockResult:
            replicates, _, dimension = state.vectors.shape
            result = outputs(
                setting.program, replicates, dimension, block.rounds, len(checkpoints), np.float64
            )
            lower, upper = clip_bounds(setting, dimension)
            state.vectors = np.ascontiguousarray(state.vectors, dtype=np.float64)
            state.scalars = np.asarray(state.scalars, dtype=np.float64)
            if state.powers is None:
                state.powers = _powers(printed, setting, state.played)
            scalars = np.concatenate([state.scalars, state.powers], axis=1)
            with np.errstate(all="ignore"):
                failed = kernel(
                    state.played, block.vectors, block.labels, block.index, setting.parameters, state.vectors,
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


def _compile(text: str) -> Any:
    return load_source(text, prefix="numba").kernel


def _interpret(text: str) -> Any:
    return interpret_source(text)["kernel"]


def _powers(printed: Printed, setting: Setting, played: int) -> NDArray[np.float64]:
    """base**played for every replicate and running power, cut to 0 like the kernel does."""
    columns = [_evaluate(base, setting) ** played for base in printed.powers]
    powers = np.stack(columns, axis=1) if columns else np.zeros((len(setting.parameters), 0))
    powers[np.abs(powers) <= 1e-30] = 0.0
    return np.ascontiguousarray(powers, dtype=np.float64)


def _evaluate(base: Expr, setting: Setting) -> NDArray[np.float64]:
    """A parameter expression for every replicate."""
    from sympy import lambdify

    names = [f"{PARAMETER}{n}" for n in setting.program.parameters]
    symbols = sorted(base.free_symbols, key=str)
    function = lambdify(symbols, base, "math")
    places = [names.index(str(s)) for s in symbols]
    return np.array([function(*row[places]) for row in setting.parameters], dtype=np.float64)
