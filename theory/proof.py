"""A proof as data: steps that sympy checks where it can, and that any run can be audited against.

A step is one relation between quantities, left <= right or left = right, at every round (or, with CumSum on
both sides, up to every round). Its argument is one of

* `Telescoped`: an identity between running sums, proved by induction: both sides grow by the same amount in
  every round, given the algorithm's lines, and both start at 0;
* `Square`: an elementary inequality, right - left equals an exhibited sum of squares, plus terms that are
  known to be >= 0 (the variational inequality of a projection);
* `Cited`: a named inequality (Cauchy-Schwarz, convexity, Jensen), not checked by sympy.

`verify_step` runs sympy on the first two. Auditing a run is in `bounds.audit`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from sympy import Expr, Integer, Symbol, expand, simplify, sympify

from theory.quantities import CumSum, Prev, Quantity, SumCoords, is_vector
from theory.source import Source


class Relation(Enum):
    """How the two sides of a step compare."""

    EQUAL = "="
    AT_MOST = "<="


@dataclass(frozen=True)
class Telescoped:
    """Both sides start at 0 and grow alike: `given` rewrites symbols by the algorithm's lines."""

    given: tuple[tuple[Expr, Expr], ...]


@dataclass(frozen=True)
class Square:
    """right - left = sum_k factor_k * root_k^2 + the sum of `known`, for one coordinate.

    squares: (factor, root) with factor >= 0; known: (term, why the sum of the terms over the coordinates is
    >= 0); given: substitutions made first.
    """

    left: Expr
    right: Expr
    squares: tuple[tuple[Expr, Expr], ...]
    known: tuple[tuple[Expr, str], ...] = ()
    given: tuple[tuple[Expr, Expr], ...] = ()


@dataclass(frozen=True)
class Cited:
    """A named inequality and how it is applied."""

    name: str
    how: str


Argument = Telescoped | Square | Cited


@dataclass(frozen=True)
class ProofStep:
    """One step.

    key: its name in the text, such as ``L2``; title: what it does; left, right, relation: what it says, for
    every coordinate where both have vector rank; argument: why; needs: the condition it stands on, in
    words, "" where it always holds.
    """

    key: str
    title: str
    left: Expr
    right: Expr
    relation: Relation
    argument: Argument
    needs: str = ""

    def __post_init__(self) -> None:
        """Make sympy of both sides."""
        object.__setattr__(self, "left", sympify(self.left))
        object.__setattr__(self, "right", sympify(self.right))

    @property
    def vector(self) -> bool:
        """Whether the step speaks of every coordinate."""
        return is_vector(self.left) or is_vector(self.right)


@dataclass(frozen=True)
class Proof:
    """The steps of a proof in order, for one algorithm (named), of one theorem (by id)."""

    id: str
    title: str
    theorem_id: str
    algorithm: str
    source: Source
    steps: tuple[ProofStep, ...]

    def __post_init__(self) -> None:
        """Refuse repeated keys."""
        keys = [s.key for s in self.steps]
        if len(set(keys)) != len(keys):
            raise ValueError(f"proof `{self.id}` has two steps with one key: {keys}")

    def step(self, key: str) -> ProofStep:
        """The step with this key, or a ValueError that lists them."""
        for s in self.steps:
            if s.key == key:
                return s
        raise ValueError(
            f"proof `{self.id}` has no step {key!r}; known: {', '.join(s.key for s in self.steps)}"
        )


class Status(Enum):
    """What sympy says of a step's argument."""

    CHECKED = "checked by sympy for all rounds"
    CITED = "cited, not checked by sympy; audited on runs"
    FAILED = "sympy does not confirm the argument"


def verify_step(step: ProofStep) -> Status:
    """Check the argument of a step; FAILED also where sympy cannot decide."""
    argument = step.argument
    if isinstance(argument, Cited):
        return Status.CITED
    if isinstance(argument, Telescoped):
        growth = increment(step.left - step.right)
        return Status.CHECKED if _vanishes(growth, argument.given) else Status.FAILED
    total = sum((factor * root**2 for factor, root in argument.squares), start=Integer(0))
    total += sum((term for term, _ in argument.known), start=Integer(0))
    return (
        Status.CHECKED if _vanishes(argument.right - argument.left - total, argument.given) else Status.FAILED
    )


def increment(e: Expr) -> Expr:
    """How much an expression grows from the round before: e_t - e_{t-1}, with sums taken apart.

    Sums over coordinates are dropped: the result is the growth of one coordinate's term, so the expression
    must be linear in its `SumCoords` nodes. Raises ValueError when it is not.
    """
    e = expand(e)
    for node in sorted(e.atoms(CumSum), key=str):
        if any(other != node and other.has(node) for other in e.atoms(CumSum)):
            raise ValueError(f"a running sum inside another one has no plain growth: {e}")
    growth: Expr = Integer(0)
    for term in e.as_ordered_terms():
        coefficient, node = _split(term)
        if isinstance(node, CumSum):
            growth += coefficient * _one_coordinate(node.args[0])
        elif isinstance(node, Prev) and isinstance(node.args[0], CumSum):
            growth += coefficient * _before(_one_coordinate(node.args[0].args[0]))
        elif isinstance(node, SumCoords):
            term_now = _one_coordinate(node)
            growth += coefficient * (term_now - _before(term_now))
        else:
            raise ValueError(f"the growth of {term} is not known; write the step with CumSum and SumCoords")
    return expand(growth)


def _split(term: Expr) -> tuple[Expr, Expr]:
    """A term as coefficient (no quantities) times one node."""
    nodes = [factor for factor in term.as_ordered_factors() if isinstance(factor, Quantity)]
    if len(nodes) != 1:
        raise ValueError(f"{term} must be a coefficient times one measured node")
    return term / nodes[0], nodes[0]


def _one_coordinate(e: Expr) -> Expr:
    """The summand of one coordinate, of an expression linear in SumCoords."""
    e = expand(e)
    total: Expr = Integer(0)
    for term in e.as_ordered_terms():
        sums = [factor for factor in term.as_ordered_factors() if isinstance(factor, SumCoords)]
        if len(sums) != 1:
            raise ValueError(f"{term} is not a coefficient times one sum over coordinates")
        total += term / sums[0] * sums[0].args[0]
    return expand(total)


def before(s: Symbol) -> Symbol:
    """The symbol of the round before, as `increment` writes it."""
    return Symbol(f"{s.name}_before", real=True)


def _before(e: Expr) -> Expr:
    from theory.symbols import Vector, t, x, x_next, z

    shifted: dict[Expr, Expr] = {
        s: before(s) for s in e.free_symbols if isinstance(s, Vector) and s not in {x_next, z}
    }
    # The next point of the round before is this round's point.
    return e.xreplace(shifted | {x: before(x), x_next: x, t: t - 1})


def _vanishes(e: Expr, given: tuple[tuple[Expr, Expr], ...]) -> bool:
    for symbol, meaning in given:
        e = e.subs(symbol, meaning)
    return bool(expand(e) == 0 or simplify(e) == 0)
