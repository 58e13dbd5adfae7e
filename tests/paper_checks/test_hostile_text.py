"""Foreign text on its way out: whatever it holds, a terminal and a file get characters that are shown."""

import ast
import json
import sys
from io import StringIO
from pathlib import Path

import pytest

import paper_checks
from paper_checks.ci.baseline import Entry
from paper_checks.ci.baseline_file import read_baseline, write_baseline
from paper_checks.ci.comparison import Comparison, EntryStatus
from paper_checks.ci.formats import github_lines, junit_xml
from paper_checks.cli.main import main
from paper_checks.cli.printable import say
from paper_checks.cli.terminal import Console, Text
from paper_checks.gallery.exhibit import FOLDER
from paper_checks.run.plain_streams import PlainStream, plain_streams
from paper_checks.run.results import dump_json
from theory.printable import printable

ROOT = Path(paper_checks.__file__).parents[1]
HOSTILE = "\x1b[31mred\x1b]0;title\x07\x9b2J\x7f\u202ertl\u2066\u200bzero\u00ad\ufeff\u2028::error::x\ud800"
NAME = "a\x1b[31mb\u202e\u200bc"
FILE = f"""
import sys
import warnings
from dataclasses import replace
from sympy import S, sqrt
from online_sim.domains.box import Box
from online_sim.game import Game
from online_sim.streams import ArrayStream
from paper_checks.scenario import Plan, Scenario
from theory.algorithms.sgd import SGD
from theory.losses.linear import LINEAR
from theory.parameters import ALPHA, alpha
from theory.quantities import CumMax, Norm2Squared, Regret
from theory.source import Source, add_source
from theory.statement import Assumption, Reading, Requires, Theorem
from theory.symbols import D_2, T, g

BAD = {HOSTILE!r}
print("printed", BAD.encode("utf-8", "replace").decode())
print("printed", BAD.encode("utf-8", "replace").decode(), file=sys.stderr)
add_source("mine", "somewhere " + BAD)
OWN = replace(SGD, parameters=(replace(ALPHA, meaning=BAD, latex=r"\\\\text{{<script>" + BAD + "}}"),))
BOUND = (D_2**2 / (2 * alpha) + alpha * CumMax(Norm2Squared(g))) * sqrt(T)
THEOREM = Theorem(
    "mine.theorem", "Mine", Source("mine", BAD), (OWN,), Regret(S.One),
    (Reading("whole", BOUND, "n"), Reading("small", BOUND / 1000, "n")),
    (Assumption("convex", Requires.CONVEX_LOSSES), Assumption("compact", Requires.COMPACT_SET)),
)


def game(options):
    box = Box(-1.0, 1.0, dimension=1)
    stream = ArrayStream([[1.0]] * 20)  # the border refuses a name that cannot be shown
    played = Game(OWN, LINEAR, stream, box, horizon=20, parameters={{"alpha": 1.0}}, start=[1.0])
    return Plan((THEOREM,), played, engine="numpy")


def crash(options):
    raise RuntimeError(BAD + "\\n::error::forged\\n" + BAD)


SCENARIOS = (
    Scenario("mine", "M", ("mine.theorem",), game), Scenario("crash", "C", ("mine.theorem",), crash)
)
"""
CRASH = ', Scenario("crash", "C", ("mine.theorem",), crash)'


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A repository with a hostile theory file, certificates and a trace, all of hostile names."""
    made = tmp_path_factory.mktemp("own")
    (made / "pyproject.toml").write_text('[tool.regretcheck]\nfiles = ["a*.py"]\n')
    (made / f"{NAME}.py").write_text(FILE, encoding="utf-8")
    (made / f"2{NAME}.py").write_text(FILE.replace(CRASH, ","), encoding="utf-8")
    certificate = json.loads((FOLDER / "theorem1_one_round_C.json").read_bytes())
    for k, change in enumerate(
        [{"title": HOSTILE}, {HOSTILE: 1}, {"statement": HOSTILE}, {"format": HOSTILE}]
    ):
        (made / f"{k}{NAME}.json").write_text(json.dumps({**certificate, **change}))
    (made / f"9{NAME}.json").write_bytes((FOLDER / "theorem1_one_round_C.json").read_bytes())
    (made / f"{NAME}.npz").write_bytes(HOSTILE.encode("utf-8", "replace"))
    return made


COMMANDS = [
    ("run", "{file}", "--out", "out", "--jobs", "1"),
    ("run", "{file}", "--out", "out", "--jobs", "1", "--json"),
    ("run", "{file}", "--out", "out", "--jobs", "1", "--resume"),
    ("run", "{file}", "--out", "two", "--jobs", "2"),
    ("run", "{file}", "--out", NAME, "--jobs", "1", "--seeds", "1:3"),
    ("run", HOSTILE),
    ("run", f"{NAME}.py"[1:]),
    ("run", "{sound}", "--data", HOSTILE),
    ("run", "{sound}", "--engine", HOSTILE),
    ("run", "{sound}", "--grid", f"{HOSTILE}=1"),
    ("run", "{sound}", "--seeds", HOSTILE),
    ("audit", "{file}"),
    ("falsify", "{file}"),
    ("run", "mine", f"--{NAME}"),
    (NAME,),
    ("plot", "{npz}"),
    ("plot", "mine", "--from", "out", "--theorem", HOSTILE),
    ("plot", "mine", "--from", "out", "--theorem", "mine.theorem", "--out", f"{NAME}.svg"),
    ("plot", NAME),
    ("ci", "--update", "--jobs", "1"),
    ("ci", "--jobs", "1", "--junit", "junit.xml", "--annotations", "github"),
    ("ci", "{file}", "--jobs", "1", "--json"),
    ("list", "--scenarios"),
    ("audit", "{sound}"),
    ("audit", "--algorithm", HOSTILE),
    ("falsify", "{sound}", "--seconds", "0.1", "--rounds", "3", "--out", "certificates"),
    ("falsify", HOSTILE),
    ("falsify", "{sound}", "--fix", f"{HOSTILE}=1"),
    ("prove", "{sound}", "--horizon", "1", "--fix", "alpha=1"),
    ("prove", HOSTILE, "--horizon", "1"),
    ("certify", "{sound}", "--out", "certificates"),
    ("certify", "{sound}", "--theorem", HOSTILE),
    ("verify", "{certificates}"),
    ("verify", "{certificates}", "--json"),
    ("bench", HOSTILE),
]


@pytest.mark.slow
def test_no_command_lets_foreign_text_through(folder, monkeypatch, capfd):
    """Every command, on hostile files and arguments: what it prints and writes are characters that print."""
    monkeypatch.chdir(folder)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    places = {
        "{file}": [f"{NAME}.py"],
        "{sound}": [f"2{NAME}.py"],
        "{npz}": [f"{NAME}.npz"],
        "{certificates}": sorted(p.name for p in folder.glob("*.json")),
    }
    told = ""
    for number, command in enumerate(COMMANDS):
        monkeypatch.setenv("COLUMNS", "80" if number % 2 else "200")
        words = [w for word in command for w in places.get(word, [word])]
        code = main(words)
        assert code in {0, 1, 2, 3}, words
        for text in capfd.readouterr():
            assert printable(text, lines=True) == text, words
            assert not any(line.startswith("::error::") for line in text.split("\n")), words
            told += text
    assert "\\x1b[31mred" in told  # it was said, as its numbers
    kept = {".html", ".xml", ".toml", ".txt", ".svg"}
    written = [p for p in folder.rglob("*") if p.is_file() and p.suffix in kept]
    for pattern in ("out/*.json", "out/partial/*.json", "certificates/*"):
        written += folder.glob(pattern)
    kinds = set()
    for path in written:
        text = path.read_text(encoding="utf-8")
        assert printable(text, lines=True) == text, path
        kinds.add(path.suffix)
    assert kinds == {".html", ".json", ".svg", ".toml", ".txt", ".xml"}
    rows = json.loads((folder / "out" / "results.json").read_text())
    assert "\\x1b[31mred" in str(rows)
    assert printable(str(rows)) == str(rows)


def test_the_control_would_notice_hostile_text():
    """What the test above compares with differs where nothing was cleaned."""
    assert printable(HOSTILE, lines=True) != HOSTILE
    assert printable(FILE, lines=True) == FILE  # the theory file itself holds numbers only


PRINTING = {
    "print", "typer.echo", "typer.secho", "click.echo", "sys.stdout.write", "rich.print",
    "from rich.console import Console", "from rich.text import Text", "from rich import print",
}  # fmt: skip
VERSION = "typer.echo(f\"regretcheck {version('regretcheck')}\")"


def test_nothing_is_printed_by_another_way():
    """No module of the command line prints but through `say`, `write_json` and its own console."""
    found, seen = [], set()
    for path in [*(ROOT / "paper_checks").rglob("*.py"), *(ROOT / "bounds").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call | ast.ImportFrom):
                text = ast.unparse(node)
                called = ast.unparse(node.func) if isinstance(node, ast.Call) else text
                seen.add(called)
                if called in PRINTING and path.name != "printable.py" and text != VERSION:
                    found.append((path.name, text))
    assert found == []
    assert {"say", "write_json", "typer.echo"} <= seen  # it looks at what prints


def test_consoles_print_text_and_their_own_colours(monkeypatch):
    """Colours of rich pass, escape sequences in a text do not; widths are those of what is shown."""
    for stream in (StringIO(), PlainStream(StringIO())):
        console = Console(file=stream, force_terminal=True, width=40, color_system="standard", no_color=False)
        console.print(Text(HOSTILE, style="bold red"), soft_wrap=True)
        console.print(HOSTILE, soft_wrap=True, markup=False, highlight=False)
        raw = stream.stream if isinstance(stream, PlainStream) else stream
        said = raw.getvalue()
        assert said.startswith("\x1b[1;31m\\x1b[31mred")
        assert said.count("\x1b") == 2
        assert "\\u202e" in said
    assert Text("\x1b").cell_len == 4


def test_the_guard_is_there_while_a_command_runs(capsys):
    """What Python and a theory file print by themselves is cleaned too, and the streams are put back."""
    before = sys.stdout, sys.stderr
    with plain_streams():
        sys.stdout.write(HOSTILE + "\n")
        sys.stderr.writelines(["\x1b", "\n"])
        with pytest.raises(TypeError, match="expected a str"):
            sys.stdout.write(b"")
        assert not hasattr(sys.stdout, "buffer")
        assert sys.stdout.encoding == before[0].encoding
    assert (sys.stdout, sys.stderr) == before
    out, err = capsys.readouterr()
    assert printable(out, lines=True) == out
    assert err == "\\x1b\n"


def test_a_message_is_one_line(capsys):
    """An end of line in a foreign text cannot begin a command to the machine that reads the log."""
    say("a\n::error::b\x1b", err=True)
    assert capsys.readouterr().err == "a ::error::b\\x1b\n"


def test_documents_hold_numbers_in_place_of_what_does_not_print():
    """JSON, JUnit XML and annotations: the values too are characters that print."""
    value = json.loads(dump_json({HOSTILE: [HOSTILE, {"a": HOSTILE}], "lines": "a\nb\tc"}))
    assert value["lines"] == "a\nb\tc"
    assert printable(HOSTILE, lines=True) in value
    assert printable(str(value)) == str(value)
    c = Comparison(HOSTILE, HOSTILE, EntryStatus.CRASHED, reason=f"{HOSTILE}\n::error::x")
    xml = junit_xml([c]).decode()
    assert printable(xml, lines=True) == xml
    (line,) = github_lines([c], lambda _: (Path(f"{NAME}%,:"), 1))
    assert printable(line) == line
    assert line.startswith("::error file=a\\x1b[31mb\\u202e\\u200bc%25%2C%3A,line=1,")


def test_a_baseline_keeps_what_it_shows(tmp_path):
    """Characters that do not print are escaped in the file and are themselves again when it is read."""
    odd = HOSTILE.replace("\ud800", "")
    path = tmp_path / "b.toml"
    entries = {("s", odd): Entry("HOLDS", breaks=(odd,), statement=odd)}
    write_baseline(path, entries)
    assert printable(path.read_text(encoding="utf-8"), lines=True) == path.read_text(encoding="utf-8")
    assert read_baseline(path) == entries
    write_baseline(path, {("s", "r"): Entry("HOLDS", statement="\ud800")})
    assert next(iter(read_baseline(path).values())).statement == "\\ud800"
