r"""The regret bound of the online Newton step, as printed in Hazan's book.

Problem: online convex optimization with exp-concave losses: exp(-mu f_t) is concave.
Algorithm: with c = (1/2) min{1/(G_bar D_bar), mu}, A_0 = 1/(c D_bar)^2 I and A_t = A_{t-1} + g_t g_t^T,

        y_{t+1} = x_t - (1/c) A_t^{-1} g_t,    x_{t+1} = argmin_X ||u - y_{t+1}||_{A_t}^2.

Assumptions: X is compact; ||g_t||_2 <= G_bar and D_2 <= D_bar; the losses are exp-concave with modulus mu;
    d > 1 and T >= 4.
Guarantee: upper bounds, proved in docs/proofs.md:

* THEOREM4_5: R(T) <= 2 (1/mu + G_bar D_bar) d log T;
* THEOREM4_5_GAP: the same for sum_t <g_t, x_t - z> - (c/2) <g_t, x_t - z>^2 and any g_t. THEOREM4_5 follows,
  as by Lemma 4.3 of the book each summand is at least f_t(x_t) - f_t(z).

Source: Hazan, Introduction to online convex optimization, 2nd edition, arXiv 1909.05207v3, Theorem 4.5;
    secondary, because a transcription was read.
"""

from sympy import Expr, Integer, Min, S, log

from theory.quantities import CumMax, CumSum, Dot, FullMatrixStep, Norm2Squared, Regret
from theory.recurrence import Recurrence
from theory.source import Source
from theory.statement import Assumption, Reading, Requires, Status, Theorem
from theory.symbols import D_2, T, d, g, x, z
from theory.theorems.against import D_BAR, G_BAR, INSIDE, D_bar, G_bar
from theory.theorems.descents import MU, mu
from theory.theorems.shared import COMPACT, CONVEX

c: Expr = Min(1 / (G_bar * D_bar), mu) / 2
"""The constant that the source calls gamma."""

ONLINE_NEWTON = Recurrence(
    "Online Newton step", Source("hazan2022", "the online Newton step", secondary=True),
    (MU, D_BAR, G_BAR), (),
    FullMatrixStep(x, g / c, g, 1 / (c * D_bar) ** 2, S.One), Integer(1),
)  # fmt: skip

_constants = (
    Assumption("the l2 diameter of X is at most D_bar", D_bar >= D_2),
    Assumption("||g_t||_2 <= G_bar", CumMax(Norm2Squared(g)) <= G_bar**2),
    Assumption("d > 1", d > 1),
    Assumption("T >= 4", T >= 4),
)
_bound = 2 * (1 / mu + G_bar * D_bar) * d * log(T)

THEOREM4_5 = Theorem(
    id="hazan.theorem4_5",
    title="Online Newton step",
    source=Source("hazan2022", "Theorem 4.5", secondary=True),
    algorithms=(ONLINE_NEWTON,),
    lhs=Regret(S.One),
    readings=(Reading("stated", _bound, "secondary"),),
    assumptions=(
        CONVEX, COMPACT, Assumption("the losses are exp-concave with modulus mu", Requires.EXP_CONCAVE),
        *_constants,
    ),
    status=Status.PROVED,
)  # fmt: skip
THEOREM4_5_GAP = Theorem(
    id="hazan.theorem4_5_gap",
    title="Online Newton step, in gradients",
    source=THEOREM4_5.source,
    algorithms=(ONLINE_NEWTON,),
    lhs=CumSum(Dot(g, x - z) - c / 2 * Dot(g, x - z) ** 2),
    readings=(Reading("stated", _bound, "Theorem 4.5 with the inequality of Lemma 4.3; secondary"),),
    assumptions=(COMPACT, INSIDE, *_constants),
    measures="sum of <g_t, x_t - z> - (c/2) <g_t, x_t - z>^2",
    status=Status.PROVED,
)
