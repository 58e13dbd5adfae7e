"""Several processes that share the coordinates play the game that one plays."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from online_sim.domains.base import Domain
from online_sim.domains.box import Box
from online_sim.domains.box_hyperplane import BoxHyperplane
from online_sim.domains.ellipsoid import Ellipsoid
from online_sim.domains.half_space import HalfSpace
from online_sim.domains.l1_ball import L1Ball
from online_sim.domains.polytope import Polytope
from online_sim.domains.simplex import Simplex
from online_sim.engines.torch_engine import TorchEngine
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from online_sim.streams.formula import FormulaStream
from theory.algorithms.adal import ADAL, adal
from theory.losses.linear import LINEAR
from theory.losses.logistic import LOGISTIC
from theory.losses.nonconvex_logistic import NONCONVEX_LOGISTIC
from theory.quantities import Component, CumSum, MaxCoords, Norm1, SumCoords, uniform
from theory.symbols import coordinate, f, g, v, vhat, x

pytestmark = pytest.mark.torch
D = 37  # 19 and 18 coordinates
ROUNDS = 6
PARAMETERS = {"alpha": 0.3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
RECORD = [x, v, f, CumSum(f), CumSum(Norm1(g)), SumCoords(vhat), MaxCoords(g), Component(v, 30)]
SETS: list[Domain] = [
    Box(np.linspace(-0.2, -0.1, D), 0.3),
    Simplex(D, 0.5),
    L1Ball(D, 0.5),
    Ellipsoid(np.linspace(0.01, 0.2, D)),
    HalfSpace(np.linspace(-1, 1, D), -0.1),
    BoxHyperplane(-0.1, 0.1, np.linspace(-1, 1, D), 0.2),
]


def games() -> list[Game]:
    """Every set, every kind of reduction, stored data and formulas, replicates."""
    rng = np.random.default_rng(2)
    rows = ArrayStream(rng.normal(size=(ROUNDS, D)), rng.choice([-1.0, 1.0], ROUNDS))
    free = Game(ADAL, LOGISTIC, rows, horizon=ROUNDS, parameters=PARAMETERS, start=np.zeros(D))
    inside = [replace(free, domain=domain, start=None) for domain in SETS]
    groups = rng.integers(0, 3, D).tolist()
    table = (rng.normal(size=(8, D)), rng.choice([-1.0, 1.0], 8))
    formula = FormulaStream((2 * uniform() - 1) / (coordinate + 1), dimension=D, seed=5)
    return [
        free,
        *inside,
        replace(inside[0], recurrence=adal(norm="group"), groups=groups, replicates=2),
        replace(inside[0], loss=NONCONVEX_LOGISTIC, table=table),
        replace(inside[1], loss=LINEAR, stream=formula),
    ]


def take_part(rank: int, count: int, folder: str) -> None:
    """What each process does: join, play every game, and leave what it found in a file."""
    from torch import distributed
    from torch.distributed.device_mesh import init_device_mesh

    torch.set_num_threads(1)
    distributed.init_process_group("gloo", init_method=f"file://{folder}/meet", rank=rank, world_size=count)
    try:
        mesh = init_device_mesh("cpu", (count,))
        arrays = {}
        for n, game in enumerate(games()):
            engine = TorchEngine("cpu", compiled=False, mesh=mesh)
            trace = play(game, record=RECORD, checkpoints="all", engine=engine)
            assert trace.state.vectors.tensors[0].shape[1] == (19, 18)[rank]
            arrays |= {f"{n}:{key}": value for key, value in (trace.scalars | trace.vectors).items()}
            arrays[f"{n}:state"] = np.asarray(trace.state.vectors)
        np.savez(Path(folder) / f"{rank}.npz", **arrays)
        # Neither may leave while the other still talks to it: gloo's thread would then abort the process.
        distributed.barrier()
    finally:
        distributed.destroy_process_group()


def test_a_set_that_only_the_host_projects_on_is_refused() -> None:
    """A polytope's method needs all coordinates in one place."""
    square = Polytope(np.vstack([np.eye(2), -np.eye(2)]), np.ones(4))
    rows = ArrayStream(np.ones((2, 2)))
    shared = TorchEngine("cpu", mesh=object())
    with pytest.raises(ValueError, match="has no projection that processes can share; use one process"):
        play(Game(ADAL, LOGISTIC, rows, square, horizon=2, parameters=PARAMETERS), engine=shared)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[dict]:
    """What two processes found, each all of it."""
    from torch import multiprocessing

    folder = tmp_path_factory.mktemp("processes")
    multiprocessing.spawn(take_part, args=(2, str(folder)), nprocs=2)
    return [dict(np.load(folder / f"{rank}.npz", allow_pickle=False)) for rank in range(2)]


def test_every_process_holds_the_same_records(found: list[dict]) -> None:
    """Bit for bit: the sums that decide are the same in both."""
    first, second = found
    assert first.keys() == second.keys()
    assert all(np.array_equal(first[key], second[key]) for key in first)


@pytest.mark.parametrize("n", range(len(games())))
def test_the_game_is_the_one_of_one_process(n: int, found: list[dict]) -> None:
    """Up to the order of sums: in every round some sums of D terms."""
    trace = play(games()[n], record=RECORD, checkpoints="all", engine=TorchEngine("cpu", compiled=False))
    keys = [key for key in found[0] if key.startswith(f"{n}:")]
    assert len(keys) == len(RECORD) + 1
    for key in keys:
        name = key.partition(":")[2]
        one = np.asarray(trace.state.vectors) if name == "state" else (trace.scalars | trace.vectors)[name]
        # d eps for one sum, T of them one after the other, sqrt of both because rounding errors vary in sign,
        # and a decade for what the steps make of it
        tolerance = 10 * np.sqrt(D * ROUNDS) * np.finfo(np.float64).eps
        assert np.allclose(found[0][key], one, rtol=tolerance, atol=tolerance * np.abs(one).max()), name
    assert not np.array_equal(found[0][f"{n}:x"][:, 0], found[0][f"{n}:x"][:, -1])  # the game moves
