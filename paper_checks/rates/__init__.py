"""Rates and drifts: how fast the averages of Theorem 2 fall, and where noisy runs settle."""

__all__: list[str] = []
