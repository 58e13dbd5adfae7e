"""The report: one HTML file that needs nothing else, and the words for verdicts."""

__all__: list[str] = []
