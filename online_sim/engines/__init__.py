"""Engines: they execute what the compiler scheduled and the printers printed.

Nothing is re-exported: an engine brings its own heavy library, so import each from its module.
"""

__all__: list[str] = []
