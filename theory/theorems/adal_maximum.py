"""The AdaL paper's Theorem 2 read for AdaL with AMSGrad's maximum, the algorithm its proof technique needs.

Algorithm 1 has no maximum; the cited analysis telescopes a vhat_t that never decreases. The statement is
the printed one, vhat_0 := vhat_1, applied to the recurrences that have one. docs/rates.md: on one smooth
function the left side falls like T^{-q/(2q+1)}, which is slower than the right side for every q > 1.
"""

from dataclasses import replace

from theory.algorithms.adal import MAXIMA
from theory.theorems.adal import THEOREM2

THEOREM2_MAXIMUM = replace(
    THEOREM2,
    id="adal.theorem2_maximum",
    title="Theorem 2, read for AdaL with AMSGrad's maximum",
    algorithms=tuple(r.name for r in MAXIMA),
)
