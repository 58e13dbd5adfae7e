"""A hash of what an object is made of: every field, every number of every array, never a name alone.

Two games whose hashes agree play the same rounds, so what was played of one may be gone on with as the other.
Objects are dataclasses or have attributes; a function is its code and what it closes over. What is none of
these is known by its text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from fractions import Fraction
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np
from sympy import Basic

_PLAIN = (bool, int, float, complex, str, bytes, Fraction, np.generic)
DEEPEST = 24
"""How deep objects may nest before they are known by their text."""


def content(*parts: Any) -> str:
    """20 hexadecimal digits that differ where any part does."""
    digest = hashlib.blake2b(digest_size=10)
    for part in parts:
        _feed(digest, part, DEEPEST)
    return digest.hexdigest()


def _feed(digest: Any, value: Any, depth: int) -> None:
    digest.update(f"<{type(value).__module__}.{type(value).__qualname__}>".encode())
    if isinstance(value, np.ndarray) and value.dtype != object:
        digest.update(repr((value.shape, value.dtype.str)).encode())
        # One number broadcast to all coordinates is hashed once.
        whole = value if any(value.strides) or not value.size else value.flat[:1]
        digest.update(np.ascontiguousarray(whole).tobytes())
    elif value is None or isinstance(value, _PLAIN):
        digest.update(repr(value).encode())
    elif isinstance(value, Basic):
        digest.update(str(value).encode())
    elif depth == 0:
        digest.update(repr(value).encode())
    else:
        for part in _parts(value):
            _feed(digest, part, depth - 1)
    digest.update(b"</>")


def _parts(value: Any) -> list[Any]:
    """What an object is made of, in an order that does not depend on the process."""
    if isinstance(value, Mapping):
        return [item for pair in sorted(value.items(), key=lambda pair: str(pair[0])) for item in pair]
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    if isinstance(value, list | tuple | np.ndarray):
        return list(value)
    if isinstance(value, FunctionType):
        cells = [cell.cell_contents for cell in value.__closure__ or ()]
        code = value.__code__
        return [code.co_code, code.co_consts, code.co_names, cells, value.__defaults__, value.__kwdefaults__]
    if isinstance(value, CodeType):  # a function inside a function
        return [value.co_code, value.co_consts, value.co_names]
    if isinstance(value, ModuleType):
        return [value.__name__]
    if is_dataclass(value) and not isinstance(value, type):
        # What begins with an underscore is made of the rest, or counts what was made before.
        names = [f.name for f in fields(value) if not f.name.startswith("_")]
        return [item for name in names for item in (name, getattr(value, name))]
    own = getattr(value, "__dict__", None)
    if own and not isinstance(value, type):
        return [item for pair in sorted(own.items()) if not pair[0].startswith("_") for item in pair]
    return [repr(value) if not isinstance(value, type) else value.__qualname__]


__all__ = ["content"]
