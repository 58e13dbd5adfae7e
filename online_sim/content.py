"""A hash of the content of an object: every field and every number of every array, never just a name.

Two games with equal hashes play the same rounds, so a run of one may be resumed as the other. Dataclasses and
objects with attributes are hashed by their parts. A user's function is hashed by its code, its closure, and
what its code names: constants, functions and classes of its module and of the user's other modules, and
whatever these name in turn. Installed code is hashed by its name, since its versions are part of every key;
anything else by its text.
"""

import functools
import hashlib
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from fractions import Fraction
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np
from sympy import Basic

from online_sim.inputs import own
from theory.displayed import Displayed

_PLAIN = (bool, int, float, complex, str, bytes, Fraction, np.generic)
DEEPEST = 24
"""The nesting depth beyond which most objects are hashed by their text."""
_OPENED = (Displayed, Mapping, list, tuple)
"""What is hashed by its parts at any depth: the text of an object that shows itself leaves out most of it."""
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def content(*parts: Any) -> str:
    """A hash of 20 hexadecimal digits, which differs if any part does."""
    digest = hashlib.blake2b(digest_size=10)
    fed = _Fed(digest)
    for part in parts:
        fed.feed(part, DEEPEST)
    return digest.hexdigest()


class _Fed:
    """A digest, the code fed to it, because functions may refer to each other, and what is being fed."""

    def __init__(self, digest: Any) -> None:
        self.digest = digest
        self.seen: dict[int, Any] = {}
        self.open: list[int] = []

    def feed(self, value: Any, depth: int) -> None:
        digest = self.digest
        digest.update(f"<{type(value).__module__}.{type(value).__qualname__}>".encode())
        if isinstance(value, np.ndarray) and value.dtype != object:
            digest.update(repr((value.shape, value.dtype.str)).encode())
            # A number broadcast to all coordinates is hashed once.
            whole = value if any(value.strides) or not value.size else value.flat[:1]
            digest.update(np.ascontiguousarray(whole).tobytes())
        elif value is None or isinstance(value, _PLAIN):
            digest.update(repr(value).encode())
        elif isinstance(value, Basic):
            digest.update(str(value).encode())
        elif depth == 0 and (id(value) in self.open or not isinstance(value, _OPENED)):
            digest.update(_text(value))
        elif isinstance(value, FunctionType | type | ModuleType) and not self._new(value):
            digest.update(_name(value))
        else:
            self.open.append(id(value))
            for part in _parts(value):
                self.feed(part, max(depth - 1, 0))
            self.open.pop()
        digest.update(b"</>")

    def _new(self, value: Any) -> bool:
        """Whether code is fed for the first time; a reference is kept, so that its id is not reused."""
        if id(value) in self.seen:
            return False
        self.seen[id(value)] = value
        return True


def _parts(value: Any) -> list[Any]:
    """The parts of an object, in an order that does not depend on the process."""
    if isinstance(value, Mapping):
        return [item for pair in sorted(value.items(), key=lambda pair: str(pair[0])) for item in pair]
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    if isinstance(value, list | tuple | np.ndarray):
        return list(value)
    if isinstance(value, FunctionType):
        return _of_function(value)
    if isinstance(value, MethodType):
        return [value.__func__, value.__self__]
    if isinstance(value, functools.partial):
        return [value.func, value.args, value.keywords]
    if isinstance(value, CodeType):  # a function inside a function
        return [value.co_code, value.co_consts, value.co_names]
    if isinstance(value, ModuleType):
        return [value.__name__]
    if isinstance(value, type):
        return _of_class(value)
    kind = [type(value)] if _is_own(type(value)) else []
    if is_dataclass(value):
        # A field with a leading underscore is derived from the others, or is a counter.
        names = [f.name for f in fields(value) if not f.name.startswith("_")]
        return [*kind, *(item for name in names for item in (name, getattr(value, name)))]
    held = sorted(n for n in getattr(value, "__dict__", None) or () if not n.startswith("_"))
    if held:
        return [*kind, *(item for n in held for item in (n, value.__dict__[n]))]
    return [*kind, _text(value)]


def _of_function(function: FunctionType) -> list[Any]:
    cells = [cell.cell_contents for cell in function.__closure__ or () if _filled(cell)]
    code = function.__code__
    made = [
        code.co_code,
        code.co_consts,
        code.co_names,
        cells,
        function.__defaults__,
        function.__kwdefaults__,
    ]
    if not _is_own(function):
        return made
    names = sorted(set(_names(code)))
    found: list[Any] = []
    for name in names:
        value = function.__globals__.get(name)
        if isinstance(value, ModuleType) and _is_own(value):
            # Only the attributes of a module that the code uses: `helper.scale` names both.
            found += [item for n in names if n in vars(value) for item in (f"{name}.{n}", vars(value)[n])]
        elif value is not None:
            found += [name, value]
    return [*made, found]


def _of_class(kind: type) -> list[Any]:
    """The name of a class, and for a user's class also what it defines and inherits."""
    if not _is_own(kind):
        return [kind.__qualname__]
    held = {n: v for n, v in vars(kind).items() if n not in {"__dict__", "__weakref__", "__doc__"}}
    inside = [
        item for n, v in sorted(held.items()) if _is_code(v) or isinstance(v, _PLAIN) for item in (n, v)
    ]
    return [kind.__qualname__, *kind.__bases__, *(_opened(item) for item in inside)]


def _is_code(value: Any) -> bool:
    return isinstance(value, FunctionType | staticmethod | classmethod | property | functools.cached_property)


def _opened(value: Any) -> Any:
    """The function inside a staticmethod, classmethod, property or cached property."""
    if isinstance(value, staticmethod | classmethod):
        return value.__func__
    if isinstance(value, property):
        return [value.fget, value.fset]
    return value.func if isinstance(value, functools.cached_property) else value


def _names(code: CodeType) -> Iterator[str]:
    """Every name used in code, including its inner functions."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def _is_own(code: Any) -> bool:
    """Whether a function, class or module is the user's, and so is not identified by any version."""
    if isinstance(code, FunctionType):
        return own(code.__code__.co_filename)
    module = code if isinstance(code, ModuleType) else sys.modules.get(getattr(code, "__module__", ""))
    file = getattr(module, "__dict__", {}).get("__file__")
    if module is None or isinstance(file, str):
        return module is None or own(str(file))
    return getattr(module, "__name__", "") == "__main__"  # entered interactively; the rest is built in


def _filled(cell: Any) -> bool:
    try:
        return cell.cell_contents is not cell
    except ValueError:  # a name that is defined later
        return False


def _name(value: Any) -> bytes:
    return f"{getattr(value, '__module__', '')}.{getattr(value, '__qualname__', value)}".encode()


def _text(value: Any) -> bytes:
    """The text of an object without its memory address."""
    return _ADDRESS.sub("", repr(value)).encode("utf-8", "backslashreplace")
