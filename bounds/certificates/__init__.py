"""Counterexamples in exact rationals, their certificate files, and the small trusted checker."""

__all__: list[str] = []
