r"""Adam's original regret bound, Kingma and Ba 2015, Theorem 4.1 (arXiv 1412.6980): false.

    R(T) <= D_2^2/(2 alpha (1 - beta1)) sum_i sqrt(T vhat_{T,i})
          + alpha (1 + beta1) G/((1 - beta1) sqrt(1 - beta2) (1 - gamma)^2) sum_i sqrt(sum_t g_{t,i}^2)
          + sum_i D^2 G sqrt(1 - beta2)/(2 alpha (1 - beta1) (1 - lam)^2),   gamma = beta1^2/sqrt(beta2) < 1,

with alpha_t = alpha/sqrt(t), beta_{1,t} = beta1 lam^{t-1}, 0 < lam < 1 and G the largest infinity norm of
the gradients. The source bounds the distances between iterates, D_2 in the Euclidean norm and D in the
infinity norm; here they are the diameters of X, which are no smaller. Two readings: as the theorem is
printed, and "proof", as the last line of its proof has it, with beta1 for the 1 - beta1 of the third term.

Secondary: a transcription was read, not the page. The bias correction of m is 1 - beta1^t as in the
source's Algorithm 1; in round 1 it is the same as one with the product of the beta_{1,t}, so that a
counterexample of one round is one to both.

The statement is false whatever the third term is, as long as it is of degree 1 in the gradient and of
degree -1 in alpha: the second term is of degree 2 in the gradient, so that small gradients and a large step
leave nothing of it, already at T = 1 (docs/proofs.md). Reddi et al. (2018) show that its proof fails, and
that Adam's regret can be linear.
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
    """The three terms; `below` stands in the denominator of the third."""
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
