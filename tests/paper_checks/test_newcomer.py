"""A newcomer's file and the recipe pages: what the documentation promises, done from outside the package."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from online_sim.domains.base import Domain
from online_sim.domains.conformance import check_domain
from online_sim.streams.base import Stream
from online_sim.streams.conformance import check_stream
from paper_checks.ci.baseline_file import FOLDER
from paper_checks.claim import Claim
from paper_checks.cli.main import main
from paper_checks.gallery.exhibit import Exhibit
from paper_checks.scenario import Scenario
from theory.algorithms.conformance import check_recurrence
from theory.loss import Loss
from theory.recurrence import Recurrence
from theory.source import BIBLIOGRAPHY, Source, add_source
from theory.statement import Theorem

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "my_theorem.py"
PACKAGES = ("theory", "online_sim", "bounds", "paper_checks")

# The recipes' headings, and the file that each block is.
FILES = {
    "algorithm": "theory/algorithms/sign_sgd.py",
    "loss": "theory/losses/pseudo_huber.py",
    "theorem": "theory/theorems/recipe_ogd.py",
    "domain": "online_sim/domains/segment.py",
    "stream": "online_sim/streams/turning.py",
    "scenario": "paper_checks/adal/recipe_one_round.py",
    "claim": "paper_checks/adal/claims/recipe_claim.py",
    "counterexample": "paper_checks/gallery/recipe_third.py",
}


def recipe(kind):
    """The block of code under a recipe's heading."""
    page = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
    section = page.split(f"## I want to add a{'n' * (kind == 'algorithm')} {kind}\n")[1].split("\n## ")[0]
    (code,) = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    return code


def stated(kind):
    """The part of a block that is the file itself."""
    file, test = recipe(kind).split("\n# In its test:\n")
    assert test
    return file


def loaded(kind, folder):
    """A recipe's file as a module of its own, outside the package."""
    path = folder / f"recipe_{kind}.py"
    path.write_text(stated(kind))
    specification = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(specification)
    sys.modules[path.stem] = module
    try:
        specification.loader.exec_module(module)
    finally:
        del sys.modules[path.stem]
    return vars(module)


@pytest.fixture
def run(tmp_path, capsys):
    """`regretcheck run` on one process: exit code, output and rows."""

    def call(path):
        code = main(["run", str(path), "--out", str(tmp_path / "out"), "--jobs", "1", "--json"])
        said = capsys.readouterr()
        rows = json.loads(said.out) if code < 2 else []
        return code, said.err, rows

    return call


def test_the_example_runs_without_touching_the_package(run):
    """The bound as proved holds on both games, and half of it is violated on the constant slope."""
    code, _, rows = run(EXAMPLE)
    assert code == 0
    assert {(r["scenario"], r["id"].rpartition(".")[2]): r["verdict"] for r in rows} == {
        ("my_slope", "full"): "HOLDS",
        ("my_slope", "half"): "VIOLATED",
        ("my_patients", "full"): "HOLDS",
        ("my_patients", "half"): "HOLDS",
    }
    # f(x) = x from x_1 = 1: regret 2 after one round; the bound is (4/3 + 3/2) * 1.
    full = next(r for r in rows if r["scenario"] == "my_slope")
    assert full["margin"] == pytest.approx((4 / 3 + 3 / 2) / 2, rel=1e-12)


def test_the_example_is_short():
    """Imports and blank lines aside it has less than 40 lines, and it imports no private name."""
    lines = [x for x in EXAMPLE.read_text().splitlines() if x.strip()]
    imports = [x for x in lines if x.startswith(("from ", "import "))]
    assert len(lines) - len(imports) < 40
    assert not [x for x in imports if "._" in x or "import _" in x]


def test_the_example_has_baselines_of_its_own(tmp_path, capsys):
    """The commands that the recipe page shows work on it: update, compare, and go red on a change."""
    own = tmp_path / "my_theorem.py"
    own.write_text(EXAMPLE.read_text().replace('    Scenario("my_patients"', '    # Scenario("my_patients"'))
    assert main(["ci", str(own), "--update", "--jobs", "1"]) == 0
    assert (tmp_path / "my_theorem.baseline.toml").is_file()
    assert main(["ci", str(own), "--jobs", "1"]) == 0
    other = tmp_path / "other" / "my_theorem.py"
    other.parent.mkdir()
    other.write_text(own.read_text().replace("(2 * alpha) + alpha", "(2 * alpha) - alpha"))
    shutil.copy(tmp_path / "my_theorem.baseline.toml", other.parent)
    capsys.readouterr()
    assert main(["ci", str(other), "--jobs", "1"]) == 1
    assert "my_slope mine.theorem.full: verdict was HOLDS, is VIOLATED" in capsys.readouterr().out


GOOD = EXAMPLE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("before", "after", "sentence", "at"),
    [
        ("ALGORITHM = R", "ALGORITHM = = R", "SyntaxError: invalid syntax", "ALGORITHM = = R"),
        ("metric=1,", "metric=unknown,", "NameError: name 'unknown' is not defined", "metric=unknown"),
        ("Norm2Squared(g)),)", "Norm2Squared(h)),)", "NameError: name 'h'", "Norm2Squared(h)"),
        ("(2 * alpha)", "(0.5 * alpha)", "ValueError: reading `full` holds a float", 'Reading("full"'),
        ('=Source("mine"', '=Source("you"', "`add_source` adds your own text", '=Source("you"'),
    ],
)
def test_an_error_in_the_file_names_its_line(tmp_path, run, before, after, sentence, at):
    """What cannot be loaded is exit code 2, with the file, the line of the mistake, and what it is."""
    assert before in GOOD
    own = tmp_path / "broken.py"
    own.write_text(GOOD.replace(before, after, 1))
    code, said, _ = run(own)
    said = " ".join(said.split())
    assert code == 2
    assert sentence in said
    line = int(re.search(r"cannot load \S+broken\.py, line (\d+): ", said)[1])
    assert at in own.read_text().splitlines()[line - 1]


def test_an_error_in_a_game_names_its_line(tmp_path, run):
    """A game that crashes is exit code 1, the others go on, and the row says the line of the file."""
    own = tmp_path / "crashing.py"
    own.write_text(GOOD.replace("Box(-1.0, 1.0, dimension=1)", "Box(1.0, -1.0, dimension=1)"))
    code, _, rows = run(own)
    assert code == 1
    line = next(k for k, x in enumerate(own.read_text().splitlines(), start=1) if "Box(1.0" in x)
    broken = [r for r in rows if r["error"]]
    assert [r["scenario"] for r in broken] == ["my_slope"]
    assert broken[0]["error"].endswith(f"swap or correct the bounds (crashing.py, line {line})")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "defines neither SCENARIO nor SCENARIOS"),
        ("SCENARIO = 3", "is a int; make it a Scenario"),
        ("import no_such_library", "line 1: ModuleNotFoundError: No module named 'no_such_library'"),
    ],
)
def test_a_file_without_a_scenario_is_one_sentence(tmp_path, run, text, sentence):
    """A file that offers nothing, or something else, is exit code 2 and says what is expected."""
    own = tmp_path / "empty.py"
    own.write_text(text)
    code, said, _ = run(own)
    assert code == 2
    assert sentence in " ".join(said.split())


def test_a_text_of_ones_own_is_added_once(monkeypatch):
    """The same text again changes nothing; another under the same key, or an empty one, is refused."""
    monkeypatch.delitem(BIBLIOGRAPHY, "newcomer", raising=False)
    try:
        add_source("newcomer", "A text.")
        add_source("newcomer", "A text.")
        assert str(Source("newcomer", "page 1")) == "newcomer, page 1"
        with pytest.raises(ValueError, match=r"'newcomer' is the text 'A text\.' already"):
            add_source("newcomer", "Another text.")
        with pytest.raises(ValueError, match="must both say something"):
            add_source("other", "")
        assert "other" not in BIBLIOGRAPHY
    finally:
        BIBLIOGRAPHY.pop("newcomer", None)


def test_every_recipe_gives_the_object_it_is_about(tmp_path):
    """The blocks, loaded from outside the package, hold one object each, and it passes its conformance."""
    (algorithm,) = [v for v in loaded("algorithm", tmp_path).values() if isinstance(v, Recurrence)]
    check_recurrence(algorithm)
    assert sum(isinstance(v, Loss) for v in loaded("loss", tmp_path).values()) == 1
    assert [v.id for v in loaded("theorem", tmp_path).values() if isinstance(v, Theorem)] == ["recipe.ogd"]
    segment = loaded("domain", tmp_path)["Segment"]
    assert issubclass(segment, Domain)
    for end in ([1.0], [3.0, 0.0], [1e-3, -2e-3, 5e-3]):
        check_domain(segment(np.array(end)))
    turning = loaded("stream", tmp_path)["Turning"]
    assert issubclass(turning, Stream)
    check_stream(turning(3.0))
    assert isinstance(loaded("scenario", tmp_path)["SCENARIO"], Scenario)
    assert isinstance(loaded("claim", tmp_path)["CLAIM"], Claim)
    assert all(isinstance(entry, Exhibit) for entry in loaded("counterexample", tmp_path)["EXHIBITS"])


@pytest.mark.parametrize(
    ("kind", "before", "after", "sentence"),
    [
        ("algorithm", "alpha / sqrt(t) * sign(g)", "alpha / sqrt(t) * x", "does not depend on the gradients"),
        ("domain", "        return s * self.end\n", "        return 2 * s * self.end\n", "segment"),
        ("stream", "np.arange(start + 1, stop + 1,", "np.arange(1, stop - start + 1,", "cut into blocks"),
    ],
)
def test_a_recipe_with_a_mistake_fails_its_conformance(kind, before, after, sentence):
    """The controls: a recurrence without gradient, a wrong projection, rounds counted from the block."""
    code = recipe(kind)
    assert before in code
    with pytest.raises(ValueError, match=sentence) as caught:
        exec(compile(code.replace(before, after), kind, "exec"), {"__name__": kind})
    assert type(caught.value).__name__ in {"RecurrenceError", "ConformanceError"}


CHECK = """
import sys
from paper_checks.cli.main import main
from paper_checks.run.registry import claims, exhibits, scenarios
from theory.theorems.registry import theorems
from theory.algorithms.registry import algorithms
from theory.losses.registry import losses
import theory
assert theory.__file__.startswith(sys.argv[1]), theory.__file__
assert "signSGD" in algorithms()
assert "pseudo_huber" in {loss.name for loss in losses()}
assert "recipe.ogd" in theorems()
assert "recipe_one_round" in {s.id for s in scenarios()}
assert "adal.claim.99" in {claim.id for claim in claims()}
assert "recipe_third" in {entry.name for entry in exhibits()}
assert main(["list", "--domains"]) == 0
assert main(["ci", "adal.claim.99", "--update", "--jobs", "1"]) == 0
assert main(["ci", "adal.claim.99", "--jobs", "1"]) == 0
assert main(["ci", "recipe_one_round", "--update", "--jobs", "1"]) == 0
assert main(["ci", "recipe_one_round", "--jobs", "1"]) == 0
"""


def test_each_recipe_is_one_new_file_in_a_copy_of_the_package(tmp_path):
    """Put into a copy, the files are listed, and the scenario gets its baseline, with nothing else edited."""
    for package in PACKAGES:
        source = Path(importlib.import_module(package).__file__).parent
        shutil.copytree(source, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    for kind, place in FILES.items():
        assert not (tmp_path / place).exists()
        (tmp_path / place).write_text(stated(kind))
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "COLUMNS": "200"}
    done = subprocess.run(
        [sys.executable, "-c", CHECK, str(tmp_path)], cwd=tmp_path, env=environment, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert re.search(r"Segment +end +From -v to v", done.stdout)
    assert '"adal.claim.99"]' in (tmp_path / "paper_checks/baselines/claims.toml").read_text()
    assert "[scenarios.recipe_one_round." in (tmp_path / "paper_checks/baselines/adal.toml").read_text()


def test_the_pytest_example_of_the_page_passes(tmp_path):
    """The test file in docs/ci.md passes in a folder of its own."""
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n# test_optimizer\.py\n(.*?)```", page, re.DOTALL)
    (tmp_path / "test_optimizer.py").write_text(code)
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --strict-markers\nfilterwarnings = error\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "3 passed" in done.stdout, done.stdout + done.stderr


def test_the_entries_shown_on_the_page_are_the_shipped_ones():
    """The blocks in docs/ci.md stand in the baselines as they are shown."""
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    scenario, algorithm = re.findall(r"^```toml\n(.*?)```", page, re.DOTALL | re.MULTILINE)
    assert scenario in (FOLDER / "adal.toml").read_text(encoding="utf-8")
    assert algorithm in (FOLDER / "algorithms.toml").read_text(encoding="utf-8")
