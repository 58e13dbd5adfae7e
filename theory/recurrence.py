"""An algorithm as data: the textbook's lines, the unprojected point and the metric of the projection."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from sympy import Expr, Float, Symbol, sympify

from theory.borders import WrongType, formula, instance, items, mapping, must, pairs, settle
from theory.composites.composite import Composite
from theory.displayed import Displayed
from theory.parameters import Parameter
from theory.quantities import (
    Component,
    Expectation,
    MeanRows,
    Prev,
    Quantity,
    Regret,
    Stack,
    Supremum,
    is_vector,
)
from theory.source import Source
from theory.step_sets import StepSet
from theory.symbols import (
    D_2,
    D,
    D_i,
    G_f,
    L,
    Scalar,
    T,
    Vector,
    check_name,
    check_text,
    f,
    f_star,
    g,
    t,
    x,
    x_gap,
    x_next,
    z,
)

if TYPE_CHECKING:
    from theory.printing.html import Html

GIVEN: tuple[Symbol, ...] = (t, x, g, f)
"""What the game hands to an algorithm in round t; f only for methods that look at the loss value."""

_OF_PROBLEM = "a constant of the problem; declare a Parameter and assume in the theorem how they relate"
_NOT_IN_A_ROUND: Mapping[Symbol, str] = {
    x_next: "the point after the round; only theorems may use it",
    T: "the last round, which no algorithm knows; write t, or declare the number of rounds as a Parameter",
    z: "the comparator of a theorem, which no algorithm knows",
    **dict.fromkeys((D, D_2, D_i, L, G_f, f_star, x_gap), _OF_PROBLEM),
}
"""Symbols of theorems, and why no line of an algorithm may use them."""
_NOT_IN_ALGORITHMS = (Component, Stack, MeanRows, Regret, Expectation, Supremum)


@dataclass(frozen=True, repr=False)
class Recurrence(Displayed):
    """An algorithm: x_{t+1} = P_X^metric(point), with the named lines that lead to `point` and `metric`.

    Args:
        name: the textbook name with the variant, printable ASCII.
        source: where it is printed.
        parameters: the parameters that the lines use.
        steps: the lines ``(symbol, expression)`` in order. Each uses only t, x, g, f, the parameters, earlier
            symbols, and `Prev` of any step's symbol, of g or of f (x needs a line of its own).
        point: the next point before projection, of vector rank.
        metric: the diagonal of the projection's metric; a scalar means the Euclidean projection.
        initial: the values that `Prev` has in round 1 where they are not 0.
        variant: the choices by which siblings differ.
        composite: the term phi that the step minimises exactly (`theory.proximal_step`), or None.
        step_set: the sets on which these lines are the step that is meant.

    Raises:
        ValueError: an unknown symbol, a float, a wrong rank, a state without a step, or a declared parameter
            that no line uses.
    """

    name: str
    source: Source
    parameters: tuple[Parameter, ...]
    steps: tuple[tuple[Symbol, Expr], ...]
    point: Expr
    metric: Expr
    initial: Mapping[Symbol, Expr] = field(default_factory=dict)
    variant: Mapping[str, str] = field(default_factory=dict)
    composite: Composite | None = None
    step_set: StepSet = StepSet.ANY

    def __post_init__(self) -> None:
        """Check that the lines make sense; freeze the mappings."""
        instance("source", self.source, Source, "a Source", 'write Source("key", "Algorithm 1")')
        if self.composite is not None:
            instance("composite", self.composite, Composite, "a Composite or None", "write proximal(...)")
        instance("step_set", self.step_set, StepSet, "a StepSet", "write StepSet.ANY")
        lines = pairs("steps", self.steps, "(symbol, expression)")
        initial = mapping("initial", self.initial, "symbol -> the value that Prev has in round 1")
        variant = mapping("variant", self.variant, "the name of a choice -> what was chosen")
        settle(
            self,
            parameters=items("parameters", self.parameters, Parameter, "a Parameter of theory.parameters"),
            steps=tuple((s, formula(f"the line of {s} in steps", e)) for s, e in lines),
            point=formula("point", self.point),
            metric=formula("metric", self.metric),
            initial=MappingProxyType({s: formula(f"initial[{s}]", e) for s, e in initial.items()}),
            variant=MappingProxyType(dict(variant)),
        )
        _validate(self)

    def __hash__(self) -> int:
        """By name and lines: equal recurrences hash alike."""
        return hash((self.name, self.steps, self.point, self.metric))

    @property
    def states(self) -> tuple[Symbol, ...]:
        """The symbols whose previous value some line needs, in order of definition."""
        needed = {p.args[0] for e in self.expressions() for p in e.atoms(Prev)}
        return tuple(s for s, _ in self.steps if s in needed)

    @property
    def lines(self) -> dict[str, str]:
        """The algorithm as text: its lines, their initial values and the range of each parameter.

        The name, the source and the variant are not part of it.
        """
        return {
            **{str(s): str(e) for s, e in self.steps},
            "point": str(self.point),
            "metric": str(self.metric),
            **{f"{s} in round 0": str(e) for s, e in sorted(self.initial.items(), key=str)},
            **{f"range of {p.name}": p.range_text for p in self.parameters},
        }

    @cached_property
    def digest(self) -> str:
        """A hash of `lines`: two recurrences with the same digest are one algorithm, whatever their names."""
        return hashlib.sha256(repr(list(self.lines.items())).encode()).hexdigest()[:20]

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """The names of the parameters, in order."""
        return tuple(p.name for p in self.parameters)

    def expressions(self) -> tuple[Expr, ...]:
        """Every right side: the steps, the point, the metric."""
        return (*(e for _, e in self.steps), self.point, self.metric)

    def _text(self) -> str:
        parameters = f"; parameters {', '.join(self.parameter_names)}" if self.parameters else ""
        return f"Recurrence({self.name}{parameters}; {self.source})"

    def _page(self) -> "Html":
        from theory.printing.pages import algorithm_page

        return algorithm_page(self)

    def _formulas(self) -> tuple[str, ...]:
        from theory.printing.latex_objects import recurrence_latex

        return recurrence_latex(self)


def _validate(r: Recurrence) -> None:
    check_text(r.name, "`name` of a recurrence")
    where = f"in recurrence `{r.name}`"
    parameters = {p.symbol for p in r.parameters}
    step_symbols = [s for s, _ in r.steps]
    for symbol in step_symbols:
        if not isinstance(symbol, Vector | Scalar):
            raise WrongType(must("steps", symbol, f"lines of a Vector or a Scalar of theory.symbols {where}"))
    if len(set(step_symbols)) != len(step_symbols):
        raise ValueError(f"a symbol is defined twice {where}: {step_symbols}; give each line its own symbol")
    clash = (set(GIVEN) | parameters) & set(step_symbols)
    if clash:
        raise ValueError(
            f"`{clash.pop()}` {where} is given by the game or a parameter; it cannot be redefined"
        )
    names: set[str] = set()
    for name in (*(p.symbol for p in r.parameters), *step_symbols):
        check_name(name, where)
        if str(name) in names:
            raise ValueError(f"two symbols {where} are called `{name}`; give each its own name")
        names.add(str(name))
    known = set(GIVEN) | parameters
    for symbol, e in r.steps:
        _validate_line(e, f"the line of `{symbol}` {where}", known, step_symbols)
        if isinstance(symbol, Scalar) and is_vector(e):
            raise ValueError(f"`{symbol}` {where} is a Scalar but its line has vector rank; use a Vector")
        known.add(symbol)
    for e in (r.point, r.metric):
        _validate_line(e, f"`point` or `metric` {where}", known, step_symbols)
    for symbol, value in r.initial.items():
        if symbol not in r.states:
            raise ValueError(f"`initial` names `{symbol}` {where}, which no line uses under Prev")
        if value.free_symbols - parameters:
            raise ValueError(f"`initial` of `{symbol}` {where} may use only parameters, got {value}")
    used = set().union(*(e.free_symbols for e in (*r.expressions(), *r.initial.values())))
    unused = [p.name for p in r.parameters if p.symbol not in used]
    if unused:
        raise ValueError(f"parameter `{unused[0]}` {where} is used by no line; remove it")
    if not is_vector(r.point):
        raise ValueError(f"`point` {where} must have vector rank, got {r.point}")


def _validate_line(e: Expr, line: str, known: set[Symbol], states: list[Symbol]) -> None:
    if e.atoms(Float):
        raise ValueError(f"{line} holds a float ({min(e.atoms(Float))}); write it as a Rational")
    for node in e.atoms(Quantity):
        if isinstance(node, _NOT_IN_ALGORITHMS):
            raise ValueError(f"{line} uses {type(node).__name__}, which only losses and theorems may use")
        if isinstance(node, Prev) and node.args[0] == x:
            # The engines overwrite x by its successor: only what a line names is kept from round to round.
            raise ValueError(
                f"{line} uses Prev(x), which no engine keeps; give x a line of its own, (y, x) with a Vector "
                f"y, and write Prev(y)"
            )
        if isinstance(node, Prev) and node.args[0] not in (*states, g, f):
            raise ValueError(f"{line} uses Prev({node.args[0]}), but no line defines `{node.args[0]}`")
    unknown = e.replace(Prev, lambda _: sympify(0)).free_symbols - known
    for symbol in sorted(unknown & set(_NOT_IN_A_ROUND), key=str):
        raise ValueError(f"{line} uses `{symbol}`, {_NOT_IN_A_ROUND[symbol]}")
    if unknown:
        names = ", ".join(sorted(map(str, unknown)))
        raise ValueError(f"{line} uses unknown or later symbols: {names}; known: {sorted(map(str, known))}")
