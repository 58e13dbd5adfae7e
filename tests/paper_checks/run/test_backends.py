"""One run in one process, in two, or on a cluster: the same results, whoever is killed on the way."""

import json
import os
import signal
import subprocess
import sys
import time
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import pytest

from paper_checks.cli.main import main
from paper_checks.run import pool as pool_module
from paper_checks.run.pool import Lost, open_pool
from paper_checks.run.record import load_record
from paper_checks.run.store import record_path

TOYS = str(Path(__file__).parent.with_name("toys_pausing.py"))
CLUSTER = pytest.param(
    "dask", marks=pytest.mark.skipif(find_spec("distributed") is None, reason="the extra `dask` is absent")
)
RAY = pytest.param(
    "ray", marks=pytest.mark.skipif(find_spec("ray") is None, reason="the extra `ray` is absent")
)
KILLED = ["loky", pytest.param("dask", marks=[*CLUSTER.marks, pytest.mark.slow])]
CODE = "import sys; from paper_checks.cli.main import main; sys.exit(main(sys.argv[1:]))"


def start(*arguments):
    """A run in a process group of its own, so that all of it can be killed."""
    return subprocess.Popen(
        [sys.executable, "-c", CODE, "run", *map(str, arguments)],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def rows(out):
    """The results of a run up to the time it took."""
    found = json.loads((out / "results.json").read_bytes())
    for row in found:
        row.pop("seconds")
    return json.dumps(found)


def await_file(path, process):
    """Wait until a file is there."""
    deadline = time.monotonic() + 90
    while not path.exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The results of one process that nobody kills."""
    out = tmp_path_factory.mktemp("undisturbed")
    assert main(["run", TOYS, "adal.claim.2", "--out", str(out), "--jobs", "1"]) == 0
    return rows(out)


# The plain test of Dask: a cluster that is there already finds the same.
@pytest.mark.parametrize("backend", [*KILLED, RAY])
def test_two_workers_find_what_one_finds(backend, undisturbed, tmp_path):
    """results.json of two workers is that of one process, byte for byte, up to the seconds."""
    arguments = ["run", TOYS, "adal.claim.2", "--out", str(tmp_path), "--jobs", "2", "--backend", backend]
    assert main(arguments) == 0
    assert rows(tmp_path) == undisturbed
    main(["run", TOYS, "adal.claim.2", "--out", str(tmp_path), "--jobs", "1", "--seed", "1"])
    assert rows(tmp_path) != undisturbed  # the comparison sees a difference


@pytest.mark.parametrize("backend", KILLED)
def test_a_killed_worker_changes_no_result(backend, undisturbed, tmp_path, monkeypatch):
    """The worker of the second game is killed in its midst; the run ends well, with the same results."""
    monkeypatch.setenv("REGRETCHECK_PAUSE", str(tmp_path))
    out = tmp_path / "out"
    process = start(TOYS, "adal.claim.2", "--out", out, "--jobs", "2", "--backend", backend)
    await_file(tmp_path / "toy_b.pid", process)
    os.kill(int((tmp_path / "toy_b.pid").read_text()), signal.SIGKILL)
    _, error = process.communicate(timeout=120)
    assert process.returncode == 0, error
    assert rows(out) == undisturbed
    assert (tmp_path / "toy_b.calls").read_text() == "xx"  # it was done again
    assert (tmp_path / "toy_c.calls").exists()


@pytest.mark.parametrize("backend", KILLED)
def test_a_killed_run_goes_on_where_it_was(backend, undisturbed, tmp_path, monkeypatch):
    """All processes are killed; --resume does what is missing and touches no record that was finished."""
    monkeypatch.setenv("REGRETCHECK_PAUSE", str(tmp_path))
    out = tmp_path / "out"
    process = start(TOYS, "adal.claim.2", "--out", out, "--jobs", "2", "--backend", backend)
    await_file(record_path(out, "toy_a"), process)
    await_file(tmp_path / "toy_b.pid", process)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert not record_path(out, "toy_b").exists()
    before = {p: p.stat().st_mtime_ns for p in out.rglob("partial/**/*.json")}
    again = ["run", TOYS, "adal.claim.2", "--out", str(out), "--resume", "--backend", backend, "--jobs", "2"]
    assert main(again) == 0
    assert rows(out) == undisturbed
    assert {p: p.stat().st_mtime_ns for p in before} == before
    assert (tmp_path / "toy_a.calls").read_text() == "x"


def test_claims_audits_and_certificates_are_resumed(tmp_path):
    """What plays no game is stored as well: a second run does none of it again."""
    names = ["adal.claim.2", "reddi_stream"]
    assert main(["run", *names, "--out", str(tmp_path), "--jobs", "1"]) == 0
    first = (tmp_path / "results.json").read_bytes()
    records = {p: p.stat().st_mtime_ns for p in (tmp_path / "partial").rglob("*.json")}
    assert {p.parent.name for p in records} == {"partial", "claims", "audits"}
    assert main(["run", *names, "--out", str(tmp_path), "--jobs", "1", "--resume"]) == 0
    assert (tmp_path / "results.json").read_bytes() == first
    assert {p: p.stat().st_mtime_ns for p in records} == records
    assert all(load_record(p.read_bytes()).results for p in records)


def test_a_task_that_kills_every_worker_is_given_up_alone():
    """It is tried three times and lost; a slow call beside it is not blamed, whatever dies around it."""
    calls = [partial(os._exit, 1), partial(_slowly, 7), partial(pow, 2, 5)]
    with open_pool("loky", 2) as pool:
        found = dict(pool.results(calls))
    assert isinstance(found[0], Lost)
    assert "died 3 times" in found[0].reason
    assert (found[1], found[2]) == (7, 32)


def test_a_worker_that_leaves_to_free_its_memory_is_replaced(monkeypatch):
    """loky ends a worker that grew and warns of it; a warning that is an error must not stop it."""
    monkeypatch.setattr(pool_module, "GROWTH", 300_000_000)
    found = _grown(5)
    assert {index: value for index, (value, _) in found.items()} == {k: k for k in range(5)}
    assert len({worker for _, worker in found.values()}) > 2  # the control: a worker did leave


def test_a_worker_may_grow_by_what_a_run_compiles():
    """A new worker imports everything again, so 400 MB, more than loky allows, are no reason to leave."""
    assert len({worker for _, worker in _grown(4).values()}) <= 2


def _grown(tasks):
    with open_pool("loky", 2) as pool:
        return dict(pool.results([partial(_grow, value) for value in range(tasks)]))


KEPT: list[bytearray] = []


def _grow(value):
    # loky looks at a worker's memory once a second.
    KEPT.append(bytearray(b"x") * 400_000_000)
    time.sleep(1.1)
    return value, os.getpid()


def _slowly(value):
    time.sleep(0.5)
    return value


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--backend", "slurm"], "`--backend` = 'slurm' is unknown; known: loky, dask, ray"),
        (["--scheduler", "tcp://127.0.0.1:1"], "add --backend dask or ray"),
        (["--seeds", "8:0"], "`--seeds` = '8:0' must be FIRST:END"),
        (["--grid", "alpha"], "`--grid` = 'alpha' must be NAME=NUMBER"),
        (["--grid", "alhpa=1"], "`grid` names 'alhpa', which toy_a has not; known: alpha"),
    ],
)
def test_wrong_use_is_one_clear_line(arguments, message, tmp_path, capsys):
    """Exit code 2, and the remedy."""
    assert main(["run", TOYS, "--out", str(tmp_path), *arguments]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("backend", ["dask", "ray"])
def test_a_backend_that_is_not_installed_names_its_extra(backend, tmp_path, capsys, monkeypatch):
    """The remedy is the line to type."""
    monkeypatch.setitem(sys.modules, {"dask": "distributed"}.get(backend, backend), None)
    assert main(["run", TOYS, "--out", str(tmp_path), "--backend", backend]) == 2
    assert f"pip install 'regretcheck[{backend}]'" in capsys.readouterr().err


@pytest.mark.skipif(find_spec("distributed") is None, reason="the extra `dask` is absent")
def test_a_cluster_that_is_there_already_is_used(undisturbed, tmp_path, monkeypatch):
    """The workers at an address find the same; workers that run other code do nothing and say so."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50) as cluster:
        where = ["--backend", "dask", "--scheduler", cluster.scheduler_address]
        assert main(["run", TOYS, "adal.claim.2", "--out", str(tmp_path / "same"), *where]) == 0
        assert rows(tmp_path / "same") == undisturbed
        monkeypatch.setattr("paper_checks.run.tasks.program_digest", lambda: "of another version")
        assert main(["run", TOYS, "--out", str(tmp_path / "other"), *where]) == 1
    found = json.loads(rows(tmp_path / "other"))
    assert {row["error"] for row in found} == {
        "the worker runs other code or other versions than the run; install the same there"
    }


@pytest.mark.skipif(find_spec("distributed") is None, reason="the extra `dask` is absent")
def test_a_scheduler_that_does_not_answer_is_one_clear_line(tmp_path, capsys, monkeypatch):
    """Nothing hangs: after the time that a cluster is given, the run ends."""
    monkeypatch.setattr("paper_checks.run.pool.SECONDS", 1)
    arguments = ["--backend", "dask", "--scheduler", "tcp://127.0.0.1:1"]
    assert main(["run", TOYS, "--out", str(tmp_path), *arguments]) == 2
    assert "`--scheduler` = 'tcp://127.0.0.1:1' does not answer" in capsys.readouterr().err
