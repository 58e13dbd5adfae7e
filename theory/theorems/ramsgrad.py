r"""The regret bound of Riemannian AMSGrad in the Euclidean case, where the algorithm is AMSGrad.

Problem: online convex optimization on a product of intervals, each with the flat metric.
Algorithm: AMSGrad with beta_{1,1} = beta1 and beta_{1,t} <= beta1.
Assumptions: the losses are convex; X is a box, a product of intervals; gamma = beta1/sqrt(beta2) < 1.
Guarantee: upper bound, proved in docs/proofs.md.

    R(T) <= D^2 sqrt(T)/(2 alpha (1 - beta1)) sum_i vhat_{T,i}^{1/2}
          + D^2/(2 (1 - beta1)) sum_t sum_i beta_{1,t} vhat_{t,i}^{1/2}/alpha_t
          + alpha sqrt(1 + log T)/((1 - beta1)^2 (1 - gamma) sqrt(1 - beta2)) sum_i sqrt(sum_t g_{t,i}^2).

Source: Becigneul and Ganea 2019, arXiv 1810.00760v2, Theorem 1; secondary, because a transcription was read
    and not the page.
"""

from theory.parameters import beta1
from theory.source import Source
from theory.statement import Reading
from theory.symbols import D
from theory.theorems.amsgrad import AMSGRAD_PHASES, RATIO, RATIO_IS, moments, squares
from theory.theorems.shared import SEPARABLE, distance, regret_bound

EUCLIDEAN = regret_bound(
    "ramsgrad.theorem1",
    "Riemannian AMSGrad on a box",
    Source("becigneul2019", "Theorem 1, the Euclidean case", secondary=True),
    AMSGRAD_PHASES,
    (
        Reading(
            "euclidean", distance(D) + moments / (2 * (1 - beta1)) + squares,
            "curvature 0: AMSGrad on a box; secondary",
        ),
    ),
    condition=(*RATIO, SEPARABLE),
    letters=RATIO_IS,
)  # fmt: skip
