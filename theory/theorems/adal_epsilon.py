"""Theorem R with the printed epsilon, without the assumption that X is a box.

Problem: the weighted regret in online convex optimization on any compact set.
Algorithm: AdaL with a maximum and the printed epsilon.
Guarantee: false as stated. With vhat^{-1/2} + eps in the step and vhat^{1/2} in the metric of the projection,
    preconditioner times metric is not the identity. The projected step (L2, L3 of docs/proofs.md) then fails
    wherever the projection depends on the metric. On a box it does not, and the statement holds.
Source: this package; the true form is `theory.theorems.repaired.R_EPS_BOX`.
"""

from dataclasses import replace

from theory.statement import Status
from theory.theorems.repaired import R_EPS_BOX
from theory.theorems.shared import SEPARABLE

R_EPS_ANY_SET = replace(
    R_EPS_BOX,
    id="repaired.theoremR_eps_any_set",
    title="Theorem R with the printed epsilon, on any set",
    assumptions=tuple(a for a in R_EPS_BOX.assumptions if a is not SEPARABLE),
    status=Status.FALSE,
)
