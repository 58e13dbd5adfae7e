"""Checks and counterexamples show themselves, and checks become tables of pandas."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest

from bounds.evaluate import check, checks
from bounds.games import Counterexample, DescentGame, ExactBox, LinearGame
from bounds.pages import COLUMNS
from bounds.plot import plot_checks
from bounds.verdict import AssumptionCheck, Check, Checks, Verdict
from notebook_pages import HOSTILE, page_of, rows, words
from online_sim.streams import constant
from theory.algorithms.adal import ADAL
from theory.algorithms.sgd import SGD
from theory.losses.piecewise_quadratic import quadratic_slope
from theory.printing.latex_objects import statement_latex
from theory.theorems.adal import THEOREM1
from toy_games import on_interval

EXACT = {"alpha": 1, "beta1": 0, "beta2": "1/2", "eps": 0}
GAME = LinearGame.cyclic(ADAL, EXACT, ExactBox((-1,), (1,)), (1,), (("2/5",),), 1)


@pytest.fixture(scope="module")
def violated() -> Checks:
    """Three readings that one round breaks; reading C is worst in round 2."""
    trace = on_interval(
        constant([0.4]), 10, THEOREM1.quantities, start=[1.0], alpha=1.0, beta1=0.0, beta2=0.5
    )
    return checks(THEOREM1, trace)


@pytest.fixture(scope="module")
def holding() -> Checks:
    """The same game from the middle, which breaks none of them."""
    trace = on_interval(
        constant([0.4]), 10, THEOREM1.quantities, start=[0.0], alpha=1.0, beta1=0.0, beta2=0.5
    )
    return checks(THEOREM1, trace)


def made(verdict: Verdict = Verdict.HOLDS, **changed) -> Check:
    """A check as somebody could make it by hand."""
    rounds = np.array([1, 10])
    left, bound = np.array([1.0, 2.0]), np.array([3.0, 5.0])
    parts = {
        "margin": 2.5, "at": 10, "first_violation": None, "labels": {"title": "Toy", "lhs": "regret"},
        "assumptions": (AssumptionCheck("beta1 < 1", True, "0.9 < 1"),), **changed,
    }  # fmt: skip
    return Check("toy.A", verdict, "reason", rounds, left, left + 1, bound, bound + 1, 9 * bound, **parts)


def test_printed_checks_are_a_line_each(violated: Checks) -> None:
    """Id, verdict, reason: what a loop would print."""
    assert str(violated).splitlines() == [f"{c.id} {c.verdict.name} {c.reason}" for c in violated]
    assert repr(violated[0]) == f"Check({str(violated).splitlines()[0]})"
    assert repr(Checks()) == "Checks([])"


def test_checks_are_a_list(violated: Checks) -> None:
    """What takes a list takes them; what is no check is refused."""
    assert isinstance(violated, list)
    assert violated[1:] == list(violated)[1:]
    assert len(Checks(violated + violated)) == 6
    with pytest.raises(ValueError, match="`checks"):
        Checks(["a"])


def test_the_page_of_checks_is_a_table(violated: Checks) -> None:
    """Its columns are those of the frame; the sentence below says what a verdict means."""
    head, *lines = rows(page_of(violated))
    assert head == list(COLUMNS)
    assert [line[:2] for line in lines] == [[c.id, "VIOLATED"] for c in violated]
    said = words(page_of(violated))
    assert "VIOLATED: the left side exceeds the bound, and a second computation confirms it." in said
    assert THEOREM1.title in said


def test_holds_is_never_shown_alone(holding: Checks) -> None:
    """Wherever the word stands, the page says that it is no proof."""
    assert {c.verdict for c in holding} == {Verdict.HOLDS}
    for shown in (holding, holding[0], made()):
        assert "this is evidence, not a proof" in words(page_of(shown))


def test_the_page_of_a_check_has_its_reason_and_assumptions(violated: Checks) -> None:
    """And the margin with its round."""
    one = violated[2]
    said = words(page_of(one))
    assert one.reason[1:] in said
    assert f"{one.margin:.6g} at T = {one.at}" in said
    for assumption in one.assumptions:
        assert f"holds: {assumption.text} ({assumption.detail})" in said
    broken = made(Verdict.ASSUMPTION_BROKEN, assumptions=(AssumptionCheck("beta1 < 1", False, "2"),))
    assert "broken: beta1 < 1 (2)" in words(page_of(broken))


def test_the_row_of_a_violation_is_its_first_round(violated: Checks) -> None:
    """Left and bound are the ends that show it; the margin may belong to a later round."""
    pytest.importorskip("pandas")
    table = violated.to_frame()
    assert list(table) == list(COLUMNS)
    for one, row in zip(violated, table.to_dict("records"), strict=True):
        k = int(np.flatnonzero(one.rounds == one.first_violation)[0])
        assert row["T"] == one.first_violation
        assert (row["left"], row["bound"]) == (one.lhs_lower[k], one.rhs_upper[k])
        assert row["left"] > row["bound"]
        assert (row["id"], row["verdict"], row["margin"], row["reason"]) == (
            one.id, "VIOLATED", one.margin, one.reason,
        )  # fmt: skip


def test_the_row_without_a_violation_is_the_round_of_the_margin(holding: Checks) -> None:
    """Left and bound are the ends that show that the statement holds there."""
    pytest.importorskip("pandas")
    for one, row in zip(holding, holding.to_frame().to_dict("records"), strict=True):
        k = int(np.flatnonzero(one.rounds == one.at)[0])
        assert row["T"] == one.at
        assert (row["left"], row["bound"]) == (one.lhs_upper[k], one.rhs[k])
        assert row["left"] <= row["bound"]
    (row,) = Checks([made(margin=None, at=None)]).to_frame().to_dict("records")
    assert (row["T"], row["left"], row["bound"]) == (10, 3.0, 5.0)
    assert np.isnan(row["margin"])
    assert Checks().to_frame().columns.tolist() == list(COLUMNS)


def test_a_check_becomes_a_table_of_its_rounds() -> None:
    """Both ends of both sides, and the guarantee of never moving."""
    pytest.importorskip("pandas")
    one = made()
    table = one.to_frame()
    assert list(table) == ["T", "left_lower", "left_upper", "bound_lower", "bound_upper", "trivial"]
    for name, values in zip(
        table, (one.rounds, one.lhs_lower, one.lhs_upper, one.rhs, one.rhs_upper, one.trivial), strict=True
    ):
        assert np.array_equal(table[name], values)


def test_without_pandas_there_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """It names the remedy."""
    monkeypatch.setitem(sys.modules, "pandas", None)
    for shown in (made(), Checks([made()])):
        with pytest.raises(ImportError, match=r"run `pip install regretcheck\[pandas\]`"):
            shown.to_frame()


def test_texts_of_a_check_are_escaped() -> None:
    """Whatever a file or a user wrote."""
    hostile = made(
        labels={"title": HOSTILE, "note": HOSTILE, "lhs": HOSTILE},
        assumptions=(AssumptionCheck(HOSTILE, True, HOSTILE),),
    )
    assert words(page_of(hostile)).count(HOSTILE) == 5
    assert HOSTILE in words(page_of(Checks([replace(hostile, reason=HOSTILE)])))


@pytest.mark.parametrize("reading", ["A", "C"])
def test_a_counterexample_shows_the_reading_and_the_game(reading: str) -> None:
    """The formula is that of the statement; nothing is called proved."""
    found = Counterexample(THEOREM1, reading, GAME)
    printed = statement_latex(THEOREM1, reading)
    for formula in (printed.formula, *printed.where):
        assert f"&{formula}" in found._repr_latex_()
    assert repr(found) == (
        f"Counterexample(adal.theorem1.{reading}; AdaL: T=1, d=1, X=[-1,1], f_1(x)=2x/5, x_1=1, "
        "alpha=1, beta1=0, beta2=1/2, eps=0)"
    )
    said = words(page_of(found))
    assert "Claimed to fail at T = 1" in said
    assert "X=[-1,1], f_1(x)=2x/5" in said


def test_a_descent_shows_itself() -> None:
    """The other kind of exact game."""
    game = DescentGame(SGD, {"alpha": "1/2"}, quadratic_slope(1), (1,), 3)
    shown = Counterexample(replace(THEOREM1, algorithms=()), "A", game)
    assert "f(x)=x^2/2" in repr(shown)
    assert "f(x)=x^2/2" in words(page_of(shown))


def test_exact_games_keep_their_whole_text() -> None:
    """The shrinker tells games apart by the text of their fields."""
    for text in ("recurrence=", "parameters=", "feasible=", "start=", "blocks=", "curved="):
        assert text in repr(GAME)
    longer = LinearGame.cyclic(ADAL, EXACT, ExactBox((-1,), (1,)), (1,), (("2/5",), ("1/3",)), 40)
    assert repr(longer.until(39)) != repr(longer.until(38))


def test_an_incomplete_object_shows_its_class() -> None:
    """Nothing raises."""
    for kind in (Check, Counterexample):
        shown = object.__new__(kind)
        assert repr(shown) == f"<{kind.__name__}, not complete>"
        assert shown._repr_html_() is None
        assert shown._repr_latex_() is None
    assert repr(Checks.__new__(Checks)) == "Checks([])"


def test_one_reading_shows_what_all_show(violated: Checks) -> None:
    """`check` returns the same object as `checks` does."""
    trace = on_interval(
        constant([0.4]), 10, THEOREM1.quantities, start=[1.0], alpha=1.0, beta1=0.0, beta2=0.5
    )
    assert repr(check(THEOREM1, "A", trace)) == repr(violated[0])
    assert page_of(check(THEOREM1, "A", trace)) == page_of(violated[0])


def test_a_plot_is_returned_and_shows_itself(violated: Checks, tmp_path) -> None:
    """With a file and without one; a notebook gets the picture and its size."""
    written = plot_checks(violated, tmp_path / "plot.png")
    shown = plot_checks(violated)
    assert written.axes
    assert shown.axes
    picture, size = shown._repr_png_()
    assert picture == (tmp_path / "plot.png").read_bytes()
    assert size["width"] == round(96 * shown.get_figwidth())
    assert set(size) == {"width", "height"}
