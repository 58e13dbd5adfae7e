"""One game on a device: blocks of rounds in, records out; the loop around the generated torch code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from online_sim.engines.base import BlockData, BlockResult, RunState, Setting
from online_sim.engines.torch.state import DeviceVectors

if TYPE_CHECKING:
    from online_sim.engines.torch.tools_kernel import Project, Tools

EARLY_ROUNDS = 1024
EARLY_NUMBERS = 1 << 17
"""The maximum of rounds, and of rounds times replicates, in a table of early numbers."""
LARGEST_TABLE = 1 << 30
"""The size above which a data table stays on the host and only the rows of a block are transferred."""
LARGEST_RETRY = 1 << 24
"""The size above which no copy of a state is kept for replaying rounds with a failed projection."""

Body = Callable[..., tuple[Any, list[Any], Any]]
Data = Callable[[int], tuple[Any, Any]]


class RoundRecord(NamedTuple):
    """The records of a round: scalars (R, K), vectors (R, d) or None if not recorded, series (R, S)."""

    scalars: Any
    vectors: list[NDArray[Any]] | None
    series: Any


class Player:
    """A program on its device.

    table, bodies: the generated functions, compiled or not; plain: the uncompiled bodies; host: the set's own
    projection as a fallback, or None; details: those for the trace, to which the player adds.
    """

    def __init__(
        self,
        setting: Setting,
        tools: Tools,
        table: Callable[..., Any],
        bodies: tuple[Body, Body],
        plain: tuple[Body, Body],
        host: Project | None,
        details: dict[str, Any],
    ) -> None:
        """Round the parameters to the working precision, so that beta and 1 - beta are consistent."""
        self.setting, self.tools, self.layout = setting, tools, tools.layout
        self.table, self.bodies, self.plain = table, bodies, plain
        self.host, self.details = host, details
        values = setting.parameters.copy()
        rounded = slice(None, -1 if setting.program.data is not None else None)  # all but the seed
        values[:, rounded] = values[:, rounded].astype(self.layout.dtype)
        self.parameters = [self.layout.exact(column[None]) for column in values.T]
        self.width = self.layout.exact(np.array([[float(self.layout.dimension)]]))
        self.moved: tuple[Any, Any, Any] | None = None
        self.window = int(np.clip(EARLY_NUMBERS // len(setting.parameters), 1, EARLY_ROUNDS))
        self.computed: tuple[int, Any, Any] | None = None

    def advance(self, state: RunState, block: BlockData, checkpoints: NDArray[np.int64]) -> BlockResult:
        """See `Engine.prepare`."""
        vectors, scalars = self.load(state)
        data = self.data(block)
        wanted = set(checkpoints.tolist())
        found: list[RoundRecord] = []
        begin, end = state.played, state.played + block.rounds
        while begin < end:
            stop = min(end, begin - begin % self.window + self.window)
            play = partial(self.play, range(begin, stop), state.played, data, wanted, vectors, scalars)
            found += self.projecting(play, [*vectors, scalars])
            begin = stop
        state.vectors = cast(Any, DeviceVectors(vectors, self.layout))
        state.scalars = scalars.cpu().numpy()
        state.powers = None
        state.played += block.rounds
        return self.result(found, len(vectors[0]))

    def play(
        self,
        rounds: range,
        start: int,
        data: Data,
        wanted: set[int],
        vectors: list[Any],
        scalars: Any,
        bodies: tuple[Body, Body],
    ) -> list[RoundRecord]:
        """Play rounds of one window, given by the number played before each, in a block after `start` rounds.

        Only the vectors recorded at a checkpoint are copied to the host.
        """
        found: list[RoundRecord] = []
        wide, narrow = self.early(rounds.start // self.window)
        for played in rounds:
            record = played + 1 in wanted
            row, label = data(played - start)
            at = played % self.window
            values, kept, each = bodies[record](
                wide[at], narrow[at], vectors, scalars, row, label, self.tools
            )
            whole = [self.layout.whole(vector) for vector in kept] if record else None
            found.append(RoundRecord(values, whole, each))
        return found

    # -- what goes to the device and comes back -------------------------------------------------------

    def load(self, state: RunState) -> tuple[list[Any], Any]:
        """The state's tensors, to be overwritten; arrays elsewhere are moved to the device first."""
        vectors, scalars = cast(Any, state.vectors), self.layout.exact(state.scalars)
        if isinstance(vectors, DeviceVectors) and vectors.layout == self.layout:
            return vectors.tensors, scalars
        array = np.asarray(vectors)
        return [self.layout.local(array[:, k]) for k in range(array.shape[1])], scalars

    def early(self, number: int) -> tuple[Any, Any]:
        """The numbers that depend only on round and parameters, (window, R, n), in float64 and narrowed.

        Always a whole window: the position of a power in an array may change its last bit, and a run played
        in blocks or resumed must stay the same.
        """
        if self.computed is None or self.computed[0] != number:
            now = number * self.window + np.arange(1.0, self.window + 1)[:, None]
            wide = self.table(self.layout.exact(now), self.width, self.parameters)
            self.computed = (number, wide, wide.to(self.layout.real))
        return self.computed[1:]

    def data(self, block: BlockData) -> Data:
        """The row (R or 1, d) and the label (R or 1, 1) of the j-th round of the block, on the device."""
        if not self.setting.program.uses_stream:
            return lambda j: (None, None)
        block = block.spread()
        vectors, labels, index = block.dense, block.labels, block.index
        if vectors.shape[1] > index.shape[1] and vectors.size > LARGEST_TABLE:
            vectors = np.take_along_axis(_for_each(vectors, index), index[:, :, None], axis=1)
            labels = np.take_along_axis(_for_each(labels, index), index, axis=1)
            index = np.arange(index.shape[1])[None]
        place = (vectors.__array_interface__["data"][0], vectors.shape)
        if self.moved is None or self.moved[0] != place:
            # The arrays are kept too, so that nothing else can get their addresses.
            on_device = (self.layout.local(vectors), self.layout.exact(labels[:, :, None]))
            self.moved = (place, (vectors, labels), on_device)
        rows, numbers = self.moved[2]
        if len(index) == 1:
            return lambda j: (_row(rows, index[0, j]), _row(numbers, index[0, j]))
        order = self.layout.exact(index).long()
        each = self.layout.exact(np.arange(len(index))).long() if len(rows) > 1 else 0
        return lambda j: (rows[each, order[:, j]], numbers[each, order[:, j]])

    def result(self, found: list[RoundRecord], replicates: int) -> BlockResult:
        """The records, on the host."""
        program = self.setting.program
        recorded = [left for left in found if left.vectors is not None]
        shape = (replicates, len(recorded), len(program.vector_records), self.layout.dimension)
        vectors = np.zeros(shape, dtype=self.layout.dtype)
        for k, left in enumerate(recorded):
            for n, vector in enumerate(left.vectors or []):
                vectors[:, k, n] = vector
        return BlockResult(
            _gathered([left.scalars for left in recorded], replicates, len(program.scalar_records)),
            vectors,
            _gathered([left.series for left in found], replicates, len(program.series)),
        )

    # -- projections that fail ------------------------------------------------------------------------

    def projecting(
        self, play: Callable[[tuple[Body, Body]], list[RoundRecord]], state: Sequence[Any]
    ) -> list[RoundRecord]:
        """Play; if a projection on the device fails, replay with the set's own projection on the host."""
        if self.tools.projection is None:
            return play(self.bodies)
        keep = self.host is not None and sum(tensor.numel() for tensor in state) <= LARGEST_RETRY
        before = [tensor.clone() for tensor in state] if keep else []
        found = play(self.bodies)
        failed = int(self.tools.failed)
        if not failed:
            return found
        self.tools.failed.zero_()
        if not keep:
            why = "its argument is not finite, or it needs more steps; give TorchEngine more `steps`"
            raise self.setting.projection_failed(failed, why)
        for tensor, old in zip(state, before, strict=True):
            tensor.copy_(old)
        on_device, self.tools.projection = self.tools.projection, self.host
        try:
            found = play(self.plain)
        finally:
            self.tools.projection = on_device
        self.details.setdefault("projected_on_host", []).append(failed)
        return found


def _for_each(table: NDArray[Any], index: NDArray[np.int64]) -> NDArray[Any]:
    """A table for each of the orders in which its rows are played."""
    return table if len(index) == 1 else np.broadcast_to(table, (len(index), *table.shape[1:]))


def _row(table: Any, number: int) -> Any:
    """Row `number` of tables (R or 1, n, d), with fixed strides, because strides are compiled in."""
    return table[0, number][None] if len(table) == 1 else table[:, number].contiguous()


def _gathered(rows: Sequence[Any], replicates: int, count: int) -> NDArray[np.float64]:
    """(R, n, count) on the host, from n tensors (R, count)."""
    if not rows or not count:
        return np.zeros((replicates, len(rows), count))
    import torch

    gathered: NDArray[np.float64] = torch.stack(list(rows), dim=1).cpu().numpy()
    return gathered
