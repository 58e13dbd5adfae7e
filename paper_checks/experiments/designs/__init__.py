"""One experiment a file: a module defines EXPERIMENT, or several as EXPERIMENTS."""

__all__: list[str] = []
