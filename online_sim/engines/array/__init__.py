"""The reference: a program printed for numpy arrays."""

__all__: list[str] = []
