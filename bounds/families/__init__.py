"""Families of exact games, one for each n, and inductions about all of them that sympy checks."""

__all__: list[str] = []
