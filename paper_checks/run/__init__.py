"""Running checks: find them, choose, play, examine, keep the rows."""

__all__: list[str] = []
