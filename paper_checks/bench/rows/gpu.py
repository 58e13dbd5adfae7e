"""One step of AdaL on a hundred million coordinates on a GPU, with nothing recorded."""

from collections.abc import Sequence
from dataclasses import replace

from paper_checks.bench.row import BenchRow, Call, Case, Contender, Goal, Peer, Settings, Unavailable
from paper_checks.bench.rows import step

DIMENSION = 100_000_000
STEPS = 20
FLOOR_SHARE = 0.85
"""The goal as a share of the speed of copying 8 words per coordinate."""


def cases(settings: Settings) -> Sequence[Case]:
    """One case for each precision."""
    d = step.QUICK_DIMENSION if settings.quick else DIMENSION
    return [case(d, dtype, "cuda", asked=settings.device) for dtype in step.ROUNDING]


def case(d: int, dtype: str, device: str, *, asked: str = "auto") -> Case:
    """AdaL in the torch engine on a device; unavailable if there is none or the user asked for another."""
    adam = step.torch_contender("Adam", d, dtype, device)
    rounding = step.ROUNDING[dtype]
    peers = (
        Peer(step.adam_contender(d, dtype, device), Goal(within=1.2), rounding, like=adam),
        Peer(step.eager_contender(d, dtype, device), Goal(faster=4.0), rounding),
        Peer(step.floor_contender(d, dtype, device), Goal(within=1 / FLOOR_SHARE), tolerance=None),
    )
    ours = step.torch_contender("AdaL", d, dtype, device)

    def prepare(steps: int) -> Call:
        import torch

        if asked == "cpu" or (device != "cpu" and not torch.cuda.is_available()):
            raise Unavailable("no CUDA device; run: regretcheck bench gpu --device cuda")
        return ours.prepare(steps)

    return Case(
        f"gpu.{dtype}", f"step of AdaL on a box, d = {d:,}, {dtype}, {device}", "coordinate",
        longer(replace(ours, prepare=prepare)),
        tuple(replace(peer, contender=longer(peer.contender)) for peer in peers), scale=d, check=step.STEPS,
        wall=True,
    )  # fmt: skip


def longer(contender: Contender) -> Contender:
    """The contender with more steps per timed call: a GPU is fast, and each call ends by waiting for it."""
    return replace(contender, size=STEPS)


ROW = BenchRow("gpu", "one step on a hundred million coordinates of a graphics card", cases)
