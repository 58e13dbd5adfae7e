"""Claim 3: dividing by 1 - beta^t makes the exponential means unbiased estimates of what they average."""

from sympy import Rational

from paper_checks import Claim, ClaimVerdict, Finding, Options
from paper_checks.adal.claims.exact import lines_exactly
from theory import ADAL, Recurrence, Source
from theory.parameters import beta1, beta2
from theory.symbols import mhat, vhat

ROUNDS = 25
DECAYS = (Rational(0), Rational(1, 2), Rational(9, 10), Rational(999, 1000))
LAW = {Rational(3): Rational(1, 4), Rational(-1): Rational(3, 4)}
"""Noise of mean 0 whose transformed gradient at a stationary point, ||g||_1 g, has a nonzero mean."""


def check(options: Options, *, recurrence: Recurrence = ADAL) -> Finding:
    """Check that under a constant ghat = 1 the corrected means, sums of their weights, are exactly 1."""
    apart = Rational(0)
    for first, second in zip(DECAYS, reversed(DECAYS), strict=True):
        given = {beta1: first, beta2: second}
        for row in lines_exactly(recurrence, [Rational(1)] * ROUNDS, given, [mhat, vhat]):
            apart = max(apart, abs(row[mhat] - 1), abs(row[vhat] - 1))
    drift = sum(p * abs(noise) * noise for noise, p in LAW.items())
    evidence = (
        f"The weights of mhat_t and vhat_t sum to 1 within {float(apart):.3g}, in rational arithmetic for "
        f"{ROUNDS} rounds and {len(DECAYS)} pairs of decays; so E mhat_t = E ghat_i if that does not "
        "depend on i.",
        f"It is unbiased for E ||g||_1 g, not for the gradient: the noise +3 (w.p. 1/4), -1 (w.p. "
        f"3/4) has mean 0, but E |g| g = {drift}.",
    )
    verdict = ClaimVerdict.TRUE if apart == 0 else ClaimVerdict.FALSE
    return Finding(verdict, evidence, {"apart": float(apart), "drift": float(drift)})


CLAIM = Claim(
    "adal.claim.3",
    "Bias Correction: m̂_t = m_t/(1 − β1^t), v̂_t = v_t/(1 − β2^t)",
    Source("adal", "Algorithm 1"),
    "The weights (1 - beta) beta^{t-i}/(1 - beta^t), i = 1..t, sum to 1: E mhat_t = E ghat_i and "
    "E vhat_t = E ghat_i^2 where these do not depend on i.",
    check,
)
