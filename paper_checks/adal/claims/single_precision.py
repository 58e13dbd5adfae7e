"""Claim 13: the printed update in float32, where the square of ||g||_1 g underflows."""

from typing import Any

import numpy as np

from paper_checks import Claim, ClaimVerdict, Finding, Options
from theory import Source

EXPONENTS = range(0, -26, -1)
"""The exponents k of the one-coordinate gradients 10^k, all normal float32 numbers."""


def check(options: Options, *, dtype: type[np.floating[Any]] = np.float32) -> Finding:
    """Compute the first update of Algorithm 1 for g_1 = 10^k in the arithmetic of `dtype`."""
    broken = [k for k in EXPONENTS if not np.isfinite(_first_update(10.0**k, dtype))]
    name = np.dtype(dtype).name
    evidence = (
        f"In {name} the first update of Algorithm 1 (beta2 = 0.999, epsilon = 1e-8, d = 1) is "
        + (
            f"not finite from |g_1| = 1e{max(broken)} down: (1 - beta2) ghat^2 underflows to 0."
            if broken
            else f"finite for |g_1| = 1 down to 1e{EXPONENTS[-1]}."
        ),
        "Adam squares g, and AdaL squares |g| g, so AdaL underflows at half the exponent.",
    )
    verdict = ClaimVerdict.FALSE if broken else ClaimVerdict.TRUE
    return Finding(verdict, evidence, {"largest": 10.0 ** max(broken) if broken else 0.0})


def _first_update(gradient: float, dtype: type[np.floating[Any]]) -> float:
    number = dtype
    g, beta1, beta2, eps = number(gradient), number(0.9), number(0.999), number(1e-8)
    one = number(1)
    with np.errstate(under="ignore", divide="ignore", over="ignore", invalid="ignore"):
        ghat = abs(g) * g
        mhat = (one - beta1) * ghat / (one - beta1)
        vhat = (one - beta2) * ghat**2 / (one - beta2)
        return float((one / np.sqrt(vhat) + eps) * mhat)


CLAIM = Claim(
    "adal.claim.13",
    "it is easy to achieve this modification in PyTorch … within several lines of code",
    Source("adal", "section 2.3"),
    "In PyTorch's default float32 the printed update is finite for every g_t != 0 that float32 can hold.",
    check,
)
