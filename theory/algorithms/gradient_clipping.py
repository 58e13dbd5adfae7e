r"""Gradient clipping to a norm (Pascanu, Mikolov and Bengio 2013, Algorithm 1).

    h_t = g_t min(1, c/||g_t||_2),

so that ||h_t||_2 <= c; a gradient 0 stays 0. The norm is that of the whole gradient. torch's
`clip_grad_norm_` divides by ||g_t||_2 + 1e-6 instead, which is another algorithm.
"""

from sympy import Min, sqrt

from theory.algorithms.incoming_gradient import with_incoming_gradient
from theory.parameters import Parameter
from theory.quantities import Norm2Squared, pinv
from theory.recurrence import Recurrence
from theory.symbols import Scalar, g

CLIP = Parameter(
    Scalar("clip", positive=True), "c", "the largest norm of a gradient that comes in",
    lower=0, lower_open=True, typical=(0.1, 10.0), default=1.0,
)  # fmt: skip


def with_clipped_gradient(recurrence: Recurrence) -> Recurrence:
    """The same algorithm on the gradient clipped to the norm `clip`.

    Weight decay that is added to the recurrence before stays outside: the gradient is clipped, then decayed.

    Args:
        recurrence: the algorithm.

    Raises:
        ValueError: its gradient is clipped already.
    """
    factor = Min(1, CLIP.symbol * pinv(sqrt(Norm2Squared(g))))
    return with_incoming_gradient(recurrence, factor * g, "gradient", "clipped", CLIP)
