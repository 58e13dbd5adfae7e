r"""The regret bounds of AdaGrad with a composite term phi, as printed.

Problem: online convex optimization, f_t + phi with a fixed convex phi.
Algorithm: diagonal AdaGrad, which minimises phi in its step, by mirror descent (delta = 0) or dual averaging,

        x_{t+1} = argmin_X eta (<g_t, u> + phi(u)) + 1/2 ||u - x_t||_{H_t}^2,
        x_{t+1} = argmin_X eta (<sum_{s<=t} g_s, u> + t phi(u)) + 1/2 ||u||_{H_t}^2,

    for phi = lam ||x||_1 on boxes and phi = lam/2 ||x||_2^2 on any set; eta is alpha, delta is epsilon.
Assumptions: the losses are convex; X is compact; x_1 = 0, where phi is 0; for RDA delta >= max_t ||g_t||_inf.
Guarantee: upper bounds, proved in docs/proofs.md, except MD_DELTA_L1, which is false. g_t is the gradient of
    f_t alone, S = sum_i sqrt(sum_t g_{t,i}^2), and for a point z of X
    R(z) = sum_t (f_t(x_t) + phi(x_t) - f_t(z) - phi(z)).

* MD: R(z) <= (1/(2 alpha)) max_t ||z - x_t||_inf^2 S + alpha S;
* MD_DELTA: the same for the delta >= 0 that Algorithm 1 allows; false, as it is without phi;
* MD_COROLLARY, alpha = D_inf/sqrt(2): the largest R(z) is at most sqrt(2) D_inf S;
* RDA: R(z) <= (delta/alpha) ||z||_2^2 + (1/alpha) ||z||_inf^2 S + alpha S;
* RDA_COROLLARY, for alpha >= ||z||_inf: R(z) <= 2 alpha S + delta ||z||_1.

Source: Duchi, Hazan and Singer 2011 (JMLR 12), Theorem 5, Corollary 6, Algorithm 1; secondary, because a
    transcription was read and not the page.
"""

from dataclasses import replace

from sympy import S

from theory.algorithms.adagrad import ADAGRAD, ADAGRAD_NO_EPS
from theory.composites.composite import Composite
from theory.composites.l1 import L1
from theory.composites.squared_l2 import SQUARED_L2
from theory.parameters import alpha
from theory.proximal_step import proximal
from theory.quantities import CumSum, LossAt, Regret
from theory.recurrence import Recurrence
from theory.source import Source
from theory.statement import Assumption, Theorem
from theory.symbols import f, t, z
from theory.theorems import adagrad
from theory.theorems.against import FROM_ORIGIN
from theory.theorems.shared import SEPARABLE

_SOURCE = Source("duchi2011", "Algorithm 1 with phi", secondary=True)

ADAGRAD_L1 = proximal(ADAGRAD_NO_EPS, L1, weight=alpha, source=_SOURCE)
ADAGRAD_DELTA_L1 = proximal(ADAGRAD, L1, weight=alpha, source=_SOURCE)
ADAGRAD_SQUARED_L2 = proximal(ADAGRAD_NO_EPS, SQUARED_L2, weight=alpha, source=_SOURCE)
ADAGRAD_RDA_L1 = proximal(adagrad.ADAGRAD_RDA, L1, weight=alpha * t, source=_SOURCE)


def _with_phi(
    theorem: Theorem, phi: Composite, suffix: str, algorithm: Recurrence, *more: Assumption
) -> Theorem:
    """The statement about f_t + phi, with the right side that it has without phi."""
    boxes = (SEPARABLE,) if phi.boxes_only else ()
    against_best = theorem.lhs.has(Regret)
    return replace(
        theorem,
        id=f"{theorem.id}_{suffix}",
        title=f"{theorem.title}, phi = {phi.name}",
        algorithms=(algorithm,),
        lhs=Regret(S.One, phi.value) if against_best else CumSum(f + phi.value - LossAt(z) - phi.at(z)),
        assumptions=(*theorem.assumptions, *boxes, *more),
        measures="regret with phi" if against_best else "regret with phi against z",
    )


MD_L1 = _with_phi(adagrad.MD, L1, "l1", ADAGRAD_L1, FROM_ORIGIN)
MD_DELTA_L1 = _with_phi(adagrad.MD_DELTA, L1, "l1", ADAGRAD_DELTA_L1)
MD_SQUARED_L2 = _with_phi(adagrad.MD, SQUARED_L2, "squared_l2", ADAGRAD_SQUARED_L2, FROM_ORIGIN)
MD_COROLLARY_L1 = _with_phi(adagrad.MD_COROLLARY, L1, "l1", ADAGRAD_L1, FROM_ORIGIN)
RDA_L1 = _with_phi(adagrad.RDA, L1, "l1", ADAGRAD_RDA_L1)
RDA_COROLLARY_L1 = _with_phi(adagrad.RDA_COROLLARY, L1, "l1", ADAGRAD_RDA_L1)
