"""Theorem R with the printed epsilon and without its condition that X is a box: false.

With (vhat^{-1/2} + eps) in the step and vhat^{1/2} in the metric of the projection, preconditioner times
metric is not the identity, so that the projected step (L2, L3 of docs/proofs.md) fails wherever the
projection depends on the metric. On a box it does not, and there the statement holds.
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
