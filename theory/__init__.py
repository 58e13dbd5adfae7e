"""What is claimed: algorithms, losses and theorems as exact symbolic mathematics.

Everything in this package is sympy and nothing else: no arrays, no engines, no floats in a statement.
``from theory import ADAL, LINEAR, Recurrence, Theorem`` imports the names that most users need; symbols are
in ``theory.symbols``, what theorems measure in ``theory.quantities``.
"""

from theory.front_door import front_door

__getattr__, __dir__, __all__ = front_door(__name__)
