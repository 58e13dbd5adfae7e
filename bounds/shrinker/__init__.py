"""From a counterexample to the smallest and roundest one that still is one."""

__all__: list[str] = []
