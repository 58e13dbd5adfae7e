"""Claim 9: the coefficient ||g_t||_1 acts only through its changes over time."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from paper_checks import Claim, ClaimVerdict, Finding, Options
from theory import ADAL, Recurrence, Source
from theory.symbols import ghat, x

Array = NDArray[np.float64]

ROUNDS = 200
FACTORS = (1e-3, 1e3)
COEFFICIENT = 7
ROUNDING = 1e-11
"""Relative tolerance: each of 200 rounds adds a few dozen roundings to means of same-signed squares."""


def check(options: Options, *, recurrence: Recurrence = ADAL) -> Finding:
    """Play g, c g and a constant multiple of ghat, and compare the points."""
    rows = np.random.default_rng(options.seed).standard_normal((ROUNDS, 3))
    base = _path(recurrence, rows)
    size = float(np.max(np.abs(base)))
    moved = max(float(np.max(np.abs(_path(recurrence, c * rows) - base))) / size for c in FACTORS)
    epsilon = max(
        float(
            np.max(np.abs(_path(recurrence, c * rows, eps=1e-3 / c**2) - _path(recurrence, rows, eps=1e-3)))
        )
        / size
        for c in FACTORS
    )
    lines = tuple((s, COEFFICIENT * e if s == ghat else e) for s, e in recurrence.steps)
    constant = float(np.max(np.abs(_path(replace(recurrence, steps=lines), rows) - base))) / size
    evidence = (
        f"Under f -> c f, c = 1e-3 and 1e3, the {ROUNDS} points of {recurrence.name} move by {moved:.2g} of "
        f"their size with epsilon = 0, and by {epsilon:.2g} with epsilon replaced by epsilon/c^2.",
        f"A constant coefficient {COEFFICIENT} on ghat_t moves them by {constant:.2g}: it cancels between "
        "mhat_t and sqrt(vhat_t). So the coefficient acts only by changing from round to round.",
    )
    exact = max(moved, epsilon, constant) <= ROUNDING
    verdict = ClaimVerdict.TRUE if exact else ClaimVerdict.FALSE
    return Finding(verdict, evidence, {"moved": moved, "epsilon": epsilon, "constant": constant})


def _path(recurrence: Recurrence, rows: Array, *, eps: float = 0.0) -> Array:
    from online_sim import ArrayStream, Game, play
    from theory import LINEAR

    given = {"alpha": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": eps}
    trace = play(
        Game(
            recurrence,
            LINEAR,
            ArrayStream(rows),
            horizon=len(rows),
            parameters={name: given[name] for name in recurrence.parameter_names},
        ),
        record=[x],
        checkpoints="all",
        engine="numpy",
    )
    return trace[x]


CLAIM = Claim(
    "adal.claim.9",
    "the latter adds a coefficient to the current gradient",
    Source("adal", "section 2.2"),
    "AdaL's points do not change under f -> c f (epsilon -> epsilon/c^2), nor under a coefficient of ghat_t "
    "that is constant in t: only the variation of ||g_t||_1 over time acts.",
    check,
)
