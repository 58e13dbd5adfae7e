"""Compiled weighted projections; each module is self-contained and imports only math, numpy and numba.

Nothing is re-exported: importing a kernel imports numba, so each domain imports its own when it is used.
"""

from online_sim.engines import sealed_kernels

sealed_kernels.install()  # before the first of them asks numba where to keep it

__all__: list[str] = []
