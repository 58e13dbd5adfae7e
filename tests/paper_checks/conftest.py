"""Toy scenarios, loaded as a user's file would be."""

from __future__ import annotations

from pathlib import Path

import pytest

from paper_checks.run.own_file import load_file

HERE = Path(__file__).parent
EMPTY = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'


@pytest.fixture(scope="session")
def toys():
    """A toy that decides, and one whose assumption is broken."""
    return load_file(HERE / "toys.py")


@pytest.fixture(scope="session")
def toys_with_crash():
    """The toys with one that crashes in their midst."""
    return load_file(HERE / "toys_with_crash.py")


@pytest.fixture
def undrawn(request, monkeypatch):
    """Runs write an empty picture, unless the parameter is False: drawing takes half the time of a toy."""
    if getattr(request, "param", True):
        monkeypatch.setattr("bounds.plot.plot_checks", lambda *_, **__: None)
        monkeypatch.setattr("bounds.plot.figure_bytes", lambda _: EMPTY)


@pytest.fixture
def calls(tmp_path, monkeypatch):
    """How often each toy was built so far: a function of its name."""
    folder = tmp_path / "calls"
    folder.mkdir()
    monkeypatch.setenv("REGRETCHECK_TOYS", str(folder))

    def count(name: str) -> int:
        path = folder / name
        return len(path.read_text()) if path.exists() else 0

    return count
