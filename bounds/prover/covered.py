"""The losses that an answer about linear losses covers.

Replace each convex f_t by <g_t, .>, where g_t is the oracle's subgradient at x_t. The points and gradients
stay the same and, by convexity, the gap f_t(x_t) - f_t(z) of a point z can only grow. So it is enough to
decide linear losses if the algorithm reads only points and gradients, and the statement reads the losses
through

* a regret whose weights are never negative, or the difference f_t(x_t) - f_t(z), for a fixed z or for one
  point z_t in each round,
* only on the left side and on the side b of conditions a <= b, and growing with it.

Anything else is refused, because linear losses do not represent all convex losses there.
"""

from collections.abc import Callable

from sympy import Add, Dummy, Expr, Max, Min, Mul

from bounds.scope import OutOfScope, stated
from theory.quantities import CumMax, CumSum, LossAt, Regret
from theory.recurrence import Recurrence
from theory.sign import nonnegative
from theory.statement import Theorem, ordered_sides
from theory.symbols import f, z, z_t

GAP = Dummy("gap", real=True)
"""The gap of z or z_t in a round, f_t(x_t) - f_t(z), or a regret."""
BY_LINEARISATION = "every stream of convex losses with such subgradients where it plays, by linearisation"
GRADIENTS_ALONE = "every stream of losses that hand out such gradients, for nothing else is read"


def losses_covered(theorem: Theorem, reading: str, recurrence: Recurrence) -> str:
    """The losses that an answer about linear losses covers, in words; OutOfScope if there are none."""
    if any(e.has(f, LossAt) for e in recurrence.expressions()):
        raise OutOfScope(
            f"{recurrence.name} reads f_t(x_t): linear losses do not stand for all convex ones, and only "
            "linear ones can be decided"
        )
    lhs, rhs, *conditions = stated(theorem, reading)
    for regret in lhs.atoms(Regret):
        if not nonnegative(regret.args[0]) or _reads(regret.args[0]):
            raise OutOfScope(
                f"`{theorem.id}` weighs its regret by {regret.args[0]}, which is not seen to be >= 0: linear "
                "losses do not stand for all convex ones there"
            )
    sides: list[tuple[Expr, bool]] = [(lhs, True), (rhs, False)]
    for condition in conditions:
        ordered = ordered_sides(condition)
        if ordered is not None:
            small, large = ordered
            sides += [(large, True), (small, False)]
    for side, growing in sides:
        if _reads(side) and not _moves(_in_gaps(side), up=growing):
            raise OutOfScope(
                f"`{theorem.id}` reads the losses in {side}: linear losses stand for all convex ones only "
                "where the left side grows with a regret, or with f_t(x_t) - f_t(z), and nothing else reads "
                "them; write Regret, or the inner product of g and x - z"
            )
    if any(_reads(side) for side, _ in sides):
        return BY_LINEARISATION
    return GRADIENTS_ALONE


def _reads(e: Expr) -> bool:
    """Whether an expression depends on more than points and gradients."""
    return bool(e.has(f, LossAt, Regret))


def _in_gaps(e: Expr) -> Expr:
    """The expression with `GAP` in place of a regret and of f_t(x_t) - f_t(z), for one of the two points."""
    loss, point = Dummy("loss", real=True), z_t if e.has(LossAt(z_t)) else z
    regrets = dict.fromkeys(e.atoms(Regret), GAP)
    return e.xreplace(regrets).xreplace({LossAt(point): loss}).xreplace({f: GAP + loss})


def _moves(e: Expr, *, up: bool) -> bool:
    """Whether an expression provably grows (falls) with every `GAP` and reads the losses only through it."""
    if not e.has(GAP):
        return not e.atoms(Dummy) and not _reads(e)
    if e == GAP:
        return up
    if isinstance(e, Add | Max | Min | CumSum | CumMax):
        return all(_moves(part, up=up) for part in e.args)
    if isinstance(e, Mul):
        inside = [factor for factor in e.args if factor.has(GAP)]
        rest = Mul(*(factor for factor in e.args if not factor.has(GAP)))
        if len(inside) > 1 or rest.atoms(Dummy) or _reads(rest):
            return False
        signed: list[tuple[Callable[[Expr], Expr], bool]] = [(lambda u: u, up), (lambda u: -u, not up)]
        return any(nonnegative(turn(rest)) and _moves(inside[0], up=way) for turn, way in signed)
    return False
