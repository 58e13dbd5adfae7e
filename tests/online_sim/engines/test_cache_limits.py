"""The folder of kernels stays small, and nothing else in it is touched."""

import os

import pytest

from online_sim.engines import cache_limits
from online_sim.engines.cache import load_source
from online_sim.engines.cache_limits import LIMIT_VARIABLE, clear, kernels, limit_bytes, shrink


def name_of(number):
    """The name of a made-up kernel."""
    return f"regretcheck_numba_{number:020x}"


def make(folder, number, size, used):
    """A made-up kernel: a source, its index and its code."""
    (folder / "__pycache__").mkdir(parents=True, exist_ok=True)
    base = f"{name_of(number)}.kernel-8-s{number:012x}.py311"
    for path in (
        folder / f"{name_of(number)}.py",
        folder / "__pycache__" / f"{base}.nbi",
        folder / "__pycache__" / f"{base}.{number:016x}.nbc",
    ):
        path.write_bytes(bytes(size))
        os.utime(path, (used, used))


FOREIGN = (
    "notes.py", "regretcheck_numba_1.py", "regretcheck.txt", "__pycache__/notes.cpython-311.pyc",
    "__pycache__/notes.kernel-8.py311.nbi", ".hidden.tmp",
)  # fmt: skip


def make_foreign(folder):
    """Files of the user, as in a project's folder."""
    (folder / "__pycache__").mkdir(parents=True, exist_ok=True)
    for name in FOREIGN:
        (folder / name).write_text("mine")


def test_the_least_recently_used_go_first(tmp_path, monkeypatch):
    """What is beyond the limit goes, oldest use first, with all its files, and nothing of others."""
    monkeypatch.setenv(LIMIT_VARIABLE, "0.9")
    make_foreign(tmp_path)
    for number, used in enumerate((5000, 1000, 4000, 2000)):
        make(tmp_path, number, 100_000, used)
    assert [k.name for k in kernels(tmp_path)] == [name_of(n) for n in (1, 3, 2, 0)]
    assert shrink(tmp_path) == 1
    assert [k.name for k in kernels(tmp_path)] == [name_of(n) for n in (3, 2, 0)]
    assert shrink(tmp_path) == 0
    monkeypatch.setattr(cache_limits, "KERNELS", 1)
    assert shrink(tmp_path) == 2
    assert [(k.name, len(k.files), k.size) for k in kernels(tmp_path)] == [(name_of(0), 3, 300_000)]
    assert all((tmp_path / name).read_text() == "mine" for name in FOREIGN)


def test_all_of_ours_can_be_deleted(tmp_path):
    """Nothing of ours is left, temporary files included, and all of the user's."""
    make_foreign(tmp_path)
    make(tmp_path, 1, 10, 1000)
    (tmp_path / f".{name_of(1)}.py.0123456789ab.tmp").write_text("half")
    assert clear(tmp_path) == 1
    assert {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()} == set(FOREIGN)


def test_files_that_a_killed_process_left_are_swept(tmp_path):
    """A temporary file goes after an hour, not while another process may write it."""
    old, new = (tmp_path / f".{name_of(n)}.py.0123456789ab.tmp" for n in (1, 2))
    old.write_text("half")
    new.write_text("half")
    os.utime(old, (1000, 1000))
    shrink(tmp_path)
    assert (old.exists(), new.exists()) == (False, True)


def test_new_kernels_keep_the_limit(tmp_path, monkeypatch):
    """A process that makes kernel after kernel looks now and then; what it uses is the newest."""
    monkeypatch.setenv("REGRETCHECK_CACHE", str(tmp_path))
    monkeypatch.setenv(LIMIT_VARIABLE, "0.001")
    monkeypatch.setattr(cache_limits, "EVERY", 1)
    for number in range(5):
        load_source(f"number = {number}\n" + "# so that it is long\n" * 20, prefix="limit")
    left = kernels(tmp_path)
    assert len(left) == 2
    assert "number = 4" in left[-1].files[0].read_text()


def test_what_is_used_again_is_not_the_oldest(tmp_path, monkeypatch):
    """Loading a source from the disk marks it as used now."""
    import sys

    monkeypatch.setenv("REGRETCHECK_CACHE", str(tmp_path))
    module = load_source("number = 1  # used again\n", prefix="limit")
    os.utime(module.__file__, (1000, 1000))
    monkeypatch.delitem(sys.modules, module.__name__)
    load_source("number = 1  # used again\n", prefix="limit")
    assert kernels(tmp_path)[0].used > 1000


@pytest.mark.parametrize("said", ["much", "-1", "nan", "inf"])
def test_a_wrong_limit_is_one_clear_line(said, monkeypatch):
    """The variable, its value and what it should be."""
    monkeypatch.setenv(LIMIT_VARIABLE, said)
    with pytest.raises(ValueError, match=f"`REGRETCHECK_CACHE_MB` = '{said}' must be a number of megabytes"):
        limit_bytes()
