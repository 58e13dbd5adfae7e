"""Powers such as beta**t, which fade away as the rounds go by."""

from __future__ import annotations

from typing import Any

import numpy as np


def fading(base: Any, exponent: Any) -> Any:
    """base**exponent; where it falls below the range of floats it is 0 beside the 1 it is compared with."""
    with np.errstate(under="ignore"):
        return base**exponent
