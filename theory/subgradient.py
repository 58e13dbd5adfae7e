"""The derivative of an expression with Max, Min and Abs: at a kink, the derivative of one active branch.

sympy differentiates Max into Heaviside functions, which are undefined where branches tie, and no single value
there works: with 0 the slope of max(u, 2u) at 0 would be 0, with 1 it would be 3. Here every Max (Min) takes
the largest (smallest) branch. Ties are broken by a fixed order: constant branches come first, the rest are
sorted by their text. So d max(0, u) = 1 for u > 0, else 0; d|u| = sign(u) with sign(0) = 0.

The result is a subgradient of a convex function whose kinks are placed as convexity requires: Max and Abs
where the value increases in them, Min where it decreases, around branches of the same kind (f is then
regular; Clarke, Optimization and Nonsmooth Analysis, 1983, section 2.3). If this cannot be shown, as for
max(0, u) + min(0, u), the choices at a tie must be consistent: the right derivative is taken, which uses the
largest (smallest) derivative among the tied branches. For a function of one variable this is a subgradient
however the function is written; for a function of several sums the fixed order remains.
"""

from collections.abc import Iterable
from functools import lru_cache

from sympy import Abs, Dummy, Expr, Max, Min, Piecewise, S, Symbol, sympify
from sympy.logic.boolalg import Boolean

from theory.quantities import Component, MeanRows, Stack, SumCoords, outermost
from theory.symbols import Vector

_KINKS = (Max, Min, Abs)


def branches(kink: Expr) -> tuple[Expr, ...]:
    """The branches of a Max, Min or Abs; an Abs is the larger of u and -u."""
    return (kink.args[0], -kink.args[0]) if isinstance(kink, Abs) else tuple(kink.args)


def subgradient(
    e: Expr, variable: Symbol, *, moving: Iterable[Symbol] | None = None, right: bool | None = None
) -> Expr:
    """The derivative of `e` in a real `variable`, with one active branch of every Max and Min at its kinks.

    moving: all symbols that move with the point, so that derivatives in each of them take the same branch;
    None means `variable` alone. right: whether to take the right derivative, which needs a single moving
    symbol; None means only if `e` is not `regular`. The result contains no Heaviside; its conditions compare
    branches.
    """
    others = frozenset({variable} if moving is None else moving)
    if right is None:
        right = not regular(e, others)
    alone = len(others & e.free_symbols) == 1
    return _derivative(e, variable, others, right=right and alone)


def regular(e: Expr, moving: Iterable[Symbol], *, concave: bool = False) -> bool:
    """Whether each moving kink can be shown to be placed as convexity (or concavity) of `e` requires."""
    return _regular(e, frozenset(moving), S.NegativeOne if concave else S.One)


@lru_cache(maxsize=512)
def gradient(value: Expr, point: Vector) -> Expr:
    """Gradient of a scalar expression with respect to the vector `point`, by the chain rule.

    At a kink every Max and Min takes the derivative of one active branch, as the module docstring describes.

    Args:
        value: uses `point` inside `SumCoords` (any nesting of scalar functions), `MeanRows` and `Component`.
        point: a vector symbol.

    Returns:
        An expression of vector rank.

    Raises:
        ValueError: `point` is in a node that has no derivative, or in both `Component` and `SumCoords`.
    """
    value = sympify(value)
    components: dict[int, Expr] = {}
    result = _gradient(value, point, components, right=not _regular_in(value, point))
    if components:
        if result != 0:
            raise ValueError(
                f"`value` = {value} mixes Component({point}, k) with SumCoords over {point}; "
                f"write it with one of them"
            )
        size = max(components) + 1
        return Stack(*[components.get(k, S.Zero) for k in range(size)])
    return result


def _gradient(value: Expr, point: Vector, components: dict[int, Expr], *, right: bool) -> Expr:
    plain, nodes = _scalar_form(value, point)
    back = {stand_in: node for node, stand_in in nodes.items()}
    result: Expr = S.Zero
    for node, stand_in in nodes.items():
        outer = subgradient(plain, stand_in, moving=back, right=right).xreplace(back)
        if isinstance(node, SumCoords):
            inner = node.args[0]
            if any(n.has(point) for n in outermost(inner)):
                raise ValueError(f"cannot differentiate {node}: a reduction of {point} inside another one")
            result += outer * subgradient(inner, point, right=right)
        elif isinstance(node, MeanRows):
            result += outer * MeanRows(_gradient(node.args[0], point, components, right=right))
        elif isinstance(node, Component):
            index = int(node.args[1])
            components[index] = components.get(index, S.Zero) + outer
        else:
            raise ValueError(f"cannot differentiate {type(node).__name__} in {value}")
    return result


def _scalar_form(value: Expr, point: Vector) -> tuple[Expr, dict[Expr, Symbol]]:
    """`value` with a symbol in place of each outermost node that depends on `point`, and these symbols."""
    nodes = [n for n in outermost(value) if n.has(point)]
    stand_ins: dict[Expr, Symbol] = {node: Dummy(f"n{k}", real=True) for k, node in enumerate(nodes)}
    return value.xreplace(stand_ins), stand_ins


def _regular_in(value: Expr, point: Vector, *, concave: bool = False) -> bool:
    """Whether every kink of `value`, even inside sums and means, can be shown to be placed as required."""
    plain, nodes = _scalar_form(value, point)
    if not regular(plain, nodes.values(), concave=concave):
        return False
    for node, stand_in in nodes.items():
        if not isinstance(node, SumCoords | MeanRows) or not node.has(Max, Min, Abs):
            continue
        outer = subgradient(plain, stand_in, moving=nodes.values())
        falls = bool(outer.is_nonpositive)
        if not falls and not outer.is_nonnegative:
            return False
        inner = node.args[0]
        turned = concave != falls
        if isinstance(node, MeanRows):
            if not _regular_in(inner, point, concave=turned):
                return False
        elif not regular(inner, [point], concave=turned):
            return False
    return True


def _derivative(e: Expr, variable: Symbol, moving: frozenset[Symbol], *, right: bool) -> Expr:
    plain, kinks = _without_kinks(e, variable, smooth_abs=not right)
    back = {stand_in: kink for kink, stand_in in kinks.items()}
    result = plain.diff(variable).xreplace(back)
    for kink, stand_in in kinks.items():
        outer = plain.diff(stand_in).xreplace(back)
        result += outer * _branch_derivative(kink, variable, moving, right=right)
    return result


def _branch_derivative(kink: Expr, variable: Symbol, moving: frozenset[Symbol], *, right: bool) -> Expr:
    """The derivative of a Max or Min node (or an Abs, as the larger of u and -u)."""
    extreme = Min if isinstance(kink, Min) else Max
    first, *rest = sorted(branches(kink), key=lambda u: (bool(u.free_symbols & moving), str(u)))
    chosen, best = _derivative(first, variable, moving, right=right), first
    for branch in rest:
        slope = _derivative(branch, variable, moving, right=right)
        wins, loses = (branch > best, branch < best) if extreme is Max else (branch < best, branch > best)
        chosen = _choose(slope, wins, chosen, loses, extreme(slope, chosen) if right else None, moving)
        best = extreme(best, branch)
    return chosen


def _choose(
    slope: Expr, wins: Expr, other: Expr, loses: Expr, tie: Expr | None, moving: frozenset[Symbol]
) -> Expr:
    if slope == other:
        return slope
    if tie is not None:
        return _piecewise((slope, wins), (other, loses), (tie, S.true))
    if other == 0 and not slope.free_symbols & moving:
        # A constant slope is finite even where it is not chosen, so that it may be multiplied by 0.
        return slope * _piecewise((S.One, wins), (S.Zero, S.true))
    return _piecewise((slope, wins), (other, S.true))


def _piecewise(*pieces: tuple[Expr, Expr]) -> Expr:
    """A Piecewise whose conditions compare branches."""
    try:
        return Piecewise(*pieces)
    except RecursionError:
        # sympy rewrites some conditions, such as u/4 > 3 (1 - u), for ever; as differences from 0 they stay.
        return Piecewise(*((value, c.func(c.args[0] - c.args[1], 0) if c.args else c) for value, c in pieces))


def _without_kinks(e: Expr, variable: Symbol, *, smooth_abs: bool) -> tuple[Expr, dict[Expr, Symbol]]:
    """`e` with a stand-in for each outermost kink that depends on `variable`, and the stand-ins.

    smooth_abs: leave Abs of an expression without kinks to sympy, whose derivative is sign(u) u'.
    """
    found: dict[Expr, Symbol] = {}

    def visit(part: Expr) -> None:
        # Conditions are not differentiated.
        if isinstance(part, Boolean) or not part.has(variable):
            return
        if isinstance(part, _KINKS) and not (smooth_abs and isinstance(part, Abs)):
            # Its known sign decides where a kink may be placed.
            found.setdefault(part, Dummy(f"k{len(found)}", real=True, nonnegative=part.is_nonnegative))
            return
        for argument in part.args:
            visit(argument)

    visit(e)
    return e.xreplace(found), found


def _regular(e: Expr, moving: frozenset[Symbol], position: Expr) -> bool:
    """Whether each moving kink is placed as in a convex (position 1) or concave (-1) function."""
    found: dict[Expr, Symbol] = {}
    for symbol in sorted(moving & e.free_symbols, key=str):
        found |= {k: s for k, s in _without_kinks(e, symbol, smooth_abs=False)[1].items() if k not in found}
    plain = e.xreplace(found)
    back = {stand_in: kink for kink, stand_in in found.items()}
    for kink, stand_in in found.items():
        inside = S.NegativeOne if isinstance(kink, Min) else S.One
        outer = plain.diff(stand_in).xreplace(back)
        if not (inside * position * outer).is_nonnegative:
            return False
        if isinstance(kink, Abs):
            if kink.args[0].has(Max, Min, Abs):
                return False
        elif not all(_regular(branch, moving, inside) for branch in kink.args):
            return False
    return True
