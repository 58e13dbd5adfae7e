"""The games whose proofs the report takes apart, one per file."""

__all__: list[str] = []
