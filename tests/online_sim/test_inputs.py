"""What a game read is noted: files, folders, modules; what was installed, compiled or written is not."""

from __future__ import annotations

import importlib
import os
import sqlite3
import sys
from pathlib import Path

import numpy as np
import pytest

from online_sim.inputs import ABSENT, CHANGED, THERE, digest_of, own, unchanged
from online_sim.noting import loaded_modules, recording


def names(seen, folder: Path) -> dict[str, str]:
    """What was noted in a folder, by its name there."""
    return {
        Path(path).relative_to(folder).as_posix(): digest
        for path, digest in seen.inputs.items()
        if Path(path).is_relative_to(folder)
    }


def read_text(path: Path) -> None:
    """Python's own way."""
    path.read_text()


def read_loadtxt(path: Path) -> None:
    """Through a library."""
    np.loadtxt(path)


def read_descriptor(path: Path) -> None:
    """Below Python's files."""
    os.close(os.open(path, os.O_RDONLY))


def read_mapped(path: Path) -> None:
    """Through the memory."""
    np.memmap(path, dtype=np.uint8, mode="r")


def read_and_write(path: Path) -> None:
    """Opened for both."""
    path.open("r+").close()


@pytest.mark.parametrize(
    "read", [read_text, read_loadtxt, read_descriptor, read_mapped], ids=lambda f: f.__name__
)
def test_a_file_that_is_read_is_noted(tmp_path: Path, read) -> None:
    """However it is opened; a change of one byte is seen, and changing it back is no change."""
    path = tmp_path / "data.txt"
    path.write_text("1 2\n")
    with recording() as seen:
        read(path)
    assert names(seen, tmp_path) == {"data.txt": digest_of(str(path))}
    assert unchanged(seen.inputs)
    path.write_text("1 3\n")
    assert not unchanged(seen.inputs)
    path.write_text("1 2\n")
    assert unchanged(seen.inputs)


def test_what_is_read_outside_of_a_recording_is_not_noted(tmp_path: Path) -> None:
    """The control: before and after, nothing is seen."""
    path = tmp_path / "data.txt"
    path.write_text("1")
    path.read_text()
    with recording() as seen:
        pass
    path.read_text()
    assert names(seen, tmp_path) == {}


def test_a_file_that_was_looked_for_is_noted_as_absent(tmp_path: Path) -> None:
    """When it comes into being, the answer may be another one."""
    path = tmp_path / "override.csv"
    with recording() as seen, pytest.raises(FileNotFoundError):
        path.read_text()
    assert names(seen, tmp_path) == {"override.csv": ABSENT}
    path.write_text("1")
    assert not unchanged(seen.inputs)


@pytest.mark.parametrize("ask", [Path.exists, Path.is_file, os.path.exists, lambda p: os.access(p, os.R_OK)])
def test_who_asks_whether_a_file_is_there_depends_on_it(tmp_path: Path, ask) -> None:
    """It comes into being, or goes: both are changes; another content is none, for nobody looked inside."""
    missing, there = tmp_path / "missing.csv", tmp_path / "there.csv"
    there.write_text("1")
    with recording() as seen:
        assert [ask(path) for path in (missing, there)] == [False, True]
    assert names(seen, tmp_path) == {"missing.csv": ABSENT, "there.csv": THERE}
    there.write_text("2")
    assert unchanged(seen.inputs)
    missing.write_text("1")
    assert not unchanged(seen.inputs)
    missing.unlink()
    there.unlink()
    assert not unchanged(seen.inputs)


def test_who_asks_and_then_reads_depends_on_the_content(tmp_path: Path) -> None:
    """In either order what was read counts."""
    for order in (1, -1):
        path = tmp_path / f"{order}.csv"
        path.write_text("1")
        with recording() as seen:
            for use in (path.exists, path.read_text)[::order]:
                use()
        assert names(seen, tmp_path) == {path.name: digest_of(str(path))}


def test_os_is_as_it_was_afterwards() -> None:
    """Questions are noted during a recording only."""
    before = os.stat, os.access
    with recording():
        assert os.stat is not before[0]
        assert os.stat in os.supports_follow_symlinks
    assert (os.stat, os.access) == before


def test_a_module_that_was_not_there_is_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An optional helper that is added later is another input; so is one that shadows the one found."""
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    (second / "found_by_inputs.py").write_text("A = 1\n")
    monkeypatch.syspath_prepend(second)
    monkeypatch.syspath_prepend(first)
    try:
        with recording() as seen:
            with pytest.raises(ImportError):
                importlib.import_module("optional_of_inputs")
            assert importlib.import_module("found_by_inputs").A == 1
        for added in (second / "optional_of_inputs.py", first / "found_by_inputs.py"):
            assert unchanged(seen.inputs)
            added.write_text("A = 2\n")
            assert not unchanged(seen.inputs)
            added.unlink()
    finally:
        sys.modules.pop("found_by_inputs", None)


def test_a_folder_that_is_listed_is_noted(tmp_path: Path) -> None:
    """One file more is a change; what Python leaves, and the folder of a run, is none."""
    (tmp_path / "a.csv").write_text("1")
    with recording() as seen:
        assert len(list(tmp_path.glob("*.csv"))) == 1
    assert names(seen, tmp_path).keys() == {"."}
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "out" / "partial").mkdir(parents=True)
    assert unchanged(seen.inputs)
    (tmp_path / "b.csv").write_text("1")
    assert not unchanged(seen.inputs)


def test_a_file_that_changes_while_it_is_used_is_never_taken_again(tmp_path: Path) -> None:
    """Two readings saw two contents: no content now is both."""
    path = tmp_path / "data.txt"
    path.write_text("1")
    with recording() as seen:
        path.read_text()
        os.truncate(path, 0)
        path.read_text()
    assert names(seen, tmp_path) == {"data.txt": CHANGED}
    assert not unchanged(seen.inputs)


def test_what_is_made_meanwhile_counts_as_it_was_left(tmp_path: Path) -> None:
    """A cache that the first run writes and a temporary file that is gone play nothing again."""
    cache, moved, temporary = (tmp_path / name for name in ("cache.txt", "moved.txt", "temporary.txt"))
    with recording() as seen:
        with pytest.raises(FileNotFoundError):
            cache.read_text()
        cache.write_text("made")
        cache.read_text()
        with pytest.raises(FileNotFoundError):
            moved.read_text()
        temporary.write_text("1")
        temporary.read_text()
        temporary.rename(moved)
    assert unchanged(seen.inputs)
    moved.write_text("2")
    assert not unchanged(seen.inputs)


def test_a_file_that_is_written_only_is_no_input(tmp_path: Path) -> None:
    """What a game leaves behind does not decide what it was."""
    with recording() as seen:
        (tmp_path / "log.txt").write_text("1")
    assert names(seen, tmp_path) == {}


def test_a_database_is_noted(tmp_path: Path) -> None:
    """sqlite opens its file without Python."""
    path = tmp_path / "data.db"
    path.write_bytes(b"")
    with recording() as seen:
        sqlite3.connect(path).close()
    assert names(seen, tmp_path).keys() == {"data.db"}


def test_a_module_is_noted_by_its_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A helper and the helper's helper; no compiled code is left, in which a quick change would go unseen."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "first_helper_of_inputs.py").write_text(
        "import second_helper_of_inputs as other\nA = other.A\n"
    )
    (tmp_path / "second_helper_of_inputs.py").write_text("A = 0.3\n")
    try:
        with recording() as seen:
            assert importlib.import_module("first_helper_of_inputs").A == 0.3
        assert {"first_helper_of_inputs.py", "second_helper_of_inputs.py"} <= names(seen, tmp_path).keys()
        assert not (tmp_path / "__pycache__").exists()
        (tmp_path / "second_helper_of_inputs.py").write_text("A = 0.9\n")
        assert not unchanged(seen.inputs)
        # Who uses what is loaded already depends on what was executed, not on what the file holds now.
        assert (
            loaded_modules()[str(tmp_path / "second_helper_of_inputs.py")]
            == seen.inputs[str(tmp_path / "second_helper_of_inputs.py")]
        )
    finally:
        for name in ("first_helper_of_inputs", "second_helper_of_inputs"):
            sys.modules.pop(name, None)


def test_what_versions_speak_for_is_nobodys_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package, the standard library, site-packages, devices and compiled kernels are no inputs."""
    monkeypatch.setenv("REGRETCHECK_CACHE", str(tmp_path / "kernels"))
    foreign = [
        np.__file__,
        os.__file__,
        str(Path(digest_of.__code__.co_filename)),
        "/proc/cpuinfo",
        "/dev/null",
    ]
    foreign += [str(tmp_path / "kernels" / "k.py"), str(tmp_path / "__pycache__" / "x.nbi")]
    assert [path for path in foreign if own(path)] == []
    assert own(str(tmp_path / "theorem.py"))
    assert own(__file__)


def test_a_relative_name_is_another_file_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read as `data.csv` is looked at from where one is; an absolute path is one place."""
    for place in ("here", "there"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "data.csv").write_text(place)
    monkeypatch.chdir(tmp_path / "here")
    with recording() as relative:
        Path("data.csv").read_text()
    with recording() as absolute:
        Path("data.csv").absolute().read_text()
    assert unchanged(relative.inputs)
    monkeypatch.chdir(tmp_path / "there")
    assert not unchanged(relative.inputs)
    assert unchanged(absolute.inputs)
    with recording() as moved:
        monkeypatch.chdir(tmp_path / "here")
        Path("data.csv").read_text()
    assert str(tmp_path / "here" / "data.csv") in moved.inputs


def test_recordings_are_nested(tmp_path: Path) -> None:
    """The outer one sees what the inner one sees."""
    path = tmp_path / "data.txt"
    path.write_text("1")
    with recording() as outer:
        with recording() as inner:
            path.read_text()
        assert names(inner, tmp_path) == names(outer, tmp_path) == {"data.txt": digest_of(str(path))}


def test_the_hook_never_raises(tmp_path: Path) -> None:
    """Names that are no text, or that do not exist, fail as they do without it."""
    with recording():
        for bad in (b"\xff\xfe", "a\0b", str(tmp_path / ("x" * 300))):
            with pytest.raises((OSError, ValueError)):
                open(bad)  # noqa: SIM115
        os.close(os.dup(1))
