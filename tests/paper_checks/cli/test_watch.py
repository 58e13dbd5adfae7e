"""The program runs in a child: signals reach it once, its last word counts, neither outlives the other."""

import os
import signal
import subprocess
import sys
import time
from itertools import product
from pathlib import Path

import pytest

from levels import mostly_slow

COMMAND = [sys.executable, "-c", "import sys; from paper_checks.cli.main import main; sys.exit(main())"]
SLOW = str(Path(__file__).parent.with_name("toys_slow.py"))

WATCHED = """
import os, signal, sys, time
from paper_checks.cli.watch import watched

def work():
    {work}
    return 3

sys.exit(watched(work))
"""


def small(work, **more):
    """A watched piece of work in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", WATCHED.format(work=work)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, start_new_session=True, stdin=subprocess.DEVNULL, **more,
    )  # fmt: skip


def children(pid):
    """The processes that a process has made."""
    return [int(c) for c in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def alive(pid):
    """Whether a process is there and no zombie."""
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


def eventually(true, seconds=10.0):
    """Whether something becomes so in time."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.parametrize(
    ("work", "code", "said"),
    [
        ("pass", 3, ""),
        ("sys.stdout.write('x' * 100_000)", 3, ""),
        ("os._exit(0)", 2, "error: the program vanished before its end"),
        ("os._exit(3)", 2, "error: the program vanished before its end"),
        ("os.kill(os.getpid(), signal.SIGKILL)", 137, "error: the program was ended by SIGKILL"),
        ("os.kill(os.getpid(), signal.SIGABRT)", 134, "error: the program was ended by SIGABRT"),
        ("os.kill(os.getpid(), signal.SIGTERM)", 143, ""),
        (
            "from paper_checks.run.guard import guarded; from threading import Thread\n"
            "    with guarded():\n        Thread(target=os._exit, args=(0,)).start(); time.sleep(30)",
            2,
            "error: the program vanished before its end",
        ),
        ("1 / 0", 1, "ZeroDivisionError"),
        ("raise SystemExit(0)", 1, "SystemExit"),
        ("sys.stdout.close()", 3, ""),
        ("os.close(1); os.close(2)", 3, ""),
    ],
    ids=lambda value: str(value)[:30],
)
def test_the_last_word_of_the_child_counts(work, code, said):
    """A code that was told is the code; without one it is an error, not what the child happened to say."""
    process = small(work)
    out, err = process.communicate(timeout=60)
    assert process.returncode == code
    assert said in err
    assert len(out) == (100_000 if "100_000" in work else 0)


def test_what_is_not_the_commands_own_output_goes_aside():
    """Descriptor 1 of the child is the error stream; what it writes to standard output is the output."""
    process = small("os.write(1, b'theirs'); os.system('echo from a shell'); sys.stdout.write('ours')")
    out, err = process.communicate(timeout=60)
    assert out == "ours"
    assert "theirs" in err
    assert "from a shell" in err


WAITS = (
    "heard = []; signal.signal(signal.SIG{0}, lambda *_: heard.append(1)); sys.stdout.write('ready\\n'); "
    "sys.stdout.flush(); time.sleep(1.5); sys.stdout.write(f'heard {{len(heard)}}\\n')"
)


@pytest.mark.parametrize(
    ("to", "name"),
    mostly_slow(
        product(["one", "both"], ["INT", "TERM", "HUP"]),
        # An interrupt both ways, the request to end of a process alone.
        lambda _, to, name: name == "INT" or (to, name) == ("one", "TERM"),
    ),
)
def test_a_signal_arrives_once(to, name):
    """Sent to the process that was started, or to both by a terminal: the one that works gets it once."""
    process = small(WAITS.format(name))
    assert process.stdout.readline() == "ready\n"
    number = getattr(signal, f"SIG{name}")
    (os.kill if to == "one" else os.killpg)(process.pid, number)
    out, err = process.communicate(timeout=60)
    assert out == "heard 1\n", err
    assert process.returncode == 3


def test_a_killed_watcher_takes_the_child_with_it():
    """SIGKILL cannot be passed on: the child notices that the other end is gone."""
    process = small("sys.stdout.write('ready\\n'); sys.stdout.flush(); time.sleep(60)")
    assert process.stdout.readline() == "ready\n"
    (child,) = children(process.pid)
    assert alive(child)
    process.kill()
    process.communicate()
    assert eventually(lambda: not alive(child))


def test_an_interrupt_of_the_started_process_alone_is_an_interrupt(tmp_path):
    """`kill -INT` of a run: exit code 130, one sentence, and what was finished is kept."""
    out = tmp_path / "out"
    with subprocess.Popen(
        [*COMMAND, "run", SLOW, "--out", str(out), "--jobs", "1"], stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL, start_new_session=True,
    ) as process:  # fmt: skip
        assert eventually((out / "partial" / "toy_plain.json").exists, 60)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.count("interrupted; 1 of 2 tasks are finished") == 1
    assert "Traceback" not in err
