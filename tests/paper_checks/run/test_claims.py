"""Claims in the registry, on the command line, in results.json, in the report and in the baseline."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from paper_checks.cli.main import main
from paper_checks.run import examine
from paper_checks.run.registry import claims, scenarios
from paper_checks.run.selection import select
from paper_checks.scenario import Options

FAST = "adal.claim.8"


def test_claims_come_in_the_order_of_their_numbers() -> None:
    """2 before 10, and no number is missing or used twice."""
    numbers = range(1, 46)
    assert [claim.id for claim in claims()] == [f"adal.claim.{k}" for k in numbers]


def test_names_choose_claims() -> None:
    """An id its claim, a prefix all, a scenario none; claim.1 is no prefix of claim.10."""
    known, ledger = scenarios(), claims()

    def chosen(*names):
        return [c.id for c in select(names, known, ledger=ledger).claims]

    assert chosen("adal.claim.1") == ["adal.claim.1"]
    assert len(chosen("adal.claim")) == len(chosen("adal")) == len(chosen()) == len(claims())
    assert chosen("one_round") == chosen("adal.theorem1") == []
    assert select(["adal.claim"], known, ledger=ledger).scenarios == ()
    with pytest.raises(ValueError, match=r"did you mean adal\.claim\."):
        chosen("adal.claim.99")


def test_a_claim_runs_into_results_and_report(tmp_path, capsys) -> None:
    """The row has what a claim has, null where a game would stand; the page quotes the paper."""
    assert main(["run", FAST, "--out", str(tmp_path), "--seed", "3"]) == 0
    said = capsys.readouterr().out
    assert FAST in said
    assert "1 true" in said
    (row,) = json.loads((tmp_path / "results.json").read_text())
    assert (row["id"], row["verdict"], row["seed"], row["source"]) == (FAST, "TRUE", 3, "adal, section 1")
    assert "nothing extra" in row["reason"]
    assert {
        row[name] for name in ("scenario", "theorem", "algorithm", "domain", "margin", "horizon", "error")
    } == {None}
    assert row["versions"]["numpy"]
    page = (tmp_path / "report.html").read_text()
    assert 'id="claims"' in page
    assert "without extra parameters" in page
    assert "checks on" not in page


def test_a_claim_that_crashes_exits_1(tmp_path, capsys, monkeypatch) -> None:
    """The error is in the row, in the report and on the terminal."""
    from paper_checks.adal.claims import no_extra_parameters

    def crash(options: Options):
        raise RuntimeError("deliberate")

    monkeypatch.setattr(no_extra_parameters, "CLAIM", replace(no_extra_parameters.CLAIM, check=crash))
    assert main(["run", FAST, "--out", str(tmp_path)]) == 1
    assert "RuntimeError: deliberate" in capsys.readouterr().out
    (row,) = json.loads((tmp_path / "results.json").read_text())
    assert (row["verdict"], row["error"]) == (None, "RuntimeError: deliberate")


def test_list_claims_runs_no_check(capsys, monkeypatch) -> None:
    """A table with quote, source, statement and the verdict on record, without a computation."""
    monkeypatch.setattr(examine, "examine_claim", None)
    monkeypatch.setenv("COLUMNS", "300")
    assert main(["list", "--claims"]) == 0
    said = capsys.readouterr().out
    assert "none yet" not in said
    for c in claims():
        assert c.id in said
        assert c.quote[:40] in said
    assert "waiting" not in said
    assert "one_round" not in said


def test_ci_compares_verdicts_of_claims(tmp_path, capsys) -> None:
    """The baseline agrees; an entry with another verdict is reported as changed."""
    assert main(["ci", FAST]) == 0
    assert main(["ci", FAST, "--baselines", str(tmp_path), "--update"]) == 0
    path = tmp_path / "claims.toml"
    path.write_text(path.read_text().replace("TRUE", "FALSE"))
    capsys.readouterr()
    assert main(["ci", FAST, "--baselines", str(tmp_path)]) == 1
    assert "verdict was FALSE, is TRUE" in capsys.readouterr().out
