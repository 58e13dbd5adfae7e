"""Claim 23: whether the printed conditions on beta1, beta2 and vhat_0 make both theorems meaningful."""

from collections.abc import Callable

from sympy import Expr, Rational, S, nan, sqrt, zoo

from paper_checks import Claim, ClaimVerdict, Finding, Options
from paper_checks.adal.claims.exact import lines_exactly
from theory import ADAL, Source
from theory.parameters import beta1, beta2
from theory.symbols import vhat

GRID = tuple(Rational(k, 4) for k in range(-3, 4))
GRADIENTS = (Rational(1), Rational(1, 8), Rational(1, 8), Rational(1))

Admissible = Callable[[Rational, Rational], bool]


def printed(first: Rational, second: Rational) -> bool:
    """beta1 < 1, beta2 < 1 and gamma = beta1^2/beta2 < 1, wherever gamma exists."""
    gamma = S(first) ** 2 / second if second != 0 else (nan if first == 0 else zoo)
    return first < 1 and second < 1 and (gamma is nan or (gamma is not zoo and bool(gamma < 1)))


def undefined_start(second: Rational) -> Expr:
    """vhat_0 in Algorithm 1: v_0/(1 - beta2^0) with v_0 = 0."""
    return S.Zero / (1 - S(second) ** 0)


def check(
    options: Options,
    *,
    admissible: Admissible = printed,
    vhat_0: Callable[[Rational], Expr] = undefined_start,
    unbiased: bool = False,
) -> Finding:
    """Search a grid of admissible decays for roots of negative numbers and for 0/0.

    Args:
        options: Not used; the grid is fixed.
        admissible: Whether the conditions allow the decays beta1 and beta2.
        vhat_0: The start of vhat for a given beta2.
        unbiased: Whether E grad f(x, xi) = grad f(x) is among the assumptions.
    """
    cases = [(p, q) for p in GRID for q in GRID if admissible(p, q)]
    if not cases:
        raise ValueError("`admissible` allows no decay of the grid; give a weaker condition")
    imaginary = sorted({q for p, q in cases if not _roots_are_real(p, q)})
    no_gamma = [(p, q) for p, q in cases if q == 0]
    start = {vhat_0(q) for _, q in cases}
    no_start = any(value is nan or not value.is_finite for value in start)
    faults = [
        text
        for wrong, text in (
            (
                bool(imaginary),
                f"beta2 = {', '.join(map(str, imaginary))} is allowed, and then vhat_t is negative "
                "under its root",
            ),
            (bool(no_gamma), "beta2 = 0 with beta1 = 0 is not excluded, and gamma = 0/0"),
            (no_start, "vhat_0 = v_0/(1 - beta2^0) = 0/0 is not a number, and Theorem 2 divides by its root"),
            (
                not unbiased,
                "E grad f(x, xi) = grad f(x) is not assumed: if every f_t is constant, all x_t = x_1, so the "
                "left side of Theorem 2 is constant while its right side tends to 0",
            ),
        )
        if wrong
    ]
    evidence = (
        f"{len(cases)} pairs (beta1, beta2) of multiples of 1/4 are admissible.",
        f"Missing: {'; '.join(faults)}." if faults else "Both sides are defined for all of them.",
    )
    verdict = ClaimVerdict.FALSE if faults else ClaimVerdict.TRUE
    return Finding(
        verdict, evidence, {"cases": len(cases), "faults": len(faults), "imaginary": len(imaginary)}
    )


def _roots_are_real(first: Rational, second: Rational) -> bool:
    rows = lines_exactly(ADAL, list(GRADIENTS), {beta1: first, beta2: second}, [vhat])
    return all(sqrt(row[vhat]).is_real for row in rows)


CLAIM = Claim(
    "adal.claim.23",
    "α > 0, β1 < 1, β2 < 1",
    Source("adal", "Algorithm 1; Theorems 1 and 2"),
    "The printed assumptions make every quantity of Algorithm 1 and of both theorems a real number.",
    check,
)
