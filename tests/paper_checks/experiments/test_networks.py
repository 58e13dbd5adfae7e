"""Sizes that the papers print, shapes, and weights that depend on the seed alone."""

import pytest

torch = pytest.importorskip("torch")

from paper_checks.experiments.networks.registry import build  # noqa: E402

SMALL = {
    "resnet": {"blocks": (1, 1, 1, 1), "width": 8},
    "densenet": {"blocks": (2, 2), "growth": 4},
    "mlp": {},
}
SHAPES = {"mlp": (1, 28, 28), "resnet": (3, 32, 32), "densenet": (3, 32, 32)}


@pytest.mark.parametrize(
    ("name", "arguments", "count"),
    [
        ("mlp", {"hidden": (128, 64)}, 109_386),
        ("resnet", {}, 21_282_122),
        ("densenet", {}, 6_956_298),
        ("resnet", {"classes": 100}, 21_282_122 + 90 * 513),
        ("resnet", {"blocks": (1, 1, 1, 1), "width": 16}, 308_826),
    ],
)
def test_the_number_of_parameters(name, arguments, count):
    """784*128+128 + 128*64+64 + 64*10+10; ResNet-34 and DenseNet-121 with a 3 x 3 stem."""
    network = build(name, seed=0, shape=SHAPES[name], **arguments)
    assert sum(p.numel() for p in network.parameters()) == count


@pytest.mark.parametrize("name", SMALL)
def test_every_parameter_has_a_gradient(name):
    """One score a class; no part of the network is left out."""
    network = build(name, seed=0, shape=SHAPES[name], classes=7, **SMALL[name])
    scores = network(torch.ones(2, *SHAPES[name]) * torch.tensor([1.0, 2.0]).reshape(2, 1, 1, 1))
    assert scores.shape == (2, 7)
    (scores**2).sum().backward()
    assert all(p.grad is not None and p.grad.abs().max() > 0 for p in network.parameters())


@pytest.mark.parametrize("name", SMALL)
def test_weights_depend_on_the_seed_alone(name):
    """The same seed gives the same bits, whatever was drawn before, and torch keeps its own state."""
    before = torch.random.get_rng_state()
    first = build(name, seed=3, shape=SHAPES[name], **SMALL[name])
    assert torch.equal(torch.random.get_rng_state(), before)
    torch.rand(5)
    second = build(name, seed=3, shape=SHAPES[name], **SMALL[name])
    other = build(name, seed=4, shape=SHAPES[name], **SMALL[name])
    pairs = list(zip(first.parameters(), second.parameters(), other.parameters(), strict=True))
    assert all(torch.equal(u, v) for u, v, _ in pairs)
    assert any(not torch.equal(u, w) for u, _, w in pairs)


def test_no_gpu_is_seeded(monkeypatch):
    """torch.manual_seed also seeds every GPU, whose state nobody puts back; the control calls it."""
    seeded = []
    monkeypatch.setattr(torch.cuda, "manual_seed_all", seeded.append)
    build("mlp", seed=3, shape=SHAPES["mlp"])
    assert seeded == []
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
    assert seeded == [3]


def test_a_whole_resnet_scores_two_images():
    """ResNet-34 in evaluation: an image's scores do not depend on its neighbour."""
    network = build("resnet", seed=0, shape=SHAPES["resnet"]).eval()
    images = torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        both, alone = network(images), network(images[:1])
    assert both.shape == (2, 10)
    assert both.isfinite().all()
    # Sums over another batch may be rounded in another order, some 34 layers deep.
    torch.testing.assert_close(both[:1], alone, rtol=1e-4, atol=1e-4 * float(both.abs().max()))


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("resnet34", {}, r"`name` = 'resnet34' .*resnet"),
        ("resnet", {"widht": 8}, "`arguments` = 'widht' is unknown.*did you mean width"),
        ("resnet", {"width": 0}, "`width` = 0 must be a whole number, at least 1"),
        ("resnet", {"blocks": ()}, r"`blocks` = \(\) must have at least one"),
        ("resnet", {"blocks": (1, 0)}, r"`blocks\[1\]` = 0 must be"),
        ("resnet", {"blocks": 3}, "`blocks` = 3 must be a list"),
        ("densenet", {"growth": 2.5}, r"`growth` = 2\.5 must be a whole number"),
        ("densenet", {"classes": 1}, "`classes` = 1 must be a whole number, at least 2"),
        ("mlp", {"hidden": (128, -1)}, r"`hidden\[1\]` = -1 must be"),
        ("mlp", {"seed": -1}, "`seed` = -1 must be"),
        ("mlp", {"shape": (784,)}, r"`shape` = \(784,\) must have three lengths"),
    ],
)
def test_a_wrong_argument_is_one_clear_error(name, arguments, words):
    """Its name, the value, and what is right."""
    with pytest.raises(ValueError, match=words):
        build(name, **{"seed": 0, "shape": (3, 32, 32), **arguments})


def test_an_mlp_needs_no_hidden_layer():
    """An empty list of hidden layers is a linear classifier."""
    assert [tuple(p.shape) for p in build("mlp", seed=0, shape=(1, 2, 2), hidden=()).parameters()] == [
        (10, 4), (10,),
    ]  # fmt: skip
