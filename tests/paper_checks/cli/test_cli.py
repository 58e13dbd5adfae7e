"""The command line from end to end: output, files, exit codes, interrupts, hostile input."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from paper_checks.cli.examples import EXAMPLES
from paper_checks.cli.main import main
from warm_python import MAIN

HERE = Path(__file__).parents[1]
TOYS = str(HERE / "toys.py")
CRASH = str(HERE / "toys_with_crash.py")
SLOW = str(HERE / "toys_slow.py")
COMMAND = [sys.executable, "-c", MAIN]

FIELDS = {
    "id": str, "source": str, "verdict": str, "algorithm": str, "domain": str, "stream": str, "horizon": int,
    "margin": (float, type(None)), "at": (int, type(None)), "seconds": float, "seed": int, "versions": dict,
    "scenario": str, "title": str, "loss": str, "parameters": dict, "variant": dict, "reason": str,
    "assumptions": list, "first_violation": (int, type(None)), "dimension": int, "engine": str,
    "command": str,
}  # fmt: skip


@pytest.fixture
def out(tmp_path):
    """A folder that does not exist yet."""
    return tmp_path / "a folder" / "out"


def call(warm, *arguments, columns="80"):
    """The command in a process of its own."""
    environment = {**os.environ, "COLUMNS": columns, "PYTHONIOENCODING": "utf-8"}
    return warm.text(MAIN, *arguments, environment=environment)


def test_run_writes_everything_and_exits_0(out, capsys):
    """A violated theorem is a result: exit code 0, the report, the results and the plots are there."""
    assert main(["run", TOYS, "--out", str(out), "--jobs", "1", "--verbose"]) == 0
    said = capsys.readouterr().out
    for word in (
        "no violation",
        "violated",
        "vacuous",
        "not applicable",
        "toy_plain",
        str(out / "report.html"),
    ):
        assert word in said
    assert (out / "report.html").read_text().startswith("<!DOCTYPE html>")
    assert sorted(p.name for p in (out / "plots").iterdir()) == [
        "toy_narrow.toy.narrow.svg",
        "toy_plain.toy.sgd.svg",
    ]


def test_results_have_the_promised_fields(out):
    """Every row of results.json has the fields, with the right types, and strict JSON."""
    main(["run", TOYS, "--out", str(out), "--jobs", "1", "--seed", "4"])

    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    rows = json.loads((out / "results.json").read_text(), parse_constant=refuse)
    assert len(rows) == 6
    for row in rows:
        for name, kind in FIELDS.items():
            assert isinstance(row[name], kind), name
        assert row["seed"] == 4
    assert [r["verdict"] for r in rows[:3]] == ["HOLDS", "VIOLATED", "VACUOUS"]
    assert rows[0]["id"] == "toy.sgd.true"


def test_json_prints_json_and_nothing_else(out, warm):
    """With --json standard output is the list, everything else is on the error stream."""
    done = call(warm, "run", TOYS, "--out", str(out), "--jobs", "1", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout) == json.loads((out / "results.json").read_text())
    assert "toy_plain: 1 no violation, 1 violated, 1 vacuous" in done.stderr


def test_a_crash_exits_1_and_the_others_finish(out, capsys):
    """A crash is a line in the table, in the results and in the report; markup in it does nothing."""
    assert main(["run", CRASH, "--out", str(out), "--jobs", "1", "--verbose"]) == 1
    said = capsys.readouterr().out
    assert "! crashed" in said
    assert "toy_broken crashed: RuntimeError" in said
    assert "deliberate <b>crash</b> [red] with seed 0" in said
    rows = json.loads((out / "results.json").read_text())
    assert [r["verdict"] for r in rows if r["scenario"] == "toy_broken"] == [None]
    assert len(rows) == 7
    page = (out / "report.html").read_text()
    assert "deliberate &lt;b&gt;crash&lt;/b&gt; [red]" in page
    assert "<b>crash" not in page


def test_a_run_without_crash_is_the_control(out):
    """The same toys without the crashing one exit 0."""
    assert main(["run", TOYS, "--out", str(out), "--jobs", "1", "--json"]) == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "nosuch"],
        ["run", ""],
        ["run", "../../etc/passwd"],
        ["run", "[bold red]x"],
        ["run", "\x1b[31m"],
        ["run", "--", "--full"],
        ["run", "nosuch.py"],
        ["run", "--jobs", "0"],
        ["run", "--jobs", "-1"],
        ["run", "--jobs", "many"],
        ["run", "--seed", "-1"],
        ["run", "--data", "/no/such/folder"],
        ["run", "--colour"],
        ["plot", "nosuch"],
        ["plot", "nosuch.npz"],
        ["plot", "nosuch", "--out", "picture.bmp"],
        ["plot"],
        ["list", "everything"],
        ["nosuch"],
    ],
    ids=repr,
)
def test_wrong_use_exits_2_with_one_clear_error(arguments, capsys, tmp_path, monkeypatch):
    """No traceback, nothing on standard output, nothing written."""
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "error" in captured.err.lower()
    assert "Traceback" not in captured.err
    assert list(tmp_path.iterdir()) == []


def test_near_names_are_offered(capsys):
    """A typing error is answered with what was probably meant."""
    assert main(["run", "one_roun"]) == 2
    assert "did you mean one_round" in capsys.readouterr().err


@pytest.mark.parametrize("where", ["file", "file/below"])
def test_an_unwritable_folder_is_refused_before_anything_is_played(where, tmp_path, calls, capsys):
    """A file in the way of the folder is one clear error, exit code 2."""
    (tmp_path / "file").write_text("precious")
    assert main(["run", TOYS, "--out", str(tmp_path / where)]) == 2
    assert "cannot write to `--out`" in capsys.readouterr().err
    assert (tmp_path / "file").read_text() == "precious"
    assert calls("plain") == 0


def test_resume_skips_what_is_finished(out, calls):
    """The second run with --resume builds nothing again and shows the same results."""
    main(["run", TOYS, "--out", str(out), "--jobs", "1"])
    before = (out / "results.json").read_bytes()
    assert main(["run", TOYS, "--out", str(out), "--jobs", "1", "--resume"]) == 0
    assert calls("plain") == 1
    assert (out / "results.json").read_bytes() == before


# An interrupt of one process: test_watch.py.
@pytest.mark.parametrize("jobs", [pytest.param("1", marks=pytest.mark.slow), "2"])
def test_an_interrupt_leaves_finished_work_and_no_half_files(jobs, out):
    """Ctrl-C: exit code 130, what was finished is there and whole, and the remedy is said."""
    process = subprocess.Popen(
        [*COMMAND, "run", SLOW, "--out", str(out), "--jobs", jobs],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    finished = out / "partial" / "toy_plain.json"
    deadline = time.monotonic() + 60
    while not finished.exists() and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.05)
    assert finished.exists(), process.communicate()
    time.sleep(0.5)
    os.killpg(process.pid, signal.SIGINT)
    _, error = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "1 of 2 tasks are finished" in error
    assert "--resume" in error
    assert "Traceback" not in error
    assert [p for p in out.rglob(".*") if p.is_file()] == []
    assert not (out / "partial" / "toy_slow.json").exists()


@pytest.mark.parametrize("columns", [80, 140])
def test_the_table_fits_the_terminal(columns, out, warm):
    """No line of the table is wider than the terminal, and what was seen is told in each."""
    done = call(warm, "run", TOYS, "--out", str(out), "--jobs", "1", "--verbose", columns=str(columns))
    table = [line for line in done.stdout.splitlines() if not line.startswith("Report:")]
    assert max(map(len, table)) <= columns
    said = " ".join(done.stdout.split())
    assert "Finding" in said
    assert all(word in said for word in ("margin", "at round")) == (columns == 80)
    assert said.count("not so") >= 3  # the reason why a theorem is not applicable


@pytest.mark.parametrize("columns", [80, 140])
def test_names_are_printed_in_one_piece(columns, monkeypatch, capsys):
    """Each reading stands in the list as a whole, whatever the width, and so do its note and its source."""
    from theory.theorems.registry import theorems

    monkeypatch.setenv("COLUMNS", str(columns))
    assert main(["list", "--theorems"]) == 0
    said = capsys.readouterr().out
    lines = {line.strip() for line in said.splitlines()}
    words = set(said.split())
    for theorem in theorems().values():
        for reading in theorem.readings:
            assert f"{theorem.id}.{reading.key}" in (lines if columns == 80 else words)
    assert max(map(len, said.splitlines())) <= columns
    assert "zhuang2020" in said


def test_a_run_ends_with_the_verdicts(out, warm):
    """Statement, verdict, counterexample with its rounds, what is true instead, the report; no tables."""
    done = call(warm, "run", "one_round", "--out", str(out), "--jobs", "1")
    lines = done.stdout.splitlines()
    assert lines[0].startswith("Theorem 1: The regret of AdaL")
    said = " ".join(done.stdout.split())
    assert "✗ false Theorem 1 is false" in said
    assert "counterexample" in said
    assert "T" in said.partition("counterexample")[2]
    assert "true instead The regret weighted by" in said
    assert lines[-1] == f"Report: {out / 'report.html'}"
    assert "Verdict" not in said
    again = call(warm, "report", str(out))
    assert again.stdout == done.stdout


def test_the_verdicts_are_those_of_the_report(out, capsys):
    """What the terminal says of a newcomer's theorem is what the first screen of the report says."""
    assert main(["run", TOYS, "--out", str(out), "--jobs", "1"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    page = " ".join((out / "report.html").read_text(encoding="utf-8").split())
    for sentence in (
        "toy.sgd is false in reading false: a game violates it.",
        "at T = 1 the left side is at least 2",
    ):
        assert sentence in said
        assert sentence in page


def test_signs_fall_back_to_ascii(out, warm):
    """A terminal that knows ASCII only still gets a readable table."""
    environment = {**os.environ, "COLUMNS": "80", "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    words = ["run", TOYS, "--out", str(out), "--jobs", "1", "--verbose"]
    done = warm.run(MAIN, *words, environment=environment)
    assert done.returncode == 0, done.stderr
    assert "x violated" in done.stdout.decode("ascii")
    assert "x false" in done.stdout.decode("ascii")


def test_plot_draws_a_saved_trace_again(out, tmp_path, capsys):
    """By scenario and by file, all readings and one, svg and png."""
    main(["run", TOYS, "--out", str(out), "--jobs", "1"])
    svg, png = tmp_path / "a.svg", tmp_path / "b.png"
    assert main(["plot", "toy_plain", "--from", str(out), "--out", str(svg)]) == 0
    trace = str(out / "traces" / "toy_plain.npz")
    assert main(["plot", trace, "--theorem", "toy.sgd.false", "--out", str(png)]) == 0
    assert b"<svg" in svg.read_bytes()
    assert png.read_bytes().startswith(b"\x89PNG")
    capsys.readouterr()
    assert main(["plot", trace, "--theorem", "toy.sgd.other", "--out", str(png)]) == 2
    assert "toy.sgd.true" in capsys.readouterr().err


def test_plot_refuses_what_is_no_trace(tmp_path, capsys):
    """A damaged file is one clear error."""
    path = tmp_path / "bad.npz"
    path.write_bytes(b"not really a trace")
    assert main(["plot", str(path)]) == 2
    assert "cannot read the trace" in capsys.readouterr().err


def test_list_shows_every_kind(capsys, monkeypatch):
    """Each kind has its table; a flag shows that one alone."""
    monkeypatch.setenv("COLUMNS", "200")
    assert main(["list"]) == 0
    said = capsys.readouterr().out
    for word in (
        "one_round",
        "adal.theorem1.A",
        "AdaL[eps=none]",
        "logistic",
        "L2Ball",
        "nonconvex_logistic[row]",
    ):
        assert word in said
    assert main(["list", "--losses"]) == 0
    said = capsys.readouterr().out
    assert "logistic" in said
    assert "L2Ball" not in said


def test_version(capsys):
    """--version names the tool and its version."""
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("regretcheck 0.")


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["list", "-h"], ["plot", "--help"]])
def test_help_answers_without_heavy_imports(arguments):
    """Help exits 0 and loads no library that a command needs; how long it took is recorded, not judged."""
    code = (
        f"import sys; from paper_checks.cli.main import main; main({arguments!r}); "
        "print(sorted({m.partition('.')[0] for m in sys.modules}), file=sys.stderr)"
    )
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    sys.stdout.write(f"{arguments}: {time.perf_counter() - began:.3f} s\n")
    assert "Usage:" in done.stdout
    for heavy in ("sympy", "numpy", "matplotlib", "cvxpy", "numba", "torch", "joblib", "jinja2"):
        assert f"'{heavy}'" not in done.stderr


def test_a_closed_pipe_is_no_traceback():
    """`regretcheck list | head` ends quietly."""
    process = subprocess.Popen([*COMMAND, "list"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    process.stdout.close()
    error = process.stderr.read()
    process.stderr.close()
    process.wait(timeout=30)
    assert "Traceback" not in error


@pytest.mark.slow
def test_the_paper_runs_from_end_to_end(tmp_path, warm):
    """All scenarios of the AdaL paper finish with exit code 0, a report and no crash."""
    began = time.perf_counter()
    done = call(warm, "run", "--out", str(tmp_path))
    sys.stdout.write(f"regretcheck run: {time.perf_counter() - began:.0f} s\n")
    assert done.returncode == 0, done.stdout + done.stderr
    rows = json.loads((tmp_path / "results.json").read_text())
    verdict = {(r["id"], r["scenario"]): r["verdict"] for r in rows}
    for reading in "ABC":
        assert verdict[f"adal.theorem1.{reading}", "one_round"] == "VIOLATED"
    assert None not in verdict.values()


def test_the_page_of_verdicts_knows_every_verdict_and_every_command():
    """docs/verdicts.md names each verdict of a theorem, a proof and a claim, and all commands' exit codes."""
    from bounds.verdict import Verdict
    from paper_checks.claim import ClaimVerdict
    from paper_checks.cli.main import app
    from paper_checks.run.audits import ProofVerdict

    page = (Path(__file__).parents[3] / "docs" / "verdicts.md").read_text(encoding="utf-8")
    for kind in (Verdict, ProofVerdict, ClaimVerdict):
        assert all(verdict.name in page for verdict in kind)
    table = page.partition("## Exit codes")[2]
    commands = {command.name or command.callback.__name__ for command in app.registered_commands}
    assert {name for name in commands if f"`{name}`" not in table} == set()
    assert len(commands) >= 10


def test_the_list_of_commands_cuts_no_sentence(monkeypatch, capsys):
    """In a terminal of 80 columns each command is described in one whole sentence."""
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["--help"]) == 0
    said = capsys.readouterr().out.partition("Check:\n")[2]
    assert all(
        f"\n{group}:\n" in said for group in ("Search", "Prove and certify", "Report and data", "Tools")
    )
    listed = [line for line in said.splitlines() if line.startswith("  ")]
    assert sorted(line.split()[0] for line in listed) == sorted(EXAMPLES)
    assert all(line.endswith(".") and not line.endswith("...") and len(line) < 80 for line in listed)


def test_the_shell_completes_commands_and_options(warm):
    """The script can be printed, and the shell's question is answered."""
    done = call(warm, "--show-completion", "bash")
    assert done.returncode == 0
    assert "_REGRETCHECK_COMPLETE=complete_bash" in done.stdout
    for words, found in (("regretcheck fals", "falsify"), ("regretcheck falsify --sec", "--seconds")):
        asked = {
            **os.environ, "_REGRETCHECK_COMPLETE": "complete_bash", "COMP_WORDS": words,
            "COMP_CWORD": str(len(words.split()) - 1),
        }  # fmt: skip
        answer = subprocess.run(COMMAND, capture_output=True, text=True, check=False, env=asked)
        assert answer.stdout.split() == [found], answer.stderr
        assert answer.returncode == 0


@pytest.mark.parametrize("command", EXAMPLES)
def test_the_help_of_a_command_has_an_example(command, capsys):
    """The example begins with the command, and its options exist."""
    assert EXAMPLES[command].startswith(f"regretcheck {command} ") or EXAMPLES[command].endswith(command)
    assert main([command, "--help"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert f"Example: {EXAMPLES[command]}" in said
    for word in EXAMPLES[command].split():
        assert not word.startswith("--") or said.count(word) >= 2  # in the example and in the table


def test_every_command_has_an_example():
    """No command is without one, and none is left over."""
    from paper_checks.cli.exit_codes import MEANINGS

    assert set(EXAMPLES) == set(MEANINGS)


def test_a_bar_shows_the_time_left(monkeypatch):
    """Once the total is known, a terminal shows how long the rest will take."""
    from paper_checks.cli.progress import BarProgress

    monkeypatch.setenv("FORCE_COLOR", "1")
    with BarProgress() as progress:
        progress.begin(4, ["one"])
        shown = [type(column).__name__ for column in progress.bars.columns]
    assert "TimeRemainingColumn" in shown
