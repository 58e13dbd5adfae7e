"""Claim 5: the order of Theorem 2's right side, and whether the statement behind it survives games."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sympy import Rational

from paper_checks.adal import four_rounds, one_step, skewed_noise
from paper_checks.claim import Claim, ClaimVerdict, Finding
from paper_checks.scenario import Options, Plan
from theory.order import Order, order
from theory.source import Source
from theory.theorems.adal import THEOREM2

CLAIMED = Order(Rational(-1, 2), Rational(1))
ROUNDS = 100_000


def games(options: Options) -> dict[str, Plan]:
    """Three games of the paper; the long one cut after the round where its bounds have been passed."""
    return {
        "one_step": one_step.build(options),
        "four_rounds": four_rounds.build(options),
        "skewed_noise": replace(skewed_noise.build(replace(options, full=False)), horizon=ROUNDS),
    }


def check(options: Options, *, plans: Mapping[str, Plan] | None = None) -> Finding:
    """Each reading's order, and the games that violate it."""
    from bounds.evaluate import checks
    from bounds.verdict import Verdict
    from paper_checks.runner import play_plan

    orders = {r.key: order(THEOREM2, r.key) for r in THEOREM2.readings}
    slower = [key for key, found in orders.items() if found > CLAIMED]
    broken: dict[str, list[str]] = {key: [] for key in orders}
    margins = {}
    for name, plan in (games(options) if plans is None else plans).items():
        trace = play_plan(plan, name)
        for found in checks(plan.theorems[0], trace, constants=plan.constants):
            key = found.id.rpartition(".")[2]
            if found.margin is not None:
                margins[f"{name}.{key}"] = found.margin
            if found.verdict is Verdict.VIOLATED:
                broken[key].append(f"{name} (bound/measured {found.margin:.3g})")
    if slower or all(broken.values()):
        verdict = ClaimVerdict.FALSE
    else:
        verdict = ClaimVerdict.PARTLY if any(broken.values()) else ClaimVerdict.TRUE
    evidence = (
        "Order of the right side, the constants G and M held fixed: "
        + "; ".join(f"{found} ({key})" for key, found in orders.items())
        + f"; the claim is {CLAIMED}.",
        "Games that violate the statement: "
        + "; ".join(f"{key}: {', '.join(names) or 'none of these'}" for key, names in broken.items())
        + ".",
    )
    return Finding(verdict, evidence, margins)


CLAIM = Claim(
    "adal.claim.5",
    "the convergence rate in the non-convex case is upper bounded by O(log T/√T)",
    Source("adal", "section 1"),
    "(1/T) sum_t E ||grad f(x_t)||^2 is at most the right side of Theorem 2, and this is O(log T/sqrt(T)).",
    check,
)
