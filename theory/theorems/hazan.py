r"""Online gradient descent in Hazan's book: steps D/(G sqrt(t)), or 1/(mu t) for strongly convex losses.

Problem: online convex optimization.
Algorithm: online gradient descent with the Euclidean projection.
Assumptions: the losses are convex; X is compact; ||g_t||_2 <= G_bar and D_2 <= D_bar (THEOREM3_1); the losses
    are mu-strongly convex (THEOREM3_3).
Guarantee: upper bounds, proved in docs/proofs.md.

* THEOREM3_1, eta_t = D_bar/(G_bar sqrt(t)): R(T) <= (3/2) G_bar D_bar sqrt(T);
* THEOREM3_3, eta_t = 1/(mu t): R(T) <= G^2/(2 mu) (1 + log T), G = max_t ||g_t||_2;
* THEOREM3_3_GAP: the same for sum_t <g_t, x_t - z> - (mu/2) ||x_t - z||_2^2 and any g_t. It is equivalent:
  the sum bounds the regret against z of mu-strongly convex losses with these gradients, and is the regret of
  q_t(y) = <g_t, y> + (mu/2) ||y - x_t||_2^2. Linear games can play it.

Source: Hazan, Introduction to online convex optimization, 2nd edition, arXiv 1909.05207v3, Theorems 3.1 and
    3.3; secondary, because a transcription was read.
"""

from sympy import Integer, Rational, S, log, sqrt

from theory.quantities import CumMax, CumSum, Dot, Norm2Squared, Regret
from theory.recurrence import Recurrence
from theory.source import Source
from theory.statement import Assumption, Reading, Requires, Status, Theorem
from theory.symbols import D_2, T, g, t, x, z
from theory.theorems.against import D_BAR, G_BAR, INSIDE, D_bar, G_bar
from theory.theorems.descents import MU, mu
from theory.theorems.shared import COMPACT, CONVEX

_book = Source("hazan2022", "Algorithm 2.3")

OGD_BOUNDED = Recurrence(
    "OGD[step=D/(G sqrt(t))]", _book, (D_BAR, G_BAR), (), x - D_bar / (G_bar * sqrt(t)) * g, Integer(1)
)
OGD_STRONG = Recurrence("OGD[step=1/(mu t)]", _book, (MU,), (), x - g / (mu * t), Integer(1))

_logarithmic = CumMax(Norm2Squared(g)) / (2 * mu) * (1 + log(T))

THEOREM3_1 = Theorem(
    id="hazan.theorem3_1",
    title="Online gradient descent with step D/(G sqrt(t))",
    source=Source("hazan2022", "Theorem 3.1", secondary=True),
    algorithms=(OGD_BOUNDED,),
    lhs=Regret(S.One),
    readings=(Reading("stated", Rational(3, 2) * G_bar * D_bar * sqrt(T), "secondary"),),
    assumptions=(
        CONVEX,
        COMPACT,
        Assumption("the l2 diameter of X is at most D_bar", D_bar >= D_2),
        Assumption("||g_t||_2 <= G_bar", CumMax(Norm2Squared(g)) <= G_bar**2),
    ),
    status=Status.PROVED,
)
THEOREM3_3 = Theorem(
    id="hazan.theorem3_3",
    title="Online gradient descent for strongly convex losses",
    source=Source("hazan2022", "Theorem 3.3", secondary=True),
    algorithms=(OGD_STRONG,),
    lhs=Regret(S.One),
    readings=(Reading("stated", _logarithmic, "G: the largest ||g_t||_2 of the run; secondary"),),
    assumptions=(
        CONVEX, COMPACT, Assumption("the losses are mu-strongly convex", Requires.STRONGLY_CONVEX),
    ),
    status=Status.PROVED,
)  # fmt: skip
THEOREM3_3_GAP = Theorem(
    id="hazan.theorem3_3_gap",
    title="Online gradient descent for strongly convex losses, in gradients",
    source=THEOREM3_3.source,
    algorithms=(OGD_STRONG,),
    lhs=CumSum(Dot(g, x - z) - mu / 2 * Norm2Squared(x - z)),
    readings=(
        Reading("stated", _logarithmic, "Theorem 3.3 for the quadratics with these gradients; secondary"),
    ),
    assumptions=(COMPACT, INSIDE),
    measures="sum of <g_t, x_t - z> - (mu/2) ||x_t - z||_2^2",
    status=Status.PROVED,
)
