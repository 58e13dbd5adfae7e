"""Tests go through what a user can call: no test names a private object of the four packages."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGES = ("theory", "online_sim", "bounds", "paper_checks")
TESTS = Path(__file__).resolve().parents[1]
PRIVATE_PATH = re.compile(rf"\b(?:{'|'.join(PACKAGES)})(?:\.\w+)*\.(_[a-zA-Z]\w*)")
"""A dotted path into a package with a private part, wherever it stands in a text."""


def private(name: str) -> bool:
    """Whether a name begins with one underscore, and is more than that; notebooks ask for `_repr_html_`."""
    asked = re.fullmatch(r"_repr_[a-z]+_", name)
    return name.startswith("_") and not name.startswith("__") and name != "_" and not asked


def of_itself(node: ast.expr) -> bool:
    """Whether an object speaks of itself, as a class that fills in what its base leaves open does."""
    match node:
        case ast.Name(id="self" | "cls") | ast.Call(func=ast.Name(id="super")):
            return True
    return False


def defined(source: str) -> Iterator[str]:
    """The private names that a module gives: functions, classes, variables and attributes."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.Attribute(value=value, attr=name, ctx=ast.Store()) if of_itself(value):
                yield name


@cache
def private_names() -> set[str]:
    """All those of the packages, their modules among them."""
    found = set()
    for package in PACKAGES:
        for folder in importlib.import_module(package).__path__:
            for path in Path(folder).rglob("*.py"):
                found |= {path.stem, *defined(path.read_text(encoding="utf-8"))}
    return {name for name in found if private(name)}


def uses(source: str) -> list[str]:
    """Where a test names a private object: imported, as an attribute, or in a string."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.ImportFrom(module=str(module), names=names) if module.split(".")[0] in PACKAGES:
                parts = [*module.split("."), *(alias.name for alias in names)]
            case ast.Import(names=names):
                paths = [alias.name.split(".") for alias in names]
                parts = [part for path in paths if path[0] in PACKAGES for part in path]
            case ast.Attribute(value=value, attr=name) if not of_itself(value):
                parts = [name] if name in private_names() else []
            case ast.Call(
                func=ast.Name(id=call) | ast.Attribute(attr=call), args=[_, ast.Constant(value=name), *_]
            ):
                parts = [name] if call.endswith("attr") and name in private_names() else []
            case ast.Constant(value=str(text)):
                # A path that monkeypatch takes, or code for another process.
                parts = PRIVATE_PATH.findall(text)
            case _:
                parts = []
        found += [f"line {node.lineno}: {part}" for part in parts if private(part)]
    return found


def test_tests_name_nothing_private() -> None:
    """What a test needs has a public name, or is reached through one."""
    paths = sorted(set(TESTS.rglob("*.py")) - {Path(__file__).resolve()})
    found = {str(path.relative_to(TESTS)): uses(path.read_text(encoding="utf-8")) for path in paths}
    assert len(paths) > 150
    assert {path: places for path, places in found.items() if places} == {}


@pytest.mark.parametrize(
    "source",
    [
        "from bounds.shrinker.stern_brocot import _steps",
        "from online_sim.domains._ball import Ball",
        "import online_sim.streams._libsvm as libsvm",
        "replay._judged",
        "monkeypatch.setattr(replay, '_judged', None)",
        "monkeypatch.setattr('bounds.certificates.checker.replay._anything', None)",
        "code = 'import bounds.plot\\nbounds.plot._render(figure)'",
        "other._block(1, 2)",
    ],
)
def test_a_private_name_is_found(source: str) -> None:
    """The control: each way in which a test could name one."""
    assert uses(source)


@pytest.mark.parametrize(
    "source",
    [
        "from numba.core.caching import _CacheLocator",
        "os._exit(0)",
        "class Own(Stream):\n def _block(self, a, b):\n  return super()._block(a, b) or self._block(a, b)",
        "_, found = pair",
        "line.__dict__",
        "shown._repr_html_()",
        "open('a_b._c')",
    ],
)
def test_names_of_others_pass(source: str) -> None:
    """What belongs to another library, and what a class fills in, is no business of this test."""
    assert uses(source) == []
