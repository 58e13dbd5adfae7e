"""A memory for sympy's maxima: which of two expressions is never the smaller.

sympy asks that of every pair of arguments whenever it builds a Max or a Min, also when it puts one together
again in which nothing or only a part beside it was replaced. The printers and the rounding bounds do that all
the time: three quarters of the questions of a run were asked before, and one takes two milliseconds.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any


@contextmanager
def remembered_maxima() -> Iterator[None]:
    """Let sympy remember inside which arguments of a maximum are comparable; its answers stay the same.

    The memory is one of sympy's own (`cacheit`): it is as large as those, and is emptied with them.
    """
    from sympy.functions.elementary.miscellaneous import MinMaxBase

    ask = vars(MinMaxBase).get("_is_connected")
    if ask is None:  # another version of sympy
        yield
        return
    MinMaxBase._is_connected = _remembering(ask)
    try:
        yield
    finally:
        MinMaxBase._is_connected = ask


@cache
def _remembering(ask: Any) -> Any:
    """The class method with a memory that lasts; one that has a memory stays as it is."""
    from sympy.core.cache import cacheit

    return ask if hasattr(ask.__func__, "cache_info") else classmethod(cacheit(ask.__func__))
