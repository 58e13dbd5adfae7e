r"""AdaL when one point z of X is as good as the points played: corollaries of Theorem R for the plain regret.

Where f_t(x_t) >= f_t(z) for all t, each summand of the weighted regret against z is at least 0, and the
weights can be removed. With B_T the right side of Theorem R:

* BY_SMALLEST: sum_t (f_t(x_t) - f_t(z)) <= B_T / min {n_t : n_t > 0};
* BY_ROOT: sum_t (f_t(x_t) - f_t(z)) <= sqrt(D T B_T), without a minimum. Only here it matters that n_t is
  the l1 norm: f_t(x_t) - f_t(z) <= n_t D;
* AVERAGED: for one fixed convex f, and any z, f(sum_t n_t x_t / sum_t n_t) - f(z) <= B_T / sum_t n_t.

z is given to the run (`play(vectors={z: ...})`). That it is as good as the points played is checked in every
round; that it lies in X as far as no coordinate of x_t - z may exceed the side of X. Proofs: docs/proofs.md.
"""

from __future__ import annotations

from sympy import Abs, Expr, Piecewise, S, oo, sqrt

from theory.parameters import beta1, beta2
from theory.quantities import CumMax, CumSum, LossAt, MaxCoords, Norm1
from theory.source import Source
from theory.statement import Assumption, Reading, Requires, Status, Theorem
from theory.symbols import D, D_i, T, f, g, gamma, x, z
from theory.theorems.adal import GAMMA
from theory.theorems.repaired import ALL_ORDERS, COMPACT, CONVEX, bound_r

INSIDE = Assumption(
    "z lies in X (no coordinate of x_t - z exceeds the side of X)", CumMax(MaxCoords(Abs(x - z) - D_i)) <= 0
)
AS_GOOD = Assumption("f_t(x_t) >= f_t(z) in every round", CumMax(LossAt(z) - f) <= 0)

_n = Norm1(g)
smallest = -CumMax(Piecewise((-_n, _n > 0), (-oo, True)))
"""The smallest n_t > 0 so far; infinite where there is none, and then the regret is 0."""

_bound = bound_r(D**2, S.One)
_regret = CumSum(f - LossAt(z))


def _corollary(
    id: str, title: str, lhs: Expr, rhs: Expr, *, measures: str, extra: tuple[Assumption, ...]
) -> Theorem:
    return Theorem(
        id=f"repaired.{id}",
        title=title,
        source=Source("repaired", "Corollary P"),
        algorithms=ALL_ORDERS,
        lhs=lhs,
        readings=(Reading("D", rhs, "D: the diameter of X in the infinity norm"),),
        assumptions=(GAMMA, CONVEX, COMPACT, INSIDE, *extra),
        letters=((gamma, beta1**2 / beta2),),
        measures=measures,
        status=Status.PROVED,
    )


BY_SMALLEST = _corollary(
    "realisable_smallest", "Corollary P (i): divided by the smallest weight", _regret, _bound / smallest,
    measures="regret against z", extra=(AS_GOOD,),
)  # fmt: skip
BY_ROOT = _corollary(
    "realisable_root", "Corollary P (ii): the root of D T B_T", _regret, sqrt(D * T * _bound),
    measures="regret against z", extra=(AS_GOOD,),
)  # fmt: skip
AVERAGED = _corollary(
    "realisable_average",
    "Corollary P (iii): the weighted average point",
    LossAt(CumSum(_n * x) / CumSum(_n)) - LossAt(z),
    _bound / CumSum(_n),
    measures="f at the weighted average, minus f(z)",
    extra=(Assumption("one fixed f", Requires.FIXED_LOSS),),
)
