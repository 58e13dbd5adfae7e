"""One step of Adam and of AdaL on ten million coordinates on the CPU, with nothing recorded."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from paper_checks.bench.game import stepped
from paper_checks.bench.peers.arrays import gradient
from paper_checks.bench.peers.floors import memory_traffic
from paper_checks.bench.peers.optax_steps import optax_adam
from paper_checks.bench.peers.torch_steps import device_copies, torch_adal, torch_adam
from paper_checks.bench.row import BenchRow, Call, Case, Contender, Goal, Peer, Settings

if TYPE_CHECKING:
    from theory.recurrence import Recurrence

DIMENSION = 10_000_000
QUICK_DIMENSION = 10_000
"""A dimension too small for the torch engine to compile anything."""
STEPS, EAGER_STEPS = 3, 1
WORDS = 8
"""The numbers that a step of AdaL moves per coordinate: g for its norm, then g, x, m, v in and x, m, v out.

Adam needs no norm: 7.
"""
ROUNDING = {"float32": 1e-5, "float64": 1e-12}


def _numba(name: str, dimension: int, dtype: str, steps: int) -> Call:
    from online_sim import NumbaEngine

    return ours(name, dimension, dtype, NumbaEngine(dtype=dtype), steps)


def _torch(name: str, dimension: int, dtype: str, device: str, steps: int) -> Call:
    from online_sim import TorchEngine

    return ours(name, dimension, dtype, TorchEngine(device, dtype), steps)


def ours(name: str, dimension: int, dtype: str, engine: Any, steps: int) -> Call:
    """Adam without a set, or AdaL on the box [-1, 1]^d, in the given engine."""
    from online_sim import Box
    from theory import ADAL, ADAM

    recurrence: Recurrence = ADAL if name == "AdaL" else ADAM
    domain = Box(-1, 1, dimension=dimension) if name == "AdaL" else None
    return stepped(steps, gradient(dimension, dtype), domain, recurrence=recurrence, engine=engine)


def _traffic(dimension: int, dtype: str, device: str, steps: int) -> Call:
    if device != "cpu":
        return device_copies(steps, dimension, WORDS, dtype=dtype, device=device)
    # A copy is not a floor on a CPU, because it also reads the memory that it overwrites.
    return memory_traffic(dimension, dtype, steps)


def numba_contender(name: str, d: int, dtype: str) -> Contender:
    """Our engine for CPUs."""
    return Contender("numba engine", partial(_numba, name, d, dtype), STEPS)


def torch_contender(name: str, d: int, dtype: str, device: str = "cpu") -> Contender:
    """Our engine for GPUs, on any device."""
    return Contender("torch engine", partial(_torch, name, d, dtype, device), STEPS, ("torch",))


def adam_contender(d: int, dtype: str, device: str = "cpu", *, how: str = "fused") -> Contender:
    """torch.optim.Adam: fused, foreach, or neither."""
    return Contender(f"torch Adam, {how}", partial(torch_adam, d, dtype, device, how), STEPS, ("torch",))


def eager_contender(d: int, dtype: str, device: str = "cpu") -> Contender:
    """AdaL in eager torch."""
    return Contender("torch AdaL, eager", partial(torch_adal, d, dtype, device), EAGER_STEPS, ("torch",))


def floor_contender(d: int, dtype: str, device: str = "cpu") -> Contender:
    """The floor set by memory traffic."""
    return Contender(f"floor: {WORDS} words", partial(_traffic, d, dtype, device), STEPS)


def cases(settings: Settings) -> Sequence[Case]:
    """AdaL and Adam in each precision."""
    d = QUICK_DIMENSION if settings.quick else DIMENSION
    return [case for dtype in ROUNDING for case in (_adal_case(d, dtype), _adam_case(d, dtype))]


def _adal_case(d: int, dtype: str) -> Case:
    adam = numba_contender("Adam", d, dtype)
    peers = [
        Peer(
            adam_contender(d, dtype), Goal(within=1.05), ROUNDING[dtype], like=adam,
            note="Adam reads the gradient once, AdaL twice; its results are compared with our Adam",
        ),
        Peer(torch_contender("AdaL", d, dtype), tolerance=ROUNDING[dtype], note="ours too"),
        Peer(eager_contender(d, dtype), tolerance=ROUNDING[dtype]),
        Peer(floor_contender(d, dtype), tolerance=None),
    ]  # fmt: skip
    return _case(f"step.adal.{dtype}", f"step of AdaL on a box, d = {d:,}, {dtype}", "AdaL", d, dtype, peers)


def _adam_case(d: int, dtype: str) -> Case:
    optax = Contender("optax Adam, jit", partial(optax_adam, d, dtype), STEPS, ("jax", "optax"))
    contenders = [*(adam_contender(d, dtype, how=how) for how in ("fused", "foreach", "eager")), optax]
    peers = [Peer(contender, tolerance=ROUNDING[dtype]) for contender in contenders]
    return _case(f"step.adam.{dtype}", f"step of Adam, d = {d:,}, {dtype}", "Adam", d, dtype, peers)


def _case(identifier: str, title: str, name: str, d: int, dtype: str, peers: Sequence[Peer]) -> Case:
    return Case(
        identifier, title, "coordinate", numba_contender(name, d, dtype), tuple(peers), scale=d, check=STEPS
    )


ROW = BenchRow("step", "one step on ten million coordinates on the processor", cases)
