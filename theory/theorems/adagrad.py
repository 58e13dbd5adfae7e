r"""The regret bound of AdaGrad with diagonal matrices.

Problem: online convex optimization.
Algorithm: diagonal AdaGrad; its delta is epsilon here, its eta is alpha.
Assumptions: the losses are convex; X is compact.
Guarantee: upper bound.

        R(T) <= (D^2/(2 alpha) + alpha) sum_i sqrt(sum_t g_{t,i}^2)                    (delta = 0)

    The source has max_t ||x_t - x||_inf, which is at most the D used here. Its algorithm allows delta >= 0,
    but its bound has no term with delta, and is false for delta > 0: a large delta keeps the iterate where it
    is. DIAGONAL_DELTA is this package's and adds the missing term, delta D_2^2/(2 alpha). Reading "D_i" uses
    the side of X along each coordinate. Proof: docs/proofs.md.
Source: Duchi, Hazan and Singer 2011 (JMLR 12), Theorem 5, mirror descent; secondary, because a transcription
    was read and not the page.
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
