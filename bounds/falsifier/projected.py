"""A recurrence whose set is data of each game, so that one compiled loop runs games with different sets.

An engine projects onto one set for all replicates. Here the projection is a symbolic part of the point, and
the two ends of the set are vectors that no round changes.
"""

import math
from dataclasses import replace
from enum import Enum

from sympy import Piecewise, S

from theory.quantities import Prev, SumCoords, is_vector
from theory.recurrence import Recurrence
from theory.symbols import Scalar, Vector

BEGIN, END = Vector("set_begin"), Vector("set_end")
"""The lower and upper corner of a box, or the two ends of a segment (or the simplex of R^2)."""
FREE = Vector("point_free")
METRIC = Vector("metric_free")
LENGTH, SHARE = Scalar("segment_length"), Scalar("segment_share")


class SetKind(Enum):
    """The kinds of sets; the value is the name in sentences."""

    BOX = "boxes around 0"
    SEGMENT = "segments through 0"
    SIMPLEX = "the probability simplex of R^2"

    @property
    def least_dimension(self) -> int:
        """The smallest dimension in which a set of this kind is not a box."""
        return 1 if self is SetKind.BOX else 2

    @property
    def most_dimension(self) -> float:
        """The largest dimension of a set of this kind."""
        return 2 if self is SetKind.SIMPLEX else math.inf


def projected(recurrence: Recurrence, kind: SetKind) -> Recurrence:
    """The same algorithm without a built-in set: its point lies in the set with the ends BEGIN and END.

    The ends are states whose initial values the caller gives. On a segment {u + s e} the projection in the
    metric w is s = sum w e (p - u)/sum w e^2 cut to [0, 1], with w = 1 while w e = 0 (the Euclidean one).
    """
    ends = ((BEGIN, Prev(BEGIN)), (END, Prev(END)))
    free = (FREE, recurrence.point)
    if kind is SetKind.BOX:
        # Not Min(Max(.)), which, compiled, would turn a NaN into a point of the box.
        point = Piecewise((BEGIN, FREE < BEGIN), (END, FREE > END), (FREE, True))
        return replace(recurrence, steps=(*recurrence.steps, *ends, free), point=point)
    along = END - BEGIN
    # A scalar metric means the Euclidean projection.
    metric = (METRIC, recurrence.metric if is_vector(recurrence.metric) else S.One)
    length = (LENGTH, SumCoords(METRIC * along**2))
    share = (
        SHARE,
        Piecewise(
            (SumCoords(METRIC * along * (FREE - BEGIN)) / LENGTH, LENGTH > 0),
            (SumCoords(along * (FREE - BEGIN)) / SumCoords(along**2), True),
        ),
    )
    steps = (*recurrence.steps, *ends, free, metric, length, share)
    cut = Piecewise((0, SHARE < 0), (1, SHARE > 1), (SHARE, True))
    return replace(recurrence, steps=steps, point=BEGIN + cut * along)
