"""Shrink a counterexample to the smallest and roundest one."""

__all__: list[str] = []
