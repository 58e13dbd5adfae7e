r"""The proof of Theorem R (docs/theory.md), step by step, for AdaL and its variants.

z is any fixed point of X, h = ghat, w the metric, a_t the step that multiplies the raw moment m_t: with bias
correction a_t = alpha/(sqrt(t)(1 - beta1^t)), without it alpha/sqrt(t); V_t = w_t/a_t; gamma = beta1^2/beta2.
The steps L0 to L12 are the same for every variant. Which of them break, and where, is what the audit finds:
L5m (V_t never decreases) without the AMSGrad maximum; L2 and L3 when epsilon stands beside vhat^{-1/2} and X is
not a box; L11b without the maximum. The step from the weighted to the plain regret, F2, is no step of this
proof: it is what the printed theorem needs on top of it.

Source of the technique: Alacaoglu et al. 2020, Theorem 1.
"""

from __future__ import annotations

from sympy import Abs, Expr, Max, Symbol, log, sqrt

from theory.parameters import alpha, beta1, beta2
from theory.proof import Cited, Proof, ProofStep, Relation, Square, Telescoped, before
from theory.quantities import (
    CumMax,
    CumSum,
    Discounted,
    Dot,
    LossAt,
    Norm1,
    Prev,
    SumCoords,
    pinv,
)
from theory.recurrence import Recurrence
from theory.source import Source
from theory.symbols import D, f, g, ghat, m, t, v, vhat, x, x_next, z

gamma = beta1**2 / beta2
kappa = beta1 / (1 - beta1)

_p, _q, _s, _a, _w = (Symbol(name, positive=True) for name in "pqsaw")
_m, _u, _n, _y, _z = (Symbol(name, real=True) for name in ("m", "u", "n", "y", "z"))


def _young(*, compared_with: Expr, left: Expr, right: Expr, squares: tuple[tuple[Expr, Expr], ...]) -> Square:
    """One coordinate of a projected step from u to n: y = u - a m/w is projected, w(n - y)(z - n) sums to >= 0."""
    return Square(
        left=left,
        right=right,
        squares=squares,
        known=((_w / _a * (_n - _y) * (compared_with - _n), "optimality of the projection"),),
        given=((_m, _w * (_u - _y) / _a),),
    )


def proof_of_theorem_r(recurrence: Recurrence) -> Proof:
    """The steps L0-L12 written for a member of the AdaL family, whether or not they hold for it.

    Raises ValueError for a recurrence without the lines ghat, m, v, vhat.
    """
    defined = {s for s, _ in recurrence.steps}
    if not {ghat, m, v, vhat} <= defined:
        raise ValueError(
            f"`recurrence` = {recurrence.name} has no lines for ghat, m, v and vhat; take an AdaL variant"
        )
    corrected = recurrence.variant.get("bias_correction") != "no"
    alpha_t = alpha / sqrt(t)
    a_t = alpha_t / (1 - beta1**t) if corrected else alpha_t
    w = recurrence.metric
    return Proof(
        id=f"repaired.theorem_r[{recurrence.name}]",
        title="Theorem R: the weighted regret",
        theorem_id="repaired.theorem_r",
        algorithm=recurrence.name,
        source=Source("repaired", "Theorem R"),
        steps=(
            *_linear_part(w, a_t),
            *_telescoping(w, a_t),
            *_moments(w, a_t, alpha_t),
        ),
    )


def _linear_part(w: Expr, a_t: Expr) -> tuple[ProofStep, ...]:
    weighted = CumSum(Norm1(g) * (f - LossAt(z)))
    inner = CumSum(Dot(ghat, x - z))
    moved = m - beta1 * before(m)
    return (
        ProofStep(
            "L0", "from losses to inner products", weighted, inner, Relation.AT_MOST,
            Cited("convexity", "n_t (f_t(x_t) - f_t(z)) <= <n_t g_t, x_t - z>, and n_t >= 0"),
        ),
        ProofStep(
            "L1", "summation by parts", inner,
            CumSum(Dot(m, x - z)) + kappa * Dot(m, x - z) + kappa * Prev(CumSum(Dot(m, x - x_next))),
            Relation.EQUAL,
            # In round t: h_t = (m_t - beta1 m_{t-1})/(1 - beta1).
            Telescoped(given=((ghat, moved / (1 - beta1)),)),
        ),
        ProofStep(
            "L2", "the projected step", Dot(m, x - z),
            (_distance(w, x) - _distance(w, x_next)) / (2 * a_t) + a_t / 2 * Dot(pinv(w), m**2),
            Relation.AT_MOST,
            _young(compared_with=_z, left=_m * (_u - _z), squares=((_w / (2 * _a), _y - _n),),
                   right=_w * ((_u - _z) ** 2 - (_n - _z) ** 2) / (2 * _a) + _a * _m**2 / (2 * _w)),
            needs="preconditioner times metric is the identity",
        ),
        ProofStep(
            "L3", "the length of a step", Dot(m, x - x_next), a_t * Dot(pinv(w), m**2), Relation.AT_MOST,
            _young(compared_with=_u, left=_m * (_u - _n), right=_a * _m**2 / _w,
                   squares=((_w / _a, _u - _y - (_u - _n)),)),
            needs="preconditioner times metric is the identity",
        ),
        ProofStep(
            "L4", "the boundary term", Dot(m, x - z),
            a_t * Dot(pinv(w), m**2) + D**2 / (4 * a_t) * SumCoords(w), Relation.AT_MOST,
            # One coordinate: m u <= a m^2/w + w u^2/(4a), and u^2 <= D^2.
            Square(left=_p * _q, right=_s * _p**2 + _q**2 / (4 * _s), squares=((1 / _s, _s * _p - _q / 2),)),
        ),
    )  # fmt: skip


def _telescoping(w: Expr, a_t: Expr) -> tuple[ProofStep, ...]:
    ratio = w / a_t
    rising = CumSum(SumCoords(Max(0, ratio - Prev(ratio))))
    return (
        ProofStep(
            "L5", "telescoping", CumSum((_distance(w, x) - _distance(w, x_next)) / (2 * a_t)), D**2 / 2 * rising,
            Relation.AT_MOST,
            Cited("Abel summation", "each |x_{t,i} - z_i| <= D, and only increases of V_t cost anything"),
        ),
        ProofStep(
            "L5m", "V_t never decreases", rising, SumCoords(ratio), Relation.EQUAL,
            Cited("monotonicity", "the AMSGrad maximum keeps vhat_t from falling, and 1/a_t rises"),
            needs="V_t = w_t/a_t is nondecreasing (the AMSGrad maximum)",
        ),
    )  # fmt: skip


def _moments(w: Expr, a_t: Expr, alpha_t: Expr) -> tuple[ProofStep, ...]:
    h = Abs(ghat)
    heavy = Discounted(h, beta1)
    root = sqrt((1 - beta2) * (1 - gamma))
    square = Square(
        # (1 - beta2^t)(1 - gamma^t) <= (1 - beta1^t)^2, with p = beta2^(t/2), q = gamma^(t/2), pq = beta1^t.
        left=(1 - _p**2) * (1 - _q**2), right=(1 - _p * _q) ** 2, squares=((1, _p - _q),),
    )  # fmt: skip
    return (
        ProofStep(
            "L6", "the first moment against the second", Abs(m),
            (1 - beta1) / sqrt(1 - beta2) * sqrt((1 - gamma**t) / (1 - gamma)) * sqrt(v), Relation.AT_MOST,
            Cited("Cauchy-Schwarz", "weights beta1^k = (beta1/sqrt(beta2))^k sqrt(beta2)^k; needs gamma < 1"),
            needs="gamma < 1",
        ),
        ProofStep(
            "L7", "the first moment against the discounted sum", Abs(m), (1 - beta1) * heavy, Relation.AT_MOST,
            Cited("the triangle inequality", "|m_t| <= (1 - beta1) sum_s beta1^(t-s) |h_s|"),
        ),
        ProofStep(
            "L8", "a step's square", a_t * m**2 * pinv(sqrt(vhat)), alpha_t * (1 - beta1) ** 2 / root * heavy,
            Relation.AT_MOST, square, needs="vhat_t >= v_t, bias corrected where m is",
        ),
        ProofStep(
            "L9", "swapping sums", CumSum(alpha_t * heavy), CumSum(alpha_t * h) / (1 - beta1), Relation.AT_MOST,
            Cited("a geometric series", "alpha_t <= alpha_s for s <= t"),
        ),
        ProofStep(
            "L10", "the harmonic sum", CumSum(alpha_t * h), alpha * sqrt(1 + log(t)) * sqrt(CumSum(h**2)),
            Relation.AT_MOST, Cited("Cauchy-Schwarz", "sum_{s<=t} 1/s <= 1 + log t"),
        ),
        ProofStep(
            "L11", "all squares together", CumSum(a_t * m**2 * pinv(sqrt(vhat))),
            (1 - beta1) * alpha * sqrt(1 + log(t)) / root * sqrt(CumSum(h**2)), Relation.AT_MOST,
            Cited("L8, L9, L10", "one after the other"),
        ),
        ProofStep(
            "L11b", "all squares together, without gamma", CumSum(a_t * m**2 * pinv(sqrt(vhat))),
            CumSum(alpha_t * h) / sqrt(1 - beta2), Relation.AT_MOST,
            Cited("Jensen, then monotonicity", "alpha_t/sqrt(vhat_t) is nonincreasing; h_s^2 <= vhat_s/(1 - beta2)"),
            needs="alpha_t/sqrt(vhat_t) is nonincreasing (the AMSGrad maximum)",
        ),
        ProofStep(
            "L12", "from ghat to g", sqrt(CumSum(ghat**2)), CumMax(Norm1(g)) * sqrt(CumSum(g**2)), Relation.AT_MOST,
            Cited("n_t <= M", "each n_t^2 g_{t,i}^2 <= M^2 g_{t,i}^2"),
        ),
        ProofStep(
            "T0", "the weighted regret", CumSum(Norm1(g) * (f - LossAt(z))),
            (1 + beta1) / (2 * (1 - beta1)) * CumSum(a_t * Dot(pinv(w), m**2))
            + (2 - beta1) * D**2 / (4 * (1 - beta1)) * SumCoords(w / a_t), Relation.AT_MOST,
            Cited("L0 to L5m", "the coefficients are 1/2 + kappa and 1/2 + kappa/4"),
            needs="everything above",
        ),
    )  # fmt: skip


def _distance(w: Expr, point: Expr) -> Expr:
    """||point - z||_w^2."""
    return SumCoords(w * (point - z) ** 2)
