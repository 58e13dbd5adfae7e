"""Compiled weighted projections; each module is self-contained and imports only math, numpy and numba.

Nothing is re-exported: importing a kernel imports numba, so each domain imports its own when it is used.
"""

__all__: list[str] = []
