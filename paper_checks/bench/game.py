"""Our side of the benchmark: the engines on a game that is compiled once and played many times."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from paper_checks.bench.row import Answer, Call

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from sympy import Expr

    from online_sim.domains.base import Domain
    from online_sim.engines.base import BlockData, BlockResult, Engine, RunState
    from online_sim.game import Game
    from theory.recurrence import Recurrence

ROWS = 16
"""The number of different losses, played cyclically."""
ALPHA, BETA1, BETA2, EPS = 0.1, 0.9, 0.999, 1e-8
PARAMETERS = {"alpha": ALPHA, "beta1": BETA1, "beta2": BETA2, "eps": EPS}


def centres(dimension: int) -> NDArray[Any]:
    """The points c of the losses ||x - c||^2/2, shape (ROWS, d): normal, with a separate mean per coordinate.

    The means are spread so that the box [-1, 1]^d binds many coordinates and leaves many free.
    """
    import numpy as np

    rng = np.random.default_rng(0)
    return 2 * rng.normal(size=dimension) + rng.normal(size=(ROWS, dimension))


def recorded() -> Sequence[Expr]:
    """What a full round records: the loss, ||g||_1, sum_i sqrt(vhat_i) and sum_i sqrt(sum_t g_i^2)."""
    from sympy import sqrt

    from theory.quantities import CumSum, Norm1, SumCoords
    from theory.symbols import f, g, vhat

    return (f, Norm1(g), SumCoords(sqrt(vhat)), SumCoords(sqrt(CumSum(g**2))))


def played(
    rounds: int,
    domain: Domain | None,
    *,
    rows: NDArray[Any],
    parameters: Mapping[str, ArrayLike] = PARAMETERS,
    replicates: int = 1,
    recording: bool = True,
    threads: int = 1,
) -> Call:
    """AdaL on the quadratic losses around `rows`, with everything recorded in every round, or nothing.

    The results: `x`, the last point of each replicate (R, d), and `recorded` (R, rounds, 4 or 0).
    """
    import numpy as np

    from online_sim import ArrayStream, Game, NumbaEngine
    from theory import ADAL, QUADRATIC

    engine = NumbaEngine(threads=threads)
    game = Game(
        ADAL, QUADRATIC, ArrayStream(rows, order="cycle"), domain, horizon=rounds, parameters=parameters,
        replicates=replicates,
    )  # fmt: skip
    first, advance = _prepared(game, engine, series=recorded() if recording else ())
    blocks = [
        _block(rows, start, min(rounds, start + engine.block_rounds))
        for start in range(0, rounds, engine.block_rounds)
    ]
    none = np.zeros(0, dtype=np.int64)

    def call() -> Answer:
        state = first()
        found = [advance(state, block, none).series for block in blocks]
        return {"x": state.vectors[:, 0], "recorded": _Joined(found)}

    return call


def stepped(
    rounds: int, gradient: NDArray[Any], domain: Domain | None, *, recurrence: Recurrence, engine: Engine
) -> Call:
    """Steps on linear losses, all with the same gradient, shape (d,); nothing is recorded.

    A call continues where the last one ended and returns when the device has finished. The result: `x`, the
    last point (d,), of the first call only, since reading it is not part of the step.
    """
    import numpy as np

    from online_sim import ArrayStream, Game
    from theory import LINEAR

    stream = ArrayStream(gradient[None], order="cycle")
    game = Game(recurrence, LINEAR, stream, domain, horizon=1, parameters=PARAMETERS)
    first, advance = _prepared(game, engine)
    state = first()
    block = _block(gradient[None], 0, rounds)
    none = np.zeros(0, dtype=np.int64)
    wait = getattr(engine, "synchronise", lambda: None)

    def call() -> Answer:
        begins = state.played == 0
        advance(state, block, none)
        wait()
        return {"x": state.vectors[0, 0]} if begins else {}

    return call


@dataclass(frozen=True)
class _Joined:
    """The records of several blocks, joined only when read, since copying is not part of a round."""

    parts: Sequence[NDArray[Any]]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        import numpy as np

        return np.concatenate(self.parts, axis=1, dtype=dtype)


def _prepared(
    game: Game, engine: Engine, *, series: Sequence[Expr] = ()
) -> tuple[Callable[[], RunState], Callable[..., BlockResult]]:
    """The work of `play` before the first round: functions that make the first state and that play."""
    from online_sim.settings import choose_engine, setting_of
    from online_sim.start import initial_state

    setting = setting_of(game, series=series)
    advance = choose_engine(engine, setting, game.horizon, 0).prepare(setting)
    return lambda: initial_state(setting.program, game.starts, game.columns, engine=engine), advance


def _block(rows: NDArray[Any], start: int, stop: int) -> BlockData:
    """The rounds start + 1, ..., stop of a game that plays the rows cyclically."""
    import numpy as np

    from online_sim.engines.base import BlockData

    return BlockData(rows[None], np.zeros((1, len(rows))), (np.arange(start, stop) % len(rows))[None])
