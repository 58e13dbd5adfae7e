r"""The AdaL paper's Theorems 1 and 2, as printed (section 2.5), in every reading.

Problem: online convex optimization (Theorem 1); a smooth nonconvex f with unbiased noise (Theorem 2).
Algorithm: AdaL as printed.
Assumptions: gamma < 1; convex losses on a compact X (Theorem 1); an L-smooth f with a minimum (Theorem 2).
Guarantee: both false as stated; docs/theory.md says why, and what is true instead.
Source: the AdaL paper, Theorems 1 and 2.

Theorem 1: "R(T) <= D^2 sqrt(T)/(2 alpha (1-beta1)) sum_i vhat_{T,i}^{1/2}
+ alpha sqrt(1 + log TM)/sqrt((1-beta2)(1-gamma)) sum_i sqrt(sum_t g_{t,i}^2)", with
G = max ||g_t||_inf and M = max ||g_t||_1 over the rounds played. The text does not say what "log TM" means:

* A: log(T M); the root is undefined when T M < 1/e;
* B: (1 + log T) M under the root;
* C: sqrt(1 + log T) M, which is what the cited proof technique yields.

Theorem 2: "1/T sum_t E ||grad f(x_t)||^2 <= 1/sqrt(TM) [ G/alpha (f(x_1) - f(x_*))
+ G^3 M/(1-beta1) ||vhat_0^{-1/2}||_1 + G^3 d/(4 L alpha (1-beta1))
+ G L d alpha (1-beta1)(1 + log T)/((1-beta2)(1-gamma)) ]", with G, M maxima of the full gradient's norms.
Readings of the prefactor: 1/sqrt(T M), 1/(sqrt(T) M), 1/sqrt(T); only the last gives both sides the same
degree. Algorithm 1 never defines vhat_0 (v_0/(1 - beta2^0) is 0/0), so a policy must be chosen: "first" takes
vhat_1; the alternative is a positive number. A vhat_0 with a zero coordinate is refused, because it breaks
the assumption vhat_0 > 0. If G and M are random, their largest value over the noise is used.
"""

from fractions import Fraction

from sympy import Expr, Rational, S, log, sqrt, sympify

from theory.parameters import alpha, beta1, beta2
from theory.quantities import (
    CumMax,
    CumSum,
    Expectation,
    First,
    MaxCoords,
    Norm1,
    Norm2Squared,
    NormInf,
    SumCoords,
    Supremum,
)
from theory.source import Source
from theory.statement import Assumption, Reading, Requires, Status, Theorem
from theory.symbols import D, G, L, M, T, d, df, f, f_star, g, gamma, vhat, vhat_0
from theory.theorems.shared import (
    FIXED,
    FREE,
    GAMMA_BELOW_1,
    GAMMA_IS,
    SMOOTH,
    UNBIASED,
    distance,
    noise,
    regret_bound,
)


def _reading(key: str, factor: Expr, note: str) -> Reading:
    """The two terms; `factor` contains T and M in the second one."""
    return Reading(key, distance(D) + factor * noise(g), note)


THEOREM1 = regret_bound(
    "adal.theorem1",
    "Theorem 1 (convergence in convex optimization)",
    Source("adal", "Theorem 1"),
    "AdaL",
    (
        _reading("A", sqrt(1 + log(T * M)), "sqrt(1 + log(T M)): the letters as printed"),
        _reading("B", sqrt((1 + log(T)) * M), "sqrt((1 + log T) M): M under the root"),
        _reading("C", sqrt(1 + log(T)) * M, "sqrt(1 + log T) M: what the proof technique yields"),
    ),
    condition=(GAMMA_BELOW_1,),
    letters=((M, CumMax(Norm1(g))), GAMMA_IS),
    status=Status.PRINTED,
)


def theorem2(*, vhat_0_is: str | int | Fraction | Rational = "first") -> Theorem:
    """Theorem 2 of the AdaL paper with a policy for vhat_0.

    Args:
        vhat_0_is: "first" (vhat_1) or a positive rational, used for every coordinate.

    Raises:
        ValueError: any other policy.
    """
    if vhat_0_is == "first":
        start, policy = First(vhat), "vhat_0 := vhat_1"
    else:
        # Refuse any other string instead of parsing it.
        start = S.Zero if isinstance(vhat_0_is, str | bool) else sympify(vhat_0_is)
        policy = f"vhat_0 := {start}"
        if not (start.is_Rational and start > 0):
            raise ValueError(
                f"`vhat_0_is` = {vhat_0_is!r} must be 'first' or a positive rational; "
                "at 0 the bound is infinite"
            )
    bracket = (
        G / alpha * (First(f) - f_star)
        + G**3 * M / (1 - beta1) * Supremum(SumCoords(1 / sqrt(vhat_0)))
        + G**3 * d / (4 * L * alpha * (1 - beta1))
        + G * L * d * alpha * (1 - beta1) * (1 + log(T)) / ((1 - beta2) * (1 - gamma))
    )
    constants = {"vhat_0": policy}
    return Theorem(
        id="adal.theorem2",
        title="Theorem 2 (convergence in non-convex optimization)",
        source=Source("adal", "Theorem 2"),
        algorithms=("AdaL",),
        lhs=Expectation(CumSum(Norm2Squared(df))) / T,
        readings=(
            Reading("sqrtTM", bracket / sqrt(T * M), "1/sqrt(T M): the letters as printed", constants),
            Reading("sqrtT_M", bracket / (sqrt(T) * M), "1/(sqrt(T) M): M outside the root", constants),
            Reading(
                "sqrtT", bracket / sqrt(T), "1/sqrt(T): the only prefactor with equal degrees", constants
            ),
        ),
        assumptions=(
            GAMMA_BELOW_1,
            SMOOTH,
            Assumption("f has a minimum, and it is known", Requires.MINIMUM_KNOWN),
            FIXED,
            UNBIASED,
            FREE,
            Assumption(f"vhat_0 > 0 ({policy})", -Supremum(MaxCoords(-vhat_0)) > 0),
        ),
        letters=(
            (G, Supremum(CumMax(NormInf(df)))),
            (M, Supremum(CumMax(Norm1(df)))),
            (vhat_0, start),
            GAMMA_IS,
        ),
        measures="average squared gradient",
    )


THEOREM2 = theorem2()
