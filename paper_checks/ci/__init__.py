"""Continuous integration: the rows of a run compared with baselines stored as text."""

__all__: list[str] = []
