"""Numbers of any size from real numbers that an optimiser moves."""

import numpy as np

from bounds.falsifier.adversaries import FARTHEST
from online_sim.borders import Floats

KNEE = 0.1
"""The size above which a number moves by factors rather than by steps."""


def exponential(z: Floats) -> Floats:
    """Positive numbers from their logarithms."""
    return np.asarray(np.exp(np.clip(z, -FARTHEST, FARTHEST)))


def sized(z: Floats, farthest: float = FARTHEST) -> Floats:
    """Numbers of both signs, KNEE sinh z."""
    return np.asarray(KNEE * np.sinh(np.clip(z, -farthest, farthest)))
