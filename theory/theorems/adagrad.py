r"""AdaGrad with diagonal matrices: Duchi, Hazan and Singer 2011 (JMLR 12), Theorem 5, mirror descent.

    R(T) <= (D^2/(2 alpha) + alpha) sum_i sqrt(sum_t g_{t,i}^2)                    (delta = 0)

The source has max_t ||x_t - x||_inf, here D, which is no smaller, and eta for alpha. It prints no term with
delta and allows delta >= 0 in its algorithm; for delta > 0 (here epsilon) that is false, since a large
delta keeps the point where it is. DIAGONAL_DELTA has the term that is missing, delta D_2^2/(2 alpha), and
is this package's. Reading "D_i" takes the side of X along each coordinate. Proof: docs/proofs.md.

Secondary: a transcription was read, not the page.
"""

from sympy import Expr, Integer, sqrt

from theory.algorithms.adagrad import ADAGRAD, ADAGRAD_NO_EPS
from theory.parameters import alpha, eps
from theory.quantities import CumSum, SumCoords
from theory.source import Source
from theory.statement import Reading
from theory.symbols import D_2, g
from theory.theorems.shared import both, lengths, regret_bound


def _readings(extra: Expr, seen: str = "") -> tuple[Reading, ...]:
    def bound(outside: Expr, inside: Expr) -> Expr:
        return outside * SumCoords(inside * sqrt(CumSum(g**2))) / (2 * alpha) + alpha * lengths(g) + extra

    whole, sides = "D: the diameter of X", "D_i: the side of X along each coordinate"
    return both(bound, whole=whole + seen, sides=sides + seen)


DIAGONAL = regret_bound(
    "adagrad.theorem5",
    "AdaGrad, diagonal, delta = 0",
    Source("duchi2011", "Theorem 5, mirror descent", secondary=True),
    ADAGRAD_NO_EPS.name,
    _readings(Integer(0), "; secondary"),
)
DIAGONAL_DELTA = regret_bound(
    "adagrad.theorem5_delta",
    "AdaGrad, diagonal, delta > 0",
    Source("repaired", "AdaGrad with delta > 0, after Theorem 5 of Duchi et al."),
    ADAGRAD.name,
    _readings(eps * D_2**2 / (2 * alpha)),
)
