"""Noise at fixed weights: the algorithms' own means, the gradients, the rule, the plot."""

from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: E402
from matplotlib.figure import Figure  # noqa: E402
from matplotlib.text import Text  # noqa: E402
from torch.nn.functional import cross_entropy  # noqa: E402

from paper_checks.claim import ClaimVerdict  # noqa: E402
from paper_checks.experiments import fitting  # noqa: E402
from paper_checks.experiments.averaging import average, transformation  # noqa: E402
from paper_checks.experiments.experiment import Place  # noqa: E402
from paper_checks.experiments.networks.registry import build  # noqa: E402
from paper_checks.experiments.noise import KURTOSIS, STILL, Noise  # noqa: E402
from paper_checks.experiments.noise_gradients import gradients_at  # noqa: E402
from paper_checks.experiments.noise_judging import Cell, closed_shares, gaussian_kurtosis, much_closer  # noqa: E402
from paper_checks.experiments.optimizers import ADAL, ADAL_GLOBAL, ADAM_CONTENDER, AMSGRAD, SGD, SGDM  # noqa: E402
from paper_checks.experiments.registry import experiment_of  # noqa: E402
from paper_checks.experiments.results import stored  # noqa: E402
from paper_checks.experiments.tails import averaged_kurtosis, kurtosis  # noqa: E402
from paper_checks.experiments.task import Task  # noqa: E402
from small_images import blobs  # noqa: E402

PLACE = Place()
TASK = Task(
    "blobs", "blobs", "mlp", {"hidden": (8,), "classes": 3}, train=192, validation=64, epochs=2, batch=32
)
SMALL = Noise(
    "small", "Noise", "nowhere", "blobs", task=TASK, trainer=ADAL, rate=0.01, measured=(ADAM_CONTENDER, ADAL),
    epochs=(0, 2), seeds=(0, 1), minibatches=60, dropped=10, coordinates=50, group=20,
)  # fmt: skip


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """The data set of every test here."""
    made = blobs()
    monkeypatch.setattr(fitting, "load", lambda name, folder: made)
    fitting.splits.cache_clear()
    yield
    fitting.splits.cache_clear()


def measured(model, minibatches=12, coordinates=10_000):
    """The gradients of a network on the blobs."""
    return gradients_at(
        model, TASK, PLACE, (0, 0), minibatches=minibatches, coordinates=coordinates,
        transformations={"AdaL": transformation(ADAL)},
    )  # fmt: skip


@pytest.fixture
def network():
    """A network that was not trained."""
    return build("mlp", seed=3, shape=(1, 4, 4), hidden=(8,), classes=3)


@pytest.mark.parametrize("contender", [ADAM_CONTENDER, ADAL, AMSGRAD], ids=lambda c: c.name)
def test_the_mean_is_that_of_its_weights(contender):
    """mhat_t = sum_i beta1^(t - i) u_i (1 - beta1)/(1 - beta1^t), written by hand."""
    noise = np.random.default_rng(0).standard_normal((30, 4))
    found = average(contender, noise)
    for t in (1, 2, 30):
        weights = 0.9 ** np.arange(t)[::-1]
        # 30 roundings of terms of size 1, more than enough.
        assert found[t - 1] == pytest.approx(weights @ noise[:t] / weights.sum(), abs=1e-14)


def test_another_decay_gives_another_mean():
    """The parameter is the contender's."""
    noise = np.random.default_rng(0).standard_normal((5, 2))
    assert average(replace(ADAM_CONTENDER, parameters={"beta1": 0.0}), noise) == pytest.approx(noise)


def test_what_is_averaged_is_read_from_the_recurrence():
    """Adam averages the gradient; AdaL the gradient times its l1 norm."""
    gradient = np.array([1.0, -2.0, 0.5])
    assert transformation(ADAM_CONTENDER) is None
    assert transformation(ADAL)(gradient) == pytest.approx(3.5 * gradient)


@pytest.mark.parametrize("contender", [SGD, SGDM], ids=lambda c: c.name)
def test_an_optimizer_without_a_corrected_mean_is_refused(contender):
    """Its noise would be another thing."""
    with pytest.raises(ValueError, match="no lines of m_t and mhat_t"):
        transformation(contender)


def test_the_mean_gradient_of_an_epoch_is_the_whole_gradient(network):
    """192 images in minibatches of all of them: every noise is 0 to rounding of float32."""
    whole = gradients_at(
        network, replace(TASK, batch=192), PLACE, (0, 0), minibatches=2, coordinates=10_000,
        transformations={},
    )  # fmt: skip
    assert whole.drawn == pytest.approx(np.tile(whole.whole, (2, 1)), abs=1e-6 * np.abs(whole.whole).max())
    assert np.abs(measured(network).drawn - whole.whole).max() > 0.1 * np.abs(whole.whole).max()


def test_a_tensor_is_transformed_whole_before_coordinates_are_kept(network):
    """The norm is that of all coordinates of a tensor, by torch, of which few are kept."""
    every, few = measured(network), measured(network, coordinates=7)
    training = fitting.splits("blobs", 192, 64, PLACE)[0]
    chosen = np.random.default_rng((0, 0, 3)).choice(192, 32, replace=False)
    network.zero_grad()
    cross_entropy(network(training.images[chosen]), training.labels[chosen]).backward()
    gradients = [p.grad.double() for p in network.parameters()]
    expected = torch.cat([(torch.linalg.vector_norm(g, 1) * g).flatten() for g in gradients])
    assert every.transformed["AdaL"][0] == pytest.approx(expected.numpy(), rel=1e-12)
    assert few.drawn.shape == (12, 7)
    columns = {tuple(c) for c in every.transformed["AdaL"].T}
    assert {tuple(c) for c in few.transformed["AdaL"].T} <= columns
    assert every.norms[0] == pytest.approx(float(sum(g.abs().sum() for g in gradients)))


def test_minibatches_are_fresh_and_the_weights_stay(network):
    """No two minibatches agree, another seed draws others, and no weight moves."""
    before = [p.detach().clone() for p in network.parameters()]
    found = measured(network).drawn
    assert len(np.unique(found, axis=0)) == len(found)
    assert all(torch.equal(a, b) for a, b in zip(before, network.parameters(), strict=True))


def test_a_run_is_repeated_and_counts_still_coordinates():
    """One thread and a seed: the same numbers, for every kind of noise."""
    unit = SMALL.unit(2, 1)
    one, two = (SMALL.run(unit, PLACE).numbers for _ in range(2))
    assert one == two
    assert {f"{KURTOSIS}, {kind}" for kind in SMALL.kinds} < one.keys()
    assert 0 <= one[STILL] < 50
    assert SMALL.run(SMALL.unit(0, 1), PLACE).numbers != one


def test_a_diverged_run_has_no_numbers():
    """A rate of 1e30: the step is kept, and the seed is missing from the values."""
    hot = replace(SMALL, trainer=SGD, rate=1e30)
    run = hot.run(hot.unit(2, 0), PLACE)
    assert run.diverged is not None
    assert run.numbers == {}
    assert hot.values({run.unit: run, hot.unit(2, 1): replace(run, unit=hot.unit(2, 1))}, 2, STILL) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"measured": (ADAM_CONTENDER, ADAM_CONTENDER)}, "gives 'Adam' twice"),
        ({"measured": (ADAL_GLOBAL,)}, "norm='tensor'"),
        ({"epochs": (0, 3)}, "`epochs`"),
        ({"dropped": 59}, "`dropped` = 59"),
    ],
)
def test_a_design_that_makes_no_sense_is_refused(change, words):
    """The error names the argument."""
    with pytest.raises(ValueError, match=words):
        replace(SMALL, **change)


def test_the_mean_of_laplace_noise_has_the_kurtosis_of_its_weights():
    """3 + 3 * 0.105 from 6, over 500 coordinates."""
    drawn = np.random.default_rng(0).laplace(size=(2_000, 500))
    found = kurtosis(average(ADAM_CONTENDER, drawn)[100:])
    expected = averaged_kurtosis(6.0, 0.9)
    # 1 900 rounds hold 1900 (1 - 0.81)/(1 + 0.81) = 200 independent squares: bias -6/200 or so,
    # and a standard error of sqrt(24/200/500) = 0.016.
    assert found == pytest.approx(expected - 6 / 200, abs=4 * 0.016 + 6 / 200)
    assert found > 3.1


def cells(*means, seeds=5):
    """Closed shares with a deviation of 0.02 over seeds."""
    spread = 0.02 * np.random.default_rng(0).standard_normal(seeds)
    return [Cell(k, mean + spread) for k, mean in enumerate(means)]


@pytest.mark.parametrize(
    ("found", "verdict", "small"),
    [
        (cells(0.8, 0.7), "TRUE", "PARTLY"),
        (cells(0.8, 0.3), "PARTLY", "PARTLY"),
        (cells(0.1, 0.0), "PARTLY", "PARTLY"),
        (cells(0.0, 0.005), "FALSE", "NOT_SUPPORTED"),
        (cells(-0.5, -0.2), "FALSE", "NOT_SUPPORTED"),
        (cells(0.8, 0.7, seeds=4), "FALSE", "NOT_SUPPORTED"),
    ],
)
def test_the_rule_of_much_closer(found, verdict, small):
    """TRUE above one half everywhere, PARTLY above 0 somewhere; a reduced size weakens both ends."""
    assert much_closer(found, reduced=False) is ClaimVerdict[verdict]
    assert much_closer(found, reduced=True) is ClaimVerdict[small]


def test_the_closed_share_is_0_at_adam_and_1_at_sgd():
    """And a half in the middle."""
    table = {1: {"SGD": np.full(5, 5.0), "Adam": np.full(5, 3.0)}}
    for mine, share in ((3.0, 0.0), (4.0, 0.5), (5.0, 1.0)):
        found = {1: {**table[1], "AdaL": np.full(5, mine)}}
        assert closed_shares(found, "AdaL", "Adam")[0].values == pytest.approx(share)


def test_gaussian_noise_seems_to_become_lighter():
    """The control of claim 18: an average of few rounds reads below 3, though nothing is lighter."""
    plain, mean = gaussian_kurtosis(experiment_of("fig3", Noise), "Adam", 0)
    assert mean < plain < 3


def test_the_plot_shows_every_kind_and_every_control():
    """No text lies outside of the figure."""
    experiment = experiment_of("fig3", Noise)
    figure = Figure(dpi=60)
    canvas = FigureCanvasAgg(figure)
    experiment.draw(stored(experiment).runs, figure)
    canvas.draw()
    left, right = figure.axes
    assert [t.get_text() for t in left.get_legend().get_texts()] == list(experiment.kinds)
    rows = [t.get_text() for t in right.get_yticklabels()]
    assert rows[: len(experiment.kinds)] == list(experiment.kinds)
    assert "stable, index 1.5" in rows
    ticks = {*left.get_xticklabels(), *right.get_xticklabels()}  # those beyond the axis are not shown
    for text in figure.findobj(Text):
        if text.get_text() and text not in ticks:
            shown = text.get_window_extent()
            assert figure.bbox.x0 <= shown.x0, text
            assert shown.x1 <= figure.bbox.x1, text
