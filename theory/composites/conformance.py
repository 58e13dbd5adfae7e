"""The conformance test of a composite term: `check_composite(phi)` tests a new one in one line.

Building a `Composite` already checks its symbols, its ranks and that the term is convex. This module checks
what the text alone cannot show, in 50 digits on a grid of steps: that the minimiser minimises, and that its
projection in the metric is the step on the sets for which that is promised. Other sets than boxes need that
k phi(v) - s v + h v^2/2 differs from its least value by exactly metric (v - u)^2/2.
"""

from itertools import product

from sympy import Expr, Integer, Rational

from theory.composites.composite import DUAL, METRIC, WEIGHT, Composite
from theory.symbols import x

DIGITS = 50
TOLERANCE = Rational(1, 10**40)
"""Far above the rounding of 50 digits at numbers below 1000."""
DUALS = [Rational(n, 6) for n in (-60, -18, -7, -2, 0, 1, 3, 9, 42)]
METRICS = [Rational(0), Rational(1, 3), Rational(1), Rational(5)]
WEIGHTS = [Rational(1, 4), Rational(1), Rational(6)]
AWAY = [s * Rational(1, 10**n) for n in (6, 3, 1, 0) for s in (-3, -1, 1, 2)]


class CompositeError(ValueError):
    """A composite term breaks its contract; the message says which law."""


def check_composite(phi: Composite) -> None:
    """Test every law on a grid of steps.

    Args:
        phi: the term to test.

    Raises:
        CompositeError: it breaks a law; the message says which one, and where.
    """
    own = {p.symbol: Rational(str(sum(p.typical) / 2)) for p in phi.parameters}
    for s, h, k in product(DUALS, METRICS, WEIGHTS):
        if h == 0 and s != 0:  # s = h y
            continue
        step = {DUAL: s, METRIC: h, WEIGHT: k, **own}
        u, metric = _number(phi.minimiser, step), _number(phi.metric, step)
        where = f"of `{phi.name}` at s = {s}, h = {h}, k = {k}"

        def objective(v: Expr, s: Expr = s, h: Expr = h, k: Expr = k) -> Expr:
            return k * _number(phi.term, {x: v, **own}) - s * v + h * v**2 / 2

        least = objective(u)
        for v in (*(u + away for away in AWAY), Integer(0)):
            more = objective(v) - least
            if more < -TOLERANCE:
                raise CompositeError(f"`minimiser` {where} is {u}, but {v} is better by {-more}")
            if not phi.boxes_only and abs(more - metric * (v - u) ** 2 / 2) > TOLERANCE:
                raise CompositeError(
                    f"`boxes_only` {where}: the step is not a projection in the metric {metric}; set "
                    "boxes_only=True, or mend the metric"
                )


def _number(e: Expr, values: dict[Expr, Expr]) -> Expr:
    found = e.xreplace(values)
    return found if found.is_Rational else found.evalf(DIGITS)
