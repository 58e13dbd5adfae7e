"""Claim 1: the closed form of Adam's phi, with beta1 to the power t - i and as the paper typesets it."""

from collections.abc import Callable

from sympy import Expr, Rational, S

from paper_checks import Claim, ClaimVerdict, Finding, Options
from paper_checks.adal.claims.exact import lines_exactly, random_rationals
from theory import ADAM, Recurrence, Source
from theory.parameters import beta1, beta2
from theory.symbols import m

ROUNDS = 12
PARAMETERS = {beta1: Rational(9, 10), beta2: Rational(999, 1000)}

Weight = Callable[[Rational, int], Expr]


def check(
    options: Options, *, recurrence: Recurrence = ADAM, printed: Weight = lambda decay, age: decay * age
) -> Finding:
    """Unroll the line of m_t in rationals and compare it with (1 - beta1) sum_i w(beta1, t - i) g_i."""
    gradients = random_rationals(options.seed, ROUNDS)
    truth = [row[m] for row in lines_exactly(recurrence, gradients, PARAMETERS, [m])]
    decay = PARAMETERS[beta1]

    def closed(weight: Weight, t: int) -> Expr:
        total = sum((weight(decay, t - i) * gradients[i - 1] for i in range(1, t + 1)), S.Zero)
        return (1 - decay) * total

    power = max(abs(closed(lambda q, age: q**age, t) - value) for t, value in enumerate(truth, start=1))
    typeset = max(abs(closed(printed, t) - value) for t, value in enumerate(truth, start=1))
    if typeset == 0:
        verdict = ClaimVerdict.TRUE
    else:
        verdict = ClaimVerdict.PARTLY if power == 0 else ClaimVerdict.FALSE
    last = closed(printed, ROUNDS)
    evidence = (
        f"With beta1 to the power t - i the sum differs from {recurrence.name}'s m_t by at most "
        f"{float(power):.3g}, in rational arithmetic over {ROUNDS} rounds.",
        f"As typeset, beta1 times (t - i), it differs by up to {float(typeset):.3g}: at t = {ROUNDS} it "
        f"gives {float(last):.4g} where m_t = {float(truth[-1]):.4g}.",
    )
    return Finding(verdict, evidence, {"power": float(power), "typeset": float(typeset)})


CLAIM = Claim(
    "adal.claim.1",
    "in Adam, φ(·) = (1 − β1) Σ β1(t − i) g_i",
    Source("adal", "section 1"),
    "Adam's m_t equals (1 - beta1) sum_{i=1}^t w_i g_i with w_i as printed.",
    check,
)
