"""Theorems as data, each in every reading that its text allows."""

__all__: list[str] = []
