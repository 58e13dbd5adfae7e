r"""A game in which Adam's regret is linear, for all beta1 < sqrt(beta2): Theorem 2 of Reddi, Kale and Kumar.

Problem: online convex optimization on X = [-D/2, D/2] from x_1 = D/2, with linear losses of period N: the
    gradient is c N in rounds 1, N + 1, 2N + 1, ..., and -c in all others.
Algorithm: Adam with the step alpha/sqrt(t), for every alpha > 0, without bias correction or epsilon. Its line
    `clock` counts the rounds to the next large gradient; only the statement reads it.
Assumptions: beta1 < sqrt(beta2), and with gamma = beta1/sqrt(beta2) N is a whole number so large that

        N^2 beta2^(N/2) <= 1,   4 gamma^(N/2) <= 1,   N - 1 >= 4 sqrt(2 N)/(sqrt(1 - beta2) (1 - gamma)).

    For every beta1 < sqrt(beta2) every large N meets them.
Guarantee: lower bound, so R(T)/T does not tend to 0: c D (T - N)/N <= R(T). Proof: docs/proofs.md.

Theorem 2 says that such a problem exists for all beta1 and beta2. This object states a problem of this
package's own, with its own proof: of the source only the statement was known. The assumptions on the
gradients and on X hold for this game only.
Source: Reddi, Kale and Kumar 2018, Theorem 2; secondary, because a transcription was read and not the page.
"""

from sympy import Abs, Integer, Piecewise, S, sqrt

from theory.parameters import ALPHA, BETA1, BETA2, Parameter, alpha, beta1, beta2
from theory.quantities import CumMax, First, NormInf, Prev, Regret, SumCoords, pinv
from theory.recurrence import Recurrence
from theory.source import Source
from theory.statement import Assumption, Reading, Status, Theorem
from theory.symbols import D, Scalar, T, d, g, m, t, v, x, x_next
from theory.theorems.shared import COMPACT, CONVEX, SEPARABLE

PERIOD = Parameter(
    Scalar("N", positive=True), "N", "the rounds from one large gradient to the next, a whole number",
    lower=2, typical=(200.0, 1000.0),
)  # fmt: skip
N = PERIOD.symbol
clock = Scalar("clock")
_place = Source("reddi2018", "Theorem 2", secondary=True)

ADAM_OF_THEOREM2 = Recurrence(
    "Adam of Reddi's Theorem 2", _place, (ALPHA, BETA1, BETA2, PERIOD),
    (
        (clock, Piecewise((N - 1, Prev(clock) <= 0), (Prev(clock) - 1, True))),
        (m, beta1 * Prev(m) + (1 - beta1) * g),
        (v, beta2 * Prev(v) + (1 - beta2) * g**2),
    ),
    x - alpha / sqrt(t) * m * pinv(sqrt(v)), Integer(1),
)  # fmt: skip

_gamma = beta1 / sqrt(beta2)
_large = First(SumCoords(g))
_stream = Piecewise((g - _large, clock >= N - 1), (g + _large / N, True))

EVERY_BETA = Theorem(
    id="adam.reddi_2",
    title="Adam's regret is linear in some problem, for all beta1 < sqrt(beta2)",
    source=_place,
    algorithms=(ADAM_OF_THEOREM2,),
    lhs=-Regret(S.One),
    readings=(Reading("example", -D * _large * (T - N) / N**2, "a problem of this package's; secondary"),),
    assumptions=(
        CONVEX, COMPACT, SEPARABLE,
        Assumption("d = 1", d <= 1),
        Assumption("x_1 = D/2", Abs(First(SumCoords(x)) - D / 2) <= 0),
        Assumption("X ends at D/2: no point is larger", CumMax(SumCoords(x_next)) <= D / 2),
        Assumption("N is a whole number: the clock stops at 0", CumMax(-clock) <= 0),
        Assumption(
            "the gradients are c N, then -c in N - 1 rounds, again and again", CumMax(NormInf(_stream)) <= 0
        ),
        Assumption("c > 0", _large > 0),
        Assumption("beta1 < sqrt(beta2)", beta1**2 < beta2),
        Assumption("N^2 beta2^(N/2) <= 1", N**2 * beta2 ** (N / 2) <= 1),
        Assumption("4 gamma^(N/2) <= 1, gamma = beta1/sqrt(beta2)", 4 * _gamma ** (N / 2) <= 1),
        Assumption(
            "N - 1 >= 4 sqrt(2 N)/(sqrt(1 - beta2) (1 - gamma))",
            4 * sqrt(2 * N) / (sqrt(1 - beta2) * (1 - _gamma)) <= N - 1,
        ),
    ),
    measures="regret with the sign changed",
    status=Status.PROVED,
)  # fmt: skip
