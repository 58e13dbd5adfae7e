"""Continuous integration: the rows of a run compared with baselines that are kept as text."""

__all__: list[str] = []
