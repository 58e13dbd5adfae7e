"""Torch's optimizers, and AdaL in eager torch, with the same gradient in every step."""

from collections.abc import Callable
from typing import Any

from paper_checks.bench.game import ALPHA, BETA1, BETA2, EPS
from paper_checks.bench.peers.arrays import factors, gradient, update
from paper_checks.bench.row import Answer, Call


def torch_adam(dimension: int, dtype: str, device: str, how: str, steps: int) -> Call:
    """`torch.optim.Adam` from 0; how: fused, foreach, or neither."""
    import torch

    x = torch.zeros(dimension, dtype=getattr(torch, dtype), device=device)
    x.requires_grad_()
    x.grad = torch.as_tensor(gradient(dimension, dtype), device=device)
    adam = torch.optim.Adam(
        [x], lr=ALPHA, betas=(BETA1, BETA2), eps=EPS, fused=how == "fused", foreach=how == "foreach"
    )
    return _stepping(lambda _: adam.step(), steps, x.detach, device)


def torch_adal(dimension: int, dtype: str, device: str, steps: int) -> Call:
    """AdaL on the box [-1, 1]^d from 0, one operation after the other."""
    import math

    import torch

    g = torch.as_tensor(gradient(dimension, dtype), device=device)
    states = [(torch.zeros_like(g), torch.zeros_like(g), torch.zeros_like(g))]

    def step(t: int) -> None:
        now = factors(math, t, BETA1**t, BETA2**t)
        states[0] = update(torch, states[0], g, now, lambda point, _: point.clamp(-1, 1))[0]

    return _stepping(step, steps, lambda: states[0][0], device)


def device_copies(steps: int, dimension: int, words: int, *, dtype: str, device: str) -> Call:
    """The floor of a card: `words` per coordinate and step, half of them read and half written."""
    import torch

    source = torch.zeros(dimension, dtype=getattr(torch, dtype), device=device)
    target = torch.ones_like(source)

    def step(_: int) -> None:
        for _ in range(words // 2):
            target.copy_(source)

    return _stepping(step, steps, lambda: target[:1], device)


def _stepping(step: Callable[[int], object], steps: int, point: Callable[[], Any], device: str) -> Call:
    """Steps 1, 2, ...; a call continues where the last ended, and only the first reads the point."""
    import torch

    done = 0

    def call() -> Answer:
        nonlocal done
        first = done == 0
        for _ in range(steps):
            done += 1
            step(done)
        if device != "cpu":
            torch.cuda.synchronize(device)
        return {"x": point().cpu().numpy().copy()} if first else {}

    return call
