"""A repository's own theory files: which there are, and what `ci`, `list` and `audit` make of them."""

import json
import re
from pathlib import Path

import pytest

from paper_checks.ci.baseline_file import FOLDER, read_baseline
from paper_checks.cli.main import main
from paper_checks.run.repository import own_files

HERE = Path(__file__).parents[1]
TOYS = (HERE / "toys.py").read_text()
REPOSITORY = '[project]\nname = "mine"\n'


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository with a pyproject.toml, in which the test works."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    (tmp_path / "pyproject.toml").write_text(REPOSITORY)
    return tmp_path


def theory(path, *scenarios, alpha="1.0"):
    """Write a theory file with these toys, each under an id of its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    names = ", ".join(f"replace({kind}, id={name!r})" for name, kind in scenarios)
    text = TOYS.replace("SCENARIOS = (PLAIN, NARROW)", f"SCENARIOS = ({names},)")
    text = text.replace("import os\n", "import os\nfrom dataclasses import replace\n", 1)
    path.write_text(text.replace('{"alpha": 1.0}', f'{{"alpha": {alpha}}}'))
    # One process loads a file once, and these tests change it under the same name.
    forget()


def forget():
    """Let the next load of a file read it again."""
    import sys

    for name in [name for name in sys.modules if name.startswith("regretcheck_file_")]:
        del sys.modules[name]


def ci(capsys, *arguments):
    """The exit code of the command, and what it printed."""
    capsys.readouterr()
    code = main(["ci", *arguments, "--jobs", "1"])
    return code, capsys.readouterr().out


def listed(root, *files, more=""):
    """Name files in pyproject.toml."""
    (root / "pyproject.toml").write_text(
        f"{REPOSITORY}\n[tool.regretcheck]\nfiles = {json.dumps(files)}\n{more}"
    )


def test_bare_ci_checks_the_files_with_a_baseline(repository, capsys):
    """Her own theorem is what is checked, from any folder of the repository, and the sentence says so."""
    theory(repository / "sub" / "mine.py", ("one", "PLAIN"))
    assert ci(capsys, "sub/mine.py", "--update")[0] == 0
    assert ci(capsys) == (0, "checked: sub/mine.py (4 entries)\n4 entries of 1 scenario: 4 unchanged\n")
    theory(repository / "sub" / "mine.py", ("one", "PLAIN"), alpha="2.0")
    code, out = ci(capsys)
    assert code == 1
    assert "one toy.sgd.true: margin was 1.41421" in out


def test_bare_ci_checks_the_files_that_pyproject_names(repository, capsys):
    """A file without a baseline is red until it is accepted; a pattern names several; the rest is named."""
    theory(repository / "theory" / "a.py", ("one", "PLAIN"))
    theory(repository / "theory" / "b.py", ("two", "PLAIN"))
    theory(repository / "c.py", ("three", "PLAIN"))
    listed(repository, "theory/*.py")
    code, out = ci(capsys)
    assert code == 1
    assert "8 entries of 2 scenarios: 8 new" in out
    assert ci(capsys, "--update")[0] == 0
    assert ci(capsys, "c.py", "--update")[0] == 0
    code, out = ci(capsys)
    assert code == 0
    assert out.splitlines() == [
        "checked: theory/a.py (4 entries)",
        "checked: theory/b.py (4 entries)",
        "not checked: c.baseline.toml, whose file [tool.regretcheck] does not list",
        "8 entries of 2 scenarios: 8 unchanged",
    ]


def test_a_scenario_that_is_gone_is_red(repository, capsys):
    """Of eight stored entries four are produced: the others are named, and --update is what removes them."""
    theory(repository / "mine.py", ("one", "PLAIN"), ("two", "PLAIN"))
    assert ci(capsys, "mine.py", "--update")[0] == 0
    theory(repository / "mine.py", ("one", "PLAIN"))
    for arguments in ([], ["mine.py"]):
        code, out = ci(capsys, *arguments)
        assert code == 1
        assert "4 unchanged, 3 missing" in out
        for key in ("true", "false", "loose"):
            assert f"stored, but nothing produces it now: two toy.sgd.{key} (" in out
        assert "run `regretcheck ci --update` if that is meant" in out
    assert ci(capsys, "--update")[0] == 0
    assert "4 entries of 1 scenario: 4 unchanged" in ci(capsys)[1]


def test_a_reading_that_is_gone_is_red(repository, capsys):
    """A theorem of the file that lost a reading."""
    path = repository / "mine.py"
    theory(path, ("one", "PLAIN"))
    assert ci(capsys, "mine.py", "--update")[0] == 0
    lost = re.sub(r' *Reading\("loose".*\n', "", path.read_text())
    assert lost != path.read_text()
    path.write_text(lost)
    forget()
    code, out = ci(capsys)
    assert code == 1
    assert "nothing produces it now: one toy.sgd.loose (" in out


def test_a_file_that_is_gone_is_red(repository, capsys):
    """Its baseline is still there: every entry of it is missing, beside another file or alone."""
    for name in ("a", "b"):
        theory(repository / f"{name}.py", (name, "PLAIN"))
        assert ci(capsys, f"{name}.py", "--update")[0] == 0
    (repository / "b.py").unlink()
    code, out = ci(capsys)
    assert code == 1
    assert "4 unchanged, 4 missing" in out
    assert "nothing produces it now: b toy.sgd.true (" in out
    (repository / "a.py").unlink()
    code, out = ci(capsys)
    assert code == 1
    assert "8 missing" in out
    assert ci(capsys, "--update")[0] == 0
    assert list(repository.glob("*.toml")) == [repository / "pyproject.toml"]


def test_an_algorithm_that_changed_is_red_and_named(repository, capsys):
    """A step of another sign is named line by line, also where a reading feels nothing of it."""
    path = repository / "mine.py"
    theory(path, ("one", "PLAIN"))
    assert ci(capsys, "mine.py", "--update")[0] == 0
    own = "replace(SGD, metric=__import__('sympy').Integer(2))"  # on an interval the projection is the same
    text = path.read_text().replace("recurrence=SGD", f"recurrence={own}")
    imported = "from theory.algorithms.sgd import SGD; from theory.statement import"
    about = text.replace("from theory.statement import", imported)
    path.write_text(about.replace('algorithms=("SGD",)', f"algorithms=({own},)"))
    forget()
    code, out = ci(capsys)
    assert code == 1
    assert "the algorithm SGD changed: line metric: 1 -> 2" in out
    assert "3 unchanged, 1 changed" in out
    # A statement that names SGD is about the algorithm that everybody knows, and not about this one.
    path.write_text(text)
    forget()
    code, out = ci(capsys)
    assert code == 1
    assert "its lines are not those of SGD" in out
    assert "4 changed" in out


def test_two_algorithms_of_one_name_are_red_and_never_accepted(repository, capsys):
    """What is known of the one would be compared with the other."""
    path = repository / "mine.py"
    theory(path, ("one", "PLAIN"), ("two", "NARROW"))
    other = "replace(SGD, metric=__import__('sympy').Integer(2)) if narrow else SGD"
    path.write_text(path.read_text().replace("recurrence=SGD", f"recurrence={other}"))
    forget()
    for arguments in (["--update"], []):
        code, out = ci(capsys, "mine.py", *arguments)
        assert code == 1
        assert (
            "crashed: two algorithms are called SGD: those of one and two differ in line metric; "
            "give one of them another `name`"
        ) in out


def test_two_files_may_use_one_name_for_two_algorithms(repository, capsys):
    """Each file is compared by itself."""
    for name, metric in (("a", 1), ("b", 2)):
        path = repository / f"{name}.py"
        theory(path, (name, "PLAIN"))
        own = f"replace(SGD, metric=__import__('sympy').Integer({metric}))"
        path.write_text(path.read_text().replace("recurrence=SGD", f"recurrence={own}"))
    assert ci(capsys, "a.py", "b.py", "--update")[0] == 0
    code, out = ci(capsys)
    assert code == 0
    assert "8 entries of 2 scenarios: 8 unchanged" in out


def test_a_crash_keeps_the_algorithms_that_it_would_have_played(repository, capsys):
    """--update after a crash removes nothing."""
    path = repository / "mine.py"
    theory(path, ("one", "PLAIN"))
    assert ci(capsys, "mine.py", "--update")[0] == 0
    before = (repository / "mine.baseline.toml").read_bytes()
    path.write_text(
        path.read_text().replace("def plain(options: Options) -> Plan:", "def plain(options):\n    1/0")
    )
    forget()
    for arguments in (["--update"], []):
        code, out = ci(capsys, *arguments)
        assert code == 1
        assert "ZeroDivisionError" in out
    assert (repository / "mine.baseline.toml").read_bytes() == before


def test_json_says_what_was_checked(repository, capsys):
    """The sentences are in the JSON as well, and each entry names its baseline."""
    theory(repository / "mine.py", ("one", "PLAIN"))
    assert ci(capsys, "mine.py", "--update")[0] == 0
    code, out = ci(capsys, "--json")
    assert code == 0
    content = json.loads(out)
    assert content["checked"] == ["checked: mine.py (4 entries)"]
    assert {Path(e["file"]).name for e in content["entries"]} == {"mine.baseline.toml"}


def test_two_files_with_one_baseline_are_refused(repository, capsys):
    """In a folder of baselines two files of one name would overwrite each other."""
    for folder in ("a", "b"):
        theory(repository / folder / "mine.py", (folder, "PLAIN"))
    assert main(["ci", "a/mine.py", "b/mine.py", "--baselines", "stored", "--jobs", "1"]) == 2
    assert "have one baseline" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("files = []", "`files` = [] in [tool.regretcheck] of"),
        ("files = 'mine.py'", "must be a list of theory files"),
        ("files = [3]", "must be a list of theory files"),
        ("files = ['nowhere.py']", "names 'nowhere.py', but there is no such .py file"),
        ("files = ['/etc/passwd']", "give it from the folder of pyproject.toml"),
        ("fils = ['mine.py']", "`fils` in [tool.regretcheck] of"),
        ("files = ", "cannot read"),
    ],
)
def test_a_table_that_makes_no_sense_is_wrong_use(repository, capsys, table, sentence):
    """One sentence and exit code 2, never the package's baselines instead."""
    (repository / "pyproject.toml").write_text(f"{REPOSITORY}[tool.regretcheck]\n{table}\n")
    assert main(["ci", "--jobs", "1"]) == 2
    assert sentence in " ".join(capsys.readouterr().err.split())


def test_where_files_are_looked_for(tmp_path):
    """Not in hidden folders, virtual environments and built ones; without a repository in no inner folder."""
    for folder in (".git", ".hidden", "build", "node_modules", "env", "sub", "."):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "x.py").write_text("")
        (tmp_path / folder / "x.baseline.toml").write_text("")
    (tmp_path / "env" / "pyvenv.cfg").write_text("")
    (tmp_path / "sub" / "y.baseline.toml").write_text("")
    found = own_files(tmp_path / "sub")
    assert found.files == (tmp_path / "sub" / "x.py", tmp_path / "x.py")
    assert found.orphans == (tmp_path / "sub" / "y.baseline.toml",)
    (tmp_path / ".git").rename(tmp_path / "git")
    if not any((p / ".git").exists() or (p / "pyproject.toml").exists() for p in tmp_path.parents):
        assert own_files(tmp_path).files == (tmp_path / "x.py",)
        assert not own_files(tmp_path / "env" / "..").orphans


def test_without_own_files_the_package_is_checked_and_named(repository, capsys, monkeypatch):
    """The sentence says whose baselines they are."""
    import paper_checks.cli.ci as command

    monkeypatch.setattr(command, "fresh_rows", lambda *_: [])
    code, out = ci(capsys)
    assert code == 1, "a run that produces nothing leaves every stored entry missing"
    assert "checked: the package's own baselines (the AdaL paper and what goes with it) (" in out
    assert "this repository has no theory file with a baseline of its own" in out
    assert re.search(r"\d+ entries of \d+ scenarios: \d+ missing$", out, re.MULTILINE)
    red = {(e["scenario"], e["reading"]) for e in json.loads(ci(capsys, "--json")[1])["entries"]}
    assert red == {key for path in FOLDER.glob("*.toml") for key in read_baseline(path)}
    assert {"claims", "certificates", "the algorithm", "one_round"} <= {scenario for scenario, _ in red}
    assert ("wrong_end", "audit.adal.theorem1") in red


def test_what_compared_nothing_is_red(repository, capsys, monkeypatch):
    """No entry on either side is no success."""
    import paper_checks.cli.ci as command

    monkeypatch.setattr(command, "fresh_rows", lambda *_: [])
    theory(repository / "mine.py", ("one", "PLAIN"))
    code, out = ci(capsys, "mine.py")
    assert code == 1
    assert "nothing was compared" in out


@pytest.mark.parametrize("end", ["sys.exit(0)", "sys.exit()", "raise SystemExit"])
def test_a_file_that_ends_the_program_is_not_green(repository, capsys, end):
    """Nothing was checked: exit code 2 and one sentence, not the file's own code."""
    (repository / "mine.py").write_text(f"import sys\n{end}\n")
    listed(repository, "mine.py")
    for names in ([], ["mine.py"]):
        forget()
        assert main(["ci", *names, "--jobs", "1"]) == 2
        assert "ended the program" in capsys.readouterr().err


def test_list_shows_them_first(repository, capsys):
    """The repository's scenarios come before the package's; a broken file says so in its row."""
    assert main(["list", "--scenarios"]) == 0
    assert "own files" not in capsys.readouterr().out
    theory(repository / "mine.py", ("one", "PLAIN"))
    (repository / "bad.py").write_text("1/0")
    listed(repository, "mine.py", "bad.py")
    assert main(["list", "--scenarios"]) == 0
    out = capsys.readouterr().out
    assert out.index("Scenarios of this repository's own files") < out.index("one_round")
    assert re.search(r"mine\.py\s+one\s+A toy that decides\s+toy\.sgd", out)
    assert re.search(r"bad\.py\s+cannot load .*ZeroDivisionError", out)


def test_audit_takes_them_without_a_name(repository, capsys):
    """Where there is a proof for the algorithm; a scenario without one is named."""
    theory(repository / "mine.py", ("one", "PLAIN"), ("two", "PLAIN"))
    listed(repository, "mine.py")
    assert main(["audit", "--rounds", "5"]) == 2
    err = capsys.readouterr().err
    assert "auditing: mine.py" in err
    assert "not audited: one: " in err
    assert "there is a proof for none of these scenarios" in err
    text = (repository / "mine.py").read_text()
    adal = "__import__('theory.algorithms.adal', fromlist=['ADAL']).ADAL if title else SGD"
    text = text.replace("recurrence=SGD", f"recurrence={adal}")
    text = text.replace("    return game(options)\n", "    return game(options, title='x')\n", 1)
    (repository / "mine.py").write_text(text)
    forget()
    assert main(["audit", "--rounds", "5", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {audited["game"] for audited in found} == {"one", "two"}
    assert {audited["algorithm"] for audited in found} == {"AdaL"}
