"""`regretcheck ci` from end to end: the table, the exit codes, JUnit XML, annotations, JSON, updates."""

import json
import os
from pathlib import Path
from xml.etree import ElementTree

import pytest

from paper_checks.ci.baseline import ALGORITHMS, Change, Entry
from paper_checks.ci.baseline_file import FOLDER, line_of, read_baseline, write_baseline
from paper_checks.ci.comparison import Comparison, EntryStatus
from paper_checks.ci.formats import annotates, github_lines, junit_xml
from paper_checks.cli import ci as ci_module
from paper_checks.cli.ci import ci_command, without_data_folder
from paper_checks.cli.main import main
from paper_checks.run import selection
from paper_checks.run.registry import scenarios
from paper_checks.run.repository import shown

HERE = Path(__file__).parents[1]
TOYS = str(HERE / "toys.py")
CRASH = str(HERE / "toys_with_crash.py")
PLAYED = (ALGORITHMS, "SGD")
TRUE, FALSE = ("toy_plain", "toy.sgd.true"), ("toy_plain", "toy.sgd.false")


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch):
    """No annotations unless asked for, and room for a table."""
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def folder(tmp_path, capsys):
    """A folder with the baseline of the toys."""
    assert ci("--update", TOYS, folder=tmp_path) == 0
    capsys.readouterr()
    return tmp_path


def ci(*arguments, folder):
    """The command on one process, with its baselines in a folder."""
    return main(["ci", *arguments, "--baselines", str(folder), "--jobs", "1"])


def edit(folder, key, **values):
    """Falsify one stored entry."""
    path = folder / "toys.baseline.toml"
    entries = read_baseline(path)
    entries[key] = Entry(**{**vars(entries[key]), **values})
    write_baseline(path, entries)


def test_unchanged_is_green_and_says_so(folder, capsys):
    """After an update the same command finds nothing, writes nothing and returns 0."""
    before = (folder / "toys.baseline.toml").read_bytes()
    assert ci(TOYS, folder=folder) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"checked: {shown(HERE / 'toys.py')} (7 entries)",
        "7 entries of 2 scenarios: 7 unchanged",
    ]
    assert (folder / "toys.baseline.toml").read_bytes() == before


def test_what_is_stored_is_what_was_measured(folder):
    """The file holds the verdicts, rounds and margins of the toys."""
    entries = read_baseline(folder / "toys.baseline.toml")
    assert len(entries) == 7
    assert entries[TRUE].verdict == "HOLDS"
    assert (entries[FALSE].verdict, entries[FALSE].first_violation) == ("VIOLATED", 1)
    # x_1 = 1, x_2 = 0: after two rounds the regret is 1 + 0 + 2, the bound sqrt(2)/1000.
    assert entries[FALSE].at == 2
    assert entries[FALSE].margin == float(f"{2**0.5 / 3000:.6g}")
    assert entries["toy_narrow", "toy.narrow.true"].verdict == "ASSUMPTION_BROKEN"
    assert entries[PLAYED].lines == (
        "parameter alpha: (0, inf]",
        "point: x - alpha * g / sqrt(t)",
        "metric: 1",
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"verdict": "VIOLATED"}, "verdict was VIOLATED, is HOLDS"),
        ({"first_violation": 5}, "first violation was 5, is none"),
        ({"margin": 7.0}, "margin was 7"),
        ({"rate": 3.0}, "rate was 3, is "),
    ],
)
def test_a_change_is_red_and_named(folder, capsys, changed, said):
    """The exit code is 1, and the table and the line below it name scenario, reading, field and values."""
    edit(folder, TRUE, **changed)
    assert ci(TOYS, folder=folder) == 1
    out = capsys.readouterr().out
    assert f"toy_plain toy.sgd.true: {said}" in out
    assert "what was seen: at T = " in out
    assert "to repeat: regretcheck run " in out
    assert "7 entries of 2 scenarios: 6 unchanged, 1 changed" in out
    assert f"regretcheck ci {TOYS} --update" in out


def test_new_and_missing_entries_are_red(folder, capsys):
    """An entry that only one side has is reported as such."""
    path = folder / "toys.baseline.toml"
    entries = read_baseline(path)
    entries["toy_plain", "toy.sgd.gone"] = entries.pop(TRUE)
    write_baseline(path, entries)
    assert ci(TOYS, folder=folder) == 1
    out = capsys.readouterr().out
    assert "6 unchanged, 1 new, 1 missing" in out
    assert (
        "stored, but nothing produces it now: toy_plain toy.sgd.gone (HOLDS, margin 1.41421, rate 0.00000); "
        "run `regretcheck ci --update` if that is meant"
    ) in out


def test_update_accepts_and_then_is_green(folder):
    """--update rewrites what changed and removes what is missing."""
    before = (folder / "toys.baseline.toml").read_bytes()
    path = folder / "toys.baseline.toml"
    edit(folder, TRUE, verdict="VIOLATED")
    entries = read_baseline(path)
    write_baseline(path, {**entries, ("toy_plain", "toy.sgd.gone"): Entry("HOLDS")})
    assert ci(TOYS, "--update", folder=folder) == 0
    assert path.read_bytes() == before
    assert [p.name for p in folder.iterdir()] == [path.name]


def test_update_touches_only_the_chosen_entries(tmp_path, monkeypatch):
    """With a name, other entries of the same file keep even false numbers, and are not looked at."""
    two = tuple(s for s in scenarios() if s.id in {"one_step", "one_round"})
    for module in (selection, ci_module):  # no other game about Theorem 2 is played
        monkeypatch.setattr(module, "scenarios", lambda: two)
    assert ci("one_step", "--update", folder=tmp_path) == 0
    path = tmp_path / "adal.toml"
    false = {**read_baseline(path), ("elsewhere", "adal.theorem1.A"): Entry("HOLDS", margin=1.25)}
    false["one_step", "adal.theorem2.sqrtT"] = Entry("UNDECIDED")
    write_baseline(path, false)
    assert ci("adal.theorem2.sqrtT_M", "one_round", "--update", folder=tmp_path) == 0
    after = read_baseline(path)
    assert after["elsewhere", "adal.theorem1.A"] == Entry("HOLDS", margin=1.25)
    assert after["one_step", "adal.theorem2.sqrtT"] == Entry("UNDECIDED")
    assert after["one_round", "adal.theorem1.A"].verdict == "VIOLATED"


def test_a_crash_is_red_and_never_accepted(tmp_path, capsys):
    """A crashed scenario is an error with or without --update, and keeps its stored entries."""
    path = tmp_path / "toys_with_crash.baseline.toml"
    write_baseline(path, {("toy_broken", "toy.sgd.true"): Entry("HOLDS", margin=2.5)})
    for extra in ([], ["--update"]):
        assert ci(CRASH, *extra, folder=tmp_path) == 1
        out = capsys.readouterr().out
        assert (
            "toy_broken toy.sgd.true: crashed: RuntimeError: deliberate <b>crash</b> [red] with seed 0" in out
        )
    assert read_baseline(path)["toy_broken", "toy.sgd.true"] == Entry("HOLDS", margin=2.5)
    assert len(read_baseline(path)) == 8


def test_json_is_strict_and_alone_on_the_output(folder, capsys):
    """--json prints one JSON document with every entry, old and new, and whether all is green."""
    edit(folder, TRUE, margin=7.0)
    assert ci(TOYS, "--json", "--annotations", "github", folder=folder) == 1
    said = capsys.readouterr()
    content = json.loads(said.out, parse_constant=pytest.fail)
    assert content["green"] is False
    assert [e["status"] for e in content["entries"]].count("unchanged") == 6
    (red,) = [e for e in content["entries"] if e["status"] == "changed"]
    assert (red["scenario"], red["reading"]) == TRUE
    assert red["old"]["margin"] == 7.0
    assert [c["field"] for c in red["changes"]] == ["margin"]
    assert "::error " in said.err


def test_junit_has_one_case_for_each_entry(folder, tmp_path):
    """The XML parses; suites and the root add up; failures carry the sentence and the way to repeat."""
    edit(folder, TRUE, margin=7.0)
    report = tmp_path / "a folder" / "junit.xml"
    assert ci(TOYS, "--junit", str(report), folder=folder) == 1
    root = ElementTree.parse(report).getroot()  # our own file, not a stranger's
    cases = root.findall("./testsuite/testcase")
    assert len(cases) == 7
    assert {(c.get("classname"), c.get("name")) for c in cases} >= {TRUE, FALSE}
    assert [root.get(n) for n in ("tests", "failures", "errors")] == ["7", "1", "0"]
    for suite in root.findall("testsuite"):
        assert int(suite.get("tests")) == len(suite.findall("testcase"))
        assert int(suite.get("failures")) == len(suite.findall("testcase/failure"))
        assert float(suite.get("time")) >= 0
    (failure,) = root.findall(".//failure")
    assert failure.get("type") == "changed"
    assert failure.get("message").startswith("margin was 7")
    assert "to repeat: regretcheck run" in failure.text


def comparison(status, reason="", scenario="s", reading="t.A"):
    """A comparison made by hand."""
    change = (Change("margin", "1", "2"),) if status is EntryStatus.CHANGED else ()
    return Comparison(scenario, reading, status, Entry("HOLDS"), Entry("HOLDS"), change, reason)


def test_junit_survives_hostile_text():
    """Control characters, markup and lone surrogates do not make the XML invalid."""
    nasty = "a\x00b\x1b[31m]]><b> & \ud800 \ufffe ü"
    page = junit_xml(
        [
            comparison(EntryStatus.CRASHED, nasty),
            comparison(EntryStatus.CHANGED, nasty, scenario=nasty, reading=nasty),
        ]
    )
    root = ElementTree.fromstring(page)
    assert root.find(".//error").get("message").endswith("]]><b> & \ufffd \ufffd ü")
    assert root.get("errors") == "1"
    assert root.get("failures") == "1"


def test_annotations_point_at_the_entry(folder, capsys, monkeypatch):
    """Each red entry is one workflow command with the line of its block in the baseline."""
    edit(folder, TRUE, margin=7.0)
    path = folder / "toys.baseline.toml"
    monkeypatch.setenv("GITHUB_WORKSPACE", str(folder))
    assert ci(TOYS, "--annotations", "github", folder=folder) == 1
    (line,) = [x for x in capsys.readouterr().out.splitlines() if x.startswith("::error")]
    where = line_of(path, *TRUE)
    assert line.startswith(
        f"::error file=toys.baseline.toml,line={where},title=toy_plain toy.sgd.true changed::"
    )
    assert path.read_text().splitlines()[where - 1] == '[scenarios.toy_plain."toy.sgd.true"]'


@pytest.mark.parametrize(
    ("mode", "environment", "wanted"),
    [
        ("auto", {}, False),
        ("auto", {"GITHUB_ACTIONS": "true"}, True),
        ("auto", {"GITHUB_ACTIONS": "false"}, False),
        ("none", {"GITHUB_ACTIONS": "true"}, False),
        ("github", {}, True),
    ],
)
def test_when_annotations_are_written(mode, environment, wanted):
    """Only where GitHub runs it, unless it is said otherwise."""
    assert annotates(mode, environment) is wanted


def test_annotations_escape_what_the_runner_would_cut():
    """Line ends, percent signs, and in properties colons and commas are escaped."""
    hostile = comparison(EntryStatus.CRASHED, "50%\nnext\r", reading="t:A,b")
    (line,) = github_lines([hostile, comparison(EntryStatus.SAME)], lambda c: (Path("/x/y.toml"), 3))
    assert line == ("::error file=/x/y.toml,line=3,title=s t%3AA%2Cb crashed::crashed: 50%25%0Anext%0D")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--annotations", "gitlab"], "`--annotations` = 'gitlab' is unknown; known: auto, github, none"),
        (["no_such_scenario"], "no scenario, theorem or reading is called 'no_such_scenario'"),
        (["nowhere.py"], "there is no file"),
        (["--data", "."], "No such option: `--data`"),
        (["--seed", "3"], "No such option: `--seed`"),
    ],
)
def test_wrong_use_is_exit_code_2(tmp_path, capsys, arguments, sentence):
    """A wrong option or name is one sentence and exit code 2; data folders and seeds cannot be given."""
    assert ci(*arguments, folder=tmp_path) == 2
    assert sentence in " ".join(capsys.readouterr().err.split())


def test_a_garbled_baseline_is_said_before_playing(folder, capsys, calls):
    """A broken file is exit code 2 and costs no game."""
    (folder / "toys.baseline.toml").write_text("format = ")
    assert ci(TOYS, folder=folder) == 2
    assert "cannot read the baseline" in capsys.readouterr().err
    assert calls("plain") == 0


def test_the_data_folder_is_ignored(folder, monkeypatch, tmp_path, capsys):
    """REGRETCHECK_DATA is hidden while the games are played, and there again afterwards."""
    monkeypatch.setenv("REGRETCHECK_DATA", str(tmp_path / "nowhere"))
    seen = tmp_path / "seen.py"
    seen.write_text(
        "import os\nfrom paper_checks.scenario import Scenario\n"
        f"import sys; sys.path.insert(0, {str(HERE)!r})\n"
        "def build(options):\n"
        "    raise KeyError(f'data {os.environ.get(\"REGRETCHECK_DATA\")} {options.data}')\n"
        "SCENARIO = Scenario('seen', 'seen', ('t',), build)\n"
    )
    assert ci(str(seen), folder=folder) == 1
    assert "data None None" in capsys.readouterr().out
    assert os.environ["REGRETCHECK_DATA"] == str(tmp_path / "nowhere")


def test_the_data_folder_comes_back_after_an_error(monkeypatch):
    """Hiding the variable is undone whatever happens; without one nothing is left behind."""
    monkeypatch.setenv("REGRETCHECK_DATA", "somewhere")
    with pytest.raises(KeyError), without_data_folder():
        raise KeyError
    assert os.environ["REGRETCHECK_DATA"] == "somewhere"
    monkeypatch.delenv("REGRETCHECK_DATA")
    with without_data_folder():
        pass
    assert "REGRETCHECK_DATA" not in os.environ


def test_an_interrupt_changes_no_baseline(folder, capsys, monkeypatch):
    """Ctrl-C is exit code 130 and writes nothing, even under --update."""
    import paper_checks.run.chosen

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    before = (folder / "toys.baseline.toml").read_bytes()
    monkeypatch.setattr(paper_checks.run.chosen, "run_chosen", interrupted)
    code = ci_command(
        [TOYS], update=True, junit=None, annotations="none", jobs=1, as_json=False, baselines=folder
    )
    assert code == 130
    assert "no baseline was changed" in capsys.readouterr().err
    assert (folder / "toys.baseline.toml").read_bytes() == before


def test_a_file_of_ones_own_keeps_its_baseline_beside_it(tmp_path):
    """Without --baselines the entries of my.py are in my.baseline.toml, and nothing in the package moves."""
    own = tmp_path / "my.py"
    own.write_text((HERE / "toys.py").read_text())
    assert main(["ci", str(own), "--update", "--jobs", "1"]) == 0
    assert main(["ci", str(own), "--jobs", "1"]) == 0
    assert sorted(p.name for p in tmp_path.iterdir() if p.is_file()) == ["my.baseline.toml", "my.py"]


@pytest.mark.slow
def test_the_whole_check_is_green(capsys, tmp_path, monkeypatch):
    """Every scenario, claim, proof, certificate and algorithm agrees with the shipped baselines."""
    monkeypatch.chdir(tmp_path)  # where nobody has a theory file
    assert main(["ci", "--jobs", "1"]) == 0
    out = capsys.readouterr().out
    assert "checked: the package's own baselines" in out
    stored = sum(len(read_baseline(path)) for path in FOLDER.glob("*.toml"))
    assert f"{stored} entries of " in out
    assert f": {stored} unchanged" in out
