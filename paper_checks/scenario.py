"""A scenario: one game on which theorems of a paper are checked. A new scenario is one new file.

Heavy objects are made only when the scenario is run: `build` takes `Options` and returns a `Plan`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from theory.borders import instance, items, mapping
from theory.printable import check_file_name, check_shown

if TYPE_CHECKING:
    from numpy.typing import ArrayLike
    from sympy import Expr, Symbol

    from online_sim.domains.base import Domain
    from online_sim.engines.base import Engine
    from online_sim.game import Game
    from theory.loss import Loss
    from theory.statement import Theorem


@dataclass(frozen=True)
class Options:
    """What the user chose.

    Args:
        seed: The seed of every random stream.
        full: Whether to run the long version.
        data: The folder of real data, if any.
        engine: "auto", "numba", "numpy" or "torch", for every plan that does not name an engine.
        device: The device of the torch engine; setting it selects this engine.
        dtype: The precision of the torch engine; setting it selects this engine.
        threads: The most threads over which numba plays the replicates of a game; results are the same.
    """

    seed: int = 0
    full: bool = False
    data: Path | None = None
    engine: str = "auto"
    device: str | None = None
    dtype: str | None = None
    threads: int = 1

    @property
    def words(self) -> list[str]:
        """The command line options that repeat these choices, except for the data and the threads."""
        words = ["--seed", str(self.seed), *(["--full"] * self.full)]
        for name, value in (("--engine", self.engine), ("--device", self.device), ("--dtype", self.dtype)):
            words += [] if value in {None, "auto"} else [name, str(value)]
        return words


@dataclass(frozen=True, eq=False)
class Plan:
    """A game and the theorems checked on it.

    Args:
        theorems: The theorems to check.
        game: The game to play; its loss is symbolic, since a report prints it.
        twin: The same set in another form. The game is played on it too, and the largest distance between the
            two trajectories is reported.
        twin_tolerance: The scenario fails if that distance is larger.
        engine: "auto", unless the scenario is about an engine.
        threads: As for `play`.
        checkpoints: As for `play`.
        constants: Values that the game does not determine, such as L on a region.
        ranges: Quantities that lie between two numbers for any noise (`bounds.noise`).
        region: `constants` hold while every |x_i| <= region; the run fails if it leaves the region.
        extra: Further quantities to record.
        vectors: Vectors that the theorems name: a comparator z, or z_t with one for each round.
        note: One sentence on what to look at.

    Raises:
        ValueError, WrongType: A field is wrong; the sentence names it.
    """

    theorems: tuple[Theorem, ...]
    game: Game
    _: KW_ONLY
    twin: Domain | None = None
    twin_tolerance: float = 1e-6
    engine: str | Engine = "auto"
    threads: int = 1
    checkpoints: str | int = "log"
    constants: Mapping[str, float] = field(default_factory=dict)
    ranges: Mapping[Expr, tuple[float, float]] = field(default_factory=dict)
    region: float | None = None
    extra: tuple[Expr, ...] = ()
    vectors: Mapping[Symbol, ArrayLike] = field(default_factory=dict)
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse an invalid plan before it is played."""
        from online_sim.game import Game
        from theory.loss import Loss
        from theory.statement import Theorem

        theorems = items("theorems", self.theorems, Theorem, "a Theorem", "take one of theory.theorems")
        object.__setattr__(self, "theorems", theorems)
        instance("game", self.game, Game, "a Game", "Game(algorithm, loss, stream, domain, horizon=...)")
        instance("loss", self.game.loss, Loss, "a Loss", "write it in sympy")
        for name in ("constants", "ranges", "vectors"):
            mapping(name, getattr(self, name), "each name or expression -> its value")
        check_shown(self.note, "`note` of a plan", empty=True, lines=True, longest=10_000)

    @property
    def loss(self) -> Loss:
        """The game's loss, in symbols."""
        return cast("Loss", self.game.loss)

    def with_game(self, **changes: Any) -> Plan:
        """The same theorems on the game with changed arguments, named as those of `Game`."""
        return replace(self, game=replace(self.game, **changes))


SEPARATOR = "+"
"""The separator between a scenario's id and what was varied: ``one_round+alpha=0.3+seed=2``."""


@dataclass(frozen=True)
class Scenario:
    """A game to play and the theorems checked on it.

    Args:
        id: A stable name such as ``breast_cancer``; files are called ``<id>.json``, ``<id>.<theorem>.svg``.
        title: One line for the report.
        theorem_ids: The theorems to check.
        build: Makes the plan; called only when the scenario is run.

    Raises:
        ValueError, TypeError: The id cannot name a file, the title cannot be shown, or `theorem_ids` is not a
            sequence of names; the error names the field.
    """

    id: str
    title: str
    theorem_ids: tuple[str, ...]
    build: Callable[[Options], Plan]

    def __post_init__(self) -> None:
        """Refuse what would fail only after the game was played, or not at all."""
        # 120, plus 64 for a theorem, 40 for a reading and the text around them, fit a file name of 255.
        check_file_name(self.id, "`id` of a scenario", longest=120, more=f"{SEPARATOR}=")
        longest = 300 if base_id(self.id) == self.id else 1000
        check_shown(self.title, f"`title` of scenario `{self.id}`", longest=longest)
        where = f"`theorem_ids` of scenario `{self.id}`"
        if isinstance(self.theorem_ids, str) or not isinstance(self.theorem_ids, Sequence):
            raise TypeError(f"{where} is {self.theorem_ids!a}; expected a tuple of theorem ids")
        for name in self.theorem_ids:
            check_shown(name, where, longest=200)
        object.__setattr__(self, "theorem_ids", tuple(self.theorem_ids))
        if not callable(self.build):
            raise TypeError(
                f"`build` of scenario `{self.id}` is {self.build!a}; expected a function of `Options`"
            )


@dataclass(frozen=True)
class Varied:
    """Builds a scenario's plan with other values of some parameters: a grid point."""

    base: Callable[[Options], Plan]
    parameters: tuple[tuple[str, float], ...]

    def __call__(self, options: Options) -> Plan:
        """The plan of the base scenario with these values instead."""
        plan = self.base(options)
        return plan.with_game(parameters={**plan.game.parameters, **dict(self.parameters)})

    @property
    def words(self) -> list[str]:
        """The command line options that repeat it."""
        return [word for name, value in self.parameters for word in ("--grid", f"{name}={value!r}")]


def base_id(identifier: str) -> str:
    """The id of the scenario that a varied one comes from."""
    return identifier.partition(SEPARATOR)[0]
