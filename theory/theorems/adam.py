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
the Euclidean norm and D in the infinity norm; here these are the diameters of X, which are no smaller, and in
KINGMA_ITERATES the extent of the iterates alone, so that the comparator may be farther away. There are two
readings: the theorem as printed, and "proof", the last line of its proof, which has beta1 instead of
1 - beta1 in the third term. The bias correction of m is 1 - beta1^t, as in the source's Algorithm 1, and in
KINGMA_PRODUCT 1 - prod_j beta_{1,j}, which makes mhat_t a mean. The two agree in round 1.

The statement is false for any third term of degree 1 in the gradient and degree -1 in alpha: the second term
is of degree 2 in the gradient, so small gradients and a large step make it negligible, even at T = 1
(docs/proofs.md). Reddi et al. (2018) show that the proof fails and that Adam's regret can be linear.
"""

from dataclasses import replace

from sympy import Expr, Integer, sqrt

from theory.algorithms.adam_family import CORRECTION1
from theory.algorithms.decaying_momentum import ADAM_DECAYING, beta1_t, lam1
from theory.algorithms.variant import with_choice
from theory.parameters import alpha, beta1, beta2
from theory.quantities import CumMax, MaxCoords, Norm2Squared, NormInf, Prev
from theory.recurrence import Recurrence
from theory.source import Source
from theory.statement import Assumption, Reading, Requires, Status
from theory.symbols import D_2, D, G, Scalar, d, g, gamma, m, mhat, x
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

decayed = Scalar("decayed", nonnegative=True)


def _with_product(recurrence: Recurrence) -> Recurrence:
    """The same algorithm with m_t/(1 - prod_{j<=t} beta_{1,j}) instead of m_t/(1 - beta1^t)."""
    steps = []
    for symbol, line in recurrence.steps:
        if symbol == mhat and line == m / CORRECTION1:
            steps += [(decayed, Prev(decayed) * beta1_t), (mhat, m / (1 - decayed))]
        else:
            steps.append((symbol, line))
    return replace(
        recurrence,
        name=with_choice(recurrence.name, "bias_correction=product"),
        steps=tuple(steps),
        initial={**recurrence.initial, decayed: Integer(1)},
        variant={**recurrence.variant, "bias_correction": "product"},
    )


ADAM_PRODUCT = _with_product(ADAM_DECAYING)
KINGMA_PRODUCT = replace(
    KINGMA,
    id="adam.theorem4_1_product",
    title="Adam's regret bound, the bias correction a product",
    algorithms=(ADAM_PRODUCT,),
)

_extent = CumMax(x) + CumMax(-x)
KINGMA_ITERATES = replace(
    KINGMA,
    id="adam.theorem4_1_iterates",
    title="Adam's regret bound with the distances between iterates",
    readings=tuple(
        replace(r, rhs=r.rhs.xreplace({D: MaxCoords(_extent), D_2: sqrt(Norm2Squared(_extent))}))
        for r in KINGMA.readings
    ),
    assumptions=tuple(
        replace(a, text="X is compact") if a.condition is Requires.COMPACT_SET else a
        for a in KINGMA.assumptions
    ),
)
