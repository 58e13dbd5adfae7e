"""Decide theorems about regret for all linear streams at a small horizon, by branch and bound.

The entry point is `bounds.prover.prove`.
"""

__all__: list[str] = []
