"""What is claimed: algorithms, losses and theorems as exact symbolic mathematics.

Everything in this room is sympy and nothing else: no arrays, no engines, no floats in a statement.
Import each object from the module that carries its name.
"""

__all__: list[str] = []
