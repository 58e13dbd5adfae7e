r"""Online gradient descent against a moving comparator: the dynamic regret.

Problem: online convex optimization, compared with a point z_t of X in each round.
Algorithm: online gradient descent with a constant step alpha and the Euclidean projection.
Assumptions: the losses are convex; X is compact with l2 diameter D_2.
Guarantee: with the path length P = sum_{2<=t<=T} ||z_t - z_{t-1}||_2 and G_2 = max_t ||g_t||_2,

* stated: sum_t (f_t(x_t) - f_t(z_t)) <= 7 D_2^2/(4 alpha) + D_2 P/alpha + alpha T G_2^2/2;
* sharp: <= D_2^2/(2 alpha) + D_2 P/alpha + alpha sum_t ||g_t||_2^2/2, which implies the first;
* DYNAMIC_BOX, on a box: <= (D_2^2 + D_2 P)/(2 alpha) + alpha sum_t ||g_t||_2^2/2, with half of that path.

With z_t = z in every round P is 0, and both are the regret bound of a constant step.

Source: Zinkevich 2003, Theorem 2; secondary, because the pages were not read. The sharp reading is proved in
    docs/proofs.md, section 3; so is the bound on a box, which `regretcheck tighten` suggested.
"""

from sympy import Rational, sqrt

from theory.algorithms.sgd import SGD_CONSTANT
from theory.parameters import alpha
from theory.quantities import CumMax, CumSum, Norm2Squared, path_length
from theory.source import Source
from theory.statement import Assumption, Reading, Requires, Status, Theorem
from theory.symbols import D_2, Scalar, T, g, z_t
from theory.theorems.against import DYNAMIC_GAP
from theory.theorems.shared import CONVEX, SEPARABLE

P = Scalar("P", nonnegative=True)
G_2 = Scalar("G_2", nonnegative=True)
_path = (P, path_length(z_t))
_squares = alpha * CumSum(Norm2Squared(g)) / 2
_compact = Assumption("X is compact with l2 diameter D_2", Requires.COMPACT_SET)

DYNAMIC = Theorem(
    "ogd.dynamic",
    "Online gradient descent against a moving comparator",
    Source("zinkevich2003", "Theorem 2", secondary=True),
    (SGD_CONSTANT.name,),
    lhs=DYNAMIC_GAP,
    readings=(
        Reading(
            "stated",
            Rational(7, 4) * D_2**2 / alpha + D_2 * P / alpha + alpha * T * G_2**2 / 2,
            "with the source's constants; secondary",
        ),
        Reading(
            "sharp",
            D_2**2 / (2 * alpha) + D_2 * P / alpha + _squares,
            "sharper than the source, which is secondary",
        ),
    ),
    letters=(_path, (G_2, sqrt(CumMax(Norm2Squared(g))))),
    assumptions=(CONVEX, _compact),
    measures="dynamic regret",
    status=Status.PROVED,
)
DYNAMIC_BOX = Theorem(
    "ogd.dynamic_box",
    "Online gradient descent against a moving comparator, on a box",
    Source("repaired", "docs/proofs.md, section 3"),
    (SGD_CONSTANT.name,),
    lhs=DYNAMIC_GAP,
    readings=(
        Reading("stated", (D_2**2 + D_2 * P) / (2 * alpha) + _squares, "half the path of ogd.dynamic.sharp"),
    ),
    letters=(_path,),
    assumptions=(CONVEX, _compact, SEPARABLE),
    measures="dynamic regret",
    status=Status.PROVED,
)
