"""Code is loaded from folders that nobody else can write to, whatever the environment says."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from online_sim import places
from online_sim.places import UnfitFolderError, cache_folder, private_folder, set_folder_of

PACKAGES = Path(places.__file__).parents[1]


@pytest.fixture
def chosen(tmp_path, monkeypatch):
    """A folder that the user chose, not made yet, in a process that has said nothing."""
    monkeypatch.setattr(places, "SAID", set())
    monkeypatch.setattr(places, "FRESH", {})
    monkeypatch.setenv("REGRETCHECK_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def open_to_others(folder):
    """A folder that everybody can write to."""
    folder.mkdir()
    folder.chmod(0o777)


def open_to_the_group(folder):
    """A folder that a group can write to."""
    folder.mkdir()
    folder.chmod(0o770)


def link_to_others(folder):
    """A link to a folder that everybody can write to."""
    open_to_others(folder.with_name("open"))
    folder.symlink_to(folder.with_name("open"))


def open_inside(folder):
    """A fine folder in which everybody can write to the part that machine code is loaded from."""
    folder.mkdir(mode=0o700)
    open_to_others(folder / "__pycache__")


def link_inside(folder):
    """A fine folder whose part for machine code is a link to an open one."""
    folder.mkdir(mode=0o700)
    link_to_others(folder / "__pycache__")


def file_in_the_way(folder):
    """A file."""
    folder.write_text("in the way")


def link_to_nowhere(folder):
    """A link whose target is not there."""
    folder.symlink_to(folder.with_name("nowhere"))


UNFIT = [
    open_to_others, open_to_the_group, link_to_others, open_inside, link_inside, file_in_the_way,
    link_to_nowhere,
]  # fmt: skip


@pytest.mark.parametrize("make", UNFIT, ids=lambda make: make.__name__)
def test_an_unfit_folder_is_replaced_by_a_fresh_one(make, chosen, capfd):
    """The fresh folder is private and always the same; one line names the variable and the remedy."""
    make(chosen)
    folder = cache_folder()
    assert folder == cache_folder()
    assert not folder.is_relative_to(chosen.parent)
    for place in (folder, folder / "__pycache__"):
        assert place.lstat().st_mode & 0o777 == 0o700
        assert place.lstat().st_uid == os.getuid()
    told = capfd.readouterr().err
    assert told.count("\n") == 1
    assert told.startswith("regretcheck: `REGRETCHECK_CACHE`: ")
    assert str(chosen) in told
    assert "chmod 700" in told


def test_a_folder_of_another_user_is_replaced(chosen, monkeypatch, capfd):
    """Whatever its mode: its owner could change what lies in it."""
    chosen.mkdir(mode=0o700)
    assert cache_folder() == chosen
    monkeypatch.setattr(os, "getuid", lambda: chosen.stat().st_uid + 1)
    if chosen.stat().st_uid == 0:
        os.chown(chosen, 12345, -1)
    assert cache_folder() != chosen
    assert "belongs to another user" in capfd.readouterr().err


def test_a_link_to_a_private_folder_serves(chosen, capfd):
    """What it points to is used, so that the link cannot be turned elsewhere afterwards."""
    target = chosen.with_name("target")
    target.mkdir(mode=0o700)
    chosen.symlink_to(target)
    assert cache_folder() == target
    assert capfd.readouterr().err == ""


def test_a_new_folder_is_private(chosen):
    """Both are made for their owner only, whatever the umask."""
    before = os.umask(0)
    try:
        folder = cache_folder()
    finally:
        os.umask(before)
    assert folder == chosen
    assert {p.stat().st_mode & 0o777 for p in (folder, folder / "__pycache__")} == {0o700}


def test_a_relative_folder_is_meant_from_here(tmp_path, monkeypatch):
    """Workers may start elsewhere: the path is made absolute."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REGRETCHECK_CACHE", "cache")
    assert cache_folder() == tmp_path / "cache"


@pytest.mark.parametrize("home", [None, "nowhere", "file"])
def test_without_a_home_a_temporary_folder_serves(home, tmp_path, monkeypatch, capfd):
    """HOME that is unset, absent or no folder: `regretcheck-UID` among the temporary files, silently."""
    monkeypatch.delenv("REGRETCHECK_CACHE", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(places.tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    (tmp_path / "file").write_text("no folder")
    if home is None:
        monkeypatch.delenv("HOME", raising=False)
        monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # as for a user without an entry
    else:
        monkeypatch.setenv("HOME", str(tmp_path / home))
    assert cache_folder() == tmp_path / "temporary" / f"regretcheck-{os.getuid()}"
    assert not (tmp_path / "nowhere").exists()
    assert not Path("~").exists()
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("make", [open_to_others, link_to_others, open_inside], ids=lambda m: m.__name__)
def test_a_temporary_folder_that_others_prepared_is_not_used(make, tmp_path, monkeypatch, capfd):
    """The name among the temporary files is known to everybody: what lies there already is looked at."""
    monkeypatch.setattr(places, "SAID", set())
    monkeypatch.setattr(places, "FRESH", {})
    monkeypatch.delenv("REGRETCHECK_CACHE", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "nowhere"))
    monkeypatch.setattr(places.tempfile, "tempdir", str(tmp_path))
    prepared = tmp_path / f"regretcheck-{os.getuid()}"
    make(prepared)
    folder = cache_folder()
    assert folder not in (prepared, prepared.resolve())
    assert folder.lstat().st_mode & 0o777 == 0o700
    assert str(prepared) in capfd.readouterr().err


def test_a_fresh_folder_is_removed_at_the_end(tmp_path):
    """Nothing stays among the temporary files."""
    open_to_others(tmp_path / "cache")
    (tmp_path / "temporary").mkdir()
    environment = {
        **os.environ,
        "REGRETCHECK_CACHE": str(tmp_path / "cache"),
        "TMPDIR": str(tmp_path / "temporary"),
    }
    code = (
        "from online_sim.engines.cache import load_source\n"
        "print(load_source('n = 7\\n', prefix='test').__file__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(str(tmp_path / "temporary"))
    assert list((tmp_path / "temporary").iterdir()) == []
    assert list((tmp_path / "cache").iterdir()) == []
    assert done.stderr.count("\n") == 1


def test_a_folder_without_rights_cannot_be_written(tmp_path, monkeypatch):
    """It is refused as unwritable, which is no danger."""
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write anywhere
    with pytest.raises(UnfitFolderError, match="cannot be written") as caught:
        private_folder(tmp_path)
    assert not caught.value.dangerous


def test_other_libraries_get_a_private_folder(chosen, tmp_path, monkeypatch, capfd):
    """A variable that names a private folder stays; an unset one, or an open folder, is replaced by ours."""
    monkeypatch.setenv("SOME_CACHE", str(tmp_path / "own"))
    set_folder_of("SOME_CACHE", "some")
    assert os.environ["SOME_CACHE"] == str(tmp_path / "own")
    (tmp_path / "own").chmod(0o777)
    set_folder_of("SOME_CACHE", "some")
    assert os.environ["SOME_CACHE"] == str(chosen / "some")
    assert "$SOME_CACHE" in capfd.readouterr().err
    monkeypatch.delenv("SOME_CACHE")
    set_folder_of("SOME_CACHE", "some")
    assert os.environ["SOME_CACHE"] == str(chosen / "some")


GAME = """
import numpy as np
from online_sim.domains import Simplex
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from theory.algorithms.sgd import SGD
from theory.losses.linear import LINEAR
from theory.symbols import x
from bounds.plot import plot_checks
from bounds.verdict import Check, Verdict
import online_sim
rows = ArrayStream(np.ones((2, 3)))
play(Game(SGD, LINEAR, rows, Simplex(3), horizon=2, parameters={"alpha": 0.1}), record=[x], engine="numba")
t = np.arange(1, 50)
s = np.sqrt(t)
plot_checks([Check("a.b.C", Verdict.HOLDS, "", t, s, s, 2 * s, 2 * s, 3 * s, 2.0, 1, None)])
print(online_sim.__file__)
"""


def without_rights():
    """A command that takes from root the right to write anywhere; a skip where there is none."""
    if os.getuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("root can write anywhere, and there is no setpriv here to take that right")
    return ["setpriv", "--inh-caps=-all", "--bounding-set=-dac_override,-dac_read_search"]


@pytest.mark.slow
def test_a_read_only_package_plays_without_a_home(tmp_path):
    """Neither the package, nor the home, nor numba's or matplotlib's own folders can be written."""
    for name in ("home", "temporary", "installed"):
        (tmp_path / name).mkdir()
    for name in ("theory", "online_sim", "bounds", "paper_checks"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(PACKAGES / name, tmp_path / "installed" / name, ignore=ignored)
    closed = [tmp_path / "home", tmp_path / "installed", *(tmp_path / "installed").rglob("*/")]
    for folder in closed:
        folder.chmod(0o555)
    hidden = {"REGRETCHECK_CACHE", "XDG_CACHE_HOME", "MPLCONFIGDIR"}
    environment = {
        **{k: v for k, v in os.environ.items() if k not in hidden},
        "HOME": str(tmp_path / "home"),
        "TMPDIR": str(tmp_path / "temporary"),
        "PYTHONPATH": str(tmp_path / "installed"),
    }
    command = [*without_rights(), sys.executable, "-c"]
    probe = f"open({str(tmp_path / 'home' / 'probe')!r}, 'w')"
    options = {"env": environment, "cwd": tmp_path, "capture_output": True, "text": True}
    try:
        assert "Permission denied" in subprocess.run([*command, probe], check=False, **options).stderr
        done = subprocess.run([*command, GAME], check=False, **options)
    finally:
        for folder in closed:
            folder.chmod(0o755)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(str(tmp_path / "installed"))
    made = tmp_path / "temporary" / f"regretcheck-{os.getuid()}"
    assert list(made.rglob("*.nbc"))
    assert list(made.rglob("fontlist-*.json"))
