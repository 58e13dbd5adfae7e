"""A game: who plays, against which losses, where, and for how long; validated before the first round."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from online_sim.borders import Floats, as_numbers, numbers, wholes_or_none
from online_sim.content import content
from online_sim.domains.base import Domain
from online_sim.memory import check_room
from online_sim.python_loss import PythonLoss
from online_sim.streams.all_paths import AllPaths
from online_sim.streams.base import Stream
from theory.borders import (
    SHOWN,
    WrongType,
    instance,
    items,
    listed,
    mapping,
    must,
    one_line,
    settle,
    shown,
    whole,
)
from theory.loss import Loss, Shape
from theory.parameters import Parameter
from theory.recurrence import Recurrence

if TYPE_CHECKING:
    from sympy import Expr


@dataclass(frozen=True, eq=False)
class Game:
    """An algorithm against a sequence of losses: all that fixes the points x_1, ..., x_T.

    It is checked when it is made, before anything is played; ``dataclasses.replace`` changes an argument
    and checks again.

    Args:
        recurrence: The algorithm.
        loss: The family of losses f_t.
        stream: The data of every round; a stream with a seed is reseeded for each replicate. Or a sequence of
            streams, one for each replicate; or `AllPaths` of a noise, one replicate for each path: then
            expectations and suprema over the noise are exact. None for a loss without data.
        domain: The set that x_t is projected onto; None means no projection.
        horizon: The number of rounds T.
        parameters: Name -> number, or a list with one number for each replicate.
        start: x_1, of shape (d,), or (R, d) with one for each replicate; the domain's own by default, else 0.
        replicates: How many games are played side by side; lists of parameters and streams may say it, too,
            and `AllPaths` always does.
        groups: The group of each coordinate, d whole numbers, for norms over groups.
        table: The rows of a loss that averages over a fixed table: vectors (n, d) and labels (n,).

    What follows from the arguments are attributes: streams, one for each replicate, or one for all; numbers,
    the parameters in the order of `parameter_names`, float64 (R, p); starts, float64 (R, d); group, int64
    (d,); rows and row_labels, the table.

    Raises:
        ValueError: An argument is wrong, or two do not fit together; the sentence names both and the remedy.
        WrongType: An argument is of a wrong type (a ValueError and a TypeError).
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

    streams: tuple[Stream, ...] = field(init=False, repr=False)
    numbers: NDArray[np.float64] = field(init=False, repr=False)
    starts: NDArray[np.float64] = field(init=False, repr=False)
    group: NDArray[np.int64] = field(init=False, repr=False)
    rows: NDArray[np.float64] = field(init=False, repr=False)
    row_labels: NDArray[np.float64] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Check everything, and make what follows from it."""
        check_objects(self.recurrence, self.loss, self.domain)
        horizon = whole("horizon", self.horizon, least=1)
        replicates = whole("replicates", self.replicates, least=1)
        # A number for each parameter and coordinate at least, and an object for each replicate with its data.
        check_room(1000 * replicates, f"`replicates` = {replicates}", "play fewer at a time")
        paths = isinstance(self.stream, AllPaths)
        streams = _streams(self.stream, 1 if paths else replicates, horizon)
        replicates = len(streams) if paths else max(replicates, len(streams))
        points = None if self.start is None else numbers("start", self.start)
        table = None if self.table is None else _pair(self.table)
        dimension = _dimension(self.loss, streams, self.domain, points, table)
        for s in streams:
            if s.length is not None and s.length < horizon:
                raise ValueError(
                    f"the stream {s.name} has {s.length} rounds, the `horizon` is {horizon}; "
                    f"shorten the horizon or let the stream cycle"
                )
        given = mapping("parameters", self.parameters, "name -> number")
        values = _parameters(self.recurrence, self.loss, self.declared, given, replicates)
        replicates = max(replicates, len(values))
        if len(values) == 1:
            values = np.repeat(values, replicates, axis=0)
        rows, row_labels = _table(self.loss, table, dimension)
        settle(
            self,
            stream=self.stream if paths else streams or None,
            horizon=horizon,
            parameters=dict(given),
            replicates=replicates,
            streams=streams,
            numbers=values,
            starts=_starts(points, self.domain, dimension, replicates),
            group=_groups(self.groups, dimension),
            rows=rows,
            row_labels=row_labels,
        )

    @property
    def dimension(self) -> int:
        """The number of coordinates d."""
        return int(self.starts.shape[1])

    @property
    def declared(self) -> tuple[Parameter, ...]:
        """The parameters that a game has: the algorithm's, then the loss's."""
        return (*self.recurrence.parameters, *(self.loss.parameters if isinstance(self.loss, Loss) else ()))

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """Names of the columns of `numbers`."""
        return tuple(p.name for p in self.declared)

    @property
    def columns(self) -> dict[str, NDArray[np.float64]]:
        """Name of a parameter -> (R,) its values."""
        return dict(zip(self.parameter_names, self.numbers.T, strict=True))

    @property
    def formula(self) -> tuple[Expr, Expr] | None:
        """The formulas (a_t, b_t) that all streams share; None for other streams and for a Python loss."""
        formulas = {s.formula for s in self.streams} if isinstance(self.loss, Loss) else set()
        return formulas.pop() if len(formulas) == 1 else None

    @property
    def seeds(self) -> NDArray[np.float64]:
        """(R, 1) the seed of every replicate's stream; 0 where it has none."""
        numbers = np.array([[float(s.seed or 0)] for s in self.streams])
        return np.broadcast_to(numbers, (self.replicates, 1))

    @property
    def all_paths(self) -> AllPaths | None:
        """The noise whose paths are all played, one in each replicate; None where the streams are others."""
        return self.stream if isinstance(self.stream, AllPaths) else None

    def first(self, replicates: int) -> Game:
        """The game of the first replicates alone."""
        return replace(
            self,
            stream=self.streams[:replicates] if self.streams else None,
            parameters={name: column[:replicates] for name, column in self.columns.items()},
            start=None if self.start is None else self.starts[:replicates],
            replicates=replicates,
        )

    def values(self, replicate: int = 0) -> dict[str, float]:
        """Parameter values of a replicate by name."""
        return dict(zip(self.parameter_names, map(float, self.numbers[replicate]), strict=True))

    def loss_values(self, replicate: int = 0) -> dict[str, float]:
        """Parameter values of the loss alone."""
        names = [p.name for p in self.loss.parameters] if isinstance(self.loss, Loss) else []
        values = self.values(replicate)
        return {name: values[name] for name in names}

    @property
    def convex(self) -> bool:
        """Whether every loss is known to be convex."""
        return self.loss.shape in {Shape.LINEAR, Shape.CONVEX}


def check_objects(recurrence: object, loss: object, domain: object = None) -> None:
    """WrongType unless these are a recurrence, a loss and a set or None."""
    instance(
        "recurrence", recurrence, Recurrence, "a Recurrence",
        "take one of theory.algorithms, such as theory.algorithms.adal.ADAL",
    )  # fmt: skip
    instance("loss", loss, (Loss, PythonLoss), "a Loss or a PythonLoss", "take one of theory.losses")
    if domain is not None:
        instance("domain", domain, Domain, "a Domain or None", "Box(-1, 1, dimension=2) say")


def fingerprint(game: Game) -> str:
    """A hash of all that a run depends on but its length: every line, every number, all data."""
    loss, r = game.loss, game.recurrence
    what = [loss.value, loss.oracle, loss.parameters] if isinstance(loss, Loss) else [loss]
    return content(
        r.name, r.digest, what, game.numbers, game.starts, game.group, game.rows, game.row_labels,
        game.domain, game.streams,
    )  # fmt: skip


def _streams(
    stream: Stream | Sequence[Stream] | AllPaths | None, replicates: int, horizon: int
) -> tuple[Stream, ...]:
    if stream is None:
        return ()
    if isinstance(stream, AllPaths):
        stream = stream.streams(horizon)
    if isinstance(stream, Stream):
        if replicates == 1 or stream.seed is None:
            return (stream,)
        return tuple(stream.reseed(stream.seed + r) for r in range(replicates))
    remedy = "take one of online_sim.streams, or a list with one for each replicate"
    if isinstance(stream, str | bytes | Mapping) or not isinstance(stream, Iterable):
        instance("stream", stream, Stream, "a Stream", remedy)
    given = items("stream", stream, Stream, "a Stream", remedy)
    if not given:
        raise ValueError("`stream` is an empty list; give one stream, or one for each replicate")
    if len(given) > 1 and replicates not in {1, len(given)}:
        raise ValueError(
            f"`replicates` = {replicates} but {len(given)} streams were given; give one for each"
        )
    return given


def _dimension(
    loss: Loss | PythonLoss,
    streams: Sequence[Stream],
    domain: Domain | None,
    start: Floats | None,
    table: tuple[Floats, Floats] | None,
) -> int:
    found: dict[str, int] = {}
    for s in streams:
        found[f"the stream {s.name}"] = s.dimension
    if domain is not None:
        found[f"the domain {domain.name}"] = domain.dimension
    if isinstance(loss, Loss) and loss.dimension is not None:
        found[f"the loss {loss.name}"] = loss.dimension
    if start is not None:
        found["`start`"] = start.shape[-1] if start.ndim else 1
    if table is not None:
        found["`table`"] = table[0].shape[-1] if table[0].ndim else 1
    if isinstance(loss, Loss) and not streams and (loss.uses_stream or loss.oracle is not None):
        raise ValueError(f"the loss {loss.name} needs data every round; give a `stream`")
    if not found:
        raise ValueError("nothing fixes the number of coordinates; give a `domain`, a `stream` or a `start`")
    if len(set(found.values())) > 1:
        listing = ", ".join(f"{who} has d = {n}" for who, n in found.items())
        raise ValueError(f"the numbers of coordinates differ: {listing}")
    dimension = next(iter(found.values()))
    if dimension < 1:
        raise ValueError(f"d = {dimension}: a game needs at least one coordinate")
    return dimension


def _parameters(
    recurrence: Recurrence,
    loss: Loss | PythonLoss,
    declared: Sequence[Parameter],
    given: Mapping[str, ArrayLike],
    replicates: int,
) -> NDArray[np.float64]:
    known = [p.name for p in declared]
    if len(set(known)) < len(known):
        twice = next(name for name in known if known.count(name) > 1)
        raise ValueError(
            f"`{twice}` is a parameter of {recurrence.name} and of the loss {loss.name}; rename one of them"
        )
    lines = {s.name for s, _ in recurrence.steps}
    if shared := lines & {p.name for p in declared[len(recurrence.parameters) :]}:
        # A program has one namespace for the algorithm and the loss.
        raise ValueError(
            f"`{min(shared)}` is a line of {recurrence.name} and a parameter of the loss {loss.name}; "
            "rename one of them"
        )
    unknown = [name for name in given if name not in known]
    if unknown:
        raise ValueError(
            f"unknown parameter `{one_line(unknown[0], SHOWN)}` of {recurrence.name}; "
            f"{listed(unknown[0], known)}"
        )
    columns = []
    for p in declared:
        value = given.get(p.name, p.default)
        if value is None:
            raise ValueError(f"`{p.name}` is missing; give {p.meaning} in {p.range_text}")
        if _size(value, p) == 0:
            raise ValueError(f"`{p.name}` is an empty list; give a number, or one for each replicate")
        each = np.atleast_1d(np.asarray(value, dtype=object))
        if each.ndim > 1:
            raise ValueError(
                f"`{p.name}` has shape {each.shape}; give a number, or a list with one for each replicate"
            )
        columns.append(np.array([p.validate(v) for v in each]))
    sizes = {len(c) for c in columns} | {1}
    if len(sizes - {1}) > 1 or (replicates > 1 and sizes - {1, replicates}):
        raise ValueError(f"parameter lists of lengths {sorted(sizes)} do not match {replicates} replicates")
    count = max(sizes)
    filled = [np.broadcast_to(c, (count,)) for c in columns]
    return np.ascontiguousarray(np.stack(filled, axis=1)) if filled else np.zeros((1, 0))


def _size(value: ArrayLike, p: Parameter) -> int:
    try:
        return np.size(np.asarray(value, dtype=object))
    except Exception:  # lists of different lengths in one another, an `__array__` of the user's
        raise WrongType(
            f"`{p.name}` must be a number, or a list with one for each replicate, got {shown(value)}; "
            f"give values in {p.range_text}"
        ) from None


def _starts(
    start: Floats | None, domain: Domain | None, dimension: int, replicates: int
) -> NDArray[np.float64]:
    if start is None:
        # A set's own start is inside by its contract, and may be one number for all coordinates.
        try:
            point = domain.start() if domain is not None else np.broadcast_to(0.0, (dimension,))
        except MemoryError:
            raise ValueError(
                f"`domain` = {shown(domain)} has d = {dimension}, more numbers than memory holds; take fewer"
            ) from None
        return np.broadcast_to(point, (replicates, dimension))
    point = np.atleast_1d(start)
    if point.shape not in {(dimension,), (replicates, dimension)}:
        raise ValueError(
            f"`start` has shape {point.shape}; expected ({dimension},) or ({replicates}, {dimension})"
        )
    points = np.array(np.broadcast_to(point, (replicates, dimension)))
    if domain is not None:
        for p in points[:1] if point.ndim == 1 else np.unique(points, axis=0):
            if not domain.contains(p):
                raise ValueError(
                    f"`start` = {shown(p)} lies outside {domain.name}; start inside, at "
                    f"{shown(domain.start())} say"
                )
    return points


def _groups(groups: Sequence[int] | None, dimension: int) -> NDArray[np.int64]:
    if groups is None:
        return np.broadcast_to(np.int64(0), (dimension,))
    array = wholes_or_none(groups)
    if array is None or array.shape != (dimension,) or array.min() < 0:
        raise (WrongType if array is None else ValueError)(
            f"`groups` must hold {dimension} whole numbers >= 0, one for each coordinate, got {shown(groups)}"
        )
    return np.unique(array, return_inverse=True)[1].astype(np.int64)


def _pair(table: object) -> tuple[Floats, Floats]:
    """The two arrays of a table, their shapes and their ends unchecked."""
    given = tuple(table) if isinstance(table, tuple | list) else ()
    if len(given) != 2:
        raise WrongType(must("table", table, "a pair (vectors (n, d), labels (n,))"))
    found = [as_numbers(part, bools=True) for part in given]
    if found[0] is None or found[1] is None:
        raise WrongType(must("table", table, "a pair of arrays of real numbers, (n, d) and (n,)"))
    return found[0], found[1]


def _table(
    loss: Loss | PythonLoss, table: tuple[Floats, Floats] | None, dimension: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    needed = isinstance(loss, Loss) and loss.uses_rows
    if needed and table is None:
        raise ValueError(
            f"the loss {loss.name} averages over a table; give `table`=(vectors (n, d), labels (n,))"
        )
    if table is None:
        return np.broadcast_to(0.0, (1, dimension)), np.zeros(1)
    rows, labels = map(np.ascontiguousarray, table)
    if rows.ndim != 2 or rows.shape[0] < 1 or labels.shape != (rows.shape[0],):
        raise ValueError(
            f"`table` has shapes {rows.shape} and {labels.shape}; expected (n, d) and (n,) with n >= 1"
        )
    if not (np.all(np.isfinite(rows)) and np.all(np.isfinite(labels))):
        raise ValueError("`table` holds NaN or inf; clean the data first")
    return rows, labels
