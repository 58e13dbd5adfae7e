"""Algorithms as data, one per file; `algorithms()` finds them all.

Import a builder from the module of the same name, such as `theory.algorithms.adal`.
"""

from theory.algorithms.registry import algorithm as algorithm
from theory.algorithms.registry import algorithms as algorithms

__all__ = ["algorithm", "algorithms"]
