"""Theorems about regret decided for all linear streams at a small horizon, by branch and bound.

`bounds.prove.prove` holds the entry point.
"""

__all__: list[str] = []
