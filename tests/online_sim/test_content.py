"""The hash of an object sees all that it is made of, code included, and nothing of where it lies."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
import types
from pathlib import Path

import numpy as np
import pytest

from online_sim.content import content

SOURCE = """
from functools import partial
import helper_of_content as helper
SCALE = 2.0
def inner(x):
    return x + 1.0
class Base:
    def value(self, x):
        return 3.0 * x
class Loss(Base):
    def __init__(self, a):
        self.a = a
    def __call__(self, x):
        return self.a * self.value(x)
    @staticmethod
    def other(x):
        return 5.0 * x
def by_constant(x):
    return SCALE * x
def by_function(x):
    return inner(x)
def by_inner_function(x):
    return [inner(y) for y in x]
def by_module(x):
    return helper.scale(x)
def recursive(x):
    return recursive(x - 1) if x > 0 else SCALE
by_object = Loss(4.0)
by_method = Loss(4.0).value
by_static = Loss(4.0)
by_partial = partial(by_constant, 6.0)
"""
HELPER = "FACTOR = 7.0\ndef scale(x):\n    return FACTOR * x\nUNUSED = 8.0\n"
OBJECTS = [
    "by_constant", "by_function", "by_inner_function", "by_module", "recursive", "by_object", "by_method",
    "by_static", "by_partial",
]  # fmt: skip


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Load the source above, with changes, as separate modules."""

    def loaded(name: str, source: str = SOURCE, helper: str = HELPER) -> object:
        for module, text in (("helper_of_content", helper), ("user_of_content", source)):
            path = tmp_path / f"{module}.py"
            path.write_text(text)
            made = types.ModuleType(module)
            made.__file__ = str(path)
            monkeypatch.setitem(sys.modules, module, made)
            exec(compile(text, str(path), "exec"), vars(made))
        return getattr(sys.modules["user_of_content"], name)

    return loaded


@pytest.mark.parametrize("name", OBJECTS)
def test_the_same_code_has_the_same_hash(load, name: str) -> None:
    """Loaded twice it is the same, wherever it lies in memory."""
    assert content(load(name)) == content(load(name))


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("by_constant", "SCALE = 2.0", "SCALE = 2.5"),
        ("by_function", "x + 1.0", "x + 1.5"),
        ("by_inner_function", "x + 1.0", "x + 1.5"),
        ("recursive", "SCALE = 2.0", "SCALE = 2.5"),
        ("by_object", "3.0 * x", "3.5 * x"),
        ("by_object", "Loss(4.0)", "Loss(4.5)"),
        ("by_object", "self.a *", "self.a +"),
        ("by_method", "3.0 * x", "3.5 * x"),
        ("by_static", "5.0 * x", "5.5 * x"),
        ("by_partial", "constant, 6.0", "constant, 6.5"),
        ("by_partial", "SCALE = 2.0", "SCALE = 2.5"),
    ],
)
def test_a_change_of_what_code_names_is_seen(load, name: str, before: str, after: str) -> None:
    """Constants, functions, inherited methods, attributes and arguments, however far down."""
    assert before in SOURCE
    assert content(load(name)) != content(load(name, SOURCE.replace(before, after)))


@pytest.mark.parametrize("change", [("FACTOR = 7.0", "FACTOR = 7.5"), ("FACTOR * x", "FACTOR + x")])
def test_a_change_in_another_module_is_seen(load, change: tuple[str, str]) -> None:
    """What a function of the helper is made of counts."""
    assert content(load("by_module")) != content(load("by_module", helper=HELPER.replace(*change)))


def test_what_is_not_named_does_not_count(load) -> None:
    """The control: another constant of the helper, and other functions of the file, are of no account."""
    before = content(load("by_module"))
    assert content(load("by_module", helper=HELPER.replace("8.0", "8.5"))) == before
    assert content(load("by_module", SOURCE.replace("5.0 * x", "5.5 * x"))) == before


def test_installed_code_is_known_by_name() -> None:
    """Functions of libraries differ by name, and their insides are not looked at."""
    assert content(np.sin) == content(np.sin)
    assert content(np.sin) != content(np.cos)
    assert content(functools.partial(np.linalg.norm, ord=1)) != content(
        functools.partial(np.linalg.norm, ord=2)
    )


def test_another_process_finds_the_same_hash(tmp_path: Path) -> None:
    """A hash is stored: neither addresses nor the order of sets may be in it."""
    path = tmp_path / "mine_of_content.py"
    path.write_text(
        "from online_sim.content import content\nclass A:\n    pass\n"
        "def f(x):\n    return {'a', 'b', 'c'}, A(), object\n"
        "print(content(f, A(), {'x', 'y', 'z'}, {'k': A()}))\n"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", "import mine_of_content"], capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])},
        ).stdout
        for _ in range(3)
    }  # fmt: skip
    assert len(found) == 1
