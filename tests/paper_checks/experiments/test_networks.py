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
    assert all(p.grad is not None for p in network.parameters())


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


def test_an_unknown_network_is_one_clear_error():
    """The known ones are told."""
    with pytest.raises(ValueError, match=r"`name` = 'resnet34' .*resnet"):
        build("resnet34", seed=0, shape=(3, 32, 32))
