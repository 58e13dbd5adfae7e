r"""True bounds for AdaL on a smooth nonconvex f without projection: Theorems A, N, S and P.

Problem: smooth nonconvex optimization without a set, with or without noise.
Algorithm: AdaL as printed or with a maximum, as named below.
Assumptions: f is L-smooth on R^d and f(x_*) is a lower bound of f; gamma < 1 except for A.
Guarantee: upper bounds, with kappa = (1 - beta1)/sqrt((1 - beta2)(1 - gamma)).
Source: this package; proofs in docs/proofs.md.

* A (any noise, AdaL as printed or any A_t): a certificate after the run, from measured quantities alone;
* N, N_CORRECTED (no noise, with a maximum): (1/T) sum ||grad f||_1 ||grad f||_2^2 = O(log T/sqrt(T)), hence
  the average squared gradient is O((log T)^{2/3} T^{-1/3}), not O(log T/sqrt(T));
* P, P_AVERAGE (no noise, AdaL as printed): (1/T) sum ||grad f||_1 = O(log T/sqrt(T));
* S (unbiased noise, maximum, vhat_0 > 0): sum E <grad f, A_{t-1} ghat_t>. The conditional mean of ghat_t is
  h(x) = E||g||_1 grad f(x) + Cov(||g||_1, g); the covariance is the bias, and it may point uphill;
* S_ALIGNED, S1, S2: under sign-symmetric noise h_i = lambda_i grad_i f with
  lambda_i >= max(||grad f||_1, E||xi||_1), so the left sides are the averages of E <grad f, ghat>, of
  E ||grad f||_1 ||grad f||_2^2, and of E ||grad f||_2^2.

Theorem P's constants are moments of p(k) = k sqrt(1 + k) under geometric laws P(K = k) = (1 - b) b^k.
q2 = E p(K1)^2 and p4^4 = E p(K2)^4 are rational in b and written out. q1 = E p(K1) is not; it is replaced by
the upper bound E p(K) <= sqrt(E K * E K(1 + K)) = sqrt(2) b/(1 - b)^{3/2} (Cauchy), which is valid because
the proof needs only an upper bound of q1.
"""

from dataclasses import replace

from sympy import Expr, Max, Piecewise, Rational, log, sqrt

from theory.algorithms.adal import ADAL, ADAL_R1, ADAL_R2, raw_step
from theory.parameters import Parameter, alpha, beta1, beta2, eps
from theory.quantities import (
    CumMax,
    CumSum,
    Expectation,
    First,
    Norm1,
    Norm2Squared,
    NormInf,
    Prev,
    SumCoords,
    Supremum,
    pinv,
)
from theory.recurrence import Recurrence
from theory.statement import Assumption, Reading, Requires, Theorem
from theory.symbols import G, L, Scalar, T, Vector, d, df, f, f_star, g, gamma, ghat, m, mhat, t, vhat
from theory.theorems.shared import FIXED, FREE, GAMMA_BELOW_1, GAMMA_IS, SMOOTH, UNBIASED, kappa_is, repaired

VHAT_START = Parameter(
    Scalar("vhat_start", positive=True),
    r"\hat{v}_{0}",
    "the second moment before the first round",
    lower=0,
    lower_open=True,
    typical=(0.01, 10.0),
    default=1.0,
)
vhat_start = VHAT_START.symbol

ADAL_R1_FROM: Recurrence = replace(
    ADAL_R1,
    name=f"{ADAL_R1.name[:-1]}, vhat_0=given]",
    parameters=(*ADAL_R1.parameters, VHAT_START),
    initial={vhat: vhat_start},
    variant={**ADAL_R1.variant, "vhat_0": "given"},
)
"""AdaL with the maximum R1, started at a positive vhat_0, the same for every coordinate."""

# The letters of these statements.
kappa = Scalar("kappa", nonnegative=True)
kappa_eps = Scalar("kappa_eps", nonnegative=True)
V = Scalar("V", nonnegative=True)
G_s = Scalar("G_s", nonnegative=True)
M_s = Scalar("M_s", nonnegative=True)
sigma_1 = Scalar("sigma_1")
q_1 = Scalar("q_1", nonnegative=True)
q_2 = Scalar("q_2", nonnegative=True)
p_4 = Scalar("p_4", positive=True)
rho = Scalar("rho", nonnegative=True)
C = Scalar("C", nonnegative=True)
vhat_first = Vector("vhat_first", nonnegative=True)

MINIMUM = Assumption("f has a lower bound, and it is known", Requires.MINIMUM_KNOWN)
SYMMETRIC = Assumption("the noise is sign-symmetric in every coordinate", Requires.SYMMETRIC_NOISE)
NOISELESS = Assumption("the true gradient is handed out", CumMax(NormInf(g - df)) <= 0)

_kappa = (kappa, kappa_is(gamma))
_gap = First(f) - f_star


# Theorem A.


def _theorem_a(id: str, title: str, recurrence: Recurrence) -> Theorem:
    """The certificate of Theorem A for one recurrence, A_t = alpha_t c_t (vhat_t^{-1/2} + epsilon)."""
    inverse = pinv(sqrt(vhat)) + (eps if recurrence.variant["eps"] == "printed" else 0)
    scale = raw_step(recurrence) * inverse
    moved = Norm2Squared(alpha / sqrt(t) * inverse * mhat)
    turned = CumSum(SumCoords(df * (Prev(scale) - scale) * Prev(m)))
    rhs = (
        _gap
        + L * (1 + beta1) / (2 * (1 - beta1)) * (CumSum(moved) - moved)
        + L / (2 * (1 - beta1) ** 2) * moved
        + beta1 / (1 - beta1) * turned
    )
    return repaired(
        id,
        title,
        "Theorem A",
        recurrence,
        lhs=CumSum(SumCoords(df * scale * ghat)),
        readings=(Reading("measured", rhs, "every quantity is measured along the run"),),
        assumptions=(SMOOTH, MINIMUM, FIXED, FREE),
        measures="sum of the scaled inner products of gradient and transformed gradient",
    )


A = _theorem_a("theoremA", "Theorem A (a certificate after the run)", ADAL)
A_R1 = _theorem_a("theoremA_R1", "Theorem A with a maximum (a certificate after the run)", ADAL_R1)

# Theorem N.

_cubic = Norm1(df) * Norm2Squared(df)
_steps = (
    kappa**2
    * d
    * L
    * alpha**2
    * ((1 + beta1) * (1 + log(T)) / (2 * (1 - beta1)) + 1 / (2 * (1 - beta1) ** 2 * T))
)
_started = CumSum(Piecewise((vhat, Prev(vhat) <= 0), (0, True)))
_growth = SumCoords(Piecewise((1 + log(vhat * pinv(vhat_first)) / 2, vhat > 0), (0, True)))


def _theorem_n(id: str, recurrence: Recurrence) -> Theorem:
    """Theorem N for the maximum R1 (without bias correction) or R2 (with it)."""
    extra = d * log(1 / (1 - beta1)) if recurrence.variant["bias_correction"] == "yes" else 0
    turned = beta1 / (1 - beta1) * G * kappa * alpha * (_growth + extra)
    return repaired(
        id,
        "Theorem N (no noise, with a maximum)",
        "Theorem N",
        recurrence,
        lhs=CumSum(_cubic) / T,
        readings=(Reading("stated", V / (alpha * sqrt(T)) * (_gap + _steps + turned), "as proved"),),
        assumptions=(GAMMA_BELOW_1, SMOOTH, MINIMUM, FIXED, FREE, NOISELESS),
        letters=(
            GAMMA_IS,
            _kappa,
            (vhat_first, _started),
            (G, CumMax(NormInf(df))),
            (V, CumMax(NormInf(ghat))),
        ),
        measures="average of the l1 norm times the squared l2 norm of the gradient",
    )


N = _theorem_n("theoremN", ADAL_R1)
N_CORRECTED = _theorem_n("theoremN_corrected", ADAL_R2)

# Theorem P.

_numerator = 1 + 29 * beta2 + 93 * beta2**2 + 53 * beta2**3 + 4 * beta2**4
_fourth_moment = 4 * beta2 * _numerator / (1 - beta2) ** 6
_p_bound = _gap + L * d * kappa_eps * (d * C + kappa_eps / 2) * alpha**2 * (1 + log(T))


def _theorem_p(id: str, title: str, lhs: Expr, rhs: Expr, measures: str) -> Theorem:
    return repaired(
        id, title, "Theorem P", ADAL,
        lhs=lhs,
        readings=(Reading("stated", rhs, "as proved"),),
        assumptions=(GAMMA_BELOW_1, SMOOTH, MINIMUM, FIXED, FREE, NOISELESS),
        letters=(
            GAMMA_IS,
            _kappa,
            (kappa_eps, kappa + eps * CumMax(NormInf(ghat))),
            (p_4, _fourth_moment ** Rational(1, 4)),
            (q_2, 2 * beta1 * (1 + 2 * beta1) / (1 - beta1) ** 3),
            (q_1, sqrt(2) * beta1 / (1 - beta1) ** Rational(3, 2)),
            (rho, q_1 + sqrt(q_1**2 + q_2)),
            (C, Max(2 * p_4 + 2 * q_1 + q_2 / p_4, (1 + kappa_eps) * rho)),
        ),
        measures=measures,
    )  # fmt: skip


P = _theorem_p(
    "theoremP", "Theorem P (no noise, AdaL as printed)", CumSum(alpha / sqrt(t) * Norm1(df)), _p_bound,
    "sum of the l1 norms of the gradients, weighted by the step sizes",
)  # fmt: skip
P_AVERAGE = _theorem_p(
    "theoremP_average", "Theorem P, averaged", CumSum(Norm1(df)) / T, _p_bound / (alpha * sqrt(T)),
    "average l1 norm of the gradient",
)  # fmt: skip

# Theorem S.

_s_bound = _gap + _steps + G * G_s * M_s * alpha * d / (sqrt(vhat_start) * (1 - beta1))
STRONG_NOISE = Assumption("||xi_t||_1 >= sigma_1 > 0", sigma_1 > 0)


def _theorem_s(id: str, title: str, lhs: Expr, rhs: Expr, measures: str, *extra: Assumption) -> Theorem:
    return repaired(
        id, title, "Theorem S", ADAL_R1_FROM,
        lhs=lhs,
        readings=(Reading("stated", rhs, "as proved"),),
        assumptions=(GAMMA_BELOW_1, SMOOTH, MINIMUM, FIXED, FREE, UNBIASED, *extra),
        letters=(
            GAMMA_IS,
            _kappa,
            (M_s, Supremum(CumMax(Norm1(g)))),
            (G_s, Supremum(CumMax(NormInf(g)))),
            (G, Supremum(CumMax(NormInf(df)))),
            (V, Max(sqrt(vhat_start), G_s * M_s)),
            # The smallest ||xi_t||_1 over all noise; it is at most E||xi_t||_1, as the proof needs.
            (sigma_1, -Supremum(CumMax(-Norm1(g - df)))),
        ),
        measures=measures,
    )  # fmt: skip


_previous_step = alpha / sqrt(Max(t - 1, 1)) / sqrt(Prev(vhat))
S = _theorem_s(
    "theoremS",
    "Theorem S (unbiased noise, with a maximum)",
    Expectation(CumSum(SumCoords(df * _previous_step * ghat))),
    _s_bound,
    "expected sum of the scaled inner products of gradient and transformed gradient",
)
S_ALIGNED = _theorem_s(
    "theoremS_aligned",
    "Theorem S under symmetric noise",
    Expectation(CumSum(SumCoords(df * ghat))) / T,
    V / (alpha * sqrt(T)) * _s_bound,
    "average expected inner product of gradient and transformed gradient",
    SYMMETRIC,
)
S1 = _theorem_s(
    "corollaryS1",
    "Corollary S1 (symmetric noise)",
    Expectation(CumSum(_cubic)) / T,
    V / (alpha * sqrt(T)) * _s_bound,
    "average of the l1 norm times the squared l2 norm of the gradient",
    SYMMETRIC,
)
S2 = _theorem_s(
    "corollaryS2",
    "Corollary S2 (symmetric noise that does not vanish)",
    Expectation(CumSum(Norm2Squared(df))) / T,
    V / (sigma_1 * alpha * sqrt(T)) * _s_bound,
    "average squared gradient",
    SYMMETRIC,
    STRONG_NOISE,
)

# The bias's contribution to the left side of Theorem S; its mean given x_t is the covariance's share.
BIAS = CumSum(SumCoords(df * _previous_step * Norm1(g) * (g - df)))
