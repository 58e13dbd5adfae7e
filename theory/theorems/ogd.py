r"""Online gradient descent: two textbook regret bounds with sharp constants.

With the l2 diameter D_2 of X and G_2 = max_t ||g_t||_2:

* SQRT, alpha_t = alpha/sqrt(t): R(T) <= D_2^2 sqrt(T)/(2 alpha) + alpha (sqrt(T) - 1/2) G_2^2, by
  sum_{t<=T} 1/sqrt(t) <= 2 sqrt(T) - 1. Tight at T = 1;
* CONSTANT, alpha_t = alpha: R(T) <= D_2^2/(2 alpha) + alpha T G_2^2/2. Tight at every T: for d = 1, a
  constant gradient G and alpha = D/(G T) the point walks from one end of X to the other.

Sources: Zinkevich 2003, Theorem 1, which has alpha = 1, and Shalev-Shwartz 2012, section 2.4. Secondary:
their pages were not read; the statements are proved in docs/proofs.md. Other books state the first with
larger constants, such as (3/2) G_2 D_2 sqrt(T) at alpha = D_2/G_2 (Hazan, Theorem 3.1).
"""

from __future__ import annotations

from sympy import Rational, S, sqrt

from theory.algorithms.sgd import SGD, SGD_CONSTANT
from theory.parameters import alpha
from theory.quantities import CumMax, Norm2Squared, Regret
from theory.source import Source
from theory.statement import Assumption, Reading, Requires, Status, Theorem
from theory.symbols import D_2, Scalar, T, g

G_2 = Scalar("G_2", nonnegative=True)
ASSUMPTIONS = (
    Assumption("the losses are convex", Requires.CONVEX_LOSSES),
    Assumption("X is compact with l2 diameter D_2", Requires.COMPACT_SET),
)
_letters = ((G_2, sqrt(CumMax(Norm2Squared(g)))),)

SQRT = Theorem(
    id="ogd.sqrt",
    title="Online gradient descent with step alpha/sqrt(t)",
    source=Source("zinkevich2003", "Theorem 1", secondary=True),
    algorithms=(SGD.name,),
    lhs=Regret(S.One),
    readings=(
        Reading(
            "stated",
            D_2**2 * sqrt(T) / (2 * alpha) + alpha * (sqrt(T) - Rational(1, 2)) * G_2**2,
            "with the source's constants at alpha = 1; secondary",
        ),
    ),
    assumptions=ASSUMPTIONS,
    letters=_letters,
    status=Status.PROVED,
)
CONSTANT = Theorem(
    id="ogd.constant",
    title="Online gradient descent with a constant step",
    source=Source("shalev2012", "section 2.4", secondary=True),
    algorithms=(SGD_CONSTANT.name,),
    lhs=Regret(S.One),
    readings=(
        Reading("stated", D_2**2 / (2 * alpha) + alpha * T * G_2**2 / 2, "with the diameter of X; secondary"),
    ),
    assumptions=ASSUMPTIONS,
    letters=_letters,
    status=Status.PROVED,
)
