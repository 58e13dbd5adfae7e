"""Whether a round leaves alone the coordinates at which its row is 0: then it costs only the row's entries.

With a_t = 0 at a coordinate, the gradient of a loss in <a_t, x> is 0 there. `changed` follows this 0 through
the lines of a compiled round. If every state keeps its value there, and every sum over coordinates gets the
term 0, a kernel may visit the entries of the row alone, and ends with the numbers of the dense kernel.

The rules hold in floats, and not only in exact arithmetic: 0 u = 0 for a finite u, u + 0 = u, 1 u = u, f(0) =
0 for the size, the sign and positive powers. Nothing is cancelled: exp(log(u)) is not u. A factor u is finite
if it holds no quotient but `pinv`, or a denominator that is positive by its form. Three things are left to
the kernel: it visits every coordinate in the first round of a game, so that a start outside the box is
clipped, and what is not finite at the initial states is found; afterwards a clip moves no point that lies in
the box. A number of the whole round that is not finite (<a_t, x> has overflowed) makes 0 NaN: the kernel
also visits one coordinate outside the row (`SparseRows.guarded`), so that the run is not finite from the same
round on. And a zero has no sign here: -0.0 may stay where the dense kernel has 0.0.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from sympy import Abs, Add, Dummy, Expr, Max, Min, Mul, Piecewise, Pow, S, Symbol, sign

from online_sim.engines.program import (
    LOWER,
    POINT,
    UPPER,
    Assigned,
    Definition,
    Picked,
    Program,
    Projection,
    Reduced,
    Reduction,
    clip,
)
from theory.quantities import Prev, is_vector, pinv
from theory.symbols import a, coordinate, df, x, x_next

WHERE = "where the row is 0"
"""The coordinates that a round must leave alone."""


@lru_cache(maxsize=256)
def changed(program: Program) -> str | None:
    """What a round changes, or reads, where its row is 0, as a sentence; None if nothing."""
    if not program.uses_stream:
        return "no round reads the row"
    if program.moving:
        return f"the point to compare with, z_t, is read even {WHERE}"
    if program.projection is Projection.CALL:
        return f"the projection may move every coordinate, even {WHERE}"
    states = {state.old for state in program.vector_states}
    there = Untouched({a, coordinate, LOWER, UPPER, *states}, _signs(program))
    for line in program.lean.definitions:
        why = _visited(line, there, states)
        if why is not None:
            return why
    # The lines that the reader wrote say most.
    for state in sorted(program.vector_states, key=lambda s: ("__" in s.new.name, s.old == x)):
        new = there.values.get(state.new, state.new)
        name = "a sum or maximum over the rounds" if "__" in state.new.name else f"`{state.new}`"
        if new != state.old:
            shown = new.xreplace({s.old: Prev(s.new) for s in program.states if s.old != x})
            return f"{name} becomes {_text(shown)} {WHERE}"
        if state.new in program.decaying:
            return f"{name} is scaled, and rounded to 0 when it is tiny, even {WHERE}"
    if there.doubt is not None:
        return f"{_text(there.doubt)}, by which a 0 is multiplied {WHERE}, may be infinite"
    return None


def _visited(line: Definition, there: Untouched, states: set[Symbol]) -> str | None:
    """Note the value of a line where the row is 0; why it needs all coordinates, or None."""
    match line:
        case Assigned():
            if line.vector:
                there.note(line)
            if line.symbol == df and there.values[df] != 0 and there.doubt is None:
                return f"the gradient is {_text(there.values[df])} {WHERE}"
            return None
        case Reduced() if line.how is not Reduction.GROUP:
            term = there.value(line.expression)
            if term != 0:
                return f"every round takes the {line.what} of {_text(term)}, which need not be 0 {WHERE}"
            if line.how is Reduction.MAX and not there.signed(line.expression).is_nonnegative:
                return f"every round takes the {line.what} of {_text(line.expression)}, which may be negative"
            return None
        case Picked() if line.source in states:
            return None
    return f"every round takes the {line.what}"


def _signs(program: Program) -> dict[Symbol, Symbol]:
    """Stand-ins that sympy knows to be nonnegative, for the old states that are, by induction over rounds."""
    states = [s for s in program.states if s.initial.is_nonnegative and s.old not in {s.new, x}]
    while True:
        known = {s.old: Dummy(s.old.name, nonnegative=True) for s in states}
        defined: dict[Symbol, Symbol] = dict(known)
        for line in program.lean.definitions:
            if isinstance(line, Assigned) and line.expression.xreplace(defined).is_nonnegative:
                defined[line.symbol] = Dummy(line.symbol.name, nonnegative=True)
        kept = [s for s in states if s.new in defined]
        if len(kept) == len(states):
            return defined
        states = kept


@dataclass
class Untouched:
    """What is known of vectors where the row is 0.

    finite: those that are finite if the states are; signs: stand-ins for what is nonnegative; values: those
    that equal 0, another vector, or an expression; doubt: a factor of 0 that may be infinite.
    """

    finite: set[Symbol]
    signs: dict[Symbol, Symbol]
    values: dict[Symbol, Expr] = field(default_factory=lambda: {a: S.Zero})
    doubt: Expr | None = None

    def note(self, line: Assigned) -> None:
        """Learn from the definition of a vector."""
        if line.symbol == x_next and line.expression == clip(POINT):
            value = self.values.get(POINT, POINT)  # a point of the box stays where it is
        else:
            value = self.value(line.expression)
        self.values[line.symbol] = value
        if self.is_finite(value):
            self.finite.add(line.symbol)

    def value(self, e: Expr) -> Expr:
        """An expression there, as far as the rules settle it."""
        if e in self.values:
            return self.values[e]
        if not is_vector(e) or not e.args:
            return e
        if isinstance(e, Piecewise):
            values = [self.value(value) for value, _ in e.args]
            return values[0] if all(value == values[0] for value in values) else e
        parts = [self.value(part) for part in e.args]
        if isinstance(e, Mul):
            others = [part for part in parts if part != 0]
            if len(others) < len(parts):
                self.doubt = next((part for part in others if not self.is_finite(part)), self.doubt)
                return S.Zero
            parts = [part for part in parts if part != 1] or [S.One]
        elif isinstance(e, Add):
            parts = [part for part in parts if part != 0] or [S.Zero]
        elif parts[0] == 0 and (isinstance(e, Abs | sign) or (isinstance(e, Pow) and parts[1].is_positive)):
            return S.Zero
        elif isinstance(e, Max | Min):
            parts = list(dict.fromkeys(parts))
        alone = isinstance(e, Mul | Add | Max | Min) and len(parts) == 1
        return parts[0] if alone else e.func(*parts, evaluate=False)

    def signed(self, e: Expr) -> Expr:
        """The expression in stand-ins, whose sign sympy may know."""
        return e.xreplace(self.signs)

    def is_finite(self, e: Expr) -> bool:
        """Whether a factor is finite, unless numbers of the whole round, or those in a state, are not."""
        if not is_vector(e) or e in self.finite:
            return True
        if isinstance(e, Pow):
            base, power = e.args
            sound = bool(power.is_integer or self.signed(base).is_nonnegative)
            divides = not power.is_positive
            return sound and self.is_finite(base) and not (divides and not self.signed(base).is_positive)
        if isinstance(e, Piecewise):
            return all(self.is_finite(value) for value, _ in e.args)
        return isinstance(e, Add | Mul | Abs | sign | Max | Min | pinv) and all(map(self.is_finite, e.args))


def _text(e: Expr) -> str:
    """The text of an expression; a name of the compiler would tell nothing."""
    return str(e.xreplace({s: Symbol("...") for s in e.free_symbols if "__" in s.name}))
