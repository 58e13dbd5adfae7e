r"""AMSGrad (Reddi, Kale and Kumar 2018, Algorithm 2): Adam whose scaling never decreases.

    vhat_t = max(vhat_{t-1}, v_t),   x_{t+1} = P_X^{sqrt(vhat_t)}(x_t - alpha_t m_t/sqrt(vhat_t)),

printed without bias correction or epsilon; the analysis uses alpha_t = alpha/sqrt(t). PyTorch's
`amsgrad=True` is a different algorithm: the maximum of v_s, then the bias correction (order "R3"), epsilon as
in Adam, and a constant step. The orders are those of `vhat_of` in theory/algorithms/adam_family.py.
"""

from theory.algorithms.adam_family import adam_family
from theory.recurrence import Recurrence
from theory.source import Source

PRINTED = {"eps": "none", "bias_correction": "no", "maximum": "R1", "schedule": "sqrt"}


def amsgrad(*, maximum: str = "R1", eps_mode: str = "none", schedule: str = "sqrt") -> Recurrence:
    """AMSGrad (Reddi, Kale and Kumar 2018, Algorithm 2); the default is as printed.

    Args:
        maximum: the order of the maximum: "R1" without bias correction, "R2" or "R3" with it.
        eps_mode: where epsilon is added; see `theory.algorithms.adam_family`.
        schedule: "constant" (alpha) or "sqrt" (alpha/sqrt(t)).

    Raises:
        ValueError: an unknown choice.
    """
    if maximum is None:
        raise ValueError("`maximum` must be one of R1, R2, R3, got None; without a maximum use `adam`")
    return adam_family(
        "AMSGrad",
        Source("reddi2018", "Algorithm 2"),
        PRINTED | {"bias_correction": "no" if maximum == "R1" else "yes"},
        eps_mode=eps_mode,
        bias_correction=maximum != "R1",
        maximum=maximum,
        schedule=schedule,
    )


AMSGRAD = amsgrad()
AMSGRAD_R2 = amsgrad(maximum="R2")
AMSGRAD_R3 = amsgrad(maximum="R3")
AMSGRAD_PYTORCH = amsgrad(maximum="R3", eps_mode="adam", schedule="constant")
