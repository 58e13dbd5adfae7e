"""Claim 12: (vhat^{-1/2} + epsilon) mhat and Adam's mhat/(vhat^{1/2} + epsilon) compared in three regimes."""

import numpy as np

from paper_checks import Claim, ClaimVerdict, Finding, Options
from theory import ADAL, Recurrence, Source
from theory.algorithms.adal import ADAL_EPS_ADAM
from theory.symbols import x

TINY, EPS = 1e-12, 1e-8
HUGE, HUGE_EPS, ROUNDS = 3000.0, 1e-3, 10


def check(options: Options, *, printed: Recurrence = ADAL, usual: Recurrence = ADAL_EPS_ADAM) -> Finding:
    """Compare the first steps for a tiny and for a zero gradient, and runs on x^2/2 from a huge start."""
    small = {r.name: abs(_first_step(r, TINY)) for r in (printed, usual)}
    none = {r.name: abs(_first_step(r, 0.0)) for r in (printed, usual)}
    huge = {r.name: _after(r) for r in (printed, usual)}
    mine, theirs = (tuple(regime[r.name] for regime in (small, none, huge)) for r in (printed, usual))
    same = bool(np.allclose(mine, theirs, rtol=1e-9, atol=0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        literal = float((np.float64(0.0) ** -0.5 + EPS) * np.float64(0.0))
    evidence = (
        f"At |g_1| = {TINY:g}, epsilon = {EPS:g}, the first step is {mine[0]:.3g} alpha as printed and "
        f"{theirs[0]:.3g} alpha with epsilon added to the root: as printed nothing damps a tiny gradient.",
        f"At g_1 = 0 the printed line is (0^(-1/2) + epsilon) 0 = {literal}; only the convention 0/0 = 0 "
        f"makes the step {mine[1]:g}.",
        f"On f = x^2/2 from x_1 = {HUGE:g}, alpha = 1, beta1 = 0, epsilon = {HUGE_EPS:g}, |x| after {ROUNDS} "
        f"rounds is {mine[2]:.3g} as printed and {theirs[2]:.6g} with epsilon added to the root.",
    )
    verdict = ClaimVerdict.TRUE if same else ClaimVerdict.FALSE
    return Finding(verdict, evidence, {"floor": mine[0], "usual_floor": theirs[0], "huge": mine[2]})


def _first_step(recurrence: Recurrence, gradient: float) -> float:
    from online_sim import ArrayStream, Game, play
    from theory import LINEAR

    trace = play(
        Game(
            recurrence,
            LINEAR,
            ArrayStream([[gradient]] * 2),
            horizon=2,
            parameters={"alpha": 1.0, "beta1": 0.9, "beta2": 0.999, "eps": EPS},
        ),
        record=[x],
        checkpoints="all",
        engine="numpy",
    )
    return float(trace[x][1, 0])


def _after(recurrence: Recurrence) -> float:
    from online_sim import Game, play
    from theory import HALF_SQUARE

    trace = play(
        Game(
            recurrence,
            HALF_SQUARE,
            None,
            horizon=ROUNDS + 1,
            parameters={"alpha": 1.0, "beta1": 0.0, "beta2": 0.999, "eps": HUGE_EPS},
            start=[HUGE],
        ),
        record=[x],
        checkpoints="all",
        engine="numpy",
    )
    return abs(float(trace[x][-1, 0]))


CLAIM = Claim(
    "adal.claim.12",
    "The difference between Adam and AdaL is that the latter adds a coefficient",
    Source("adal", "section 2.2"),
    "Apart from ghat_t, Algorithm 1 is Adam: (vhat^{-1/2} + epsilon) mhat equals mhat/(vhat^{1/2} + "
    "epsilon).",
    check,
)
