"""The compiler from symbols to definitions: every quantity node becomes a symbol."""

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from functools import lru_cache
from typing import Any

from sympy import Expr, Max, S, Symbol, cancel, expand

from online_sim.domains.oracles import DIRECTION
from online_sim.engines.program import (
    LOWER,
    METRIC,
    POINT,
    ROW_PRODUCT,
    UPPER,
    Answered,
    Assigned,
    Averaged,
    Definition,
    OfMatrix,
    Picked,
    Program,
    Projected,
    Projection,
    Reduced,
    Reduction,
    Stacked,
    State,
    clip,
)
from online_sim.engines.schedule import schedule
from theory.borders import listed, one_line
from theory.loss import Loss
from theory.quantities import (
    Component,
    CumMax,
    CumSum,
    Discounted,
    FullMatrixStep,
    GroupSum,
    LinearMinimiser,
    LossAt,
    MaxCoords,
    MeanRows,
    Prev,
    Quantity,
    Stack,
    SumCoords,
    TraceRoot,
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
    z_t,
)

ORACLES = "a box, a simplex or an l1 or l2 ball"
"""The sets with a linear minimisation oracle."""
LISTED = 6
"""The number of parameters beyond which a message does not list those of a loss."""


@dataclass(frozen=True)
class Request:
    """What to compile: an algorithm, a loss, and the requested quantities.

    Requests are equal if their contents are equal, including the lines of the algorithm and the loss. Names
    alone do not decide: an algorithm that has changed under the same name is a different request.

    Args:
        recurrence: the algorithm.
        loss: the loss in symbols, or None for a Python loss: value and gradient come from a callback.
        projection: how the next point is brought back into the set.
        record: quantities recorded at checkpoints; their keys are the printed expressions.
        series: scalars recorded in every round; their keys are the printed expressions too.
        given: vectors that are constant throughout the game; they are states that no round changes.
        moving: whether the rounds have points to compare with, z_t, which come with the data.
        constants: scalars that come before the parameters.
        data: the row a_t and the number b_t of a stream given by a formula in t, the coordinate and its seed;
            None if the stream supplies them.
        oracle: what `LinearMinimiser` is on the set (`online_sim.domains.oracles`); () without one.
        dimension: the number of coordinates, where a full matrix is asked for; else 0.
    """

    recurrence: Recurrence = field(compare=False)
    loss: Loss | None = field(compare=False)
    _: KW_ONLY
    projection: Projection
    record: Sequence[Expr] = ()
    series: Sequence[Expr] = ()
    given: Sequence[Symbol] = ()
    moving: bool = False
    constants: Sequence[Symbol] = ()
    data: tuple[Expr, Expr] | None = None
    oracle: tuple[Expr, ...] = ()
    dimension: int = 0
    content: tuple[Any, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Make it hashable, because a recurrence holds mappings."""
        r, loss = self.recurrence, self.loss
        own = (r.parameters, r.steps, r.point, r.metric, tuple(r.initial.items()))
        paid = None if loss is None else (loss.value, loss.oracle, loss.parameters)
        object.__setattr__(self, "content", (own, paid))
        for name in ("record", "series", "given", "constants"):
            object.__setattr__(self, name, tuple(getattr(self, name)))

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the program's parameters, in order."""
        declared = (*self.recurrence.parameters, *(self.loss.parameters if self.loss else ()))
        names = (*(s.name for s in self.constants), *(p.name for p in declared))
        return names if self.data is None else (*names, seed.name)


@lru_cache(maxsize=256)
def compile_program(request: Request) -> Program:
    """Compile a round; a repeated request gets the cached program.

    Raises ValueError for a quantity that a round cannot compute, and for a symbol without a value.
    """
    lowering = _Lowering(request)
    for symbol, expression in zip((a, b), request.data or (), strict=False):
        lowering.define(symbol, expression)
    lowering.add_loss()
    for symbol, expression in request.recurrence.steps:
        lowering.define(symbol, expression)
    lowering.add_projection()
    records = tuple((str(q), lowering.quantity(q)) for q in request.record)
    for q in request.series:
        if is_vector(q):
            raise ValueError(f"`series` holds {q}, a vector; record it at checkpoints instead")
    series = tuple((str(q), lowering.quantity(q)) for q in request.series)
    states = (*lowering.finish_states(), *(State(s, s, True, S.Zero) for s in request.given))
    definitions = lowering.definitions
    _check_known(request, definitions, states)
    roots, recorded = [s.new for s in states] + [s for _, s in series], [s for _, s in records]
    lines = definitions.values()
    return Program(
        parameters=request.parameters,
        states=states,
        lean=schedule(definitions, roots),
        full=schedule(definitions, roots + recorded, keep=recorded),
        records=records,
        series=series,
        projection=request.projection,
        uses_groups=any(isinstance(line, Reduced) and line.how is Reduction.GROUP for line in lines),
        uses_rows=any(isinstance(line, Averaged) for line in lines),
        uses_stream=request.data is None and any({a, b} & line.dependencies for line in lines),
        uses_uniform=any(part.has(UniformDraw) for line in lines for part in line.parts),
        python_loss=request.loss is None,
        data=request.data,
    )


def _check_known(request: Request, definitions: Mapping[Symbol, Definition], states: Sequence[State]) -> None:
    """Refuse a symbol without a value: in printed code its name might clash with another one."""
    parameters, loss = request.parameters, request.loss
    known = {t, d, x, a, b, coordinate, LOWER, UPPER, *definitions, *(s.old for s in states)}
    known |= {z_t} if request.moving else set()
    for definition in definitions.values():
        for s in definition.dependencies - known:
            if isinstance(s, Scalar) and s.name in parameters:
                continue
            own, *others = definition.parts
            if others or any("__" in part.name for part in own.free_symbols):
                # Show an expression that the user wrote, not a name generated by the compiler.
                written = (*request.record, *request.series, *request.recurrence.expressions())
                own = next((e for e in written if s in e.free_symbols), s)
            # A family of losses declares many numbers that no statement refers to.
            silent = {p.name for p in loss.parameters} if loss and len(loss.parameters) > LISTED else set()
            told = {str(k) for k in known if "__" not in str(k)} | set(parameters)
            raise ValueError(
                f"`{s}` in {one_line(own)} has no value in this game; "
                f"{_remedy(s)}{listed(str(s), sorted(told - silent))}"
            )


def _remedy(s: Symbol) -> str:
    """A remedy for a symbol without a value, if there is one besides the list of known symbols."""
    if s == T:
        return "write t, the round: a run does not know which round is its last; "
    if s == z_t:
        return "the points to compare with are given in `vectors`, as z_t -> numbers of shape (T, d); "
    if isinstance(s, Vector):
        return f"a fixed vector is given in `vectors`, as {s} -> numbers of shape (d,); "
    return ""


class _Lowering:
    """Rewrites expressions of the theorem language into definitions over plain symbols."""

    def __init__(self, request: Request) -> None:
        self.request, self.loss = request, request.loss
        self.definitions: dict[Symbol, Definition] = {}
        self.aliases: dict[Symbol, Expr] = {}
        self.cache: dict[Expr, Symbol] = {}
        self.previous: dict[Symbol, tuple[Symbol, Expr]] = {}
        self.counts: dict[str, int] = {}

    def fresh(self, prefix: str, *, vector: bool) -> Symbol:
        """A new symbol with a name that depends only on the order of definitions."""
        self.counts[prefix] = self.counts.get(prefix, -1) + 1
        name = f"{prefix}__{self.counts[prefix]}"
        return Vector(name) if vector else Scalar(name)

    def add(self, definition: Definition) -> Symbol:
        self.definitions[definition.symbol] = definition
        return definition.symbol

    def assign(self, symbol: Symbol, expression: Expr) -> Symbol:
        return self.add(Assigned(symbol, expression))

    def define(self, symbol: Symbol, expression: Expr) -> None:
        """symbol := expression; a bare symbol becomes an alias."""
        lowered = self.lower(expression)
        if lowered.is_Symbol and isinstance(lowered, Vector) == isinstance(symbol, Vector) and lowered != x:
            self.aliases[symbol] = lowered
        else:
            self.assign(symbol, lowered)

    def add_loss(self) -> None:
        loss = self.loss
        if loss is None:
            self.add(Answered(f, (x,)))
            self.add(Answered(df, (x, f)))  # the call for f returns both
            self.aliases[g] = df
            return
        self.define(f, loss.value)
        self.define(df, loss.gradient)
        self.define(g, df if loss.oracle is None else loss.oracle)

    def add_projection(self) -> None:
        recurrence, projection = self.request.recurrence, self.request.projection
        point = self.lower(recurrence.point)
        self.assign(x_next if projection is Projection.NONE else POINT, point)
        if projection is Projection.CLIP:
            self.assign(x_next, clip(POINT))
        elif projection is Projection.CALL:
            self.assign(METRIC, self.lower(recurrence.metric))
            self.add(Projected(x_next, POINT, METRIC))
        self.previous[x_next] = (x, S.Zero)

    def quantity(self, q: Expr) -> Symbol:
        """The symbol that holds a recorded quantity."""
        lowered = self.lower(q)
        if lowered.is_Symbol and (lowered in self.definitions or lowered == x):
            return lowered
        if lowered not in self.cache:
            self.cache[lowered] = self.assign(self.fresh("q", vector=is_vector(lowered)), lowered)
        return self.cache[lowered]

    def lower(self, e: Expr) -> Expr:
        """The expression with every quantity node replaced by a symbol."""
        if e.is_Symbol:
            return self.aliases.get(e, e)
        if isinstance(e, Quantity):
            if e not in self.cache:
                self.cache[e] = self._node(e)
            return self.cache[e]
        if not e.args:
            return e
        return e.func(*[self.lower(argument) for argument in e.args])

    def _node(self, e: Quantity) -> Symbol:
        if isinstance(e, Prev):
            return self._previous(e.args[0])
        if isinstance(e, CumSum | CumMax | Discounted):
            inner = self.lower(e.args[0])
            symbol = self.fresh("run", vector=is_vector(inner))
            old = type(symbol)(f"{symbol.name}__prev")
            if isinstance(e, CumMax) and not is_vector(inner):
                inner = self._named(inner)  # sympy is slow to build a maximum of anything but symbols
            self.previous[symbol] = (old, S.NegativeInfinity if isinstance(e, CumMax) else S.Zero)
            if isinstance(e, CumMax):
                return self.assign(symbol, Max(old, inner))
            return self.assign(symbol, (e.args[1] if isinstance(e, Discounted) else 1) * old + inner)
        if isinstance(e, LossAt):
            if self.loss is None:
                raise ValueError(
                    f"{e} needs a loss in symbols; a Python loss is known at the point played only"
                )
            value = self.lower(self.loss.value.xreplace({x: e.args[0]}))
            return self.assign(self.fresh("f", vector=False), value)
        if isinstance(e, Component):
            vector = self._named(self.lower(e.args[0]))
            return self.add(Picked(self.fresh("c", vector=False), vector, e.args[1]))
        if isinstance(e, Stack):
            return self.add(Stacked(self.fresh("k", vector=True), tuple(map(self.lower, e.args))))
        if isinstance(e, MeanRows):
            return self._rows(e.args[0])
        if isinstance(e, LinearMinimiser) and self.request.oracle:
            value = self._named(self.lower(e.args[0]))
            for step in self.request.oracle:
                value = self._named(self.lower(step.xreplace({DIRECTION: value})))
            return value
        if isinstance(e, LinearMinimiser):
            raise ValueError(
                f"{e} asks for the linear minimisation oracle of a set, which only `play` has, for an "
                f"algorithm on {ORACLES}; elsewhere write the minimiser out, as a Piecewise on a box say"
            )
        if isinstance(e, TraceRoot | FullMatrixStep):
            return self._of_matrix(e)
        ways = {SumCoords: Reduction.SUM, MaxCoords: Reduction.MAX, GroupSum: Reduction.GROUP}
        if type(e) not in ways:
            raise ValueError(f"{type(e).__name__} cannot be computed inside a round: {e}")
        inner = self.lower(e.args[0])
        lowered = type(e)(inner)
        if lowered not in self.cache:
            total = self.add(Reduced(self.fresh("r", vector=isinstance(e, GroupSum)), ways[type(e)], inner))
            # Group sums are not a vector over coordinates; a copy spreads them over the coordinates.
            if isinstance(e, GroupSum):
                total = self.assign(self.fresh("q", vector=True), total)
            self.cache[lowered] = total
        return self.cache[lowered]

    def _of_matrix(self, e: Quantity) -> Symbol:
        """A value from the matrix sum_s e_s e_s^T, whose columns are states of the run."""
        if not self.request.dimension:
            raise ValueError(
                f"{type(e).__name__} needs a full matrix, which only `play` has, on the numpy engine: {e}"
            )
        step = isinstance(e, FullMatrixStep)
        vector = e.args[2] if step else e.args[0]
        sums = (CumSum(vector * Component(vector, k)) for k in range(self.request.dimension))
        columns = tuple(self._named(self.lower(column)) for column in sums)
        if not step:
            return self.add(OfMatrix(self.fresh("trace", vector=False), columns))
        given = tuple(self.lower(part) for part in (e.args[0], e.args[1], e.args[3]))
        return self.add(OfMatrix(self.fresh("step", vector=True), columns, given, e.args[4] != 1))

    def _rows(self, inner: Expr) -> Symbol:
        """A mean over rows of a scalar function of the inner product with the row, possibly times the row."""
        products = inner.atoms(SumCoords)
        points = {expand(product.args[0] / row) for product in products} or {x}
        if len(points) > 1 or any(point.has(row, row_label) for point in points):
            raise ValueError(
                f"MeanRows supports functions of <row, x> (or another point) and row_label, got {inner}"
            )
        point = self._named(self.lower(points.pop()))
        lowered = inner.xreplace(dict.fromkeys(products, ROW_PRODUCT))
        vector = is_vector(lowered)
        factor = lowered / row if vector else lowered
        factor = cancel(factor) if is_vector(factor) else factor
        if is_vector(factor):
            raise ValueError(f"MeanRows supports a scalar, or a scalar times row, got {inner}")
        return self.add(Averaged(self.fresh("rows", vector=vector), factor, point))

    def _previous(self, e: Expr) -> Symbol:
        if e == x:
            raise ValueError("Prev(x) is not kept; record x itself")
        e = e if e.is_Symbol else self._named(self.lower(e))
        if e not in self.previous:
            initial = self.request.recurrence.initial.get(e, S.Zero)
            self.previous[e] = (type(e)(f"{e.name}__prev"), initial)
        return self.previous[e][0]

    def _named(self, lowered: Expr) -> Symbol:
        """The symbol itself, or a new symbol defined as the expression."""
        if lowered.is_Symbol:
            return lowered
        return self.assign(self.fresh("q", vector=is_vector(lowered)), lowered)

    def finish_states(self) -> tuple[State, ...]:
        """The states; a value kept under another name, or taken from the round's data, is copied."""
        states: list[State] = []
        for named, (old, initial) in self.previous.items():
            new = self.aliases.get(named, named)
            if new not in self.definitions or any(new == s.new for s in states):
                new = self.assign(self.fresh("copy", vector=isinstance(old, Vector)), new)
            states.append(State(old, new, isinstance(new, Vector), initial))
        return tuple(sorted(states, key=lambda s: s.new != x_next))
