"""What a recording cannot see is known from the source, and what has no digest is named."""

from __future__ import annotations

import os
import random
import subprocess
from pathlib import Path

import numpy as np
import pytest

from online_sim.inputs import UNSEEN, VARIABLE, code_digest, first_changed, unchanged, unseen, variable_digest
from online_sim.noting import joined, noting_chance, recording
from online_sim.unseen import doubts

FINE = """
import os, sys
from pathlib import Path

import numpy as np
from sympy import Symbol
from theory.losses.linear import LINEAR
import helper

sys.path.insert(0, str(Path(__file__).parent))
rng = np.random.default_rng(3)
rows = rng.random(5), os.environ.get("ROWS"), open("data.csv").read()
"""
MINE = "helper".__eq__
HIDES = {
    "import time": "it imports time",
    "import time as helper_time": "it imports time",
    "from time import perf_counter": "it imports time",
    "import datetime": "it imports datetime",
    "from datetime import datetime": "it imports datetime",
    "import random": "it imports random",
    "import uuid": "it imports uuid",
    "import socket": "it imports socket",
    "import urllib.request": "it imports urllib.request",
    "import subprocess": "it imports subprocess",
    "import ctypes": "it imports ctypes",
    "import importlib": "it imports importlib",
    "import h5py": "it imports h5py",
    "import polars as pl": "it imports polars",
    "import torch": "it imports torch",
    "import numba": "it imports numba",
    "from os import urandom": "it uses urandom",
    "os.getpid()": "it uses getpid",
    "sys.argv": "it uses argv",
    "sys.modules['time'].time()": "it uses modules",
    "Path('x').stat().st_mtime": "it uses stat",
    "os.path.getmtime('x')": "it uses getmtime",
    "np.datetime64('now')": "it uses datetime64",
    "__import__('time').time()": "it uses __import__",
    "exec('import time')": "it uses exec",
    "def f():\n    import time": "it imports time",
}


@pytest.mark.parametrize("line", HIDES)
def test_a_source_that_may_read_unseen_is_doubted(tmp_path: Path, line: str) -> None:
    """The clause names the file, the line and what is doubted; without that line there is no doubt."""
    path = tmp_path / "mine.py"
    path.write_text(FINE)
    assert doubts(str(path), MINE) == ()
    path.write_text(f"{FINE}{line}\n")
    number = len(f"{FINE}{line}".splitlines())
    assert doubts(str(path), MINE) == (f"mine.py, line {number}: {HIDES[line]}",)


def test_a_helper_that_is_not_the_users_is_doubted(tmp_path: Path) -> None:
    """An import that is neither listed nor the user's own module, and what is no Python source."""
    path = tmp_path / "mine.py"
    path.write_text(FINE)
    assert doubts(str(path)) == ("mine.py, line 8: it imports helper",)
    path.write_text("def broken(:\n")
    assert doubts(str(path)) == ("mine.py cannot be parsed",)
    assert doubts(str(tmp_path / "gone.py")) == ("gone.py cannot be read",)
    (tmp_path / "fast.so").write_bytes(b"\x7fELF")
    assert doubts(str(tmp_path / "fast.so")) == ("fast.so is not Python source",)


def test_an_environment_variable_is_an_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """However it is asked for; another value is a change, and so is one where there was none."""
    monkeypatch.setenv("REGRETCHECK_TEST_ROWS", "3")
    monkeypatch.delenv("REGRETCHECK_TEST_NONE", raising=False)
    with recording(modules=False) as seen:
        os.environ.get("REGRETCHECK_TEST_ROWS")
        assert "REGRETCHECK_TEST_NONE" not in os.environ
    inputs = seen.inputs
    assert inputs["$REGRETCHECK_TEST_ROWS"] == variable_digest("REGRETCHECK_TEST_ROWS")
    assert inputs["$REGRETCHECK_TEST_NONE"].startswith(VARIABLE)
    assert unchanged(inputs)
    monkeypatch.setenv("REGRETCHECK_TEST_ROWS", "4")
    assert first_changed(inputs) == "$REGRETCHECK_TEST_ROWS"
    monkeypatch.setenv("REGRETCHECK_TEST_ROWS", "3")
    monkeypatch.setenv("REGRETCHECK_TEST_NONE", "")
    assert first_changed(inputs) == "$REGRETCHECK_TEST_NONE"
    with recording(modules=False) as bytewise:
        os.environb.get(b"REGRETCHECK_TEST_ROWS")
    assert "$REGRETCHECK_TEST_ROWS" in bytewise.inputs


def test_a_home_that_a_library_looks_up_is_an_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """`expanduser` reads $HOME for the user's code: with another home, another file would be read."""
    with recording(modules=False) as seen:
        Path("~/data").expanduser()
    assert "$HOME" in seen.inputs
    monkeypatch.setenv("HOME", "/elsewhere")
    assert first_changed(seen.inputs) == "$HOME"


ASKS = {
    "every variable": (lambda: dict(os.environ), "it goes through all environment variables"),
    "threads": (lambda: os.environ.get("OMP_NUM_THREADS"), "it reads $OMP_NUM_THREADS"),
    "a process": (lambda: subprocess.run(["true"], check=True), "it starts another process"),
    "a shell": (lambda: os.system("true"), "it starts another process"),
    "a device": (lambda: Path("/dev/urandom").open("rb").close(), "it reads /dev/urandom"),
    "a library's file": (lambda: Path(np.__file__).read_bytes(), "it reads "),
    "whether a device is there": (lambda: Path("/dev/shm/x").exists(), "it reads /dev/shm/x"),
    "no seed": (np.random.default_rng, "it draws without a seed"),
    "numpy's state": (lambda: np.random.random(3), "the global random state"),  # noqa: NPY002
    "Python's state": (random.random, "the global random state of numpy or Python is used"),
}


@pytest.mark.parametrize("what", ASKS)
def test_what_has_no_digest_is_named(what: str) -> None:
    """It is among the inputs as a clause, which is no change; a seeded generator is the control."""
    ask, clause = ASKS[what]
    with recording(modules=False) as seen, noting_chance():
        ask()
    assert [found for found in unseen(seen.inputs) if found.startswith(clause)]
    assert unchanged(seen.inputs)
    with recording(modules=False) as control, noting_chance():
        np.random.default_rng(3).random()
        Path(__file__).read_bytes()
    assert unseen(control.inputs) == []


def test_the_network_is_named() -> None:
    """A name that is looked up is an answer from elsewhere, even if there is none."""
    import socket

    with recording(modules=False) as seen, socket.socket() as mine:
        mine.bind(("127.0.0.1", 0))
    assert unseen(seen.inputs) == ["it uses the network"]


def test_what_the_package_asks_for_itself_is_no_doubt() -> None:
    """Its temporary names and the library that it looks up are no inputs of the user's."""
    from online_sim.engines import range_watch
    from online_sim.files import write_bytes

    range_watch.library.cache_clear()
    with recording(modules=False) as seen:
        range_watch.library()
        write_bytes(Path(os.devnull).parent / "shm" / "regretcheck-test", b"")
    Path("/dev/shm/regretcheck-test").unlink()
    assert unseen(seen.inputs) == []


def test_afterwards_the_interpreter_is_as_it_was() -> None:
    """What was wrapped during a recording is not wrapped any more, even after an error."""
    before = (os.stat, os.access, type(os.environ).__getitem__, type(os.environ).__iter__, random._urandom)
    within = []

    def fails() -> None:
        with recording(modules=False):
            within.append(os.stat)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert within[0] is not before[0]
    assert before == (
        os.stat, os.access, type(os.environ).__getitem__, type(os.environ).__iter__, random._urandom,
    )  # fmt: skip


def test_parts_that_read_one_file_differently_have_changed() -> None:
    """A table that was another one for another part of a result is a change."""
    assert joined({"a": "1"}, {"b": "2"}) == {"a": "1", "b": "2"}
    assert not unchanged(joined({"a": "1"}, {"a": "2"}))
    assert joined({"clock": UNSEEN}, {"clock": UNSEEN}) == {"clock": UNSEEN}


@pytest.mark.parametrize("name", ["theory/line.py", "paper_checks/certificates/one.json", "bounds/rows.csv"])
def test_every_file_of_the_package_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """One byte of a source, a certificate or a table is another program; compiled code is not."""
    from online_sim import inputs

    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_text("1")
    monkeypatch.setattr(inputs, "ROOT", tmp_path)
    fresh = code_digest.__wrapped__
    before = fresh()
    (path.parent / "__pycache__").mkdir()
    (path.parent / "__pycache__" / "line.pyc").write_bytes(b"x")
    assert fresh() == before
    path.write_text("2")
    assert fresh() != before
