"""What the generated updates call; imported only where torch is wanted."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from online_sim.engines.torch import tools_kernel


def choose(condition: Any, yes: Any, no: Any, real: Any) -> Any:
    """`yes` where the condition holds, else `no`; each may be a number, the condition a bool."""
    if isinstance(condition, Tensor):
        return tools_kernel.choose(condition, yes, no, real)
    chosen = yes if condition else no
    return chosen if isinstance(chosen, Tensor) else torch.full((), chosen, dtype=real)


def maximum(u: Any, w: Any) -> Any:
    """The larger of two, one of which may be a number; NaN where one is."""
    return tools_kernel.maximum(u, w) if isinstance(u, Tensor) else tools_kernel.maximum(w, u)


def minimum(u: Any, w: Any) -> Any:
    """The smaller of two, one of which may be a number; NaN where one is."""
    return tools_kernel.minimum(u, w) if isinstance(u, Tensor) else tools_kernel.minimum(w, u)


def pinv(w: Any) -> Any:
    """1/w, and 0 where w = 0; its derivative is 0 there, not NaN."""
    if not isinstance(w, Tensor):
        return 1 / w if w != 0 else 0.0
    nothing = w == 0
    return w.masked_fill(nothing, 1).reciprocal().masked_fill(nothing, 0)


def spread(value: Any, like: Tensor, real: Any) -> Tensor:
    """A number as a tensor of the shape of a parameter; a tensor of that shape stays."""
    return value.expand(like.shape) if isinstance(value, Tensor) else full_like(like, value, real)


def full_like(like: Tensor, value: Any, real: Any) -> Tensor:
    """The same number everywhere."""
    if isinstance(value, Tensor):
        return value.to(real).expand(like.shape)
    return torch.full_like(like, value, dtype=real)


def wide(device: torch.device) -> torch.dtype:
    """The precision of scalars on a device: float64 where it has that."""
    return torch.float32 if device.type == "mps" else torch.float64


def number_like(like: Tensor, value: float) -> Tensor:
    """A number of a state, float64 where the device of a parameter has it."""
    return torch.full((), value, dtype=wide(like.device), device=like.device)


def total(part: Tensor) -> Tensor:
    """The sum over the coordinates."""
    return torch.sum(part)


def largest(part: Tensor) -> Tensor:
    """The largest coordinate; of a tensor without coordinates, minus infinity."""
    return torch.amax(part) if part.numel() else torch.full_like(part, -torch.inf).new_full((), -torch.inf)


def foreach_norm1(ws: list[Tensor]) -> list[Tensor]:
    """The l1 norm of every tensor; torch's own operation is one kernel on a GPU, but slow on a processor."""
    if ws[0].device.type == "cpu":
        return [torch.sum(w) for w in torch._foreach_abs(ws)]
    return list(torch._foreach_norm(ws, 1))


def foreach_pinv(ws: list[Tensor], floor: float | None) -> list[Tensor]:
    """The pseudo-inverse of every tensor.

    floor: of w = floor + roots, else None. No entry is 0 where it is positive; where it is 0 no entry is
    negative, nor positive and below the least normal number, because the root of any is not.
    """
    if floor is not None and floor > 0:
        return list(torch._foreach_reciprocal(ws))
    if floor is not None and floor == 0:
        there = list(torch._foreach_sign(ws))
        torch._foreach_div_(there, torch._foreach_clamp_min(ws, torch.finfo(ws[0].dtype).tiny))
        return there
    # 1 where w is not 0, else 0; w + 1 - 1 is w exactly.
    there = list(torch._foreach_sign(ws))
    torch._foreach_abs_(there)
    divisor = torch._foreach_neg(there)
    torch._foreach_add_(divisor, 1)
    torch._foreach_add_(divisor, ws)
    torch._foreach_div_(there, divisor)
    return there


def foreach_over(numerators: list[Tensor], ws: list[Tensor], floor: float | None) -> list[Tensor]:
    """The numerators times the pseudo-inverses of ws; floor as in `foreach_pinv`."""
    if floor is not None and floor > 0:
        return list(torch._foreach_div(numerators, ws))
    return list(torch._foreach_mul(numerators, foreach_pinv(ws, floor)))
