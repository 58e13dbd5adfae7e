"""Counterexamples to Adam's original regret bound, Kingma and Ba's Theorem 4.1, with its own algorithm.

The second term is of degree 2 in the gradient, the regret of degree 1: a small gradient and a large step
leave nothing of the right side, in one round. With |g_t| >= 1 it takes the stream of Reddi et al.: one large
gradient whose effect the second moment shrinks, and a small one that pushes x back.

The theorem and the last line of its proof differ in the third term, with 1 - beta1 or beta1 below: each is a
reading, and has counterexamples of its own.
"""

from __future__ import annotations

from fractions import Fraction

from bounds.games import Counterexample, Number, exact
from paper_checks.gallery.exhibit import Exhibit
from paper_checks.gallery.theorem1 import on_a_line
from theory.algorithms.decaying_momentum import ADAM_DECAYING
from theory.theorems.adam import KINGMA


def numbers(
    alpha: Number, beta1: Number, beta2: Number, lam1: Number, eps: Number = 0
) -> dict[str, Fraction]:
    """The parameters of Adam with beta1 lam1^(t-1)."""
    given = {"alpha": alpha, "beta1": beta1, "beta2": beta2, "eps": eps, "lam1": lam1}
    return {name: exact(value) for name, value in given.items()}


def entry(
    name: str,
    title: str,
    parameters: dict[str, Fraction],
    gradients: tuple[Number, ...],
    *,
    half: Number,
    start: Number = 1,
    horizon: int = 1,
    reading: str = "stated",
) -> Exhibit:
    """One entry with d = 1, X = [-`half`, `half`], x_1 = `start` `half`."""
    game = on_a_line(ADAM_DECAYING, parameters, gradients, half=half, start=start, horizon=horizon)
    return Exhibit(f"adam_{name}", title, Counterexample(KINGMA, reading, game))


EXHIBITS: tuple[Exhibit, ...] = (
    entry(
        "one_round", "f(x) = x/1000 on [-1/20, 1/20], one round, alpha = 1, every other number 1/2",
        numbers(1, "1/2", "1/2", "1/2"), ("1/1000",), half="1/20",
    ),
    entry(
        "one_round_textbook", "f(x) = x/1000000 on [-1/100, 1/100], one round, beta = (0.9, 0.999)",
        numbers(1, "9/10", "999/1000", "1/2", "1/100000000"), ("1/1000000",), half="1/100",
    ),
    entry(
        "reddi", "(-1, 7/2) again and again, beta1 = 1/10, beta2 = 1/200: T = 210",
        numbers(2, "1/10", "1/200", "1/100"), (-1, "7/2"), half=3, start="1/3", horizon=210,
    ),
    entry(
        "reddi_whole", "(-1, 3) again and again, beta1 = 1/10, beta2 = 1/100: T = 400",
        numbers(2, "1/10", "1/100", "1/100"), (-1, 3), half=3, start="1/3", horizon=400,
    ),
    entry(
        "proof_one_round",
        "the proof's last line: f(x) = x/1000 on [-1/20, 1/20], alpha = 1, every other number 1/2",
        numbers(1, "1/2", "1/2", "1/2"), ("1/1000",), half="1/20", reading="proof",
    ),
    entry(
        "proof_one_round_textbook",
        "the proof's last line: f(x) = x/1000000 on [-1/100, 1/100], beta = (0.9, 0.999)",
        numbers(1, "9/10", "999/1000", "1/2", "1/100000000"), ("1/1000000",), half="1/100", reading="proof",
    ),
    entry(
        "proof_reddi",
        "the proof's last line: (-1, 7/2) again and again, beta1 = 1/10, beta2 = 1/200: T = 210",
        numbers(2, "1/10", "1/200", "1/100"), (-1, "7/2"), half=3, start="1/3", horizon=210, reading="proof",
    ),
)  # fmt: skip
