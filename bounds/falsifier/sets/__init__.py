"""The sets over which games of linear losses are searched, one kind a file."""

__all__: list[str] = []
