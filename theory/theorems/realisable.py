r"""The plain regret of AdaL when a point z of X is as good as every iterate: corollaries of Theorem R.

Problem: online convex optimization; the regret against a given z.
Algorithm: AdaL with a maximum and epsilon = 0.
Assumptions: those of Theorem R; z lies in X; f_t(x_t) >= f_t(z) in every round, or (AVERAGED) a fixed f.
Guarantee: upper bounds.
Source: this package; proofs in docs/proofs.md.

If f_t(x_t) >= f_t(z) for all t, every summand of the weighted regret against z is nonnegative, and the
weights can be removed. With B_T the right side of Theorem R:

* BY_SMALLEST: sum_t (f_t(x_t) - f_t(z)) <= B_T / min {n_t : n_t > 0};
* BY_ROOT: sum_t (f_t(x_t) - f_t(z)) <= sqrt(D T B_T), without a minimum. Only this bound uses that n_t is
  the l1 norm: f_t(x_t) - f_t(z) <= n_t D;
* AVERAGED: for one fixed convex f and any z, f(sum_t n_t x_t / sum_t n_t) - f(z) <= B_T / sum_t n_t.

Pass z to the run as `play(vectors={z: ...})`. The run checks f_t(x_t) >= f_t(z) in every round, but checks
only in part that z lies in X: no coordinate of x_t - z may exceed the side of X.
"""

from sympy import Abs, Expr, Piecewise, oo, sqrt

from theory.algorithms.adal import MAXIMA
from theory.quantities import CumMax, CumSum, LossAt, MaxCoords, Norm1
from theory.statement import Assumption, Reading, Status, Theorem
from theory.symbols import D, D_i, T, f, g, x, z
from theory.theorems.repaired import B_T
from theory.theorems.shared import COMPACT, CONVEX, FIXED, GAMMA_BELOW_1, GAMMA_IS, repaired

INSIDE = Assumption(
    "z lies in X (no coordinate of x_t - z exceeds the side of X)", CumMax(MaxCoords(Abs(x - z) - D_i)) <= 0
)
AS_GOOD = Assumption("f_t(x_t) >= f_t(z) in every round", CumMax(LossAt(z) - f) <= 0)

_n = Norm1(g)
smallest = -CumMax(Piecewise((-_n, _n > 0), (-oo, True)))
"""The smallest n_t > 0 so far; infinite if there is none, and then the regret is 0."""

_regret = CumSum(f - LossAt(z))


def _corollary(id: str, title: str, lhs: Expr, rhs: Expr, extra: Assumption, measures: str) -> Theorem:
    return repaired(
        id,
        title,
        "Corollary P",
        *MAXIMA,
        lhs=lhs,
        readings=(Reading("D", rhs, "D: the diameter of X in the infinity norm"),),
        assumptions=(GAMMA_BELOW_1, CONVEX, COMPACT, INSIDE, extra),
        letters=(GAMMA_IS,),
        measures=measures,
        status=Status.CHECKED_BY_COQ,
    )


BY_SMALLEST = _corollary(
    "realisable_smallest", "Corollary P (i): divided by the smallest weight", _regret, B_T / smallest,
    AS_GOOD, "regret against z",
)  # fmt: skip
BY_ROOT = _corollary(
    "realisable_root", "Corollary P (ii): the root of D T B_T", _regret, sqrt(D * T * B_T),
    AS_GOOD, "regret against z",
)  # fmt: skip
AVERAGED = _corollary(
    "realisable_average", "Corollary P (iii): the weighted average point",
    LossAt(CumSum(_n * x) / CumSum(_n)) - LossAt(z), B_T / CumSum(_n),
    FIXED, "f at the weighted average, minus f(z)",
)  # fmt: skip
