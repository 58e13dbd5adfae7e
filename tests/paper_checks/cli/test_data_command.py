"""`regretcheck data` without data, with the real ones, and with a damaged file."""

import json

import pytest

from paper_checks.cli.main import main
from paper_checks.experiments.images import mnist
from paper_checks.experiments.images.registry import load


@pytest.fixture(autouse=True)
def no_data(monkeypatch, tmp_path):
    """Neither the environment nor the user's folder names any data."""
    monkeypatch.delenv("REGRETCHECK_DATA", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "80")


def printed(capsys):
    """What was printed, in lines that fit and as one line."""
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    return " ".join(" ".join(lines).split())


def test_what_is_missing_is_named(capsys):
    """Without any data: where it looked, three rows, and for each the files to fetch, at 80 columns."""
    assert main(["data"]) == 0
    told = printed(capsys)
    assert "the usual folder; --data or $REGRETCHECK_DATA names another" in told
    assert told.count(" missing ") == 3
    for file in ("train-images-idx3-ubyte", "data_batch_1.bin", "train.bin", "cifar-10-binary.tar.gz"):
        assert file in told


def test_it_says_why_it_looked_there(capsys, monkeypatch, tmp_path):
    """The option, or the variable."""
    assert main(["data", "--data", str(tmp_path)]) == 0
    assert "(--data)" in printed(capsys)
    monkeypatch.setenv("REGRETCHECK_DATA", str(tmp_path))
    assert main(["data"]) == 0
    assert "($REGRETCHECK_DATA)" in printed(capsys)


def test_a_file_that_is_missing_among_others_is_named(capsys, tmp_path):
    """One of the four is there."""
    (tmp_path / "mnist").mkdir()
    (tmp_path / "mnist" / mnist.FILES[0]).write_bytes(b"")
    assert main(["data", "--data", str(tmp_path)]) == 0
    assert f"there is no {', '.join(mnist.FILES[1:])} in " in printed(capsys)


def test_real_data_are_shown(capsys, shared_data):
    """MNIST is whole; the others are parts, and their files are named."""
    assert main(["data", "--data", str(shared_data), "--json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)["data"]}
    assert (rows["mnist"]["state"], rows["mnist"]["train"], rows["mnist"]["test"]) == ("here", 60_000, 10_000)
    assert rows["cifar10"]["sha256"] == load("cifar10", shared_data).sha256
    assert (rows["cifar100"]["state"], rows["cifar100"]["train"]) == ("part", 0)
    assert len(rows["cifar100"]["compared"]) == 11
    assert main(["data", "--data", str(shared_data)]) == 0
    told = printed(capsys)
    assert rows["mnist"]["sha256"][:12] in told
    assert "cifar10: for the whole data set put into" in told
    assert "mnist: for the whole" not in told
    assert "mnist: the sha256 of 4 files is the one in PROVENANCE.txt" in told


def test_a_damaged_file_is_a_finding(capsys, tmp_path):
    """Exit code 1, and its path."""
    (tmp_path / "cifar100").mkdir()
    (tmp_path / "cifar100" / "train.bin").write_bytes(b"short")
    (tmp_path / "cifar100" / "test.bin").write_bytes(b"short")
    assert main(["data", "--data", str(tmp_path), "--json"]) == 1
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)["data"]}
    assert rows["cifar100"]["state"] == "damaged"
    assert "train.bin: it has 5 bytes, expected 153700000" in rows["cifar100"]["message"]
    assert main(["data", "--data", str(tmp_path)]) == 1
    assert "it has 5 bytes" in printed(capsys)
