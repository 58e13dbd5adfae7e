"""Checks that the arguments of a game are consistent, and the values derived from them."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from online_sim.borders import Floats, as_numbers, wholes_or_none
from online_sim.domains.base import Domain
from online_sim.python_loss import PythonLoss
from online_sim.streams.all_paths import AllPaths
from online_sim.streams.base import Stream
from theory.borders import SHOWN, WrongType, instance, items, listed, must, one_line, shown
from theory.loss import Loss
from theory.parameters import Parameter
from theory.recurrence import Recurrence


def streams_of(
    stream: Stream | Sequence[Stream] | AllPaths | None, replicates: int, horizon: int
) -> tuple[Stream, ...]:
    """One stream per replicate, or one for all; none for a game without data."""
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


def dimension_of(
    loss: Loss | PythonLoss,
    streams: Sequence[Stream],
    domain: Domain | None,
    start: Floats | None,
    table: tuple[Floats, Floats] | None,
) -> int:
    """The number of coordinates, on which all arguments must agree."""
    found: list[tuple[str, Stream | Domain | Loss | None, int]] = [
        ("the stream", s, s.dimension) for s in streams
    ]
    if domain is not None:
        found.append(("the domain", domain, domain.dimension))
    if isinstance(loss, Loss) and loss.dimension is not None:
        found.append(("the loss", loss, loss.dimension))
    if start is not None:
        found.append(("`start`", None, start.shape[-1] if start.ndim else 1))
    if table is not None:
        found.append(("`table`", None, table[0].shape[-1] if table[0].ndim else 1))
    if isinstance(loss, Loss) and not streams and (loss.uses_stream or loss.oracle is not None):
        raise ValueError(f"the loss {loss.name} needs data every round; give a `stream`")
    if not found:
        raise ValueError("nothing fixes the number of coordinates; give a `domain`, a `stream` or a `start`")
    dimension = found[0][2]
    if any(n != dimension for _, _, n in found):
        named = {f"{what} {who.name}" if who is not None else what: n for what, who, n in found}
        listing = ", ".join(f"{who} has d = {n}" for who, n in named.items())
        raise ValueError(f"the numbers of coordinates differ: {listing}")
    if dimension < 1:
        raise ValueError(f"d = {dimension}: a game needs at least one coordinate")
    return dimension


def numbers_of(
    recurrence: Recurrence,
    loss: Loss | PythonLoss,
    declared: Sequence[Parameter],
    given: Mapping[str, ArrayLike],
    replicates: int,
) -> NDArray[np.float64]:
    """The declared parameters as columns, (R, p); R = 1 if all of them are single numbers."""
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
    except Exception:  # nested lists of different lengths, or a user's `__array__` that fails
        raise WrongType(
            f"`{p.name}` must be a number, or a list with one for each replicate, got {shown(value)}; "
            f"give values in {p.range_text}"
        ) from None


def starts_of(
    start: Floats | None, domain: Domain | None, dimension: int, replicates: int
) -> NDArray[np.float64]:
    """x_1 of each replicate, (R, d): a point of the set, by default its `start()`."""
    if start is None:
        # By contract the start of a set lies inside it; it may be one number for all coordinates.
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


def groups_of(groups: Sequence[int] | None, dimension: int) -> NDArray[np.int64]:
    """The group of each coordinate, (d,), numbered from 0."""
    if groups is None:
        return np.broadcast_to(np.int64(0), (dimension,))
    array = wholes_or_none(groups)
    if array is None or array.shape != (dimension,) or array.min() < 0:
        raise (WrongType if array is None else ValueError)(
            f"`groups` must hold {dimension} whole numbers >= 0, one for each coordinate, got {shown(groups)}"
        )
    return np.unique(array, return_inverse=True)[1].astype(np.int64)


def pair_of(table: object) -> tuple[Floats, Floats]:
    """The two arrays of a table; shapes and finiteness are not checked."""
    given = tuple(table) if isinstance(table, tuple | list) else ()
    if len(given) != 2:
        raise WrongType(must("table", table, "a pair (vectors (n, d), labels (n,))"))
    found = [as_numbers(part, bools=True) for part in given]
    if found[0] is None or found[1] is None:
        raise WrongType(must("table", table, "a pair of arrays of real numbers, (n, d) and (n,)"))
    return found[0], found[1]


def table_of(
    loss: Loss | PythonLoss, table: tuple[Floats, Floats] | None, dimension: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The rows (n, d) and labels (n,) of the table; one row of zeros if none is given."""
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
