"""The compiled loop: one tree of a program, printed for numba."""

__all__: list[str] = []
