r"""The regret bounds of AdaGrad, with diagonal matrices, and with full ones for d = 1.

Problem: online convex optimization.
Algorithm: diagonal AdaGrad, by mirror descent or (RDA) by dual averaging, without the composite term phi;
    its delta is epsilon here, its eta is alpha.
Assumptions: the losses are convex; X is compact; for RDA x_1 = 0 and delta >= max_t ||g_t||_inf.
Guarantee: upper bounds, except those called MD_DELTA, which are false.

        R(T) <= (D^2/(2 alpha) + alpha) sum_i sqrt(sum_t g_{t,i}^2)                    (delta = 0)

    The source has max_t ||x_t - x||_inf, which is at most the D used here. Its algorithm allows delta >= 0,
    but its bound has no term with delta, and is false for delta > 0: a large delta keeps the iterate where it
    is. DIAGONAL_DELTA is this package's and adds the missing term, delta D_2^2/(2 alpha). Reading "D_i" uses
    the side of X along each coordinate. Proof: docs/proofs.md.

    With S = sum_i sqrt(sum_t g_{t,i}^2) and a point z of X, as printed:

* RDA: R(z) <= (delta/alpha) ||z||_2^2 + (1/alpha) ||z||_inf^2 S + alpha S;
* RDA_COROLLARY, alpha = ||z||_inf: R(z) <= 2 ||z||_inf S + delta ||z||_1. Stated for alpha >= ||z||_inf with
  2 alpha S on the right, which contains the printed case;
* MD: R(z) <= (1/(2 alpha)) max_t ||z - x_t||_inf^2 S + alpha S for delta = 0. MD_DELTA is the same for the
  delta >= 0 and the x_1 = 0 of Algorithm 1: false, since a large delta keeps the point at x_1;
* MD_COROLLARY, MD_COROLLARY_DELTA, alpha = D_inf/sqrt(2), D_inf at least the diameter:
  R(T) <= sqrt(2) D_inf S;
* RDA_FULL, MD_FULL: Theorem 7 for d = 1, where G_T^{1/2} is the number S. RDA_FULL is RDA; MD_FULL adds
  (delta/alpha) z^2 to MD_DELTA, which repairs it.

Source: Duchi, Hazan and Singer 2011 (JMLR 12), Theorem 5, mirror descent; secondary, because a transcription
    was read and not the page. The others: Theorems 5 and 7, Corollary 6, likewise.
"""

from dataclasses import replace

from sympy import Expr, Integer, S, Symbol, sqrt

from theory.algorithms.adagrad import ADAGRAD, ADAGRAD_NO_EPS
from theory.parameters import ALPHA, EPS, alpha, eps
from theory.quantities import CumMax, CumSum, Norm1, Norm2Squared, NormInf, Regret, SumCoords, pinv
from theory.recurrence import Recurrence
from theory.source import Source
from theory.statement import Assumption, Reading, Status, Theorem
from theory.symbols import D_2, D, Scalar, Vector, d, g, x, z
from theory.theorems.against import FROM_ORIGIN, GAP, INSIDE
from theory.theorems.shared import COMPACT, CONVEX, both, lengths, regret_bound


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

D_inf = Scalar("D_inf", nonnegative=True)
_total, _root = Vector("total"), Vector("root", nonnegative=True)
ADAGRAD_RDA = Recurrence(
    "AdaGrad[step=dual averaging]",
    Source("duchi2011", "Algorithm 1"),
    (ALPHA, EPS),
    ((_total, CumSum(g)), (_root, eps + sqrt(CumSum(g**2)))),
    -alpha * _total * pinv(_root),
    _root,
)
"""argmin over X of alpha <sum_s g_s, x> + <x, H_t x>/2, H_t = delta + diag sqrt(sum_s g_s^2)."""

LARGE_DELTA = Assumption("delta >= max_t ||g_t||_inf", CumMax(NormInf(g)) <= eps)
ONE_COORDINATE = Assumption("d = 1, where every matrix is a number", d <= 1)


def _printed(
    id: str, title: str, place: str, algorithm: Recurrence | str, rhs: Expr, *more: Assumption,
    lhs: Expr = GAP, note: str = "secondary", status: Status = Status.PROVED,
    letters: tuple[tuple[Symbol, Expr], ...] = (),
) -> Theorem:  # fmt: skip
    inside = () if lhs.has(Regret) else (INSIDE,)
    return Theorem(
        id=f"adagrad.{id}", title=title, source=Source("duchi2011", place, secondary=True),
        algorithms=(algorithm,), lhs=lhs, readings=(Reading("stated", rhs, note),),
        assumptions=(CONVEX, COMPACT, *inside, *more), status=status,
        measures="regret" if lhs.has(Regret) else "regret against z", letters=letters,
    )  # fmt: skip


_mirror = CumMax(NormInf(z - x)) ** 2 * lengths(g) / (2 * alpha) + alpha * lengths(g)
_dual = (NormInf(z) ** 2 / alpha + alpha) * lengths(g)

RDA = _printed(
    "theorem5_rda", "AdaGrad, diagonal, dual averaging", "Theorem 5, dual averaging", ADAGRAD_RDA,
    eps / alpha * Norm2Squared(z) + _dual, FROM_ORIGIN, LARGE_DELTA,
)  # fmt: skip
RDA_COROLLARY = _printed(
    "corollary6_rda", "AdaGrad, diagonal, dual averaging, eta = ||x*||_inf", "Corollary 6, dual averaging",
    ADAGRAD_RDA, 2 * alpha * lengths(g) + eps * Norm1(z), FROM_ORIGIN, LARGE_DELTA,
    Assumption("alpha >= ||z||_inf", NormInf(z) <= alpha), note="for alpha >= ||z||_inf; secondary",
)  # fmt: skip
MD = _printed(
    "theorem5_md", "AdaGrad, diagonal, mirror descent, delta = 0", "Theorem 5, mirror descent",
    ADAGRAD_NO_EPS.name, _mirror, note="delta = 0; secondary",
)  # fmt: skip
MD_DELTA = _printed(
    "theorem5_md_delta", "AdaGrad, diagonal, mirror descent, delta >= 0", "Theorem 5, mirror descent",
    ADAGRAD.name, _mirror, FROM_ORIGIN, note="the delta >= 0 that Algorithm 1 allows; secondary",
    status=Status.FALSE,
)  # fmt: skip
MD_COROLLARY = _printed(
    "corollary6_md", "AdaGrad, diagonal, mirror descent, eta = D_inf/sqrt(2), delta = 0",
    "Corollary 6, mirror descent", ADAGRAD_NO_EPS.name, sqrt(2) * D_inf * lengths(g),
    Assumption("the diameter of X in the infinity norm is at most D_inf", D_inf >= D),
    lhs=Regret(S.One), letters=((D_inf, sqrt(2) * alpha),), note="delta = 0; secondary",
)  # fmt: skip
MD_COROLLARY_DELTA = replace(
    MD_COROLLARY,
    id="adagrad.corollary6_md_delta",
    title="AdaGrad, diagonal, mirror descent, eta = D_inf/sqrt(2), delta >= 0",
    algorithms=(ADAGRAD.name,),
    readings=(replace(MD_COROLLARY.readings[0], note="the delta >= 0 that Algorithm 1 allows; secondary"),),
    assumptions=(*MD_COROLLARY.assumptions, FROM_ORIGIN),
    status=Status.FALSE,
)
RDA_FULL = replace(
    RDA, id="adagrad.theorem7_rda", title="AdaGrad, full matrix, dual averaging, d = 1",
    source=Source("duchi2011", "Theorem 7, dual averaging", secondary=True),
    readings=(replace(RDA.readings[0], note="d = 1, where G_T^{1/2} is a number; secondary"),),
    assumptions=(*RDA.assumptions, ONE_COORDINATE),
)  # fmt: skip
MD_FULL = _printed(
    "theorem7_md", "AdaGrad, full matrix, mirror descent, d = 1", "Theorem 7, mirror descent",
    ADAGRAD.name, eps / alpha * Norm2Squared(z) + _mirror, FROM_ORIGIN, ONE_COORDINATE,
    note="d = 1, where G_T^{1/2} is a number; secondary",
)  # fmt: skip
