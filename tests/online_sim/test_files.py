"""Files are written whole or not at all, and an error says where and what to do."""

import errno
import os
from pathlib import Path

import pytest

from online_sim.files import REMEDIES, write_bytes


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_leaves_nothing_half_written(tmp_path, monkeypatch):
    """The old file stays whole, no temporary one is left, and the error names the path and the remedy."""
    path = tmp_path / "results.json"
    write_bytes(path, b"old")
    plain = os.open

    def full(name, flags, mode=0o777):
        os.close(plain(name, flags, mode))
        return plain("/dev/full", os.O_WRONLY)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", full)
        with pytest.raises(OSError, match="free some space there, or name another folder") as caught:
            write_bytes(path, b"new" * 100_000)
    assert caught.value.errno == errno.ENOSPC
    assert str(caught.value).startswith(f"cannot write {str(path)!r}: No space left on device; ")
    assert [p.name for p in tmp_path.iterdir()] == ["results.json"]
    assert path.read_bytes() == b"old"
    write_bytes(path, b"new")
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("number", sorted(REMEDIES))
@pytest.mark.parametrize("step", ["open", "replace", "mkdir"])
def test_every_error_names_the_path_and_a_remedy(number, step, tmp_path, monkeypatch):
    """Whichever step fails, the error has its own class and number, in one line."""

    def fail(*_, **__):
        raise OSError(number, os.strerror(number))

    path = tmp_path / "deep" / "file"
    with monkeypatch.context() as patch:
        patch.setattr(os if step == "open" else Path, step, fail)
        with pytest.raises(type(OSError(number, ""))) as caught:
            write_bytes(path, b"new")
    assert caught.value.errno == number
    assert str(caught.value) == f"cannot write {str(path)!r}: {os.strerror(number)}; {REMEDIES[number]}"
    assert not [p for p in tmp_path.rglob("*") if p.is_file()]


def test_an_interrupt_leaves_nothing_either(tmp_path, monkeypatch):
    """An interrupt between writing and renaming passes on as it is."""

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_bytes(tmp_path / "file", b"new")
    assert list(tmp_path.iterdir()) == []


def test_permissions_are_those_asked_for(tmp_path):
    """By default those of any new file; a private file is for its owner alone."""
    before = os.umask(0o022)
    try:
        write_bytes(tmp_path / "usual", b"")
        write_bytes(tmp_path / "private", b"", mode=0o600)
    finally:
        os.umask(before)
    assert [(tmp_path / n).stat().st_mode & 0o777 for n in ("usual", "private")] == [0o644, 0o600]
