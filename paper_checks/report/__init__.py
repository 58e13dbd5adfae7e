"""The report, a self-contained HTML file, and the words for verdicts."""

__all__: list[str] = []
