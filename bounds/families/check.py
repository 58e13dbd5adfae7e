"""Check every claim about a family of games by induction over its rounds; sympy decides each inequality.

What is checked, for all n, all values of the family's symbols and all rounds: that the games meet the
assumptions of the statement; that the claims hold before round 1; that, where they hold before a round, those
before the next round hold after it; and that the claims after the last round give what is claimed of the two
sides. Trusted are the arithmetic of sympy and the rules of `inequalities` and `signs` in this folder.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from math import isinf

from sympy import Add, Expr, Integer, Piecewise, Poly, PolynomialError, Rational, S, Symbol, simplify, sympify

from bounds.families.family import Claims, GameFamily, Stretch, k, n, regret
from bounds.families.inequalities import Between, Sides, Undecided
from bounds.families.moment import NotShown, Played, constants, family_ranges, first_values, moment
from bounds.scope import required
from theory.quantities import CumMax, CumSum, First, MaxCoords, Quantity, Regret, SumCoords, outermost
from theory.statement import Requires, ordered_sides
from theory.symbols import T, t, x, x_next

SHOWN = frozenset({Requires.CONVEX_LOSSES, Requires.COMPACT_SET, Requires.SEPARABLE_SET, Requires.BALL})
"""The properties of every game of linear losses on an interval."""


class FamilyOutcome(Enum):
    """What is known of a family; the value is the sentence to show."""

    GROWS = "the left side grows faster than the right side: sympy checked the induction"
    HOLDS = "the statement holds in every round of every game: sympy checked the induction"
    NOT_SHOWN = "a claim is wrong, or sympy cannot decide it"


@dataclass(frozen=True)
class FamilyAnswer:
    """The answer about a family.

    Args:
        outcome: What is known.
        reason: Why it is not shown; empty if it is.
        inequalities: The number of inequalities that were decided.
        growth: The power of n with which regret/(right side) grows, or 1 for a linear regret.
    """

    outcome: FamilyOutcome
    reason: str = ""
    inequalities: int = 0
    growth: Rational | None = None


def check_family(family: GameFamily) -> FamilyAnswer:
    """Check all claims about a family.

    Returns:
        What is shown; NOT_SHOWN with the first claim that is not decided.
    """
    checking = _Checking(family)
    try:
        checking.run()
        growth = checking.end()
    except (NotShown, Undecided) as problem:
        return FamilyAnswer(FamilyOutcome.NOT_SHOWN, str(problem), checking.count)
    outcome = FamilyOutcome.GROWS if family.at_most else FamilyOutcome.HOLDS
    return FamilyAnswer(outcome, "", checking.count, growth)


class _Checking:
    def __init__(self, family: GameFamily) -> None:
        self.family, self.count = family, 0
        self.ranges = family_ranges(family)
        self.sides = Sides(self.ranges)
        theorem = family.theorem
        self.rhs = theorem.spelled_out(theorem.reading(family.reading).rhs)

    def need(self, holds: bool, what: str) -> None:
        """Count what is decided; NotShown otherwise."""
        if not holds:
            raise NotShown(what)
        self.count += 1

    # -- the rounds ----------------------------------------------------------------------------------------

    def run(self) -> None:
        """The statement, the game, and every round."""
        self._setting()
        self._start()
        family, begins = self.family, Integer(1)
        for i, stretch in enumerate(family.stretches):
            for j in range(len(stretch.turns)):
                self._turn(i, j, begins)
            begins = (begins + stretch.rounds).expand()

    def _setting(self) -> None:
        family, theorem, sides = self.family, self.family.theorem, self.sides
        about, told = theorem.about(family.recurrence)
        self.need(about, told)
        wanted = Regret(S.One) if family.at_most else -Regret(S.One)
        self.need(theorem.lhs == wanted, f"the left side of `{theorem.id}` is {theorem.lhs}, not {wanted}")
        for asked in required(theorem):
            self.need(asked in SHOWN, f"`{theorem.id}` asks that {asked.value}; a family does not show it")
        low, high = family.ends
        self.need(sides.at_least(high, low, strict=True), f"ends: {high} > {low}")
        for name in ("start", "comparator"):
            inside = getattr(family, name)
            holds = sides.at_least(inside, low) and sides.at_least(high, inside)
            self.need(holds, f"`{name}` = {inside} is a point of [{low}, {high}]")
        for p in family.recurrence.parameters:
            value = family.parameters[p.name]
            above = isinf(p.lower) or sides.at_least(value, Rational(str(p.lower)), strict=p.lower_open)
            below = isinf(p.upper) or sides.at_least(Rational(str(p.upper)), value, strict=p.upper_open)
            self.need(above and below, f"`{p.name}` = {value} lies in {p.range_text}")
        for stretch in family.stretches:
            self._whole(stretch)

    def _whole(self, stretch: Stretch) -> None:
        """The number of repetitions is a positive integer for every n."""
        times = stretch.times
        try:
            whole = all(c.is_Integer for c in Poly(times, n).all_coeffs())
        except PolynomialError:
            whole = False
        self.need(whole, f"`times` = {times} is a polynomial in n with integer coefficients")
        self.need(self.sides.at_least(times, 1), f"`times` = {times} >= 1")

    def _start(self) -> None:
        claims = self.family.stretches[0].turns[0].before
        values, where = first_values(self.family, claims), {t: Integer(1), k: Integer(0)}
        for what, (low, high) in claims.items():
            place = {**where, **values}
            fits = (low is None or self.sides.at_least(values[what], low.xreplace(place))) and (
                high is None or self.sides.at_least(high.xreplace(place), values[what])
            )
            self.need(fits, f"before round 1: {what} = {values[what]} is not as claimed")

    def _turn(self, i: int, j: int, begins: Expr) -> None:
        family, stretch = self.family, self.family.stretches[i]
        turn, size, once = stretch.turns[j], len(stretch.turns), stretch.times == 1
        here: Expr = Integer(0) if once else k
        now = (begins + size * here + j).expand()
        ranges = self.ranges if once else (*self.ranges, Between(k, Integer(0), stretch.times - 1))
        place = f"stretch {i + 1}, round {j + 1}"
        try:
            where = {t: now, k: here}
            before = moment(family, turn.before, where, ranges)
            lags = {ago: self._lagged(i, j, ago) for ago in _lags(family)}
            played = Played(family, turn, before, where, lags)
            self._assumptions(played)
            if not family.at_most:
                self._in_this_round(played)
            for claims, then, given in self._next(i, j, here):
                self.count += played.shows(claims, {t: now + 1, k: then}, given)
        except (NotShown, Undecided) as problem:
            raise NotShown(f"{place}: {problem}") from None

    def _next(self, i: int, j: int, here: Expr) -> Iterator[tuple[Claims, Expr, dict[Symbol, Expr]]]:
        """The claims that must hold after a turn, with the k that they speak of, and what is given then."""
        family, stretch = self.family, self.family.stretches[i]
        if j + 1 < len(stretch.turns):
            yield stretch.turns[j + 1].before, here, {}
            return
        if stretch.times != 1:
            yield stretch.turns[0].before, here + 1, {}
        last = {} if stretch.times == 1 else {k: stretch.times - 1}
        after = family.stretches[i + 1].turns[0].before if i + 1 < len(family.stretches) else family.final
        yield after, Integer(0), last

    def _lagged(self, i: int, j: int, ago: int) -> set[Expr]:
        """The gradients that may have been played some rounds before a turn; 0 before round 1."""
        stretches = self.family.stretches
        if i < 0:
            return {Integer(0)}
        if ago <= j:
            return {stretches[i].turns[j - ago].gradient}
        rest = ago - j - 1
        ends = [i - 1] if stretches[i].times == 1 else [i, i - 1]
        return set().union(*(self._lagged(e, len(stretches[e].turns) - 1, rest) for e in ends))

    # -- the statement ---------------------------------------------------------------------------------------

    def _assumptions(self, played: Played) -> None:
        """Every relation of the statement holds after the round."""
        sides, theorem = Sides(played.ranges), self.family.theorem
        for assumption in theorem.assumptions:
            relation = assumption.condition
            if isinstance(relation, Requires):
                continue
            both = ordered_sides(theorem.spelled_out(sympify(relation)))
            if both is None:
                self.need(bool(relation == S.true), f"the assumption {assumption.text!r} is no inequality")
                continue
            smaller, larger = both
            if isinstance(smaller, CumMax) and self._fixed(larger):
                smaller = smaller.args[0]  # a maximum is at most what every round is at most
            strict = relation.rel_op in {"<", ">"}
            holds = sides.at_least(played.value(larger), played.value(smaller), strict=strict)
            self.need(holds, f"the assumption {assumption.text!r} is not shown")

    def _fixed(self, e: Expr) -> bool:
        """Whether an expression of the statement is the same in every round."""
        rest = e.xreplace({node: Integer(0) for node in outermost(e) if _is_first(node)})
        return not rest.has(Quantity) and rest.free_symbols <= set(constants(self.family))

    def _in_this_round(self, played: Played) -> None:
        """-regret <= rhs after the round."""
        if regret not in played.after:
            raise NotShown("nothing is claimed of `regret`")
        rhs = played.value(self.rhs)
        holds = Sides(played.ranges).at_least(played.after[regret], -rhs)
        self.need(holds, f"the statement after the round: {self.family.theorem.lhs} <= {rhs}")

    def end(self) -> Rational:
        """What is claimed of the two sides after the last round; the power of n of their quotient."""
        family = self.family
        last = moment(family, family.final, {t: family.horizon + 1, k: Integer(0)}, self.ranges)
        if regret not in last.values:
            raise NotShown("nothing is claimed of `regret` after the last round")
        sides = Sides(last.ranges)
        holds = sides.at_least(last.values[regret], family.at_least)
        self.need(holds, f"after the last round: regret >= {family.at_least}")
        if not family.at_most:
            return self._power(family.at_least)
        known = {**constants(family), **last.values, T: family.horizon, x_next: last.values[x]}
        del known[x]  # the point of the next round, not of this one
        terms = [e for e in Add.make_args(_at_end(self.rhs, known)) if e != 0]
        left = list(family.at_most)
        for term in terms:
            bound = next((b for b in left if sides.at_least(b, term)), None)
            self.need(bound is not None, f"after the last round: no formula of `at_most` bounds {term}")
            left.remove(bound)
        growth = self._power(family.at_least / Add(*family.at_most))
        self.need(growth > 0, f"{family.at_least} over {Add(*family.at_most)} grows with n")
        return growth

    def _power(self, e: Expr) -> Rational:
        """p if e is c n^p with a constant c > 0."""
        size = Symbol("n", positive=True)
        free = {s: Symbol(s.name, real=True) for s in e.free_symbols - {n}}
        shape = e.xreplace({n: size, **free})
        power = simplify(size * shape.diff(size) / shape)
        if not power.is_Rational:
            raise NotShown(f"{e} is no constant times a power of n")
        self.need(self.sides.at_least(e.xreplace({n: Integer(1)}), 0, strict=True), f"{e} > 0")
        return power


def _at_end(e: Expr, known: dict[Expr, Expr]) -> Expr:
    """An expression of the statement after the last round."""
    if e in known:
        return known[e]
    if isinstance(e, SumCoords | MaxCoords):
        return _at_end(e.args[0], known)
    if isinstance(e, Quantity):
        raise NotShown(f"{e} is not known after the last round; claim its value in `final`")
    return e.func(*(_at_end(argument, known) for argument in e.args)) if e.args else e


def _is_first(node: Expr) -> bool:
    """Whether a node is `First(...)`."""
    return (
        isinstance(node, CumSum)
        and isinstance(node.args[0], Piecewise)
        and node == First(node.args[0].args[0][0])
    )


def _lags(family: GameFamily) -> range:
    """How many rounds back the conditions look."""
    theorem = family.theorem
    text = [str(theorem.spelled_out(sympify(r))) for r in theorem.relations]
    return range(1, 1 + max((s.count("Prev(") for s in text), default=0))
