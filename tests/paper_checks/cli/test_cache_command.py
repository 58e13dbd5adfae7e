"""`regretcheck cache`: what is kept is shown, and deleted when asked."""

import json

import pytest

from online_sim.engines.cache import load_source
from paper_checks.cli.main import main


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of two kernels, a result and a file of the user's."""
    monkeypatch.setenv("REGRETCHECK_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("REGRETCHECK_RESULTS_MB")
    load_source("number = 1  # shown\n", prefix="shown")
    load_source("number = 2  # shown\n", prefix="shown")
    (tmp_path / "cache" / "notes.txt").write_text("mine")
    (tmp_path / "cache" / "results").mkdir(mode=0o700)
    (tmp_path / "cache" / "results" / f"{'0' * 64}.result").write_bytes(b"x" * 200_000)
    yield tmp_path / "cache"
    import sys

    for name in [name for name in sys.modules if name.startswith("regretcheck_shown_")]:
        del sys.modules[name]


def test_the_cache_is_shown(folder, capsys):
    """Folder, number, size and limits."""
    assert main(["cache"]) == 0
    told = capsys.readouterr().out
    assert f"folder:  {folder}\n" in told
    assert "kept:    2 kernels, 0.0 MB\n" in told
    assert "limit:   2000 kernels, 500 MB ($REGRETCHECK_CACHE_MB)\n" in told
    assert "kept:    1 result, 0.2 MB\nlimit:   1000 MB ($REGRETCHECK_RESULTS_MB)\n" in told


def test_the_cache_is_cleared(folder, capsys):
    """The kernels and the results go, the user's own file stays."""
    assert main(["cache", "--clear", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["deleted"], found["kernels"], found["bytes"]) == (2, 0, 0)
    assert found["results"] == {"kept": 0, "bytes": 0, "deleted": 1, "limit_bytes": 10**9}
    assert [p.name for p in folder.rglob("*") if p.is_file()] == ["notes.txt"]


def test_a_wrong_limit_is_wrong_use(folder, capsys, monkeypatch):
    """Exit code 2 and one line."""
    monkeypatch.setenv("REGRETCHECK_CACHE_MB", "lots")
    assert main(["cache"]) == 2
    assert capsys.readouterr().err == (
        "error: `REGRETCHECK_CACHE_MB` = 'lots' must be a number of megabytes, such as 500\n"
    )
