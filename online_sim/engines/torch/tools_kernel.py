"""What the generated rounds of the torch engine call; imported only where torch is wanted."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from online_sim.engines.base import Setting, clip_bounds
from online_sim.engines.program import Projection
from online_sim.engines.torch.state import Layout

Project = Callable[[Tensor, Tensor, Tensor], tuple[Tensor, Tensor]]
"""(point (R, d), weight (R, d), round (R, 1)) -> (projected (R, d), failed (R, 1))."""

STEP = 0x9E3779B97F4A7C15
"""The golden ratio's 64 bits, the step of the mixer."""

# -- functions of the printer -------------------------------------------------------------------------


def choose(condition: Tensor, yes: Any, no: Any, real: Any) -> Tensor:
    """`yes` where the condition holds, else `no`; both may be Python numbers."""
    if not isinstance(yes, Tensor) and not isinstance(no, Tensor):
        yes = torch.full_like(condition, yes, dtype=real)
    return torch.where(condition, yes, no)


def maximum(u: Tensor, w: Any) -> Tensor:
    """The larger of a tensor and a tensor or a Python number; NaN where one is."""
    return torch.maximum(u, w) if isinstance(w, Tensor) else torch.clamp(u, min=w)


def minimum(u: Tensor, w: Any) -> Tensor:
    """The smaller of a tensor and a tensor or a Python number; NaN where one is."""
    return torch.minimum(u, w) if isinstance(w, Tensor) else torch.clamp(u, max=w)


def pinv(w: Tensor) -> Tensor:
    """1/w, and 0 where w = 0."""
    return torch.where(w != 0, 1 / w, 0.0)


def once(value: Tensor) -> Tensor:
    """The same numbers, computed once: a compiler would repeat cheap-looking scalars at every coordinate.

    A view with given strides needs its memory, so that the computation cannot be merged into its reader.
    """
    return torch.as_strided(value, value.shape, value.stride())


def spread(value: Any, like: Tensor) -> Tensor:
    """A number, or one number a replicate, as a vector (R, d)."""
    return value.expand_as(like) if isinstance(value, Tensor) else torch.full_like(like, value)


def uniform(seed: Any, k: Any, t: Any, i: Any) -> Tensor:
    """The numbers of `mixing_kernel.uniform`, float64: its arithmetic modulo 2^64, in signed numbers."""
    like = next(u for u in (seed, t, i) if isinstance(u, Tensor))
    start = seed if isinstance(seed, Tensor) else torch.full_like(like, seed)
    z = _mix(_mix(_stepped(start) + int(k) + 1) + _stepped(t))
    # z + i step, with i added first: a compiled multiple of the loop's own counter is a signed product, from
    # whose overflow the C++ compiler concludes that the loop is short, and writes beyond its end.
    whole = i.to(torch.int64) if isinstance(i, Tensor) else int(i)
    z = _mix((once(z * _signed(pow(STEP, -1, 1 << 64))) + whole) * _signed(STEP))
    return _shifted(z, 11).to(torch.float64) * 2.0**-53


def _mix(z: Tensor) -> Tensor:
    """The finaliser of splitmix64."""
    z = (z ^ _shifted(z, 30)) * _signed(0xBF58476D1CE4E5B9)
    z = (z ^ _shifted(z, 27)) * _signed(0x94D049BB133111EB)
    return z ^ _shifted(z, 31)


def _shifted(z: Tensor, bits: int) -> Tensor:
    """Unsigned z >> bits: the sign bits that a signed shift copies are cut off."""
    return (z >> bits) & ((1 << (64 - bits)) - 1)


def _signed(number: int) -> int:
    return number - (1 << 64) if number >= 1 << 63 else number


def _stepped(u: Any) -> Any:
    """A whole number, or a tensor of them, times `STEP`."""
    return u.to(torch.int64) * _signed(STEP) if isinstance(u, Tensor) else _signed(int(u) * STEP % (1 << 64))


# -- what needs the game ------------------------------------------------------------------------------


class Tools:
    """Reductions, tables and the projection of one game, on its device.

    failed: float64 scalar, the first round whose projection did not reach its accuracy, or 0.
    """

    def __init__(self, layout: Layout, setting: Setting, projection: Project | None) -> None:
        """Move to the device what stays the same all game long."""
        self.layout = layout
        self.real = layout.real
        self.device = layout.device
        self.first, self.stop = layout.first, layout.stop
        self.partial, self.total, self.largest = layout.partial, layout.total, layout.largest
        self.projection = projection
        self.failed = torch.zeros((), dtype=torch.float64, device=layout.device)
        if setting.program.projection is Projection.CLIP:
            self.bounds = tuple(map(layout.place, clip_bounds(setting, layout.dimension)))
        if setting.program.uses_groups:
            self.groups = int(setting.group.max()) + 1
            self.group = layout.local(setting.group, torch.int64)
        if setting.program.uses_rows:
            self.rows = len(setting.table)
            self.table = layout.local(setting.table)
            self.labels = layout.exact(setting.table_labels)[None]

        if layout.mesh is not None:
            # Messages are not compiled, the code before and after them is: a round is cut where one is sent.
            for name in ("total", "largest", "group_sum", "component", "mean_rows", "project"):
                setattr(self, name, torch.compiler.disable(getattr(self, name)))

    def coordinates(self) -> Tensor:
        """The numbers of the coordinates (1, d) in float64, which holds them exactly."""
        return torch.arange(self.first, self.stop, dtype=torch.float64, device=self.device)[None]

    def narrow(self, value: Tensor) -> Tensor:
        """A number in the working precision."""
        return value.to(self.real)

    def group_sum(self, part: Tensor) -> Tensor:
        """At every coordinate the sum over its group."""
        totals = torch.zeros((len(part), self.groups), dtype=torch.float64, device=self.device)
        totals = self.layout.reduce(totals.index_add(1, self.group, part.to(torch.float64)))
        return self.narrow(totals[:, self.group])

    def component(self, vector: Tensor, k: int) -> Tensor:
        """One coordinate, (R or 1, 1)."""
        if self.first <= k < self.stop:
            value = vector[:, k - self.first : k - self.first + 1].to(torch.float64)
        else:
            value = torch.zeros((len(vector), 1), dtype=torch.float64, device=self.device)
        return self.layout.reduce(value)

    def stack(self, parts: Sequence[Tensor]) -> Tensor:
        """A vector from all its coordinates, (R, 1) each."""
        return self.narrow(torch.cat(list(parts[self.first : self.stop]), dim=1))

    def mean_rows(self, function: Callable[[Tensor, Tensor], Tensor], point: Tensor, vector: bool) -> Tensor:
        """The mean over the table of a function of (label, <row, point>), times the row or not."""
        products = self.layout.reduce((point @ self.table.T).to(torch.float64))
        factors = function(self.labels, products).expand_as(products) / self.rows
        if vector:
            return self.narrow(factors) @ self.table
        return torch.sum(factors, dim=-1, keepdim=True)

    def project(self, point: Tensor, metric: Tensor, now: Tensor) -> Tensor:
        """The weighted projection; `now` (R, 1) is the round, kept when it is the first that fails."""
        if self.projection is None:
            raise ValueError("a program that calls a projection needs one")
        projected, failed = self.projection(point, metric, now)
        first = failed.any() & (self.failed == 0)
        self.failed.copy_(torch.where(first, now.max(), self.failed))
        return self.narrow(projected)
