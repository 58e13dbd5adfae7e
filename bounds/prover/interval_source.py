"""Source code for intervals: expressions over `bounds.prover.intervals`, and games unrolled round by round.

A game of T rounds in d coordinates becomes one straight-line function of its unknowns (gradients, start,
parameters in a range). The stages within a round are those of the compiler that every engine uses. Round
numbers and exact parameters are substituted before printing, so that beta2**t is a constant.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np
from sympy import Expr, Integer, Max, Min, Rational, S, Symbol, nan, sympify, zoo

from bounds.prover import intervals
from bounds.prover.constants import number_ends
from bounds.prover.intervals import Intervals
from online_sim.engines.program import POINT, Assigned, Body, Definition, Program, Reduced, Reduction, State
from theory.printing.base import SourcePrinter, UnknownNodeError
from theory.symbols import D_i, Scalar, Vector, a, d, t, x, x_next

CORNER = Vector("z__corner")
"""The extreme point of X that serves as the comparator of a regret."""

Name = tuple[str, int, int]
"""An unknown: ("g", t, i), ("x", 1, i), ("z", 0, i), or (a parameter's name, 0, -1)."""


def with_values(e: Expr, values: Mapping[str, Fraction]) -> Expr:
    """An expression with numbers substituted for parameters by name, as in every engine."""
    named = [s for s in e.free_symbols if isinstance(s, Scalar) and s.name in values]
    return e.xreplace({s: Rational(values[s.name]) for s in named})


class IntervalPrinter(SourcePrinter):
    """Prints interval expressions. Numbers become names, which `constants` collects with their values."""

    functions: ClassVar[Mapping[str, str]] = {
        "sqrt": "sqrt", "log": "logarithm", "exp": "exponential", "Abs": "magnitude", "max": "largest",
        "min": "smallest", "sign": "signum", "pinv": "pinv", "where": "choose", "and": "&",
    }  # fmt: skip

    def __init__(self, name: Callable[[Any], str], constants: dict[Expr, str]) -> None:
        """`constants` grows while printing: number -> its name."""
        super().__init__(name)
        self.constants = constants

    def print(self, e: Any) -> str:
        """Print as the base class does, but with every number as a whole: sqrt(3)/2 is one constant."""
        if isinstance(e, Expr) and e.is_number:
            return self.constants.setdefault(e, f"k_{len(self.constants)}")
        return super().print(e)

    def number(self, q: Rational) -> str:
        """A constant."""
        return self.print(q)

    def power(self, base: str, exponent: Rational) -> str:
        """An integer power of the base or of its square root."""
        if exponent.q not in (1, 2):
            raise UnknownNodeError(f"no rule encloses a power {exponent}; use square roots and whole powers")
        inner = base if exponent.q == 1 else self._call("sqrt", base)
        return inner if exponent.p == 1 else f"power({inner}, {exponent.p})"

    def symbolic_power(self, base: str, exponent: str) -> str:
        """Refuse: an exponent must be a number once the round and the exact parameters are substituted."""
        raise UnknownNodeError(f"no rule encloses {base} ** {exponent}; give exact parameters in it")

    def _pow(self, e: Any) -> str:
        """Print a square as a power, never as a product of two factors, which would count as independent."""
        base, exponent = e.args
        if not exponent.is_Rational:
            return self.symbolic_power(self.print(base), self.print(exponent))
        if exponent < 0:
            return f"({self.print(S.One)} / {self.print(base**-exponent)})"
        return self.power(self.print(base), exponent)


class GameSource:
    """The lines of a game in intervals, round by round; `compiled` turns a function of them into code.

    program: compiled with the projection as a call. horizon: T. values: exact parameters. lower, upper: the
    corners of the box X, (d,) each. corner: the extreme point of X that CORNER stands for, one number per
    coordinate. relations: for every further pair of records, the sign of the relation between them. simplex:
    whether X is the simplex of R^2, and not the box.
    """

    def __init__(
        self,
        program: Program,
        *,
        horizon: int,
        values: Mapping[str, Fraction],
        lower: Sequence[Fraction],
        upper: Sequence[Fraction],
        corner: Sequence[Fraction],
        relations: Sequence[str],
        simplex: bool = False,
    ) -> None:
        self.program, self.horizon, self.dimension = program, horizon, len(lower)
        self.values, self.corner = values, [Rational(q) for q in corner]
        self.box = [(Rational(low), Rational(high)) for low, high in zip(lower, upper, strict=True)]
        self.relations, self.simplex = relations, simplex
        self.constants: dict[Expr, str] = {}

    def compiled(self, source: str, name: str) -> Callable[..., Any]:
        """The function `name` that a source printed here defines."""
        scope: dict[str, Any] = {known: getattr(intervals, known) for known in intervals.__all__}
        for number, constant in self.constants.items():
            scope[constant] = Intervals(*map(np.float64, number_ends(number)))
        # The source comes from this printer: arithmetic on the names of `intervals`, u and k_0, k_1, ...
        exec(compile(source, "<game in intervals>", "exec"), scope)
        found: Callable[..., Any] = scope[name]
        return found

    @property
    def carried(self) -> list[tuple[State, int]]:
        """What is carried from round to round, coordinate by coordinate."""
        return [
            (state, i)
            for state in self.program.states
            if state.old not in (CORNER, D_i)
            for i in self._coordinates(state.vector)
        ]

    def before(self, known: Mapping[Name, str]) -> list[str]:
        """Lines that set ranged parameters and every state before round 1; known: unknown -> its source."""
        lines = [f"p_{name} = {source}" for (name, _, i), source in known.items() if i == -1]
        if self.simplex and ("z", 0, 0) in known:
            known = {**known, ("z", 0, 1): f"({self._print(S.One, 0, 1)} - {known['z', 0, 0]})"}
        for state, i in self.carried:
            given = known.get((state.old.name, 1 if state.old == x else 0, i))
            start = self._print(state.initial, i, 1) if given is None else given
            lines.append(f"{self.name(state.old, i)} = {start}")
        return lines

    def round(self, k: int, gradient: Sequence[str]) -> list[str]:
        """Lines that play round k, and record both sides if it is the last; gradient: d sources."""
        lines = [f"{self.name(a, i)} = {source}" for i, source in enumerate(gradient)]
        return lines + self._round(self.program.full if k == self.horizon else self.program.lean, k)

    def advance(self) -> list[str]:
        """Lines that carry the states over to the next round."""
        return [
            f"{self.name(state.old, i)} = {self.name(state.new, i)}"
            for state, i in self.carried
            if state.old != state.new
        ]

    def sides(self) -> str:
        """The line that returns (left side, right side, truths of the relations) after the last round."""
        lhs, rhs, *rest = [self.name(symbol, 0) for _, symbol in self.program.records]
        truths = [
            f"({p} {sign} {q})" for p, sign, q in zip(rest[::2], self.relations, rest[1::2], strict=True)
        ]
        return f"return {lhs}, {rhs}, [{', '.join(truths)}]"

    def _round(self, body: Body, k: int) -> list[str]:
        lines: list[str] = []
        for number, stage in enumerate(body.stages):
            if body.project_at == number:
                lines += self._onto_simplex(k) if self.simplex else self._onto_box(k)
            for definition in stage.definitions:
                lines += self._definition(definition, k)
        return lines

    def _onto_box(self, k: int) -> list[str]:
        """The projection onto a box: a clip, for any diagonal metric."""
        return [
            f"{self.name(x_next, i)} = {self._print(Min(Max(POINT, low), high), i, k)}"
            for i, (low, high) in enumerate(self.box)
        ]

    def _onto_simplex(self, k: int) -> list[str]:
        """The Euclidean projection onto {x >= 0, x_1 + x_2 = 1}: (1 + p_1 - p_2)/2, clipped, and the rest."""
        zero, one, half = (self._print(number, 0, k) for number in (S.Zero, S.One, S.Half))
        p, q = (self.name(POINT, i) for i in (0, 1))
        inner = self.name(x_next, 0)
        return [
            f"{inner} = smallest(largest({half} * ({one} + {p} - {q}), {zero}), {one})",
            f"{self.name(x_next, 1)} = {one} - {inner}",
        ]

    def _definition(self, definition: Definition, k: int) -> list[str]:
        symbol, every = definition.symbol, range(self.dimension)
        match definition:
            case Assigned(expression=e):
                return [
                    f"{self.name(symbol, i)} = {self._print(e, i, k)}"
                    for i in self._coordinates(definition.vector)
                ]
            case Reduced(how=Reduction.SUM, expression=e):
                return [f"{self.name(symbol, 0)} = {' + '.join(self._print(e, i, k) for i in every)}"]
            case Reduced(how=Reduction.MAX, expression=e):
                printer = IntervalPrinter(str, self.constants)
                largest = printer.extreme("max", [self._print(e, i, k) for i in every])
                return [f"{self.name(symbol, 0)} = {largest}"]
        shown = definition.parts if len(definition.parts) > 1 else definition.parts[0]
        raise UnknownNodeError(f"no rule encloses the {definition.what} in {shown}")

    def _print(self, e: Any, i: int, k: int) -> str:
        """The source of coordinate i in round k."""
        e = with_values(sympify(e), self.values)
        low, high = self.box[i]
        e = e.xreplace({t: Integer(k), d: Integer(self.dimension), CORNER: self.corner[i], D_i: high - low})
        if e == S.NegativeInfinity:  # the start of a running maximum, used only in `largest`
            return "Intervals(-float('inf'), -float('inf'))"
        if e.has(nan, zoo):
            raise ValueError(f"the game is undefined in round {k} for these parameters: {e}")
        return IntervalPrinter(lambda s: self.name(s, i), self.constants).print(e)

    def _coordinates(self, vector: bool) -> range:
        return range(self.dimension if vector else 1)

    def name(self, s: Symbol, i: int) -> str:
        """The variable that holds coordinate i of a symbol."""
        if s.name in self.program.parameters:
            return f"p_{s.name}"
        return f"v_{s.name}_{i}" if isinstance(s, Vector) else f"s_{s.name}"


def function(name: str, arguments: str, lines: Sequence[str]) -> str:
    """The source of a function."""
    return "\n".join([f"def {name}({arguments}):", *(f"    {line}" for line in lines)])


class UnrolledGame:
    """A game of T rounds as one function of its unknowns, in the order given."""

    def __init__(self, source: GameSource, unknowns: Sequence[Name]) -> None:
        known = {name: f"u[{k}]" for k, name in enumerate(unknowns)}
        lines = source.before(known)
        for k in range(1, source.horizon + 1):
            lines += source.advance() if k > 1 else []
            lines += source.round(k, [known["g", k, i] for i in range(source.dimension)])
        self.source = function("play", "u", [*lines, source.sides()])
        self._play = source.compiled(self.source, "play")

    def __call__(self, unknowns: Sequence[Intervals]) -> Any:
        """Return (left side, right side, truths of the relations) over these intervals."""
        return self._play(unknowns)
