"""The scope of a statement: its sets, starts, losses and gradients, and whether games stay within it.

The assumptions of a theorem define it, as properties of the game (`theory.statement.Requires`) or as
relations between numbers. The search and `prove` check it before the first game: a game outside the scope
refutes nothing, and an assumption only in words cannot be checked on a game.
"""

from collections.abc import Container, Iterable
from dataclasses import replace
from typing import Any

from sympy import Expr, Symbol, false, sympify, true

from theory.composites.composite import Composite
from theory.quantities import FULL_MATRICES, CumMax, Expectation, LossAt, Quantity, Regret, Supremum
from theory.recurrence import Recurrence
from theory.statement import OF_SETS, Assumption, Requires, Theorem, ordered_sides, sets_lacking
from theory.symbols import T, df, f, t, x_next, z, z_t

WHAT = {
    f: "the loss f_t(x_t)",
    df: "the true gradient df (write g: it is the one handed out)",
    z: "a fixed point z",
    z_t: "a moving comparator z_t",
    x_next: "the next point x_next",
}
"""The names in messages for the symbols that not every game provides."""


class OutOfScope(ValueError):
    """The statement does not apply to the games at hand; the message names the assumption."""


def required(theorem: Theorem) -> tuple[Requires, ...]:
    """The properties that a statement requires of the game."""
    return tuple(a.condition for a in theorem.assumptions if isinstance(a.condition, Requires))


def check_scope(theorem: Theorem, shown: Container[Requires], games: str, *, composite: bool = False) -> None:
    """Raise OutOfScope if the games are outside the scope of the statement.

    shown: the properties that every game has by construction. games: a clause on what is played, such as "the
    search plays boxes". composite: whether a composite regret is known there. A regret needs an assumption
    that names its sets; no assumption may be only words.
    """
    for assumption in theorem.assumptions:
        condition = assumption.condition
        if isinstance(condition, Requires):
            if condition not in shown:
                raise OutOfScope(f"`{theorem.id}` asks that {condition.value}; {games}")
        elif sympify(condition) == true:
            raise OutOfScope(
                f"the assumption {assumption.text!r} of `{theorem.id}` is only words: its condition is true "
                "of every game. Say it as an object, a member of Requires or a relation; leave it out where "
                "the ranges of the parameters say it already"
            )
    if not composite and any(node.args[1:] for node in theorem.spelled_out(theorem.lhs).atoms(Regret)):
        raise OutOfScope(
            f"`{theorem.id}` is about a composite regret, which `play`, `falsify` and certificates alone "
            "know; state it against every point z of X: CumSum(f + phi.value - LossAt(z) - phi.at(z))"
        )
    if theorem.spelled_out(theorem.lhs).has(Regret) and not OF_SETS & set(required(theorem)):
        known = ", ".join(sorted(member.name for member in OF_SETS))
        raise OutOfScope(
            f"`{theorem.id}` is about a regret and does not say for which sets it is meant; "
            f"add an assumption, one of Requires.{known}"
        )


def check_given(
    theorem: Theorem,
    reading: str,
    recurrence: Recurrence,
    given: Iterable[Symbol],
    games: str,
    *,
    stated_only: Iterable[Symbol] = (),
    other_points: bool = False,
) -> None:
    """Raise OutOfScope if the statement or the algorithm reads what the games do not provide.

    given: the symbols that they provide besides t, T, the parameters and the lines of the algorithm.
    stated_only: those that they provide to the statement, but not to the algorithm. other_points: whether
    they provide the loss of a round at points other than the one played.
    """
    if lacking := sets_lacking(theorem, recurrence):
        raise OutOfScope(lacking)
    if has_full_matrix(theorem, recurrence):
        raise OutOfScope(
            f"`{theorem.id}` with {recurrence.name} computes with a full matrix, which only the numpy engine "
            f"has: play it, or search with bounds.falsifier.one_by_one; {games}"
        )
    inside = {*given, t, T, *(p.symbol for p in recurrence.parameters), *(s for s, _ in recurrence.steps)}
    statement = stated(theorem, reading)
    missing = [f"{_called(s)} in the algorithm" for s in _strange(recurrence.expressions(), inside)]
    missing += [f"{_called(s)} in the statement" for s in _strange(statement, {*inside, *stated_only})]
    if not other_points and any(e.has(LossAt) for e in (*recurrence.expressions(), *statement)):
        missing.append("a loss at another point (LossAt)")
    if missing:
        raise OutOfScope(f"`{theorem.id}` with {recurrence.name} reads {', '.join(missing)}; {games}")


def composite_of(theorem: Theorem, recurrence: Recurrence) -> Composite | None:
    """The composite term that the regret of a statement counts, or None; OutOfScope if it is another one."""
    counted = {node.args[1:] for node in theorem.spelled_out(theorem.lhs).atoms(Regret)} - {()}
    phi = recurrence.composite
    if counted - {(phi and phi.value,)}:
        terms = ", ".join(str(e) for (e,) in counted)
        raise OutOfScope(
            f"`{theorem.id}` counts the composite term {terms}, and the step of {recurrence.name} minimises "
            f"{phi.value if phi else 'none'}"
        )
    return phi if counted else None


def has_full_matrix(theorem: Theorem, recurrence: Recurrence) -> bool:
    """Whether a statement or its algorithm computes with a full matrix."""
    sides = (theorem.lhs, *(r.rhs for r in theorem.readings), *recurrence.expressions())
    return any(e.has(*FULL_MATRICES) for e in sides)


def stated(theorem: Theorem, reading: str) -> tuple[Expr, ...]:
    """Every expression of one reading with its letters written out: both sides, then the conditions."""
    sides = [theorem.lhs, theorem.reading(reading).rhs]
    sides += [a.condition for a in theorem.assumptions if not isinstance(a.condition, Requires)]
    return tuple(theorem.spelled_out(sympify(side)) for side in sides)


def compares(theorem: Theorem, reading: str, point: Symbol = z) -> bool:
    """Whether one reading reads a comparator: z, or z_t of a dynamic regret."""
    return any(e.has(point) for e in stated(theorem, reading))


def _strange(expressions: Iterable[Expr], known: Container[Symbol]) -> list[Symbol]:
    found = {s for e in expressions for s in e.free_symbols if s not in known}
    return sorted(found, key=str)


def _called(symbol: Symbol) -> str:
    return WHAT.get(symbol, f"the constant {symbol}")


def in_every_round(theorem: Theorem) -> Theorem:
    """The same statement with each condition required in every round up to T, as in a played game.

    A condition on what changes from round to round becomes one on its largest excess so far, so that the last
    round suffices. The number of rounds T is that of the whole game. Conditions on expectations and suprema
    are unchanged, since each already covers all noise of a run. OutOfScope for a condition that is not a
    relation such as a < b.
    """
    return replace(theorem, assumptions=tuple(_lasting(theorem, a) for a in theorem.assumptions))


def _lasting(theorem: Theorem, assumption: Assumption) -> Assumption:
    condition: Any = assumption.condition
    if isinstance(condition, Requires) or sympify(condition) in {true, false}:
        return assumption
    ordered = ordered_sides(condition)
    if ordered is None:
        raise OutOfScope(
            f"the condition {condition} of `{theorem.id}` must be a relation such as a < b or a <= b"
        )
    small, large = map(theorem.spelled_out, ordered)
    if decided_at_the_end(small, large):
        return assumption
    if any(side.has(Expectation, Supremum, Regret) for side in (small, large)):
        return assumption
    excess = CumMax((small - large).xreplace({T: t}))
    return replace(assumption, condition=excess <= 0 if condition.rel_op.endswith("=") else excess < 0)


def decided_at_the_end(small: Expr, large: Expr) -> bool:
    """Whether small <= large in the last round means the same for the whole game.

    So it is for numbers of the game, T among them, and for a maximum so far, which grows, below them.
    """
    return not _changes(large) and (isinstance(small, CumMax) or not _changes(small))


def _changes(e: Expr) -> bool:
    """Whether an expression may differ from one round of a game to the next."""
    return bool(e.atoms(Quantity)) or e.has(t)
