"""The command `regretcheck bench`: choosing, showing, writing, exit codes."""

import json
import subprocess
import sys
from contextlib import nullcontext
from importlib.resources import files

import jsonschema
import pytest

from paper_checks.bench.row import BenchRow, Case, Contender, Goal, Peer
from paper_checks.cli import bench
from paper_checks.cli.main import main

SCHEMA = json.loads((files("paper_checks.bench") / "results.schema.json").read_text(encoding="utf-8"))


def contender(name, answer=1.0, needs=()):
    """One who does nothing, with this result."""
    return Contender(name, lambda _: lambda: {"x": answer}, 1, needs)


def row(identifier, *peers):
    """A row of one case."""
    case = Case(f"{identifier}.1", "a toy", "step", contender("ours"), peers, goal=Goal(below=60.0))
    return BenchRow(identifier, "a toy", lambda _: [case])


@pytest.fixture(autouse=True)
def toys(monkeypatch):
    """Two toy rows instead of the package's, and no change to the environment of the other tests."""
    rows = (
        row("good", Peer(contender("peer")), Peer(contender("absent", needs=("no_such_module",)))),
        row("wrong", Peer(contender("peer", 2.0))),
    )
    monkeypatch.setattr("paper_checks.bench.registry.bench_rows", lambda: rows)
    monkeypatch.setattr(bench, "limited_threads", lambda _: nullcontext())


def test_all_rows_are_measured_and_a_wrong_peer_is_exit_code_1(capsys):
    """Without a name every row is shown; a peer that computes something else fails the run."""
    assert main(["bench"]) == 1
    shown = capsys.readouterr().out
    assert "good.1" in shown
    assert "its results differ from ours" in shown
    assert "Goals: 2 met, 1 not run, 1 refused" in shown


def test_a_missing_peer_is_no_failure(capsys):
    """Chosen by its row, its case or JSON, the good row ends with exit code 0 and says what is missing."""
    for arguments in (["good"], ["good.1"], ["good", "--json"]):
        assert main(["bench", *arguments]) == 0
        said = capsys.readouterr().out
        assert "no_such_module is not installed: pip install 'regretcheck[bench]'" in " ".join(said.split())
        assert "wrong.1" not in said


def test_a_goal_that_is_not_met_is_a_finding(monkeypatch, capsys):
    """Exit code 0 says that it was measured, not that it was fast."""
    slow = Case("slow", "a toy", "step", contender("ours"), goal=Goal(below=1e-12))
    monkeypatch.setattr(
        "paper_checks.bench.registry.bench_rows", lambda: (BenchRow("slow", "a toy", lambda _: [slow]),)
    )
    assert main(["bench"]) == 0
    assert "not met" in capsys.readouterr().out


def test_json_alone_on_the_output_and_the_same_in_a_file(tmp_path, capsys):
    """`--json` prints the record, `--out` writes the same one, whole, under the time of the run."""
    assert main(["bench", "good", "--json", "--threads", "2", "--out", str(tmp_path / "new")]) == 0
    printed = json.loads(capsys.readouterr().out)
    jsonschema.validate(printed, SCHEMA)
    (path,) = (tmp_path / "new").iterdir()
    assert json.loads(path.read_text(encoding="utf-8")) == printed
    assert path.name == printed["date"][:10] + "T" + printed["date"][11:16].replace(":", "") + ".json"
    assert printed["command"] == "regretcheck bench good --threads 2"
    assert printed["threads"] == 2


def test_wrong_use_is_exit_code_2(tmp_path, capsys):
    """An unknown row is answered with the nearest, an unknown device and a useless folder with the reason."""
    occupied = tmp_path / "file"
    occupied.touch()
    for arguments, said in (
        (["goood"], "no row of the benchmark is called 'goood'; did you mean good"),
        (["xyz"], "rows: good, wrong, good.1, wrong.1"),
        (["--device", "tpu"], "`--device` = 'tpu' is unknown; known: auto, cpu, cuda"),
        (["good", "--out", str(occupied)], "cannot write to `--out`"),
    ):
        assert main(["bench", *arguments]) == 2
        assert said in capsys.readouterr().err


LIMITS = """
import os, sys
from paper_checks.cli.bench import limited_threads

os.environ["XLA_FLAGS"] = "--xla_own=1"
os.environ.pop("NUMBA_NUM_THREADS", None)
before = dict(os.environ)
if "early" in sys.argv:
    import numba
with limited_threads(1):
    import numba
    names = "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NPROC"
    assert {os.environ[name] for name in names} == {"1"}
    assert os.environ["XLA_FLAGS"].startswith("--xla_own=1 --xla_cpu_multi_thread_eigen=false ")
    assert numba.get_num_threads() == 1
kept = {} if "early" in sys.argv else {"NUMBA_NUM_THREADS": "1"}
assert dict(os.environ) == before | kept
@numba.njit(parallel=True)
def count(n):
    total = 0
    for k in numba.prange(n):
        total += k
    return total
assert count(9) == 36
"""


@pytest.mark.parametrize("when", ["early", "late"])
def test_every_library_is_told_how_many_threads(when):
    """The environment and numba say so, and afterwards both are as before, so that numba still compiles."""
    command = [sys.executable, "-c", LIMITS, when]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_quick_run_of_real_rows(tmp_path):
    """In a process of its own two real rows run in seconds, agree, and leave a valid record."""
    code = "import sys; from paper_checks.cli.main import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "bench", "round.1", "start", "--quick", "--json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    content = json.loads(done.stdout)
    jsonschema.validate(content, SCHEMA)
    assert [r["id"] for r in content["rows"]] == ["round.1", "start"]
    assert {b["outcome"] for r in content["rows"] for b in r["beside"]} <= {"MEASURED", "ABSENT"}
