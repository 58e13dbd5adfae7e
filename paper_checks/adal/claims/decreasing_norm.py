"""Claim 16: the gradient's norm decreases during training; needs trained networks."""

from paper_checks import Claim, ClaimVerdict, Finding, Options
from theory import Source


def check(options: Options) -> Finding:
    """Nothing is computed yet."""
    return Finding(
        ClaimVerdict.WAITING,
        ("It needs ||g_t||_1 recorded while networks are trained, and this version trains none.",),
    )


CLAIM = Claim(
    "adal.claim.16",
    "g_t in each iterative step is decreasing with oscillation in a general view",
    Source("adal", "section 2.2"),
    "The average of ||g_t||_1 over an epoch of minibatches decreases from epoch to epoch.",
    check,
)
