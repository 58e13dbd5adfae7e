"""A theory file that ends the program, prints, hangs or offers nothing is one clear error, never green."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from itertools import product
from pathlib import Path

import pytest

from levels import mostly_slow
from paper_checks.cli.exit_codes import FROM_OUTSIDE, MEANINGS, ExitCode, codes_of, epilog, markdown
from paper_checks.cli.main import app, main
from paper_checks.run.guard import Ended, guarded, limited
from paper_checks.run.lock import NAME, locked
from warm_python import MAIN

HERE = Path(__file__).parent
TOYS = HERE / "toys.py"
COMMAND = [sys.executable, "-c", MAIN]

FILE = """
import sys, os, time
sys.path.insert(0, {here!r})
import toys
from dataclasses import dataclass, replace
from paper_checks.scenario import Scenario
from online_sim.streams.base import Stream
{loading}

@dataclass(frozen=True, eq=False)
class Mine(Stream):
    inner: object
    name, dimension, length = "mine", 1, 400

    def _block(self, start, stop):
        {playing}
        return self.inner.block(start, stop)

def build(options):
    plan = toys.game(options)
    {building}
    return plan.with_game(stream=Mine(plan.game.streams[0]))

SCENARIO = Scenario("mine", "Mine", ("toy.sgd",), build)
SCENARIOS = (toys.PLAIN,)
"""
WHEN = ("loading", "building", "playing")
ENDS = {
    "sys.exit(0)": "it ended the program (SystemExit: 0); take that out",
    "sys.exit()": "it ended the program (SystemExit: None); take that out",
    "os._exit(0)": "it called os._exit, which ends the program; take that out",
    "raise GeneratorExit": "it raised GeneratorExit, which ends the program; take that out",
    "raise KeyboardInterrupt": "it raised KeyboardInterrupt, which ends the program; take that out",
    "raise BaseException('x')": "it raised BaseException: x, which ends the program; take that out",
    "raise EOFError": "it raised EOFError, which ends the program; take that out",
    "import typer; raise typer.Exit(0)": "it raised Exit: 0, which ends the program; take that out",
}


@pytest.fixture(autouse=True)
def nowhere(tmp_path, monkeypatch, undrawn):
    """A working folder of its own, and room for a line."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)


def write(tmp_path, **code):
    """A theory file that does something when it is loaded, built or played."""
    path = tmp_path / "mine.py"
    path.write_text(FILE.format(here=str(HERE), **{**dict.fromkeys(WHEN, "pass"), **code}))
    return path


def line_with(path, text):
    """Where a text stands in a file."""
    return next(k for k, line in enumerate(path.read_text().splitlines(), start=1) if text in line)


def call(warm, *arguments, timeout=120, **environment):
    """The command in a process of its own."""
    return warm.text(MAIN, *map(str, arguments), environment={**os.environ, **environment}, timeout=timeout)


def test_a_file_that_does_nothing_wrong_is_the_control(tmp_path):
    """Played, green, both of its scenarios."""
    assert main(["run", str(write(tmp_path)), "--jobs", "1"]) == ExitCode.DONE
    rows = json.loads((tmp_path / "out" / "results.json").read_text())
    assert {row["scenario"] for row in rows} == {"mine", "toy_plain"}
    assert all(row["verdict"] for row in rows)


def each_end_in_turn(number, end, when):
    """Whether a plain test ends the program so: each end once, at each time two or three."""
    return list(ENDS).index(end) % len(WHEN) == WHEN.index(when)


@pytest.mark.parametrize(("end", "when"), mostly_slow(product(ENDS, WHEN), each_end_in_turn))
def test_who_ends_the_program_is_named_with_the_line(tmp_path, capsys, end, when):
    """Exit code 2 and one line, from wherever; what was played besides is kept."""
    path = write(tmp_path, **{when: end})
    assert main(["run", str(path), "--jobs", "1"]) == ExitCode.MISUSE
    errors = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    assert ENDS[end] in errors[0]
    assert f"mine.py, line {line_with(path, end)}" in errors[0]
    if when != "loading":
        rows = json.loads((tmp_path / "out" / "results.json").read_text())
        assert {row["scenario"] for row in rows if row["verdict"] is None} == {"mine"}
        assert {row["verdict"] for row in rows if row["scenario"] == "toy_plain"} >= {"HOLDS", "VIOLATED"}
        assert not (tmp_path / "out" / "partial" / "mine.json").exists()


COMMANDS = [
    ["run", "--jobs", "1"], ["ci", "--jobs", "1"], ["audit"], ["certify"], ["falsify", "--seconds", "1"],
    ["prove", "--horizon", "1"],
]  # fmt: skip


@pytest.mark.parametrize("when", ["loading", "building"])
@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c[0])
def test_no_command_takes_the_code_of_a_file(tmp_path, capsys, command, when):
    """Every command that loads a file answers 2, with the file and the line, not the file's own 0."""
    path = write(tmp_path, **{when: "sys.exit(0)"})
    assert main([command[0], str(path), *command[1:]]) == ExitCode.MISUSE
    err = capsys.readouterr().err
    assert f"mine.py, line {line_with(path, 'sys.exit(0)')}" in err
    assert "Traceback" not in err
    assert [line for line in err.splitlines() if line.startswith("error: ")] != []


def test_plot_takes_no_code_of_a_file_either(tmp_path, capsys):
    """The theory file of a saved trace is loaded again when it is drawn."""
    path = write(tmp_path)
    assert main(["run", str(path), "--jobs", "1"]) == 0
    write(tmp_path, building="sys.exit(0)")
    assert main(["plot", "mine"]) == ExitCode.MISUSE
    assert f"mine.py, line {line_with(path, 'sys.exit(0)')}" in capsys.readouterr().err


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("command", ["run", "ci"])
def test_a_process_that_vanishes_is_an_error(tmp_path, command, when, warm):
    """os._exit called behind Python's back: the child that does the work is missed, whatever its code was."""
    path = write(tmp_path, **{when: "import posix; posix._exit(0)"})
    done = call(warm, command, path, "--jobs", "1")
    assert done.returncode == ExitCode.MISUSE
    assert "error: the program vanished before its end" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_worker_that_vanishes_is_an_error(tmp_path, capsys):
    """With two processes the game is lost, and the others are played."""
    path = write(tmp_path, playing="import posix; posix._exit(0)")
    assert main(["run", str(path), "--jobs", "2"]) == ExitCode.MISUSE
    assert "error: mine: a worker process died" in capsys.readouterr().err
    rows = json.loads((tmp_path / "out" / "results.json").read_text())
    assert {row["verdict"] for row in rows if row["scenario"] == "toy_plain"} >= {"HOLDS", "VIOLATED"}


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_a_process_that_is_killed_says_so(tmp_path, number, warm):
    """A crash is no end without a word: its signal is named, and is the exit code."""
    path = write(tmp_path, playing=f"import signal; os.kill(os.getpid(), {int(number)})")
    done = call(warm, "ci", path, "--jobs", "1", PYTHONFAULTHANDLER="")
    assert done.returncode == 128 + number
    assert f"error: the program was ended by {number.name} before its end" in done.stderr
    assert "entries of" not in done.stdout


def test_a_code_that_was_told_counts(tmp_path, warm):
    """Who ends the process while it closes changes nothing: the last word was said."""
    path = write(tmp_path, loading="import atexit; atexit.register(lambda: __import__('posix')._exit(0))")
    assert call(warm, "ci", path, "--jobs", "1").returncode == ExitCode.FINDING
    assert call(warm, "ci", path, "--jobs", "1", "--update").returncode == ExitCode.DONE


def test_the_summary_is_the_last_line_of_ci(tmp_path, capsys):
    """Red or green: a log whose last line is another one was cut short."""
    path = write(tmp_path)
    for more, code in ([], 1), (["--update"], 0), ([], 0), (["--annotations", "github"], 0):
        assert main(["ci", str(path), "--jobs", "1", *more]) == code
        assert re.fullmatch(r"\d+ entries of 2 scenarios: .*", capsys.readouterr().out.splitlines()[-1])


NOISE = {
    "print": "print('noise \\x1b[31m')",
    "write": "sys.stdout.write('noise \\x1b[31m\\n')",
    "bytes": "sys.stdout.buffer.write(b'noise \\x1b[31m\\n')",
}


@pytest.mark.parametrize(
    ("noise", "when"),
    mostly_slow(
        product(NOISE, WHEN),
        # Each way of printing once, each time once.
        lambda _, noise, when: list(NOISE).index(noise) == WHEN.index(when),
    ),
)
def test_json_is_alone_though_the_file_prints(tmp_path, capsys, noise, when):
    """What a file prints goes to the error stream, as characters that a terminal does not obey."""
    path = write(tmp_path, **{when: NOISE[noise]})
    assert main(["run", str(path), "--jobs", "1", "--json"]) == 0
    said = capsys.readouterr()
    assert len(json.loads(said.out)) == 6
    assert "noise \\x1b[31m" in said.err
    assert "\x1b" not in said.err


@pytest.mark.parametrize("jobs", ["1", pytest.param("2", marks=pytest.mark.slow)])
def test_json_is_alone_though_a_child_of_the_file_prints(tmp_path, jobs, warm):
    """Descriptor 1 is the error stream for whatever the file starts."""
    path = write(tmp_path, loading="os.system('echo noise')", playing="os.write(1, b'noise\\n')")
    done = call(warm, "run", path, "--jobs", jobs, "--json")
    assert done.returncode == 0
    assert len(json.loads(done.stdout)) == 6
    assert done.stderr.count("noise") >= 2


HANGS = {"sleeping": "time.sleep(60)", "working": "[None for _ in iter(int, 1)]"}


def sleeping_or_working(number, hang, when):
    """Whether a plain test waits for it: one way of each time, both ways in all."""
    return (hang == "sleeping") == (when == "building")


@pytest.mark.parametrize(("hang", "when"), mostly_slow(product(HANGS, WHEN), sleeping_or_working))
def test_a_file_that_hangs_is_ended_in_time(tmp_path, capsys, hang, when):
    """`--timeout` holds for loading, building and playing; the others are played."""
    hang = HANGS[hang]
    path = write(tmp_path, **{when: hang})
    began = time.monotonic()
    assert main(["run", str(path), "--jobs", "1", "--timeout", "1.5"]) == ExitCode.MISUSE
    assert time.monotonic() - began < 20
    err = capsys.readouterr().err
    assert "it took longer than `--timeout` = 1.5 seconds" in err
    assert f"mine.py, line {line_with(path, hang)}" in err
    assert signal.getsignal(signal.SIGALRM) in {signal.SIG_DFL, None}


UNHEARD = {
    "finaliser": "class Slow:\n    def __del__(self):\n        time.sleep(2.5)\n",
    "callback": "import gc\n\ndef slow(phase, info):\n    time.sleep(2.5)\n    gc.callbacks.remove(slow)\n",
    "weak collection": (
        "import weakref\n\nclass Key:\n    pass\n\n"
        "class Slow(list):\n    def append(self, one):\n        time.sleep(2.5)\n\n"
        "WEAK = weakref.WeakKeyDictionary()\nWEAK._iterating.add(0)\nWEAK._pending_removals = Slow()\n"
    ),
}


@pytest.mark.parametrize("kind", UNHEARD)
def test_time_that_is_up_where_python_ignores_exceptions_is_up_right_after(tmp_path, kind, warm):
    """What a finaliser or a callback of the collector raises is reported and forgotten."""
    use = {
        "finaliser": "Slow()",
        "callback": "gc.callbacks.append(slow); gc.collect(0)",
        "weak collection": "WEAK[Key()] = 1",
    }[kind]
    path = write(tmp_path, loading=UNHEARD[kind], building=f"{use}\n    time.sleep(60)")
    done = call(warm, "run", path, "--jobs", "1", "--timeout", "1", timeout=60)
    assert done.returncode == ExitCode.MISUSE
    assert "it took longer than `--timeout` = 1 seconds" in done.stderr
    assert "ignored" not in done.stderr


@pytest.mark.slow
def test_code_that_catches_everything_is_ended_too(tmp_path, warm):
    """Time is up again and again; compiled code that lets nobody in is ended with its process."""
    path = write(
        tmp_path,
        loading="def stubborn():\n    while True:\n        try:\n            time.sleep(0.2)\n"
        "        except BaseException:\n            pass\n",
        building="stubborn()",
    )
    done = call(warm, "run", path, "--jobs", "1", "--timeout", "1", timeout=60)
    assert done.returncode == ExitCode.MISUSE
    assert "error: " in done.stderr


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "x"])
def test_a_timeout_is_a_number_of_seconds(tmp_path, capsys, seconds):
    """Nothing else makes sense."""
    assert main(["run", str(write(tmp_path)), "--timeout", seconds]) == ExitCode.MISUSE
    assert "--timeout" in capsys.readouterr().err


OFFERS = {
    "": "defines neither SCENARIO nor SCENARIOS",
    "SCENARIOS = 3": "line 9: SCENARIOS of mine.py is a int; make it a tuple of Scenarios",
    "SCENARIO = 'x'": "line 9: SCENARIO of mine.py is a str; make it a Scenario",
    "SCENARIOS = (toys.PLAIN, None, 3)": "line 9: SCENARIO of mine.py is a int; make it a Scenario",
    "SCENARIO = Scenario(3, 'Mine', ('toy.sgd',), toys.game)": "mine.py, line 9: ",
    "SCENARIO = Scenario('mine', 'Mine', 'toy.sgd', toys.game)": "mine.py, line 9: ",
    "SCENARIO = Scenario('mine', 'Mine', (3,), toys.game)": "mine.py, line 9: ",
    "SCENARIO = Scenario('mine', 'Mine', ('toy.sgd',), 3)": "mine.py, line 9: ",
    "SCENARIO = Scenario('mine', 'M', ('toy.sgd', 'toy.other'), toys.game)": "names 'toy.other', which its "
    "plan does not hold; it holds: toy.sgd",
    "SCENARIO = Scenario('mine', 'M', ('toy.sgd',), lambda options: None)": "line 9: `build` of mine returns "
    "a NoneType; return a Plan",
    "SCENARIO = Scenario('mine', 'M', ('toy.sgd',), lambda options: 3)": "line 9: `build` of mine returns "
    "a int",
}


def each_command_and_each_offer(number, command, offer):
    """Whether a plain test asks: `run` of every offer, each other command of two."""
    place = COMMANDS.index(command)
    return place == 0 or list(OFFERS).index(offer) in {place, place + len(COMMANDS) - 1}


@pytest.mark.parametrize(
    ("command", "offer"),
    mostly_slow(product(COMMANDS, OFFERS), each_command_and_each_offer),
    ids=lambda value: value[0] if isinstance(value, list) else None,
)
def test_what_is_no_scenario_is_one_clear_line(tmp_path, capsys, command, offer):
    """Exit code 2, the file, the line and the remedy, before anything is green."""
    path = tmp_path / "mine.py"
    head = FILE.format(here=str(HERE), loading="", building="", playing="").splitlines()[:8]
    path.write_text("\n".join([*head, offer]) + "\n")
    assert main([command[0], str(path), *command[1:]]) == ExitCode.MISUSE
    said = capsys.readouterr()
    errors = [line for line in said.err.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    assert OFFERS[offer] in errors[0]
    assert "mine.py" in errors[0]
    assert "Traceback" not in said.err


def test_a_run_into_a_folder_that_is_in_use_is_refused(tmp_path, capsys, monkeypatch):
    """It names the process that works there, plays nothing, and goes ahead once that one is dead."""
    monkeypatch.setattr("paper_checks.run.lock.PATIENCE", 0.1)
    (tmp_path / "out").mkdir()
    hold = "import time; from pathlib import Path; from paper_checks.run.lock import locked\n"
    hold += "with locked(Path('out')):\n    print('held', flush=True)\n    time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", hold], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        assert main(["run", str(TOYS), "--jobs", "1"]) == ExitCode.MISUSE
        assert f"error: `--out` = 'out' is in use by process {holder.pid} on " in capsys.readouterr().err
        assert [path.name for path in (tmp_path / "out").iterdir()] == [NAME]
        assert main(["run", str(TOYS), "--jobs", "1", "--out", "other"]) == ExitCode.DONE
        holder.kill()
    assert main(["run", str(TOYS), "--jobs", "1"]) == ExitCode.DONE
    assert not (tmp_path / "out" / NAME).exists()


def test_probes_of_a_folder_do_not_meet(tmp_path):
    """Two processes that try whether a folder can be written use names of their own: of 600 none fails."""
    probe = "from pathlib import Path; from paper_checks.cli.run import make_writable\n"
    probe += "for _ in range(300): make_writable(Path('out'))"
    tries = [subprocess.Popen([sys.executable, "-c", probe], stderr=subprocess.PIPE) for _ in range(2)]
    assert [tried.communicate()[1] for tried in tries] == [b"", b""]
    assert [tried.returncode for tried in tries] == [0, 0]
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.slow
def test_two_runs_into_one_folder_at_once_are_refused(tmp_path, warm):
    """The second says who is at work, and both keep their results: nothing is lost and nothing mixed."""
    slow = HERE / "toys_slow.py"
    with subprocess.Popen(
        [*COMMAND, "run", str(slow), "--jobs", "1"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL, start_new_session=True,
    ) as first:  # fmt: skip
        finished = tmp_path / "out" / "partial" / "toy_plain.json"
        deadline = time.monotonic() + 60
        while not finished.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        before = finished.read_bytes()
        second = call(warm, "run", TOYS, "--jobs", "1", "--seed", "5")
        assert second.returncode == ExitCode.MISUSE
        assert re.search(r"error: `--out` = 'out' is in use by process \d+ on .*toys_slow\.py", second.stderr)
        assert finished.read_bytes() == before
        assert call(warm, "run", TOYS, "--jobs", "1", "--out", "other").returncode == 0
        os.killpg(first.pid, signal.SIGKILL)
    assert call(warm, "run", TOYS, "--jobs", "1", "--seed", "5").returncode == 0  # a dead one holds nothing
    assert not (tmp_path / "out" / NAME).exists()


def test_a_folder_is_locked_once_and_freed(tmp_path):
    """One process may enter twice, another not; what a dead one left behind is no lock."""
    (tmp_path / NAME).write_text("left by a crash")
    check = "from pathlib import Path; from paper_checks.run.lock import locked\n"
    check += f"with locked(Path({str(tmp_path)!r})): pass"
    with locked(tmp_path), locked(tmp_path):
        done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=False)
        assert f"is in use by process {os.getpid()}" in done.stderr
    subprocess.run([sys.executable, "-c", check], check=True)
    assert not (tmp_path / NAME).exists()


@pytest.mark.parametrize("undrawn", [False], indirect=True)
def test_a_picture_that_fails_loses_no_verdict(tmp_path, capsys, monkeypatch):
    """The rows stay, the exit code is that of the verdicts, and a note says what could not be drawn."""
    import bounds.plot

    def broken(*_, **__):
        raise ValueError("no such backend")

    monkeypatch.setattr(bounds.plot, "figure_bytes", broken)
    assert main(["run", str(TOYS), "--jobs", "1"]) == 0
    assert "note: toy_plain: no picture of toy.sgd: ValueError: no such backend" in capsys.readouterr().err
    rows = json.loads((tmp_path / "out" / "results.json").read_text())
    assert [row["verdict"] for row in rows[:3]] == ["HOLDS", "VIOLATED", "VACUOUS"]
    assert main(["run", str(TOYS), "--jobs", "1", "--resume"]) == 0
    assert "finished earlier: toy_plain, toy_narrow" in capsys.readouterr().err


def test_a_bad_backend_of_matplotlib_loses_no_verdict(tmp_path):
    """MPLBACKEND is the user's, and about windows."""
    done = subprocess.run(
        [*COMMAND, "run", str(TOYS), "--jobs", "1"], env={**os.environ, "MPLBACKEND": "nonsense"}, check=False
    )  # matplotlib reads it when it is imported
    assert done.returncode == 0
    rows = json.loads((tmp_path / "out" / "results.json").read_text())
    assert [row["verdict"] for row in rows[:3]] == ["HOLDS", "VIOLATED", "VACUOUS"]


def commands():
    """The names of all commands."""
    return [c.name or c.callback.__name__ for c in app.registered_commands]


def test_the_table_of_exit_codes_is_complete():
    """Every command is in it, with a sentence for each code, and the page shows it as it is."""
    # A command that another part of the package adds says what its codes mean as well.
    assert set(MEANINGS) <= set(commands())
    assert set(commands()) == set(MEANINGS)
    assert all(code.sentence for code in ExitCode)
    page = (Path(__file__).parents[2] / "docs" / "verdicts.md").read_text(encoding="utf-8")
    assert markdown() in page


@pytest.mark.parametrize("command", MEANINGS)
def test_help_tells_the_exit_codes(command, capsys):
    """The codes of a command stand below its options."""
    assert main([command, "--help"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert epilog(command) in said
    assert all(f"{int(code)}: {meaning}" in said for code, meaning in codes_of(command).items())
    assert set(FROM_OUTSIDE) <= codes_of(command).keys()


def test_guards_are_undone():
    """After a guard, and an error in it, everything is as before."""
    before = os._exit, sys.stdout, signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with pytest.raises(Ended), limited(5), guarded(), guarded():
        raise SystemExit(0)
    assert (os._exit, sys.stdout, signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
    with pytest.raises(ZeroDivisionError), guarded():
        raise ZeroDivisionError


def test_an_interrupt_from_outside_stays_one():
    """Ctrl-C while the code of a file runs is no error of the file."""
    with pytest.raises(KeyboardInterrupt), guarded():
        signal.raise_signal(signal.SIGINT)


def test_a_child_of_the_code_may_end_itself():
    """os._exit is how a forked process ends: there it does what it says."""
    code = (
        "import os, sys\n"
        "from paper_checks.run.guard import guarded\n"
        "with guarded():\n"
        "    child = os.fork()\n"
        "    if child == 0:\n"
        "        os._exit(7)\n"
        "    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), file=sys.__stdout__)\n"
    )
    # A process of its own: libraries that other tests import forbid to fork in this one.
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "7\n"), done.stderr
