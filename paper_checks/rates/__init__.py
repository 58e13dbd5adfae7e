"""Rates and drift: how fast the average in Theorem 2 falls, and where noisy runs settle."""

__all__: list[str] = []
