"""Claim 11: AdaL shrinks the steps later; its relative steps on decaying gradients, up to round 20 000."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from paper_checks import Claim, ClaimVerdict, Finding, Options
from paper_checks.adal.claims.step_sizes import step_sizes
from theory import ADAL, ADAM, Source

ROUNDS = (10, 100, 1_000, 10_000, 20_000)
SHRUNK = 0.1
"""The fraction of the first step below which a step counts as shrunk."""
BACK = 10.0
"""The multiple of the smallest step above which the last one counts as having come back."""

Array = NDArray[np.float64]


def decays() -> dict[str, Array]:
    """Return decreasing gradients for d = 1, by name."""
    t = np.arange(1, ROUNDS[-1] + 1, dtype=np.float64)
    return {"1/t": 1 / t, "0.9997^t": 0.9997**t}


def check(options: Options, *, sequences: Mapping[str, Array] | None = None) -> Finding:
    """Tabulate e_t of AdaL and Adam, and check that AdaL's shrinks below Adam's and stays small."""
    given = decays() if sequences is None else sequences
    rows = np.stack(list(given.values()))[:, :, None]
    mine, theirs = (step_sizes(r, rows, list(ROUNDS))[:, :, 0] for r in (ADAL, ADAM))
    shrinks = (mine.min(axis=1) < SHRUNK) & np.all(mine[:, 2:] < theirs[:, 2:], axis=1)
    back = mine[:, -1] > BACK * mine.min(axis=1)
    if not shrinks.any():
        verdict = ClaimVerdict.FALSE
    else:
        verdict = ClaimVerdict.TRUE if shrinks.all() and not back.any() else ClaimVerdict.PARTLY
    evidence = (
        f"Relative steps at t = {', '.join(map(str, ROUNDS))}, beta = (0.9, 0.999):",
        *(
            f"|g_t| = {name}: AdaL {_shown(mine[k])}; Adam {_shown(theirs[k])}; "
            f"{'shrinks' if shrinks[k] else 'does not shrink'}{', then comes back' if back[k] else ''}."
            for k, name in enumerate(given)
        ),
        "The effect lasts while the gradient decays faster than v_t forgets (1/(1 - beta2) rounds).",
    )
    numbers = {f"{name}@{t}": float(mine[k, i]) for k, name in enumerate(given) for i, t in enumerate(ROUNDS)}
    return Finding(verdict, evidence, numbers)


def _shown(values: Array) -> str:
    return ", ".join(f"{v:.2g}" for v in values)


CLAIM = Claim(
    "adal.claim.11",
    "dampens the oscillation and stabilizes the optimization by shrinking the gradient later",
    Source("adal", "abstract"),
    "For decreasing |g_t|, AdaL's relative step |mhat_t|/sqrt(vhat_t) becomes small, below Adam's, and "
    "stays so.",
    check,
)
