"""Linear minimisation oracles as expressions of the language, so that every engine has them.

An oracle is one expression or several: each is written in DIRECTION, which stands for the direction c at
first and then for the value of the expression before. The last value is the centre of the face on which
<c, y> is least. The sets hand in their numbers as fixed vectors FIRST and SECOND.
"""

from collections.abc import Mapping
from typing import TypeAlias

from sympy import Abs, Expr, Piecewise, sign, sqrt

from online_sim.domains.rounding import Vector as Numbers
from theory.quantities import MaxCoords, SumCoords, pinv
from theory.symbols import Vector

Oracle: TypeAlias = tuple[tuple[Expr, ...], Mapping[Vector, Numbers]]
"""The expressions, and the fixed vectors (d,) that they use."""

DIRECTION = Vector("set__direction")
FIRST, SECOND = Vector("set__first"), Vector("set__second")

BOX = (Piecewise((FIRST, DIRECTION > 0), (SECOND, DIRECTION < 0), ((FIRST + SECOND) / 2, True)),)
"""The end against which c points, the middle where c_i = 0; FIRST, SECOND: the lower and upper ends."""

_least = Piecewise((1, MaxCoords(-DIRECTION) <= -DIRECTION), (0, True))
SIMPLEX = (FIRST * _least / SumCoords(_least),)
"""The mean of the vertices with the least c_i; FIRST: the total."""

_against = Piecewise((sign(DIRECTION), MaxCoords(Abs(DIRECTION)) <= Abs(DIRECTION)), (0, True))
L1_BALL = (FIRST - SECOND * _against * pinv(SumCoords(Abs(_against))),)
"""The mean of the vertices against the largest |c_i|, the centre for c = 0; FIRST, SECOND: centre, radius."""

L2_BALL = (
    DIRECTION * pinv(MaxCoords(Abs(DIRECTION))),  # a value of its own, as squares of c may overflow
    FIRST - SECOND * DIRECTION * pinv(sqrt(SumCoords(DIRECTION**2))),
)
"""centre - radius c/|c|, the centre for c = 0; FIRST, SECOND: centre, radius."""
