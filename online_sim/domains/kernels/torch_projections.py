"""Weighted projections on torch tensors (R, d), a fixed number of steps each, nothing read back to the host.

The equations, the conventions for zero weights and the sources are those of the compiled kernels in this
folder. Those stop as soon as they have converged; here all replicates take every step, a replicate that has
converged keeps its multiplier, and whether all have is a tensor too.

* Simplex, l1 ball, box and hyperplane: the root of the monotone piecewise linear <a, clip(p - lam v)> = b by
  variable fixing (Kiwiel 2008, see `box_hyperplane`). A coordinate is fixed when the bracket of the root says
  on which of its pieces it lies, so no list of fixed ones is kept: one pass gives the residual, and the next
  multiplier for either sign of it.
* l2 ball, ellipsoid: Newton on 1/|z(lam)| - 1/r from the left of the root (see `ellipsoid`).
* Half-space: the closed form.

All arithmetic is float64 whatever the tensors hold. Sums over coordinates go through `Reductions`, several in
one call, so that the coordinates may be spread over processes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

import numpy as np
import torch
from torch import Tensor

from online_sim.domains.base import Domain
from online_sim.domains.box_hyperplane import BoxHyperplane
from online_sim.domains.ellipsoid import Ellipsoid
from online_sim.domains.half_space import HalfSpace
from online_sim.domains.l1_ball import L1Ball
from online_sim.domains.l2_ball import L2Ball
from online_sim.domains.rounding import scaled_row
from online_sim.domains.simplex import Simplex

Plain = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]
"""(point (R, d), weight (R, d)) -> (projected (R, d), failed (R, 1) bool), all numbers float64."""
Projection = Callable[[Tensor, Tensor, Tensor], tuple[Tensor, Tensor]]
"""The same with the round (R, 1) as third argument, for messages, and in any precision."""

_EPS = 2.220446049250313e-16
# A weight below this part of the largest counts as zero; products with its inverse stay in range.
_ZERO = 1e-280
# After a Newton step of 1e-8 relative size the error of lam is below 1.5e-16.
_LAST_STEP = 1e-8


class Reductions(Protocol):
    """Sums and maxima over all coordinates, and how an array of the set reaches the device."""

    def sums(self, *parts: Tensor) -> tuple[Tensor, ...]:
        """The sum of each part (R or 1, d) over its coordinates, float64 (R or 1, 1)."""

    def largest(self, part: Tensor) -> Tensor:
        """The largest coordinate of a part, float64 (R or 1, 1)."""

    def place(self, array: Any) -> Tensor:
        """An array (d,) on the device as (1, d), or (1, 1) where all its entries are equal."""


def has_device_projection(domain: Domain) -> bool:
    """Whether there is a projection of this kind onto the set."""
    return type(domain) in _MAKERS


def device_projection(domain: Domain, over: Reductions, steps: int) -> Projection | None:
    """The projection onto a set in at most `steps` steps, or None when the set has none of this kind."""
    make = _MAKERS.get(type(domain))
    return None if make is None else _checked(make(domain, over, steps), over)


def host_projection(domain: Domain) -> Projection:
    """The set's own projection, replicate by replicate on the host; RuntimeError with the round."""

    def project(point: Tensor, weight: Tensor, now: Tensor) -> tuple[Tensor, Tensor]:
        points, weights = (u.to(torch.float64).cpu().numpy() for u in (point, weight))
        try:
            found = [domain.project(p, w) for p, w in zip(points, weights, strict=True)]
        except (RuntimeError, ValueError) as error:
            raise RuntimeError(
                f"the projection onto {domain.name} failed in round {int(now.max())}: {error}"
            ) from error
        failed = torch.zeros((len(points), 1), dtype=torch.bool, device=point.device)
        return torch.tensor(np.stack(found), device=point.device), failed

    return project


def _checked(plain: Plain, over: Reductions) -> Projection:
    """The projection in float64; it fails where a point or a weight is not finite, or a weight negative."""

    def project(point: Tensor, weight: Tensor, now: Tensor) -> tuple[Tensor, Tensor]:
        p, w = point.to(torch.float64), weight.to(torch.float64)
        wrong = ~((torch.abs(p) < math.inf) & (w >= 0) & (w < math.inf))
        (count,) = over.sums(wrong)
        out, failed = plain(p, w)
        return out, failed | (count > 0)

    return project


def _shares(weight: Tensor, over: Reductions) -> tuple[Tensor, Tensor]:
    """Weights in units of the largest, and which of them count as zero."""
    top = over.largest(weight)
    share = torch.where(top > 0, weight / top, 0.0)
    return share, share < _ZERO


# -- one linear equation ------------------------------------------------------------------------------


def _half_space(domain: HalfSpace, over: Reductions, steps: int) -> Plain:
    normal, b, _ = scaled_row(domain.normal, domain.offset)
    a = over.place(normal)

    def project(p: Tensor, w: Tensor) -> tuple[Tensor, Tensor]:
        share, zero = _shares(w, over)
        total, payers = over.sums(a * p, (zero & (a != 0)).expand_as(p))
        # Coordinates of zero weight pay for the whole violation, when there are any.
        v = torch.where(payers > 0, torch.where(zero, a, 0.0), a / torch.where(zero, 1.0, share))
        (slope,) = over.sums(a * v)
        lam = torch.clamp((total - b) / slope, min=0.0)
        return p - lam * v, torch.zeros_like(lam, dtype=torch.bool)

    return project


class _Slice(NamedTuple):
    """{lower <= x <= upper, <a, x> = b}, placed; `largest` bounds every x_i in it (then a = 1, lower = 0)."""

    a: Tensor
    lower: Tensor
    upper: Tensor
    b: float
    largest: float | None = None


def _box_hyperplane(domain: BoxHyperplane, over: Reductions, steps: int) -> Plain:
    normal, b, _ = scaled_row(domain.normal, domain.offset)
    plane = _Slice(over.place(normal), over.place(domain.lower), over.place(domain.upper), b)
    return lambda p, w: _on_slice(p, w, plane, over, steps)


def _simplex(domain: Simplex, over: Reductions, steps: int) -> Plain:
    return lambda p, w: _on_slice(p, w, _simplex_of(p, domain.total), over, steps)


def _l1_ball(domain: L1Ball, over: Reductions, steps: int) -> Plain:
    centre = over.place(domain.centre)

    def project(p: Tensor, w: Tensor) -> tuple[Tensor, Tensor]:
        size = torch.abs(p - centre)
        (total,) = over.sums(size)
        y, failed = _on_slice(size, w, _simplex_of(p, domain.radius), over, steps)
        moved = centre + torch.where(p > centre, y, -y)
        inside = total <= domain.radius
        return torch.where(inside, p, moved), failed & ~inside

    return project


def _simplex_of(p: Tensor, total: float) -> _Slice:
    one = torch.ones_like(p[:1, :1])
    return _Slice(one, torch.zeros_like(one), torch.full_like(one, math.inf), total, largest=total)


def _on_slice(p: Tensor, w: Tensor, s: _Slice, over: Reductions, steps: int) -> tuple[Tensor, Tensor]:
    a, lower, upper, b = s.a, s.lower, s.upper, s.b
    share, zero = _shares(w, over)
    clipped = torch.clamp(p, lower, upper)
    ends = torch.where(a > 0, lower, upper), torch.where(a > 0, upper, lower)
    payer = zero & (a != 0)
    total, down, up, others, payers = over.sums(
        a * clipped,
        torch.where(payer, a * (ends[0] - clipped), 0.0),
        torch.where(payer, a * (ends[1] - clipped), 0.0),
        ~zero & (a != 0),
        payer,
    )
    # Coordinates of zero weight pay alone as long as they can; else they sit at the ends of their intervals.
    high = total > b
    reached = torch.where(high, total + down <= b, total + up >= b)
    alone = (payers > 0) & ((others == 0) | reached)
    v = torch.where(
        alone, torch.where(zero, a, 0.0), torch.where(zero, 0.0, a / torch.where(zero, 1.0, share))
    )
    stuck = torch.where(high, *ends).expand_as(p)
    start = torch.where(alone & ~zero, clipped, torch.where(payer & ~alone, stuck, p))
    if s.largest is not None:
        # x_i <= largest bounds lam from below; subtracting it first leaves numbers of the size of the result.
        bound = over.largest(torch.where(v > 0, (start - s.largest) / torch.where(v > 0, v, 1.0), -math.inf))
        start = torch.where(v > 0, start - bound * v, start)
    y, failed = solve(start, v, s, over, steps)
    met = total == b
    return torch.where(met, clipped, y), failed & ~met


def solve(p: Tensor, v: Tensor, s: _Slice, over: Reductions, steps: int) -> tuple[Tensor, Tensor]:
    """y = clip(p - lam v) with <a, y> = b; where v_i = 0, y_i = clip(p_i)."""
    a, lower, upper, b = s.a, s.lower, s.upper, s.b
    free = v != 0
    fixed = a * torch.clamp(p, lower, upper)
    # Where lam is large, a_i y_i is at its least, and where it is small, at its most.
    rising = v > 0
    least, most = a * torch.where(rising, lower, upper), a * torch.where(rising, upper, lower)

    def at_least(y: Tensor) -> Tensor:
        return free & torch.where(rising, y <= lower, y >= upper)

    def at_most(y: Tensor) -> Tensor:
        return free & torch.where(rising, y >= upper, y <= lower)

    def remaining(low: Tensor, high: Tensor) -> tuple[Tensor, Tensor]:
        """The terms of <a, y> without lam, and those of its slope, when `low` and `high` are fixed."""
        term = torch.where(low, least, torch.where(high, most, torch.where(free, a * p, fixed)))
        return term, torch.where(free & ~low & ~high, a * v, 0.0)

    numerator, slope, count = over.sums(
        torch.where(free, a * p, fixed), torch.where(free, a * v, 0.0), torch.ones_like(p[:1])
    )
    lam = torch.where(slope > 0, (numerator - b) / slope, 0.0)
    left, right = torch.full_like(lam, -math.inf), torch.full_like(lam, math.inf)
    done = torch.zeros_like(lam, dtype=torch.bool)
    # Rounding of a sum of d terms, at its usual square-root growth.
    enough = _EPS * (2.0 + torch.sqrt(count) / 8.0)
    for _ in range(steps):
        y = p - lam * v
        part = a * torch.clamp(y, lower, upper)
        if_above = remaining(at_least(y), at_most(p - right * v))
        if_below = remaining(at_least(p - left * v), at_most(y))
        sums = over.sums(part, torch.abs(part), *if_above, *if_below)
        residual = sums[0] - b
        above = residual > 0
        numerator, slope = torch.where(above, sums[2], sums[4]), torch.where(above, sums[3], sums[5])
        candidate = torch.where(slope > 0, (numerator - b) / slope, lam)
        done = done | (torch.abs(residual) <= enough * (sums[1] + abs(b)))
        moved = torch.abs(candidate - lam) > 2.0 * _EPS * torch.abs(lam)
        left = torch.where(above & ~done, lam, left)
        right = torch.where(above | done, right, lam)
        lam = torch.where(done, lam, candidate)
        done = done | ~moved
    return torch.clamp(p - lam * v, lower, upper), ~done


# -- one quadratic equation ---------------------------------------------------------------------------


def _l2_ball(domain: L2Ball, over: Reductions, steps: int) -> Plain:
    centre = over.place(domain.centre)
    return _on_ellipsoid(centre, torch.full_like(centre[:1, :1], domain.radius), domain.radius, over, steps)


def _ellipsoid(domain: Ellipsoid, over: Reductions, steps: int) -> Plain:
    centre, axes = over.place(domain.centre), over.place(domain.axes)
    return _on_ellipsoid(centre, axes, float(domain.axes.max()), over, steps)


def _on_ellipsoid(centre: Tensor, axes: Tensor, longest: float, over: Reductions, steps: int) -> Plain:
    squared = (axes / longest) ** 2

    def project(p: Tensor, w: Tensor) -> tuple[Tensor, Tensor]:
        q = (p - centre) / axes
        share, _ = _shares(w, over)
        omega, zero = _shares(share * squared, over)
        whole, inside, zeros = over.sums(q * q, torch.where(zero, 0.0, q * q), zero)
        # When the coordinates of positive weight fit, those of zero weight move on the slice that is left.
        slice_moves = (zeros > 0) & (inside <= 1)
        moves = torch.where(slice_moves, zero, ~zero)
        omega = torch.where(slice_moves, torch.clamp(squared, min=_ZERO), omega)
        norm = torch.sqrt(torch.clamp(inside, max=1.0))
        radius = torch.where(slice_moves, torch.sqrt((1 - norm) * (1 + norm)), 1.0)
        lam, failed = _multiplier(q, omega, moves, radius, over, steps)
        rest = torch.where(slice_moves, p, centre)
        # From the point where it hardly moves, from the centre where little is left of q: no digits lost.
        near = p - (p - centre) * (lam / (omega + lam))
        far = centre + axes * (q * (omega / (omega + lam)))
        moved = torch.where(moves, torch.where(lam < omega, near, far), rest)
        outside = whole > 1
        return torch.where(outside, moved, p), failed & outside

    return project


def _multiplier(
    q: Tensor, omega: Tensor, moves: Tensor, radius: Tensor, over: Reductions, steps: int
) -> tuple[Tensor, Tensor]:
    """The root lam of |z(lam)| = radius over the coordinates that move."""
    empty = radius == 0
    r = torch.where(empty, 1.0, radius)
    bound = over.largest(torch.where(moves, omega * (torch.abs(q) / r - 1), -math.inf))
    lam = torch.clamp(bound, min=0.0)
    done = empty
    for _ in range(steps):
        inverse = 1 / torch.where(moves, omega + lam, 1.0)
        z = q * omega * inverse
        z2 = torch.where(moves, z * z, 0.0)
        squares, slope = over.sums(z2, z2 * inverse)
        excess = torch.sqrt(squares) / r - 1
        step = torch.where((excess > 0) & ~done, excess * squares / slope, 0.0)
        lam = lam + step
        done = done | (step <= _LAST_STEP * lam) | (excess <= 2.0 * _EPS)
    return torch.where(empty, 1e300, lam), ~done


_MAKERS: dict[type, Callable[[Any, Reductions, int], Plain]] = {
    Simplex: _simplex,
    L1Ball: _l1_ball,
    BoxHyperplane: _box_hyperplane,
    HalfSpace: _half_space,
    L2Ball: _l2_ball,
    Ellipsoid: _ellipsoid,
}
