"""Claim 4: the order in T of Theorem 1's right side, symbolically and on gradients of constant size."""

from sympy import Rational, lambdify, log, sqrt

from paper_checks import Claim, ClaimVerdict, Finding, Options
from theory import Source, Theorem
from theory.order import ASSUMPTION, Order, order
from theory.symbols import T
from theory.theorems.adal import THEOREM1

CLAIMED = Order(Rational(1, 2))
HORIZONS = (10**2, 10**6, 10**12)


def check(options: Options, *, theorem: Theorem = THEOREM1, claimed: Order = CLAIMED) -> Finding:
    """Compare the order of every reading with the claimed one."""
    orders = {r.key: order(theorem, r.key) for r in theorem.readings}
    right = [found <= claimed for found in orders.values()]
    ratios = {key: _ratios(found, claimed) for key, found in orders.items()}
    verdict = ClaimVerdict.TRUE if all(right) else ClaimVerdict.PARTLY if any(right) else ClaimVerdict.FALSE
    some = next(iter(ratios.values()))
    evidence = (
        f"If {ASSUMPTION}, the right side grows like "
        + "; ".join(f"{found} (reading {key})" for key, found in orders.items())
        + f"; the claim is O({claimed}).",
        "Right side divided by the claimed order, without constants, at T = 1e2, 1e6, 1e12: "
        + ", ".join(f"{value:.3g}" for value in some)
        + ".",
    )
    return Finding(
        verdict, evidence, {f"growth_{key}": values[-1] / values[0] for key, values in ratios.items()}
    )


def _ratios(found: Order, claimed: Order) -> list[float]:
    growth = lambdify(T, T ** (found.p - claimed.p) * sqrt(log(T)) ** (2 * (found.q - claimed.q)), "math")
    return [float(growth(horizon)) for horizon in HORIZONS]


CLAIM = Claim(
    "adal.claim.4",
    "the regret under the convex assumption is upper bounded by O(√T)",
    Source("adal", "section 1"),
    "The right side of Theorem 1 is O(sqrt(T)) when every |g_{t,i}| stays between two positive constants.",
    check,
)
