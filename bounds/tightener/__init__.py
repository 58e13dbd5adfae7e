"""Tightens a bound: the factors that games need, and for a false bound the nearest forms that survive."""

__all__: list[str] = []
