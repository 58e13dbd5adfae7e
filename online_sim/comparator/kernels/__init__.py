"""Compiled inner loops of the comparator's solvers, on rows in compressed form; each file stands alone.

None is re-exported: importing a kernel imports numba, so each is imported where it is used. What is,
`install`, has told numba where to keep them before the first one asks.
"""

from online_sim.engines.sealed_kernels import install as install

__all__ = ["install"]
