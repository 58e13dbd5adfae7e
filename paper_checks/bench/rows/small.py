"""A small game of AdaL, one coordinate and a hundred rounds, prepared and played again and again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from paper_checks.bench.game import ALPHA, PARAMETERS
from paper_checks.bench.peers.plain_game import array_loop, plain_loop
from paper_checks.bench.row import Answer, BenchRow, Call, Case, Contender, Goal, Peer, Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from online_sim.game import Game
    from online_sim.trace import Trace

ROUNDS = 100
DIFFERENT = 16
"""The different losses, played cyclically."""
TIMES = 20
"""The games of a timed call."""
GAMES = 10_000
"""The games of a sweep."""
FEWER = 200
"""The same for contenders that play one game after the other."""
ROUNDING = 1e-10
"""The allowed distance from the middle of a regret's enclosure, whose width is rounding."""


def _rows() -> NDArray[Any]:
    import numpy as np

    return np.random.default_rng(0).normal(size=(DIFFERENT, 1))


def _alphas(count: int) -> NDArray[Any]:
    import numpy as np

    return np.geomspace(ALPHA / 10, ALPHA, count)


def _game(alphas: Any = ALPHA, replicates: int = 1) -> Game:
    from online_sim import ArrayStream, Box, Game
    from theory import ADAL, LINEAR

    return Game(
        ADAL, LINEAR, ArrayStream(_rows(), order="cycle"), Box(-1, 1, dimension=1), horizon=ROUNDS,
        parameters={**PARAMETERS, "alpha": alphas}, replicates=replicates,
    )  # fmt: skip


def _recorded(regret: bool) -> list[Any]:
    from sympy import S, sqrt

    from theory.quantities import CumSum, Regret, SumCoords
    from theory.symbols import f, vhat

    return [Regret(S.One)] if regret else [CumSum(f), SumCoords(sqrt(vhat))]


def _answer(trace: Trace, recorded: list[Any]) -> Answer:
    """The results of a game, named as those of the peers."""
    last = trace.state.vectors[:, 0, 0]
    if len(recorded) > 1:
        paid, root = (trace.scalars[str(quantity)] for quantity in recorded)
        return {"x": last, "paid": paid, "root": root}
    low, high = (trace.scalars[f"{recorded[0]}:{end}"] for end in ("lower", "upper"))
    return {"x": last, "regret": (low + high) / 2}


def _prepared(regret: bool, times: int) -> Call:
    from online_sim import NumbaEngine, prepare

    recorded = _recorded(regret)
    game = prepare(_game(), record=recorded, engine=NumbaEngine(reproducible=True))

    def call() -> Answer:
        found = game.play()
        for _ in range(times - 1):
            found = game.play()
        return _answer(found, recorded)

    return call


def _changed(times: int) -> Call:
    from online_sim import NumbaEngine, prepare

    recorded = _recorded(True)
    game = prepare(_game(), record=recorded, engine=NumbaEngine(reproducible=True))
    alphas = _alphas(times).tolist()
    return lambda: _together([_answer(game.play(parameters={"alpha": a}), recorded) for a in alphas])


def _again(engine: str, regret: bool, times: int) -> Call:
    from online_sim import play

    game, recorded = _game(), _recorded(regret)

    def call() -> Answer:
        found = play(game, record=recorded, engine=engine)
        for _ in range(times - 1):
            found = play(game, record=recorded, engine=engine)
        return _answer(found, recorded)

    return call


def _together(answers: Sequence[Answer]) -> Answer:
    import numpy as np

    return {name: np.concatenate([answer[name] for answer in answers]) for name in answers[0]}


def _sweep(games: int) -> Call:
    from online_sim import play

    game, recorded = _game(_alphas(games), games), _recorded(True)
    return lambda: _answer(play(game, record=recorded), recorded)


def _one_by_one(games: int) -> Call:
    from online_sim import play

    each, recorded = [_game(float(alpha)) for alpha in _alphas(games)], _recorded(True)
    return lambda: _together([_answer(play(game, record=recorded), recorded) for game in each])


def _loops(games: int) -> Call:
    import numpy as np

    rows, ends, alphas = _rows()[:, 0].tolist(), _ends(), _alphas(games).tolist()

    def call() -> Answer:
        found = [plain_loop(rows, ends, alpha) for alpha in alphas]
        return {name: np.array([answer[name] for answer in found]) for name in _names(True)}

    return call


def _ends() -> list[int]:
    from online_sim.checkpoints import checkpoint_rounds

    ends: list[int] = checkpoint_rounds("log", ROUNDS).tolist()
    return ends


def _by_hand(regret: bool, times: int) -> Call:
    import numpy as np

    rows, ends = _rows()[:, 0].tolist(), _ends()

    def call() -> Answer:
        found: Answer = {}
        for _ in range(times):
            found = plain_loop(rows, ends, ALPHA)
        return {name: np.array(found[name])[None] for name in _names(regret)}

    return call


def _arrays(games: int) -> Call:
    rows, ends, alphas = _rows()[:, 0].tolist(), _ends(), _alphas(games)

    def call() -> Answer:
        found = array_loop(rows, ends, alphas)
        return {name: found[name] for name in _names(True)}

    return call


def _names(regret: bool) -> tuple[str, ...]:
    return ("x", "regret") if regret else ("x", "paid", "root")


def cases(_: Settings) -> Sequence[Case]:
    """Two scalars, then the regret, also with other parameters; then a sweep."""
    shown = "sweep of 10,000 games"
    loop = Contender("our play, one by one", _one_by_one, FEWER)
    return [
        _played_again("small.again", "two scalars", False, Goal(below=50e-6)),
        _played_again("small.regret", "the regret", True, Goal(below=300e-6)),
        Case(
            "small.changed", f"a game of {ROUNDS} rounds, another step size each time, the regret recorded",
            "game", Contender("prepared game", _changed, TIMES),
            (
                Peer(Contender("our play", _one_by_one, TIMES), tolerance=ROUNDING, note="ours too"),
                Peer(Contender("Python loop by hand", _loops, TIMES), tolerance=ROUNDING),
            ),
            check=2,
        ),
        Case(
            "small.sweep", f"games of {ROUNDS} rounds with their regret, each with its own step size", shown,
            Contender("one play of all", _sweep, GAMES),
            (
                Peer(Contender("numpy, all games as one array", _arrays, GAMES), tolerance=ROUNDING),
                Peer(loop, tolerance=ROUNDING, note="ours too"),
            ),
            scale=1 / GAMES, check=50, goal=Goal(below=1.0),
        ),
    ]  # fmt: skip


def _played_again(identifier: str, what: str, regret: bool, goal: Goal) -> Case:
    tolerance = ROUNDING if regret else 1e-12
    again, compiled = (
        Contender(name, partial(_again, engine, regret), TIMES)
        for name, engine in (("our play", "auto"), ("our play, compiled", "numba"))
    )
    return Case(
        identifier, f"a game of {ROUNDS} rounds played again, {what} recorded", "game",
        Contender("prepared game", partial(_prepared, regret), TIMES),
        (
            Peer(again, tolerance=tolerance, note="ours too"),
            Peer(compiled, tolerance=tolerance, note="ours too, for large games"),
            Peer(Contender("Python loop by hand", partial(_by_hand, regret), TIMES), tolerance=tolerance),
        ),
        check=1, goal=goal,
    )  # fmt: skip


ROW = BenchRow("small", "small games, played again and again", cases)
