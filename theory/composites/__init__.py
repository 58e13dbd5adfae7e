"""Composite terms phi as data: one term a file."""

__all__: list[str] = []
