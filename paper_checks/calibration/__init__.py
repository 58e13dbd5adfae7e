"""Statements whose truth is known, on small games: the tool must confirm the true and refute the false."""

__all__: list[str] = []
