"""Counterexamples in exact rationals, their certificate files, and the small checker that must be trusted."""

__all__: list[str] = []
