r"""Online subgradient descent and mirror descent in Orabona's book, against a fixed point z.

Problem: online convex optimization.
Algorithm: online subgradient descent with given or adaptive steps; exponentiated gradient, which is mirror
    descent with the negative entropy on the simplex. As nonincreasing steps, alpha/t^power stands for all.
Assumptions: the losses are convex; z lies in X.
Guarantee: upper bounds, proved in docs/proofs.md.

* THEOREM2_13: R(z) <= D_2^2/(2 eta_T) + sum_t eta_t ||g_t||_2^2/2 - ||x_{T+1} - z||_2^2/(2 eta_T),
  stated with the last term on the left, where nothing cancels;
* THEOREM2_13_CONSTANT: R(z) <= ||z - x_1||_2^2/(2 eta) + (eta/2) sum_t ||g_t||_2^2
  - ||x_{T+1} - z||_2^2/(2 eta), stated likewise; an equality for linear losses without projection;
* THEOREM4_14, eta_t = sqrt(2) D_bar/(2 sqrt(sum_{s<=t} ||g_s||_2^2)):
  R(z) <= D_bar sqrt(2 sum_t ||g_t||_2^2);
* THEOREM4_30, the same algorithm, losses nonnegative and L-self-bounded:
  R(z) <= 4 L D_bar^2 + 2 D_bar sqrt(L sum_t f_t(z)). THEOREM4_30_SQUARES is the case
  f_t(y) = (L/2) ||y - a_t||_2^2, which linear games can play: they hand out a_t in place of a gradient;
* THEOREM6_11: R(z) <= max_t B(z; x_t)/eta_T + (1/2) sum_t eta_t ||g_t||_inf^2, B the Kullback-Leibler
  divergence, lambda = 1; THEOREM6_11_CONSTANT has B(z; x_1)/eta in its place, for a constant step.

Source: Orabona, A modern introduction to online learning, arXiv 1912.13213v10; secondary, because a
    transcription was read.
"""

from sympy import Expr, Integer, sqrt

from theory.algorithms.sgd import SGD_CONSTANT
from theory.mirror_maps.entropy import ENTROPY
from theory.mirror_step import mirror_descent
from theory.parameters import ALPHA, Parameter, alpha
from theory.quantities import CumMax, CumSum, Dot, First, LossAt, Norm2Squared, NormInf, pinv
from theory.recurrence import Recurrence
from theory.source import Source
from theory.statement import Assumption, Reading, Requires, Status, Theorem
from theory.step_sets import StepSet
from theory.symbols import D_2, L, Scalar, T, Vector, g, t, x, x_next, z
from theory.theorems.against import D_BAR, GAP, INSIDE, SIMPLEX, D_bar, divergence
from theory.theorems.shared import COMPACT, CONVEX

POWER = Parameter(
    Scalar("power", nonnegative=True), "p", "the exponent of the step alpha/t^power", lower=0, default=0.5
)
LAM = Parameter(
    Scalar("lam", positive=True), r"\lambda", "the smoothness of the losses", lower=0, lower_open=True,
    typical=(0.1, 2.0), default=1.0,
)  # fmt: skip
power, lam = POWER.symbol, LAM.symbol
_BOOK = "orabona2019"


def _eta(at: Expr) -> Expr:
    return alpha * at ** (-power)


def _entropic(name: str, eta: Expr, *parameters: Parameter) -> Recurrence:
    return mirror_descent(
        ENTROPY, step=eta, on=StepSet.SIMPLEX, parameters=(ALPHA, *parameters), name=name,
        source=Source(_BOOK, "Section 6.6"),
    )  # fmt: skip


def _adaptive(name: str, gradient: Expr, *parameters: Parameter) -> Recurrence:
    h = Vector("h")
    step = D_bar / sqrt(2) * pinv(sqrt(CumSum(Norm2Squared(h))))
    source = Source(_BOOK, "Section 4.2")
    return Recurrence(name, source, (D_BAR, *parameters), ((h, gradient),), x - step * h, Integer(1))


OSD_POWER = Recurrence(
    "OSD[step=alpha/t^power]", Source(_BOOK, "Algorithm 2.3"), (ALPHA, POWER), (), x - _eta(t) * g, Integer(1)
)
OSD_ADAPTIVE = _adaptive("OSD[step=adaptive]", g)
OSD_ADAPTIVE_SQUARES = _adaptive("OSD[step=adaptive, losses=squares]", lam * (x - g), LAM)
EG_POWER = _entropic("ExponentiatedGradient[step=alpha/t^power]", _eta(t), POWER)
EG = _entropic("ExponentiatedGradient", alpha)


def _against_z(
    id: str, title: str, place: str, recurrence: Recurrence, rhs: Expr, *more: Assumption, lhs: Expr = GAP,
    note: str = "secondary",
) -> Theorem:  # fmt: skip
    return Theorem(
        id=f"orabona.{id}", title=title, source=Source(_BOOK, place, secondary=True),
        algorithms=(recurrence,), lhs=lhs, readings=(Reading("stated", rhs, note),),
        assumptions=(CONVEX, INSIDE, *more), measures="regret against z", status=Status.PROVED,
    )  # fmt: skip


_squares = CumSum(Norm2Squared(g))
_last = Norm2Squared(x_next - z)
THEOREM2_13 = _against_z(
    "theorem2_13", "Online subgradient descent with nonincreasing steps", "Theorem 2.13", OSD_POWER,
    D_2**2 / (2 * _eta(T)) + CumSum(_eta(t) * Norm2Squared(g)) / 2, COMPACT, lhs=GAP + _last / (2 * _eta(T)),
    note="with steps alpha/t^power; the term with x_{T+1} on the left; secondary",
)  # fmt: skip
THEOREM2_13_CONSTANT = _against_z(
    "theorem2_13_constant", "Online subgradient descent with a constant step", "Theorem 2.13", SGD_CONSTANT,
    First(Norm2Squared(z - x)) / (2 * alpha) + alpha / 2 * _squares, COMPACT, lhs=GAP + _last / (2 * alpha),
    note="the term with x_{T+1} on the left; secondary",
)  # fmt: skip

BOUNDED = Assumption("the l2 diameter of X is at most D_bar", D_bar >= D_2)
THEOREM4_14 = _against_z(
    "theorem4_14", "Online subgradient descent with adaptive steps", "Theorem 4.14", OSD_ADAPTIVE,
    D_bar * sqrt(2 * _squares), COMPACT, BOUNDED,
)  # fmt: skip
THEOREM4_30 = _against_z(
    "theorem4_30", "Adaptive steps and self-bounded losses", "Theorem 4.30", OSD_ADAPTIVE,
    4 * L * D_bar**2 + 2 * D_bar * sqrt(L * CumSum(LossAt(z))), COMPACT, BOUNDED,
    Assumption("the losses are nonnegative", Requires.NONNEGATIVE_LOSSES),
    Assumption("||g_t||_2^2 <= 2 L f_t(x_t)", Requires.SELF_BOUNDED),
    note="s is the smoothness constant L; secondary",
)  # fmt: skip
_missed = lam / 2 * Norm2Squared(z - g)
THEOREM4_30_SQUARES = _against_z(
    "theorem4_30_squares", "Adaptive steps and the losses lam ||y - a_t||^2/2", "Theorem 4.30",
    OSD_ADAPTIVE_SQUARES, 4 * lam * D_bar**2 + 2 * D_bar * sqrt(CumSum(lam * _missed)), COMPACT, BOUNDED,
    lhs=lam / 2 * CumSum(Dot(x - z, x + z - 2 * g)),  # the difference of squares, as floats keep it
    note="what a linear game hands out as g_t is a_t here; secondary",
)  # fmt: skip

_strong = NormInf(g) ** 2 / 2
THEOREM6_11 = _against_z(
    "theorem6_11", "Exponentiated gradient with nonincreasing steps", "Theorem 6.11", EG_POWER,
    CumMax(divergence(z, x)) / _eta(T) + CumSum(_eta(t) * _strong), SIMPLEX,
    note="entropy on the simplex, steps alpha/t^power; secondary",
)  # fmt: skip
THEOREM6_11_CONSTANT = _against_z(
    "theorem6_11_constant", "Exponentiated gradient with a constant step", "Theorem 6.11", EG,
    First(divergence(z, x)) / alpha + alpha * CumSum(_strong), SIMPLEX,
    note="entropy on the simplex; secondary",
)  # fmt: skip
