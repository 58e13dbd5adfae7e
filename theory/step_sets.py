"""The sets on which the step of an algorithm is the one that is meant."""

from enum import Enum


class StepSet(Enum):
    """The sets X for which `point` and `metric` of a recurrence are its step; the value is their name."""

    ANY = "every set"
    BOX = "boxes, and R^d"
    BOX_OR_BALL = "boxes, R^d, and l1 and l2 balls around 0"
    SIMPLEX = "the probability simplex"
