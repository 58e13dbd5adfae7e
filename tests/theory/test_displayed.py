"""Algorithms and theorems show themselves: a line of text, a page of HTML, the LaTeX of the one printer."""

from __future__ import annotations

import re

import pytest
from sympy import S

from notebook_pages import HOSTILE, flaws, page_of, words
from theory.algorithms.registry import algorithms
from theory.displayed import Displayed
from theory.parameters import ALPHA, Parameter, alpha
from theory.printing.html import Html, escaped, facts, formulas, page, points, table
from theory.printing.latex_objects import recurrence_latex, statement_latex
from theory.quantities import Regret
from theory.recurrence import Recurrence
from theory.source import Source
from theory.statement import Assumption, Reading, Requires, Theorem
from theory.symbols import Scalar, g, x
from theory.theorems.registry import theorems

SOURCE = Source("zinkevich2003", "Theorem 1")


def algorithm(name: str = "toy", parameter: Parameter = ALPHA) -> Recurrence:
    """Gradient descent under a name."""
    return Recurrence(name, SOURCE, (parameter,), (), x - parameter.symbol * g, S.One)


def statement(**changed: object) -> Theorem:
    """A theorem of one reading."""
    parts = {
        "id": "toy", "title": "Toy", "source": SOURCE, "algorithms": (), "lhs": Regret(S.One),
        "readings": (Reading("A", 3 * alpha, "as printed"),), **changed,
    }  # fmt: skip
    return Theorem(**parts)


@pytest.mark.parametrize("name", algorithms())
def test_every_algorithm_shows_its_printed_lines(name: str) -> None:
    """The LaTeX holds each line of the printer, once; the page is sound; the text is one line."""
    shown = algorithms()[name]
    latex = shown._repr_latex_()
    assert latex.startswith("$$\\begin{aligned}\n")
    assert latex.endswith("\n\\end{aligned}$$")
    body = latex.removeprefix("$$\\begin{aligned}\n").removesuffix("\n\\end{aligned}$$")
    assert [line.removeprefix("&") for line in body.split(" \\\\\n")] == list(recurrence_latex(shown))
    said = words(page_of(shown))
    assert all(p.meaning in said for p in shown.parameters)
    assert repr(shown).startswith(f"Recurrence({name}")
    assert len(repr(shown)) < 200
    assert "\n" not in repr(shown)


@pytest.mark.parametrize("name", theorems())
def test_every_theorem_shows_its_printed_readings(name: str) -> None:
    """The LaTeX holds each reading and each letter; the page says what is assumed and what is known."""
    shown = theorems()[name]
    latex = shown._repr_latex_()
    for reading in shown.readings:
        printed = statement_latex(shown, reading.key, shown.parameters)
        for formula in (printed.formula, *printed.where):
            assert f"&{formula}" in latex
    said = words(page_of(shown))
    assert all(" ".join(a.text.split()) in said for a in shown.assumptions)
    assert shown.status.value in said
    assert repr(shown).startswith(f"Theorem({name}: ")
    assert len(repr(shown)) < 400
    assert "\n" not in repr(shown)


def test_a_letter_of_the_user_prints_as_declared() -> None:
    """The parameters of a recurrence that a theorem holds keep their LaTeX."""
    own = Parameter(Scalar("rate"), r"\varrho", "the rate")
    shown = statement(
        algorithms=(algorithm(parameter=own),), readings=(Reading("A", own.symbol * 3, "as printed"),)
    )
    assert r"\varrho" in shown._repr_latex_()
    assert r"\text{" not in theorems()["adabelief.corollary2_1"]._repr_latex_()


def test_names_are_escaped() -> None:
    """A name that would run in a browser is text in the page."""
    shown = algorithm(HOSTILE)
    assert HOSTILE in words(page_of(shown))
    stated = statement(
        title=HOSTILE,
        readings=(Reading("A", 3 * alpha, HOSTILE),),
        assumptions=(Assumption(HOSTILE, Requires.CONVEX_LOSSES),),
        algorithms=(shown,),
    )
    assert words(page_of(stated)).count(HOSTILE) == 4


def test_a_symbol_that_is_no_latex_is_shown_as_text() -> None:
    """A symbol whose name is markup becomes neither an element nor an error."""
    odd = Parameter(Scalar("odd"), r"\undefined{<script>}", "odd")
    shown = algorithm(parameter=odd)
    assert "<script>" in words(page_of(shown))


def test_an_incomplete_object_shows_its_class() -> None:
    """As a debugger does after a constructor raised an error."""
    for kind in (Recurrence, Theorem):
        shown = object.__new__(kind)
        assert repr(shown) == f"<{kind.__name__}, not complete>"
        assert shown._repr_html_() is None
        assert shown._repr_latex_() is None


class Odd(Displayed):
    """An object that cannot show itself."""

    def _text(self) -> str:
        raise KeyError("text")

    def _page(self) -> Html:
        raise ValueError("page")

    def _formulas(self) -> tuple[str, ...]:
        return ()


def test_showing_never_raises() -> None:
    """Whatever goes wrong, the class is named, and a notebook falls back on that."""
    assert repr(Odd()) == "<Odd, not complete>"
    assert Odd()._repr_html_() is None
    assert Odd()._repr_latex_() is None


def test_equality_and_hashes_are_those_of_the_data() -> None:
    """Showing changes neither."""
    assert algorithm() == algorithm()
    assert hash(statement()) == hash(statement())
    assert statement() != statement(title="Other")


def test_a_flaw_of_a_page_is_found() -> None:
    """The control: what is escaped here would be an element, a colour or an address otherwise."""
    assert flaws(f'<div class="regretcheck">{escaped(HOSTILE)}</div>') == []
    assert flaws("<div><script>alert(1)</script></div>") == ["<script>"]
    assert flaws('<div style="color:red">a</div>') == ["color"]
    assert flaws('<p onclick="a()">a</p>') == ["onclick"]
    assert flaws("<p>https://example.org/a.css</p>") == ["https://example.org/a.css"]


def test_parts_of_a_page() -> None:
    """Numbers in six digits at the right, nothing for empty parts, one line for a text of many."""
    made = page("Title", "", table(("n", "what"), [(1 / 3, "a\nb")]), facts({"left out": ""}), points([]))
    # The look: distances, and where a line may break.
    shown = re.sub(r';[^"]*"', '"', made.replace(' style="margin:0.3em 0"', ""))
    assert shown == (
        '<div class="regretcheck"><p><strong>Title</strong></p>'
        '<div style="overflow-x:auto"><table><thead><tr>'
        '<th style="text-align:right">n</th><th style="text-align:left">what</th></tr></thead><tbody><tr>'
        '<td style="text-align:right">0.333333</td><td style="text-align:left">a b</td></tr></tbody></table>'
        "</div></div>"
    )
    assert len(escaped("a" * 100_000)) < 2000
    assert formulas(["x", r"\nonsense"]).count("<math") == 1
