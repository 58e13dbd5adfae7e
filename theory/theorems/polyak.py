r"""Gradient descent with Polyak's step (f(x_t) - f(x_*))/||g_t||^2: four rates of the best point.

Problem: convex optimization, with exact gradients and f(x_*) known to the algorithm.
Algorithm: x_{t+1} = x_t - (f(x_t) - f_min)/||g_t||^2 g_t, without a set; it stays where g_t = 0.
Assumptions: f is convex, f_min = f(x_*); mu-strongly convex for STRONG. G = max_t ||g_t||_2 over the points
    played, L the smoothness of f.
Guarantee: upper bounds of min_{t<=T} f(x_t) - f(x_*), as printed, and proved in docs/proofs.md;
    d_0 = ||x_1 - x_*||_2.

* CONVEX: "lipschitz" G d_0/sqrt(T), "smooth" 2 L d_0^2/T;
* STRONG: "lipschitz" 3 G^2/(mu T), "smooth" L d_0^2 (1 - mu/(4L))^T.

The source states the minimum of the four, for the best of the points of T steps; here it is the best of
x_1, ..., x_T, without the point after the last step. The proof allows 2.28 instead of 3.

Source: Hazan, Introduction to online convex optimization, 2nd edition, arXiv 1909.05207v3, Theorem 2.3;
    secondary, because a transcription was read.
"""

from sympy import Integer, sqrt

from theory.parameters import Parameter
from theory.quantities import CumMax, Norm2Squared, pinv
from theory.recurrence import Recurrence
from theory.source import Source
from theory.statement import Assumption, Reading, Status, Theorem
from theory.symbols import L, Scalar, T, f, f_star, g, x, x_gap
from theory.theorems import shared
from theory.theorems.descents import EXACT, MINIMUM, MU, STRONGLY, mu

F_MIN = Parameter(Scalar("f_min"), r"f_{\min}", "the minimum of f, which the step uses", typical=(0.0, 0.0))
f_min = F_MIN.symbol
modulus = Scalar("modulus")

_source = Source("hazan2022", "Theorem 2.3", secondary=True)
_step = (f - f_min) * pinv(Norm2Squared(g))
POLYAK = Recurrence("gradient descent [step=Polyak]", _source, (F_MIN,), (), x - _step * g, Integer(1))
# The modulus is a parameter because the statement reads it; no step does.
POLYAK_STRONG = Recurrence(
    "gradient descent [step=Polyak, modulus=given]",
    _source,
    (F_MIN, MU),
    ((modulus, mu),),
    x - _step * g,
    Integer(1),
)

G_2 = Scalar("G_2", nonnegative=True)
_known = (
    Assumption("f_min is the minimum of f (it is no smaller)", f_min >= f_star),
    Assumption("f_min is the minimum of f (it is no larger)", f_min <= f_star),
)
_shared = {
    "source": _source,
    "lhs": -CumMax(-f) - f_star,
    "letters": ((G_2, sqrt(CumMax(Norm2Squared(g)))),),
    "measures": "excess of f at the best point",
    "status": Status.PROVED,
}
_assumed = (*_known, MINIMUM, shared.CONVEX, shared.FIXED, shared.FREE, EXACT)

CONVEX = Theorem(
    id="hazan.theorem2_3",
    title="Gradient descent with Polyak's step on a convex function",
    algorithms=(POLYAK,),
    readings=(
        Reading("lipschitz", G_2 * x_gap / sqrt(T), "the first of the four bounds; secondary"),
        Reading("smooth", 2 * L * x_gap**2 / T, "the second of the four bounds; secondary"),
    ),
    assumptions=(*_assumed, shared.SMOOTH),
    **_shared,
)
STRONG = Theorem(
    id="hazan.theorem2_3_strong",
    title="Gradient descent with Polyak's step on a strongly convex function",
    algorithms=(POLYAK_STRONG,),
    readings=(
        Reading("lipschitz", 3 * G_2**2 / (mu * T), "the third of the four bounds; secondary"),
        Reading("smooth", L * x_gap**2 * (1 - mu / (4 * L)) ** T, "the last of the four bounds; secondary"),
    ),
    # No step holds mu, so only this relation tells that mu changes with the unit of f or of length.
    assumptions=(*_assumed, shared.SMOOTH, STRONGLY, Assumption("mu <= L, as it must be", mu <= L)),
    **_shared,
)
