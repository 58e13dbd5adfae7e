r"""AdaGrad with diagonal matrices: Duchi, Hazan and Singer 2011, Theorem 5 (mirror descent).

D stands for max ||x_t - x||_inf:

    R(T) <= (D^2/(2 alpha) + alpha) sum_i sqrt(sum_t g_{t,i}^2)                    (delta = 0)

and delta D_2^2/(2 alpha) more for delta > 0 (here epsilon). Reading "D_i" takes the side of X along each
coordinate. Proof: docs/proofs.md.
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


def _theorem(id: str, title: str, algorithm: Recurrence, extra: Expr) -> Theorem:
    step = alpha * SumCoords(_length)
    return Theorem(
        id=id,
        title=title,
        source=Source("duchi2011", "Theorem 5"),
        algorithms=(algorithm.name,),
        lhs=Regret(S.One),
        readings=(
            Reading("D", D**2 / (2 * alpha) * SumCoords(_length) + step + extra, "D: the diameter of X"),
            Reading(
                "D_i",
                SumCoords(D_i**2 * _length) / (2 * alpha) + step + extra,
                "D_i: the side of X along each coordinate",
            ),
        ),
        assumptions=(
            Assumption("the losses are convex", Requires.CONVEX_LOSSES),
            Assumption("X is compact with diameter D", Requires.COMPACT_SET),
        ),
        status=Status.PROVED,
    )


DIAGONAL = _theorem("adagrad.theorem5", "AdaGrad, diagonal, delta = 0", ADAGRAD_NO_EPS, Integer(0))
DIAGONAL_DELTA = _theorem(
    "adagrad.theorem5_delta", "AdaGrad, diagonal, delta > 0", ADAGRAD, eps * D_2**2 / (2 * alpha)
)

__all__ = ["DIAGONAL", "DIAGONAL_DELTA"]
