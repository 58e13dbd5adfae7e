r"""Online gradient descent: two textbook regret bounds with sharp constants.

Problem: online convex optimization.
Algorithm: online gradient descent with the Euclidean projection.
Assumptions: the losses are convex; X is compact with l2 diameter D_2.
Guarantee: tight, with G_2 = max_t ||g_t||_2:

* SQRT, alpha_t = alpha/sqrt(t): R(T) <= D_2^2 sqrt(T)/(2 alpha) + alpha (sqrt(T) - 1/2) G_2^2, by
  sum_{t<=T} 1/sqrt(t) <= 2 sqrt(T) - 1. Tight at T = 1;
* CONSTANT, alpha_t = alpha: R(T) <= D_2^2/(2 alpha) + alpha T G_2^2/2. Tight at every T: for d = 1, a
  constant gradient G and alpha = D/(G T), the iterate walks from one end of X to the other.

Source: Zinkevich 2003, Theorem 1, which has alpha = 1, and Shalev-Shwartz 2012, section 2.4; secondary,
    because the pages were not read. The statements are proved in docs/proofs.md. Other books state the first
    bound with larger constants, such as (3/2) G_2 D_2 sqrt(T) at alpha = D_2/G_2 (Hazan, Theorem 3.1).
"""

from sympy import Rational, sqrt

from theory.algorithms.sgd import SGD, SGD_CONSTANT
from theory.parameters import alpha
from theory.quantities import CumMax, Norm2Squared
from theory.source import Source
from theory.statement import Assumption, Reading, Requires, Status
from theory.symbols import D_2, Scalar, T, g
from theory.theorems.shared import regret_bound

G_2 = Scalar("G_2", nonnegative=True)
_compact = Assumption("X is compact with l2 diameter D_2", Requires.COMPACT_SET)
_letters = ((G_2, sqrt(CumMax(Norm2Squared(g)))),)

SQRT = regret_bound(
    "ogd.sqrt",
    "Online gradient descent with step alpha/sqrt(t)",
    Source("zinkevich2003", "Theorem 1", secondary=True),
    SGD.name,
    (
        Reading(
            "stated",
            D_2**2 * sqrt(T) / (2 * alpha) + alpha * (sqrt(T) - Rational(1, 2)) * G_2**2,
            "with the source's constants at alpha = 1; secondary",
        ),
    ),
    compact=_compact,
    letters=_letters,
    status=Status.CHECKED_BY_COQ,
)
CONSTANT = regret_bound(
    "ogd.constant",
    "Online gradient descent with a constant step",
    Source("shalev2012", "section 2.4", secondary=True),
    SGD_CONSTANT.name,
    (Reading("stated", D_2**2 / (2 * alpha) + alpha * T * G_2**2 / 2, "with the diameter of X; secondary"),),
    compact=_compact,
    letters=_letters,
    status=Status.CHECKED_BY_COQ,
)
