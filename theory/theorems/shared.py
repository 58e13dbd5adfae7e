"""Assumptions and right-side terms that several theorems share, each written once."""

from collections.abc import Callable
from typing import Any

from sympy import Expr, S, sqrt

from theory.parameters import alpha, beta1, beta2
from theory.quantities import CumSum, Regret, SumCoords
from theory.recurrence import Recurrence
from theory.source import Source
from theory.statement import Assumption, Reading, Requires, Status, Theorem
from theory.symbols import D, D_i, T, gamma, vhat

CONVEX = Assumption("the losses are convex", Requires.CONVEX_LOSSES)
COMPACT = Assumption("X is compact with diameter D", Requires.COMPACT_SET)
SEPARABLE = Assumption("X is a box", Requires.SEPARABLE_SET)
SMOOTH = Assumption("f is L-smooth", Requires.SMOOTH_LOSS)
FIXED = Assumption("one fixed f", Requires.FIXED_LOSS)
FREE = Assumption("no projection takes place", Requires.UNCONSTRAINED)
UNBIASED = Assumption("the gradients handed out are unbiased", Requires.UNBIASED_ORACLE)

GAMMA_BELOW_1 = Assumption("gamma = beta1^2/beta2 < 1", gamma < 1)
GAMMA_IS = (gamma, beta1**2 / beta2)


def lengths(e: Expr) -> Expr:
    """sum_i sqrt(sum_t e_{t,i}^2)."""
    return SumCoords(sqrt(CumSum(e**2)))


def noise(e: Expr) -> Expr:
    """The bound on the squared steps in Adam's analysis, without its logarithm; e: the gradient h_t."""
    return alpha / sqrt((1 - beta2) * (1 - gamma)) * lengths(e)


def distance(diameter: Expr) -> Expr:
    """The first term of Adam's analysis, from telescoping the distances to the comparator."""
    return diameter**2 * sqrt(T) / (2 * alpha * (1 - beta1)) * SumCoords(sqrt(vhat))


def sharp_distance(outside: Expr, inside: Expr, metric: Expr) -> Expr:
    """The first term with the constant of Theorem R; outside, inside: as `both` passes them."""
    return (2 - beta1) * sqrt(T) / (4 * alpha * (1 - beta1)) * outside * SumCoords(inside * metric)


def kappa_is(gamma: Expr) -> Expr:
    """An upper bound of |mhat_t|/sqrt(vhat_t)."""
    return (1 - beta1) / sqrt((1 - beta2) * (1 - gamma))


def both(
    bound: Callable[[Expr, Expr], Expr],
    *,
    whole: str = "D: the diameter of X in the infinity norm",
    sides: str = "D_i: the side of X along each coordinate",
) -> tuple[Reading, Reading]:
    """A bound in two readings: with the diameter D of X, and with the side D_i along each coordinate.

    bound: takes the squared diameter as (a factor of the sum over coordinates, a factor of each summand);
    whole, sides: the notes of the two readings.
    """
    return Reading("D", bound(D**2, S.One), whole), Reading("D_i", bound(S.One, D_i**2), sides)


def regret_bound(
    id: str,
    title: str,
    source: Source,
    algorithm: str | Recurrence,
    readings: tuple[Reading, ...],
    *,
    condition: tuple[Assumption, ...] = (),
    compact: Assumption = COMPACT,
    status: Status = Status.PROVED,
    **fields: Any,
) -> Theorem:
    """A regret bound of one algorithm for convex losses on a compact set."""
    return Theorem(
        id=id, title=title, source=source, algorithms=(algorithm,), lhs=Regret(S.One), readings=readings,
        assumptions=(*condition, CONVEX, compact), status=status, **fields,
    )  # fmt: skip


def repaired(id: str, title: str, place: str, *recurrences: Recurrence, **fields: Any) -> Theorem:
    """A theorem of this package, proved in docs/proofs.md at `place`."""
    names, values = tuple(r.name for r in recurrences), {"status": Status.PROVED, **fields}
    return Theorem(f"repaired.{id}", title, Source("repaired", place), names, **values)
