"""Assertions and the pytest plugin for theorems in other people's tests."""

__all__: list[str] = []
