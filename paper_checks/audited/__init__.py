"""The games whose proofs the report takes apart, one per file; `paper_checks.audits` finds what breaks."""

__all__: list[str] = []
