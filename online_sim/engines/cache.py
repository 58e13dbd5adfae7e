"""Generated source on disk: one file per kernel, its name a hash of its content.

Every generated file is self-contained, and a changed source is a different file, so the compiler's cache can
never be stale. The file serves tracebacks and readers: the text in memory is run, not the file on disk.
"""

import ast
import gc
import hashlib
import inspect
import math
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib import import_module
from itertools import count
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from online_sim.engines import cache_limits
from online_sim.files import write_bytes
from online_sim.places import cache_folder, say_once

MOST_MODULES = 256
"""The maximum number of generated modules in memory; the least recently used is dropped first."""

ELEMENTARY = ("sqrt", "exp", "expm1", "log", "log1p", "sin", "cos")
"""The functions of `math` that generated source calls."""

LOADED: dict[str, ModuleType] = {}
"""The generated modules of this process, the most recently used last."""
MADE = count()
"""A counter of the new sources of this process."""


def load_source(text: str, *, prefix: str) -> ModuleType:
    """Run generated source as a module; the same text is written and run only once.

    prefix: "numba" for source that is compiled. If the folder cannot be written, one message says so, and
    every process compiles the source again.
    """
    digest, name = _named(text, prefix)
    if name in sys.modules:
        LOADED[name] = LOADED.pop(name, sys.modules[name])
        return sys.modules[name]
    path, new = _written(name, text)
    if prefix == "numba":
        from online_sim.engines import sealed_kernels

        sealed_kernels.install()
        sealed_kernels.generated[str(path)] = digest
    module = ModuleType(name)
    module.__file__ = str(path)
    code = compile(text, str(path), "exec")
    sys.modules[name] = module  # before it runs: the compiler's cache finds functions by their module's name
    try:
        with _uncollected():
            exec(code, module.__dict__)
    except BaseException:
        del sys.modules[name]
        raise
    LOADED[name] = module
    while len(LOADED) > MOST_MODULES:
        oldest = next(iter(LOADED))
        sys.modules.pop(oldest, None)
        del LOADED[oldest]
    if new and next(MADE) % cache_limits.EVERY == 0:
        cache_limits.shrink(path.parent)
    return module


@contextmanager
def _uncollected() -> Iterator[None]:
    """No garbage collection: it takes a tenth to a fifth of the compiler's time, and frees some 10 MB."""
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            gc.enable()


def is_kept(text: str, *, prefix: str) -> bool:
    """Whether generated source has been run before, in this process or another one with the same folder."""
    _, name = _named(text, prefix)
    try:
        return name in sys.modules or (cache_folder() / f"{name}.py").exists()
    except OSError:
        return False


def _named(text: str, prefix: str) -> tuple[str, str]:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return digest, f"regretcheck_{prefix}_{digest[:20]}"


def _written(name: str, text: str) -> tuple[Path, bool]:
    """The file of a source, and whether it was written because it was missing or different."""
    try:
        path = cache_folder() / f"{name}.py"
    except OSError as error:
        say_once("no folder", f"kernels are compiled in every run: {error}")
        return Path(f"<{name}>"), False
    content = text.encode()
    try:
        there = path.read_bytes() if path.exists() else None
        if there == content:
            os.utime(path)  # mark as used: the least recently used is deleted first
            return path, False
        if there is not None:
            said = f"a kept kernel is deleted and written again: {str(path)!r} is damaged"
            say_once("damaged kernels", said)
        write_bytes(path, content, mode=0o600)
    except OSError as error:
        say_once("unwritten kernels", f"kernels are compiled in every run: {error}")
        return path, False
    return path, True


@lru_cache(maxsize=64)
def interpret_source(text: str, *, real: Any = np.float64) -> dict[str, Any]:
    """The names that source for the compiler defines, run as plain Python: nothing is compiled or written.

    Decorators are dropped with the import of their library. `float` and every literal float are `real`, so
    that 1/0 is inf as in compiled code, and the source runs in the precision `real`. In float64, elementary
    functions are the C library's, with the same bits as in compiled code; otherwise they are numpy's.
    """
    plain = _Plain(real)
    tree = ast.fix_missing_locations(plain.visit(ast.parse(text)))
    names: dict[str, Any] = {"__name__": "interpreted_source", **plain.numbers}
    exec(compile(tree, "<generated source>", "exec"), names)
    elementary = {name: getattr(np, name) for name in ELEMENTARY}
    if real is np.float64:
        elementary = {name: _compiled_like(getattr(math, name), f) for name, f in elementary.items()}
    names["math"] = SimpleNamespace(**{**vars(math), **elementary})
    names["float"] = real
    names["complex"] = np.complex128
    return names


class _Plain(ast.NodeTransformer):
    """Drops what only the compiler reads, types and decorators; names literal floats as in `numbers`.

    An import of functions that are compiled elsewhere is replaced by their source.
    """

    def __init__(self, real: Any) -> None:
        self.real = real
        self.numbers: dict[str, Any] = {}

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.decorator_list = []
        return self.generic_visit(node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | list[ast.stmt] | None:
        if node.module in {"numba", "__future__"}:
            return None
        if node.module is not None and node.module.startswith("online_sim."):  # functions to be compiled
            source = inspect.getsource(import_module(node.module))
            return [line for line in map(self.visit, ast.parse(source).body) if line is not None]
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST | None:
        named = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
        return None if "types" in named else self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if not isinstance(node.value, float):
            return node
        name = f"literal_{len(self.numbers)}"
        self.numbers[name] = self.real(node.value)
        return ast.copy_location(ast.Name(name, ast.Load()), node)


def _compiled_like(
    function: Callable[[float], float], otherwise: Callable[[Any], Any]
) -> Callable[[Any], Any]:
    """The C library's function, but with numpy's inf, NaN and reports, where Python has errors or nothing."""

    def value(u: Any) -> Any:
        kind = np.float32 if isinstance(u, np.float32) else np.float64
        try:
            found = kind(function(u))
        except (OverflowError, ValueError):
            return otherwise(kind(u))
        if found == 0.0 and function is math.exp:
            otherwise(kind(u))  # reports the underflow
        return found

    return value
