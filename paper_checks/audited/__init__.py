"""The games whose proofs the report examines: one file per game, with its variant that takes a maximum."""

__all__: list[str] = []
