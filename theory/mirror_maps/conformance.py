"""The conformance test of a mirror map: `check_mirror_map(psi)` tests a new one in one line.

Building a `MirrorMap` already checks the limits of its gradient and its inverse. This module checks what
follows from them, in 50 digits on a grid: the gradient increases, the divergence is positive, the step
minimises <push, u> + B_psi(u; x), on the whole domain and cut to a box, and the engines can print all of it.
"""

from collections.abc import Callable
from itertools import pairwise, product

from sympy import Expr, Rational, S, oo

from theory.mirror_maps.elementary import DIGITS, TOLERANCE, plain, points_between, typical_value
from theory.mirror_maps.mirror_map import MirrorMap
from theory.printing.array_source import ArrayPrinter
from theory.printing.base import UnknownNodeError
from theory.printing.loop_source import LoopPrinter
from theory.symbols import Vector, x

PUSHES = [Rational(n, 6) for n in (-18, -7, -1, 0, 2, 9)]
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

    def at(e: Expr, **values: Expr) -> Expr:
        names = {"u": x, "base": BASE, "push": PUSH}
        return plain(e).xreplace({**own, **{names[k]: value for k, value in values.items()}}).evalf(DIGITS)

    for u, w in pairwise(points):
        if not at(psi.gradient, u=u) < at(psi.gradient, u=w):
            raise MirrorMapError(f"the gradient of `{psi.name}` does not increase from {u} to {w}")
    for u, base in product(points[::3], points[::3]):
        apart = at(distance, u=u, base=base)
        if not (apart > TOLERANCE if u != base else abs(apart) < TOLERANCE):
            raise MirrorMapError(f"the divergence of `{psi.name}` from {u} to {base} is {apart.evalf(6)}")
    for base, push in product(points[::4], PUSHES):
        where = f"of `{psi.name}` from {base} by {push}"
        found = at(step, u=base, push=push)

        def cost(u: Expr, base: Expr = base, push: Expr = push) -> Expr:
            return push * u + at(distance, u=u, base=base)

        _check_least(cost, found, points, where)
        low, high = points[len(points) // 4], points[len(points) // 2]
        inside = [u for u in points if low <= u <= high]
        _check_least(cost, min(max(found, low), high), inside, f"{where}, cut to [{low}, {high}],")


def _check_least(cost: Callable[[Expr], Expr], found: Expr, others: list[Expr], where: str) -> None:
    least = cost(found)
    if not least.is_real or least in {oo, S.NaN}:
        raise MirrorMapError(f"the step {where} is {found}, where the objective is {least}")
    for u in others:
        if cost(u) < least - TOLERANCE:
            raise MirrorMapError(f"the step {where} is {found.evalf(6)}, but {u} is better")
