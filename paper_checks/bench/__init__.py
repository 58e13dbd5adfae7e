"""The speed of this package compared with the usual alternatives, measured in one run.

Each row of the benchmark is a file in `rows` that names our code, its peers, the floor and the goals.
"""

__all__: list[str] = []
