"""Claim 21: AdaL compared with other optimizers on Rastrigin and Rosenbrock; not checked without tuning."""

from paper_checks import Claim, ClaimVerdict, Finding, Options
from theory import Source


def check(options: Options) -> Finding:
    """Nothing is computed yet."""
    return Finding(
        ClaimVerdict.WAITING,
        (
            "The check needs every optimizer tuned over a grid of step sizes and run from many starts, and "
            "this version tunes no optimizer.",
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
