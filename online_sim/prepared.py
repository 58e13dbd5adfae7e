"""A game checked, planned and printed once, to be played many times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from numpy.typing import ArrayLike

from online_sim.checkpoints import checkpoint_rounds
from online_sim.engines.base import Engine
from online_sim.engines.threads import checked_threads
from online_sim.game import Game
from online_sim.memory import check_room
from online_sim.plan import Asked, Plan, plan_game
from online_sim.playing import Progress, played
from online_sim.settings import KNOWN_ENGINES, checked
from online_sim.streams.all_paths import AllPaths
from online_sim.streams.base import Stream
from online_sim.trace import Trace
from theory.borders import function, instance, mapping, must
from theory.displayed import Displayed

if TYPE_CHECKING:
    from sympy import Expr, Symbol

    from theory.printing.html import Html


def prepare(
    game: Game,
    *,
    record: Sequence[Expr] = (),
    series: Sequence[Expr] = (),
    checkpoints: str | int | ArrayLike = "log",
    engine: str | Engine = "auto",
    vectors: Mapping[Symbol, ArrayLike] | None = None,
    threads: int = 1,
) -> PreparedGame:
    """Check and plan a game once, to play it many times.

    ``prepare(game, ...).play()`` has the trace of ``play(game, ...)``, in every number, verdict and saved
    file. A small game runs as plain Python until it has been played for two seconds, and is then compiled
    (three to five seconds, once on this machine; see `engines/small.py`). With
    ``engine=NumbaEngine(reproducible=True)``, which has the same bits, it is compiled here.

    Args:
        game: The game to play.
        record: See `play`, as for all of these.
        series: Scalars recorded in every round.
        checkpoints: The rounds to record at.
        engine: What plays.
        vectors: As for `play`.
        threads: The most threads over which numba plays the replicates.

    Raises:
        ValueError: An argument is wrong.
    """
    game, quantities, each_round, fixed = checked(game, record, series, vectors)
    if not isinstance(engine, str):
        instance("engine", engine, Engine, "the name of an engine or an Engine", KNOWN_ENGINES)
    threads = checked_threads(threads)
    rounds = checkpoint_rounds(checkpoints, game.horizon)
    if each_round:
        check_room(
            8 * game.horizon * game.replicates * len(each_round),
            f"`series` in all {game.horizon} rounds",
            "record at checkpoints instead",
        )
    asked = Asked(tuple(quantities), tuple(each_round), rounds, engine, fixed, threads)
    return PreparedGame(plan_game(game, asked))


@final
class PreparedGame(Displayed):
    """A game that `prepare` has planned: `play` neither checks, plans nor prints it again.

    Two threads must not play the same prepared game at once.

    Args:
        plan: What `prepare` has found.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    @property
    def game(self) -> Game:
        """The game."""
        return self._plan.game

    def play(
        self,
        *,
        parameters: Mapping[str, ArrayLike] | None = None,
        start: ArrayLike | None = None,
        stream: Stream | Sequence[Stream] | AllPaths | None = None,
        progress: Progress | None = None,
        resume: Trace | None = None,
        autosave: str | Path | None = None,
    ) -> Trace:
        """Play the game; the trace is that of `online_sim.play` for the game with these changes.

        A change holds for this play only, and is checked as a new `Game` is.

        Args:
            parameters: Name -> number, or one number per replicate, in place of those of the game; parameters
                that are not named keep their values.
            start: x_1, of shape (d,) or (R, d).
            stream: Other data of the same dimension, such as ``stream.reseed(1)``; also one stream per
                replicate.
            progress: See `online_sim.play`.
            resume: See `online_sim.play`.
            autosave: See `online_sim.play`.

        Raises:
            ValueError: As `online_sim.play`; or a change needs another program, such as another number of
                replicates.
            RuntimeError: A projection fails.
        """
        check_how(progress, resume, autosave)
        changes: dict[str, Any] = {}
        if parameters is not None:
            given = mapping("parameters", parameters, "name -> number")
            changes["parameters"] = {**self.game.parameters, **given}
        if start is not None:
            changes["start"] = start
        if stream is not None:
            changes["stream"] = stream
        ready = self._plan.changed(changes) if changes else self._plan
        # What describes a game with chance plays its first round, and may find that it cannot be played.
        described = not changes or any(s.seed is not None for s in ready.game.streams)
        path = Path(autosave) if autosave is not None else None
        return played(ready, progress, resume, path, described=described)

    def _text(self) -> str:
        return f"Prepared{self.game!r}"

    def _page(self) -> Html:
        return self.game._page()

    def _formulas(self) -> tuple[str, ...]:
        return self.game._formulas()


def check_how(progress: object, resume: object, autosave: str | Path | None) -> None:
    """Raise WrongType for anything that is not a function, a trace or a file, respectively."""
    if progress is not None:
        function("progress", progress, "called with (rounds done, horizon)")
    if resume is not None:
        instance("resume", resume, Trace, "a Trace", "load_trace reads one from a file")
    if autosave is not None:
        instance("autosave", autosave, (str, Path), "the path of a file", "run.npz say")
        if not Path(autosave).name:
            raise ValueError(must("autosave", str(autosave), "the path of a file", "run.npz say"))
