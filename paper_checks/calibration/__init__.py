"""Statements of known truth on small games: the tool must confirm the true ones and refute the false ones."""

__all__: list[str] = []
