"""Packages that offer the names of their stub, and import a module when one of its names is asked for."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any


def front_door(package: str) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """The ``__getattr__``, ``__dir__`` and ``__all__`` of a package with a stub ``__init__.pyi`` (PEP 562).

    Type checkers and editors read the stub; here it is the only list of the names and of where they are.
    Each of its lines says ``from module import Name as Name``, or ``from package import *`` for all names of
    another front door.
    """
    stub = Path(str(sys.modules[package].__file__)).with_suffix(".pyi")
    modules: dict[str, str] = {}
    for line in ast.parse(stub.read_text(encoding="utf-8")).body:
        if isinstance(line, ast.ImportFrom):
            module = str(line.module)
            names = [n.name for n in line.names]
            modules |= dict.fromkeys(import_module(module).__all__ if names == ["*"] else names, module)

    def get(name: str) -> Any:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        # Nothing is kept here: where a test replaces the object in its module, the package offers that one.
        return getattr(import_module(modules[name]), name)

    return get, lambda: sorted({*vars(sys.modules[package]), *modules}), sorted(modules)
