"""Theorems about regret decided for all linear streams at a small horizon, by branch and bound.

`bounds.prover.prove` holds the entry point.
"""

__all__: list[str] = []
