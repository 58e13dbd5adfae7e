"""The atlas: published theorems of adaptive optimisation and online learning, each with its verdict.

One file for each paper or book defines THEOREMS, and GAPS for what the language cannot state yet. The
statements themselves are in `theory.theorems`.
"""

__all__: list[str] = []
