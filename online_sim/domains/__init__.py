"""Feasible sets: weighted projection, support function, diameters, membership, and the conformance check."""

from theory.front_door import front_door

__getattr__, __dir__, __all__ = front_door(__name__)
