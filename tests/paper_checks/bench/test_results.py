"""The results in the repository: valid, anonymous, and what the documentation shows."""

import json
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from paper_checks.bench.record import file_name
from paper_checks.bench.registry import bench_rows, choose
from paper_checks.bench.row import Settings

ROOT = Path(__file__).resolve().parents[3]
RESULTS = sorted((ROOT / "docs" / "tables" / "results").glob("20*.json"))
SCHEMA = json.loads((files("paper_checks.bench") / "results.schema.json").read_text(encoding="utf-8"))


def test_there_is_a_history():
    """At least one run is kept."""
    assert RESULTS


@pytest.mark.parametrize("path", RESULTS, ids=lambda path: path.name)
def test_a_kept_run_is_valid_whole_and_anonymous(path):
    """It has the schema, its own name, was no smoke run, and names no path."""
    text = path.read_text(encoding="utf-8")
    content = json.loads(text)
    jsonschema.validate(content, SCHEMA)
    assert path.name == file_name(content)
    assert not content["quick"]
    assert not re.search(r'"/|/home|/tmp', text)


def test_the_newest_run_has_every_case():
    """Nothing that the command measures without a name is missing from it, and nothing was refused."""
    content = json.loads(RESULTS[-1].read_text(encoding="utf-8"))
    everything = [case.id for row in bench_rows() for case in row.cases(Settings())]
    found = [row["id"] for row in content["rows"]]
    assert found == [identifier for identifier in everything if identifier in found]
    assert {case.id for case in choose([], Settings())} <= set(found)
    outcomes = {line["outcome"] for row in content["rows"] for line in (row, *row["beside"])}
    assert outcomes <= {"MET", "MISSED", "MEASURED", "ABSENT"}


def test_the_documentation_shows_the_newest_run():
    """docs/bench.md holds what docs/tables/bench.py prints, to the letter; a changed digit would be seen."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "tables" / "bench.py")],
        capture_output=True,
        text=True,
        check=True,
    )
    shown = (ROOT / "docs" / "bench.md").read_text(encoding="utf-8")
    assert len(done.stdout.splitlines()) > 50
    assert done.stdout in shown
    assert done.stdout.replace(" ns", " ms", 1) not in shown


def test_the_slow_rows_are_kept_and_shown():
    """The file of the rows that are measured by name is valid, holds no others, and is shown."""
    path = ROOT / "docs" / "tables" / "results" / "slow.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.validate(content, SCHEMA)
    assert not content["quick"]
    assert {row["id"] for row in content["rows"]} <= {
        case.id for row in bench_rows() for case in row.cases(Settings()) if case.named_only
    }
    command = [sys.executable, str(ROOT / "docs" / "tables" / "bench.py"), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout in (ROOT / "docs" / "bench.md").read_text(encoding="utf-8")


def test_the_documentation_shows_what_changed():
    """docs/bench.md holds the goals before and after, to the letter; a changed digit would be seen."""
    command = [sys.executable, str(ROOT / "docs" / "tables" / "bench.py"), "--changes"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    shown = (ROOT / "docs" / "bench.md").read_text(encoding="utf-8")
    assert len(done.stdout.splitlines()) > 30
    assert done.stdout in shown
    assert done.stdout.replace("x |", "y |", 1) not in shown
