"""The contract of an engine: it advances the state of R replicates by one block of rounds."""

import abc
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Expr

from online_sim.domains.base import Domain
from online_sim.engines.program import Program, Projection
from online_sim.sparse_rows import SparseRows

Array = NDArray[np.floating[Any]]
NO_MATRICES = "a round computes with a full matrix, which only the numpy engine has; use engine='numpy'"
"""Why an engine refuses a game with a full matrix."""
NO_MOVING_POINTS = "each round has its own point to compare with, z_t; use engine='numpy' or 'numba'"
"""Why an engine refuses a dynamic regret."""


@dataclass
class RunState:
    """Everything needed to continue playing.

    Args:
        played: rounds played so far.
        vectors: (R, vector states, d), the point first. An engine on a device leaves them there, as an object
            that can be read like an array (`torch.state.DeviceVectors`).
        scalars: (R, scalar states).
        powers: (R, running powers) of the loop engines; None for an engine without any.
    """

    played: int
    vectors: Array
    scalars: Array
    powers: Array | None = None


@dataclass(frozen=True)
class BlockData:
    """One block of data for all replicates; Q = 1 if they share it, else R.

    Rows with points to compare with are followed by these: row n/2 + k of the table belongs to row k.

    Args:
        vectors: (Q, n, d), the rows a_t to choose from; or sparse rows (n, d), shared by all replicates.
        labels: (Q, n), their labels b_t.
        index: (Q, m), the number of the row played in each of the m rounds.
    """

    vectors: NDArray[np.float64] | SparseRows
    labels: NDArray[np.float64]
    index: NDArray[np.int64]

    @property
    def rounds(self) -> int:
        """The number of rounds in the block."""
        return int(self.index.shape[1])

    @property
    def dense(self) -> NDArray[np.float64]:
        """The rows to choose from, (Q, n, d); TypeError for sparse rows, which `spread` makes dense."""
        if isinstance(self.vectors, SparseRows):
            raise TypeError("the rows of this block are sparse; call `spread` for dense ones")
        return self.vectors

    def spread(self) -> "BlockData":
        """The same rounds with dense rows: for sparse ones, those played, in their order."""
        if not isinstance(self.vectors, SparseRows):
            return self
        return BlockData(
            np.stack([self.vectors.dense(order) for order in self.index]),
            np.stack([self.labels[0, order] for order in self.index]),
            np.tile(np.arange(self.rounds, dtype=np.int64), (len(self.index), 1)),
        )


@dataclass(frozen=True)
class RangeLeft:
    """An overflow or underflow: its name, its first round, and the line of the algorithm, if known."""

    what: str
    round: int | None = None
    line: str = ""

    def __str__(self) -> str:
        return f"{self.what} in {self.line}" if self.line else self.what


@dataclass(frozen=True)
class BlockResult:
    """The records of a block, at its K checkpoints and in its m rounds.

    Args:
        scalars: (R, K, recorded scalars).
        vectors: (R, K, recorded vectors, d).
        series: (R, m, series).
        left: where floats left their range, as far as the engine can tell; None if they did not.
    """

    scalars: Array
    vectors: Array
    series: Array
    left: RangeLeft | None = None


@dataclass(frozen=True)
class Setting:
    """What an engine needs besides the state: the compiled round and the objects it calls.

    Args:
        program: the compiled round.
        domain: the set; None if the game has none.
        parameters: (R, p), in the order of `program.parameters`.
        oracle: the Python loss (round, point, vector, label) -> (value, gradient), or None.
        group: (d,), the group of each coordinate.
        table: (n, d), the rows of MeanRows.
        table_labels: (n,), their labels.
        dimension: d, the number of coordinates.
        sparse: whether the blocks bring sparse rows.
    """

    program: Program
    domain: Domain | None
    parameters: NDArray[np.float64]
    oracle: Callable[..., Any] | None
    group: NDArray[np.int64]
    table: NDArray[np.float64]
    table_labels: NDArray[np.float64]
    dimension: int = 1
    sparse: bool = False

    @property
    def projected(self) -> Domain | None:
        """The set whose projection a round calls; None if it calls none."""
        return self.domain if self.program.projection is Projection.CALL else None

    def projection_failed(self, round_: int, why: str) -> RuntimeError:
        """The error to raise when a projection has failed."""
        name = self.domain.name if self.domain is not None else "the set"
        return RuntimeError(f"the projection onto {name} failed in round {round_}: {why}")


Advance = Callable[[RunState, BlockData, NDArray[np.int64]], BlockResult]
"""(state, block, checkpoints) -> the records of a block; see `Engine.prepare`."""
Player = Callable[[NDArray[np.float64]], Advance]
"""The parameters (R, p) of a setting -> what plays its game with them."""


class Engine(abc.ABC):
    """An engine only executes what the compiler scheduled and the printers printed.

    A new engine defines `name`, `block_rounds`, `refuse` and `prepare`; `check_engine` tests it. It either
    spreads the rows of every block (`BlockData.spread`), or says in `spreads` when it does not.

    Attributes:
        name: its name in a trace.
        block_rounds: the maximum number of rounds in a block.
        dtype: the precision of vectors.
        sums: the precision of sums over coordinates and of scalars kept over rounds.
        double_double: whether a state keeps two floats per number, hi + lo, as one complex number.
        rounding: the relative error of one operation if it is smaller than the rounding error of a float64
            record; else None.
    """

    name: str
    block_rounds: int
    dtype: Any = np.dtype(np.float64)
    sums: Any = np.dtype(np.float64)
    double_double: bool = False
    rounding: float | None = None

    @property
    def precision(self) -> str:
        """A description of the floats that it computes with."""
        if self.double_double:
            return "doubled precision, two floats a number"
        return f"floats of {np.finfo(self.dtype).nmant + 1} significant bits"

    @abc.abstractmethod
    def refuse(self, setting: Setting) -> str | None:
        """Why this engine cannot play the game, as the end of a sentence; None if it can."""

    def spreads(self, program: Program) -> str | None:
        """Why this engine makes sparse rows dense, as a sentence; None if it plays them as they are."""
        return f"the {self.name} engine has no sparse rows; engine='numba' has"

    def state(self, vectors: list[Array], scalars: Array) -> RunState:
        """The state before round 1.

        Args:
            vectors: the vector states, the point first, (R, d) each; all but the point may be (R, 1).
            scalars: the scalar states, (R, states).
        """
        return RunState(0, np.stack([np.broadcast_to(v, vectors[0].shape) for v in vectors], axis=1), scalars)

    def details(self) -> dict[str, Any]:
        """Details for the trace about how its game was played, besides the engine's name; plain JSON."""
        return {}

    def number(self, e: Expr, columns: Mapping[Any, NDArray[np.float64]]) -> Any:
        """A declared initial value, (R,), or () if it is the same for all replicates.

        Args:
            e: an expression of parameters.
            columns: the values of its symbols, (R,) each.
        """
        from online_sim.expressions import evaluate

        return np.asarray(evaluate(e, columns), dtype=np.float64)

    def player(self, setting: Setting) -> Player:
        """What plays a setting with other parameters; an engine does here what needs to be done only once."""
        return lambda parameters: self.prepare(replace(setting, parameters=parameters))

    @abc.abstractmethod
    def prepare(self, setting: Setting) -> Advance:
        """A function (state, block, checkpoints) -> result that plays one block of a game.

        It changes the state in place and returns the records. checkpoints: the rounds to record at, counted
        from the first round of the game, increasing, inside the block. If a projection fails, it raises a
        RuntimeError that names the round.
        """


def outputs(
    program: Program, replicates: int, dimension: int, rounds: int, checkpoints: int, dtype: Any
) -> BlockResult:
    """Output arrays of a block, uninitialized because an engine writes every entry."""
    return BlockResult(
        np.empty((replicates, checkpoints, len(program.scalar_records)), dtype=dtype),
        np.empty((replicates, checkpoints, len(program.vector_records), dimension), dtype=dtype),
        np.empty((replicates, rounds, len(program.series)), dtype=dtype),
    )


def clip_bounds(setting: Setting, dimension: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The box of a fused clip, infinite if there is none; the bounds of a cube are one number, broadcast."""
    bounds = setting.domain.box_bounds() if setting.domain is not None else None
    if bounds is None or setting.program.projection is not Projection.CLIP:
        return np.broadcast_to(-np.inf, (dimension,)), np.broadcast_to(np.inf, (dimension,))
    return bounds
