"""The data of a block of rounds, and the number of rounds in a block."""

import numpy as np

from online_sim.borders import Floats
from online_sim.engines.base import BlockData, Engine
from online_sim.engines.program import Program
from online_sim.game import Game
from online_sim.sparse_rows import SparseRows
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
    shared = all(b.vectors is blocks[0].vectors and b.labels is blocks[0].labels for b in blocks)
    sparse = any(isinstance(b.vectors, SparseRows) for b in blocks)
    if len({b.vectors.shape for b in blocks}) > 1 or (sparse and not shared):
        own = np.arange(stop - start, dtype=np.int64)
        blocks = [Block(b.played, b.labels[b.index], own) for b in blocks]
    first = blocks[0]
    index = np.stack([b.index for b in blocks])
    if shared:
        rows = first.vectors
        return BlockData(
            rows if isinstance(rows, SparseRows) else np.ascontiguousarray(rows, dtype=np.float64)[None],
            np.ascontiguousarray(first.labels, dtype=np.float64)[None],
            index,
        )
    stacked = np.stack([b.vectors for b in blocks if not isinstance(b.vectors, SparseRows)])
    return BlockData(stacked, np.stack([b.labels for b in blocks]), index)


def with_points(block: BlockData, points: Floats) -> BlockData:
    """The block with the points (m, d) to compare with in its rounds, as a program reads z_t."""
    block = block.spread()
    rows, labels = (
        np.stack([table[k % len(table)][order] for k, order in enumerate(block.index)])
        for table in (block.dense, block.labels)
    )
    both = np.concatenate([rows, np.broadcast_to(points, rows.shape)], axis=1)
    own = np.arange(block.rounds, dtype=np.int64)
    return BlockData(both, np.concatenate([labels, labels], axis=1), np.tile(own, (len(rows), 1)))


def rounds_at_once(engine: Engine, game: Game, program: Program) -> int:
    """`block_rounds`, also for sparse rows: unless they are spread, the work of a round is its entries."""
    if program.moving:  # every round has a row of its own in the block, and a point to compare with
        work = game.dimension * max(1, len(game.streams))
        return max(1, min(BLOCK_NUMBERS // (2 * work), engine.block_rounds))
    if not _has_sparse_rows(game):
        return block_rounds(engine, game)
    table = sparse_table(game)
    if table is None or spreading(engine, game, program) is not None:
        return max(1, min(BLOCK_NUMBERS // (game.dimension * len(game.streams)), engine.block_rounds))
    entries = 1 + len(table.values) // len(table)
    return max(1, min(BLOCK_WORK // (entries * game.replicates), engine.block_rounds))


def sparse_table(game: Game) -> SparseRows | None:
    """The sparse rows from which every replicate draws; None if there are none, or several tables."""
    tables = [s.table for s in game.streams]
    first = tables[0] if tables else None
    if first is None or not isinstance(first[0], SparseRows):
        return None
    shared = all(t is not None and t[0] is first[0] and t[1] is first[1] for t in tables)
    return first[0] if shared else None


def _has_sparse_rows(game: Game) -> bool:
    return any(s.table is not None and isinstance(s.table[0], SparseRows) for s in game.streams)


def spreading(engine: Engine, game: Game, program: Program) -> str | None:
    """Why the sparse rows of a game are made dense, as a sentence; None if they are not."""
    if sparse_table(game) is None:
        return "the replicates draw from different tables, and sparse rows are shared by all"
    return engine.spreads(program)


def rows_played(engine: Engine, game: Game, program: Program) -> str:
    """How sparse rows are played, in words; "" for other data."""
    if not _has_sparse_rows(game):
        return ""
    why = spreading(engine, game, program)
    return "sparse: a round visits the entries of its row" if why is None else f"dense: {why}"


__all__ = ["block_of", "rounds_at_once", "rows_played", "sparse_table", "with_points"]
