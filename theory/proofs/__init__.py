"""Proofs as data: one theorem a file, every step with its argument."""

__all__: list[str] = []
