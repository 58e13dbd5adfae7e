"""The conformance test of a mirror map: `check_mirror_map(psi)` tests a new one in one line.

Building a `MirrorMap` already checks the limits of its gradient and its inverse. This module checks what
follows from them, in 50 digits on a grid: the gradient increases, the divergence is positive, the step
minimises <push, u> + B_psi(u; x), on the whole domain and cut to a box, and the engines can print all of it.
"""

from collections.abc import Callable
from itertools import pairwise, product
from typing import Any

from mpmath import mp
from sympy import lambdify

from theory.mirror_maps.elementary import DIGITS, plain, points_between, typical_value
from theory.mirror_maps.mirror_map import MirrorMap
from theory.printing.array_source import ArrayPrinter
from theory.printing.base import UnknownNodeError
from theory.printing.loop_source import LoopPrinter
from theory.symbols import Vector, x

PUSHES = (-18, -7, -1, 0, 2, 9)
"""How far the gradient is moved, in sixths."""
TOLERANCE = 1e-30
"""Far above the rounding of 50 digits at the numbers of the grid."""
Function = Callable[[Any, Any, Any], Any]
BASE, PUSH = Vector("mirror__base"), Vector("mirror__push")


class MirrorMapError(ValueError):
    """A mirror map breaks its contract; the message says which law."""


def check_mirror_map(psi: MirrorMap) -> None:
    """Test every law on a grid of points and pushes.

    Args:
        psi: the map to test.

    Raises:
        MirrorMapError: it breaks a law; the message says which one, and where.
    """
    step, distance = psi.moved(PUSH), psi.divergence(x, BASE).args[0]
    for e in (step, distance, psi.at(x).args[0], psi.second):
        for printer in (ArrayPrinter(), LoopPrinter()):
            try:
                printer.print(e)
            except UnknownNodeError as error:
                raise MirrorMapError(f"`{psi.name}` cannot be printed for an engine: {error}") from error
    own = {p.symbol: typical_value(p) for p in psi.parameters}
    points = points_between(*(end.xreplace(own) for end in psi.domain))
    with mp.workdps(DIGITS):
        gradient, move, apart = (
            lambdify([x, BASE, PUSH], plain(e).xreplace(own), "mpmath")
            for e in (psi.gradient, step, distance)
        )
        _check_laws(psi.name, gradient, move, apart, [mp.mpf(u.p) / u.q for u in points])


def _check_laws(name: str, gradient: Function, move: Function, apart: Function, points: list[Any]) -> None:
    """The laws in floats of mpmath, whose functions take (point, base, push)."""
    for u, w in pairwise(points):
        if not gradient(u, 0, 0) < gradient(w, 0, 0):
            raise MirrorMapError(
                f"the gradient of `{name}` does not increase from {_short(u)} to {_short(w)}"
            )
    for u, base in product(points, points):
        far = apart(u, base, 0)
        if not (far > TOLERANCE if u != base else abs(far) < TOLERANCE):
            raise MirrorMapError(
                f"the divergence of `{name}` from {_short(base)} to {_short(u)} is {_short(far)}"
            )
    low, high = points[len(points) // 4], points[len(points) // 2]
    for base, push in product(points, [mp.mpf(n) / 6 for n in PUSHES]):
        where = f"of `{name}` from {_short(base)} by {_short(push)}"
        found = move(base, 0, push)

        def cost(u: Any, base: Any = base, push: Any = push) -> Any:
            return push * u + apart(u, base, 0)

        _check_least(cost, found, points, where)
        inside = [u for u in points if low <= u <= high]
        cut = f"{where}, cut to [{_short(low)}, {_short(high)}],"
        _check_least(cost, min(max(found, low), high), inside, cut)


def _check_least(cost: Callable[[Any], Any], found: Any, others: list[Any], where: str) -> None:
    least = cost(found)
    if not mp.isfinite(least):
        raise MirrorMapError(f"the step {where} is {_short(found)}, where the objective is {_short(least)}")
    for u in others:
        if cost(u) < least - TOLERANCE:
            raise MirrorMapError(f"the step {where} is {_short(found)}, but {_short(u)} is better")


def _short(number: Any) -> str:
    return str(mp.nstr(number, 6))
