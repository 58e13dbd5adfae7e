"""Weighted projections for the solvers' inner loops: the domain's own, without repeated checks."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from online_sim.domains.base import Domain

Array = NDArray[np.float64]
Projection = Callable[[Array, Array], Array]
"""(point, weight), both float64 (d,) and finite, to the weighted projection, a new array."""


def projection_of(domain: Domain) -> Projection:
    """The weighted projection: clip, kernel, or method; RuntimeError when a kernel stops short."""
    bounds = domain.box_bounds()
    if bounds is not None:
        lower, upper = bounds
        return lambda point, weight: np.minimum(np.maximum(point, lower), upper)
    kernel = domain.kernel()
    if kernel is None:
        return domain.project
    function, data, work = kernel.function, kernel.data, np.empty(kernel.work_size)

    def project(point: Array, weight: Array) -> Array:
        out = np.zeros(len(point))  # a method may begin from it; zeros_like takes four times as long
        if function(point, weight, out, work, data) != 0:
            raise RuntimeError(
                f"the projection onto {domain.name} stopped short of its accuracy; rescale the data"
            )
        return out

    return project
