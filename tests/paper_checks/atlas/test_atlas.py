"""The table of the atlas: verdicts follow certificates and searches of the same statement alone."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from paper_checks.atlas.entry import Entry
from paper_checks.atlas.searched import Outcome, digest_of, read_outcomes, search, write_outcomes
from paper_checks.cli.main import main
from paper_checks.gallery.amsgrad import EXHIBITS
from paper_checks.run import atlas
from paper_checks.run.atlas import AtlasVerdict
from theory.algorithms.decaying_momentum import AMSGRAD_DECAYING
from theory.statement import Reading
from theory.symbols import T
from theory.theorems.amsgrad import REDDI, REDDI_ICLR
from toy_family import AWAY, ROOT_T, SLOW

FALSE = Entry(REDDI_ICLR, AMSGRAD_DECAYING, exhibits=EXHIBITS, instead="with alpha below the first term")
TRUE = Entry(REDDI, AMSGRAD_DECAYING, proved={"stated": "docs/proofs.md"})


def outcome(entry, reading, **changes):
    """A search of 100 games without a violation."""
    name = f"{entry.id}.{reading}"
    found = Outcome(name, digest_of(entry, reading), 0, 100, 90, 0.5, 3, 1, violated=False)
    return replace(found, **changes)


def verdicts(monkeypatch, entry, *outcomes):
    """The verdict of each reading of one entry, with these searches on record."""
    monkeypatch.setattr(atlas, "entries", lambda: {entry.id: entry})
    monkeypatch.setattr(atlas, "gaps", dict)
    monkeypatch.setattr(atlas, "read_outcomes", lambda: {o.reading: o for o in outcomes})
    return {name.rpartition(".")[2]: make() for name, make in atlas.statements().items()}


def test_a_certificate_decides(monkeypatch):
    """The counterexample is told in one line, with the rounds it needs."""
    row = verdicts(monkeypatch, FALSE)["stated"]
    assert row.verdict is AtlasVerdict.REFUTED
    assert row.finding.startswith("false of AMSGrad[beta1=decaying]: T=1")
    assert (row.rounds, row.error, row.instead) == (1, "", "with alpha below the first term")


def test_a_certificate_that_is_not_accepted_is_an_error(monkeypatch, tmp_path):
    """Must-fail control: the margin in the file is raised."""
    from paper_checks.gallery import exhibit

    file = json.loads(EXHIBITS[0].path.read_text())
    file["claim"]["lhs_at_least"] = "7"
    (tmp_path / EXHIBITS[0].path.name).write_text(json.dumps(file))
    monkeypatch.setattr(exhibit, "FOLDER", tmp_path)
    assert verdicts(monkeypatch, FALSE)["stated"].error


def test_searches_decide_the_rest(monkeypatch):
    """Proved, standing, falling, or without evidence: as the search on record says."""
    found = verdicts(monkeypatch, TRUE, outcome(TRUE, "revision"))
    assert {key: row.verdict for key, row in found.items()} == {
        "stated": AtlasVerdict.PROVED,
        "revision": AtlasVerdict.STANDS,
    }
    assert "not searched yet" in found["stated"].finding
    assert "largest left/right 0.5 in 100 games (T = 3, d = 1)" in found["revision"].finding
    falls = verdicts(monkeypatch, TRUE, outcome(TRUE, "revision", violated=True))["revision"]
    assert falls.verdict is AtlasVerdict.FALLS
    nothing = verdicts(monkeypatch, TRUE, outcome(TRUE, "revision", said=0))["revision"]
    assert nothing.verdict is AtlasVerdict.NO_EVIDENCE


def test_a_family_decides_for_every_constant(monkeypatch):
    """Its statement is a row of its own; one that is not shown is an error and no verdict."""
    shown = Entry(ROOT_T, SLOW, families=(AWAY,), instead="no C")
    row = verdicts(monkeypatch, shown)["every_C"]
    assert (row.verdict, row.error, row.instead) == (AtlasVerdict.OUTGROWN, "", "no C")
    assert "T = n: regret >= 3*n/2, right side <= C*sqrt(n) for every C" in row.finding
    wrong = replace(shown, families=(replace(AWAY, at_least=2 * AWAY.at_least),))
    row = verdicts(monkeypatch, wrong)["every_C"]
    assert row.verdict is AtlasVerdict.NO_EVIDENCE
    assert "the family toy_slow: after the last round" in row.error


def test_a_family_is_told_with_the_proof_of_its_reading(monkeypatch):
    """Of a lower bound: what sympy checked, and an error if it does not."""
    lower = replace(ROOT_T, lhs=-ROOT_T.lhs, readings=(Reading("all", -3 * T / 2, "in every round"),))
    family = replace(AWAY, theorem=lower, reading="all", at_most=())
    entry = Entry(lower, SLOW, families=(family,), proved={"all": "docs/proofs.md"})
    row = verdicts(monkeypatch, entry)["all"]
    assert row.verdict is AtlasVerdict.PROVED
    assert "inequalities of the induction checked by sympy" in row.finding
    family = replace(family, comparator=-family.comparator)
    assert verdicts(monkeypatch, replace(entry, families=(family,)))["all"].error


def test_a_violation_of_what_is_proved_is_an_error(monkeypatch):
    """One of the two is wrong."""
    row = verdicts(monkeypatch, TRUE, outcome(TRUE, "stated", violated=True))["stated"]
    assert row.error


def test_a_search_of_another_statement_counts_for_nothing(monkeypatch):
    """Its digest differs."""
    row = verdicts(monkeypatch, TRUE, outcome(TRUE, "revision", digest="0"))["revision"]
    assert row.verdict is AtlasVerdict.NO_EVIDENCE


def test_the_digest_follows_every_part():
    """The right side, the conditions, the algorithm and the settings."""
    plain = digest_of(TRUE, "stated")
    weaker = replace(REDDI, assumptions=REDDI.assumptions[:-1])
    others = [
        digest_of(TRUE, "revision"),
        digest_of(replace(TRUE, theorem=weaker), "stated"),
        digest_of(replace(TRUE, search={"dimensions": (1,)}), "stated"),
    ]
    assert len({plain, *others}) == 4
    assert digest_of(replace(TRUE, instead="x"), "stated") == plain


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"proved": {"nothing": "x"}}, "no reading"),
        ({"exhibits": EXHIBITS}, "refutes `amsgrad.reddi_iclr`"),
        ({"theorem": "amsgrad.reddi"}, "theorem"),
        ({"families": (AWAY,)}, "is about `toy.slow`"),
    ],
)
def test_an_entry_is_of_one_statement(change, words):
    """What belongs to another one is refused."""
    with pytest.raises((ValueError, TypeError), match=words):
        replace(TRUE, **change)


def test_what_is_proved_has_no_counterexample():
    """Must-fail control: both at once."""
    with pytest.raises(ValueError, match="has a counterexample"):
        replace(FALSE, proved={"stated": "docs/proofs.md"})


def test_a_search_is_stored_and_read_again(tmp_path):
    """The same seed gives the same outcome."""
    found = search(TRUE, "stated", evaluations=300)
    assert found.ratio is not None
    assert found.ratio < 1
    path = tmp_path / "searched.json"
    write_outcomes({found.reading: found}, path)
    assert read_outcomes(path) == {found.reading: found}
    assert search(TRUE, "stated", evaluations=300) == found
    path.write_text("{}")
    assert read_outcomes(path) == {}
    path.write_text('[{"reading": 1}]')
    with pytest.raises(ValueError, match="not a file of outcomes"):
        read_outcomes(path)


def test_what_is_not_searched_says_why():
    """The reason stands in the error."""
    with pytest.raises(ValueError, match="no such game"):
        search(replace(TRUE, why_not_searched="no such game"), "stated")


def test_the_command_shows_the_table(capsys):
    """As text with a count, and as JSON."""
    assert main(["atlas", "amsgrad.reddi_iclr"]) == 0
    assert "1 reading: 1 false." in capsys.readouterr().out
    assert main(["atlas", "amsgrad.reddi_iclr", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row["verdict"] == "REFUTED"


def test_the_command_searches(capsys, tmp_path):
    """One reading, into a folder."""
    assert (
        main(["atlas", "amsgrad.reddi.stated", "--search", "--evaluations", "300", "--out", str(tmp_path)])
        == 0
    )
    assert "amsgrad.reddi.stated: no violation" in capsys.readouterr().out
    assert list(read_outcomes(tmp_path / "searched.json")) == ["amsgrad.reddi.stated"]


def test_an_unknown_name_is_one_clear_error(capsys):
    """With the nearest names."""
    for words in (["atlas", "amsgrad.redi"], ["atlas", "amsgrad.redi", "--search"]):
        assert main(words) == 2
        assert "did you mean" in capsys.readouterr().err


def test_every_stored_search_is_of_a_statement_as_it_is_now():
    """A changed statement has to be searched again."""
    known = {
        f"{entry.id}.{key.key}": (entry, key.key)
        for entry in atlas.entries().values()
        for key in entry.theorem.readings
    }
    stale = [
        name
        for name, found in read_outcomes().items()
        if name not in known or found.digest != digest_of(*known[name])
    ]
    assert stale == []


def test_the_page_shows_every_statement():
    """docs/atlas.md lists each reading with the verdict of its certificate, its proof or its search."""
    page = (Path(__file__).parents[3] / "docs" / "atlas.md").read_text()
    verdict = "false|false for every constant|falls|proved|stands|no evidence|not stated"
    shown = dict(re.findall(rf"^\| `([^`]+)` \|[^\n]*? \| ({verdict}) \|", page, re.MULTILINE))
    outcomes = read_outcomes()
    expected = dict.fromkeys(atlas.gaps(), "not stated")
    for entry in atlas.entries().values():
        for reading in entry.theorem.readings:
            name = f"{entry.id}.{reading.key}"
            found = outcomes.get(name)
            if entry.exhibit(reading.key) is not None:
                expected[name] = "false"
            elif reading.key in entry.proved:
                expected[name] = "proved"
            else:
                expected[name] = "stands" if found is not None and found.said else "no evidence"
        for family in entry.families:
            if family.at_most:
                expected[f"{entry.id}.{family.reading}"] = "false for every constant"
    assert shown == expected


def test_what_is_called_proved_has_a_proof_that_names_it():
    """docs/proofs.md or docs/theory.md names each statement that the atlas calls proved."""
    docs = Path(__file__).parents[3]
    missing = [
        entry.id
        for entry in atlas.entries().values()
        for place in set(entry.proved.values())
        if not (docs / place.split("#")[0]).is_file()
    ]
    assert missing == []
