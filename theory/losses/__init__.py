"""Losses as data: one textbook loss a file; `theory.losses.registry.losses()` finds them all."""

__all__: list[str] = []
