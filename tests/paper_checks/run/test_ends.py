"""Whatever ends a run, nobody outlives it, nothing is half-written, and --resume gives the same results."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

from paper_checks.cli.main import main
from paper_checks.run.record import load_record

TOYS = str(Path(__file__).parent.with_name("toys_pausing.py"))
CODE = "import sys; from paper_checks.cli.main import main; sys.exit(main(sys.argv[1:]))"
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129, signal.SIGKILL: -9}
LIMIT = 10
"""Seconds after which nothing may be left."""

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs Linux's /proc")


def start(mark, *arguments, code=CODE):
    """A process whose children can be found by a mark in their environment, with pipes that they inherit."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)], env={**os.environ, "ENDS_MARK": str(mark)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def alive(mark):
    """The processes with a mark."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            if f"ENDS_MARK={mark}\0".encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except (OSError, ValueError):
            continue
    return found


def await_until(condition, process, seconds=90):
    """Wait for a condition while a process runs."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)


def end(process, mark, number, *, group=False):
    """Send a signal; the exit code, and what was said, once nobody holds the pipes; nobody is left."""
    began = time.monotonic()
    (os.killpg if group else os.kill)(process.pid, number)
    try:
        said = process.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        left = alive(mark)
        os.killpg(process.pid, signal.SIGKILL)
        pytest.fail(f"{left} are alive {LIMIT} s after {number!r}")
    while alive(mark):
        assert time.monotonic() - began < LIMIT, alive(mark)
        time.sleep(0.05)
    return process.returncode, *said


def check_whole(out):
    """Every file of a run is whole: no temporary one, and each record can be read."""
    assert not list(out.rglob("*.tmp"))
    for path in out.rglob("partial/**/*.json"):
        assert load_record(path.read_bytes()).results


def rows(out):
    """The results of a run up to the time it took."""
    found = json.loads((out / "results.json").read_bytes())
    for row in found:
        row.pop("seconds")
    return json.dumps(found)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The results of one process that nobody disturbs."""
    out = tmp_path_factory.mktemp("undisturbed")
    assert main(["run", TOYS, "--out", str(out), "--jobs", "1"]) == 0
    return rows(out)


def check_resumed(out, undisturbed):
    """What is there is whole, and going on gives what nobody disturbed gives."""
    check_whole(out)
    assert main(["run", TOYS, "--out", str(out), "--jobs", "1", "--resume"]) == 0
    assert rows(out) == undisturbed


@pytest.mark.parametrize(
    ("number", "group"),
    [
        pytest.param(signal.SIGINT, True, id="terminal"),
        pytest.param(signal.SIGTERM, False, id="term", marks=pytest.mark.slow),
        pytest.param(signal.SIGTERM, True, id="timeout", marks=pytest.mark.slow),
        pytest.param(signal.SIGHUP, False, id="hangup", marks=pytest.mark.slow),
        # The plain tests of a kill: a worker ends with its parent, and test_backends.py for the records.
        pytest.param(signal.SIGKILL, False, id="kill", marks=pytest.mark.slow),
    ],
)
def test_a_run_of_two_workers_ends_as_a_whole(number, group, undisturbed, tmp_path, monkeypatch):
    """One task is finished and one is at work: the code says what ended it, and the rest can be resumed."""
    monkeypatch.setenv("REGRETCHECK_PAUSE", str(tmp_path))
    out = tmp_path / "out"
    process = start(tmp_path, "run", TOYS, "--out", out, "--jobs", "2")
    await_until(lambda: (tmp_path / "toy_b.pid").exists() and list(out.glob("partial/*.json")), process)
    assert len(alive(tmp_path)) >= 3
    code, _, error = end(process, tmp_path, number, group=group)
    assert code == CODES[number]
    if number != signal.SIGKILL:
        assert error.splitlines()[-1].startswith("interrupted; ")
        assert "Traceback" not in error
    check_resumed(out, undisturbed)


@pytest.mark.slow
def test_a_killed_worker_leaves_nobody_either(undisturbed, tmp_path, monkeypatch):
    """A worker is killed, then the parent: the worker that came instead ends too."""
    monkeypatch.setenv("REGRETCHECK_PAUSE", str(tmp_path))
    out = tmp_path / "out"
    process = start(tmp_path, "run", TOYS, "--out", out, "--jobs", "2")
    await_until((tmp_path / "toy_b.pid").exists, process)
    os.kill(int((tmp_path / "toy_b.pid").read_text()), signal.SIGKILL)
    assert end(process, tmp_path, signal.SIGTERM)[0] == 143
    check_resumed(out, undisturbed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_a_run_ends_at_any_moment(seed, undisturbed, tmp_path, monkeypatch):
    """A signal, to the run or to all of its processes, at a random moment after it is loaded."""
    rng = random.Random(seed)
    number = rng.choice(list(CODES))
    monkeypatch.setenv("REGRETCHECK_PAUSE", str(tmp_path))
    out = tmp_path / "out"
    process = start(tmp_path, "run", TOYS, "--out", out, "--jobs", "2")
    await_until(out.exists, process)
    time.sleep(rng.uniform(0, 8))
    assert end(process, tmp_path, number, group=rng.random() < 0.5)[0] == CODES[number]
    monkeypatch.delenv("REGRETCHECK_PAUSE")
    check_resumed(out, undisturbed)


@pytest.mark.slow
@pytest.mark.skipif(find_spec("distributed") is None, reason="the extra `dask` is absent")
@pytest.mark.parametrize("seed", range(8))
def test_a_dask_run_ends_at_any_moment(seed, undisturbed, tmp_path, monkeypatch):
    """The same with workers of Dask, while its cluster is made too; nobody prints where he was."""
    rng = random.Random(seed)
    number = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL][seed % 4]
    monkeypatch.setenv("REGRETCHECK_PAUSE", str(tmp_path))
    out = tmp_path / "out"
    process = start(tmp_path, "run", TOYS, "--out", out, "--jobs", "2", "--backend", "dask")
    await_until(out.exists, process)
    time.sleep(rng.uniform(0, 15))
    code, _, error = end(process, tmp_path, number, group=seed < 4)
    assert code == CODES[number]
    if number != signal.SIGKILL:
        assert "Traceback" not in error
    monkeypatch.delenv("REGRETCHECK_PAUSE")
    check_resumed(out, undisturbed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_an_endless_search_ends_at_any_moment(seed, tmp_path):
    """`falsify --seconds inf` is interrupted at a random moment, inside libraries that swallow errors too."""
    rng = random.Random(seed)
    number = rng.choice([signal.SIGINT, signal.SIGTERM])
    process = start(tmp_path, "falsify", "ogd.sqrt", "--seconds", "inf")
    time.sleep(rng.uniform(3, 10))
    assert process.poll() is None
    assert end(process, tmp_path, number)[0] == CODES[number]


def ended(body, *, again=0.5, last=60.0):
    """How a small program under `ends` ends after SIGTERM: its code, what it printed, the seconds."""
    code = (
        "import sys, time\nimport paper_checks.run.ends as module\n"
        "from paper_checks.run.ends import ends, uninterrupted\n"
        f"module.AGAIN, module.LAST, module.LOOK = {again}, {last}, 0.1\n"
        f"with ends() as ended:\n    print('ready', flush=True)\n{body}\nsys.exit(ended.code(0))"
    )
    process = start("small", code=code)
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.2)
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=30)
    return process.returncode, out, time.monotonic() - began


def test_a_swallowed_interrupt_comes_again():
    """A library that catches everything, once or twice, does not keep the program alive."""
    code, _, seconds = ended(
        "    for _ in range(2):\n        try: time.sleep(60)\n        except BaseException: pass\n"
        "    try: time.sleep(60)\n    except KeyboardInterrupt: pass"
    )
    assert code == 143
    assert 0.9 < seconds < 20


def test_a_program_that_swallows_everything_ends_at_last():
    """Whatever it does, some seconds after the signal it is gone."""
    code, _, seconds = ended(
        "    while True:\n        try: time.sleep(60)\n        except BaseException: pass", last=2.0
    )
    assert code == 143
    assert 1.9 < seconds < 20


def test_an_interrupt_that_became_another_error_is_one(monkeypatch, capsys):
    """A library turns it into an error of its own: the exit code still says what ended the program."""
    import paper_checks.cli.listing as listing

    def interrupted(_):
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        except BaseException:
            raise RuntimeError("cannot load") from None

    def broken(_):
        raise RuntimeError("cannot load")

    monkeypatch.setattr(listing, "list_command", interrupted)
    assert main(["list"]) == 143
    monkeypatch.setattr(listing, "list_command", broken)
    assert main(["list"]) == 2
    assert capsys.readouterr().err.endswith("error: RuntimeError: cannot load\n")


def test_an_interrupt_waits_for_what_must_be_whole():
    """What is opened or closed as a whole is finished first, and the interrupt comes right after it."""
    code, out, _ = ended(
        "    try:\n"
        "        with uninterrupted():\n            time.sleep(1); print('whole', flush=True)\n"
        "        print('never')\n"
        "    except KeyboardInterrupt: print('then')"
    )
    assert (code, out) == (143, "whole\nthen\n")


def test_an_ignored_signal_stays_ignored():
    """Under nohup a hangup ends nothing."""
    code = (
        "import os, signal\nfrom paper_checks.run.ends import ends\n"
        "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "with ends() as ended:\n    os.kill(os.getpid(), signal.SIGHUP)\n"
        "assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN\nraise SystemExit(ended.code(0))"
    )
    process = start("ignored", code=code)
    assert process.communicate(timeout=30) == ("", "")
    assert process.returncode == 0


def test_handlers_are_put_back():
    """A program that uses the command line as a function keeps its own handlers."""
    before = [signal.getsignal(number) for number in CODES]
    assert main(["--version"]) == 0
    assert [signal.getsignal(number) for number in CODES] == before


def test_a_worker_ends_with_its_parent(tmp_path):
    """A process that was told its parent's number ends when that is killed; one that was not goes on."""
    child = (
        "import os, sys, time\nfrom paper_checks.run.ends import end_with\n"
        "if sys.argv[1] == 'told': end_with(int(sys.argv[2]))\n"
        "print(os.getpid(), flush=True)\ntime.sleep(60)"
    )
    parent = (
        "import os, subprocess, sys, time\n"
        f"subprocess.Popen([sys.executable, '-c', {child!r}, sys.argv[1], str(os.getpid())])\n"
        "time.sleep(60)"
    )
    for how in ("told", "not"):
        mark = tmp_path / how
        process = start(mark, how, code=parent)
        number = int(process.stdout.readline())
        process.kill()
        process.wait()
        time.sleep(1)
        left = alive(mark)
        assert left == ([] if how == "told" else [number])
        for one in left:
            os.kill(one, signal.SIGKILL)
        process.communicate()


def test_a_parent_that_is_gone_already_is_seen(tmp_path):
    """A worker that is told the number of another process than its parent ends at once."""
    code = "import time\nfrom paper_checks.run.ends import end_with\nend_with(1 << 30)\ntime.sleep(60)"
    process = start(tmp_path, code=code)
    process.communicate(timeout=30)
    assert process.returncode == 1
