"""The projections on torch tensors obey the laws of their sets, whatever the weights, for many at once."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from online_sim.contract import ConformanceError
from online_sim.domains.base import Domain
from online_sim.domains.box_hyperplane import BoxHyperplane
from online_sim.domains.conformance import check_domain
from online_sim.domains.ellipsoid import Ellipsoid
from online_sim.domains.half_space import HalfSpace
from online_sim.domains.kernels import torch_projections
from online_sim.domains.kernels.torch_projections import (
    device_projection,
    has_device_projection,
    host_projection,
)
from online_sim.domains.l1_ball import L1Ball
from online_sim.domains.l2_ball import L2Ball
from online_sim.domains.polytope import Polytope
from online_sim.domains.simplex import Simplex
from online_sim.engines.torch.state import Layout
from wrapped_domain import Wrapped

pytestmark = pytest.mark.torch

SETS = [
    Simplex(1),
    Simplex(7, 2.5),
    L1Ball(6, 0.7),
    L1Ball(4, 2.0, [1.0, -3.0, 0.0, 50.0]),
    L2Ball(6, 0.7),
    L2Ball(3, 2.0, [1.0, -3.0, 50.0]),
    Ellipsoid([0.2, 1.0, 5.0], [1.0, 0.0, -2.0]),
    HalfSpace([1.0, -2.0, 0.0, 1e-3], 0.25),
    BoxHyperplane(-1.0, [1.0, 2.0, 0.5, 3.0], [1.0, -2.0, 0.0, 0.3], 0.5),
    BoxHyperplane(0.0, 1.0, np.ones(5), 2.0),
]
NOW = torch.ones((1, 1), dtype=torch.float64)


def projected(domain: Domain, points: np.ndarray, weights: np.ndarray, steps: int = 40) -> tuple:
    """(projected (R, d), failed (R,)) on the device."""
    layout = Layout(torch.device("cpu"), torch.float64, domain.dimension)
    project = device_projection(domain, layout, steps)
    found, failed = project(torch.tensor(points), torch.tensor(weights), NOW)
    return found.numpy(), failed.expand(len(points), 1).numpy()[:, 0]


class OnDevice(Wrapped):
    """A set whose projection is the one on the device."""

    name = property(lambda self: self.inner.name)

    def _project(self, point, weight):
        """The projection on the device; RuntimeError where it says that it failed."""
        found, failed = projected(self.inner, point[None], weight[None])
        if failed[0]:
            raise RuntimeError("no convergence")
        return found[0]


@pytest.mark.parametrize("domain", SETS, ids=lambda s: s.name)
def test_the_projection_obeys_every_law(domain: Domain) -> None:
    """Feasible, idempotent, optimal to 1e-11 for weights of 16 decades and points a thousand sizes away."""
    check_domain(OnDevice(domain), samples=1, use_cvxpy=False)


def test_a_wrong_step_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Control: a multiplier that is off by 1e-9 breaks a law."""
    solve = torch_projections.solve

    def off(p, v, *others):
        y, failed = solve(p, v, *others)
        return y + 1e-9 * v, failed

    monkeypatch.setattr(torch_projections, "solve", off)
    with pytest.raises(ConformanceError):
        check_domain(OnDevice(Simplex(7, 2.5)), use_cvxpy=False)


@pytest.mark.parametrize("domain", SETS, ids=lambda s: s.name)
def test_it_is_the_projection_of_the_set(domain: Domain) -> None:
    """All replicates at once, zero weights among them: the same points as one by one on the host."""
    rng = np.random.default_rng(3)
    d = domain.dimension
    points = domain.start() + rng.normal(size=(40, d)) * 10.0 ** rng.integers(-2, 3, (40, 1))
    weights = 10.0 ** rng.uniform(-3, 3, (40, d)) * (rng.random((40, d)) < rng.random((40, 1)))
    weights[0], points[1] = 0.0, domain.start()
    assert (weights == 0).any()
    found, failed = projected(domain, points, weights)
    assert not failed.any()
    expected = np.stack([domain.project(p, w) for p, w in zip(points, weights, strict=True)])
    # both are exact up to a few roundings of numbers of the size of the point and the set
    size = np.abs(points).max(axis=1, keepdims=True) + np.abs(expected).max()
    assert np.all(np.abs(found - expected) <= 1e-13 * size)


@pytest.mark.parametrize("domain", SETS, ids=lambda s: s.name)
@pytest.mark.parametrize("wrong", [np.nan, np.inf, -1.0])
def test_numbers_that_cannot_be_are_reported(domain: Domain, wrong: float) -> None:
    """NaN and infinite points and weights, and negative weights, fail their replicate and no other."""
    points, weights = np.tile(domain.start(), (3, 1)) + 1.0, np.ones((3, domain.dimension))
    weights[1, 0] = wrong
    assert projected(domain, points, weights)[1].tolist() == [False, True, False]
    if wrong != -1.0:
        points[2, 0] = wrong
        assert projected(domain, points, weights)[1].tolist() == [False, True, True]


def test_too_few_steps_are_reported() -> None:
    """One step settles an easy point and says that it does not settle a hard one."""
    d = 100
    rng = np.random.default_rng(0)
    points, weights = rng.normal(size=(2, d)), np.ones((2, d))
    points[0] = 1 / d
    for domain in (Simplex(d), L1Ball(d, 0.5), L2Ball(d, 0.5), BoxHyperplane(-0.1, 0.1, np.ones(d), 1.0)):
        hard = rng.normal(size=d) * 10.0 ** rng.uniform(-2, 2, d)
        weights[1] = 10.0 ** rng.uniform(-2, 2, d)
        points[1] = hard
        easy = domain.start()
        failed = projected(domain, np.stack([easy, hard]), weights, steps=1)[1]
        assert failed.tolist() == [False, True], domain.name


def test_what_has_no_method_here_is_left_to_the_host() -> None:
    """A polytope is projected by its own method, and its refusal names the round."""
    square = Polytope(np.vstack([np.eye(2), -np.eye(2)]), np.ones(4))
    assert not has_device_projection(square)
    assert has_device_projection(Simplex(2))
    project = host_projection(square)
    points = torch.tensor([[3.0, 0.5], [-2.0, -7.0]], dtype=torch.float64)
    found, failed = project(points, torch.ones_like(points), NOW)
    assert found.tolist() == [[1.0, 0.5], [-1.0, -1.0]]
    assert not failed.any()
    with pytest.raises(RuntimeError, match=r"the projection onto polytope.* failed in round 1: "):
        project(points * torch.nan, torch.ones_like(points), NOW)
