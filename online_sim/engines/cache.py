"""Generated source on disk: one file per kernel, its name a hash of its content.

A compiler's cache needs a real file and does not notice changes in functions imported from elsewhere, so
every generated file is self-contained, and a changed source is another file.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import math
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from online_sim.files import write_bytes

ENVIRONMENT_VARIABLE = "REGRETCHECK_CACHE"


def cache_folder() -> Path:
    """The folder of generated sources: $REGRETCHECK_CACHE, or the user's cache folder, or a temporary one."""
    chosen = os.environ.get(ENVIRONMENT_VARIABLE)
    if chosen:
        folder = Path(chosen)
    else:
        from platformdirs import user_cache_dir

        folder = Path(user_cache_dir("regretcheck"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except OSError:
        pass
    fallback = Path(tempfile.gettempdir()) / f"regretcheck-{os.getuid() if hasattr(os, 'getuid') else 'user'}"
    fallback.mkdir(parents=True, exist_ok=True)
    return fallback


def load_source(text: str, *, prefix: str) -> ModuleType:
    """Import generated source; the same text is written and imported once."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:20]
    name = f"regretcheck_{prefix}_{digest}"
    if name in sys.modules:
        return sys.modules[name]
    path = cache_folder() / f"{name}.py"
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        write_bytes(path, text.encode())
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise RuntimeError(f"cannot import generated source {path}; delete it and try again")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # before it runs: the compiler's cache finds functions by their module's name
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def interpret_source(text: str, *, real: Any = np.float64) -> dict[str, Any]:
    """The names that source for the compiler defines, as plain Python: nothing is compiled or written.

    Decorators are dropped, and `float` is `real`, so that 1/0 is inf as in compiled code, and that the source
    runs in the precision `real`. Elementary functions of float64 are the C library's, as in compiled code, to
    the same bits; in other precisions they are numpy's.
    """
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.decorator_list = []
    names: dict[str, Any] = {"__name__": "interpreted_source"}
    exec(compile(tree, "<generated source>", "exec"), names)
    elementary = {name: getattr(np, name) for name in ("sqrt", "exp", "log", "log1p", "sin", "cos")}
    if real is np.float64:
        elementary = {name: _compiled_like(getattr(math, name), f) for name, f in elementary.items()}
    names["math"] = SimpleNamespace(**{**vars(math), **elementary})
    names["float"] = real
    names["complex"] = np.complex128
    return names


def _compiled_like(
    function: Callable[[float], float], otherwise: Callable[[Any], Any]
) -> Callable[[Any], Any]:
    """The C library's function, and numpy's inf or NaN where Python raises an error."""

    def value(u: Any) -> Any:
        kind = np.float32 if isinstance(u, np.float32) else np.float64
        try:
            return kind(function(u))
        except (OverflowError, ValueError):
            return otherwise(kind(u))

    return value
