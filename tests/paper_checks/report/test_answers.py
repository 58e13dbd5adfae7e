"""The first screen: each statement with its verdict, its shortest certificate, and what is true instead."""

from dataclasses import replace

import pytest

from paper_checks.paper import Paper, PaperStatement
from paper_checks.report.answers import answers
from paper_checks.report.builder import DETAILS, MOST_ON_ONE_PAGE, Heading, build_pages
from paper_checks.run.record import Record
from paper_checks.run.registry import papers
from paper_checks.run.results import CertificateDetail, GameDetail, GameSummary, Result

PAPER = Paper("p", "The paper", (PaperStatement("p.one", "Theorem 1", "It holds.", instead="Half of it."),))


def checked(reading, verdict, scenario="s", **changes):
    """A reading of Theorem 1 on a game."""
    row = Result(f"p.one.{reading}", "p.one", "p", scenario, "A game", verdict, "what was seen")
    return replace(row, **changes)


def certificate(name, reading, rounds, *, binding="STATED", verdict="CERTIFIED"):
    """A replayed certificate of so many rounds."""
    detail, played = CertificateDetail(at=rounds, binding=binding), GameSummary(variant={"reading": reading})
    told = f"false: T={rounds}"
    return Result(f"certificate.{name}", "p.one", "p", "", "t", verdict, told, played=played, detail=detail)


def answered(rows, certificates=(), stated=(PAPER,), printed=()):
    """The one answer."""
    (answer,) = answers(stated, rows, certificates, {"p.one": "The first"}, {"p.one": printed})
    return answer


def test_certificates_of_every_reading_make_it_false():
    """The shortest one is told, and each reading has its own file."""
    rows = [checked("A", "HOLDS"), checked("B", "VACUOUS")]
    found = [certificate("long", "A", 9), certificate("short", "A", 2), certificate("other", "B", 5)]
    answer = answered(rows, found)
    assert answer.sentence == "Theorem 1 is false as stated, in every reading (A, B): a certificate shows it."
    assert answer.readings == {"A": "short", "B": "other"}
    assert answer.shortest is found[1]


def test_a_reading_without_counterexample_is_told():
    """What is false in one reading is not called false in all."""
    answer = answered([checked("A", "VIOLATED"), checked("B", "HOLDS")])
    assert answer.sentence.startswith("Theorem 1 is false in reading A: a game violates it. In reading B no")
    assert answer.shortest is None


def test_what_was_not_checked_is_not_called_false():
    """One of two printed readings was asked for, and is false: that says nothing of the other."""
    answer = answered([checked("A", "HOLDS")], [certificate("x", "A", 1)], printed=("A", "B"))
    assert answer.sentence == "Theorem 1 is false in reading A: a certificate shows it."


@pytest.mark.parametrize(
    "doubtful",
    [
        certificate("x", "A", 1, binding="ASKED"),
        certificate("x", "A", 1, binding="FOREIGN"),
        certificate("x", "A", 1, verdict="UNDECIDED"),
        replace(certificate("x", "A", 1), theorem="p.two"),
    ],
)
def test_a_certificate_of_something_else_refutes_nothing(doubtful):
    """Of another algorithm, of a foreign statement, not accepted, or of another theorem."""
    answer = answered([checked("A", "HOLDS")], [doubtful])
    assert not answer.falls
    assert answer.sentence == "No violation of Theorem 1 on 1 game. This is evidence, not a proof."


@pytest.mark.parametrize("verdict", ["VACUOUS", "ASSUMPTION_BROKEN", "UNDECIDED"])
def test_what_no_game_tests_is_not_called_tested(verdict):
    """Neither false nor without violation."""
    answer = answered([checked("A", verdict)])
    assert "is not tested by these games: what was seen" in answer.sentence
    assert not answer.falls


def test_where_every_game_crashed_nothing_is_known():
    """One sentence says so."""
    assert answered([checked("A", None, error="it broke")]).sentence == "Theorem 1: every game crashed."


def test_a_run_of_something_else_gets_the_same_page():
    """Without a paper every statement has an answer, under its own title."""
    answer = answered([checked("A", "HOLDS")], stated=())
    assert answer.statement.says == "The first"


def test_the_adal_paper_answers_its_theorems_in_order():
    """Theorem 1, then Theorem 2."""
    (paper,) = papers()
    assert [s.name for s in paper.statements] == ["Theorem 1", "Theorem 2"]


def pages(count):
    """The pages of a run of so many games."""
    rows = [checked("A", "HOLDS", scenario=f"s{k}") for k in range(count)]
    records = [Record("k", (row,), None) for row in rows]
    return build_pages(records, Heading("t", "c"), picture=lambda name: b"", papers=[PAPER])


def test_a_long_report_has_a_second_page():
    """The games move there, and every link between the pages leads somewhere."""
    assert list(pages(MOST_ON_ONE_PAGE)) == ["report.html"]
    both = pages(MOST_ON_ONE_PAGE + 1)
    assert list(both) == ["report.html", DETAILS]
    assert f'href="{DETAILS}#scenario-s0"' in both["report.html"]
    assert 'id="scenario-s0"' in both[DETAILS]
    assert 'id="scenario-s0"' not in both["report.html"]


def test_stored_checks_by_coq_are_of_certificates_as_they_are():
    """Each digest is that of a certificate of the gallery, and Coq accepted each."""
    from hashlib import sha256

    from paper_checks.gallery.exhibit import FOLDER
    from paper_checks.run.coq_checked import coq_seconds

    known = {sha256(path.read_bytes()).hexdigest() for path in FOLDER.glob("*.json")}
    assert len(coq_seconds()) >= 44
    assert set(coq_seconds()) <= known
    assert all(seconds > 0 for seconds in coq_seconds().values())


def test_a_game_compared_at_some_rounds_is_not_called_whole():
    """The first screen says it of one game, and of one among others."""
    partly = checked("A", "HOLDS", detail=GameDetail(every_round=False))
    answer = answered([partly])
    assert answer.word.short == "no violation where recorded"
    assert "on 1 game at the recorded rounds. This is evidence" in answer.sentence
    answer = answered([partly, checked("A", "HOLDS", "other")])
    assert "on 2 games at the recorded rounds, which in 1 of them are not all." in answer.sentence


def test_the_earliest_violation_is_told_where_there_is_no_certificate():
    """The game that breaks the bound first, not the first in the table."""
    late = checked("A", "VIOLATED", "late", detail=GameDetail(first_violation=9))
    early = checked("A", "VIOLATED", "early", detail=GameDetail(first_violation=2))
    assert answered([late, early]).game is early
    assert answered([checked("A", "HOLDS")]).game is None
