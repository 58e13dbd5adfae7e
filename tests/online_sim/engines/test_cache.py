"""Generated source on disk and in memory."""

from __future__ import annotations

import gc
import os
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest

from online_sim.engines import range_watch
from online_sim.engines.cache import interpret_source, load_source
from online_sim.places import ENVIRONMENT_VARIABLE, cache_folder


def test_the_folder_is_the_users_choice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment variable names the folder, which is made."""
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(tmp_path / "deep" / "cache"))
    folder = cache_folder()
    assert folder.relative_to(tmp_path).as_posix() == "deep/cache"
    assert folder.is_dir()


def test_a_folder_that_cannot_be_made_falls_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file in the way, or no right to write: a temporary folder serves."""
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(tmp_path / "file"))
    folder = cache_folder()
    assert folder.is_dir()
    assert os.access(folder, os.W_OK)
    assert folder != tmp_path / "file"


def test_the_same_text_is_one_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Written and imported once; another text is another module."""
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(tmp_path))
    text = f"number = {len(str(tmp_path))}\nplace = {str(tmp_path)!r}\n"
    first = load_source(text, prefix="test")
    assert load_source(text, prefix="test") is first
    other = load_source(text + "number = 0\n", prefix="test")
    assert first.number == len(str(tmp_path))
    assert other.number == 0
    assert len(list(tmp_path.glob("*.py"))) == 2


@pytest.mark.parametrize("collects", [True, False])
@pytest.mark.parametrize("text", ["", "raise KeyError('the source is wrong')"])
def test_nothing_is_collected_while_source_is_loaded(
    collects: bool, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Garbage collection goes on afterwards if it was on before, whatever the source does."""
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(tmp_path))
    source = f"import gc\nfound = gc.isenabled()\nplace = {str(tmp_path)!r}\n{text}\n"
    before = gc.isenabled()
    try:
        (gc.enable if collects else gc.disable)()
        with pytest.raises(KeyError, match="wrong") if text else nullcontext():
            assert not load_source(source, prefix="test").found
        assert gc.isenabled() == collects
    finally:
        (gc.enable if before else gc.disable)()


def test_a_damaged_file_is_written_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies under the name of the hash is checked against the text."""
    import sys

    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(tmp_path))
    text = f"place = {str(tmp_path)!r}\nnumber = 7\n"
    name = load_source(text, prefix="test").__name__
    (tmp_path / f"{name}.py").write_text("number = 8\n")
    monkeypatch.delitem(sys.modules, name)
    assert load_source(text, prefix="test").number == 7
    assert (tmp_path / f"{name}.py").read_text() == text


def test_source_runs_where_nothing_can_be_written(monkeypatch: pytest.MonkeyPatch, capfd) -> None:
    """A full disk costs the file, not the game; it is said in one line that names the remedy."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("online_sim.engines.cache.write_bytes", full)
    monkeypatch.setattr("online_sim.places.SAID", set())
    assert load_source("number = 8  # on a full disk\n", prefix="test").number == 8
    assert load_source("number = 9  # on a full disk\n", prefix="test").number == 9
    told = capfd.readouterr().err
    assert told.count("\n") == 1
    assert "kernels are compiled in every run" in told


def test_memory_holds_so_many_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The least recently used module is let go; one that is asked for again stays."""
    import sys

    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(tmp_path))
    monkeypatch.setattr("online_sim.engines.cache.LOADED", {})
    monkeypatch.setattr("online_sim.engines.cache.MOST_MODULES", 3)
    names = [load_source(f"number = {k}  # of many\n", prefix="many").__name__ for k in range(3)]
    assert load_source("number = 0  # of many\n", prefix="many").__name__ == names[0]
    load_source("number = 3  # of many\n", prefix="many")
    assert [name in sys.modules for name in names] == [True, False, True]


SOURCE = """
import math
from numba import njit

@njit("float64(float64)", cache=True)
def kernel(u):
    return math.exp(u) + helper(float(1) - 1)

@njit
def helper(w):
    return 1 / w
"""


def test_interpreted_source_is_plain_python() -> None:
    """Nothing is compiled; overflow and division by zero follow numpy's rules, in the precision asked for."""
    with np.errstate(all="ignore"):
        assert interpret_source(SOURCE)["kernel"](np.float64(1e4)) == np.inf
        assert interpret_source(SOURCE)["helper"](np.float64(0)) == np.inf
    assert type(interpret_source(SOURCE)["kernel"]).__name__ == "function"
    third = interpret_source("def k():\n    return float(1) / 3\n", real=np.longdouble)["k"]()
    assert third == np.longdouble(1) / 3


def test_interpreted_literals_and_functions_follow_compiled_code() -> None:
    """A literal divided by a literal zero is inf, and an exponential that vanishes is an underflow."""
    source = (
        "import math\ndef k(u):\n    return 1.0 / 0.0 + math.exp(u)\n"
        "def c(u):\n    return 1.0 / -math.expm1(u)\n"
    )
    with range_watch.watched(interpreted=True) as happened:
        assert interpret_source(source)["k"](np.float64(-800.0)) == np.inf
        assert interpret_source(source)["c"](np.float64(0.0)) == -np.inf
    assert happened == ["underflow"]
    with range_watch.watched(interpreted=True) as happened:
        interpret_source(source)["k"](np.float64(-7.0))
    assert happened == []
