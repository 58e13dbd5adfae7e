"""The data of a block of rounds, and the number of rounds in a block."""

import numpy as np

from online_sim.engines.base import BlockData, Engine
from online_sim.engines.program import Program
from online_sim.game import Game
from online_sim.streams.base import Block

BLOCK_WORK = 1 << 27
"""The approximate maximum of coordinate-rounds in a block, half a second of compiled work: progress is shown
and a run can be saved after each block."""
BLOCK_NUMBERS = 1 << 20
"""The approximate maximum of float64 numbers of generated data in a block (8 MiB)."""


def block_rounds(engine: Engine, game: Game) -> int:
    """The maximum number of rounds in a block of this game on this engine."""
    limit = max(1, min(BLOCK_WORK // (game.dimension * game.replicates), engine.block_rounds))
    if game.formula or all(s.table is not None for s in game.streams):
        return limit
    per_round = game.dimension * max(1, len(game.streams))
    return max(1, min(BLOCK_NUMBERS // per_round, limit))


def block_of(game: Game, program: Program, start: int, stop: int) -> BlockData:
    """The data of the rounds start + 1, ..., stop of all replicates."""
    if not game.streams or program.data is not None:
        return BlockData(
            np.zeros((1, 1, game.dimension)), np.zeros((1, 1)), np.zeros((1, stop - start), dtype=np.int64)
        )
    blocks = [s.block(start, stop) for s in game.streams]
    if len({b.vectors.shape for b in blocks}) > 1:
        own = np.arange(stop - start, dtype=np.int64)
        blocks = [Block(b.vectors[b.index], b.labels[b.index], own) for b in blocks]
    first = blocks[0]
    index = np.stack([b.index for b in blocks])
    if all(b.vectors is first.vectors and b.labels is first.labels for b in blocks):
        return BlockData(
            np.ascontiguousarray(first.vectors, dtype=np.float64)[None],
            np.ascontiguousarray(first.labels, dtype=np.float64)[None],
            index,
        )
    return BlockData(np.stack([b.vectors for b in blocks]), np.stack([b.labels for b in blocks]), index)


__all__ = ["block_of", "block_rounds"]
