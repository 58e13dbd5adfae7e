"""Both sides of a theorem on batches of tiny games, as a search for a counterexample plays them."""

from collections.abc import Sequence
from functools import partial

from paper_checks.bench.row import Answer, BenchRow, Call, Case, Contender, Goal, Settings

BATCHES = {24: 200, 500: 50, 4096: 10}
"""The batches in a timed call, by the games of a batch: the sizes that a search plays."""
ROUNDS = 4
A_SECOND = 3e6
"""The goal, in games."""


def _sides(games: int, times: int) -> Call:
    import numpy as np

    from bounds.falsifier.evaluator import Batch, RegretEvaluator
    from online_sim.engines.small import PATIENCE
    from theory import ADAL
    from theory.theorems.adal import THEOREM1

    evaluator = RegretEvaluator(THEOREM1, "C", ADAL)

    def batch_of(games: int) -> Batch:
        ones = np.ones((games, 1))
        ends = np.stack([-ones, ones], axis=1)
        parameters = np.tile([1.0, 0.1, 0.5, 0.0], (games, 1))
        rows = np.random.default_rng(0).normal(size=(games, ROUNDS, 1))
        return Batch(rows, 0, ROUNDS, ends, 0 * ones, parameters)

    # A search plays in plain Python until a compiler is worth while; a round has more than ten lines.
    evaluator.sides(batch_of(PATIENCE // ROUNDS // 10))
    batch = batch_of(games)

    def call() -> Answer:
        for _ in range(times):
            evaluator.sides(batch)
        return {}

    return call


def cases(_: Settings) -> Sequence[Case]:
    """One case for each size of a batch."""
    return [
        Case(
            f"falsifier.{games}", f"Theorem 1 on {games:,} games at once, T = {ROUNDS}, d = 1", "game",
            Contender("our evaluator", partial(_sides, games), times), scale=games, check=1,
            goal=Goal(below=1 / A_SECOND),
        )
        for games, times in BATCHES.items()
    ]  # fmt: skip


ROW = BenchRow("falsifier", "both sides of a theorem on tiny games", cases)
