r"""AdaL (paper, Algorithm 1): Adam on the transformed gradient ghat_t = ||g_t||_1 g_t.

As printed, epsilon stands beside vhat^{-1/2}: the step is alpha_t (vhat^{-1/2} + eps) mhat. That is not
Adam's 1/(sqrt(vhat) + eps): it has no floor for small gradients and explodes for huge ones. The theorem's
analysis needs a vhat that never decreases; Algorithm 1 has none. `adal` builds the printed algorithm and
its siblings, each choice an explicit argument:

* eps: "printed" (vhat^{-1/2} + eps, metric vhat^{1/2}), "adam" (1/(vhat^{1/2} + eps), metric vhat^{1/2} + eps)
  or "none";
* bias_correction: as printed, or without;
* maximum: None as printed, or AMSGrad's in one of three orders (docs/theory.md, Theorem R):
  "R1" max(vhat_{t-1}, v_t) without bias correction, "R2" max(vhat_{t-1}, v_t/(1-beta2^t)),
  "R3" (max_{s<=t} v_s)/(1-beta2^t);
* norm: "global" as printed, or "group" (one factor per group of coordinates: section 2.3's layers);
* schedule: "sqrt" as printed (alpha/sqrt(t)), or "constant".
"""

from __future__ import annotations

from sympy import Max, sqrt

from theory.algorithms.schedule import step_size
from theory.parameters import ALPHA, BETA1, BETA2, EPS, beta1, beta2, eps
from theory.quantities import CumMax, GroupNorm1, Norm1, Prev, pinv
from theory.recurrence import Recurrence
from theory.source import Source
from theory.symbols import g, ghat, m, mhat, t, v, vhat, x


def adal(
    *,
    eps_mode: str = "printed",
    bias_correction: bool = True,
    maximum: str | None = None,
    norm: str = "global",
    schedule: str = "sqrt",
) -> Recurrence:
    """AdaL in the given variant; the default is Algorithm 1 exactly as printed."""
    norms = {"global": Norm1(g), "group": GroupNorm1(g)}
    if norm not in norms:
        raise ValueError(f"`norm` must be one of {', '.join(norms)}, got {norm!r}")
    first = (1 - beta1**t) if bias_correction else 1
    second = (1 - beta2**t) if bias_correction else 1
    scalings = {None: v / second, "R1": Max(Prev(vhat), v), "R2": Max(Prev(vhat), v / second), "R3": CumMax(v) / second}
    if maximum not in scalings:
        raise ValueError(f"`maximum` must be one of None, R1, R2, R3, got {maximum!r}")
    if maximum in {"R2", "R3"} and not bias_correction:
        raise ValueError(f"`maximum` = {maximum!r} takes its maximum of bias-corrected moments; set bias_correction=True or use R1")
    if maximum == "R1" and bias_correction:
        raise ValueError("`maximum` = 'R1' is the order without bias correction; set bias_correction=False or use R2 or R3")
    steps = {
        "printed": ((pinv(sqrt(vhat)) + eps) * mhat, sqrt(vhat)),
        "adam": (pinv(sqrt(vhat) + eps) * mhat, sqrt(vhat) + eps),
        "none": (pinv(sqrt(vhat)) * mhat, sqrt(vhat)),
    }
    if eps_mode not in steps:
        raise ValueError(f"`eps_mode` must be one of {', '.join(steps)}, got {eps_mode!r}")
    direction, metric = steps[eps_mode]
    variant = {
        "eps": eps_mode,
        "bias_correction": "yes" if bias_correction else "no",
        "maximum": maximum or "no",
        "norm": norm,
        "schedule": schedule,
    }
    printed = {"eps": "printed", "bias_correction": "yes", "maximum": "no", "norm": "global", "schedule": "sqrt"}
    changes = [f"{key}={value}" for key, value in variant.items() if value != printed[key]]
    return Recurrence(
        name="AdaL" + (f"[{', '.join(changes)}]" if changes else ""),
        source=Source("adal", "Algorithm 1"),
        parameters=(ALPHA, BETA1, BETA2) + (() if eps_mode == "none" else (EPS,)),
        steps=(
            (ghat, norms[norm] * g),
            (m, beta1 * Prev(m) + (1 - beta1) * ghat),
            (v, beta2 * Prev(v) + (1 - beta2) * ghat**2),
            (mhat, m / first),
            (vhat, scalings[maximum]),
        ),
        point=x - step_size(schedule) * direction,
        metric=metric,
        variant=variant,
    )


ADAL = adal()
