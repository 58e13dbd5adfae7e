"""The update rule of a recurrence without a set, as lines to print: x_{t+1} = x_t + u_t.

A rule is the engines' own compiled round. Its early scalars (see `online_sim.engines.early`) are columns;
every other symbol stands for one tensor, or one number, of each parameter tensor.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property, lru_cache

from sympy import Expr, Mul, Symbol

from online_sim.engines.early import EarlyScalars
from online_sim.engines.lowering import Request, compile_program
from online_sim.engines.program import Assigned, Projection, Reduced, State
from theory.algorithms.incoming_gradient import with_gradient_ascent
from theory.algorithms.increment import increment
from theory.algorithms.weight_decay import DECAY, with_coupled_weight_decay, with_decoupled_weight_decay
from theory.parameters import ALPHA, Parameter
from theory.quantities import Prev
from theory.recurrence import Recurrence
from theory.symbols import Scalar, Vector, df, f, g, x, x_next

NORMS = ("tensor", "group", "all")
"""The sets of coordinates over which a norm may run."""


class Decay(Enum):
    """Which weight decay enters."""

    NONE = "no weight decay, or the recurrence's own"
    COUPLED = "weight decay added to the gradient, before any norm of it"
    DECOUPLED = "weight decay subtracted from the point"


@dataclass(frozen=True)
class Pass:
    """Lines computed one after the other, then reductions over coordinates that later passes read."""

    lines: tuple[tuple[Symbol, Expr], ...]
    reductions: tuple[Reduced, ...]


@dataclass(frozen=True)
class Rule:
    """The update of a recurrence.

    Args:
        name: The name of the algorithm.
        parameters: The names of its parameters.
        early: The columns: `column(k)` stands for number k in the passes and in the update.
        passes: What is computed, in order.
        update: u_t.
        states: The states other than the point.
    """

    name: str
    parameters: tuple[str, ...]
    early: tuple[Expr, ...]
    passes: tuple[Pass, ...]
    update: Expr
    states: tuple[State, ...]

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The names of the states, in order: that of the symbol whose last value a state is."""
        names = (state.old.name.removesuffix("__prev") for state in self.states)
        return tuple("g" if name == df.name else name for name in names)

    @cached_property
    def reads(self) -> set[Symbol]:
        """Every symbol that is read."""
        found = set(self.update.free_symbols)
        for one in self.passes:
            found.update(*(e.free_symbols for _, e in one.lines))
            found.update(*(r.expression.free_symbols for r in one.reductions))
        return found | {s.new for s in self.states}

    @cached_property
    def reads_point(self) -> bool:
        """Whether the update needs x_t itself."""
        return x in self.reads

    @cached_property
    def reads_loss(self) -> bool:
        """Whether it needs the value of the loss."""
        return f in self.reads


def column(number: int) -> Scalar:
    """The symbol that stands for an early scalar."""
    return Scalar(f"early__{number}")


def transformed(recurrence: Recurrence, decay: Decay, *, ascent: bool) -> Recurrence:
    """The recurrence with weight decay, climbing or not; climbing, decay still shrinks the point."""
    if decay is Decay.COUPLED:
        recurrence = with_coupled_weight_decay(recurrence)
    if decay is Decay.DECOUPLED:
        recurrence = with_decoupled_weight_decay(recurrence)
    return with_gradient_ascent(recurrence) if ascent else recurrence


@lru_cache(maxsize=256)
def keeps_gradient(recurrence: Recurrence) -> bool:
    """Whether some line reads the gradient of the round before."""
    return any(e.has(Prev(g)) for e in recurrence.expressions())


def owns_decay(recurrence: Recurrence) -> bool:
    """Whether the recurrence has a weight decay of its own."""
    return DECAY.name in recurrence.parameter_names


def as_argument(parameter: Parameter, rate: str = "lr") -> Parameter:
    """The parameter under the name of its argument: schedulers look for the step size under `lr`."""
    return replace(parameter, symbol=Scalar(rate)) if parameter.name == ALPHA.name else parameter


@lru_cache(maxsize=256)
def compile_rule(recurrence: Recurrence) -> Rule:
    """The update rule of a recurrence.

    Raises:
        ValueError: A line asks for the loss at another point than the one played.
    """
    program = compile_program(Request(recurrence, None, projection=Projection.NONE))
    early, columns = EarlyScalars(program.parameters), dict[Expr, Scalar]()

    def settled(e: Expr) -> Expr:
        return early.replaced(early.known(e), lambda part: columns.setdefault(part, column(len(columns))))

    kept = {s.new for s in program.states}
    passes, update = [], None
    for stage in program.lean.stages:
        own = [line for line in (*stage.scalars, *stage.vectors) if isinstance(line, Assigned)]
        lines = [(line.symbol, line.expression) for line in own]
        wanted = [(s, e) for s, e in lines if s != x_next and (not early.learn(s, e) or s in kept)]
        passes.append((wanted, stage.reductions))
        update = next((increment(e) for s, e in lines if s == x_next), update)
    if update is None:
        raise ValueError(f"`recurrence` = {recurrence.name} has no point to update")
    once = _read_once(kept, passes, update)
    return Rule(
        name=recurrence.name,
        parameters=program.parameters,
        passes=tuple(
            Pass(
                tuple((s, settled(_inlined(e, once))) for s, e in lines if s not in once),
                tuple(Reduced(r.symbol, r.how, settled(_inlined(r.expression, once))) for r in reductions),
            )
            for lines, reductions in passes
        ),
        update=settled(_inlined(update, once)),
        early=tuple(columns),
        states=tuple(s for s in program.states if s.new != x_next),
    )


_Lines = list[tuple[list[tuple[Symbol, Expr]], tuple[Reduced, ...]]]


def _read_once(kept: set[Symbol], passes: _Lines, update: Expr) -> dict[Symbol, Expr]:
    """Products read by one later line alone, such as a bias-corrected moment: merged into their reader.

    Their early factors then join the reader's, and no tensor is made for them.
    """
    read = [update, *(e for lines, _ in passes for _, e in lines)]
    read += [r.expression for _, reductions in passes for r in reductions]
    found: dict[Symbol, Expr] = {}
    for lines, _ in passes:
        for s, e in lines:
            times = sum(other.count(s) for other in read)
            if isinstance(s, Vector) and isinstance(e, Mul) and s not in kept and times == 1:
                found[s] = e
    return found


def _inlined(e: Expr, once: dict[Symbol, Expr]) -> Expr:
    while found := {s: once[s] for s in e.free_symbols if s in once}:
        e = e.xreplace(found)
    return e
