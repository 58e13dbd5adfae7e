"""Algorithms and regret bounds for every dimension, convex set and horizon, as Coq definitions.

The words that they use are those of `theorem_r/Definitions.v`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from sympy import Expr, Piecewise, Rational, Rel, Symbol

from bounds.formal.words import binder, comment, ordered, wrapped
from theory.parameters import Parameter
from theory.printing.coq_source import PRODUCT, CoqPrinter, bare, beginnings, coq_names, equation
from theory.quantities import CumSum, LossAt, Norm1, Prev, Regret
from theory.recurrence import Recurrence
from theory.statement import Requires, Theorem
from theory.symbols import D_2, D, D_i, Scalar, Vector, f, g, x, z
from theory.theorems.realisable import AS_GOOD, INSIDE, smallest
from theory.theorems.repaired import B_T

n = Scalar("n", nonnegative=True)
"""The weight of the loss of a round, in place of ||g_t||_1."""
FACTOR = Scalar("factor")
"""The value of a case distinction in a bound."""
SLOPE = Vector("V")
"""The sequence whose increments a bound takes."""

BOUND = Scalar("B_T")
"""The right side of Theorem R in a bound that is a function of it."""
SMALLEST = Scalar("smallest", positive=True)
"""A lower bound of the weights that are not 0."""

WORDS = {AS_GOOD.condition: "(forall t, (1 <= t <= T)%nat -> f t z <= f t (x t)) ->", INSIDE.condition: ""}
"""Conditions on the run in words of Coq; that z lies in X is always assumed."""
DIAMETERS = {D: "sides d X (fun _ => D)", D_i: "sides d X D_i", D_2: "diameter2 d X D_2"}
"""What a diameter in a statement says about the set."""


@dataclass(frozen=True)
class Run:
    """An algorithm on a game.

    Args:
        name: its name in Coq.
        recurrence: the algorithm.
        any_weight: whether the weight of a round is any number n_t instead of ||g_t||_1.
    """

    name: str
    recurrence: Recurrence
    any_weight: bool = False

    @property
    def sequences(self) -> list[Symbol]:
        """What differs from round to round: the point, the gradient, the weight, the algorithm's lines."""
        return ordered([x, g, *((n,) if self.any_weight else ()), *(s for s, _ in self.recurrence.steps)])

    @property
    def steps(self) -> list[tuple[Symbol, Expr]]:
        """The algorithm's lines."""
        return [(s, self.weighted(e)) for s, e in self.recurrence.steps]

    def weighted(self, e: Expr) -> Expr:
        """An expression with n_t in place of ||g_t||_1, if the weights are any."""
        return e.xreplace({Norm1(g): n}) if self.any_weight else e

    def printer(
        self, constants: Iterable[Symbol] = (), more: Iterable[Symbol] = (), round_: str = "t"
    ) -> CoqPrinter:
        """The printer of formulas in a round, with more constants and more sequences."""
        parameters = [p.symbol for p in self.recurrence.parameters]
        return CoqPrinter(coq_names([*self.sequences, *more], [*parameters, *constants], round=round_))

    @property
    def arguments(self) -> str:
        """What the definition of the run is applied to."""
        return f"d T {' '.join([*self.recurrence.parameter_names, 'X', *map(str, self.sequences)])}"


@dataclass(frozen=True)
class Proposition:
    """A bound on a regret.

    Args:
        name: its name in Coq.
        theorem: the theorem.
        key: the reading of it.
        lhs: the regret.
        runs: the algorithms, whose lines have the same symbols.
        note: what the title does not say.
        given: what the theorem leaves unsaid, in words of Coq.
    """

    name: str
    theorem: Theorem
    key: str
    lhs: Expr
    runs: tuple[Run, ...]
    note: str = ""
    given: str = ""

    @property
    def requires(self) -> set[Requires]:
        """What the theorem asks of the game in words."""
        return {a.condition for a in self.theorem.assumptions if isinstance(a.condition, Requires)}


def algorithm(run: Run) -> str:
    """The definition of an algorithm's run over T rounds."""
    r, printer, every = run.recurrence, run.printer(), "(forall i, (i < d)%nat ->"
    start = " /\\ ".join(beginnings(r.initial, r.states, printer))
    lines = " /\\".join(f"\n      {equation(s, e, printer)}" for s, e in run.steps)
    weights = " with any weights n" if run.any_weight else ""
    return (
        f"{comment(f'{r.name}{weights}: its T rounds on the set X.')}\n"
        f"Definition {run.name} (d T : nat) ({' '.join(r.parameter_names)} : R) (X : point -> Prop)\n"
        f"    {binder(run.sequences)} : Prop :=\n"
        "  X (x 1%nat) /\\\n"
        + (f"  {every} {start}) /\\\n" if start else "")
        + "  forall t, (1 <= t <= T)%nat ->\n    "
        + (f"{every}{lines}) /\\\n    " if lines else "")
        + "projection d X"
        f"\n      (fun i => {bare(printer.print(r.metric))})"
        f"\n      (fun i => {bare(printer.print(r.point))})\n      (x (S t)).\n"
    )


def proposition(p: Proposition) -> str:
    """The definition of a proposition.

    Raises:
        ValueError: it requires of the game what has no words in Coq here.
    """
    run, r = p.runs[0], p.runs[0].recurrence
    rhs, slope = _named_slope(p.theorem.reading(p.key).rhs)
    rhs, cases = _named_cases(rhs.xreplace({-smallest: -SMALLEST}))
    rhs = rhs if rhs == B_T else rhs.xreplace({B_T: BOUND})
    (diameter,) = p.theorem.reading(p.key).rhs.free_symbols & set(DIAMETERS)
    letters = [
        *(s for s, _ in p.theorem.letters),
        *sorted(rhs.free_symbols & {BOUND, FACTOR, SMALLEST}, key=str),
    ]
    last = run.printer([diameter, *letters], [SLOPE] if slope else [], "T")
    relations = [c for c in p.theorem.relations if c not in WORDS]
    of_vector = isinstance(diameter, Vector)
    numbers = " ".join(map(str, [*r.parameter_names, *letters, *([] if of_vector else [diameter])]))
    vectors = [
        *(["D_i"] if of_vector else []),
        *(["lower upper"] if Requires.SEPARABLE_SET in p.requires else []),
    ]
    bound = f" ({' '.join(vectors)} : point)" if vectors else ""
    points = binder([*run.sequences, *([SLOPE] if slope else [])])
    conditions = [last.proposition(c)[1:-1] for c in (*_ranges(r.parameters), *relations)]
    runs = " \\/\n    ".join(f"{one.name} {one.arguments}" for one in p.runs)
    lines = [
        "(1 <= T)%nat ->",
        *(f"{s} = {bare(last.print(meaning))} ->" for s, meaning in p.theorem.letters),
        " ".join(f"{c} ->" for c in conditions),
        *_case_lines(cases, last),
        *_slope_lines(slope, last.at("t")),
        *_smallest_lines(rhs, run.printer()),
        *([f"{BOUND}\n{_sum(B_T, last, '=')} ->"] if BOUND in rhs.free_symbols else []),
        *(["(forall t, (1 <= t <= T)%nat -> 0 <= n t) ->"] if run.any_weight else []),
        *_assumed(p),
        f"convex_set X -> {DIAMETERS[diameter]} -> X z ->",
        *filter(None, [WORDS.get(c) for c in p.theorem.relations]),
        *filter(None, [p.given]),
        f"{runs} ->" if len(p.runs) == 1 else f"({runs}) ->",
    ]
    return (
        f"{comment(f'{p.theorem.title}, reading {p.key}{p.note}.')}\n"
        f"Definition {p.name} : Prop :=\n"
        f"  forall (d T : nat) ({numbers} : R) (X : point -> Prop){bound}\n"
        f"    (f : nat -> point -> R) {points} (z : point),\n"
        + "".join(f"  {line}\n" for line in lines)
        + f"  {_left(p, last)}\n{_sum(rhs, last)}.\n"
    )


def _left(p: Proposition, last: CoqPrinter) -> str:
    """The left side: a regret, the regret against z, or the loss at a point minus that at z."""
    run, gap = p.runs[0], "f t (x t) - f t z"
    if isinstance(p.lhs, Regret) and len(p.lhs.args) == 1:
        weight = run.weighted(p.lhs.args[0])
        return (
            f"CumSum (fun t => {gap if weight == 1 else f'{bare(run.printer().print(weight))} * ({gap})'}) T"
        )
    if p.lhs == CumSum(f - LossAt(z)):
        return f"CumSum (fun t => {gap}) T"
    at = p.lhs + LossAt(z)
    if isinstance(at, LossAt):
        point = _folded(bare(last.print(at.args[0])), "    ")
        return f"f 1%nat (fun i =>\n{point}) - f 1%nat z"
    raise ValueError(f"`lhs` of `{p.name}` must be a regret or a loss at a point minus f(z), got {p.lhs}")


def _assumed(p: Proposition) -> list[str]:
    """What is asked of the losses, and that the set is a box; it is always compact."""
    requires = p.requires
    always = {Requires.CONVEX_LOSSES, Requires.COMPACT_SET}
    if not always <= requires <= always | {Requires.FIXED_LOSS, Requires.SEPARABLE_SET}:
        names = sorted(r.name for r in requires)
        raise ValueError(f"`{p.name}` requires {names}; print what is new in words of Coq")
    fixed = ["(forall t y, f t y = f 1%nat y) -> convex_on X (f 1%nat) ->"]
    return [
        "(forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t)) ->",
        *(fixed if Requires.FIXED_LOSS in requires else []),
        *(["X = box d lower upper ->"] if Requires.SEPARABLE_SET in requires else []),
    ]


def _ranges(parameters: Iterable[Parameter]) -> Iterator[Rel]:
    """The ranges of parameters as relations."""
    for p in parameters:
        for end, is_open, lower in ((p.lower, p.lower_open, True), (p.upper, p.upper_open, False)):
            if abs(end) != float("inf"):
                number = Rational(*Fraction(end).as_integer_ratio())
                sides = (number, p.symbol) if lower else (p.symbol, number)
                yield Rel(*sides, "<" if is_open else "<=", evaluate=False)


def _named_slope(e: Expr) -> tuple[Expr, Expr | None]:
    """A bound with the name `SLOPE` for the formula whose previous value it takes, and that formula."""
    formulas = {node.args[0] for node in e.atoms(Prev)}
    if not formulas:
        return e, None
    (formula,) = formulas
    return e.xreplace({formula: SLOPE}), formula


def _slope_lines(slope: Expr | None, printer: CoqPrinter) -> list[str]:
    """What `SLOPE` is, and that it starts at 0."""
    if slope is None:
        return []
    every = "(forall t i, (1 <= t <= T)%nat -> (i < d)%nat ->"
    return [
        f"(forall i, (i < d)%nat -> {SLOPE} O i = 0) ->",
        f"{every}\n    {equation(SLOPE, slope, printer)}) ->",
    ]


def _smallest_lines(e: Expr, printer: CoqPrinter) -> list[str]:
    """What `SMALLEST` is, if a bound has it."""
    if SMALLEST not in e.free_symbols:
        return []
    weight = bare(printer.print(Norm1(g)))
    every = "(forall t, (1 <= t <= T)%nat ->"
    return [f"0 < {SMALLEST} ->", f"{every}\n    0 < {weight} -> {SMALLEST} <= {weight}) ->"]


def _named_cases(e: Expr) -> tuple[Expr, Piecewise | None]:
    """A bound with the name `FACTOR` for the case distinction in it, and that distinction."""
    found = e.atoms(Piecewise)
    if not found:
        return e, None
    (cases,) = found
    return e.xreplace({cases: FACTOR}), cases


def _case_lines(cases: Piecewise | None, printer: CoqPrinter) -> list[str]:
    """What `FACTOR` is in each case: one condition, and its opposite."""
    if cases is None:
        return []
    (value, condition), (other, _) = cases.args
    holds = printer.proposition(condition)
    return [
        f"({holds[1:-1]} -> {FACTOR} = {bare(printer.print(value))}) ->",
        f"(~ {holds} -> {FACTOR} = {bare(printer.print(other))}) ->",
    ]


def _sum(e: Expr, printer: CoqPrinter, sign: str = "<=") -> str:
    """A sum after a sign, with each of its terms on a line of its own, or on several."""
    terms = [bare(printer.print(term), PRODUCT) for term in e.as_ordered_terms()]
    signed = (f"{'+' if k else sign} {term}" for k, term in enumerate(terms))
    return "\n".join(_folded(term, " " * (6 if k else 4)) for k, term in enumerate(signed))


def _folded(term: str, indent: str) -> str:
    """A long product over several lines, each of which begins with a sign."""
    depth, text = 0, ""
    for character, after in zip(term, term[1:] + " ", strict=True):
        depth += (character == "(") - (character == ")")
        text += "\0" if character == " " and (depth or after not in "*/") else character
    return wrapped(text, indent).replace("\0", " ")
