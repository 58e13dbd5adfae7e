"""Compiled kernels on disk: whatever happens to a file there is seen before it is loaded."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numba
import pytest

from online_sim.engines import sealed_kernels
from online_sim.engines.sealed_kernels import DamagedFileError, check_seal, sealed

SOURCE = """
from numba import njit

@njit("float64(float64, int64)", cache=True)
def kernel(u, n):
    for _ in range(n):
        u = u + u - 1.0
    return u
"""

DAMAGES = {
    "emptied": lambda content, rng, others: b"",
    "cut": lambda content, rng, others: content[: rng.randrange(len(content))],
    "flipped": lambda content, rng, others: flipped(content, rng.randrange(8 * len(content))),
    "replaced": lambda content, rng, others: rng.choice(others),
    "noise": lambda content, rng, others: rng.randbytes(len(content)),
    "appended": lambda content, rng, others: content + b"\0",
}


def flipped(content, bit):
    """The content with one bit changed."""
    changed = bytearray(content)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def damage_and_load(rounds, seed):
    """Damage a file of a small kernel, or all of them, and load it again, many times over; how many times."""
    import random

    from online_sim.engines.cache import load_source
    from online_sim.places import cache_folder

    rng = random.Random(seed)
    for number in range(rounds):
        first = load_source(SOURCE, prefix="numba")
        assert first.kernel(2.0, 3) == 9.0
        files = sorted(p for p in cache_folder().rglob("*") if p.is_file())
        assert {p.suffix for p in files} == {".py", ".nbi", ".nbc"}
        whole = {path: path.read_bytes() for path in files}
        way = list(DAMAGES)[number // (len(files) + 1) % len(DAMAGES)]
        chosen = files[number % (len(files) + 1) :][:1] or files
        for path in chosen:
            others = [content for other, content in whole.items() if content != whole[path]]
            path.write_bytes(DAMAGES[way](whole[path], rng, others))
            assert path.read_bytes() != whole[path]
        damaged = {path: path.read_bytes() for path in chosen}
        del sys.modules[first.__name__]
        again = load_source(SOURCE, prefix="numba")
        assert again.kernel(2.0, 3) == 9.0
        for path, content in damaged.items():
            assert not path.exists() or path.read_bytes() != content, path.name
        del sys.modules[first.__name__]
    return rounds


def play_damaged(folder, rounds, seed, *, before=""):
    """`damage_and_load` in a process of its own, which a damaged kernel may end."""
    code = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        f"{before}\nfrom {Path(__file__).stem} import damage_and_load\n"
        f"print(damage_and_load({rounds}, {seed}))"
    )
    return subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "REGRETCHECK_CACHE": str(folder)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_every_damage_is_seen_and_mended(tmp_path):
    """Files that are emptied, cut, flipped or replaced: the kernel gives the same, and one line says so."""
    done = play_damaged(tmp_path / "cache", 36, seed=0)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout == "36\n"
    lines = done.stderr.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("regretcheck: a kept kernel is deleted and")


def test_without_the_seal_the_damage_ends_the_process(tmp_path):
    """The same damages on files that nobody checks: the control."""
    unseal = "from online_sim.engines import sealed_kernels; sealed_kernels.check_seal = open"
    done = play_damaged(tmp_path / "cache", 36, seed=0, before=unseal)
    assert done.returncode != 0


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 4))
def test_very_many_damages(seed, tmp_path):
    """Ninety damages a seed, at other places of the files."""
    done = play_damaged(tmp_path / "cache", 90, seed=seed)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout == "90\n"


def test_processes_that_compile_at_once_do_not_harm_each_other(tmp_path):
    """Four processes find no kernel, and each makes it; whoever comes after loads it, silently."""
    code = (
        f"from online_sim.engines.cache import load_source\n"
        f"print(load_source({SOURCE!r}, prefix='numba').kernel(2.0, 3))"
    )
    environment = {**os.environ, "REGRETCHECK_CACHE": str(tmp_path / "cache")}

    def begin():
        return subprocess.Popen(
            [sys.executable, "-c", code], env=environment, stdout=-1, stderr=-1, text=True
        )

    for process in [begin() for _ in range(4)]:
        assert process.communicate() == ("9.0\n", "")
    assert begin().communicate() == ("9.0\n", "")


def test_a_seal_holds_for_one_name(tmp_path):
    """A whole file under another file's name is refused, and so is a link; under its own name it passes."""
    path = tmp_path / "a.nbc"
    path.write_bytes(sealed("a.nbc", b"content"))
    check_seal(path)
    (tmp_path / "b.nbc").write_bytes(path.read_bytes())
    with pytest.raises(DamagedFileError, match="does not match its digest"):
        check_seal(tmp_path / "b.nbc")
    (tmp_path / "link").mkdir()
    (tmp_path / "link" / "a.nbc").symlink_to(path)
    with pytest.raises(DamagedFileError, match="cannot be read"):
        check_seal(tmp_path / "link" / "a.nbc")


def test_a_file_that_others_can_write_is_not_loaded(tmp_path):
    """Its digest is right, but anybody could have made it so."""
    path = tmp_path / "a.nbc"
    path.write_bytes(sealed("a.nbc", b"content"))
    path.chmod(0o666)
    with pytest.raises(DamagedFileError, match="can be written by others \\(mode 0666\\)"):
        check_seal(path)


def test_kernels_of_the_package_lie_in_the_same_folder(tmp_path, monkeypatch):
    """Those of projections too: nothing is written where the package is installed."""
    monkeypatch.setenv("REGRETCHECK_CACHE", str(tmp_path / "cache"))
    from online_sim.domains.kernels import box

    cache = sealed_kernels.KernelCache(box.project_box.py_func)
    assert cache.cache_path == str(tmp_path / "cache" / "__pycache__")
    assert not Path(box.project_box.stats.cache_path).is_relative_to(Path(box.__file__).parent)


def test_functions_of_others_are_left_alone(tmp_path, monkeypatch):
    """A user's own compiled function is kept where numba keeps it."""
    monkeypatch.setenv("REGRETCHECK_CACHE", str(tmp_path / "cache"))
    names = {}
    path = tmp_path / "own.py"
    path.write_text("def own(u):\n    return u\n")
    exec(compile(path.read_text(), str(path), "exec"), names)
    assert numba.njit(cache=True)(names["own"])(7) == 7
    (kept,) = (tmp_path / "__pycache__").glob("own*.nbc")
    with pytest.raises(DamagedFileError, match="does not match its digest"):
        check_seal(kept)
    assert not (tmp_path / "cache").exists()
