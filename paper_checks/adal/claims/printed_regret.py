"""Claim 22: the comparator in the printed regret uses an f that is the loss of no round."""

from sympy import Expr, Function, Sum, simplify, symbols

from paper_checks import Claim, ClaimVerdict, Finding, Options
from theory import Source, Theorem
from theory.quantities import Regret
from theory.theorems.adal import THEOREM2

t, T = symbols("t T", integer=True, positive=True)
point = symbols("x", real=True)
f, f_t = Function("f"), Function("f_t")

PRINTED = f(point)
INTENDED = f_t(t, point)
"""The intended summand of the comparator, min_{x in X} sum_{t=1}^T f_t(x)."""


def check(options: Options, *, summand: Expr = PRINTED, theorem: Theorem = THEOREM2) -> Finding:
    """Check that the comparator's summand depends on the round, and that Theorem 2 bounds a regret."""
    fixed = t not in summand.free_symbols
    total = simplify(Sum(summand, (t, 1, T)).doit()) if fixed else Sum(summand, (t, 1, T))
    # f_1 = 2x, f_2 = -x on [-1, 1], played at 0: the regret is -min(x) = 1; f_1 or f_2 for f gives another.
    slopes = (2.0, -1.0)
    truth = abs(sum(slopes))
    others = [abs(len(slopes) * slope) for slope in slopes]
    is_regret = theorem.lhs.has(Regret)
    faults = [
        text
        for wrong, text in (
            (fixed, f"the sum over rounds of {summand} is {total}: no f_t appears, and f is never defined"),
            (
                not is_regret,
                f"Theorem 2 announces a bound on the regret, but bounds the {theorem.measures}, not a regret",
            ),
        )
        if wrong
    ]
    evidence = (
        f"Faults: {'; '.join(faults)}." if faults else "The comparator sums the losses of the rounds.",
        f"For f_1 = 2x, f_2 = -x on [-1, 1] played at 0 the regret is {truth:g}; with f_1 or f_2 in place of "
        f"f it would be {others[0]:g} or {others[1]:g}.",
    )
    verdict = ClaimVerdict.MALFORMED if faults else ClaimVerdict.TRUE
    return Finding(verdict, evidence, {"faults": len(faults), "regret": truth})


CLAIM = Claim(
    "adal.claim.22",
    "R(T) = Σ f_t(x_t) − min Σ f(x)",
    Source("adal", "section 2.5, equation (2)"),
    "The comparator is min_{x in X} sum_t f_t(x), and both theorems bound this regret.",
    check,
)
