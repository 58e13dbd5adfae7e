r"""Growth in T: the order T^p (log T)^q of each term of a right side, before any simulation.

The assumption is always the same (`ASSUMPTION`): every coordinate of every gradient lies between two
positive constants in absolute value. This determines the orders of an algorithm's lines: a mean with constant
decay has the order of what it averages, `Prev(s) + e` is the sum of e over the rounds, and `Max(Prev(s), e)`
its maximum. Orders are exact for sums of nonnegative terms; where terms may cancel, they are marked as upper
bounds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import total_ordering

from sympy import Dummy, Expr, Max, Min, Rational, S, Symbol, oo, sympify

from theory.borders import settle
from theory.calculus import Calculus, Sized
from theory.degree import LOSS, raised
from theory.parameters import Parameter
from theory.quantities import REDUCTIONS, CumMax, CumSum, LinearMinimiser, Prev, Quantity, Regret
from theory.recurrence import Recurrence
from theory.scaling import named_algorithm, split
from theory.sign import is_constant, nonnegative
from theory.statement import Theorem
from theory.symbols import T, t

ASSUMPTION = (
    "every coordinate of every gradient lies between two positive constants in size, points and losses are "
    "bounded, and the parameters, d and the constants of the problem do not depend on T"
)


@total_ordering
@dataclass(frozen=True)
class Order:
    """T^p (log T)^q. Orders compare by growth.

    Args:
        p: the power of T; -oo for a quantity that vanishes faster than every power.
        q: the power of log T.
        upper: whether this is only an upper bound, because terms may cancel.
    """

    p: Rational
    q: Rational = S.Zero
    upper: bool = field(default=False, compare=False)

    def __post_init__(self) -> None:
        """Make the exponents exact."""
        settle(self, p=sympify(self.p), q=S.Zero if self.p == -oo else sympify(self.q))

    def __lt__(self, other: Order) -> bool:
        """Whether it grows more slowly."""
        return bool((self.p, self.q) < (other.p, other.q))

    def __str__(self) -> str:
        """Such as ``T^(1/2) (log T)^(1/2)``, ``log T`` or ``1``."""
        if self.p == -oo:
            return "0"
        parts = [raised("T", self.p), "log T" if self.q == 1 else raised("(log T)", self.q)]
        return " ".join(part for part in parts if part) or "1"


ONE = Order(S.Zero)
VANISHING = Order(-oo)


def order(theorem: Theorem, reading: str, recurrence: Recurrence | None = None) -> Order:
    """The growth order of a reading's right side under `ASSUMPTION`.

    Args:
        theorem: the theorem.
        reading: the key of the reading.
        recurrence: the algorithm, by default the first that the theorem names.

    Raises:
        ValueError: an unknown reading, or an order that is not T^p (log T)^q or cannot be determined.
    """
    chosen = theorem.reading(reading)
    return _Orders(recurrence or named_algorithm(theorem)).of(theorem.spelled_out(chosen.rhs))


def term_orders(
    theorem: Theorem, reading: str, recurrence: Recurrence | None = None
) -> tuple[tuple[Expr, Order], ...]:
    """Each term of a reading's right side (see `theory.scaling.split`) and its order with the prefactor."""
    calculus = _Orders(recurrence or named_algorithm(theorem))
    prefactor, terms = split(theorem, theorem.reading(reading))
    return tuple((e, calculus.of(theorem.spelled_out(prefactor * e))) for e in terms)


def compare(actual: Order, claimed: Order) -> str:
    """The verdict on the claim O(claimed) about something of order `actual`, in one sentence."""
    if actual > claimed and actual.upper:
        return f"O({claimed}) cannot be told: signs may cancel in what is O({actual}), if {ASSUMPTION}"
    if actual > claimed:
        return f"not O({claimed}): it grows like {actual}, if {ASSUMPTION}"
    looser = "" if actual == claimed else f"; more than that, it is O({actual})"
    return f"O({claimed}) is right{looser}, if {ASSUMPTION}"


class _Orders(Calculus[Order]):
    """Orders of expressions over an algorithm's lines."""

    def __init__(self, recurrence: Recurrence) -> None:
        self.name = recurrence.name
        self.lines: Mapping[Symbol, Expr] = dict(recurrence.steps)
        self.parameters: Mapping[Symbol, Parameter] = {p.symbol: p for p in recurrence.parameters}
        self.found: dict[Symbol, Order] = {}
        self.open: set[Symbol] = set()

    def constant(self) -> Order:
        return ONE

    def symbol(self, e: Symbol) -> Order:
        if e in (t, T):
            return Order(S.One)
        if e in self.lines:
            if e not in self.found:
                if e in self.open:
                    raise ValueError(
                        f"the lines of {self.name} define `{e}` by itself; its order cannot be told"
                    )
                self.open.add(e)
                self.found[e] = self._of_line(e, self.lines[e])
                self.open.discard(e)
            return self.found[e]
        if e in self.parameters or e in LOSS.base:
            return ONE
        raise ValueError(
            f"`{e}` has no order in T: it is neither of the game nor of {self.name}; "
            f"say what it stands for in the theorem's `letters`"
        )

    def nothing(self) -> Order:
        return VANISHING

    def product(self, sizes: Sequence[Order]) -> Order:
        return Order(
            sum((s.p for s in sizes), start=S.Zero),
            sum((s.q for s in sizes), start=S.Zero),
            upper=any(s.upper for s in sizes),
        )

    def power(self, e: Expr, size: Order, exponent: Rational) -> Order:
        if size.p == -oo:
            if exponent < 0:
                raise ValueError(f"{e} divides by what vanishes faster than every power of T")
            return VANISHING
        return Order(size.p * exponent, size.q * exponent, upper=size.upper)

    def symbolic_power(self, e: Expr) -> Order:
        base, exponent = e.args
        if self._decay(base) and exponent.subs({t: oo, T: oo}) == oo:
            return VANISHING
        if self.of(base) == ONE and self.of(exponent) == ONE:
            return ONE
        raise ValueError(f"the order of {e} in T depends on the values of its symbols; it cannot be told")

    def total(self, e: Expr, parts: Sequence[Sized[Order]]) -> Order:
        largest = max(size for _, size in parts)
        leading = [(part, size) for part, size in parts if size == largest]
        signs = {part.as_coeff_Mul()[0] > 0 for part, _ in leading}
        cancels = len(signs) > 1 and not is_constant(e)
        return replace(largest, upper=cancels or all(size.upper for _, size in leading))

    def extreme(self, e: Expr, parts: Sequence[Sized[Order]]) -> Order:
        sizes = [size for _, size in parts]
        chosen = min(sizes) if isinstance(e, Min) else max(sizes)
        return replace(chosen, upper=any(size.upper for size in sizes if size == chosen))

    def logarithm(self, e: Expr, size: Order) -> Order:
        if size == ONE:
            return ONE
        if size.p == 0 or size.p == -oo:
            raise ValueError(f"the order of {e} is no T^p (log T)^q")
        return Order(S.Zero, S.One)

    def transcendental(self, e: Expr, size: Order) -> Order:
        if size > ONE:
            raise ValueError(f"the order of {e} is no T^p (log T)^q: its argument grows")
        return ONE

    def branches(self, e: Expr) -> list[Expr]:
        """The branches that matter for large t."""
        kept = []
        for pair in e.args:
            late = pair.cond.subs(t, oo)
            if late not in (S.true, S.false):
                kept.append(pair.expr)
            elif late == S.true:
                return [*kept, pair.expr]
        return kept

    def node(self, e: Quantity, size: Order) -> Order:
        if isinstance(e, REDUCTIONS) and not nonnegative(e.args[0], constants=True):
            size = replace(size, upper=True)
        if isinstance(e, CumSum):
            return _summed(e, size)
        if isinstance(e, CumMax):
            return max(size, ONE)
        if isinstance(e, LinearMinimiser):
            return ONE
        if isinstance(e, Regret):
            raise ValueError(f"{e} is what a theorem bounds; its order in T is not known before a run")
        return size

    def _decay(self, e: Expr) -> bool:
        """Whether it is a number or a parameter in [0, 1)."""
        if e in self.parameters:
            p = self.parameters[e]
            return p.lower >= 0 and (p.upper < 1 or (p.upper == 1 and p.upper_open))
        return bool(e.is_Rational and 0 <= e < 1)

    def _of_line(self, symbol: Symbol, e: Expr) -> Order:
        before = Prev(symbol)
        if not e.has(before):
            return self.of(e)
        if isinstance(e, Max) and before in e.args:
            rest = Max(*(argument for argument in e.args if argument != before))
            if not rest.has(before):
                return self.node(CumMax(rest), self.of(rest))
        weight, rest = _linear(e, before)
        if weight is not None:
            if weight == 1:
                return self.node(CumSum(rest), self.of(rest))
            if self._decay(weight):
                return replace(self.of(rest), upper=not nonnegative(rest, constants=True))
        raise ValueError(
            f"the line {symbol} = {e} of {self.name} is neither a mean with a constant decay nor a sum nor a "
            f"maximum over the rounds; its order in T cannot be told"
        )


def _linear(e: Expr, state: Expr) -> tuple[Expr | None, Expr]:
    """(k, rest) with e = k state + rest; k is None if e is not linear in the state."""
    u = Dummy("u")
    line = e.xreplace({state: u})
    weight = line.diff(u)
    if weight.has(u):
        return None, S.Zero
    return weight.cancel(), line.xreplace({u: S.Zero})


def _summed(e: Expr, size: Order) -> Order:
    """The order of a sum of terms of this order over the rounds."""
    if size.p > -1:
        return replace(size, p=size.p + 1)
    if size.p < -1 or size.q < -1:
        return replace(ONE, upper=size.upper)
    if size.q == -1:
        raise ValueError(f"the order of {e} is no T^p (log T)^q: it sums 1/(t log t)")
    return replace(size, p=S.Zero, q=size.q + 1)
