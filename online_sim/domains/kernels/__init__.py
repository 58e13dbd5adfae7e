"""Compiled weighted projections; each module is self-contained and imports only math, numpy and numba.

None is re-exported: importing a kernel imports numba, so each domain imports its own when it is used. What
is, `install`, has told numba where to keep them before the first one asks.
"""

from online_sim.engines.sealed_kernels import install as install

__all__ = ["install"]
