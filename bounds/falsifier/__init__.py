"""The search for games on which a statement fails."""

__all__: list[str] = []
