"""Convexity that follows from how an expression is built, by the rules that preserve it.

Sums and nonnegative multiples, maxima of convex functions, an increasing convex function of a convex one, any
convex function of an affine one (Boyd and Vandenberghe, Convex Optimization, section 3.2). A function of one
variable is convex too where its second derivative is seen to be >= 0 and its slope has no jump down. What is
not seen is not claimed: `Curvature.UNKNOWN` allows any function.
"""

from enum import Enum
from functools import lru_cache

from sympy import Abs, Add, Expr, Max, Min, Mul, Piecewise, Pow, Symbol, exp, log

from theory.quantities import Component, MeanRows, Quantity, SumCoords, pinv, softplus
from theory.sign import nonnegative
from theory.symbols import Vector
from theory.ties import is_continuous, is_smooth


class Curvature(Enum):
    """What is seen of a function of the point."""

    CONSTANT = "does not depend on the point"
    AFFINE = "affine"
    CONVEX = "convex"
    CONCAVE = "concave"
    UNKNOWN = "not seen"


C = Curvature
_CONVEX = (C.CONSTANT, C.AFFINE, C.CONVEX)
_CONCAVE = (C.CONSTANT, C.AFFINE, C.CONCAVE)
_AFFINE = (C.CONSTANT, C.AFFINE)


@lru_cache(maxsize=512)
def curvature(e: Expr, point: Vector) -> Curvature:
    """The curvature of an expression as a function of `point`: a scalar, or one entry of a vector."""
    if not e.has(point):
        return C.CONSTANT
    if e == point or (isinstance(e, Component) and e.args[0] == point):
        return C.AFFINE
    if isinstance(e, SumCoords | MeanRows):
        return curvature(e.args[0], point)
    if isinstance(e, Add):
        return _sum([curvature(term, point) for term in e.args])
    if isinstance(e, Mul):
        return _product(e, point)
    if isinstance(e, Max | Min):
        kinds = [curvature(branch, point) for branch in e.args]
        wanted, answer = (_CONVEX, C.CONVEX) if isinstance(e, Max) else (_CONCAVE, C.CONCAVE)
        return answer if all(kind in wanted for kind in kinds) else C.UNKNOWN
    found = _of_one_argument(e, point)
    return _by_second_derivative(e, point) if found is C.UNKNOWN else found


def _sum(kinds: list[Curvature]) -> Curvature:
    for wanted, answer in ((_AFFINE, C.AFFINE), (_CONVEX, C.CONVEX), (_CONCAVE, C.CONCAVE)):
        if all(kind in wanted for kind in kinds):
            return answer
    return C.UNKNOWN


def _product(e: Expr, point: Vector) -> Curvature:
    moving = [factor for factor in e.args if factor.has(point)]
    constant = Mul(*[factor for factor in e.args if not factor.has(point)])
    if len(moving) != 1:
        return _by_second_derivative(e, point)
    kind = curvature(moving[0], point)
    if kind in (C.AFFINE, C.UNKNOWN):
        return kind
    if nonnegative(constant):
        return kind
    if nonnegative(-constant):
        return C.CONCAVE if kind is C.CONVEX else C.CONVEX
    return C.UNKNOWN


def _of_one_argument(e: Expr, point: Vector) -> Curvature:
    """Known convex functions of one argument, and the negative of the logarithm."""
    if not isinstance(e, Abs | exp | softplus | log | Pow):
        return C.UNKNOWN
    inner = curvature(e.args[0], point)
    rising = inner is C.CONVEX and nonnegative(e.args[0])
    power = isinstance(e, Pow) and not e.exp.has(point)
    even = isinstance(e, Abs) or (power and e.exp.is_Integer and e.exp > 0 and e.exp % 2 == 0)
    if isinstance(e, log):
        return C.CONCAVE if inner in _CONCAVE else C.UNKNOWN
    if isinstance(e, exp | softplus):
        return C.CONVEX if inner in _CONVEX else C.UNKNOWN
    if (even and (inner is C.AFFINE or rising)) or (power and e.exp.is_Rational and e.exp >= 1 and rising):
        return C.CONVEX
    return C.UNKNOWN


def _by_second_derivative(e: Expr, point: Vector) -> Curvature:
    """A function of one scalar that moves: `point` itself, or one sum over it that is affine."""
    nodes = [n for n in e.atoms(Quantity) if n.has(point)]
    if len(nodes) > 1 or (nodes and curvature(nodes[0], point) is not C.AFFINE):
        return C.UNKNOWN
    u = Symbol("u", real=True)
    plain = e.xreplace({nodes[0] if nodes else point: u})
    if plain.has(point) or plain.has(Max, Min, Abs, pinv) or not _defined_everywhere(plain, u):
        return C.UNKNOWN
    if not (is_continuous(plain, u) and is_smooth(plain, u)):
        return C.UNKNOWN
    second = plain.diff(u, 2)
    pieces = [value for value, _ in second.args] if isinstance(second, Piecewise) else [second]
    if all(nonnegative(piece) for piece in pieces):
        return C.CONVEX
    return C.CONCAVE if all(nonnegative(-piece) for piece in pieces) else C.UNKNOWN


def _defined_everywhere(e: Expr, u: Symbol) -> bool:
    """No pole, root or logarithm of what may vanish: a second derivative does not see beyond such a point."""
    powers = [p for p in e.atoms(Pow) if p.has(u) and not (p.exp.is_Integer and p.exp > 0)]
    risky = [p.base for p in powers if not p.exp.has(u)] + [v.args[0] for v in e.atoms(log) if v.has(u)]
    return all(not p.exp.has(u) for p in powers) and all(base.is_positive for base in risky)
