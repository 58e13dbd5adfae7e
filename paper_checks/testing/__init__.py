"""Assertions and a pytest plugin for theorems in other repositories' tests."""

__all__: list[str] = []
