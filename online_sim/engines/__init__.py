"""Engines: they execute what the compiler scheduled and the printers printed.

A round is compiled to a `program` by `lowering` and `schedule`. The folders loop/, array/ and torch/ write it
as a `tree` of statements and print that; `numba_engine`, `numpy_engine` and `torch_engine` play the result.

Nothing is re-exported: an engine brings its own heavy library, so import each from its module.
"""

__all__: list[str] = []
