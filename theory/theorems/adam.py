r"""Adam's original regret bound.

Problem: online convex optimization.
Algorithm: Adam with alpha_t = alpha/sqrt(t) and beta_{1,t} = beta1 lam^{t-1}, 0 < lam < 1.
Assumptions: the losses are convex; X is compact; gamma < 1.
Guarantee: false as stated.
Source: Kingma and Ba 2015, Theorem 4.1 (arXiv 1412.6980); secondary, because a transcription was read and not
    the page.

    R(T) <= D_2^2/(2 alpha (1 - beta1)) sum_i sqrt(T vhat_{T,i})
          + alpha (1 + beta1) G/((1 - beta1) sqrt(1 - beta2) (1 - gamma)^2) sum_i sqrt(sum_t g_{t,i}^2)
          + sum_i D^2 G sqrt(1 - beta2)/(2 alpha (1 - beta1) (1 - lam)^2),   gamma = beta1^2/sqrt(beta2) < 1,

with G the largest infinity norm of the gradients. The source bounds the distances between iterates, by D_2 in
the Euclidean norm and D in the infinity norm; here these are the diameters of X, which are no smaller. There
are two readings: the theorem as printed, and "proof", the last line of its proof, which has beta1 instead of
1 - beta1 in the third term. The bias correction of m is 1 - beta1^t, as in the source's Algorithm 1. In round
1 it equals a correction with the product of the beta_{1,t}, so a one-round counterexample refutes both.

The statement is false for any third term of degree 1 in the gradient and degree -1 in alpha: the second term
is of degree 2 in the gradient, so small gradients and a large step make it negligible, even at T = 1
(docs/proofs.md). Reddi et al. (2018) show that the proof fails and that Adam's regret can be linear.
"""

from sympy import Expr, sqrt

from theory.algorithms.decaying_momentum import ADAM_DECAYING, lam1
from theory.parameters import alpha, beta1, beta2
from theory.quantities import CumMax, NormInf
from theory.source import Source
from theory.statement import Assumption, Reading, Requires, Status
from theory.symbols import D_2, D, G, d, g, gamma
from theory.theorems.shared import distance, lengths, regret_bound


def _reading(key: str, note: str, below: Expr) -> Reading:
    """The three terms; `below` is a factor of the third one's denominator."""
    second = alpha * (1 + beta1) * G / ((1 - beta1) * sqrt(1 - beta2) * (1 - gamma) ** 2) * lengths(g)
    third = d * D**2 * G * sqrt(1 - beta2) / (2 * alpha * below * (1 - lam1) ** 2)
    return Reading(key, distance(D_2) + second + third, note)


KINGMA = regret_bound(
    "adam.theorem4_1",
    "Adam's regret bound",
    Source("kingma2015", "Theorem 4.1", secondary=True),
    ADAM_DECAYING.name,
    (
        _reading("stated", "as the theorem is printed: 1 - beta1 below the third term; secondary", 1 - beta1),
        _reading("proof", "as its proof ends: beta1 below the third term; secondary", beta1),
    ),
    condition=(Assumption("gamma = beta1^2/sqrt(beta2) < 1", gamma < 1), Assumption("lam < 1", lam1 < 1)),
    compact=Assumption("X is compact with diameters D_2 and D", Requires.COMPACT_SET),
    letters=((G, CumMax(NormInf(g))), (gamma, beta1**2 / sqrt(beta2))),
    status=Status.FALSE,
)
