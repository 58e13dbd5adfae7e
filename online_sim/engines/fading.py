"""Numbers that fade away over the rounds, such as beta**t and states without gradients."""

from typing import Any

import numpy as np


def fading(base: Any, exponent: Any) -> Any:
    """base**exponent, which may underflow to 0 without notice: it is negligible next to 1."""
    with np.errstate(under="ignore"):
        return base**exponent


def faded(state: Any) -> Any:
    """A decaying state, set to 0 near the end of the range, so that this does not count as underflow."""
    return np.where(np.abs(state) < np.finfo(state.dtype).tiny * 2.0**60, 0, state)
