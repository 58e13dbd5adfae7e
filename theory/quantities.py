"""The small language of measured things.

Reductions over coordinates (`SumCoords`, `MaxCoords`, `GroupSum`), over rounds (`CumSum`, `CumMax`), the
previous round (`Prev`), and the few functions that need a convention of their own. Algorithms, losses
and theorems are written in it; the compiler schedules it; the printers refuse anything else.

Conventions, stated here once and tested on every engine:

* `Prev(s)` is 0 in round 1 unless the recurrence declares an initial value;
* `CumSum` starts at 0, `CumMax` at minus infinity: both include the current round;
* `pinv(w)` is 1/w, and 0 where w = 0: the pseudo-inverse of a diagonal metric (0/0 := 0 where the
  gradient has been 0 so far).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sympy import Abs, Dummy, Expr, Function, Integer, Max, Min, Piecewise, S, Symbol, exp, sstr, sympify
from sympy.codegen.cfunctions import log1p

from theory.subgradient import regular, subgradient
from theory.symbols import Vector, coordinate, seed, t


class Quantity(Function):
    """Base of the nodes of the language; the compiler knows each subclass by name."""

    @classmethod
    def eval(cls, *args: Any) -> None:
        """Never simplify on construction: a node stays what was written."""
        return

    def __str__(self) -> str:
        """The node in words, which is also the key of what was recorded; printed once for each."""
        return _printed(self)


@lru_cache(maxsize=8192)
def _printed(node: Quantity) -> str:
    return str(sstr(node))


class SumCoords(Quantity):
    """Sum over the coordinates of a vector-rank expression: a scalar."""

    nargs = 1


class MaxCoords(Quantity):
    """Largest coordinate of a vector-rank expression: a scalar."""

    nargs = 1


class GroupSum(Quantity):
    """Sum over the coordinates of the group (a layer, say) that a coordinate belongs to: a vector."""

    nargs = 1


class Prev(Quantity):
    """The value in the previous round; 0 (or the declared initial value) in round 1."""

    nargs = 1


class CumSum(Quantity):
    """Sum over the rounds so far, the current one included."""

    nargs = 1


class CumMax(Quantity):
    """Largest value over the rounds so far, the current one included."""

    nargs = 1


class Discounted(Quantity):
    """`Discounted(e, beta)`: sum_s beta^(t-s) e_s over the rounds so far; beta may hold parameters only."""

    nargs = 2


class LossAt(Quantity):
    """`LossAt(z)`: the loss of the round at another point, f_t(z); z is any expression of vector rank."""

    nargs = 1


class Component(Quantity):
    """`Component(x, k)`: the k-th coordinate (from 0) of a vector symbol, as a scalar."""

    nargs = 2


class Stack(Quantity):
    """`Stack(e_0, ..., e_{d-1})`: the vector with these scalar coordinates; fixes d."""


class MeanRows(Quantity):
    """Mean over the rows of a fixed table of an expression in `row` and `row_label`."""

    nargs = 1


class Regret(Quantity):
    """`Regret(w)`: sum_t w_t f_t(x_t) - min_{x in X} sum_t w_t f_t(x); the paper's eq. (2) with w = 1."""

    nargs = 1


class Expectation(Quantity):
    """Expectation over the noise of a scalar quantity of the run."""

    nargs = 1


class Supremum(Quantity):
    """Largest value over all noise of a scalar quantity of the run (the smallest almost-sure bound)."""

    nargs = 1


class Excess(Quantity):
    """`Excess(l, r)`: the largest l - r over the rounds so far, a bound of its rounding added.

    Recorded, it says of every round, not only of the recorded ones, whether l <= r: see `online_sim.excess`.
    """

    nargs = 2


class RoundingOf(Quantity):
    """`RoundingOf(e)`: a bound of the rounding error of a recorded scalar; see `online_sim.rounding`."""

    nargs = 1


class pinv(Function):
    """1/w, and 0 where w = 0."""

    nargs = 1

    @classmethod
    def eval(cls, argument: Expr) -> Expr | None:
        """Evaluate on numbers only."""
        if argument.is_Number:
            return Integer(0) if argument.is_zero else Integer(1) / argument
        return None


class UniformDraw(Function):
    """`UniformDraw(seed, k, t, coordinate)`: the k-th number in [0, 1) of a coordinate in a round.

    A function of its four arguments, made by mixing their bits, that passes for independent uniform draws:
    the same number on every engine, at any time and in any order, and nothing to store. Multiples of 2^-53.
    """

    nargs = 4
    is_real = True
    is_nonnegative = True


def uniform(k: int = 0) -> Expr:
    """The k-th uniform number of this coordinate in this round, for the formula of a stream."""
    return UniformDraw(seed, Integer(k), t, coordinate)


class softplus(Function):
    """log(1 + e^u), in the form that neither overflows nor cancels."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> Expr:
        """The derivative is the logistic function."""
        return sigmoid(self.args[0])

    def stable(self) -> Expr:
        """max(u, 0) + log1p(e^-|u|), equal to log(1 + e^u) for every real u."""
        u = self.args[0]
        return Max(u, 0) + log1p(exp(-Abs(u)))


class sigmoid(Function):
    """1/(1 + e^-u), in the form that never overflows."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> Expr:
        """sigmoid(u) * (1 - sigmoid(u))."""
        return self * (1 - self)

    def stable(self) -> Expr:
        """e^min(u, 0) / (1 + e^-|u|), equal to 1/(1 + e^-u) for every real u."""
        u = self.args[0]
        return exp(Min(u, 0)) / (1 + exp(-Abs(u)))


def Norm1(e: Expr) -> Expr:
    """The l1 norm of a vector-rank expression."""
    return SumCoords(Abs(e))


def Norm2Squared(e: Expr) -> Expr:
    """The squared l2 norm of a vector-rank expression."""
    return SumCoords(e**2)


def NormInf(e: Expr) -> Expr:
    """The infinity norm of a vector-rank expression."""
    return MaxCoords(Abs(e))


def Dot(u: Expr, w: Expr) -> Expr:
    """The inner product of two vector-rank expressions."""
    return SumCoords(u * w)


def First(e: Expr) -> Expr:
    """The value in round 1, kept ever after."""
    return CumSum(Piecewise((e, t < 2), (0, True)))


def GroupNorm1(e: Expr) -> Expr:
    """The l1 norm within the group of each coordinate: a vector, constant on groups."""
    return GroupSum(Abs(e))


REDUCTIONS = (SumCoords, MaxCoords, GroupSum, CumSum, CumMax, Discounted)
"""Nodes over coordinates or rounds that are nonnegative where what they reduce is."""
_SCALAR_NODES = (SumCoords, MaxCoords, Component, LossAt, Regret)
_VECTOR_NODES = (Stack, GroupSum)


def is_vector(e: Any) -> bool:
    """Whether an expression has vector rank (differs from coordinate to coordinate)."""
    if isinstance(e, Vector):
        return True
    if isinstance(e, _SCALAR_NODES):
        return False
    if isinstance(e, _VECTOR_NODES):
        return True
    return any(is_vector(argument) for argument in e.args)


@lru_cache(maxsize=512)
def gradient(value: Expr, point: Vector) -> Expr:
    """Gradient of a scalar expression with respect to the vector `point`, by the chain rule.

    `value` may use `point` inside `SumCoords` (any nesting of scalar functions), `MeanRows` and
    `Component`. At a kink every Max and Min takes the derivative of one active branch, constants first:
    d max(0, u) = 1 for u > 0, else 0; d|u| = sign(u) with sign(0) = 0; see `theory.subgradient`. Returns an
    expression of vector rank.
    """
    value = sympify(value)
    components: dict[int, Expr] = {}
    result = _gradient(value, point, components, right=not _regular(value, point))
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
            if any(n.has(point) for n in _top_nodes(inner)):
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
    """`value` with a symbol for each outermost node that moves with `point`, and these symbols."""
    nodes = [n for n in _top_nodes(value) if n.has(point)]
    stand_ins: dict[Expr, Symbol] = {node: Dummy(f"n{k}", real=True) for k, node in enumerate(nodes)}
    return value.xreplace(stand_ins), stand_ins


def _regular(value: Expr, point: Vector, *, concave: bool = False) -> bool:
    """Whether every kink of `value`, inside sums and means too, is seen to stand where it may."""
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
            if not _regular(inner, point, concave=turned):
                return False
        elif not regular(inner, [point], concave=turned):
            return False
    return True


def _top_nodes(e: Expr) -> list[Expr]:
    """The outermost nodes of the language in an expression, without repetition, in a stable order."""
    if isinstance(e, Quantity):
        return [e]
    found: dict[Expr, None] = {}
    for argument in e.args:
        for node in _top_nodes(argument):
            found[node] = None
    return list(found)


def measured(e: Expr) -> tuple[Expr, ...]:
    """What a run must record to evaluate an expression: its outermost nodes, inside expectations too."""
    found: dict[Expr, None] = {}
    for node in _top_nodes(e):
        inner = measured(node.args[0]) if isinstance(node, Expectation | Supremum) else (node,)
        found |= dict.fromkeys(inner)
    return tuple(found)
