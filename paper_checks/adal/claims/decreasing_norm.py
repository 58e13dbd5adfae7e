"""Claim 16: the gradient's norm decreases during training; checking it needs trained networks."""

from paper_checks import Claim, ClaimVerdict, Finding, Options
from theory import Source


def check(options: Options) -> Finding:
    """Nothing is computed yet."""
    return Finding(
        ClaimVerdict.WAITING,
        ("The check needs ||g_t||_1 recorded during training, and this version trains no networks.",),
    )


CLAIM = Claim(
    "adal.claim.16",
    "g_t in each iterative step is decreasing with oscillation in a general view",
    Source("adal", "section 2.2"),
    "The average of ||g_t||_1 over an epoch of minibatches decreases from epoch to epoch.",
    check,
)
