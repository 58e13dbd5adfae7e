r"""AdaGrad with diagonal matrices: Duchi, Hazan and Singer 2011 (JMLR 12), Theorem 5, mirror descent.

    R(T) <= (D^2/(2 alpha) + alpha) sum_i sqrt(sum_t g_{t,i}^2)                    (delta = 0)

The source has max_t ||x_t - x||_inf, here D, which is no smaller, and eta for alpha. It prints no term with
delta and allows delta >= 0 in its algorithm; for delta > 0 (here epsilon) that is false, since a large
delta keeps the point where it is. DIAGONAL_DELTA has the term that is missing, delta D_2^2/(2 alpha), and
is this package's. Reading "D_i" takes the side of X along each coordinate. Proof: docs/proofs.md.

Secondary: a transcription was read, not the page.
"""

from __future__ import annotations

from sympy import Expr, Integer, S, sqrt

from theory.algorithms.adagrad import ADAGRAD, ADAGRAD_NO_EPS
from theory.parameters import alpha, eps
from theory.quantities import CumSum, Regret, SumCoords
from theory.recurrence import Recurrence
from theory.source import Source
from theory.statement import Assumption, Reading, Requires, Status, Theorem
from theory.symbols import D_2, D, D_i, g

_length = sqrt(CumSum(g**2))


def _theorem(id: str, title: str, source: Source, algorithm: Recurrence, extra: Expr) -> Theorem:
    step = alpha * SumCoords(_length)
    seen = "; secondary" if source.secondary else ""
    return Theorem(
        id=id,
        title=title,
        source=source,
        algorithms=(algorithm.name,),
        lhs=Regret(S.One),
        readings=(
            Reading(
                "D", D**2 / (2 * alpha) * SumCoords(_length) + step + extra, f"D: the diameter of X{seen}"
            ),
            Reading(
                "D_i",
                SumCoords(D_i**2 * _length) / (2 * alpha) + step + extra,
                f"D_i: the side of X along each coordinate{seen}",
            ),
        ),
        assumptions=(
            Assumption("the losses are convex", Requires.CONVEX_LOSSES),
            Assumption("X is compact with diameter D", Requires.COMPACT_SET),
        ),
        status=Status.PROVED,
    )


DIAGONAL = _theorem(
    "adagrad.theorem5",
    "AdaGrad, diagonal, delta = 0",
    Source("duchi2011", "Theorem 5, mirror descent", secondary=True),
    ADAGRAD_NO_EPS,
    Integer(0),
)
DIAGONAL_DELTA = _theorem(
    "adagrad.theorem5_delta",
    "AdaGrad, diagonal, delta > 0",
    Source("repaired", "AdaGrad with delta > 0, after Theorem 5 of Duchi et al."),
    ADAGRAD,
    eps * D_2**2 / (2 * alpha),
)
