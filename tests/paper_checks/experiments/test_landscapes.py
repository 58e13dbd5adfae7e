"""Contenders on test functions: the playing, the tuning, the results, and the claims that read them."""

import json
import re
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from paper_checks.adal.claims import converges_on_functions, synthetic_functions, testing_accuracy
from paper_checks.claim import ClaimVerdict
from paper_checks.experiments.designs.fig4 import CONTENDERS, EXPERIMENTS, GROUNDS
from paper_checks.experiments.experiment import Place, Unit
from paper_checks.experiments.grounds import CEILING, FLOOR, bounded_log10, descend, starts_of
from paper_checks.experiments.landscapes import Landscapes
from paper_checks.experiments.registry import experiment
from paper_checks.experiments.results import read_results, stored
from paper_checks.experiments.runner import run_experiment, smoke
from paper_checks.scenario import Options
from planted_landscapes import (
    ahead_of_every_other,
    all_alike,
    at_the_edge,
    at_the_minimum,
    far_from_it,
    with_ends,
)
from theory.losses.logistic import LOGISTIC

PLACE = Place()
RASTRIGIN, ROSENBROCK = GROUNDS
BY_NAME = {c.name: c for c in CONTENDERS}
CITED, FAIR, CLIPPED = (found.name for found in EXPERIMENTS)

SMALL = Landscapes(
    "small", "Two optimizers on a test function", "nowhere", "30 starts",
    grounds=(ROSENBROCK,), contenders=(BY_NAME["AdaL"], BY_NAME["SGD"]), rates=(1e-4, 1e-2, 1.0),
    score="log10 f", tuning_starts=20, starts=30, tuning_steps=25, steps=30, drawn=("AdaL", "SGD"),
)  # fmt: skip


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The small design and the file of its results."""
    path = tmp_path_factory.mktemp("small") / "small.json"
    return run_experiment(SMALL, path, PLACE), path


def adal_by_hand(start, rate, steps, clip):
    """AdaL as printed with a constant rate, in plain numpy: points and values, the start first."""
    point, m, v = np.array(start), np.zeros(2), np.zeros(2)
    points, values = [], []
    for t in range(1, steps + 2):
        a, b = point
        points.append(point)
        values.append(100 * (b - a * a) ** 2 + (1 - a) ** 2)
        g = np.array([-400 * a * (b - a * a) - 2 * (1 - a), 200 * (b - a * a)])
        if clip is not None:
            g = g * min(1.0, clip / np.linalg.norm(g))
        g = np.abs(g).sum() * g
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        mhat, vhat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        point = point - rate * (1 / np.sqrt(vhat) + 1e-8) * mhat
    return np.array(points), np.array(values)


@pytest.mark.parametrize("clip", [None, 1.0])
def test_a_run_is_the_algorithm_written_by_hand(clip):
    """AdaL on Rosenbrock, 40 steps from five starts: every point is that of a plain loop."""
    starts = starts_of(ROSENBROCK, 5, 7)
    rates = np.linspace(0.01, 0.05, 5)
    points, values = descend(ROSENBROCK, BY_NAME["AdaL"], rates, starts, 40, clip=clip, every=True)
    ends, last = descend(ROSENBROCK, BY_NAME["AdaL"], rates, starts, 40, clip=clip)
    for k, (start, rate) in enumerate(zip(starts, rates, strict=True)):
        expected, f = adal_by_hand(start, rate, 40, clip)
        # 40 steps of rounding, each amplified by the curvature (about 1e3) times the rate.
        assert points[k] == pytest.approx(expected, rel=1e-10, abs=1e-12)
        assert values[k] == pytest.approx(f, rel=1e-8)
    assert np.array_equal(ends, points[:, -1])
    assert np.array_equal(last, values[:, -1])


def test_clipping_changes_a_run():
    """Must-fail control: without clipping the same rate leads elsewhere."""
    ends = [descend(ROSENBROCK, BY_NAME["SGD"], [1e-4], [(-2.0, 2.0)], 5, clip=c)[0] for c in (None, 1.0)]
    assert np.linalg.norm(ends[0] - ends[1]) > 0.1


def test_starts_are_shared_fresh_and_inside_the_square():
    """The same seed gives every contender the same starts; tuning has others."""
    first, again = (starts_of(RASTRIGIN, 1000, SMALL.seed) for _ in range(2))
    assert np.array_equal(first, again)
    assert not np.isin(starts_of(RASTRIGIN, 200, SMALL.tuning_seed), first).any()
    assert np.abs(first).max() < RASTRIGIN.side
    assert starts_of(RASTRIGIN, None, 0).tolist() == [list(RASTRIGIN.start)]


def test_a_score_is_finite_whatever_the_end():
    """0 is the floor; what is infinite, undefined or huge is the ceiling."""
    found = bounded_log10(np.array([0.0, 1e-300, 1e-2, 1e9, np.inf, np.nan]))
    assert found.tolist() == [FLOOR, FLOOR, -2.0, CEILING, CEILING, CEILING]


def test_runs_that_diverge_are_recorded_and_scored_worst(small):
    """Plain descent at rate 1 diverges from every start; at 1e-4 it does not, and this rate is chosen."""
    runs = small[0].runs
    tuned = runs[SMALL.tuning_unit(ROSENBROCK, "SGD")]
    assert tuned.curves["share diverged"][0] == 0
    assert tuned.curves["share diverged"][-1] == 1
    assert tuned.curves["log10 f"][-1] == CEILING
    assert SMALL.best(runs, ROSENBROCK, "SGD") == 1e-4
    lost = SMALL.run(Unit("final Rosenbrock", "SGD", 1.0, SMALL.seed), PLACE)
    assert lost.numbers == {"log10 f": CEILING, "diverged": 30}
    path = SMALL.run(Unit("path Rosenbrock", "SGD", 1.0, SMALL.seed), PLACE)
    assert path.diverged is not None
    assert len(path.curves["x_1"]) == path.diverged - 1
    alone = replace(SMALL, starts=None).run(Unit("final Rosenbrock", "SGD", 1.0, SMALL.seed), PLACE)
    assert alone.diverged == path.diverged


def test_the_best_rate_has_the_lowest_mean_score(small):
    """The stored curve is the mean over the tuning starts at each rate, played one rate at a time."""
    runs = small[0].runs
    starts = starts_of(ROSENBROCK, SMALL.tuning_starts, SMALL.tuning_seed)
    ends = [descend(ROSENBROCK, BY_NAME["AdaL"], [r] * 20, starts, 25, clip=None)[1] for r in SMALL.rates]
    expected = [bounded_log10(values).mean() for values in ends]
    found = runs[SMALL.tuning_unit(ROSENBROCK, "AdaL")].curves["log10 f"]
    assert found == pytest.approx(expected, rel=1e-5)  # stored with six digits
    assert SMALL.best(runs, ROSENBROCK, "AdaL") == SMALL.rates[int(np.argmin(expected))]


def test_an_interrupted_run_leaves_the_same_file(small, tmp_path):
    """Two runs, then the rest: the file differs in the times only."""
    path = tmp_path / "small.json"
    assert not run_experiment(SMALL, path, PLACE, limit=2).finished
    run_experiment(SMALL, path, PLACE, resume=True)
    files = [json.loads(p.read_text()) for p in (path, small[1])]
    for content in files:
        del content["digest"]
        content["runs"] = [{**run, "seconds": 0} for run in content["runs"]]
    assert files[0] == files[1]


def test_results_of_another_design_are_refused_with_both_hashes(small):
    """A longer run, another function and another clipping are other experiments."""
    other = replace(ROSENBROCK, loss=replace(ROSENBROCK.loss, value=2 * ROSENBROCK.loss.value))
    for changed in (replace(SMALL, steps=31), replace(SMALL, grounds=(other,)), replace(SMALL, clip=1.0)):
        with pytest.raises(ValueError, match=rf"{SMALL.digest}, and it is {changed.digest} now"):
            small[0].of(changed)


def test_a_result_changed_by_hand_is_noticed(small, tmp_path):
    """One end of one run."""
    text = small[1].read_text()
    unit = SMALL.final_unit(ROSENBROCK, "SGD", 1e-4)
    end = small[0].runs[unit].curves["log10 f"][0]
    changed = text.replace(f'"log10 f": [{end}', f'"log10 f": [{end - 1}')
    assert changed != text
    path = tmp_path / "small.json"
    path.write_text(changed)
    with pytest.raises(ValueError, match="was changed after it was written"):
        read_results(path, SMALL)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rates": (0.1,)}, "at least two positive rates"),
        ({"rates": (0.1, 0.01)}, "increasing order"),
        ({"seed": SMALL.tuning_seed}, "fresh starts"),
        ({"drawn": ("Adma",)}, "`drawn`"),
        ({"score": "f"}, "`score`"),
        ({"grounds": (ROSENBROCK, ROSENBROCK)}, "grounds"),
    ],
)
def test_a_design_that_makes_no_sense_is_refused(change, words):
    """The error names the argument."""
    with pytest.raises(ValueError, match=words):
        replace(SMALL, **change)


def test_one_start_is_not_compared():
    """Statistics need starts."""
    with pytest.raises(ValueError, match="`starts` = None"):
        experiment(CITED).comparisons({}, ROSENBROCK, "AdaL", ["Adam"])


@pytest.mark.parametrize("name", [CITED, FAIR, CLIPPED])
def test_the_stored_results_are_those_of_the_design(name):
    """Every run is there, the file is small, and the first steps come out again."""
    found = stored(experiment(name))
    assert {*experiment(name).ready(found.runs)} == found.runs.keys()
    now = smoke(experiment(name), PLACE)
    assert now.keys() == found.smoke.keys()
    for contender, losses in now.items():
        assert losses == pytest.approx(found.smoke[contender], rel=1e-9), contender


def test_a_stored_run_comes_out_again():
    """The contender of claim 21, from all 1 000 starts: the stored ends, to their two decimals."""
    fair = experiment(FAIR)
    runs = stored(fair).runs
    unit = fair.final_unit(RASTRIGIN, "AdaL", fair.best(runs, RASTRIGIN, "AdaL"))
    again = fair.run(unit, PLACE)
    # Rounding may decide into which minimum a run falls: rarely, but another machine rounds otherwise.
    same = np.isclose(again.curves["log10 f"], runs[unit].curves["log10 f"], atol=0.011)
    assert same.mean() > 0.98


@pytest.mark.parametrize("name", [CITED, FAIR])
def test_the_plot_shows_every_contender(name):
    """A row of panels for each function, with the names of all contenders and no text outside the figure."""
    figure = Figure(dpi=60)
    canvas = FigureCanvasAgg(figure)
    experiment(name).draw(stored(experiment(name)).runs, figure)
    canvas.draw()
    assert len(figure.axes) == 2 * len(GROUNDS)
    for axes in figure.axes[1::2]:
        texts = [t.get_text() for t in (*axes.texts, *axes.get_yticklabels())]
        named = {re.sub(r"^[+−][\d.]+  | \([^()]*\)$", "", text) for text in texts}
        assert {c.name for c in CONTENDERS} <= named
    for text in figure.findobj(Text):
        if text.get_text():
            shown = text.get_window_extent()
            assert figure.bbox.x0 <= shown.x0, text
            assert shown.x1 <= figure.bbox.x1, text


AHEAD = with_ends(ahead_of_every_other)
VERDICTS = [
    (synthetic_functions, {"results": AHEAD}, ClaimVerdict.TRUE),
    (synthetic_functions, {"results": with_ends(all_alike)}, ClaimVerdict.NOT_SUPPORTED),
    (synthetic_functions, {"results": at_the_edge(AHEAD)}, ClaimVerdict.NOT_SUPPORTED),
    (converges_on_functions, {"results": with_ends(at_the_minimum)}, ClaimVerdict.TRUE),
    (converges_on_functions, {"results": with_ends(far_from_it)}, ClaimVerdict.FALSE),
    (testing_accuracy, {"panels": {"(b)": LOGISTIC}}, ClaimVerdict.TRUE),
]  # fmt: skip


@pytest.mark.parametrize(("module", "change", "verdict"), VERDICTS)
def test_other_results_lead_to_another_verdict(module, change, verdict):
    """A planted better optimizer is found, equal ones are no support, an edge of a grid decides nothing."""
    assert partial(module.check, **change)(Options()).verdict is verdict


def test_a_worse_adal_is_not_praised():
    """AdaL moved one decade up is beaten by at least half of the others on every function."""
    worse = with_ends(lambda e, runs, unit, ends: ends + 3 if unit.contender == "AdaL" else ends)
    assert synthetic_functions.check(Options(), results=worse).verdict is ClaimVerdict.FALSE
