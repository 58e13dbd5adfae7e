"""Claim 5: the order of Theorem 2's right side, and whether the theorem itself survives counterexamples."""

from collections.abc import Mapping

from sympy import Rational

from paper_checks import Claim, ClaimVerdict, Finding, Options, Plan
from paper_checks.adal import four_rounds, one_step
from theory import Source
from theory.order import Order, order
from theory.theorems.adal import THEOREM2

CLAIMED = Order(Rational(-1, 2), Rational(1))


def five_rounds() -> Plan:
    """Huber's function with noise of +-10^5, all 32 paths: the shortest counterexample to 1/sqrt(T).

    Source: paper_checks/gallery/theorem2.py, where it is certified.
    """
    from online_sim import AllPaths, Game, rademacher
    from theory import ADAL
    from theory.losses.huber import NOISY_HUBER_FUNCTION

    return Plan(
        (THEOREM2,),
        Game(
            ADAL,
            NOISY_HUBER_FUNCTION,
            AllPaths(rademacher(10**5)),
            horizon=5,
            parameters={"alpha": 0.3, "beta1": 0.0, "beta2": 0.05, "eps": 1e-8},
            start=[0.0],
        ),
        checkpoints="all",
    )


def games(options: Options) -> dict[str, Plan]:
    """Two scenarios and a game with saturating gradients; the last two enumerate every noise path."""
    return {
        "one_step": one_step.build(options),
        "four_rounds": four_rounds.build(options),
        "five_rounds": five_rounds(),
    }


def check(options: Options, *, plans: Mapping[str, Plan] | None = None) -> Finding:
    """Compute each reading's order and find the games that violate it."""
    from bounds import Verdict, checks
    from paper_checks.playing import play_plan

    orders = {r.key: order(THEOREM2, r.key) for r in THEOREM2.readings}
    slower = [key for key, found in orders.items() if found > CLAIMED]
    broken: dict[str, list[str]] = {key: [] for key in orders}
    margins = {}
    for name, plan in (games(options) if plans is None else plans).items():
        trace = play_plan(plan)
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
        "Order of the right side for fixed G and M: "
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
