"""Claim 2: the paper's formula for Adam's psi, compared with the denominator of Adam's step."""

from collections.abc import Callable

from sympy import Expr, Rational, S, sqrt

from paper_checks import Claim, ClaimVerdict, Finding, Options
from paper_checks.adal.claims.exact import lines_exactly, random_rationals
from theory import ADAM, Source
from theory.parameters import beta1, beta2
from theory.symbols import mhat, vhat

ROUNDS = 8
PARAMETERS = {beta1: Rational(9, 10), beta2: Rational(999, 1000)}
FACTORS = (Rational(1, 1000), S.One, S(1000))

Psi = Callable[[list[Rational], Rational], Expr]


def as_printed(gradients: list[Rational], decay: Rational) -> Expr:
    """(1 - beta2) sum_i beta2^{t-i} g_i^2, with the paper's product read as a power."""
    t = len(gradients)
    return (1 - decay) * sum((decay ** (t - i) * gradients[i - 1] ** 2 for i in range(1, t + 1)), S.Zero)


def check(options: Options, *, psi: Psi = as_printed) -> Finding:
    """Compare psi with sqrt(vhat_t), and the steps with each as denominator under f -> c f."""
    gradients = random_rationals(options.seed, ROUNDS)
    theirs, true, ratio, mended = [], [], S.One, S.One
    for c in FACTORS:
        scaled = [c * value for value in gradients]
        last = lines_exactly(ADAM, scaled, PARAMETERS, [mhat, vhat])[-1]
        theirs.append(float(abs(last[mhat]) / psi(scaled, PARAMETERS[beta2])))
        true.append(float(abs(last[mhat]) / sqrt(last[vhat])))
        if c == 1:
            ratio = psi(scaled, PARAMETERS[beta2]) / sqrt(last[vhat])
            mended = psi(scaled, PARAMETERS[beta2]) / (1 - PARAMETERS[beta2] ** ROUNDS) / last[vhat]
    apart = abs(float(ratio) - 1)
    spread = max(theirs) / min(theirs)
    same = apart < 1e-12  # one rounding of an exact number to double
    missing = "the square root and the bias correction" if mended == 1 else "more than a root"
    evidence = (
        f"psi is {float(ratio):.4g} times the denominator sqrt(vhat_t) after {ROUNDS} rounds "
        f"(without epsilon); psi lacks {'nothing' if same else missing}.",
        f"Under f -> c f with c = 1e-3, 1, 1e3 the steps mhat/psi are {_shown(theirs)}; Adam's are "
        f"{_shown(true)}.",
    )
    verdict = ClaimVerdict.TRUE if same and spread < 1 + 1e-12 else ClaimVerdict.FALSE
    return Finding(verdict, evidence, {"ratio": float(ratio), "spread": spread})


def _shown(values: list[float]) -> str:
    return ", ".join(f"{v:.4g}" for v in values)


CLAIM = Claim(
    "adal.claim.2",
    "in Adam, ψ(·) = (1 − β2) diag(Σ β2(t − i) g_i²)",
    Source("adal", "section 1"),
    "Adam divides its step by psi(g_1, ..., g_t) as printed: psi = sqrt(vhat_t), and so mhat/psi does not "
    "change under f -> c f.",
    check,
)
