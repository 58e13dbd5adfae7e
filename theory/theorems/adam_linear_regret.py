r"""A game in which Adam's regret is linear: the example of Theorem 1 of Reddi, Kale and Kumar.

Problem: online convex optimization on X = [-1, 1] from x_1 = 1; f_t(x) = C x in rounds 1, 4, 7, ..., else -x.
Algorithm: Adam with beta1 = 0, beta2 = 1/(1 + C^2) and the step alpha/sqrt(t), without bias correction or
    epsilon.
Assumptions: C > 2; alpha < sqrt(1 - beta2) = C/sqrt(1 + C^2).
Guarantee: lower bound, so R(T)/T does not tend to 0: x = 1 before every third round. Proof: docs/proofs.md.

    (2 C - 4)(T - 2)/3 <= R(T),   and c D/2 times as much for the losses c f_t on [-D/2, D/2], in proportion.

Theorem 1 says that such a problem exists; this object states the example of its proof. The assumptions on
the gradients and on X hold for this game only.
Source: Reddi, Kale and Kumar 2018, Theorem 1; secondary, because a transcription was read and not the page.
"""

from sympy import Abs, Piecewise, S, sqrt

from theory.algorithms.adam_family import scaled_method
from theory.parameters import ALPHA, Parameter, alpha
from theory.quantities import CumMax, First, NormInf, Prev, Regret, SumCoords
from theory.source import Source
from theory.statement import Assumption, Reading, Status, Theorem
from theory.symbols import D, Scalar, T, d, g, t, v, x, x_next
from theory.theorems.shared import COMPACT, CONVEX, SEPARABLE

LARGE = Parameter(
    Scalar("large", positive=True), "C", "the slope of every third loss",
    lower=2, lower_open=True, typical=(2.5, 10.0), default=3.0,
)  # fmt: skip
large = LARGE.symbol
_place = Source("reddi2018", "Theorem 1", secondary=True)

ADAM_OF_THEOREM1 = scaled_method(
    "Adam of Reddi's Theorem 1", _place, {"eps": "none", "schedule": "sqrt"},
    parameters=(ALPHA, LARGE),
    steps=((v, (Prev(v) + large**2 * g**2) / (1 + large**2)),),
    numerator=g, w=v, eps_mode="none", schedule="sqrt",
)  # fmt: skip

_largest = First(SumCoords(g))
_stream = Piecewise((0, t < 2), (g + _largest / large, t < 4), (g - Prev(Prev(Prev(g))), True))
LINEAR_REGRET = Theorem(
    id="adam.reddi_1",
    title="Adam's regret is linear",
    source=_place,
    algorithms=(ADAM_OF_THEOREM1,),
    lhs=-Regret(S.One),
    readings=(
        Reading(
            "example", -(1 - 2 / large) * D * _largest * (T - 2) / 3, "the example of the proof; secondary"
        ),
    ),
    assumptions=(
        CONVEX, COMPACT, SEPARABLE,
        Assumption("d = 1", d <= 1),
        Assumption("x_1 = D/2", Abs(First(SumCoords(x)) - D / 2) <= 0),
        Assumption("X ends at D/2: no point is larger", CumMax(SumCoords(x_next)) <= D / 2),
        Assumption("the gradients are c C, -c, -c again and again", CumMax(NormInf(_stream)) <= 0),
        Assumption("c > 0", _largest > 0),
        Assumption("alpha < (D/2) C/sqrt(1 + C^2)", alpha < D / 2 * large / sqrt(1 + large**2)),
    ),
    measures="regret with the sign changed",
    status=Status.PROVED,
)  # fmt: skip
