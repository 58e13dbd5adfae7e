"""Small horizons: what `prove` answers about the atlas, and that it never contradicts a certificate."""

import json
from dataclasses import replace
from functools import partial

import pytest
from sympy import Rational

from bounds.games import ExactBox, LinearGame
from bounds.prover.outcome import ProofOutcome
from bounds.prover.prove import prove
from paper_checks.atlas import decided
from paper_checks.atlas.decided import (
    SmallHorizons,
    contradicts,
    counts,
    decide,
    digest_of_questions,
    questions,
    read_decided,
)
from paper_checks.atlas.entry import Entry
from paper_checks.atlas.stored import write_rows
from paper_checks.cli.main import main
from paper_checks.gallery.amsgrad import EXHIBITS
from paper_checks.run import atlas
from theory.algorithms.decaying_momentum import AMSGRAD_DECAYING
from theory.theorems.amsgrad import REDDI_ICLR
from theory.theorems.bubeck import DESCENT, THEOREM3_3
from theory.theorems.hazan import OGD_BOUNDED, THEOREM3_1

SHORT = 9
"""Rounds of the longest certificate against which an answer is held."""
FALSE = Entry(REDDI_ICLR, AMSGRAD_DECAYING, exhibits=EXHIBITS)
TRUE = Entry(THEOREM3_1, OGD_BOUNDED, proved={"stated": "docs/proofs.md"})
NAME = "hazan.theorem3_1.stated"


def answer(entry: Entry, key: str, **changes: object) -> SmallHorizons:
    """An answer that counts."""
    digest = digest_of_questions(entry, key)
    name, made = f"{entry.id}.{key}", "numpy 2"
    row = SmallHorizons(name, digest, "here", "0", "1", 3, "undecided", "", 0.5, 9, 0.1, made)
    return replace(row, **changes)


def refuted() -> list:
    """The readings with a short certificate on a box."""
    found = []
    for entry in atlas.entries().values():
        for reading in entry.theorem.readings:
            exhibit = entry.exhibit(reading.key)
            if exhibit is not None and exhibit.counterexample.game.horizon <= SHORT:
                found.append(pytest.param(entry, reading.key, id=f"{entry.id}.{reading.key}"))
    return found


@pytest.mark.parametrize(("entry", "key"), refuted())
def test_a_false_reading_is_never_proved_where_its_certificate_refutes_it(entry: Entry, key: str) -> None:
    """On the box and at the horizon of the certificate, for gradients that may be 0 and for those it has."""
    game = entry.exhibit(key).counterexample.game
    assert isinstance(game, LinearGame)
    assert isinstance(game.feasible, ExactBox)
    sizes = [abs(u) for row in game.rows for u in row]
    for least in (0, min(sizes)):
        found = prove(
            entry.theorem, key, entry.recurrence, horizon=game.horizon, first=game.horizon,
            parameters=game.parameters, lower=game.feasible.lower, upper=game.feasible.upper,
            gradient=(least, max(sizes)), budget=2000,
        )  # fmt: skip
        assert found.outcome is not ProofOutcome.PROVED
    assert questions(entry, key)[0].gradient == (0, max(sizes))


def test_there_are_false_readings_to_try() -> None:
    """The test above is not empty."""
    assert len(refuted()) > 10


def test_an_answer_names_its_horizons_and_its_region(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proof up to the longest horizon asked; a smaller bound has a counterexample instead."""
    monkeypatch.setattr(decided, "LONGEST", 2)
    row = decide(TRUE, "stated")
    assert (row.proved, row.ended, row.relaxed) == (2, "longest", "1")
    assert row.told == (
        "holds in every game with T = 1..2, X = [-1, 1], |g_t,i| <= 1, every x_1, D_bar = 2, G_bar = 1"
    )
    assert 0.5 < row.ratio < 1
    (reading,) = THEOREM3_1.readings
    less = replace(THEOREM3_1, readings=(replace(reading, rhs=reading.rhs * Rational(1, 2)),))
    row = decide(Entry(less, OGD_BOUNDED), "stated")
    assert (row.proved, row.ended) == (0, "counterexample")
    assert row.told.startswith("a game violates it at T = 1, X = [-1, 1]")


def test_what_cannot_be_asked_says_why() -> None:
    """The reason is that of the refusal."""
    row = decide(Entry(THEOREM3_3, DESCENT), "stated")
    assert (row.proved, row.ended) == (0, "refused")
    assert row.told == "cannot be asked: the statement asks that f is smooth with a known constant L"


def test_the_end_of_the_time_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without processor time nothing is decided."""
    monkeypatch.setattr(decided, "SECONDS", 0.0)
    row = decide(TRUE, "stated")
    assert (row.proved, row.ended, row.boxes) == (0, "time", 0)
    assert row.told.startswith("undecided at T = 1, X = [-1, 1], |g_t,i| <= 1, every x_1, ")


def test_answers_that_contradict_what_is_known_are_noticed() -> None:
    """The controls: a proof where a certificate refutes, and a counterexample to what is proved."""
    made = partial(answer, FALSE, "stated")
    assert "where its certificate refutes it" in contradicts(made(proved=1), FALSE, "stated")
    # No contradiction: no proof at T = 1, another right side, or gradients larger than the certificate's.
    for row in (made(proved=0), made(relaxed="101/100"), made(smallest="3/2")):
        assert contradicts(row, FALSE, "stated") == ""
    row = answer(TRUE, "stated", ended="counterexample")
    assert contradicts(row, TRUE, "stated") == "it is proved, and `prove` found a counterexample"
    assert contradicts(row, replace(TRUE, proved={}), "stated") == ""


def rows_of(monkeypatch: pytest.MonkeyPatch, row: SmallHorizons):
    """The row of the table with this answer on record, and no search and no game."""
    monkeypatch.setattr(atlas, "entries", lambda: {TRUE.id: TRUE})
    monkeypatch.setattr(atlas, "gaps", dict)
    monkeypatch.setattr(atlas, "read_outcomes", dict)
    monkeypatch.setattr(atlas, "read_played", dict)
    monkeypatch.setattr(atlas, "read_decided", lambda: {NAME: row})
    return atlas.statements()[NAME]()


def test_the_table_tells_small_horizons_apart_from_proofs(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a field of its own, which no verdict reads; one about another statement counts for nothing."""
    row = rows_of(monkeypatch, answer(TRUE, "stated"))
    assert (row.small, row.error) == ("holds in every game with T = 1..3, here", "")
    assert "T = 1..3" not in row.finding
    assert rows_of(monkeypatch, answer(TRUE, "stated", digest="0")).small == ""
    assert rows_of(monkeypatch, answer(TRUE, "stated", ended="counterexample")).error


def test_a_changed_statement_or_question_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The digest follows the statement, the questions and the limits."""
    row = answer(TRUE, "stated")
    assert counts(row, TRUE, "stated")
    assert not counts(None, TRUE, "stated")
    (reading,) = THEOREM3_1.readings
    other = replace(THEOREM3_1, readings=(replace(reading, rhs=2 * reading.rhs),))
    assert not counts(row, replace(TRUE, theorem=other), "stated")
    assert not counts(row, replace(TRUE, search={"dimensions": (2,)}), "stated")
    monkeypatch.setattr(decided, "LONGEST", 3)
    assert not counts(row, TRUE, "stated")


def test_the_command_asks_and_goes_on(capsys: pytest.CaptureFixture[str], tmp_path) -> None:
    """An answer that counts is kept, another is found again; rows of other statements stay."""
    path = tmp_path / "decided.json"
    kept, other = answer(TRUE, "stated"), answer(TRUE, "stated", reading="a.theorem")
    entry = atlas.entries()[TRUE.id]
    kept = replace(kept, digest=digest_of_questions(entry, "stated"))
    write_rows(path, [other, kept])
    assert main(["atlas", NAME, "--prove", "--out", str(tmp_path)]) == 0
    assert "holds in every game with T = 1..3, here" in capsys.readouterr().out
    write_rows(path, [other, replace(kept, digest="0", reading="bubeck.theorem3_3.stated")])
    assert main(["atlas", "bubeck.theorem3_3", "--prove", "--out", str(tmp_path)]) == 0
    found = read_decided(path)
    assert found["a.theorem"] == other
    assert found["bubeck.theorem3_3.stated"].ended == "refused"
    assert main(["atlas", "--prove", "--play"]) == 2
    assert "give one of" in capsys.readouterr().err


def test_the_command_shows_small_horizons(capsys: pytest.CaptureFixture[str]) -> None:
    """In a line of their own, and in the JSON."""
    assert main(["atlas", NAME]) == 0
    assert "Small horizons: holds in every game with" in capsys.readouterr().out
    assert main(["atlas", NAME, "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row["small"] == read_decided()[NAME].told


def test_every_stored_answer_is_of_a_statement_as_it_is_now() -> None:
    """A changed statement has to be asked about again; none contradicts a proof or a certificate."""
    known = {f"{e.id}.{r.key}": (e, r.key) for e in atlas.entries().values() for r in e.theorem.readings}
    stored = read_decided()
    assert stored
    assert [name for name, row in stored.items() if name not in known or not counts(row, *known[name])] == []
    assert [name for name, row in stored.items() if contradicts(row, *known[name])] == []
