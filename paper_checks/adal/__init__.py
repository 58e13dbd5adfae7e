"""The AdaL paper: one game a file, each with the theorems it is about."""

__all__: list[str] = []
