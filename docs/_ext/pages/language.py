"""The page of the language: what a statement, an algorithm and a scenario may be written in, one line each.

Everything is read from the registries, the signatures and the docstrings.
"""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Iterable
from typing import Any

from sympy.core.function import Application

from online_sim import Box, Game, constant, domains
from online_sim.constants import constants
from pages.markdown import arguments_of, code, escaped, first_sentence, formula_in_cell, table
from paper_checks import Options, Plan, Scenario
from theory import (
    LINEAR,
    SGD,
    Assumption,
    Loss,
    MirrorMap,
    Parameter,
    Reading,
    Recurrence,
    Requires,
    Source,
    Theorem,
    quantities,
)
from theory import parameters as shared_parameters
from theory.printing import latex_objects
from theory.printing.base import RULES
from theory.printing.latex import LatexPrinter
from theory.proof import Proof, ProofStep
from theory.statement import OF_SETS
from theory.symbols import MEANING, Vector
from theory.theorems.registry import theorems

HIDDEN = {"Quantity", "Unary", "Excess", "RoundingOf"}
"""Base classes, and the two nodes that only the package itself records."""

KINDS = (
    Recurrence, MirrorMap, Loss, Parameter, Source, Theorem, Reading, Assumption, Proof, ProofStep, Game,
    Scenario, Plan, Options,
)  # fmt: skip
"""What a theory file defines."""


def language_page() -> list[str]:
    """Every part of the language."""
    return [
        *_part("Symbols", SYMBOLS, _symbols()),
        *_part("Quantities", QUANTITIES, _quantities()),
        *_part("Functions of sympy", FUNCTIONS, _functions()),
        *_part("Left sides", LEFT_SIDES, _left_sides()),
        *_part("Properties: `Requires`", REQUIRES, _requires()),
        *_part("Constants of a game", CONSTANTS, _constants()),
        *_part("Parameters", PARAMETERS, _parameters()),
        *_part("Feasible sets", SETS, _sets()),
        *_part("Objects and their fields", OBJECTS, _objects()),
        *_part("Objects as LaTeX", LATEX, _latex()),
    ]


SYMBOLS = "From `theory.symbols`. A symbol without `Prev` means its value in the current round."
QUANTITIES = (
    "From `theory.quantities`. In an algorithm they stand in its lines, in a theorem on both sides and in "
    "its conditions. `CumSum` and `CumMax` include the current round; `Prev` is 0 in round 1 unless "
    "`initial` says otherwise."
)
FUNCTIONS = (
    "Besides sums, products, powers, rational numbers, `pi` and comparisons, an expression may use these "
    "functions of sympy; any other is refused, never guessed. A root is `sqrt`, a power."
)
LONGEST_LEFT_SIDE = 60
"""Characters of a left side that the table shows."""
LEFT_SIDES = (
    "The left side of a theorem is any scalar expression without floats. These are the left sides of the "
    "statements in the registry, with one statement that uses each."
)
REQUIRES = (
    "The condition of an assumption is a relation, such as `CumMax(NormInf(g)) <= 1`, or one of these. "
    "`of sets` marks those that say for which sets a statement is meant: "
    "`falsify` and `prove` need one of them for a regret."
)
CONSTANTS = (
    "What a game knows by itself; here for SGD on linear losses over [-1, 1] x [-1, 1]. "
    "A constant without a value is given in `constants=` of a `Plan`."
)
PARAMETERS = "From `theory.parameters`. Your own parameter is a `Parameter` of your own."
SETS = "The second argument after the loss in `Game`; the [gallery](../gallery/sets.md) plays on each."
OBJECTS = "The fields of everything that a theory file defines."
LATEX = "From `theory.printing.latex_objects`: what the report and this site show is what you can print."


def _part(title: str, sentence: str, lines: Iterable[str]) -> list[str]:
    return [f"## {title}", "", sentence, "", *lines]


def _symbols() -> list[str]:
    rows = [
        (
            code(str(s)),
            formula_in_cell(latex),
            "vector" if isinstance(s, Vector) else "number",
            escaped(meaning),
        )
        for s, (latex, meaning) in MEANING.items()
    ]
    return table(("symbol", "printed", "rank", "what it is"), rows)


def quantity_names() -> list[str]:
    """What `theory.quantities` defines to be written in a formula, in the order of its lines."""
    own = [n for n, v in vars(quantities).items() if getattr(v, "__module__", "") == quantities.__name__]
    written = [n for n in own if not n.startswith("_") and n not in HIDDEN]
    return [n for n in written if n not in {"is_vector", "outermost", "measured"}]


def _quantities() -> list[str]:
    rows = []
    for name in quantity_names():
        node = getattr(quantities, name)
        given = arguments_of(node)
        call = f"{name}({', '.join(given)})" if given else name
        told = "; ".join(f"{code(k)}: {escaped(v.rstrip('.'))}" for k, v in given.items())
        rows.append((code(call), escaped(first_sentence(node)), told))
    return table(("quantity", "what it is", "arguments"), rows)


def _functions() -> list[str]:
    """The functions among the nodes for which the printers have a rule."""
    named = {c.__name__ for c in RULES if issubclass(c, Application) and c.__module__.startswith("sympy")}
    return [", ".join(map(code, sorted(named, key=str.lower))), ""]


def _left_sides() -> list[str]:
    printer = LatexPrinter()
    users: dict[Any, list[str]] = {}
    for stated in theorems().values():
        users.setdefault(stated.lhs, []).append(stated.id)
    short = {e: ids for e, ids in users.items() if len(str(e)) <= LONGEST_LEFT_SIDE}
    rows = [
        (formula_in_cell(printer.print(e)), code(str(e)), code(ids[0]), str(len(ids)))
        for e, ids in sorted(short.items(), key=lambda entry: -len(entry[1]))
    ]
    lines = table(("left side", "written", "for example", "statements"), rows)
    return [*lines, f"{len(users) - len(short)} further left sides are longer.", ""]


def _requires() -> list[str]:
    uses = Counter(
        a.condition for s in theorems().values() for a in s.assumptions if isinstance(a.condition, Requires)
    )
    rows = [
        (code(r.name), escaped(r.value), "of sets" if r in OF_SETS else "", str(uses[r])) for r in Requires
    ]
    return table(("property", "what it says", "", "statements"), rows)


def _constants() -> list[str]:
    game = Game(
        SGD, LINEAR, constant([1.0, 1.0]), Box(-1.0, 1.0, dimension=2), horizon=1, parameters={"alpha": 1.0}
    )
    meaning = {str(s): told for s, (_, told) in MEANING.items()}
    rows = [
        (code(name), escaped(meaning[name]), "" if value is None else f"{value:.6g}")
        for name, value in constants(game).items()
    ]
    return table(("constant", "what it is", "in this game"), rows)


def _parameters() -> list[str]:
    rows = [
        (
            code(p.name),
            formula_in_cell(p.latex),
            escaped(p.meaning),
            code(p.range_text),
            "" if p.default is None else f"{p.default:g}",
        )
        for p in vars(shared_parameters).values()
        if isinstance(p, Parameter)
    ]
    return table(("parameter", "printed", "what it is", "range", "default"), rows)


def _sets() -> list[str]:
    found = [getattr(domains, name) for name in domains.__all__]
    sets = [
        c for c in found if inspect.isclass(c) and issubclass(c, domains.Domain) and c is not domains.Domain
    ]
    rows = [
        (code(f"{c.__name__}({', '.join(inspect.signature(c).parameters)})"), escaped(first_sentence(c)))
        for c in sets
    ]
    return table(("set", "what it is"), rows)


def _objects() -> list[str]:
    lines: list[str] = []
    for kind in KINDS:
        lines += [f"### `{kind.__name__}`", "", escaped(first_sentence(kind)), ""]
        rows = [(code(name), escaped(told)) for name, told in arguments_of(kind).items()]
        lines += table(("field", "what it is"), rows)
    return lines


def _latex() -> list[str]:
    rows = [
        (code(f"{name}({', '.join(inspect.signature(made).parameters)})"), escaped(first_sentence(made)))
        for name, made in vars(latex_objects).items()
        if name.endswith("_latex") and inspect.isfunction(made)
    ]
    return table(("function", "what it prints"), rows)
