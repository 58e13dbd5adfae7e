"""Numbers such as beta**t, and states without gradients, which fade away as the rounds go by."""

from typing import Any

import numpy as np


def fading(base: Any, exponent: Any) -> Any:
    """base**exponent; where it falls below the range of floats it is 0, next to the 1 it is compared with."""
    with np.errstate(under="ignore"):
        return base**exponent


def faded(state: Any) -> Any:
    """A state that fades away, 0 where it has come near the end of the range: that is no underflow either."""
    return np.where(np.abs(state) < np.finfo(state.dtype).tiny * 2.0**60, 0, state)
