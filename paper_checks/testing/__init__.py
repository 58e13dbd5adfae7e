"""Assertions and the pytest plugin for theorems in other people's tests.

Import each object from the module that carries its name.
"""

__all__: list[str] = []
