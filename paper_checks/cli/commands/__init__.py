"""The commands and their options; the work of each is in a file of `paper_checks.cli`."""

__all__: list[str] = []
