"""The answer of the comparator: an enclosure of a minimum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Minimum:
    """min F over X lies in [lower, upper].

    point: a feasible z, shape (d,), with F(z) <= upper; lower: the minimum of a linear minorant of F over X,
    minus its rounding bound; method: what found them. The enclosure is computed by this package from the
    point and the minorant alone; no solver's word enters it. lower is -inf when no minorant has a minimum.
    """

    point: NDArray[np.float64]
    lower: float
    upper: float
    method: str

    @property
    def gap(self) -> float:
        """upper - lower: how little is known."""
        return self.upper - self.lower

    def meet(self, other: Minimum) -> Minimum:
        """The intersection of two enclosures of one minimum, under the name of the narrower one."""
        method = other.method if other.gap < self.gap else self.method
        best = other if other.upper < self.upper else self
        return Minimum(best.point, max(self.lower, other.lower), best.upper, method)
