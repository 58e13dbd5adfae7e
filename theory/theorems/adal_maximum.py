"""The AdaL paper's Theorem 2 for AdaL with AMSGrad's maximum, the algorithm that its proof technique needs.

Problem: a smooth nonconvex f with unbiased noise.
Algorithm: AdaL with a maximum. Algorithm 1 has none, but the cited analysis telescopes a vhat_t that never
    decreases.
Guarantee: false as stated. On one smooth function the left side falls like T^{-q/(2q+1)}, more slowly than
    the right side for every q > 1 (docs/rates.md).
Source: the AdaL paper, Theorem 2, as printed with vhat_0 := vhat_1.
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
