"""Image data sets as numpy arrays, read from the files that their authors distribute, without any network."""

__all__: list[str] = []
