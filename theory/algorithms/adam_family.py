r"""The common form of Adam, AMSGrad, AdamW, AdaL and their relatives: two moments, a scaling, one step.

With h_t the input gradient (g_t itself, or AdaL's ||g_t||_1 g_t):

    m_t = beta1 m_{t-1} + (1 - beta1) h_t,    v_t = beta2 v_{t-1} + (1 - beta2) h_t^2,
    mhat_t = m_t/(1 - beta1^t),               vhat_t from v_t by the bias correction and the maximum,
    x_{t+1} = P(x_t - alpha_t P_t mhat_t),    P_t the preconditioner of `preconditioner`.

`eps_mode` places epsilon in the preconditioner; w = vhat_t, and c_t = 1 - beta2^t is its bias correction:

* "none": 1/sqrt(w);
* "adam": 1/(sqrt(w) + eps), Kingma and Ba, Algorithm 1;
* "uncorrected": 1/(sqrt(w) + eps/sqrt(c_t)): epsilon added to sqrt(v_t), before the bias correction
  (Kingma and Ba, end of section 2: their "epsilon hat"; common implementations of RAdam and AdaX);
* "inside": 1/sqrt(w + eps);
* "printed": 1/sqrt(w) + eps, as AdaL's Algorithm 1 prints it.

The metric of the projection is the inverse of the preconditioner, except for "printed", whose metric is the
printed sqrt(w).
"""

from collections.abc import Mapping

from sympy import Expr, Integer, Max, S, Symbol, sqrt

from theory.algorithms.variant import choose, step_size, titled, yes_or_no
from theory.parameters import ALPHA, BETA1, BETA2, EPS, Parameter, beta1, beta2, eps
from theory.quantities import CumMax, Prev, pinv
from theory.recurrence import Recurrence
from theory.source import Source
from theory.symbols import g, ghat, m, mhat, t, v, vhat, x

Lines = tuple[tuple[Symbol, Expr], ...]

CORRECTION1 = 1 - beta1**t
"""The bias correction of m_t."""
CORRECTION2 = 1 - beta2**t
"""The bias correction c_t of v_t."""


def mean(state: Symbol, e: Expr, decay: Expr) -> tuple[Symbol, Expr]:
    """The line state_t = decay state_{t-1} + (1 - decay) e_t, an exponential mean."""
    return state, decay * Prev(state) + (1 - decay) * e


def vhat_of(maximum: str | None, bias_correction: bool) -> Expr:
    """The right side of vhat_t: v_t with its bias correction and AMSGrad's maximum in one of three orders.

    "R1": max(vhat_{t-1}, v_t), without bias correction (Reddi et al., Algorithm 2); "R2":
    max(vhat_{t-1}, v_t/c_t); "R3": (max_{s<=t} v_s)/c_t (PyTorch's order).
    """
    c_t = CORRECTION2 if bias_correction else Integer(1)
    orders = {None: v / c_t, "R1": Max(Prev(vhat), v), "R2": Max(Prev(vhat), v / c_t), "R3": CumMax(v) / c_t}
    chosen = choose("maximum", maximum, orders)
    if maximum in {"R2", "R3"} and not bias_correction:
        raise ValueError(
            f"`maximum` = {maximum!r} takes its maximum of bias-corrected moments; "
            f"set bias_correction=True or use R1"
        )
    if maximum == "R1" and bias_correction:
        raise ValueError(
            "`maximum` = 'R1' is the order without bias correction; set bias_correction=False or use R2 or R3"
        )
    return chosen


def preconditioner(w: Expr, eps_mode: str, correction: Expr = S.One) -> tuple[Expr, Expr]:
    """The diagonal preconditioner of the step and the metric of the projection, for the scaling w."""
    denominators = {
        "adam": sqrt(w) + eps,
        "uncorrected": sqrt(w) + eps / sqrt(correction),
        "inside": sqrt(w + eps),
        "none": sqrt(w),
    }
    options = {"printed": (pinv(sqrt(w)) + eps, sqrt(w))}
    options |= {mode: (pinv(denominator), denominator) for mode, denominator in denominators.items()}
    chosen = choose("eps_mode", eps_mode, options)
    if eps_mode == "uncorrected" and correction == 1:
        raise ValueError(
            "`eps_mode` = 'uncorrected' needs a bias correction to come before; without one use 'adam'"
        )
    return chosen


def eps_parameter(eps_mode: str) -> tuple[Parameter, ...]:
    """The parameter epsilon, if the mode has one."""
    return () if eps_mode == "none" else (EPS,)


def scaled_method(
    name: str,
    source: Source,
    printed: Mapping[str, str],
    *,
    parameters: tuple[Parameter, ...],
    steps: Lines,
    numerator: Expr,
    w: Expr,
    eps_mode: str,
    schedule: str,
    choices: Mapping[str, str] | None = None,
    correction: Expr = S.One,
    shrink: Expr = S.Zero,
    more: tuple[Parameter, ...] = (),
) -> Recurrence:
    """x_{t+1} = P_X((1 - shrink) x_t - alpha_t P_t numerator_t), P_t the preconditioner of the scaling w_t.

    printed: the variant that the source prints, which the name omits; steps: the lines that compute the
    numerator and w; choices: those other than the schedule ("eps" replaces `eps_mode` in the name);
    correction: the bias correction of w; shrink: the decoupled weight decay; parameters, more: the parameters
    before and after epsilon. Raises ValueError on an unknown choice.
    """
    variant = {"eps": eps_mode, **(choices or {}), "schedule": schedule}
    direction, metric = preconditioner(w, eps_mode, correction)
    return Recurrence(
        name=titled(name, variant, printed),
        source=source,
        parameters=(*parameters, *eps_parameter(eps_mode), *more),
        steps=steps,
        point=(1 - shrink) * x - step_size(schedule) * direction * numerator,
        metric=metric,
        variant=variant,
    )


def adam_family(
    name: str,
    source: Source,
    printed: Mapping[str, str],
    *,
    eps_mode: str,
    bias_correction: bool,
    maximum: str | None,
    schedule: str,
    gradient: Expr = g,
    shrink: Expr = S.Zero,
    more: tuple[Parameter, ...] = (),
    choices: Mapping[str, str] | None = None,
) -> Recurrence:
    """A member of the family, with Adam's two moments of the input gradient h_t.

    maximum: as for `vhat_of`; gradient: h_t; more, choices: parameters and choices in addition to the
    family's; the others as for `scaled_method`. Raises ValueError on an unknown or contradictory choice.
    """
    h, transformation = (g, ()) if gradient == g else (ghat, ((ghat, gradient),))
    corrected = yes_or_no("bias_correction", bias_correction)
    return scaled_method(
        name, source, printed,
        parameters=(ALPHA, BETA1, BETA2),
        steps=(
            *transformation,
            mean(m, h, beta1),
            mean(v, h**2, beta2),
            (mhat, m / CORRECTION1 if bias_correction else m),
            (vhat, vhat_of(maximum, bias_correction)),
        ),
        numerator=mhat, w=vhat, eps_mode=eps_mode, schedule=schedule,
        choices={"bias_correction": corrected, "maximum": maximum or "no", **(choices or {})},
        correction=CORRECTION2 if bias_correction else S.One,
        shrink=shrink, more=more,
    )  # fmt: skip
