r"""Mirror descent with the negative entropy in Bubeck's book, on the average point.

Problem: convex optimization over the probability simplex.
Algorithm: exponentiated gradient with eta = (1/L) sqrt(2 log(d)/T) from the uniform point.
Assumptions: one convex f with ||g_t||_inf <= L; X is the simplex.
Guarantee: upper bounds, proved in docs/proofs.md.

* THEOREM4_2: f(sum_t x_t/T) - f(z) <= L sqrt(2 log(d)/T) for every z, hence for the minimiser;
* THEOREM4_2_REGRET: (1/T) sum_t (f_t(x_t) - f_t(z)) has the same bound for any convex f_t. It implies the
  first for f_t = f, by Jensen's inequality, and linear games can play it.

The step determines L: for a given eta and T, L = sqrt(2 log(d)/T)/eta.
Source: Bubeck, Convex optimization: algorithms and complexity, arXiv 1405.4980v2, Theorem 4.2; secondary,
    because a transcription was read.
"""

from sympy import log, sqrt

from theory.parameters import alpha
from theory.quantities import CumMax, CumSum, LossAt, NormInf
from theory.source import Source
from theory.statement import Assumption, Reading, Status, Theorem
from theory.symbols import Scalar, T, d, g, t, x, z
from theory.theorems.against import GAP, INSIDE, SIMPLEX, UNIFORM
from theory.theorems.orabona import EG
from theory.theorems.shared import CONVEX, FIXED

L_bar = Scalar("L_bar", nonnegative=True)
_source = Source("bubeck2015", "Theorem 4.2", secondary=True)
_readings = (Reading("stated", L_bar * sqrt(2 * log(d) / T), "entropy on the simplex; secondary"),)
_letters = ((L_bar, sqrt(2 * log(d) / T) / alpha),)
_assumptions = (
    CONVEX, SIMPLEX, UNIFORM, INSIDE, Assumption("||g_t||_inf <= L", CumMax(NormInf(g)) <= L_bar),
)  # fmt: skip

THEOREM4_2 = Theorem(
    id="bubeck.theorem4_2",
    title="Mirror descent with the entropy: the average point",
    source=_source,
    algorithms=(EG,),
    lhs=LossAt(CumSum(x) / t) - LossAt(z),
    readings=_readings,
    assumptions=(*_assumptions, FIXED),
    letters=_letters,
    measures="f at the average point, minus f(z)",
    status=Status.PROVED,
)
THEOREM4_2_REGRET = Theorem(
    id="bubeck.theorem4_2_regret",
    title="Mirror descent with the entropy: the average regret",
    source=_source,
    algorithms=(EG,),
    lhs=GAP / T,
    readings=_readings,
    assumptions=_assumptions,
    letters=_letters,
    measures="average regret against z",
    status=Status.PROVED,
)
