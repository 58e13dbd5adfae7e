"""Counterexamples to Adam's original regret bound, Kingma and Ba's Theorem 4.1, with its own algorithm.

The second term has degree 2 in the gradient and the regret has degree 1, so a small gradient and a large step
make the right side too small in one round. With |g_t| >= 1 it takes the stream of Reddi et al.: the second
moment shrinks the effect of one large gradient, and a small one pushes x back.

The theorem and the last line of its proof differ in the third term, whose denominator contains 1 - beta1 or
beta1. Each is a reading with its own counterexamples.
"""

from fractions import Fraction

from bounds import Counterexample
from bounds.games import Number, exact
from paper_checks.gallery.exhibit import Exhibit
from paper_checks.gallery.theorem1 import on_a_line
from theory.algorithms.decaying_momentum import ADAM_DECAYING
from theory.theorems.adam import KINGMA


def numbers(
    alpha: Number, beta1: Number, beta2: Number, lam1: Number, eps: Number = 0
) -> dict[str, Fraction]:
    """Return the parameters of Adam with momentum beta1 lam1^(t-1), as exact numbers."""
    given = {"alpha": alpha, "beta1": beta1, "beta2": beta2, "eps": eps, "lam1": lam1}
    return {name: exact(value) for name, value in given.items()}


HALF = numbers(1, "1/2", "1/2", "1/2")
TEXTBOOK = numbers(1, "9/10", "999/1000", "1/2", "1/100000000")
REDDI = numbers(2, "1/10", "1/200", "1/100")
WHOLE = numbers(2, "1/10", "1/100", "1/100")
PROOF = "the proof's last line: "

EXHIBITS = tuple(
    Exhibit(
        f"adam_{name}", title,
        Counterexample(
            KINGMA, "proof" if title.startswith(PROOF) else "stated",
            on_a_line(ADAM_DECAYING, parameters, gradients, half=half, start=start, horizon=horizon),
        ),
    )
    for name, title, parameters, gradients, half, start, horizon in (
        (
            "one_round", "f(x) = x/1000 on [-1/20, 1/20], one round, alpha = 1, every other number 1/2",
            HALF, ("1/1000",), "1/20", 1, 1,
        ),
        (
            "one_round_textbook", "f(x) = x/1000000 on [-1/100, 1/100], one round, beta = (0.9, 0.999)",
            TEXTBOOK, ("1/1000000",), "1/100", 1, 1,
        ),
        (
            "reddi", "(-1, 7/2) again and again, beta1 = 1/10, beta2 = 1/200: T = 210",
            REDDI, (-1, "7/2"), 3, "1/3", 210,
        ),
        (
            "reddi_whole", "(-1, 3) again and again, beta1 = 1/10, beta2 = 1/100: T = 400",
            WHOLE, (-1, 3), 3, "1/3", 400,
        ),
        (
            "proof_one_round",
            f"{PROOF}f(x) = x/1000 on [-1/20, 1/20], alpha = 1, every other number 1/2",
            HALF, ("1/1000",), "1/20", 1, 1,
        ),
        (
            "proof_one_round_textbook",
            f"{PROOF}f(x) = x/1000000 on [-1/100, 1/100], beta = (0.9, 0.999)",
            TEXTBOOK, ("1/1000000",), "1/100", 1, 1,
        ),
        (
            "proof_reddi", f"{PROOF}(-1, 7/2) again and again, beta1 = 1/10, beta2 = 1/200: T = 210",
            REDDI, (-1, "7/2"), 3, "1/3", 210,
        ),
    )
)  # fmt: skip
"""Exhibits with d = 1, X = [-half, half] and x_1 = start * half."""
