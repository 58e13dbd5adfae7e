"""`regretcheck data` without data, with the real ones, and with a damaged file."""

import json

import pytest

from paper_checks.cli.main import main
from paper_checks.experiments.images.registry import load


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """No data set is kept from another test."""
    monkeypatch.delenv("REGRETCHECK_DATA", raising=False)
    load.cache_clear()
    yield
    load.cache_clear()


def test_what_is_missing_is_named(capsys, monkeypatch):
    """Without any data: three rows, and for each the files to fetch, at 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["data"]) == 0
    printed = capsys.readouterr().out
    assert printed.count("missing") == 3
    for file in ("train-images-idx3-ubyte", "data_batch_1.bin", "train.bin"):
        assert file in printed
    assert "in the folder of --data" in printed


def test_real_data_are_shown(capsys, shared_data):
    """MNIST is whole; the others are parts, and their files are named."""
    assert main(["data", "--data", str(shared_data), "--json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)["data"]}
    assert (rows["mnist"]["state"], rows["mnist"]["train"], rows["mnist"]["test"]) == ("here", 60_000, 10_000)
    assert rows["cifar10"]["sha256"] == load("cifar10", shared_data).sha256
    assert rows["cifar100"]["train"] == 0
    assert main(["data", "--data", str(shared_data)]) == 0
    printed = capsys.readouterr().out
    assert "For all of cifar10" in printed
    assert "For all of mnist" not in printed


def test_a_damaged_file_is_a_finding(capsys, tmp_path):
    """Exit code 1, and its path."""
    (tmp_path / "cifar100").mkdir()
    (tmp_path / "cifar100" / "train.bin").write_bytes(b"short")
    (tmp_path / "cifar100" / "test.bin").write_bytes(b"short")
    assert main(["data", "--data", str(tmp_path), "--json"]) == 1
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)["data"]}
    assert rows["cifar100"]["state"] == "damaged"
    assert "train.bin has 5 bytes" in rows["cifar100"]["message"]
