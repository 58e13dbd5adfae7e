r"""Adam's original regret bound, Kingma and Ba 2015, Theorem 4.1: false.

    R(T) <= D^2/(2 alpha (1 - beta1)) sum_i sqrt(T vhat_{T,i})
          + alpha (1 + beta1) G/((1 - beta1) sqrt(1 - beta2) (1 - gamma)^2) sum_i sqrt(sum_t g_{t,i}^2)
          + sum_i D^2 G sqrt(1 - beta2)/(2 alpha beta1 (1 - lam)^2),   gamma = beta1^2/sqrt(beta2) < 1,

with alpha_t = alpha/sqrt(t), beta_{1,t} = beta1 lam^{t-1} and G the largest infinity norm of the gradients.
The third term is quoted from memory: confirm it in the source before citing. The statement is false whatever
that term is, as long as it is of degree 1 in the gradient and of degree -1 in alpha: the second term is of
degree 2 in the gradient, so that small gradients and a large step leave nothing of it, already at T = 1
(docs/theory.md).
Reddi et al. (2018) show that its proof fails, and that Adam's regret can be linear.
"""

from __future__ import annotations

from sympy import S, sqrt

from theory.algorithms.decaying_momentum import ADAM_DECAYING, LAM1, lam1
from theory.parameters import alpha, beta1, beta2
from theory.quantities import CumMax, CumSum, NormInf, Regret, SumCoords
from theory.source import Source
from theory.statement import Assumption, Reading, Requires, Status, Theorem
from theory.symbols import D, G, T, d, g, gamma, vhat

KINGMA = Theorem(
    id="adam.theorem4_1",
    title="Adam's regret bound",
    source=Source("kingma2015", "Theorem 4.1"),
    algorithms=(ADAM_DECAYING.name,),
    lhs=Regret(S.One),
    readings=(
        Reading(
            "stated",
            D**2 * sqrt(T) / (2 * alpha * (1 - beta1)) * SumCoords(sqrt(vhat))
            + alpha
            * (1 + beta1)
            * G
            / ((1 - beta1) * sqrt(1 - beta2) * (1 - gamma) ** 2)
            * SumCoords(sqrt(CumSum(g**2)))
            + d * D**2 * G * sqrt(1 - beta2) / (2 * alpha * beta1 * (1 - lam1) ** 2),
            "the third term is quoted from memory: confirm before citing",
        ),
    ),
    assumptions=(
        Assumption("gamma = beta1^2/sqrt(beta2) < 1", gamma < 1),
        Assumption("lam < 1", lam1 < 1),
        Assumption("the losses are convex", Requires.CONVEX_LOSSES),
        Assumption("X is compact with diameter D", Requires.COMPACT_SET),
    ),
    letters=((G, CumMax(NormInf(g))), (gamma, beta1**2 / sqrt(beta2))),
    status=Status.FALSE,
)

__all__ = ["KINGMA", "LAM1"]
