"""Claim 21: AdaL against other optimizers on Rastrigin and Rosenbrock; needs the tuning harness."""

from paper_checks import Claim, ClaimVerdict, Finding, Options
from theory import Source


def check(options: Options) -> Finding:
    """Nothing is computed yet."""
    return Finding(
        ClaimVerdict.WAITING,
        (
            "It needs every optimizer tuned over a grid of step sizes and run from many starts, and this "
            "version tunes none.",
        ),
    )


CLAIM = Claim(
    "adal.claim.21",
    "AdaL performs well than most optimizers",
    Source("adal", "section 3.1"),
    "With step sizes tuned alike, AdaL ends nearer to the minimum of Rastrigin and of Rosenbrock than most "
    "of the other optimizers, whatever the start.",
    check,
)
