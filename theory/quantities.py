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

from functools import lru_cache
from typing import Any

from sympy import Abs, Expr, Function, Integer, Max, Min, Piecewise, Rational, exp, sqrt, sstr
from sympy.codegen.cfunctions import log1p

from theory.symbols import Vector, coordinate, seed, t


class Quantity(Function):
    """Base of the nodes of the language; a node is never simplified, it stays what was written."""

    def __str__(self) -> str:
        """The node in words, which is also the key of what was recorded; printed once for each."""
        return _printed(self)


@lru_cache(maxsize=8192)
def _printed(node: Quantity) -> str:
    return str(sstr(node))


class Unary(Quantity):
    """Base of the nodes of one argument: sympy reads from `eval` how many there are."""

    @classmethod
    def eval(cls, e: Any) -> None:
        """Never simplify on construction."""
        return


class SumCoords(Unary):
    """Sum over the coordinates: a scalar.

    Args:
        e: an expression of vector rank.
    """


class MaxCoords(Unary):
    """Largest coordinate: a scalar.

    Args:
        e: an expression of vector rank.
    """


class GroupSum(Unary):
    """Sum over the coordinates of the group (a layer, say) that a coordinate belongs to: a vector.

    Args:
        e: an expression of vector rank.
    """


class Prev(Unary):
    """The value in the previous round; 0 (or the declared initial value) in round 1.

    Args:
        e: a symbol of a line, or in a theorem any expression.
    """


class CumSum(Unary):
    """Sum over the rounds so far, the current one included.

    Args:
        e: an expression; the sum has its rank.
    """


class CumMax(Unary):
    """Largest value over the rounds so far, the current one included.

    Args:
        e: an expression; the maximum has its rank.
    """


class Discounted(Quantity):
    """sum_s beta^(t-s) e_s over the rounds so far.

    Args:
        e: an expression; the sum has its rank.
        beta: the discount, which may hold parameters only.
    """

    nargs = 2


class LossAt(Unary):
    """The loss of the round at another point, f_t(z): a scalar.

    Args:
        z: an expression of vector rank.
    """


class LinearMinimiser(Unary):
    """A point y of X that minimises <e, y>, as a linear minimisation oracle gives it: a vector.

    Where there are several, it is the centre of the face that they form, so that every engine gives the same.

    Args:
        e: an expression of vector rank.
    """


class TraceRoot(Unary):
    """The trace of the root of a full matrix, tr (sum_{s<=t} e_s e_s^T)^(1/2): a scalar.

    It is the sum of the singular values of the matrix with the rows e_1, ..., e_t.

    Args:
        e: an expression of vector rank.
    """

    is_real = True
    is_nonnegative = True


class FullMatrixStep(Quantity):
    """argmin over u in X of <push, u> + ||u - centre||_M^2/2 in a full metric M: a vector, a point of X.

    M = ridge I + (sum_{s<=t} e_s e_s^T)^power. Without a set X is R^d. Where M is diagonal, this is the
    projection P_X^M of centre - M^-1 push.

    Args:
        centre: an expression of vector rank, or 0.
        push: an expression of vector rank.
        e: an expression of vector rank.
        ridge: a scalar > 0 in the parameters.
        power: 1, or 1/2 for the root of the matrix.

    Raises:
        ValueError: another power.
    """

    nargs = 5

    @classmethod
    def eval(cls, *arguments: Any) -> None:
        """Never simplify on construction."""
        if arguments[-1] not in {Integer(1), Rational(1, 2)}:
            raise ValueError(f"`power` = {arguments[-1]} of a FullMatrixStep must be 1 or 1/2")


class Component(Quantity):
    """One coordinate of a vector symbol, as a scalar.

    Args:
        x: the vector symbol.
        k: the number of the coordinate, from 0.
    """

    nargs = 2


class Stack(Quantity):
    """`Stack(e_0, ..., e_{d-1})`: the vector with these scalar coordinates; fixes d."""


class MeanRows(Unary):
    """Mean over the rows of a fixed table: a scalar.

    Args:
        e: a scalar expression in `row` and `row_label`.
    """


class Regret(Quantity):
    """sum_t w_t f_t(x_t) - min_{x in X} sum_t w_t f_t(x): the AdaL paper's eq. (2) with w = 1.

    With a composite term f_t + phi stands in the place of f_t; g stays the gradient of f_t.

    Args:
        w: the weights, a scalar expression.
        phi: the `value` of the composite term of the algorithm, or left out.
    """

    @classmethod
    def eval(cls, w: Any, phi: Any = None) -> None:
        """Never simplify on construction."""
        return


class Expectation(Unary):
    """Expectation over the noise.

    Args:
        e: a scalar quantity of the run.
    """


class Supremum(Unary):
    """Largest value over all noise (the smallest almost-sure bound).

    Args:
        e: a scalar quantity of the run.
    """


class Excess(Quantity):
    """`Excess(l, r)`: the largest l - r over the rounds so far, plus a bound on its rounding error.

    It tells of every round, not only of the recorded ones, whether l <= r: see `online_sim.excess`.
    """

    nargs = 2


class RoundingOf(Unary):
    """`RoundingOf(e)`: a bound on the rounding error of a recorded scalar; see `online_sim.rounding`."""


class pinv(Function):
    """1/w, and 0 where w = 0.

    Args:
        w: an expression of any rank.
    """

    @classmethod
    def eval(cls, argument: Expr) -> Expr | None:
        """Evaluate on numbers only."""
        if argument.is_Number:
            return Integer(0) if argument.is_zero else Integer(1) / argument
        return None


class UniformDraw(Function):
    """`UniformDraw(seed, k, t, coordinate)`: the k-th number in [0, 1) of a coordinate in a round.

    The bits of the four arguments are mixed into a multiple of 2^-53. The numbers behave like independent
    uniform draws, are the same on every engine and in any order, and need no storage.
    """

    nargs = 4
    is_real = True
    is_nonnegative = True


def uniform(k: int = 0) -> Expr:
    """A uniform number of this coordinate in this round, for the formula of a stream.

    Args:
        k: which of the independent numbers.
    """
    return UniformDraw(seed, Integer(k), t, coordinate)


class softplus(Function):
    """log(1 + e^u), in the form that neither overflows nor cancels.

    Args:
        u: a real expression.
    """

    nargs = 1

    def fdiff(self, argindex: int = 1) -> Expr:
        """The derivative is the logistic function."""
        return sigmoid(self.args[0])

    def stable(self) -> Expr:
        """max(u, 0) + log1p(e^-|u|), equal to log(1 + e^u) for every real u."""
        u = self.args[0]
        return Max(u, 0) + log1p(exp(-Abs(u)))


class sigmoid(Function):
    """1/(1 + e^-u), in the form that never overflows.

    Args:
        u: a real expression.
    """

    nargs = 1

    def fdiff(self, argindex: int = 1) -> Expr:
        """sigmoid(u) * (1 - sigmoid(u))."""
        return self * (1 - self)

    def stable(self) -> Expr:
        """e^min(u, 0) / (1 + e^-|u|), equal to 1/(1 + e^-u) for every real u."""
        u = self.args[0]
        return exp(Min(u, 0)) / (1 + exp(-Abs(u)))


def Norm1(e: Expr) -> Expr:
    """The l1 norm: a scalar.

    Args:
        e: an expression of vector rank.
    """
    return SumCoords(Abs(e))


def Norm2Squared(e: Expr) -> Expr:
    """The squared l2 norm: a scalar.

    Args:
        e: an expression of vector rank.
    """
    return SumCoords(e**2)


def NormInf(e: Expr) -> Expr:
    """The infinity norm: a scalar.

    Args:
        e: an expression of vector rank.
    """
    return MaxCoords(Abs(e))


def Dot(u: Expr, w: Expr) -> Expr:
    """The inner product: a scalar.

    Args:
        u: an expression of vector rank.
        w: an expression of vector rank.
    """
    return SumCoords(u * w)


def First(e: Expr) -> Expr:
    """The value in round 1, kept from then on.

    Args:
        e: an expression; the value has its rank.
    """
    return CumSum(Piecewise((e, t < 2), (0, True)))


def GroupNorm1(e: Expr) -> Expr:
    """The l1 norm within the group of each coordinate: a vector, constant on groups.

    Args:
        e: an expression of vector rank.
    """
    return GroupSum(Abs(e))


def path_length(point: Expr) -> Expr:
    """The way of a point from round 1 on, sum_{2<=s<=t} ||p_s - p_{s-1}||_2: a scalar.

    Args:
        point: an expression of vector rank, such as z_t.
    """
    return CumSum(Piecewise((sqrt(Norm2Squared(point - Prev(point))), t > 1), (0, True)))


FULL_MATRICES = (TraceRoot, FullMatrixStep)
"""Nodes with a d x d matrix: `online_sim` plays them on the numpy engine for small d."""
REDUCTIONS = (SumCoords, MaxCoords, GroupSum, CumSum, CumMax, Discounted)
"""Nodes over coordinates or rounds that are nonnegative where what they reduce is."""
_SCALAR_NODES = (SumCoords, MaxCoords, TraceRoot, Component, LossAt, Regret)
_VECTOR_NODES = (Stack, GroupSum, LinearMinimiser, FullMatrixStep)


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
