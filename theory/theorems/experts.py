r"""Prediction with expert advice: Hedge and multiplicative weights, played as points of the simplex.

Problem: online linear optimization over the probability simplex; the gradient holds the losses of d experts.
Algorithm: x_{t+1,i} proportional to x_{t,i} exp(-eta g_{t,i}) (Hedge), or to x_{t,i} (1 - eta g_{t,i})
    (multiplicative weights, MWU), from the uniform distribution.
Assumptions: losses in [0, 1] and 0 < eta <= 1 (Hedge); costs in [-1, 1] and 0 < eta <= 1/2 (MWU).
Guarantee: upper bounds, proved in docs/proofs.md.

* HEDGE: R(T) <= log(d)/eta + eta T/2; sharp: log(d)/eta + eta T/8;
* MWU: sum_t <x_t, g_t> <= sum_t g_{t,i} + eta sum_t |g_{t,i}| + log(d)/eta for every expert i; here for every
  point z of the simplex, which is the same, as both sides are linear in z. Points are rational for rational
  costs and eta.

Source: Cesa-Bianchi and Lugosi 2006 (Hedge); Arora, Hazan and Kale 2012 (MWU); secondary, because retellings
    were read and not the pages.
"""

from sympy import Expr, Integer, S, exp, log

from theory.parameters import Parameter
from theory.quantities import CumMax, CumSum, Dot, MaxCoords, NormInf, Regret, SumCoords
from theory.recurrence import Recurrence
from theory.source import Source
from theory.statement import Assumption, Reading, Status, Theorem
from theory.symbols import Scalar, T, d, g, x, z
from theory.theorems.against import GAP, INSIDE, SIMPLEX, UNIFORM
from theory.theorems.shared import CONVEX

eta = Scalar("eta", positive=True)


def _experts(name: str, source: Source, factor: Expr, most: float) -> Recurrence:
    """x_{t+1,i} proportional to x_{t,i} times a factor."""
    rate = Parameter(
        eta, r"\eta", "the learning rate", lower=0, upper=most, lower_open=True, typical=(0.05, most)
    )
    weight = x * factor
    return Recurrence(name, source, (rate,), (), weight / SumCoords(weight), Integer(1))


EXPONENTIAL = _experts(
    "Hedge",
    Source("cesabianchi2006", "the exponentially weighted forecaster", secondary=True),
    exp(-eta * g),
    1.0,
)
MULTIPLICATIVE = _experts(
    "MultiplicativeWeights", Source("arora2012", "multiplicative weights", secondary=True), 1 - eta * g, 0.5
)

HEDGE = Theorem(
    id="hedge",
    title="Hedge with losses in [0, 1]",
    source=Source("cesabianchi2006", "the exponentially weighted forecaster", secondary=True),
    algorithms=(EXPONENTIAL,),
    lhs=Regret(S.One),
    readings=(
        Reading("stated", log(d) / eta + eta * T / 2, "with the constant 1/2 of other texts; secondary"),
        Reading("sharp", log(d) / eta + eta * T / 8, "by Hoeffding's lemma; secondary"),
    ),
    assumptions=(
        CONVEX,
        SIMPLEX,
        UNIFORM,
        Assumption("losses at least 0", CumMax(MaxCoords(-g)) <= 0),
        Assumption("losses at most 1", CumMax(MaxCoords(g)) <= 1),
    ),
    status=Status.PROVED,
)
MWU = Theorem(
    id="mwu",
    title="Multiplicative weights with costs in [-1, 1]",
    source=Source("arora2012", "the bound of multiplicative weights", secondary=True),
    algorithms=(MULTIPLICATIVE,),
    lhs=GAP,
    readings=(Reading("stated", eta * CumSum(Dot(abs(g), z)) + log(d) / eta, "for every z; secondary"),),
    assumptions=(
        CONVEX, SIMPLEX, UNIFORM, INSIDE, Assumption("costs in [-1, 1]", CumMax(NormInf(g)) <= 1),
    ),
    measures="regret against z",
    status=Status.PROVED,
)  # fmt: skip
