"""Printers from sympy to source text; fail-closed: an unknown node is refused, never guessed."""

from theory.front_door import front_door

__getattr__, __dir__, __all__ = front_door(__name__)
