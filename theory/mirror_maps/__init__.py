"""Mirror maps as data: one map a file."""

__all__: list[str] = []
