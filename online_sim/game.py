"""A game: an algorithm, its losses, a set and a horizon, validated before the first round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from online_sim.borders import numbers
from online_sim.content import content
from online_sim.domains.base import Domain
from online_sim.domains.full_metric import refusal
from online_sim.domains.simplex import Simplex
from online_sim.game_arguments import (
    dimension_of,
    groups_of,
    numbers_of,
    pair_of,
    starts_of,
    streams_of,
    table_of,
)
from online_sim.memory import check_room
from online_sim.python_loss import PythonLoss
from online_sim.streams.all_paths import AllPaths
from online_sim.streams.base import Stream
from theory.borders import instance, mapping, settle, whole
from theory.displayed import Displayed
from theory.loss import Loss, Shape
from theory.parameters import Parameter
from theory.quantities import FullMatrixStep
from theory.recurrence import Recurrence
from theory.step_sets import StepSet

if TYPE_CHECKING:
    from sympy import Expr, Symbol

    from theory.printing.html import Html


@dataclass(frozen=True, eq=False, repr=False)
class Game(Displayed):
    """An algorithm against a sequence of losses: everything that determines the points x_1, ..., x_T.

    It is checked when it is created, before anything is played; ``dataclasses.replace`` changes an argument
    and checks again.

    Args:
        recurrence: The algorithm.
        loss: The family of losses f_t.
        stream: The data of every round. A single stream with a seed is reseeded for each replicate. A
            sequence gives one stream per replicate; `AllPaths` of a noise gives one replicate per path, and
            expectations and suprema over the noise are then exact. None for a loss without data.
        domain: The set that x_t is projected onto; None means no projection.
        horizon: The number of rounds T.
        parameters: Name -> number, or a list with one number per replicate.
        start: x_1, of shape (d,), or (R, d) with one per replicate; by default that of the domain, else 0.
        replicates: The number of games played side by side. It may also follow from lists of parameters or
            streams, and always follows from `AllPaths`.
        groups: The group of each coordinate, d whole numbers, for norms over groups.
        table: The rows of a loss that averages over a fixed table: vectors (n, d) and labels (n,).

    Derived attributes: streams, one per replicate or one for all; numbers, the parameters in the order of
    `parameter_names`, float64 (R, p); starts, float64 (R, d); group, int64 (d,); rows and row_labels, the
    table.

    Raises:
        ValueError: An argument is wrong, or two are inconsistent; the message names both and the remedy.
        WrongType: An argument has the wrong type (it is both a ValueError and a TypeError).
    """

    recurrence: Recurrence
    loss: Loss | PythonLoss
    stream: Stream | Sequence[Stream] | AllPaths | None = None
    domain: Domain | None = None
    _: KW_ONLY
    horizon: int
    parameters: Mapping[str, ArrayLike] = field(default_factory=dict)
    start: ArrayLike | None = None
    replicates: int = 1
    groups: Sequence[int] | None = None
    table: tuple[ArrayLike, ArrayLike] | None = None

    streams: tuple[Stream, ...] = field(init=False)
    numbers: NDArray[np.float64] = field(init=False)
    starts: NDArray[np.float64] = field(init=False)
    group: NDArray[np.int64] = field(init=False)
    rows: NDArray[np.float64] = field(init=False)
    row_labels: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        """Check the arguments and compute the derived attributes."""
        check_objects(self.recurrence, self.loss, self.domain)
        _check_step(self.recurrence, self.domain)
        horizon = whole("horizon", self.horizon, least=1)
        replicates = whole("replicates", self.replicates, least=1)
        # At least one number per parameter and coordinate, and one object with data per replicate.
        check_room(1000 * replicates, f"`replicates` = {replicates}", "play fewer at a time")
        paths = isinstance(self.stream, AllPaths)
        streams = streams_of(self.stream, 1 if paths else replicates, horizon)
        replicates = len(streams) if paths else max(replicates, len(streams))
        points = None if self.start is None else numbers("start", self.start)
        table = None if self.table is None else pair_of(self.table)
        dimension = dimension_of(self.loss, streams, self.domain, points, table)
        for s in streams:
            if s.length is not None and s.length < horizon:
                raise ValueError(
                    f"the stream {s.name} has {s.length} rounds, the `horizon` is {horizon}; "
                    f"shorten the horizon or let the stream cycle"
                )
        given = mapping("parameters", self.parameters, "name -> number")
        _check_step_set(self.recurrence, self.domain)
        _check_metric(self.recurrence, self.domain, dimension)
        values = numbers_of(self.recurrence, self.loss, self.declared, given, replicates)
        replicates = max(replicates, len(values))
        if len(values) == 1:
            values = np.repeat(values, replicates, axis=0)
        rows, row_labels = table_of(self.loss, table, dimension)
        settle(
            self,
            stream=self.stream if paths else streams or None,
            horizon=horizon,
            parameters=dict(given),
            replicates=replicates,
            streams=streams,
            numbers=values,
            starts=starts_of(points, self.domain, dimension, replicates),
            group=groups_of(self.groups, dimension),
            rows=rows,
            row_labels=row_labels,
        )

    @property
    def dimension(self) -> int:
        """The number of coordinates d."""
        return int(self.starts.shape[1])

    @property
    def declared(self) -> tuple[Parameter, ...]:
        """The parameters of the algorithm, then those of the loss."""
        return (*self.recurrence.parameters, *(self.loss.parameters if isinstance(self.loss, Loss) else ()))

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """Names of the columns of `numbers`."""
        return tuple(p.name for p in self.declared)

    @property
    def columns(self) -> dict[str, NDArray[np.float64]]:
        """Parameter name -> its values (R,)."""
        return dict(zip(self.parameter_names, self.numbers.T, strict=True))

    @property
    def formula(self) -> tuple[Expr, Expr] | None:
        """The formulas (a_t, b_t) shared by all streams; None if there are none, and for a Python loss."""
        formulas = {s.formula for s in self.streams} if isinstance(self.loss, Loss) else set()
        return formulas.pop() if len(formulas) == 1 else None

    @property
    def seeds(self) -> NDArray[np.float64]:
        """The seed of every replicate's stream, (R, 1); 0 for a stream without one."""
        numbers = np.array([[float(s.seed or 0)] for s in self.streams])
        return np.broadcast_to(numbers, (self.replicates, 1))

    @property
    def all_paths(self) -> AllPaths | None:
        """The noise whose paths are all played, one per replicate; None for any other stream."""
        return self.stream if isinstance(self.stream, AllPaths) else None

    def first(self, replicates: int) -> Game:
        """The same game with the first replicates only."""
        return replace(
            self,
            stream=self.streams[:replicates] if self.streams else None,
            parameters={name: column[:replicates] for name, column in self.columns.items()},
            start=None if self.start is None else self.starts[:replicates],
            replicates=replicates,
        )

    def stream_of(self, replicate: int) -> Stream:
        """The stream of a replicate: its own, or the one that all share."""
        return self.streams[replicate if len(self.streams) > 1 else 0]

    def values(self, replicate: int = 0) -> dict[str, float]:
        """The parameter values of a replicate, by name."""
        return dict(zip(self.parameter_names, map(float, self.numbers[replicate]), strict=True))

    def loss_symbols(self, replicate: int = 0) -> dict[Symbol, float]:
        """The values of the loss parameters by symbol, for formulas."""
        own = self.declared[len(self.recurrence.parameters) :]
        values = self.values(replicate)
        return {p.symbol: values[p.name] for p in own}

    def loss_values(self, replicate: int = 0) -> dict[str, float]:
        """The values of the loss parameters only."""
        return {symbol.name: value for symbol, value in self.loss_symbols(replicate).items()}

    @property
    def convex(self) -> bool:
        """Whether every loss is known to be convex."""
        return self.loss.shape in {Shape.LINEAR, Shape.CONVEX}

    def _text(self) -> str:
        from online_sim.pages import game_text

        return game_text(self)

    def _page(self) -> Html:
        from online_sim.pages import game_page

        return game_page(self)

    def _formulas(self) -> tuple[str, ...]:
        from online_sim.pages import game_formulas

        return game_formulas(self)


def check_objects(recurrence: object, loss: object, domain: object = None) -> None:
    """Raise WrongType unless these are a recurrence, a loss, and a set or None."""
    instance(
        "recurrence", recurrence, Recurrence, "a Recurrence",
        "take one of theory.algorithms, such as theory.algorithms.adal.ADAL",
    )  # fmt: skip
    instance("loss", loss, (Loss, PythonLoss), "a Loss or a PythonLoss", "take one of theory.losses")
    if domain is not None:
        instance("domain", domain, Domain, "a Domain or None", "Box(-1, 1, dimension=2) say")


def _check_step(recurrence: Recurrence, domain: Domain | None) -> None:
    """Refuse a set on which the composite step of an algorithm is not the one that is written."""
    phi = recurrence.composite
    if phi is not None and phi.boxes_only and domain is not None and domain.box_bounds() is None:
        raise ValueError(
            f"`domain` = {domain.name}: the step of {recurrence.name} minimises its composite term exactly "
            "on boxes only; play on a Box, or without a set"
        )


def _check_metric(recurrence: Recurrence, domain: Domain | None, dimension: int) -> None:
    """Refuse a set and a dimension for which there is no step in a full metric."""
    if any(e.has(FullMatrixStep) for e in recurrence.expressions()):
        why = refusal(domain, dimension)
        if why is not None:
            raise ValueError(f"`domain`: {recurrence.name} steps in a full metric, and {why}")


def _check_step_set(recurrence: Recurrence, domain: Domain | None) -> None:
    """Refuse a set on which the lines of an algorithm are not the step that is meant."""
    if recurrence.step_set is StepSet.BOX:
        fits, remedy = domain is None or domain.box_bounds() is not None, "a Box, or without a set"
    else:
        fits, remedy = isinstance(domain, Simplex) and domain.total == 1, "a Simplex"
    if recurrence.step_set is not StepSet.ANY and not fits:
        raise ValueError(
            f"`domain` = {'None' if domain is None else domain.name}: the step of {recurrence.name} is exact "
            f"on {recurrence.step_set.value} only; play on {remedy}"
        )


def fingerprint(game: Game) -> str:
    """A hash of everything a run depends on except its length: every line, every number, all data."""
    loss, r = game.loss, game.recurrence
    what = [loss.value, loss.oracle, loss.parameters] if isinstance(loss, Loss) else [loss]
    return content(
        r.name, r.digest, what, game.numbers, game.starts, game.group, game.rows, game.row_labels,
        game.domain, game.streams,
    )  # fmt: skip
