r"""The proof of Theorem A (docs/theory.md): a certificate for any A_t, any noise, with or without a maximum.

The step is x_{t+1} = x_t - D_t without projection, D_t = A_t m_t coordinatewise with
A_t = alpha_t c_t (vhat_t^{-1/2} + eps), c_t = 1/(1 - beta1^t) with bias correction; P_t = <grad f(x_t), D_t>,

    Q_t = <grad f(x_t), A_t ghat_t>,    W_t = <grad f(x_{t-1}) - grad f(x_t), D_{t-1}>,
    R_t = beta1 <grad f(x_t), (A_{t-1} - A_t) m_{t-1}>,    what is of the round before being 0 in round 1.

L1 to L4 give Theorem A, sum Q_t <= f(x_1) - f(x_*) + (squared steps) + (1/(1 - beta1)) sum R_t. It needs no
monotone A_t. What the printed Theorem 2 needs on top of it is that sum R_t stays bounded: L6m, A_t never
increases, which fails without the AMSGrad maximum. L3b uses the descent inequality at a point that is never
played, x_t - D_t/(1 - beta1).
"""

from sympy import Abs, Expr, Integer, Piecewise, log, sqrt

from theory.algorithms.adal import raw_step
from theory.parameters import alpha, beta1, beta2, eps
from theory.proof import (
    Cited,
    Combined,
    Earlier,
    Induction,
    Over,
    Proof,
    ProofStep,
    Relation,
    Square,
    before,
    sides,
)
from theory.quantities import CumMax, CumSum, Dot, First, LossAt, Norm2Squared, NormInf, Prev, SumCoords, pinv
from theory.recurrence import Recurrence
from theory.source import Source
from theory.symbols import L, Scalar, Vector, d, df, f_star, ghat, m, t, vhat, x, x_next
from theory.theorems.shared import kappa_is

# What people read instead of A_t and of the bound of |mhat_t|/sqrt(vhat_t).
A_T, KAPPA = Vector("A"), Scalar("kappa", nonnegative=True)

ONE_F = "one fixed f"
SMOOTH = "f is L-smooth, and no projection takes place"
MONOTONE = "A_t never increases (the AMSGrad maximum)"

here = LossAt(x)


def proof_of_theorem_a(recurrence: Recurrence) -> Proof:
    """The steps L1 to L6m for a member of the AdaL family, whether or not they hold for it.

    Args:
        recurrence: one whose preconditioner is vhat^{-1/2} (+ eps), with alpha_t = alpha/sqrt(t).

    Raises:
        ValueError: any other recurrence.
    """
    lines, variant = dict(recurrence.steps), recurrence.variant
    added = {"printed": eps, "none": Integer(0)}.get(variant.get("eps", ""))
    if not {ghat, m, vhat} <= lines.keys() or variant["schedule"] != "sqrt" or added is None:
        raise ValueError(
            f"`recurrence` = {recurrence.name} must have lines for ghat, m and vhat, steps alpha/sqrt(t), "
            f"and epsilon as printed or none; take one of theory.algorithms.adal"
        )
    alpha_t = alpha / sqrt(t)
    scale = raw_step(recurrence) * (pinv(sqrt(vhat)) + added)
    kappa = kappa_is(beta1**2 / beta2)
    return Proof(
        id=f"repaired.theoremA[{recurrence.name}]",
        title="Theorem A: the scaled gradients, after the run",
        theorem_id="repaired.theoremA",
        algorithm=recurrence.name,
        source=Source("repaired", "Theorem A"),
        steps=_theorem_a(scale, alpha_t, added, kappa),
        letters=((A_T, scale), (KAPPA, kappa)),
        short=sides(_theorem_a(A_T, alpha_t, added, KAPPA)),
    )


def _theorem_a(scale: Expr, alpha_t: Expr, added: Expr, kappa: Expr) -> tuple[ProofStep, ...]:
    return (*_certificate(scale), *_step_bounds(scale, alpha_t, added, kappa), *_turned(scale))


def _certificate(scale: Expr) -> tuple[ProofStep, ...]:
    moved = scale * m
    p, squared = Dot(df, moved), Norm2Squared(moved)
    q = Dot(df, scale * ghat)
    w = Dot(Prev(df) - df, Prev(moved))
    r = beta1 * Dot(df, (Prev(scale) - scale) * Prev(m))
    gap = First(here) - f_star
    before_last = Prev(CumSum(p)) + p / (1 - beta1)
    squares = L / 2 * Prev(CumSum(squared)) + L * squared / (2 * (1 - beta1) ** 2)
    moment = (m, beta1 * before(m) + (1 - beta1) * ghat)
    virtual = x - moved / (1 - beta1)
    return (
        ProofStep(
            "L1", "the recursion of P_t", p, beta1 * Prev(p) + (1 - beta1) * q - beta1 * w - r,
            Relation.EQUAL, Square(given=(moment,)),
        ),
        ProofStep(
            "L2", "its sum", CumSum(q), before_last + CumSum(beta1 * w + r) / (1 - beta1), Relation.EQUAL,
            Induction(given=(moment,)),
        ),
        ProofStep(
            "L3a", "descent", LossAt(x_next), here - p + L / 2 * squared, Relation.AT_MOST,
            Cited("the descent inequality", "f(x - u) <= f(x) - <grad f(x), u> + L/2 ||u||^2"), needs=SMOOTH,
        ),
        ProofStep(
            "L3b", "descent to a point that is not played", LossAt(virtual),
            here - p / (1 - beta1) + L / 2 * squared / (1 - beta1) ** 2, Relation.AT_MOST,
            Cited("the descent inequality", "at x_t - D_t/(1 - beta1)"), needs="f is L-smooth",
        ),
        ProofStep(
            "L3c", "the lower bound of f", f_star, LossAt(virtual), Relation.AT_MOST,
            Cited("definition", "f(x_*) is a lower bound of f"), needs="f(x_*) is a lower bound of f",
        ),
        ProofStep(
            "L3d", "the values of f telescope", Prev(CumSum(here - LossAt(x_next))), First(here) - here,
            Relation.EQUAL, Cited("definition", "f(x_{t+1}) is the loss of the next round"), needs=ONE_F,
        ),
        ProofStep(
            "L3", "descent, closed at the end", before_last, gap + squares, Relation.AT_MOST,
            Combined((Earlier("L3a", over=Over.SUM_BEFORE), Earlier("L3b"), Earlier("L3c"), Earlier("L3d"))),
            needs="L3a to L3d",
        ),
        ProofStep(
            "L4", "the turning of the gradient", w, L * Prev(squared), Relation.AT_MOST,
            Cited("Cauchy-Schwarz", "||grad f(x_{t-1}) - grad f(x_t)|| <= L ||D_{t-1}||"), needs=SMOOTH,
        ),
        ProofStep(
            "A", "Theorem A", CumSum(q),
            gap + L * (1 + beta1) / (2 * (1 - beta1)) * Prev(CumSum(squared))
            + L * squared / (2 * (1 - beta1) ** 2) + CumSum(r) / (1 - beta1), Relation.AT_MOST,
            Combined(
                (Earlier("L2"), Earlier("L3"), Earlier("L4", factor=beta1 / (1 - beta1), over=Over.SUM))
            ),
            needs="L3 and L4",
        ),
    )  # fmt: skip


def _step_bounds(scale: Expr, alpha_t: Expr, added: Expr, kappa: Expr) -> tuple[ProofStep, ...]:
    # Without epsilon the largest ghat plays no part: the bound is kappa alone.
    largest, per_coordinate = (
        kappa + added * CumMax(size) if added != 0 else kappa for size in (NormInf(ghat), Abs(ghat))
    )
    squared = Norm2Squared(scale * m)
    return (
        ProofStep(
            "L5", "the length of a step", Abs(scale * m), alpha_t * per_coordinate, Relation.AT_MOST,
            Cited("Cauchy-Schwarz", "|mhat_t| <= kappa sqrt(vhat_t), and |mhat_t| <= max_s |ghat_s|"),
            needs="gamma < 1",
        ),
        ProofStep(
            "L5s", "all squared steps", CumSum(squared), d * alpha**2 * (1 + log(t)) * largest**2,
            Relation.AT_MOST, Cited("L5 and the harmonic sum", "sum_{s<=t} 1/s <= 1 + log t"),
            needs="gamma < 1",
        ),
    )  # fmt: skip


def _turned(scale: Expr) -> tuple[ProofStep, ...]:
    turned = CumSum(Dot(df, (Prev(scale) - scale) * Prev(m)))
    # A coordinate counts from the first round in which its gradient is not 0.
    moves = CumSum(SumCoords(Piecewise((Abs(scale - Prev(scale)), Prev(vhat) > 0), (0, True))))
    first = CumSum(Piecewise((0, Prev(vhat) > 0), (scale, vhat > 0), (0, True)))
    return (
        ProofStep(
            "L6", "the turning of the step sizes", turned,
            CumMax(NormInf(df)) * CumMax(NormInf(ghat)) * moves, Relation.AT_MOST,
            Cited("Hoelder", "|m_{t-1}| <= max_s |ghat_s|, and it is 0 where vhat_{t-1} is"),
        ),
        ProofStep(
            "L6m", "A_t never increases", moves, SumCoords(Piecewise((first - scale, vhat > 0), (0, True))),
            Relation.EQUAL, Cited("monotonicity", "the moves of a nonincreasing A_t sum to its fall"),
            needs=MONOTONE,
        ),
    )  # fmt: skip
