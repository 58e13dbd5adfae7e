"""Descents of natural functions, on which the rates of the atlas are checked.

Constants that are known only in an enclosure, min f and the distance from the start to the minimiser, are
taken at both of their ends: a statement holds if it holds at all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import inf, nextafter, sqrt
from typing import TYPE_CHECKING, Any, TypeAlias

from sympy import Symbol

from online_sim.game import Game
from paper_checks.atlas.entry import Entry
from paper_checks.atlas.functions import HORIZON, NaturalFunction, natural_functions
from theory.quantities import Expectation
from theory.statement import Theorem
from theory.symbols import G_f, L, f_star, x_gap

if TYPE_CHECKING:
    from bounds.verdict import Check

Checked: TypeAlias = "tuple[str, int, Sequence[Sequence[Check]]]"
"""The name of a game, its rounds, and its checks for each choice of the constants."""
CHOSEN: Mapping[str, float] = {"alpha": 1.0, "low": 1.0, "high": 1.0, "N": float(HORIZON)}
"""Parameters that depend on no function: the number of rounds, and the box [-1, 1]^d."""


def descents_of(entry: Entry) -> Iterator[tuple[NaturalFunction, Game]]:
    """The natural functions that have the constants of a statement, each with a game.

    A parameter that stands for a constant of f is that constant: beta is L, mu the modulus, G_bar the largest
    l2 norm of a gradient, L_1 the sum of the smoothness constants, f_min the minimum where it is a float. Any
    other is one of `CHOSEN`, or its default, or the upper end of its typical range.
    """
    read = _read(entry.theorem)
    for natural in natural_functions():
        d = len(natural.start)
        told = {
            "beta": natural.smoothness,
            "mu": natural.modulus,
            "G_bar": None if natural.steepest is None else nextafter(sqrt(d), inf) * natural.steepest,
            "L_1": None if natural.smoothness is None else d * natural.smoothness,
            "f_min": natural.minimum[0] if natural.minimum[0] == natural.minimum[1] else None,
        }
        settings: dict[str, Any] = {
            p.name: told[p.name]
            if p.name in told
            else CHOSEN.get(p.name, p.typical[1] if p.default is None else p.default)
            for p in entry.recurrence.parameters
        }
        needs = {L: natural.smoothness, G_f: natural.steepest}
        lacking = any(value is None for symbol, value in needs.items() if symbol in read)
        if lacking or None in settings.values():
            continue
        yield natural, Game(
            entry.recurrence, natural.loss, horizon=HORIZON, start=natural.start,
            parameters={**settings, **natural.own}, table=natural.table,
        )  # fmt: skip


def outcomes_of(entry: Entry) -> Iterator[Checked]:
    """The checks of every descent.

    Raises:
        OutOfScope: a right side reads an expectation.
    """
    from bounds.scope import OutOfScope

    theorem = entry.theorem
    if any(theorem.spelled_out(r.rhs).has(Expectation) for r in theorem.readings):
        raise OutOfScope(
            f"the right side of `{theorem.id}` reads an expectation, which a played game does not have; "
            "`--search` computes it"
        )
    for natural, game in descents_of(entry):
        yield natural.name, game.horizon, checked(theorem, natural, game)


def checked(theorem: Theorem, natural: NaturalFunction, game: Game) -> list[Sequence[Check]]:
    """The checks of every reading, for each choice of the ends of what is enclosed."""
    from bounds.evaluate import checks
    from online_sim.simulate import play

    ends: dict[Symbol, Sequence[float]] = {f_star: natural.minimum, x_gap: natural.distance}
    if natural.smoothness is not None:
        ends[L] = (natural.smoothness,)
    if natural.steepest is not None:
        ends[G_f] = (natural.steepest,)
    read = _read(theorem)
    known = {str(symbol): sorted(set(each)) for symbol, each in ends.items() if symbol in read}
    trace = play(game, record=theorem.quantities)
    return [
        checks(theorem, trace, constants=dict(zip(known, chosen, strict=True)))
        for chosen in product(*known.values())
    ]


def _read(theorem: Theorem) -> set[Symbol]:
    """Every symbol that a statement reads."""
    sides = [theorem.lhs, *(r.rhs for r in theorem.readings), *theorem.relations]
    return {symbol for e in sides for symbol in theorem.spelled_out(e).free_symbols}
