"""The report: one HTML file that needs nothing else, and the words for verdicts.

Import each object from the module that carries its name.
"""

__all__: list[str] = []
