"""How fast this package is compared with the tools one would otherwise use, measured in one run.

A row of the benchmark is one file in `rows`; it names our code, its peers, the floor and the goals.
"""

__all__: list[str] = []
