"""Theorems as printed, each in every reading that the text allows."""

__all__: list[str] = []
