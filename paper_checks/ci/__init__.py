"""Continuous integration: the rows of a run compared with baselines that are kept as text.

Import each object from the module that carries its name.
"""

__all__: list[str] = []
