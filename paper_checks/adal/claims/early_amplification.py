"""Claim 10: AdaL amplifies the gradient early; its relative steps are compared with Adam's round by round."""

import numpy as np

from paper_checks import Claim, ClaimVerdict, Finding, Options
from paper_checks.adal.claims.step_sizes import DEFAULT, step_sizes
from theory import ADAL, ADAM, Recurrence, Source

SEQUENCES, ROUNDS, EARLY = 60, 40, 10
ROUNDING = 1e-12


def check(options: Options, *, recurrence: Recurrence = ADAL, parent: Recurrence = ADAM) -> Finding:
    """Compare e_t = |mhat_t|/sqrt(vhat_t) of both on random sequences and on sorted ones that shrink."""
    generator = np.random.default_rng(options.seed)
    drawn = np.exp(2 * generator.standard_normal((SEQUENCES, ROUNDS, 1)))
    drawn *= generator.choice([-1.0, 1.0], drawn.shape)
    shrinking = np.abs(drawn[np.arange(SEQUENCES)[:, None], np.argsort(-np.abs(drawn[:, :, 0]), axis=1)])
    plain = {**DEFAULT, "beta1": 0.0}
    # (R, K) each: with the default decays, then without momentum, where the inequalities are proved.
    mine, theirs = (step_sizes(r, drawn)[:, :, 0] for r in (recurrence, parent))
    free, theirs_free = (step_sizes(r, drawn, parameters=plain)[:, :, 0] for r in (recurrence, parent))
    down, theirs_down = (step_sizes(r, shrinking, parameters=plain)[:, :, 0] for r in (recurrence, parent))
    first = float(np.max(np.abs(mine[:, 0] - theirs[:, 0])))
    squares = float(np.max(free - theirs_free**2))
    early = float(np.max(down[:, :EARLY] - theirs_down[:, :EARLY]))
    share = float(np.mean(mine[:, 1:EARLY] > theirs[:, 1:EARLY]))
    amplified = first > ROUNDING or early > ROUNDING
    evidence = (
        f"The first relative steps differ by {first:.2g} over {SEQUENCES} random sequences: they are "
        f"{mine[:, 0].min():.6g} to {mine[:, 0].max():.6g} for {recurrence.name}, whatever ||g_1||_1.",
        f"Without momentum and d = 1, e of {recurrence.name} minus the square of {parent.name}'s is at most "
        f"{squares:.2g}"
        + (
            ": never positive, as Jensen's inequality implies."
            if squares <= ROUNDING
            else ", which contradicts Jensen's inequality."
        ),
        f"On sequences of shrinking |g| the largest excess over {parent.name} in the first {EARLY} rounds is "
        f"{early:.2g}; with momentum, on unsorted sequences, {recurrence.name}'s is larger in "
        f"{100 * share:.0f} % of the early rounds.",
    )
    verdict = ClaimVerdict.TRUE if amplified else ClaimVerdict.FALSE
    return Finding(verdict, evidence, {"first": first, "squares": squares, "early": early, "share": share})


CLAIM = Claim(
    "adal.claim.10",
    "accelerates the convergence by amplifying the gradient in the early stage",
    Source("adal", "abstract"),
    "While |g_t| decreases, AdaL's relative step |mhat_t|/sqrt(vhat_t) exceeds Adam's in early rounds.",
    check,
)
