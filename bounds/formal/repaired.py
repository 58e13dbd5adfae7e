"""Theorem R and its relatives as Coq propositions: the text of `theorem_r/Statement.v`.

The algorithms and the bounds are printed from the package's own objects, so that what is proved in
`theorem_r` is what the package checks. The files there are proofs of these propositions.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from importlib.resources import files
from typing import NamedTuple

from sympy import Expr, Rational, Rel, Symbol

from bounds.formal.words import binder, comment, ordered, wrapped
from theory.algorithms.adal import MAXIMA
from theory.algorithms.amsgrad import AMSGRAD
from theory.algorithms.sgd import SGD, SGD_CONSTANT
from theory.parameters import Parameter
from theory.printing.coq_source import PRODUCT, CoqPrinter, bare, beginnings, coq_names, equation
from theory.quantities import Norm1, Regret
from theory.recurrence import Recurrence
from theory.statement import Requires, Theorem
from theory.symbols import D_2, D, D_i, Scalar, Vector, g, x
from theory.theorems.adal import THEOREM1
from theory.theorems.amsgrad import ALACAOGLU, SHARP
from theory.theorems.ogd import CONSTANT, SQRT
from theory.theorems.repaired import R_CORRECTED, WEIGHTED, R

HEAD = """\
(* What is proved: Theorem R and its relatives. Printed by bounds/formal/repaired.py from the algorithms and
   the theorems of this package, which it checks on runs; a test compares the two.

   Coordinates are counted from 0 and rounds from 1; `pred t` is the round before t. X need not be closed:
   that the algorithm has its minimisers is part of its definition. A convex loss enters by its subgradient
   g t at the point x t, as far as the points of X can tell. *)
From Coq Require Import Reals.
From TheoremR Require Import Definitions.
Open Scope R_scope.
"""

n = Scalar("n", nonnegative=True)
"""The weight of the loss of a round, in place of ||g_t||_1."""
COMPARATOR = Vector("z")

NAMES: dict[Recurrence, str] = {
    **{r: f"AdaL_{r.variant['maximum']}" for r in MAXIMA},
    AMSGRAD: "AMSGrad",
    SGD: "OGD",
    SGD_CONSTANT: "OGD_constant",
}
"""The algorithms and what they are called in Coq."""


DIAMETERS = {D: "sides d X (fun _ => D)", D_i: "sides d X D_i", D_2: "diameter2 d X D_2"}
"""What a diameter in a statement says about the set."""


class Proposition(NamedTuple):
    """A bound on a regret.

    Args:
        name: its name in Coq.
        theorem: the theorem.
        key: the reading of it.
        lhs: the regret.
        recurrences: the algorithms, which share their lines' symbols.
        any_weight: whether the weight of a round is any number n_t >= 0 instead of ||g_t||_1.
        note: what the title does not say.
    """

    name: str
    theorem: Theorem
    key: str
    lhs: Expr
    recurrences: tuple[Recurrence, ...]
    any_weight: bool = False
    note: str = ""


def with_weight(e: Expr) -> Expr:
    """An expression with n_t in place of ||g_t||_1."""
    return e.xreplace({Norm1(g): n})


PROPOSITIONS = (
    Proposition("theoremR_any_weights", R, "D_i", R.lhs, MAXIMA, any_weight=True, note="; with any weights"),
    Proposition("theoremR_D", R, "D", R.lhs, MAXIMA),
    Proposition("theoremR_D_i", R, "D_i", R.lhs, MAXIMA),
    Proposition("theoremR_corrected_D", R_CORRECTED, "D", R_CORRECTED.lhs, MAXIMA[1:]),
    Proposition("theoremR_corrected_D_i", R_CORRECTED, "D_i", R_CORRECTED.lhs, MAXIMA[1:]),
    Proposition("ogd_sqrt", SQRT, "stated", SQRT.lhs, (SGD,)),
    Proposition("ogd_constant", CONSTANT, "stated", CONSTANT.lhs, (SGD_CONSTANT,)),
    Proposition("amsgrad_sharp", SHARP, "stated", SHARP.lhs, (AMSGRAD,)),
    Proposition("amsgrad_alacaoglu", ALACAOGLU, "stated", ALACAOGLU.lhs, (AMSGRAD,)),
    Proposition(
        "theorem1_C_weighted",
        THEOREM1,
        "C",
        WEIGHTED,
        MAXIMA,
        note="; with the weighted regret and a maximum",
    ),
)
"""Everything that is proved."""


def _sequences(r: Recurrence, any_weight: bool) -> list[Symbol]:
    """What differs from round to round: the point, the gradient, the weight, the lines of the algorithm."""
    return ordered([x, g, *((n,) if any_weight else ()), *(s for s, _ in r.steps)])


def _printer(
    r: Recurrence, any_weight: bool, letters: Iterable[Symbol] = (), round_: str = "t"
) -> CoqPrinter:
    constants = [*(p.symbol for p in r.parameters), *letters]
    return CoqPrinter(coq_names(_sequences(r, any_weight), constants, round=round_))


def _ranges(parameters: Iterable[Parameter]) -> list[Rel]:
    """The ranges of parameters as relations."""
    found = []
    for p in parameters:
        for end, is_open, lower in ((p.lower, p.lower_open, True), (p.upper, p.upper_open, False)):
            if abs(end) != float("inf"):
                number = Rational(*Fraction(end).as_integer_ratio())
                sides = (number, p.symbol) if lower else (p.symbol, number)
                found.append(Rel(*sides, "<" if is_open else "<=", evaluate=False))
    return found


def _name(r: Recurrence, any_weight: bool) -> str:
    return NAMES[r] + ("_any_weights" if any_weight else "")


def algorithm(r: Recurrence, *, any_weight: bool = False) -> str:
    """The definition of an algorithm's run over T rounds.

    Args:
        r: the algorithm.
        any_weight: whether the weight of a round is any number n_t instead of ||g_t||_1.
    """
    printer = _printer(r, any_weight)
    start = " /\\ ".join(beginnings(r.initial, r.states, printer))
    lines = [equation(s, with_weight(e) if any_weight else e, printer) for s, e in r.steps]
    every = "(forall i, (i < d)%nat ->"
    weights = " with any weights n" if any_weight else ""
    return (
        f"{comment(f'{r.name}{weights}: its T rounds on the set X.')}\n"
        f"Definition {_name(r, any_weight)} (d T : nat) ({' '.join(r.parameter_names)} : R)"
        " (X : point -> Prop)\n"
        f"    {binder(_sequences(r, any_weight))} : Prop :=\n"
        "  X (x 1%nat) /\\\n"
        + (f"  {every} {start}) /\\\n" if start else "")
        + "  forall t, (1 <= t <= T)%nat ->\n    "
        + (every + "".join(f"\n      {line} /\\" for line in lines)[:-3] + ") /\\\n    " if lines else "")
        + "projection d X"
        f"\n      (fun i => {bare(printer.print(r.metric))})"
        f"\n      (fun i => {bare(printer.print(r.point))})\n      (x (S t)).\n"
    )


def _assumed(p: Proposition, diameter: Symbol) -> list[str]:
    """What is asked of the losses and of the set."""
    requires = {a.condition for a in p.theorem.assumptions if isinstance(a.condition, Requires)}
    if requires != {Requires.CONVEX_LOSSES, Requires.COMPACT_SET}:
        raise ValueError(
            f"`{p.name}` requires {sorted(r.name for r in requires)}; print each in words of Coq"
        )
    return [
        "(forall t, (1 <= t <= T)%nat -> subgradient_on d X (f t) (x t) (g t)) ->",
        f"convex_set X -> {DIAMETERS[diameter]} -> X z ->",
    ]


def _sum(e: Expr, printer: CoqPrinter) -> str:
    """A sum with each of its terms on a line of its own, or on several."""
    terms = [bare(printer.print(term), PRODUCT) for term in e.as_ordered_terms()]
    return "\n".join(
        _folded(f"{'+' if k else '<='} {term}", " " * (6 if k else 4)) for k, term in enumerate(terms)
    )


def _folded(term: str, indent: str) -> str:
    """A long product over several lines, each of which begins with a sign."""
    depth, text = 0, ""
    for character, after in zip(term, term[1:] + " ", strict=True):
        depth += (character == "(") - (character == ")")
        text += "\0" if character == " " and (depth or after not in "*/") else character
    return wrapped(text, indent).replace("\0", " ")


def proposition(p: Proposition) -> str:
    """The definition of a proposition.

    Raises:
        ValueError: it requires of the game what has no words in Coq here.
    """
    r = p.recurrences[0]
    rhs = p.theorem.reading(p.key).rhs
    (diameter,) = rhs.free_symbols & set(DIAMETERS)
    letters = [s for s, _ in p.theorem.letters]
    last = _printer(r, p.any_weight, [diameter, *letters], "T")
    weight = with_weight(p.lhs.args[0]) if p.any_weight else p.lhs.args[0]
    if not isinstance(p.lhs, Regret):
        raise ValueError(f"`lhs` of `{p.name}` must be a regret, got {p.lhs}")
    gap = "f t (x t) - f t z"
    if weight != 1:
        gap = f"{bare(_printer(r, p.any_weight).print(weight))} * ({gap})"
    numbers = [*r.parameter_names, *letters, *([] if isinstance(diameter, Vector) else [diameter])]
    sides = " (D_i : point)" if isinstance(diameter, Vector) else ""
    arguments = f"d T {' '.join(r.parameter_names)} X {' '.join(map(str, _sequences(r, p.any_weight)))}"
    conditions = [last.proposition(c)[1:-1] for c in (*_ranges(r.parameters), *p.theorem.relations)]
    runs = " \\/\n    ".join(f"{_name(one, p.any_weight)} {arguments}" for one in p.recurrences)
    lines = [
        "(1 <= T)%nat ->",
        *(f"{s} = {bare(last.print(meaning))} ->" for s, meaning in p.theorem.letters),
        " ".join(f"{c} ->" for c in conditions),
        *(["(forall t, (1 <= t <= T)%nat -> 0 <= n t) ->"] if p.any_weight else []),
        *_assumed(p, diameter),
        f"{runs} ->" if len(p.recurrences) == 1 else f"({runs}) ->",
    ]
    return (
        f"{comment(f'{p.theorem.title}, reading {p.key}{p.note}.')}\n"
        f"Definition {p.name} : Prop :=\n"
        f"  forall (d T : nat) ({' '.join(map(str, numbers))} : R)"
        f" (X : point -> Prop){sides}\n"
        f"    (f : nat -> point -> R) {binder(_sequences(r, p.any_weight))} ({COMPARATOR} : point),\n"
        + "".join(f"  {line}\n" for line in lines)
        + f"  CumSum (fun t => {gap}) T\n{_sum(rhs, last)}.\n"
    )


def statement() -> str:
    """The text of `theorem_r/Statement.v`."""
    algorithms = [algorithm(r, any_weight=w) for w in (False, True) for r in MAXIMA] + [
        *map(algorithm, (AMSGRAD, SGD, SGD_CONSTANT))
    ]
    return "\n".join([HEAD, *algorithms, *map(proposition, PROPOSITIONS)])


def sources() -> dict[str, str]:
    """The files of `theorem_r` in the order in which Coq compiles them, each with its text."""
    folder = files("bounds.formal").joinpath("theorem_r")
    names = folder.joinpath("order.txt").read_text(encoding="utf-8").split()
    return {name: folder.joinpath(name).read_text(encoding="utf-8") for name in names}
