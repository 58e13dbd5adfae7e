r"""NosAdam, Nostalgic Adam (Huang, Wang and Dong 2019), with hyperharmonic weights (NosAdam-HH).

    B_t = sum_{k<=t} k^{-gamma},   beta_{2,t} = B_{t-1}/B_t,
    v_t = beta_{2,t} v_{t-1} + (1 - beta_{2,t}) g_t^2 = (1/B_t) sum_{k<=t} k^{-gamma} g_k^2,
    x_{t+1} = P(x_t - alpha_t m_t/sqrt(v_t)).

v_t is a weighted mean, so it needs no bias correction. gamma = 0 weights all rounds equally; alpha/sqrt(t)
then makes it AdaGrad with momentum. The authors' code corrects m_t (bias_correction=True), adds epsilon to
sqrt(v_t) (eps_mode="adam") and uses a constant step by default.
"""

from theory.algorithms.adam_family import CORRECTION1, mean, scaled_method
from theory.algorithms.variant import yes_or_no
from theory.parameters import ALPHA, BETA1, Parameter, beta1
from theory.quantities import Prev
from theory.recurrence import Recurrence
from theory.source import Source
from theory.symbols import Scalar, g, m, mhat, t, v

GAMMA = Parameter(
    Scalar("gamma", nonnegative=True), r"\gamma", "the exponent of the weights k^{-gamma}",
    lower=0, typical=(0.0, 0.9), default=0.1,
)  # fmt: skip
B = Scalar("B", positive=True)
beta2_t = Scalar("beta2_t", nonnegative=True)
PRINTED = {"eps": "none", "bias_correction": "no", "schedule": "sqrt"}


def nosadam(*, eps_mode: str = "none", bias_correction: bool = False, schedule: str = "sqrt") -> Recurrence:
    """NosAdam with hyperharmonic weights (Huang, Wang and Dong 2019, Algorithm 1).

    Args:
        eps_mode: where epsilon is added; see `theory.algorithms.adam_family`.
        bias_correction: whether the first moment is corrected.
        schedule: "constant" (alpha) or "sqrt" (alpha/sqrt(t)).

    Raises:
        ValueError: an unknown choice.
    """
    return scaled_method(
        "NosAdam", Source("huang2019", "Algorithm 1"), PRINTED,
        parameters=(ALPHA, BETA1, GAMMA),
        steps=(
            (B, Prev(B) + t ** (-GAMMA.symbol)),
            (beta2_t, Prev(B) / B),
            mean(m, g, beta1),
            mean(v, g**2, beta2_t),
            (mhat, m / CORRECTION1 if bias_correction else m),
        ),
        numerator=mhat, w=v, eps_mode=eps_mode, schedule=schedule,
        choices={"bias_correction": yes_or_no("bias_correction", bias_correction)},
    )  # fmt: skip


NOSADAM = nosadam()
