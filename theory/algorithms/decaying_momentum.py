r"""A first moment with decaying beta_{1,t} = beta1 lam^{t-1}, which older analyses of Adam need.

Kingma and Ba 2015 (section 4) and Reddi, Kale and Kumar 2018 (Corollary 1) state their regret bounds for it.
lam = 1 gives a constant beta1.
"""

from dataclasses import replace

from sympy import Expr

from theory.algorithms.adam import adam
from theory.algorithms.adam_family import mean
from theory.algorithms.amsgrad import AMSGRAD
from theory.algorithms.variant import with_choice
from theory.parameters import Parameter, beta1
from theory.recurrence import Recurrence
from theory.symbols import Scalar, g, m, t

LAM1 = Parameter(
    Scalar("lam1", positive=True), r"\lambda", "the decay of beta1",
    lower=0, upper=1, lower_open=True, typical=(0.5, 1.0), default=0.99,
)  # fmt: skip
lam1 = LAM1.symbol
beta1_t = Scalar("beta1_t", nonnegative=True)


def with_varying_momentum(
    recurrence: Recurrence, value: Expr, parameters: tuple[Parameter, ...], choice: str
) -> Recurrence:
    """The same algorithm with m_t = beta_{1,t} m_{t-1} + (1 - beta_{1,t}) g_t.

    The bias correction of the first moment, if there is one, remains 1 - beta1^t as printed.

    Args:
        recurrence: Adam or AMSGrad, in any variant.
        value: beta_{1,t}, which may hold t, beta1 and the parameters.
        parameters: those that `value` holds besides beta1.
        choice: what the name of the algorithm says of beta1.

    Raises:
        ValueError: its m is not the exponential mean of g.
    """
    if mean(m, g, beta1) not in recurrence.steps:
        raise ValueError(
            f"`recurrence` = {recurrence.name} has no line m_t = beta1 m_{{t-1}} + (1 - beta1) g_t; "
            f"take Adam or AMSGrad"
        )
    k = recurrence.steps.index(mean(m, g, beta1))
    varying = (beta1_t, value), mean(m, g, beta1_t)
    return replace(
        recurrence,
        name=with_choice(recurrence.name, f"beta1={choice}"),
        parameters=(*recurrence.parameters, *parameters),
        steps=(*recurrence.steps[:k], *varying, *recurrence.steps[k + 1 :]),
        variant={**recurrence.variant, "beta1": choice},
    )


def with_decaying_momentum(recurrence: Recurrence) -> Recurrence:
    """The same algorithm with beta_{1,t} = beta1 lam^{t-1}; see `with_varying_momentum`."""
    return with_varying_momentum(recurrence, beta1 * lam1 ** (t - 1), (LAM1,), "decaying")


AMSGRAD_DECAYING = with_decaying_momentum(AMSGRAD)
ADAM_DECAYING = with_decaying_momentum(adam(schedule="sqrt"))
