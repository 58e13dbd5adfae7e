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

from sympy import Abs, Expr, Function, Integer, Max, Min, Piecewise, exp, sstr
from sympy.codegen.cfunctions import log1p

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


def outermost(e: Expr) -> list[Expr]:
    """The outermost nodes of an expression, without repetition, in a stable order."""
    if isinstance(e, Quantity):
        return [e]
    found: dict[Expr, None] = {}
    for argument in e.args:
        for node in outermost(argument):
            found[node] = None
    return list(found)


def measured(e: Expr) -> tuple[Expr, ...]:
    """What a run must record to evaluate an expression: its outermost nodes, inside expectations too."""
    found: dict[Expr, None] = {}
    for node in outermost(e):
        inner = measured(node.args[0]) if isinstance(node, Expectation | Supremum) else (node,)
        found |= dict.fromkeys(inner)
    return tuple(found)
