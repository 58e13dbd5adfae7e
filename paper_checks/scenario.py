"""A scenario: one game on which theorems of a paper are checked. A new one is one new file.

Heavy objects are made only when the scenario is run: `build` takes `Options` and returns a `Plan`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from theory.borders import function, instance, items, mapping, text, whole

if TYPE_CHECKING:
    from numpy.typing import ArrayLike
    from sympy import Expr, Symbol

    from online_sim.domains.base import Domain
    from online_sim.engines.base import Engine
    from online_sim.streams.alphabet import NoiseAlphabet
    from online_sim.streams.base import Stream
    from theory.loss import Loss
    from theory.recurrence import Recurrence
    from theory.statement import Theorem


@dataclass(frozen=True)
class Options:
    """What the user chose: the seed, whether to run long (`full`), and the folder of real data, if any.

    engine: "auto", "numba", "numpy" or "torch", for every plan that is not about an engine; device and dtype
    are the torch engine's, and choose it where one of them is given.
    """

    seed: int = 0
    full: bool = False
    data: Path | None = None
    engine: str = "auto"
    device: str | None = None
    dtype: str | None = None

    @property
    def words(self) -> list[str]:
        """The options of the command line that repeat these choices, the data aside."""
        words = ["--seed", str(self.seed), *(["--full"] * self.full)]
        for name, value in (("--engine", self.engine), ("--device", self.device), ("--dtype", self.dtype)):
            words += [] if value in {None, "auto"} else [name, str(value)]
        return words


@dataclass(frozen=True, eq=False)
class Plan:
    """The arguments of `play`, and the theorems to hold against its trace.

    twin: the same set in another form: the game is played on it too, and the largest distance between the
    two trajectories is reported, and fails the scenario above `twin_tolerance`; region: `constants` hold
    while every |x_i| <= region, and the run fails where it leaves it; alphabet: enumerate every noise path
    of the horizon instead of one stream; engine: "auto" unless the scenario is about an engine; constants:
    what the game cannot know by itself, such as L on a region; ranges: quantities that lie between two
    numbers whatever the noise, where the game cannot know that (`bounds.noise`); extra: further quantities to
    record; vectors: fixed vectors that the theorems name, such as a point z to compare with; note: one
    sentence on what to look at.
    """

    theorems: tuple[Theorem, ...]
    recurrence: Recurrence
    loss: Loss
    horizon: int
    parameters: Mapping[str, ArrayLike]
    stream: Stream | None = None
    domain: Domain | None = None
    twin: Domain | None = None
    twin_tolerance: float = 1e-6
    start: ArrayLike | None = None
    table: tuple[ArrayLike, ArrayLike] | None = None
    replicates: int = 1
    alphabet: NoiseAlphabet | None = None
    engine: str | Engine = "auto"
    checkpoints: str | int = "log"
    constants: Mapping[str, float] = field(default_factory=dict)
    ranges: Mapping[Expr, tuple[float, float]] = field(default_factory=dict)
    region: float | None = None
    extra: tuple[Expr, ...] = ()
    vectors: Mapping[Symbol, ArrayLike] = field(default_factory=dict)
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse what is no plan before it is played; `make_game` looks at the numbers."""
        from theory.loss import Loss
        from theory.recurrence import Recurrence
        from theory.statement import Theorem

        theorems = items("theorems", self.theorems, Theorem, "a Theorem", "take one of theory.theorems")
        object.__setattr__(self, "theorems", theorems)
        instance("recurrence", self.recurrence, Recurrence, "a Recurrence", "take one of theory.algorithms")
        instance("loss", self.loss, Loss, "a Loss", "take one of theory.losses")
        whole("horizon", self.horizon, least=1)
        for name in ("parameters", "constants", "ranges", "vectors"):
            mapping(name, getattr(self, name), "each name or expression -> its value")
        text("note", self.note)


@dataclass(frozen=True)
class Scenario:
    """A game to play. id: a stable name such as ``breast_cancer``; theorem_ids: what it is held against.

    build: from `Options` to a `Plan`.
    """

    id: str
    title: str
    theorem_ids: tuple[str, ...]
    build: Callable[[Options], Plan]

    def __post_init__(self) -> None:
        """Refuse what is no scenario."""
        for name in ("id", "title"):
            text(name, getattr(self, name))
        ids = items("theorem_ids", self.theorem_ids, str, "the id of a theorem", 'write ("my.theorem",)')
        object.__setattr__(self, "theorem_ids", ids)
        function("build", self.build, "from Options to a Plan")


@dataclass(frozen=True)
class Varied:
    """Builds a scenario's plan with other values of some parameters: a point of a grid."""

    base: Callable[[Options], Plan]
    parameters: tuple[tuple[str, float], ...]

    def __call__(self, options: Options) -> Plan:
        """The plan of the base, with these values in place of its own."""
        plan = self.base(options)
        return replace(plan, parameters={**plan.parameters, **dict(self.parameters)})

    @property
    def words(self) -> list[str]:
        """The options of the command line that repeat it."""
        return [word for name, value in self.parameters for word in ("--grid", f"{name}={value!r}")]


SEPARATOR = "+"
"""Stands between a scenario's id and what was varied: ``one_round+alpha=0.3+seed=2``."""


def base_id(identifier: str) -> str:
    """The id of the scenario that a varied one comes from."""
    return identifier.partition(SEPARATOR)[0]
