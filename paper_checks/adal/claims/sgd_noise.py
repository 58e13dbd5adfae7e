"""Claim 17: the printed formulas for the noise of SGD and of Adam."""

from dataclasses import dataclass

from sympy import Expr, Function, IndexedBase, Rational, S, Sum, Symbol, simplify, symbols

from paper_checks import Claim, ClaimVerdict, Finding, Options
from theory import Source

i, t, n = symbols("i t n", integer=True, positive=True)
g, u, sample = IndexedBase("g"), IndexedBase("u"), Function("sample_gradient")
decay = Symbol("beta1", positive=True)
batch = Symbol("g_S")
"""The gradient of the minibatch."""


@dataclass(frozen=True)
class Formulas:
    """u^SGD = sgd/divisor - subtracted and u^Adam = factor * adam.

    Args:
        sgd: The sum over i in u^SGD.
        subtracted: The term subtracted from it.
        divisor: The divisor of the sum; for a mean, the number of its terms.
        adam: The sum of weighted noises.
        factor: The factor in front of that sum.
    """

    sgd: Sum
    subtracted: Expr
    divisor: Expr
    adam: Sum
    factor: Expr


PRINTED = Formulas(
    sgd=Sum(g[t], (i, 0, t)), subtracted=g[t], divisor=S.One,
    adam=Sum(decay ** (t - i) * u[t], (i, 0, t)), factor=(1 - decay) / (1 - decay**t),
)  # fmt: skip
INTENDED = Formulas(
    sgd=Sum(sample(i), (i, 1, n)), subtracted=batch, divisor=n,
    adam=Sum(decay ** (t - i) * u[i], (i, 1, t)), factor=(1 - decay) / (1 - decay**t),
)  # fmt: skip


def check(options: Options, *, formulas: Formulas = PRINTED) -> Finding:
    """Check that u^SGD is a mean over samples minus a sample, and u^Adam a mean of past noises."""
    over_samples = i in formulas.sgd.function.free_symbols
    count = simplify(formulas.sgd.limits[0][2] - formulas.sgd.limits[0][1] + 1)
    is_mean = simplify(formulas.divisor - count) == 0
    same = formulas.sgd.function == formulas.subtracted
    past = any(i in e.indices[0].free_symbols for e in formulas.adam.atoms(type(u[i])) if e.base == u)
    weights = formulas.adam.function.subs({e: S.One for e in formulas.adam.atoms(type(u[i])) if e.base == u})
    at = {decay: Rational(9, 10), t: 12}
    total = (formulas.factor * Sum(weights, *formulas.adam.limits)).subs(at).doit()
    value = simplify(formulas.sgd.doit() - formulas.subtracted) if same else None
    faults = [
        text
        for wrong, text in (
            (not over_samples, "the summand does not depend on the summation index"),
            (not is_mean, f"the sum of {count} terms is not divided by their number"),
            (same, f"the same quantity is subtracted, so u^SGD = {value}"),
            (not past, "u^Adam sums u_t itself, not the past u_i"),
            (total != 1, f"the weights of u^Adam sum to {float(total):.4g} at t = 12, beta1 = 0.9, not to 1"),
        )
        if wrong
    ]
    evidence = (
        f"Faults: {'; '.join(faults)}."
        if faults
        else "The formulas are a mean minus a sample, and a mean of past noises.",
        "Intended: u_t = (1/n) sum_i grad f_i(theta_t) - grad f_S(theta_t), u^Adam = "
        "(1 - beta1)/(1 - beta1^t) sum_{i=1}^t beta1^{t-i} u_i.",
    )
    verdict = ClaimVerdict.MALFORMED if faults else ClaimVerdict.TRUE
    return Finding(verdict, evidence, {"faults": len(faults), "weights": float(total)})


CLAIM = Claim(
    "adal.claim.17",
    "u_t^SGD = Σ_{i=0}^t g_t − g_t",
    Source("adal", "section 2.4"),
    "u^SGD is the mean gradient minus the minibatch's, u^Adam the bias-corrected exponential mean of past "
    "u_i.",
    check,
)
