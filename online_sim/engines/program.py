"""The compiler from symbols to stages: what one round computes, in which order, split at reductions.

A round is a list of definitions. A reduction over coordinates (or over the rows of a table, or the
projection) needs all of its argument first, so definitions fall into stages: inside one stage all scalars
come first, then one pass over the coordinates. Engines print stages; they decide nothing.

Two bodies are compiled: `lean` plays a round and keeps the running sums; `full` also computes the
quantities that are recorded at a checkpoint. They share states, so any mix of rounds is consistent.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sympy import Expr, Max, Mul, Piecewise, S, Symbol, cancel, expand

from theory.borders import listed, one_line
from theory.loss import Loss
from theory.quantities import (
    Component,
    CumMax,
    CumSum,
    Discounted,
    GroupSum,
    LossAt,
    MaxCoords,
    MeanRows,
    Prev,
    Quantity,
    Stack,
    SumCoords,
    UniformDraw,
    is_vector,
)
from theory.recurrence import Recurrence
from theory.symbols import (
    Scalar,
    T,
    Vector,
    a,
    b,
    coordinate,
    d,
    df,
    f,
    g,
    row,
    row_label,
    seed,
    t,
    x,
    x_next,
)

# The compiler's own names hold a double underscore, which `theory.symbols.check_name` refuses to all others.
POINT = Vector("point__free")
METRIC = Vector("point__metric")
LOWER = Vector("box__lower")
UPPER = Vector("box__upper")
ROW_PRODUCT = Scalar("row_product")
LISTED = 6
"""A loss with more parameters than this is a family, whose numbers a message does not list."""


class Kind(Enum):
    """How a definition is computed."""

    ASSIGN = "an expression"
    SUM = "sum over coordinates"
    MAX = "maximum over coordinates"
    GROUP = "sum over the coordinates of each group"
    COMPONENT = "one coordinate of a stored vector"
    STACK = "a vector given coordinate by coordinate"
    ROWS = "mean over the rows of a table"
    PROJECT = "the weighted projection"
    ORACLE = "a Python callback"


@dataclass(frozen=True)
class Definition:
    """`symbol` := kind(expression); `vector` is the rank of the symbol."""

    symbol: Symbol
    kind: Kind
    expression: Any
    vector: bool

    @property
    def parts(self) -> tuple[Any, ...]:
        """The expression, or its parts."""
        return self.expression if isinstance(self.expression, tuple) else (self.expression,)

    @property
    def dependencies(self) -> set[Symbol]:
        """The symbols that must be known first."""
        found = set().union(*(part.free_symbols for part in self.parts))
        return found - {row, row_label, ROW_PRODUCT} if self.kind is Kind.ROWS else found


@dataclass(frozen=True)
class State:
    """A value carried from round to round: `old` is read in a round, `new` replaces it at its end."""

    old: Symbol
    new: Symbol
    vector: bool
    initial: Expr


def decays(definition: Definition, state: State) -> bool:
    """Whether a line scales the old value of a state: such a state may fade away to denormal numbers."""
    parts = [part for part in definition.parts if isinstance(part, Expr)]
    return any(product.has(state.old) for part in parts for product in part.atoms(Mul))


@dataclass(frozen=True)
class Stage:
    """What is computed in one pass: scalars in order, then the coordinates, then the sums."""

    scalars: tuple[Definition, ...]
    vectors: tuple[Definition, ...]
    reductions: tuple[Definition, ...]
    rows: tuple[Definition, ...]

    @property
    def definitions(self) -> tuple[Definition, ...]:
        """Everything computed in the stage, in order."""
        return (*self.scalars, *self.vectors, *self.reductions, *self.rows)


@dataclass(frozen=True)
class Body:
    """The stages of a round; the projection runs before stage `project_at` (None: fused or absent)."""

    stages: tuple[Stage, ...]
    project_at: int | None
    stored: frozenset[Symbol]

    def stage_of(self, symbol: Symbol) -> int:
        """The stage that defines a symbol."""
        for number, stage in enumerate(self.stages):
            if any(definition.symbol == symbol for definition in stage.definitions):
                return number
        return self.project_at if self.project_at is not None else 0

    def in_place(self, state: State) -> bool:
        """Whether the new value may overwrite the old one at once: nobody reads the old one later."""
        if state.old == state.new:
            return True
        if state.new == x_next and self.project_at is not None:
            return False
        home = self.stage_of(state.new)
        later = [definition for stage in self.stages[home + 1 :] for definition in stage.definitions]
        here = (
            []
            if state.vector
            else [*self.stages[home].vectors, *self.stages[home].reductions, *self.stages[home].rows]
        )
        here += [definition for definition in self.stages[home].rows if state.vector]
        return not any(state.old in definition.dependencies for definition in [*later, *here])


class Projection(Enum):
    """How the next point is brought back into the set."""

    NONE = "no set: the next point is the unprojected one"
    CLIP = "coordinatewise clip, fused into the update"
    CALL = "a kernel or a method of the domain"


@dataclass(frozen=True)
class Program:
    """A compiled round: definitions, states, the two bodies and what is recorded.

    records: (key, symbol) scalars or vectors read at checkpoints; series: scalars read every round; data: the
    formulas of a_t and b_t, when the stream is one; its seed is then the last parameter.
    """

    parameters: tuple[str, ...]
    states: tuple[State, ...]
    lean: Body
    full: Body
    records: tuple[tuple[str, Symbol], ...]
    series: tuple[tuple[str, Symbol], ...]
    projection: Projection
    uses_groups: bool
    uses_rows: bool
    uses_stream: bool
    uses_uniform: bool
    python_loss: bool
    data: tuple[Expr, Expr] | None

    @property
    def vector_states(self) -> tuple[State, ...]:
        """States of vector rank; the point comes first."""
        return tuple(s for s in self.states if s.vector)

    @property
    def scalar_states(self) -> tuple[State, ...]:
        """States of scalar rank."""
        return tuple(s for s in self.states if not s.vector)

    @property
    def scalar_records(self) -> tuple[tuple[str, Symbol], ...]:
        """Recorded quantities of scalar rank."""
        return tuple((k, s) for k, s in self.records if not isinstance(s, Vector))

    @property
    def vector_records(self) -> tuple[tuple[str, Symbol], ...]:
        """Recorded quantities of vector rank."""
        return tuple((k, s) for k, s in self.records if isinstance(s, Vector))


def compile_program(
    recurrence: Recurrence,
    loss: Loss | None,
    *,
    projection: Projection,
    record: Sequence[Expr] = (),
    series: Sequence[Expr] = (),
    given: Sequence[Symbol] = (),
    constants: Sequence[Symbol] = (),
    data: tuple[Expr, Expr] | None = None,
) -> Program:
    """Compile a recurrence, a loss and the quantities asked for.

    `loss` None means a Python loss: value and gradient come from a callback. Keys of `record` and
    `series` are the printed expressions. given: vectors that stay the same all game long; they are kept
    as states that no round changes. constants: scalars that come before the parameters. data: the row a_t
    and the number b_t of a stream that is a formula in t, the coordinate and its seed; None: the stream
    hands them out.
    """
    lowering = _Lowering(recurrence, loss)
    for symbol, expression in zip((a, b), data or (), strict=False):
        lowering.define(symbol, expression)
    lowering.add_loss(loss)
    for symbol, expression in recurrence.steps:
        lowering.define(symbol, expression)
    lowering.add_projection(recurrence, projection)
    records = tuple((str(q), lowering.quantity(q)) for q in record)
    for q in series:
        if is_vector(q):
            raise ValueError(f"`series` holds {q}, a vector; record it at checkpoints instead")
    each_round = tuple((str(q), lowering.quantity(q)) for q in series)
    states = (*lowering.finish_states(), *(State(s, s, True, S.Zero) for s in given))
    declared = (*recurrence.parameters, *(loss.parameters if loss else ()))
    parameters = (*(s.name for s in constants), *(p.name for p in declared))
    if data is not None:
        parameters = (*parameters, seed.name)
    written = (*record, *series, *recurrence.expressions())
    # A family of losses declares many numbers, none of which a statement is about.
    silent = {p.name for p in loss.parameters} if loss and len(loss.parameters) > LISTED else set()
    _check_known(lowering.definitions, states, parameters, written, silent)
    lean_roots = [s.new for s in states] + [s for _, s in each_round]
    definitions = lowering.definitions
    lean = _schedule(definitions, lean_roots)
    recorded = [s for _, s in records]
    full = _schedule(definitions, lean_roots + recorded, keep=recorded)
    used = set().union(*(definition.dependencies for definition in definitions.values()))
    return Program(
        parameters=parameters,
        states=states,
        lean=lean,
        full=full,
        records=records,
        series=each_round,
        projection=projection,
        uses_groups=any(definition.kind is Kind.GROUP for definition in definitions.values()),
        uses_rows=any(definition.kind is Kind.ROWS for definition in definitions.values()),
        uses_stream=data is None and bool({a, b} & used),
        uses_uniform=any(
            part.has(UniformDraw) for definition in definitions.values() for part in definition.parts
        ),
        python_loss=loss is None,
        data=data,
    )


def _check_known(
    definitions: Mapping[Symbol, Definition],
    states: Sequence[State],
    parameters: Sequence[str],
    written: Sequence[Expr],
    silent: Container[str],
) -> None:
    """Refuse a symbol that nothing gives a value to: printed by its name it might meet another one.

    written: the expressions as the user knows them, to show one of them and no name of the compiler's own;
    silent: parameters that the message leaves out.
    """
    known = {t, d, x, a, b, coordinate, LOWER, UPPER, *definitions, *(s.old for s in states)}
    for definition in definitions.values():
        for s in definition.dependencies - known:
            if not (isinstance(s, Scalar) and s.name in parameters):
                own = definition.expression
                if any("__" in part.name for part in own.free_symbols):
                    own = next((e for e in written if s in e.free_symbols), s)
                told = {str(k) for k in known if "__" not in str(k)} | set(parameters)
                names = sorted(name for name in told if name not in silent)
                raise ValueError(
                    f"`{s}` in {one_line(own)} has no value in this game; {_remedy(s)}{listed(str(s), names)}"
                )


def _remedy(s: Symbol) -> str:
    """What to do about a symbol without a value, where more can be said than what is known."""
    if s == T:
        return "write t, the round: a run does not know which round is its last; "
    if isinstance(s, Vector):
        return f"a fixed vector is given in `vectors`, as {s} -> numbers of shape (d,); "
    return ""


class _Lowering:
    """Rewrites expressions of the language into definitions over plain symbols."""

    def __init__(self, recurrence: Recurrence, loss: Loss | None) -> None:
        self.recurrence = recurrence
        self.loss = loss
        self.definitions: dict[Symbol, Definition] = {}
        self.aliases: dict[Symbol, Expr] = {}
        self.cache: dict[Any, Symbol] = {}
        self.previous: dict[Symbol, tuple[Symbol, Expr]] = {}
        self.counts: dict[str, int] = {}

    def fresh(self, prefix: str, *, vector: bool) -> Symbol:
        """A new symbol with a name that depends only on the order of definitions."""
        self.counts[prefix] = self.counts.get(prefix, -1) + 1
        name = f"{prefix}__{self.counts[prefix]}"
        return Vector(name) if vector else Scalar(name)

    def add(self, symbol: Symbol, kind: Kind, expression: Any) -> Symbol:
        self.definitions[symbol] = Definition(symbol, kind, expression, isinstance(symbol, Vector))
        return symbol

    def define(self, symbol: Symbol, expression: Expr) -> None:
        """symbol := expression; a bare symbol becomes an alias."""
        lowered = self.lower(expression)
        if lowered.is_Symbol and isinstance(lowered, Vector) == isinstance(symbol, Vector) and lowered != x:
            self.aliases[symbol] = lowered
        else:
            self.add(symbol, Kind.ASSIGN, lowered)

    def add_loss(self, loss: Loss | None) -> None:
        if loss is None:
            self.add(f, Kind.ORACLE, (x,))
            self.add(df, Kind.ORACLE, (x, f))  # one call gives both, where f stands
            self.aliases[g] = df
            return
        self.define(f, loss.value)
        gradient = self.lower(loss.gradient)
        if loss.oracle is None and gradient.is_Symbol and gradient != x:
            self.aliases[df] = gradient
            self.aliases[g] = gradient
            return
        self.add(df, Kind.ASSIGN, gradient)
        if loss.oracle is None:
            self.aliases[g] = df
        else:
            self.add(g, Kind.ASSIGN, self.lower(loss.oracle))

    def add_projection(self, recurrence: Recurrence, projection: Projection) -> None:
        point = self.lower(recurrence.point)
        if projection is Projection.NONE:
            self.add(x_next, Kind.ASSIGN, point)
        elif projection is Projection.CLIP:
            # Not Min(Max(.)): compiled, those would turn a NaN into a point of the box.
            self.add(POINT, Kind.ASSIGN, point)
            clip = Piecewise((LOWER, POINT < LOWER), (UPPER, POINT > UPPER), (POINT, True))
            self.add(x_next, Kind.ASSIGN, clip)
        else:
            self.add(POINT, Kind.ASSIGN, point)
            self.add(METRIC, Kind.ASSIGN, self.lower(recurrence.metric))
            self.add(x_next, Kind.PROJECT, (POINT, METRIC))
        self.previous[x_next] = (x, S.Zero)

    def quantity(self, q: Expr) -> Symbol:
        """The symbol that holds a recorded quantity."""
        lowered = self.lower(q)
        if lowered.is_Symbol and (lowered in self.definitions or lowered == x):
            return lowered
        if lowered not in self.cache:
            self.cache[lowered] = self.add(self.fresh("q", vector=is_vector(lowered)), Kind.ASSIGN, lowered)
        return self.cache[lowered]

    def lower(self, e: Expr) -> Expr:
        """The expression with every node of the language replaced by a symbol."""
        if e.is_Symbol:
            return self.aliases.get(e, e)
        if isinstance(e, Quantity):
            key = e
            if key not in self.cache:
                self.cache[key] = self._node(e)
            return self.cache[key]
        if not e.args:
            return e
        return e.func(*[self.lower(argument) for argument in e.args])

    def _node(self, e: Quantity) -> Symbol:
        if isinstance(e, Prev):
            return self._previous(e.args[0])
        if isinstance(e, CumSum | CumMax):
            inner = self.lower(e.args[0])
            symbol = self.fresh("run", vector=is_vector(inner))
            old = type(symbol)(f"{symbol.name}__prev")
            start = S.Zero if isinstance(e, CumSum) else S.NegativeInfinity
            if isinstance(e, CumMax) and not is_vector(inner):
                inner = self._named(inner)  # sympy is slow to build a maximum of anything but symbols
            self.previous[symbol] = (old, start)
            return self.add(symbol, Kind.ASSIGN, old + inner if isinstance(e, CumSum) else Max(old, inner))
        if isinstance(e, Discounted):
            inner, factor = self.lower(e.args[0]), e.args[1]
            symbol = self.fresh("run", vector=is_vector(inner))
            old = type(symbol)(f"{symbol.name}__prev")
            self.previous[symbol] = (old, S.Zero)
            return self.add(symbol, Kind.ASSIGN, factor * old + inner)
        if isinstance(e, LossAt):
            if self.loss is None:
                raise ValueError(
                    f"{e} needs a loss in symbols; a Python loss is known at the point played only"
                )
            value = self.lower(self.loss.value.xreplace({x: e.args[0]}))
            return self.add(self.fresh("f", vector=False), Kind.ASSIGN, value)
        if isinstance(e, Component):
            vector = self._named(self.lower(e.args[0]))
            return self.add(self.fresh("c", vector=False), Kind.COMPONENT, (vector, e.args[1]))
        if isinstance(e, Stack):
            return self.add(
                self.fresh("k", vector=True), Kind.STACK, tuple(self.lower(part) for part in e.args)
            )
        if isinstance(e, MeanRows):
            return self._rows(e.args[0])
        kinds = {SumCoords: Kind.SUM, MaxCoords: Kind.MAX, GroupSum: Kind.GROUP}
        if type(e) not in kinds:
            raise ValueError(f"{type(e).__name__} cannot be computed inside a round: {e}")
        inner = self.lower(e.args[0])
        lowered = type(e)(inner)
        if lowered not in self.cache:
            total = self.add(self.fresh("r", vector=isinstance(e, GroupSum)), kinds[type(e)], inner)
            # The sums of the groups are not a vector over coordinates; a copy spreads them out.
            if isinstance(e, GroupSum):
                total = self.add(self.fresh("q", vector=True), Kind.ASSIGN, total)
            self.cache[lowered] = total
        return self.cache[lowered]

    def _rows(self, inner: Expr) -> Symbol:
        """Mean over rows: an inner product with the row, a scalar function of it, times the row or not."""
        products = inner.atoms(SumCoords)
        points = {expand(product.args[0] / row) for product in products} or {x}
        if len(points) > 1 or any(point.has(row, row_label) for point in points):
            raise ValueError(
                f"MeanRows supports functions of <row, x> (or another point) and row_label, got {inner}"
            )
        point = self._named(self.lower(points.pop()))
        lowered = inner.xreplace(dict.fromkeys(products, ROW_PRODUCT))
        vector = is_vector(lowered)
        if vector and is_vector(lowered / row):
            lowered = row * cancel(lowered / row)
        if vector and is_vector(lowered / row):
            raise ValueError(f"MeanRows supports a scalar, or a scalar times row, got {inner}")
        return self.add(self.fresh("rows", vector=vector), Kind.ROWS, (lowered, point))

    def _previous(self, e: Expr) -> Symbol:
        if e == x:
            raise ValueError("Prev(x) is not kept; record x itself")
        if not e.is_Symbol:
            lowered = self.lower(e)
            e = self._named(lowered)
        if e not in self.previous:
            initial = self.recurrence.initial.get(e, S.Zero)
            self.previous[e] = (type(e)(f"{e.name}__prev"), initial)
        return self.previous[e][0]

    def _named(self, lowered: Expr) -> Symbol:
        """The symbol itself, or a new one defined as the expression."""
        if lowered.is_Symbol:
            return lowered
        return self.add(self.fresh("q", vector=is_vector(lowered)), Kind.ASSIGN, lowered)

    def finish_states(self) -> tuple[State, ...]:
        """The states; a copy stands for what is kept under another name, or is data of the round."""
        states: list[State] = []
        for named, (old, initial) in self.previous.items():
            new = self.aliases.get(named, named)
            if new not in self.definitions or any(new == s.new for s in states):
                new = self.add(self.fresh("copy", vector=isinstance(old, Vector)), Kind.ASSIGN, new)
            states.append(State(old, new, isinstance(new, Vector), initial))
        return tuple(sorted(states, key=lambda s: s.new != x_next))


def _schedule(
    definitions: Mapping[Symbol, Definition], roots: Iterable[Symbol], keep: Sequence[Symbol] = ()
) -> Body:
    order = _reachable(definitions, roots)
    level: dict[Symbol, int] = {}
    project_at: int | None = None
    for symbol in order:
        definition = definitions[symbol]
        base = max((level[s] for s in definition.dependencies if s in level), default=0)
        level[symbol] = base + _is_barrier(definition, level)
        if definition.kind is Kind.PROJECT:
            project_at = level[symbol]
    # a level counts from the stage that can READ the symbol; reductions are computed one stage earlier
    count = max([*level.values(), 0]) + 1
    stages = []
    for number in range(count):
        here = [definitions[s] for s in order if level[s] == number]
        ahead = [definitions[s] for s in order if level[s] == number + 1]
        stages.append(
            Stage(
                scalars=tuple(
                    x
                    for x in here
                    if x.kind in {Kind.COMPONENT, Kind.STACK, Kind.ORACLE}
                    or (x.kind is Kind.ASSIGN and not x.vector)
                ),
                vectors=tuple(x for x in here if x.kind is Kind.ASSIGN and x.vector),
                reductions=tuple(x for x in ahead if x.kind in _REDUCTIONS),
                rows=tuple(x for x in ahead if x.kind is Kind.ROWS),
            )
        )
    stored = _read_later(stages, definitions, level)
    arguments = (POINT, METRIC) if project_at is not None else ()
    stored |= {s for s in (*arguments, *keep) if s in level and definitions[s].vector}
    return Body(tuple(stages), project_at, frozenset(stored))


_REDUCTIONS = {Kind.SUM, Kind.MAX, Kind.GROUP}
_BARRIERS = _REDUCTIONS | {Kind.ROWS, Kind.PROJECT}


def _is_barrier(definition: Definition, level: Mapping[Symbol, int]) -> bool:
    """Whether a symbol waits for a whole pass: a coordinate of a vector that this round computes does too."""
    computed = definition.kind is Kind.COMPONENT and definition.expression[0] in level
    return computed or definition.kind in _BARRIERS


def _reachable(definitions: Mapping[Symbol, Definition], roots: Iterable[Symbol]) -> list[Symbol]:
    """Every definition the roots need, dependencies first; the order of definition breaks ties."""
    rank = {symbol: number for number, symbol in enumerate(definitions)}
    done: dict[Symbol, None] = {}

    def visit(symbol: Symbol) -> None:
        if symbol in done or symbol not in definitions:
            return
        for other in sorted(definitions[symbol].dependencies & rank.keys(), key=rank.__getitem__):
            visit(other)
        done[symbol] = None

    for root in sorted(roots, key=lambda s: rank.get(s, -1)):
        visit(root)
    return list(done)


def _read_later(
    stages: Sequence[Stage], definitions: Mapping[Symbol, Definition], level: Mapping[Symbol, int]
) -> set[Symbol]:
    """Vectors that must live in memory: read in a later stage than the one that computes them."""
    found: set[Symbol] = set()
    for number, stage in enumerate(stages):
        for definition in stage.definitions:
            for s in definition.dependencies & definitions.keys():
                source = definitions[s]
                # The pass over the rows comes after the one over the coordinates of the same stage.
                later = level[s] < number or definition.kind is Kind.ROWS
                if source.vector and source.kind is Kind.ASSIGN and later:
                    found.add(s)
    return found
