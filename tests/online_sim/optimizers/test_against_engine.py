"""Every recurrence, as a torch optimizer, plays the trajectory of the numpy engine."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from online_sim.optimizers import torch_optimizer
from reference_games import DATA, START, played, tolerance, values
from theory.algorithms.registry import algorithms
from theory.recurrence import Recurrence

pytestmark = pytest.mark.torch


def trained(recurrence: Recurrence, *, closed: bool, splits: tuple[int, ...] = (), **options) -> np.ndarray:
    """The points of the optimizer; `splits` cuts the vector into several tensors."""
    tensors = [torch.nn.Parameter(torch.tensor(part)) for part in np.split(START, splits)]
    hyper = {"lr" if name == "alpha" else name: value for name, value in values(recurrence).items()}
    if options.pop("tensor_rate", False):
        hyper["lr"] = torch.tensor(hyper["lr"], dtype=torch.float64)
    optimizer = torch_optimizer(recurrence)(tensors, **hyper, **options)
    points = []
    for row in DATA:
        points.append(np.concatenate([p.detach().numpy() for p in tensors]))
        for p, part in zip(tensors, np.split(row, splits), strict=True):
            a = torch.tensor(part)
            p.grad = p.detach() - a if closed else a
        optimizer.step()
    return np.array(points)


EVERY = pytest.mark.parametrize("name", algorithms())
FORMS = pytest.mark.parametrize(
    "options",
    [
        {"foreach": True},
        {"foreach": False},
        pytest.param({"foreach": True, "capturable": True}, marks=pytest.mark.slow),
        pytest.param({"foreach": False, "capturable": True}, marks=pytest.mark.slow),
        pytest.param({"foreach": True, "tensor_rate": True}, marks=pytest.mark.slow),
        pytest.param({"foreach": False, "tensor_rate": True}, marks=pytest.mark.slow),
    ],
    ids=str,
)


@FORMS
@EVERY
def test_the_optimizer_is_the_engine(name: str, options: dict[str, bool]) -> None:
    """On ||x - a_t||^2/2 both visit the same points, up to rounding."""
    recurrence = algorithms()[name]
    reference = played(recurrence, closed=True)
    ours = trained(recurrence, closed=True, **options)
    assert np.abs(np.diff(reference, axis=0)).max(axis=0).min() > 0
    assert np.abs(ours - reference).max() <= tolerance(reference)


@pytest.mark.slow
@pytest.mark.parametrize("foreach", [True, False])
@EVERY
def test_the_optimizer_is_the_engine_on_a_line(name: str, foreach: bool) -> None:
    """On <a_t, x> too, where no error feeds back."""
    recurrence = algorithms()[name]
    reference = played(recurrence, closed=False)
    ours = trained(recurrence, closed=False, foreach=foreach)
    assert np.abs(ours - reference).max() <= tolerance(reference)


@pytest.mark.parametrize("foreach", [True, pytest.param(False, marks=pytest.mark.slow)])
@EVERY
def test_tensors_with_a_common_norm_are_one_vector(name: str, foreach: bool) -> None:
    """With norm="all" three tensors move as the vector that they are parts of."""
    recurrence = algorithms()[name]
    if "group" in recurrence.name:
        pytest.skip("a sum over a group of coordinates is a tensor's own")
    reference = played(recurrence, closed=True)
    ours = trained(recurrence, closed=True, splits=(1, 3), norm="all", foreach=foreach)
    assert np.abs(ours - reference).max() <= tolerance(reference)


def test_tensors_with_norms_of_their_own_are_not_one_vector() -> None:
    """The control: with norm="tensor" AdaL's points differ by far more than rounding."""
    recurrence = algorithms()["AdaL"]
    reference = played(recurrence, closed=True)
    ours = trained(recurrence, closed=True, splits=(1, 3), norm="tensor")
    assert np.abs(ours - reference).max() > 1e6 * tolerance(reference)


def test_a_changed_line_is_noticed() -> None:
    """The control: an epsilon in another place differs by more than the tolerance."""
    reference = played(algorithms()["AdaL[eps=adam]"], closed=True)
    ours = trained(algorithms()["AdaL"], closed=True)
    assert np.abs(ours - reference).max() > tolerance(reference)
