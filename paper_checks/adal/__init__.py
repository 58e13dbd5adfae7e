"""The AdaL paper: one game per file, with the theorems that it tests."""

__all__: list[str] = []
