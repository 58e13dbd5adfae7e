"""The recorder against torch's own norm, slopes of known curves, and the pictures."""

from dataclasses import replace

import numpy as np
import pytest

from paper_checks.experiments.norms import Norms, slope
from paper_checks.experiments.recorder import WHOLE, Recorder, between_tensors
from paper_checks.experiments.registry import experiment
from paper_checks.experiments.trends import Trend, counted, trends
from planted_norms import TENSORS, with_slopes


@pytest.mark.parametrize("rate", [-0.2, 0.0, 0.3])
def test_the_slope_of_an_exponential_is_its_rate(rate):
    """10^(rate epoch), 50 steps an epoch: block means of an exponential are one, too."""
    norms = 7 * 10 ** (rate * np.arange(400) / 50)
    assert slope(norms, 50) == pytest.approx(rate, abs=1e-12)  # roundings of logarithms


def test_a_burst_does_not_move_the_slope():
    """One block in twenty is a thousand times too large: the median of slopes stays where it was."""
    norms = 10 ** (-0.1 * np.arange(400) / 50)
    norms[100:120] *= 1000
    assert slope(norms, 50) == pytest.approx(-0.1, abs=0.01)  # a tenth of it


def test_the_recorder_sees_the_norms():
    """Every tensor in every step, and their sum, as torch computes them one by one."""
    torch = pytest.importorskip("torch")
    from paper_checks.experiments.fitting import Step

    model = torch.nn.Linear(3, 2)
    recorder, expected = Recorder(), []
    weights = [float(p.detach().square().sum().sqrt()) for p in model.parameters()]
    for number in range(1, 5):
        model.zero_grad()
        (model(torch.full((1, 3), float(number))) ** 2).sum().backward()
        recorder(Step(number, (number - 1) // 2, model))
        expected.append([float(p.grad.abs().sum()) for p in model.parameters()])
    found = recorder.norms()
    assert list(found) == ["weight", "bias", WHOLE]
    assert recorder.counts == {"weight": 6, "bias": 2}
    np.testing.assert_allclose(np.array([found["weight"], found["bias"]]).T, expected, rtol=1e-6)  # float32
    np.testing.assert_allclose(found[WHOLE], np.sum(expected, axis=1), rtol=1e-6)
    scaled = np.array(list(recorder.scaled().values())).T
    np.testing.assert_allclose(scaled, np.array(expected) * weights, rtol=1e-6)


def test_the_recorder_adds_up_each_epoch_on_its_own():
    """Two epochs of two steps: in the second the gradients of a tensor are all alike."""
    torch = pytest.importorskip("torch")
    from paper_checks.experiments.fitting import Step

    model = torch.nn.Linear(1, 2)
    recorder = Recorder()
    rounds = ([1.0, 10.0], [1.0, 10.0], [1.0, 100.0], [100.0, 1.0])
    for number, gradient in enumerate(rounds, start=1):
        model.weight.grad = torch.tensor(gradient)[:, None]
        model.bias.grad = torch.tensor([0.0, 1.0])
        recorder(Step(number, (number - 1) // 2, model))
    (first, silent), (second, _) = recorder.shares()
    # Logarithms 0, 1 (shifted by log10 2) and 0: the mean is 1/3, and of 2/3 in all, 1/6 lies between.
    assert first == pytest.approx(1 / 4, abs=1e-6)  # float32
    assert second == pytest.approx(1, abs=1e-6)
    assert silent == 1 / 4


def test_the_share_between_tensors():
    """1 where each tensor has one size, 0 where all have the same mean, undefined where all are equal."""
    ones = np.ones(3)
    assert between_tensors([ones, 10 * ones])[0] == pytest.approx(1)
    assert between_tensors([np.array([0.1, 10.0]), np.array([0.01, 100.0])])[0] == pytest.approx(0)
    assert np.isnan(between_tensors([ones, ones])[0])
    share, silent = between_tensors([0 * ones, 0 * ones])
    assert np.isnan(share)
    assert silent == 1


def planted(of):
    """Figure 1's design with planted slopes."""
    chosen = experiment("fig1")
    assert isinstance(chosen, Norms)
    return chosen, with_slopes(lambda tensor: of)(chosen)


@pytest.mark.parametrize(("of", "words"), [(-0.1, "12 fall"), (0.1, "12 rise"), (0.0, "12 are not decided")])
def test_trends_are_counted(of, words):
    """Four contenders at three rates."""
    norms, results = planted(of)
    found = trends(norms, results, [WHOLE], [c.name for c in norms.contenders])
    assert words in counted(found)


def test_few_seeds_decide_nothing():
    """Four seeds are too few on a CPU, however clear they are; diverged runs leave none."""
    assert not Trend("AdaL", 0.1, WHOLE, [-1.0, -1.1, -0.9, -1.0], 1).falls
    assert Trend("AdaL", 0.1, WHOLE, [-1.0, -1.1, -0.9, -1.0, -1.05], 1).falls
    nothing = Trend("AdaL", 0.1, WHOLE, [], 1)
    assert not nothing.falls
    assert "nan" in str(nothing)


def test_a_diverged_run_is_left_out():
    """Its numbers are not there."""
    norms, results = planted(-0.1)
    unit = norms.ready({})[0]
    runs = {**results.runs, unit: replace(results.runs[unit], numbers={}, curves={}, diverged=3)}
    assert len(norms.finished(runs, unit.contender, unit.rate)) == len(norms.seeds) - 1
    assert norms.tensors(runs) == list(TENSORS)


def test_where_all_diverged_there_is_nothing_to_draw_but_the_axes():
    """No tensor is known, and no line is drawn."""
    from matplotlib.figure import Figure

    chosen = experiment("fig2")
    assert isinstance(chosen, Norms)
    runs = with_slopes(lambda tensor: 0.1, diverged=3)(chosen).runs
    assert chosen.tensors(runs) == []
    figure = Figure()
    chosen.draw(runs, figure)
    assert not any(axes.lines for axes in figure.axes)


@pytest.mark.parametrize("name", ["fig1", "fig2"])
def test_it_is_drawn(name):
    """A panel for each row and rate, on a logarithmic axis."""
    from matplotlib.figure import Figure

    chosen = experiment(name)
    assert isinstance(chosen, Norms)
    figure = Figure()
    chosen.draw(with_slopes(lambda tensor: -0.1)(chosen).runs, figure)
    assert len(figure.axes) == 4 * len(chosen.rates)
    assert {axes.get_yscale() for axes in figure.axes} == {"log"}
