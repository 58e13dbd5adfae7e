"""A compiled round as data: what is computed, in which order, split at reductions.

A round is a list of definitions. A reduction over coordinates (or over the rows of a table, or the
projection) needs its whole argument first, so definitions are sorted into stages: within a stage all scalars
come first, then one pass over the coordinates. `lowering` makes the definitions and `schedule` the stages;
engines only print the stages.

There are two bodies: `lean` plays a round and keeps the running sums; `full` also computes the quantities
recorded at a checkpoint. They share the states, so any mix of rounds is consistent.
"""

from dataclasses import dataclass, fields
from enum import Enum
from functools import cached_property
from typing import ClassVar, TypeAlias, final

from sympy import Expr, Mul, Piecewise, Symbol

from theory.symbols import Scalar, Vector, row_label, x_next, z_t

# The compiler's names contain a double underscore, which `theory.symbols.check_name` refuses in all others.
POINT = Vector("point__free")
METRIC = Vector("point__metric")
LOWER = Vector("box__lower")
UPPER = Vector("box__upper")
ROW_PRODUCT = Scalar("row_product")


def clip(point: Symbol) -> Expr:
    """The point clipped to the box.

    Not Min(Max(.)), which when compiled would turn a NaN into a point of the box.
    """
    return Piecewise((LOWER, point < LOWER), (UPPER, point > UPPER), (point, True))


@dataclass(frozen=True)
class _Defined:
    """`symbol` is computed from the expressions in the other fields, in the way described by `what`."""

    symbol: Symbol

    @property
    def parts(self) -> tuple[Expr, ...]:
        """The expressions from which it is computed."""
        values = [getattr(self, field.name) for field in fields(self)[1:]]
        return tuple(e for v in values for e in (v if isinstance(v, tuple) else (v,)) if isinstance(e, Expr))

    @property
    def vector(self) -> bool:
        """Whether the symbol is of vector rank."""
        return isinstance(self.symbol, Vector)

    @property
    def dependencies(self) -> set[Symbol]:
        """The symbols that must be known first."""
        return set().union(*(part.free_symbols for part in self.parts)) - {row_label, ROW_PRODUCT}


@final
@dataclass(frozen=True)
class Assigned(_Defined):
    """A scalar, or a vector coordinate by coordinate, computed by an expression."""

    expression: Expr
    what: ClassVar[str] = "an expression"


class Reduction(Enum):
    """How an expression is reduced over the coordinates."""

    SUM = "sum over coordinates"
    MAX = "maximum over coordinates"
    GROUP = "sum over the coordinates of each group"


@final
@dataclass(frozen=True)
class Reduced(_Defined):
    """A sum or maximum over coordinates, or the sum over each group."""

    how: Reduction
    expression: Expr

    @property
    def what(self) -> str:
        """The reduction in words."""
        return self.how.value


@final
@dataclass(frozen=True)
class Picked(_Defined):
    """One coordinate of a stored vector, counted from 0."""

    source: Symbol
    index: Expr
    what: ClassVar[str] = "one coordinate of a stored vector"


@final
@dataclass(frozen=True)
class Stacked(_Defined):
    """A vector given coordinate by coordinate."""

    coordinates: tuple[Expr, ...]
    what: ClassVar[str] = "a vector given coordinate by coordinate"


@final
@dataclass(frozen=True)
class Averaged(_Defined):
    """The mean over the rows of a table of `factor`, or of factor * row if the symbol is a vector.

    The factor is a function of `row_label` and of ROW_PRODUCT, the inner product of the row and `point`.
    """

    factor: Expr
    point: Symbol
    what: ClassVar[str] = "mean over the rows of a table"


@final
@dataclass(frozen=True)
class Projected(_Defined):
    """The weighted projection of a point."""

    point: Symbol
    metric: Symbol
    what: ClassVar[str] = "the weighted projection"


@final
@dataclass(frozen=True)
class OfMatrix(_Defined):
    """A value from a d x d matrix with these columns: the trace of its root, or a step in its metric.

    step: centre, push and ridge of a `FullMatrixStep`; () for the trace. root: whether the metric has the
    root of the matrix.
    """

    columns: tuple[Symbol, ...]
    step: tuple[Expr, ...] = ()
    root: bool = True
    what: ClassVar[str] = "a value from a full matrix"


@final
@dataclass(frozen=True)
class Answered(_Defined):
    """The answer of a Python callback: the value together with the gradient."""

    given: tuple[Symbol, ...]
    what: ClassVar[str] = "a Python callback"


Definition: TypeAlias = Assigned | Reduced | Picked | Stacked | Averaged | Projected | OfMatrix | Answered
"""The ways to compute a symbol."""


@dataclass(frozen=True)
class State:
    """A value carried from round to round: `old` is read in a round, `new` replaces it at its end."""

    old: Symbol
    new: Symbol
    vector: bool
    initial: Expr


@dataclass(frozen=True)
class Stage:
    """The definitions computed in one pass: scalars in order, then the coordinates, then the sums."""

    scalars: tuple[Assigned | Picked | Stacked | OfMatrix | Answered, ...]
    vectors: tuple[Assigned, ...]
    reductions: tuple[Reduced, ...]
    rows: tuple[Averaged, ...]

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

    @property
    def definitions(self) -> tuple[Definition, ...]:
        """Everything computed in the round, in order."""
        return tuple(line for stage in self.stages for line in stage.definitions)

    def stage_of(self, symbol: Symbol) -> int:
        """The stage that defines a symbol."""
        for number, stage in enumerate(self.stages):
            if any(line.symbol == symbol for line in stage.definitions):
                return number
        return self.project_at if self.project_at is not None else 0

    def in_place(self, state: State) -> bool:
        """Whether the new value may overwrite the old one at once, because the old one is not read later."""
        if state.old == state.new:
            return True
        if state.new == x_next and self.project_at is not None:
            return False
        home = self.stage_of(state.new)
        here = self.stages[home]
        # A pass reads each coordinate before it writes it.
        readers: list[Definition] = [] if state.vector else [*here.vectors, *here.reductions]
        readers += here.rows
        readers += [line for stage in self.stages[home + 1 :] for line in stage.definitions]
        return not any(state.old in line.dependencies for line in readers)


class Projection(Enum):
    """How the next point is brought back into the set."""

    NONE = "no set: the next point is the unprojected one"
    CLIP = "coordinatewise clip, fused into the update"
    CALL = "a kernel or a method of the domain"


@dataclass(frozen=True)
class Program:
    """A compiled round: definitions, states, the two bodies and the recorded quantities.

    records: (key, symbol) of scalars or vectors read at checkpoints; series: scalars read every round; data:
    the formulas of a_t and b_t if the stream is given by them; its seed is then the last parameter.
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
    def definitions(self) -> tuple[Definition, ...]:
        """The definitions of both bodies."""
        return (*self.lean.definitions, *self.full.definitions)

    @cached_property
    def moving(self) -> bool:
        """Whether a round reads its own point to compare with, z_t."""
        return any(z_t in line.dependencies for line in self.definitions)

    @property
    def reads_rows(self) -> bool:
        """Whether a round reads a row of its block."""
        return self.uses_stream or self.moving

    @property
    def full_matrices(self) -> bool:
        """Whether a round computes with a d x d matrix, which few engines can."""
        return any(isinstance(line, OfMatrix) for line in self.definitions)

    @property
    def group_sums(self) -> frozenset[Symbol]:
        """The group sums: vectors with one number per group."""
        return frozenset(s.symbol for s in self.definitions if isinstance(s, Reduced) and s.vector)

    @property
    def decaying(self) -> frozenset[Symbol]:
        """The new values of vectors that scale the old ones, and so may decay to denormal numbers."""
        old = {state.new: state.old for state in self.vector_states}
        lines = [line for line in self.lean.definitions if isinstance(line, Assigned) and line.symbol in old]
        return frozenset(
            line.symbol for line in lines if any(u.has(old[line.symbol]) for u in line.expression.atoms(Mul))
        )

    @cached_property
    def vector_states(self) -> tuple[State, ...]:
        """States of vector rank; the point comes first."""
        return tuple(s for s in self.states if s.vector)

    @cached_property
    def scalar_states(self) -> tuple[State, ...]:
        """States of scalar rank."""
        return tuple(s for s in self.states if not s.vector)

    @cached_property
    def scalar_records(self) -> tuple[tuple[str, Symbol], ...]:
        """Recorded quantities of scalar rank."""
        return tuple((k, s) for k, s in self.records if not isinstance(s, Vector))

    @cached_property
    def vector_records(self) -> tuple[tuple[str, Symbol], ...]:
        """Recorded quantities of vector rank."""
        return tuple((k, s) for k, s in self.records if isinstance(s, Vector))
