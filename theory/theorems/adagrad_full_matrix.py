r"""The regret bounds of AdaGrad with full matrices, as printed.

Problem: online convex optimization.
Algorithm: with G_t = sum_{s<=t} g_s g_s^T and H_t = delta I + G_t^{1/2}, by mirror descent or dual averaging,

        x_{t+1} = argmin_X eta <g_t, u> + 1/2 ||u - x_t||_{H_t}^2,
        x_{t+1} = argmin_X eta <sum_{s<=t} g_s, u> + 1/2 ||u||_{H_t}^2;

    eta is alpha here, delta is epsilon. The composite term phi is 0.
Assumptions: the losses are convex; X is compact; x_1 = 0; for RDA delta >= max_t ||g_t||_2. The source allows
    delta = 0 for mirror descent, where H_t may be singular and the step is not unique; here delta > 0.
Guarantee: upper bounds, proved in docs/proofs.md. With S = tr G_T^{1/2} and a point z of X:

* RDA_MATRIX: R(z) <= (delta/alpha) ||z||_2^2 + (1/alpha) ||z||_2^2 S + alpha S;
* MD_MATRIX: R(z) <= (delta/alpha) ||z||_2^2 + (1/(2 alpha)) max_t ||z - x_t||_2^2 S + alpha S.

    For d = 1 these are RDA_FULL and MD_FULL of adagrad.py, which every engine plays.
Source: Duchi, Hazan and Singer 2011 (JMLR 12), Theorem 7; secondary, because a transcription was read and not
    the page.
"""

from dataclasses import replace

from sympy import Expr, Integer, Rational, S

from theory.parameters import ALPHA, EPS, alpha, eps
from theory.quantities import CumMax, CumSum, FullMatrixStep, Norm2Squared, TraceRoot
from theory.recurrence import Recurrence
from theory.source import Source
from theory.statement import Assumption, Reading, Status, Theorem
from theory.symbols import g, x, z
from theory.theorems.against import FROM_ORIGIN, GAP, INSIDE
from theory.theorems.shared import COMPACT, CONVEX

_HALF = Rational(1, 2)
_DELTA = replace(EPS, meaning="the offset delta > 0 of the metric", lower_open=True, default=None)
_BOX = Source("duchi2011", "Algorithm 2", secondary=True)

ADAGRAD_MATRIX = Recurrence(
    "AdaGrad[matrix=full]", _BOX, (ALPHA, _DELTA), (),
    FullMatrixStep(x, alpha * g, g, eps, _HALF), Integer(1),
)  # fmt: skip
ADAGRAD_MATRIX_RDA = Recurrence(
    "AdaGrad[matrix=full, step=dual averaging]", _BOX, (ALPHA, _DELTA), (),
    FullMatrixStep(S.Zero, alpha * CumSum(g), g, eps, _HALF), Integer(1),
)  # fmt: skip

ROOT = TraceRoot(g)
"""S, the trace of the root of the sum of the outer products of the gradients."""
DELTA_ABOVE = Assumption("delta >= max_t ||g_t||_2", CumMax(Norm2Squared(g)) <= eps**2)


def _printed(id: str, title: str, algorithm: Recurrence, rhs: Expr, *more: Assumption) -> Theorem:
    return Theorem(
        id=f"adagrad.{id}",
        title=f"AdaGrad, full matrix, {title}",
        source=Source("duchi2011", f"Theorem 7, {title}", secondary=True),
        algorithms=(algorithm,),
        lhs=GAP,
        readings=(Reading("stated", rhs, "delta > 0; secondary"),),
        assumptions=(CONVEX, COMPACT, INSIDE, FROM_ORIGIN, *more),
        measures="regret against z",
        status=Status.PROVED,
    )


_offset = eps / alpha * Norm2Squared(z)

RDA_MATRIX = _printed(
    "theorem7_matrix_rda", "dual averaging", ADAGRAD_MATRIX_RDA,
    _offset + Norm2Squared(z) * ROOT / alpha + alpha * ROOT, DELTA_ABOVE,
)  # fmt: skip
MD_MATRIX = _printed(
    "theorem7_matrix_md", "mirror descent", ADAGRAD_MATRIX,
    _offset + CumMax(Norm2Squared(z - x)) * ROOT / (2 * alpha) + alpha * ROOT,
)  # fmt: skip
