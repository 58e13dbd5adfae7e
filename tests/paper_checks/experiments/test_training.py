"""Training on small images made in the test: pairing, tuning, divergence, verdicts of planted optimizers."""

from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from paper_checks.claim import ClaimVerdict  # noqa: E402
from paper_checks.experiments import fitting  # noqa: E402
from paper_checks.experiments.experiment import Place, Unit  # noqa: E402
from paper_checks.experiments.optimizers import ADAL, ADAM_CONTENDER, ALL, SGD  # noqa: E402
from paper_checks.experiments.runner import run_experiment  # noqa: E402
from paper_checks.experiments.task import Task  # noqa: E402
from paper_checks.experiments.training import ACCURACY, LOSS, Training  # noqa: E402
from paper_checks.experiments.verdict import rule, sides  # noqa: E402
from small_images import blobs  # noqa: E402

PLACE = Place()
TASK = Task(
    "blobs", "blobs", "mlp", {"hidden": (8,), "classes": 3}, train=192, validation=64, epochs=3, batch=32,
    decay_at=(2,),
)  # fmt: skip


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """The data set of every test here."""
    made = blobs()
    monkeypatch.setattr(fitting, "load", lambda name, folder: made)
    monkeypatch.setattr("paper_checks.experiments.images.registry.load", lambda name, folder: made)
    fitting.splits.cache_clear()
    yield
    fitting.splits.cache_clear()


def design(**changes):
    """A small experiment."""
    given = {
        "task": TASK, "contenders": (ADAL, ADAM_CONTENDER, SGD), "grids": {"paper": (0.001, 0.01, 0.1)},
        "tuning_seeds": (100,), "seeds": (0, 1, 2, 3, 4), **changes,
    }  # fmt: skip
    return Training("small", "Three optimizers", "nowhere", "blobs", **given)


@pytest.mark.parametrize("contender", ALL, ids=lambda c: c.name)
def test_every_contender_learns(contender):
    """The training loss of the last epoch is below that of the first, at some rate."""
    found = [
        fitting.fit(replace(TASK, epochs=6), contender, rate, 0, PLACE).curves["train loss"]
        for rate in (0.003, 0.1, 1.0)
    ]
    assert min(curve[-1] / curve[0] for curve in found) < 0.9


def test_minibatches_are_paired_by_seed():
    """The same images in the same order for every contender; another seed or epoch gives another order."""
    training, _, _ = fitting.splits("blobs", 192, 64, PLACE)

    def labels(seed, epoch):
        return torch.cat([found for _, found in fitting.minibatches(TASK, training, seed, epoch)])

    assert torch.equal(labels(0, 0), labels(0, 0))
    assert not torch.equal(labels(0, 0), labels(1, 0))
    assert not torch.equal(labels(0, 0), labels(0, 1))
    assert len(labels(0, 0)) == TASK.steps * TASK.batch


def test_training_validation_and_test_do_not_overlap():
    """Every training image is in one part; the parts are standardised by the training images alone."""
    training, validation, _ = fitting.splits("blobs", 192, 64, PLACE)
    rows = torch.cat([training.images, validation.images]).flatten(1)
    assert len(torch.unique(rows, dim=0)) == 256
    assert abs(float(training.images.mean())) < 1e-6  # float32 sums of numbers of size 1
    assert abs(float(validation.images.mean())) > 1e-6


def test_a_run_is_repeated_bit_for_bit():
    """One thread and a seed: the same losses."""
    one, two = (fitting.fit(TASK, ADAL, 0.01, 7, PLACE).losses for _ in range(2))
    assert one == two


def test_the_test_images_are_not_seen_in_tuning():
    """Only final runs have a test loss."""
    experiment = design()
    assert "test loss" not in experiment.run(Unit("tune", "AdaL", 0.01, 100), PLACE).numbers
    assert "test loss" in experiment.run(Unit("final", "AdaL", 0.01, 0), PLACE).numbers


def test_the_decay_is_applied():
    """After a decay by 0 nothing moves: the losses of the last epoch are those of unchanged weights."""
    frozen = replace(TASK, decay=0.0, decay_at=(1,))
    first = fitting.fit(frozen, SGD, 0.1, 0, PLACE)
    shorter = fitting.fit(replace(frozen, epochs=1), SGD, 0.1, 0, PLACE)
    assert first.curves["validation loss"][-1] == shorter.curves["validation loss"][0]


def test_divergence_is_recorded():
    """A rate of 1e8 ends in a loss that is not finite: its step is kept, its numbers are not."""
    run = design().run(Unit("final", "SGD", 1e8, 0), PLACE)
    assert run.diverged is not None
    assert run.numbers == {}


def test_the_observer_sees_every_step():
    """Each number once, with the gradients of that step and the weights before it."""
    seen = []

    def observe(step):
        assert all(p.grad is not None for p in step.model.parameters())
        seen.append((step.number, step.epoch))

    fitting.fit(TASK, ADAL, 0.01, 0, PLACE, observe=observe)
    assert [number for number, _ in seen] == list(range(1, TASK.steps * TASK.epochs + 1))
    assert {epoch for _, epoch in seen} == {0, 1, 2}


def test_augmented_images_are_shifted_copies():
    """Every image is a part of the padded one, flipped or not; without a margin and a flip it is itself."""
    images = torch.arange(2 * 3 * 5 * 5, dtype=torch.float32).reshape(2, 3, 5, 5) + 1
    moved = fitting.augmented(images, np.random.default_rng(0), margin=2)
    padded = torch.nn.functional.pad(images, (2,) * 4)
    for before, after in zip(padded, moved, strict=True):
        windows = [before[:, i : i + 5, j : j + 5] for i in range(5) for j in range(5)]
        assert any(torch.equal(after, w) or torch.equal(after, w.flip(2)) for w in windows)
    still = fitting.augmented(images, np.random.default_rng(0), margin=0)
    assert all(torch.equal(u, v) or torch.equal(u, v.flip(2)) for u, v in zip(images, still, strict=True))
    many = fitting.augmented(images[:1].expand(40, -1, -1, -1), np.random.default_rng(0), margin=2)
    assert len(torch.unique(many.flatten(1), dim=0)) > 20


def test_a_whole_experiment(tmp_path):
    """Nine tuning runs and fifteen final ones; every contender has its best rate of the grid."""
    experiment = design()
    results = run_experiment(experiment, tmp_path / "small.json", PLACE)
    assert len(results.runs) == 9 + 15
    assert {len(losses) for losses in results.smoke.values()} == {18}  # 3 epochs of 6 steps: fewer than 20
    comparisons = experiment.comparisons(
        results.runs, "AdaL", ["Adam", "SGD"], [LOSS, ACCURACY], grid="paper"
    )
    assert [len(c.differences) for c in comparisons] == [5] * 4


@pytest.mark.parametrize(("steps", "expected"), [(0, ClaimVerdict.NOT_SUPPORTED), (1, ClaimVerdict.TRUE)])
def test_a_planted_better_optimizer_is_found_and_itself_is_not(steps, expected):
    """Must-fail control: AdaL against itself shows nothing; against one that does not move, it wins."""
    baseline = replace(ADAL, name="the other")
    experiment = design(contenders=(ADAL, baseline), reduced=False)
    runs = {}
    for unit in experiment.ready({}):
        runs[unit] = experiment.run(unit, PLACE)
    for unit in experiment.ready(runs):
        rate = 1e-12 if steps and unit.contender == "the other" and unit.stage == "final" else unit.rate
        found = experiment.run(replace(unit, rate=rate), PLACE)
        runs[unit] = replace(found, unit=unit)
    found = experiment.comparisons(runs, "AdaL", ["the other"], [LOSS, ACCURACY], grid="paper")
    inner = [replace(c, edges=()) for c in found]
    assert rule(sides(inner), reduced=False) is expected


def test_seeds_of_tuning_are_not_used_again():
    """A final run on a tuning seed would be seen twice."""
    with pytest.raises(ValueError, match="seed 100 is in `seeds` and in `tuning_seeds`"):
        design(seeds=(0, 100))


def test_more_images_than_there_are_is_one_sentence():
    """256 training images cannot be split into 300 and 64."""
    with pytest.raises(ValueError, match=r"blobs has 256 training images .* 300 for training and 64"):
        fitting.fit(replace(TASK, train=300), ADAL, 0.01, 0, PLACE)
