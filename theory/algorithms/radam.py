r"""RAdam, rectified Adam (Liu et al. 2020, Algorithm 2): no adaptive step until its variance is tractable.

    rho_inf = 2/(1 - beta2) - 1,   rho_t = rho_inf - 2 t beta2^t/(1 - beta2^t),
    r_t^2 = (rho_t - 4)(rho_t - 2) rho_inf/((rho_inf - 4)(rho_inf - 2) rho_t),
    x_{t+1} = x_t - alpha_t r_t mhat_t/sqrt(vhat_t)   where rho_t > threshold,
    x_{t+1} = x_t - alpha_t mhat_t                    otherwise (metric 1).

The paper switches at rho_t > 4, PyTorch at rho_t > 5. The paper prints no epsilon; PyTorch adds it to
sqrt(v_t), before the bias correction: eps_mode="uncorrected" (theory/algorithms/adam_family.py). The metric
omits the factor r_t, because a positive multiple of a metric gives the same projection. rho_inf > 4 needs
beta2 > 3/5.
"""

from dataclasses import replace

from sympy import Max, sign, sqrt

from theory.algorithms.adam_family import CORRECTION1, CORRECTION2, eps_parameter, mean, preconditioner
from theory.algorithms.variant import choose, step_size, titled
from theory.parameters import ALPHA, BETA1, BETA2, beta1, beta2
from theory.recurrence import Recurrence
from theory.source import Source
from theory.symbols import Scalar, g, m, mhat, t, v, vhat, x

RHO_BETA2 = replace(BETA2, lower=0.6, typical=(0.9, 0.999))
rho = Scalar("rho")
r = Scalar("r", nonnegative=True)
adaptive = Scalar("adaptive", nonnegative=True)
PRINTED = {"eps": "none", "threshold": "4", "schedule": "constant"}


def radam(*, eps_mode: str = "none", threshold: int = 4, schedule: str = "constant") -> Recurrence:
    """RAdam (Liu et al. 2020, Algorithm 2); the default is as printed.

    Args:
        eps_mode: where epsilon is added; see `theory.algorithms.adam_family`.
        threshold: the rho_t above which the step is adaptive, 4 (the paper) or 5 (PyTorch).
        schedule: "constant" (alpha) or "sqrt" (alpha/sqrt(t)).

    Raises:
        ValueError: an unknown choice.
    """
    start = choose("threshold", threshold, {4: 4, 5: 5})
    direction, metric = preconditioner(vhat, eps_mode, CORRECTION2)
    rho_inf = 2 / (1 - beta2) - 1
    variant = {"eps": eps_mode, "threshold": str(threshold), "schedule": schedule}
    return Recurrence(
        name=titled("RAdam", variant, PRINTED),
        source=Source("liu2019", "Algorithm 2"),
        parameters=(ALPHA, BETA1, RHO_BETA2, *eps_parameter(eps_mode)),
        steps=(
            mean(m, g, beta1),
            mean(v, g**2, beta2),
            (mhat, m / CORRECTION1),
            (vhat, v / CORRECTION2),
            (rho, rho_inf - 2 * t * beta2**t / CORRECTION2),
            # Where rho_t <= 4 the root is not used; Max keeps its argument nonnegative.
            (adaptive, Max(sign(rho - start), 0)),
            (r, sqrt(Max((rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho), 0))),
        ),
        point=x - step_size(schedule) * (adaptive * r * direction + 1 - adaptive) * mhat,
        metric=adaptive * metric + 1 - adaptive,
        variant=variant,
    )


RADAM = radam()
RADAM_PYTORCH = radam(eps_mode="uncorrected", threshold=5)
