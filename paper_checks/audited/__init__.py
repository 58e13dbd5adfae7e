"""The games whose proofs the report takes apart: one file for each, and for the same with a maximum."""

__all__: list[str] = []
