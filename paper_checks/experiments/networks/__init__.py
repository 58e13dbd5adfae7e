"""The networks of the experiments, one file each: a module defines `network`."""

__all__: list[str] = []
