"""Games and traces show themselves, and a trace becomes a table of pandas."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest

from notebook_pages import HOSTILE, page_of, rows, words
from online_sim.content import content
from online_sim.domains import Box, L2Ball
from online_sim.frames import frame
from online_sim.game import Game
from online_sim.python_loss import PythonLoss
from online_sim.simulate import play
from online_sim.streams import GaussianStream, constant
from online_sim.trace import Trace, load_trace
from theory.algorithms.adal import ADAL
from theory.algorithms.sgd import SGD
from theory.losses.half_square import NOISY_HALF_SQUARE
from theory.losses.linear import LINEAR
from theory.losses.logistic import LOGISTIC
from theory.printing.latex_objects import loss_latex, oracle_latex, recurrence_latex
from theory.quantities import CumSum, Norm1, Regret
from theory.recurrence import Recurrence
from theory.symbols import f, g, x
from theory.theorems.adal import THEOREM1

NUMBERS = {"alpha": 1.0, "beta1": 0.0, "beta2": 0.5, "eps": 0.0}
GAME = Game(
    ADAL, LINEAR, constant([0.4]), Box(-1.0, 1.0, dimension=1), horizon=20, parameters=NUMBERS, start=[1.0]
)
TRACE = play(GAME, record=[*THEOREM1.quantities, x, CumSum(f)], engine="numpy", checkpoints="all")
REGRET = Regret(1)
"""The regret that Theorem 1 bounds."""


def many(**changed):
    """Two replicates in three dimensions, on a logistic loss."""
    streams = [GaussianStream(3, seed=s, planted=[1.0, 0.0, -1.0], classes=True) for s in (1, 2)]
    game = Game(SGD, LOGISTIC, streams, L2Ball(3), horizon=50, parameters={"alpha": [0.1, 0.2]})
    return play(game, record=[x, Norm1(g)], series=[f], checkpoints=[10, 50], engine="numpy", **changed)


def test_a_game_shows_its_formulas_and_its_numbers() -> None:
    """The LaTeX is that of the algorithm and of the loss."""
    latex = GAME._repr_latex_()
    for line in (*recurrence_latex(ADAL), loss_latex(LINEAR)):
        assert f"&{line}" in latex
    said = words(page_of(GAME))
    for part in ("constant(0.4)", "box(d=1, lower=-1, upper=1)", "alpha = 1", "beta2 = 0.5", "T = 20", "(1)"):
        assert part in said
    assert repr(GAME) == (
        "Game(AdaL on linear, constant(0.4), box(d=1, lower=-1, upper=1), T = 20, d = 1, "
        "alpha = 1, beta1 = 0, beta2 = 0.5, eps = 0)"
    )


def test_the_gradient_that_is_handed_out_is_shown() -> None:
    """A loss with noise in its gradients shows both formulas."""
    shown = Game(SGD, NOISY_HALF_SQUARE, GaussianStream(1), horizon=3, parameters={"alpha": 0.1})
    assert f"&{oracle_latex(NOISY_HALF_SQUARE)}" in shown._repr_latex_()


def test_many_replicates_show_ranges() -> None:
    """One line, however many there are."""
    trace = many()
    assert "alpha = 0.1 to 0.2" in words(page_of(trace.game))
    assert "gaussian(d=3, classes) and 1 more" in repr(trace.game)
    assert "2 replicates" in repr(trace)
    assert "replicate 0 of 2" in words(page_of(trace))


def test_a_loss_of_python_has_no_formula() -> None:
    """The algorithm's lines are shown all the same, and the name is text."""
    loss = PythonLoss(HOSTILE, lambda t, point, a, b: (0.0, 0 * point))
    shown = Game(SGD, loss, GaussianStream(2), horizon=3, parameters={"alpha": 0.1})
    assert shown._repr_latex_().count("&") == len(recurrence_latex(SGD))
    assert HOSTILE in words(page_of(shown))


def test_a_trace_shows_some_of_its_checkpoints() -> None:
    """The first and the last one are among them, with the numbers of the trace in six digits."""
    head, *lines = rows(page_of(TRACE))
    assert head[:3] == ["T", "Regret(1):lower", "Regret(1):upper"]
    assert [lines[0][0], lines[-1][0]] == ["1", "20"]
    assert len(lines) == 8
    for line in lines:
        k = int(line[0]) - 1
        numbers = [TRACE[x][k, 0] if name == "x[0]" else TRACE[name][k] for name in head[1:]]
        assert line[1:] == [f"{u:.6g}" for u in numbers]
    assert "8 of 20 recorded rounds" in words(page_of(TRACE))
    assert TRACE._repr_latex_() is None


def test_a_trace_names_what_was_asked_for() -> None:
    """Evidence for verdicts is not listed, neither in the text nor in the page."""
    assert "20 of 20 rounds recorded: Regret(1), CumMax(" in repr(TRACE)
    assert "Excess" not in repr(TRACE)
    assert ":error" not in repr(TRACE)
    assert "\n" not in repr(TRACE)
    assert len(repr(TRACE)) < 400


def test_a_file_keeps_what_was_asked_for(tmp_path) -> None:
    """A trace that was read shows what the played one showed."""
    TRACE.save(tmp_path / "run.npz")
    read = load_trace(tmp_path / "run.npz")
    assert read.asked == TRACE.asked
    assert repr(read) == repr(TRACE)
    assert page_of(read) == page_of(TRACE)


def test_an_incomplete_game_or_trace_shows_its_class() -> None:
    """Nothing raises."""
    for kind in (Game, Trace):
        shown = object.__new__(kind)
        assert repr(shown) == f"<{kind.__name__}, not complete>"
        assert shown._repr_html_() is None
        assert shown._repr_latex_() is None


def test_a_trace_becomes_a_table() -> None:
    """A row for each checkpoint, and the numbers of the trace, bit by bit."""
    pytest.importorskip("pandas")
    table = TRACE.to_frame()
    assert list(table) == ["T", *("x[0]" if key == "x" else key for key in TRACE.asked)]
    assert np.array_equal(table["T"], TRACE.rounds)
    lower, upper = TRACE.interval(REGRET)
    assert np.array_equal(table["Regret(1):lower"], lower)
    assert np.array_equal(table["Regret(1):upper"], upper)
    assert np.array_equal(table["x[0]"], TRACE[x][:, 0])
    assert np.array_equal(table["CumSum(f)"], TRACE[CumSum(f)])


def test_each_replicate_has_its_rows() -> None:
    """Two replicates, two checkpoints; vectors by coordinate, a series at the checkpoints."""
    pytest.importorskip("pandas")
    trace = many()
    table = trace.to_frame()
    assert list(table) == ["replicate", "T", "x[0]", "x[1]", "x[2]", str(Norm1(g)), "f"]
    assert table["replicate"].tolist() == [0, 0, 1, 1]
    assert table["T"].tolist() == [10, 50, 10, 50]
    for i in range(3):
        assert np.array_equal(table[f"x[{i}]"], trace[x][:, :, i].reshape(-1))
    assert np.array_equal(table[str(Norm1(g))], trace[Norm1(g)].reshape(-1))
    assert np.array_equal(table["f"], trace["f"][:, [9, 49]].reshape(-1))


def test_an_older_trace_has_all_columns() -> None:
    """A file that does not say what was asked for gives everything."""
    pytest.importorskip("pandas")
    table = replace(TRACE, asked=()).to_frame()
    assert len(table.columns) == 1 + len(TRACE.scalars) + len(TRACE.vectors)


def test_without_pandas_there_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """It names the remedy."""
    monkeypatch.setitem(sys.modules, "pandas", None)
    for make in (TRACE.to_frame, lambda: frame({"T": [1]})):
        with pytest.raises(ImportError, match=r"run `pip install regretcheck\[pandas\]`"):
            make()


def test_what_is_shown_does_not_weaken_a_hash() -> None:
    """However deep a recurrence lies, its hash depends on its lines, of which its text names none."""

    def deep(value: object) -> object:
        for _ in range(40):
            value = (value,)
        return value

    one = Recurrence(SGD.name, SGD.source, SGD.parameters, SGD.steps, SGD.point, SGD.metric)
    other = replace(one, point=one.point + g - x * 0)
    assert repr(one) == repr(other)
    assert content(deep(one)) != content(deep(other))
    assert content(deep(one)) == content(deep(replace(one)))
