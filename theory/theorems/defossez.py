r"""AdaGrad and Adam with sums on a smooth nonconvex f, at a random round (Defossez et al. 2022).

Problem: smooth nonconvex optimization without a set, with unbiased bounded gradients.
Algorithm: v_t = beta2 v_{t-1} + g_t^2, m_t = beta1 m_{t-1} + g_t, x_{t+1} = x_t - a_t m_t/sqrt(eps + v_t);
    AdaGrad: beta1 = 0, beta2 = 1, a_t = alpha; Adam: a_t = alpha (1-beta1) sqrt((1-beta2^t)/(1-beta2)).
Assumptions: f is L-smooth and bounded below; R - sqrt(eps) bounds the infinity norm of every gradient handed
    out, at every point and for all noise: here it is G_f, the least such bound; 0 <= beta1 < beta2 < 1.
Guarantee: upper bounds of E ||grad f(x_tau)||_2^2, as printed, with F = f(x_1) - f(x_*); tau is one of the T
    rounds, uniform for beta1 = 0, otherwise with probabilities proportional to 1 - beta1^{T-tau+1}.

* THEOREM1 (AdaGrad): 2 R F/(alpha sqrt(T)) + (4 d R^2 + alpha d R L) log(1 + T R^2/eps)/sqrt(T);
* THEOREM2 (Adam, beta1 = 0): 2 R F/(alpha T) + E_0 (log(1 + R^2/((1-beta2) eps))/T - log beta2),
  E_0 = 4 d R^2/sqrt(1-beta2) + alpha d R L/(1-beta2);
* THEOREM4 (Adam), T' = T - beta1/(1-beta1) > 0, rho = 1 - beta1/beta2:
  2 R F/(alpha T') + E_1 (log(1 + R^2/((1-beta2) eps))/T' - (T/T') log beta2),
  E_1 = alpha d R L (1-beta1)/(rho (1-beta2)) + 12 d R^2 sqrt(1-beta1)/(rho^{3/2} sqrt(1-beta2))
  + 2 alpha^2 d L^2 beta1/(rho (1-beta2)^{3/2}).

Source: Defossez et al., A simple convergence proof of Adam and Adagrad, arXiv 2003.02395, Theorems 1, 2 and
    4; secondary, because the formulas were read elsewhere.
"""

from sympy import Expr, Integer, Max, log, sqrt

from theory.algorithms.adam_family import Lines
from theory.parameters import ALPHA, BETA1, BETA2, EPS, Parameter, alpha, beta1, beta2, eps
from theory.quantities import CumSum, Discounted, Expectation, First, Norm2Squared, Prev
from theory.recurrence import Recurrence
from theory.source import Source
from theory.statement import Assumption, Reading, Theorem
from theory.symbols import G_f, L, Scalar, T, d, df, f, f_star, g, m, t, v, x
from theory.theorems.descents import MINIMUM
from theory.theorems.shared import FIXED, FREE, SMOOTH, UNBIASED

R = Scalar("R", nonnegative=True)


def _source(place: str) -> Source:
    return Source("defossez2022", place, secondary=True)


def _method(
    name: str, parameters: tuple[Parameter, ...], lines: Lines, step: Expr, direction: Expr
) -> Recurrence:
    return Recurrence(
        name, _source("section 2.2"), parameters, lines, x - step * direction / sqrt(eps + v), Integer(1)
    )


_growth = sqrt((1 - beta2**t) / (1 - beta2))
_sum = (v, beta2 * Prev(v) + g**2)
ADAGRAD_SUMS = _method("AdaGrad [eps inside]", (ALPHA, EPS), ((v, Prev(v) + g**2),), alpha, g)
ADAM_SUMS = _method("Adam [sums, beta1=0]", (ALPHA, BETA2, EPS), (_sum,), alpha * _growth, g)
ADAM_SUMS_MOMENTUM = _method(
    "Adam [sums]",
    (ALPHA, BETA1, BETA2, EPS),
    ((m, beta1 * Prev(m) + g), _sum),
    alpha * (1 - beta1) * _growth,
    m,
)

_gap = First(f) - f_star
_squares = Norm2Squared(df)
_log = log(1 + R**2 / ((1 - beta2) * eps))
# Where T' <= 0 the bound is not claimed: a division by zero leaves it without a value.
_shorter = Max(T - beta1 / (1 - beta1), 0)
_ratio = 1 - beta1 / beta2
_E_0 = 4 * d * R**2 / sqrt(1 - beta2) + alpha * d * R * L / (1 - beta2)
_E_1 = (
    alpha * d * R * L * (1 - beta1) / (_ratio * (1 - beta2))
    + 12 * d * R**2 * sqrt(1 - beta1) / (_ratio * sqrt(_ratio) * sqrt(1 - beta2))
    + 2 * alpha**2 * d * L**2 * beta1 / (_ratio * (1 - beta2) * sqrt(1 - beta2))
)
# sum_t (1 - beta1^(T-t+1)), and the same sum of the squared gradients.
_weights = T - beta1 * (1 - beta1**T) / (1 - beta1)
_weighted = CumSum(_squares) - beta1 * Discounted(_squares, beta1)


def _theorem(
    number: int, title: str, algorithm: Recurrence, lhs: Expr, rhs: Expr, *more: Assumption
) -> Theorem:
    return Theorem(
        id=f"defossez.theorem{number}",
        title=title,
        source=_source(f"Theorem {number}"),
        algorithms=(algorithm,),
        lhs=lhs,
        readings=(Reading("stated", rhs, "secondary"),),
        assumptions=(*more, SMOOTH, MINIMUM, FIXED, FREE, UNBIASED),
        letters=((R, G_f + sqrt(eps)),),
        measures="expected squared gradient at a random round",
    )


THEOREM1 = _theorem(
    1, "AdaGrad without momentum", ADAGRAD_SUMS,
    Expectation(CumSum(_squares)) / T,
    2 * R * _gap / (alpha * sqrt(T)) + (4 * d * R**2 + alpha * d * R * L) * log(1 + T * R**2 / eps) / sqrt(T),
)  # fmt: skip
THEOREM2 = _theorem(
    2, "Adam without momentum", ADAM_SUMS,
    Expectation(CumSum(_squares)) / T,
    2 * R * _gap / (alpha * T) + _E_0 * (_log / T - log(beta2)),
)  # fmt: skip
THEOREM4 = _theorem(
    4, "Adam with momentum", ADAM_SUMS_MOMENTUM,
    Expectation(_weighted) / _weights,
    2 * R * _gap / (alpha * _shorter) + _E_1 * (_log / _shorter - T / _shorter * log(beta2)),
    Assumption("beta1 < beta2", beta1 < beta2),
)  # fmt: skip
