r"""The proof of Theorem R (docs/theory.md), step by step, for AdaL and its variants.

z is any fixed point of X, h = ghat, w the metric, a_t the step that multiplies the raw moment m_t: with bias
correction a_t = alpha/(sqrt(t)(1 - beta1^t)), without it alpha/sqrt(t); V_t = w_t/a_t; gamma = beta1^2/beta2.
The steps L0 to L12 are the same for every variant. Which of them break, and where, is what the audit finds:
L5m (V_t never decreases) without the AMSGrad maximum; L2 and L3 when epsilon is added to vhat^{-1/2} and X
is not a box; L11b without the maximum. On a box the projection does not depend on the metric, so that the
proof is free to take the inverse of the preconditioner as w: `theory.algorithms.adal.box_metric`.

The step from the weighted to the plain regret is not a step of this proof. It is what the printed theorem
needs on top of it. `needs_of_theorem1` lists the three steps that it needs and that may fail.

Source of the technique: Alacaoglu et al. 2020, Theorem 1.
"""

from dataclasses import replace

from sympy import Abs, Expr, Max, S, Symbol, log, sqrt

from theory.algorithms.adal import raw_step
from theory.parameters import alpha, beta1, beta2
from theory.proof import (
    Cited,
    Combined,
    Earlier,
    Induction,
    Lemma,
    Over,
    Proof,
    ProofStep,
    Relation,
    Square,
    before,
    memory,
    sides,
)
from theory.quantities import CumMax, CumSum, Discounted, Dot, LossAt, Norm1, Prev, SumCoords, pinv
from theory.recurrence import Recurrence
from theory.source import Source
from theory.symbols import D, Scalar, Vector, f, g, gamma, ghat, m, t, v, vhat, x, x_next, z
from theory.theorems.shared import GAMMA_IS

kappa = beta1 / (1 - beta1)

IDENTITY = "preconditioner times metric is the identity"
MONOTONE = "V_t = w_t/a_t is nondecreasing (the AMSGrad maximum)"

# The metric of one coordinate, and the point before it is projected.
_w, _y = Vector("w", positive=True), Vector("y")

# What people read instead of the metric and of the step.
W, A_T = Vector("w", nonnegative=True), Scalar("a_t", nonnegative=True)


def proof_of_theorem_r(recurrence: Recurrence, *, metric: Expr | None = None) -> Proof:
    """The steps L0-L12 and T0 written for a member of the AdaL family, whether or not they hold for it.

    Args:
        recurrence: AdaL, in any variant with alpha_t = alpha/sqrt(t).
        metric: the w of the proof; by default the recurrence's own. For a box take `box_metric(recurrence)`.

    Raises:
        ValueError: the recurrence is not such a variant.
    """
    w, a_t, alpha_t = _parts(recurrence, metric)
    return Proof(
        id=f"repaired.theoremR[{recurrence.name}]",
        title="Theorem R: the weighted regret",
        theorem_id="repaired.theoremR",
        algorithm=recurrence.name,
        source=Source("repaired", "Theorem R"),
        steps=_theorem_r(w, a_t, alpha_t, GAMMA_IS[1]),
        letters=((W, w), (A_T, a_t), GAMMA_IS),
        short=sides(_theorem_r(W, A_T, alpha_t, gamma)),
    )


def needs_of_theorem1(recurrence: Recurrence, *, metric: Expr | None = None) -> Proof:
    """What the printed Theorem 1 needs and Theorem R does not give: F3, F1 and F2, in the order of the proof.

    F3: the projected step (L2) in the metric; F1: V_t never decreases (L5m); F2: the plain regret is at most
    the sum of the inner products with ghat.

    Args:
        recurrence: as for `proof_of_theorem_r`.
        metric: as for `proof_of_theorem_r`.
    """
    w, a_t, _ = _parts(recurrence, metric)
    return Proof(
        id=f"adal.theorem1.needs[{recurrence.name}]",
        title="What the printed Theorem 1 needs",
        theorem_id="adal.theorem1",
        algorithm=recurrence.name,
        source=Source("adal", "Theorem 1"),
        steps=_needs(w, a_t),
        letters=((W, w), (A_T, a_t)),
        short=sides(_needs(W, A_T)),
    )


def _theorem_r(w: Expr, a_t: Expr, alpha_t: Expr, gamma: Expr) -> tuple[ProofStep, ...]:
    return (
        *_linear_part(w, a_t),
        *_telescoping(w, a_t),
        *_first_moment(gamma),
        *_squared_steps(a_t, alpha_t, gamma),
        _conclusion(w, a_t),
    )


def _needs(w: Expr, a_t: Expr) -> tuple[ProofStep, ...]:
    projected, monotone = _linear_part(w, a_t)[2], _telescoping(w, a_t)[1]
    return (
        replace(projected, key="F3", title="the projected step, in the metric"),
        replace(monotone, key="F1"),
        ProofStep(
            "F2", "from the plain regret to inner products with ghat",
            CumSum(f - LossAt(z)), CumSum(Dot(ghat, x - z)), Relation.AT_MOST,
            Cited("nothing", "true of <g_t, x_t - z> by convexity, not of ||g_t||_1 times it"),
            needs="z is as good for the losses ||g_t||_1 f_t as for f_t",
        ),
    )  # fmt: skip


def _parts(recurrence: Recurrence, metric: Expr | None) -> tuple[Expr, Expr, Expr]:
    """The metric w, the step a_t of the raw moment, and alpha_t."""
    lines, variant = dict(recurrence.steps), recurrence.variant
    if not {m, v, vhat} <= lines.keys() or lines.get(ghat) != Norm1(g) * g or variant["schedule"] != "sqrt":
        raise ValueError(
            f"`recurrence` = {recurrence.name} is not AdaL with ghat = ||g||_1 g and steps alpha/sqrt(t); "
            f"take one of theory.algorithms.adal"
        )
    return recurrence.metric if metric is None else metric, raw_step(recurrence), alpha / sqrt(t)


def _young(w: Expr, a_t: Expr, *, compared_with: Expr, root: Expr, factor: Expr) -> Square:
    """The step from x to x_next: y = x - a m/w is projected, and w(x_next - y)(c - x_next) sums to >= 0."""
    return Square(
        squares=((factor * _w / a_t, root),),
        known=((_w / a_t * (x_next - _y) * (compared_with - x_next), "optimality of the projection"),),
        given=((pinv(w), 1 / _w), (w, _w), (m, _w * (x - _y) / a_t)),
    )


def _linear_part(w: Expr, a_t: Expr) -> tuple[ProofStep, ...]:
    inner = CumSum(Dot(ghat, x - z))
    distance, next_distance = (SumCoords(w * (point - z) ** 2) for point in (x, x_next))
    return (
        ProofStep(
            "L0", "from losses to inner products", _WEIGHTED, inner, Relation.AT_MOST,
            Cited("convexity", "n_t (f_t(x_t) - f_t(z)) <= <n_t g_t, x_t - z>, and n_t >= 0"),
        ),
        ProofStep(
            "L1", "summation by parts", inner,
            CumSum(Dot(m, x - z)) + kappa * Dot(m, x - z) + kappa * Prev(CumSum(Dot(m, x - x_next))),
            Relation.EQUAL,
            Induction(given=((ghat, (m - beta1 * before(m)) / (1 - beta1)),)),
        ),
        ProofStep(
            "L2", "the projected step", Dot(m, x - z),
            (distance - next_distance) / (2 * a_t) + a_t / 2 * Dot(pinv(w), m**2), Relation.AT_MOST,
            _young(w, a_t, compared_with=z, root=_y - x_next, factor=S.Half), needs=IDENTITY,
        ),
        ProofStep(
            "L3", "the length of a step", Dot(m, x - x_next), a_t * Dot(pinv(w), m**2), Relation.AT_MOST,
            _young(w, a_t, compared_with=x, root=_y - x_next, factor=S.One), needs=IDENTITY,
        ),
        ProofStep(
            "L4", "the boundary term", Dot(m, x - z),
            a_t * Dot(pinv(w), m**2) + D**2 / (4 * a_t) * SumCoords(w), Relation.AT_MOST,
            Square(
                squares=((a_t / _w, m - _w * (x - z) / (2 * a_t)),),
                known=((_w * (D**2 - (x - z) ** 2) / (4 * a_t), "|x_i - z_i| <= D"),),
                given=((pinv(w), 1 / _w), (w, _w)),
            ),
        ),
    )  # fmt: skip


def _telescoping(w: Expr, a_t: Expr) -> tuple[ProofStep, ...]:
    ratio = w / a_t
    earlier = _shifted(ratio)
    rising = CumSum(SumCoords(Max(0, ratio - Prev(ratio))))
    distance, next_distance = (SumCoords(w * (point - z) ** 2) for point in (x, x_next))
    rise = Max(0, ratio - earlier)
    return (
        ProofStep(
            "L5", "telescoping", CumSum((distance - next_distance) / (2 * a_t)), D**2 / 2 * rising,
            Relation.AT_MOST,
            # What is left over, V_t |x_{t+1} - z|^2/2, is kept: Abel summation.
            Induction(
                potential=next_distance / (2 * a_t),
                known=(
                    (rise * (D**2 - (x - z) ** 2) / 2, "|x_i - z_i| <= D"),
                    ((rise - (ratio - earlier)) * (x - z) ** 2 / 2, "max(0, u) >= u"),
                ),
            ),
        ),
        ProofStep(
            "L5m", "V_t never decreases", rising, SumCoords(ratio), Relation.EQUAL,
            Induction(given=((rise, ratio - earlier),)), needs=MONOTONE,
        ),
    )  # fmt: skip


def _first_moment(gamma: Expr) -> tuple[ProofStep, ...]:
    moment = (m, beta1 * before(m) + (1 - beta1) * ghat)
    second = (v, beta2 * before(v) + (1 - beta2) * ghat**2)
    last, shown = (1 - gamma ** (t - 1)) / (1 - gamma), Abs(ghat)
    # beta1^2 C S_{t-1} v_{t-1} is the square of the right side in the round before, times beta1^2.
    c = (1 - beta1) / sqrt(1 - beta2)
    root = c * sqrt(beta2) * sqrt(before(v)) - (1 - beta1) * beta1 / sqrt(beta2) * sqrt(last) * shown
    smaller = c * sqrt(last) * sqrt(before(v)) * shown - before(m) * ghat
    return (
        ProofStep(
            "L6", "the first moment against the second", Abs(m),
            (1 - beta1) / sqrt(1 - beta2) * sqrt((1 - gamma**t) / (1 - gamma)) * sqrt(v), Relation.AT_MOST,
            # Cauchy-Schwarz, one round at a time.
            Induction(
                power=2, factor=beta1**2, given=(moment, second), squares=((S.One, root),),
                known=((2 * (1 - beta1) * beta1 * smaller, "the same step in the round before"),),
            ),
            needs="gamma < 1",
        ),
        ProofStep(
            "L7", "the first moment against the discounted sum", Abs(m),
            (1 - beta1) * Discounted(Abs(ghat), beta1), Relation.AT_MOST,
            Induction(
                factor=beta1,
                known=((beta1 * Abs(before(m)) + (1 - beta1) * Abs(ghat) - Abs(m), "triangle inequality"),),
            ),
        ),
    )  # fmt: skip


def _squared_steps(a_t: Expr, alpha_t: Expr, gamma: Expr) -> tuple[ProofStep, ...]:
    h, p, q = Abs(ghat), Symbol("p", nonnegative=True), Symbol("q", nonnegative=True)
    heavy, root = Discounted(h, beta1), sqrt((1 - beta2) * (1 - gamma))
    steps, energy = CumSum(alpha_t * h), CumSum(h**2)
    harmonic = CumSum(1 / t)
    squared_steps = CumSum(a_t * m**2 * pinv(sqrt(vhat)))
    alpha_before = alpha / sqrt(t - 1)
    heavy_before, steps_before, energy_before, harmonic_before = map(memory, (heavy, steps, energy, harmonic))
    cross = alpha * sqrt(harmonic_before) * sqrt(energy_before) - steps_before
    return (
        ProofStep(
            "L8", "a step's square", a_t * m**2 * pinv(sqrt(vhat)), alpha_t * (1 - beta1) ** 2 / root * heavy,
            Relation.AT_MOST,
            Lemma(
                "L6 times L7", "(1 - beta2^t)(1 - gamma^t) <= (1 - beta1^t)^2, p^2 = beta2^t, q^2 = gamma^t",
                left=(1 - p**2) * (1 - q**2), right=(1 - p * q) ** 2, squares=((S.One, p - q),),
            ),
            needs="vhat_t >= v_t, bias corrected where m is, and gamma < 1",
        ),
        ProofStep(
            "L9", "swapping sums", CumSum(alpha_t * heavy), steps / (1 - beta1), Relation.AT_MOST,
            Induction(
                potential=kappa * alpha_t * heavy,
                known=((kappa * heavy_before * (alpha_before - alpha_t), "alpha_t never increases"),),
            ),
        ),
        ProofStep(
            "L10a", "Cauchy-Schwarz", steps, alpha * sqrt(harmonic) * sqrt(energy), Relation.AT_MOST,
            Induction(
                power=2,
                squares=((alpha**2, sqrt(harmonic_before) * h - sqrt(energy_before) / sqrt(t)),),
                known=((2 * alpha * h / sqrt(t) * cross, "the same step in the round before"),),
            ),
        ),
        ProofStep(
            "L10b", "the harmonic sum", harmonic, 1 + log(t), Relation.AT_MOST,
            Induction(known=((-1 / t - log(t - 1) + log(t), "log u <= u - 1 at u = (t - 1)/t"),)),
        ),
        ProofStep(
            "L10", "the sum of the steps", steps, alpha * sqrt(1 + log(t)) * sqrt(energy), Relation.AT_MOST,
            Combined(power=2, parts=(Earlier("L10a", power=2), Earlier("L10b", factor=alpha**2 * energy))),
        ),
        ProofStep(
            "L11", "all squares together", squared_steps,
            (1 - beta1) * alpha * sqrt(1 + log(t)) / root * sqrt(energy), Relation.AT_MOST,
            Combined(
                parts=(
                    Earlier("L8", over=Over.SUM),
                    Earlier("L9", factor=(1 - beta1) ** 2 / root),
                    Earlier("L10", factor=(1 - beta1) / root),
                )
            ),
            needs="gamma < 1",
        ),
        ProofStep(
            "L11b", "all squares together, without gamma", squared_steps, steps / sqrt(1 - beta2),
            Relation.AT_MOST,
            Cited("Jensen, then monotonicity", "h_s^2 <= vhat_s/(1 - beta2), and what is needed"),
            needs="alpha_t/sqrt(vhat_t) is nonincreasing (the AMSGrad maximum)",
        ),
        ProofStep(
            "L12", "from ghat to g", sqrt(CumSum(ghat**2)), CumMax(Norm1(g)) * sqrt(CumSum(g**2)),
            Relation.AT_MOST,
            Induction(
                power=2, held=(CumMax(Norm1(g)),), given=((ghat, Norm1(g) * g),),
                known=((g**2 * (CumMax(Norm1(g)) ** 2 - Norm1(g) ** 2), "n_t <= M"),),
            ),
        ),
    )  # fmt: skip


def _conclusion(w: Expr, a_t: Expr) -> ProofStep:
    return ProofStep(
        "T0", "the weighted regret", _WEIGHTED,
        (1 + beta1) / (2 * (1 - beta1)) * CumSum(a_t * Dot(pinv(w), m**2))
        + (2 - beta1) * D**2 / (4 * (1 - beta1)) * SumCoords(w / a_t), Relation.AT_MOST,
        Combined(
            parts=(
                Earlier("L0"), Earlier("L1"), Earlier("L2", over=Over.SUM),
                Earlier("L3", factor=kappa, over=Over.SUM_BEFORE), Earlier("L4", factor=kappa),
                Earlier("L5"), Earlier("L5m", factor=D**2 / 2),
            )
        ),
        needs="L2, L3 and L5m",
    )  # fmt: skip


_WEIGHTED = CumSum(Norm1(g) * (f - LossAt(z)))


def _shifted(e: Expr) -> Expr:
    """An expression in vhat and t, one round earlier."""
    return e.xreplace({vhat: before(vhat), t: t - 1})
