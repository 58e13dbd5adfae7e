"""Plays a recurrence in sympy with many digits: a slow reference that shares no code with the engines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sympy import Expr, Float, S, Symbol, sympify

from theory.parameters import resolve
from theory.quantities import CumMax, CumSum, GroupSum, MaxCoords, Prev, Quantity, SumCoords, is_vector
from theory.recurrence import Recurrence
from theory.symbols import f, g, t, x


@dataclass(frozen=True)
class Unrolled:
    """A game, round by round.

    Args:
        played: the points played, d numbers each.
        points: the next points before projection.
        metrics: the metrics of the projection.
    """

    played: tuple[tuple[Expr, ...], ...]
    points: tuple[tuple[Expr, ...], ...]
    metrics: tuple[tuple[Expr, ...], ...]


def unroll(
    recurrence: Recurrence,
    gradients: Sequence[Sequence[Any]],
    *,
    parameters: Mapping[str, Any],
    start: Sequence[Any] | None = None,
    groups: Sequence[int] | None = None,
    losses: Sequence[Any] | None = None,
    digits: int = 50,
) -> Unrolled:
    """Play the rounds of the given gradients without a set, in sympy floats.

    A float means its exact binary value. A round takes milliseconds: this is a reference, not an engine.

    Args:
        recurrence: the algorithm.
        gradients: T rows of d numbers.
        parameters: name -> value.
        start: x_1, d numbers; zeros by default.
        groups: the group of each coordinate; one group by default.
        losses: T values of the loss; 0 by default.
        digits: the decimal digits of the arithmetic.

    Raises:
        ValueError: the rows have different lengths, or a parameter is out of range.
    """
    d = len(gradients[0]) if len(gradients) else 0
    if d == 0 or any(len(row) != d for row in gradients):
        raise ValueError("`gradients` must be rows of one length d >= 1; got rows of other lengths, or none")
    resolve(recurrence.parameters, parameters)
    defaults = {p.name: p.default for p in recurrence.parameters if p.default is not None}
    given = {p.symbol: Float((defaults | dict(parameters))[p.name], digits) for p in recurrence.parameters}
    point = [Float(value, digits) for value in (start if start is not None else [0] * d)]
    before: dict[Any, list[Expr]] = {}
    played, points, metrics = [], [], []
    for number, row in enumerate(gradients, start=1):
        loss = Float(losses[number - 1] if losses is not None else 0, digits)
        values = {symbol: [value] * d for symbol, value in ((t, sympify(number)), (f, loss), *given.items())}
        values |= {x: point, g: [Float(value, digits) for value in row]}
        now = _Round(recurrence, d, list(groups or [0] * d), before, given, values)
        played.append(tuple(point))
        for symbol, line in recurrence.steps:
            now.values[symbol] = [now.evaluate(line, i) for i in range(d)]
        metrics.append(tuple(now.evaluate(recurrence.metric, i) for i in range(d)))
        point = [now.evaluate(recurrence.point, i) for i in range(d)]
        points.append(tuple(point))
        before = now.values
    return Unrolled(tuple(played), tuple(points), tuple(metrics))


@dataclass
class _Round:
    """The values of one round: symbol or running node -> its d coordinates (a scalar is repeated)."""

    recurrence: Recurrence
    d: int
    groups: list[int]
    before: Mapping[Any, list[Expr]]
    given: Mapping[Symbol, Expr]
    values: dict[Any, list[Expr]]

    def evaluate(self, e: Expr, i: int) -> Expr:
        """The value of an expression at coordinate i."""
        if e in self.values:
            return self.values[e][i]
        if isinstance(e, Prev):
            return self.previous(e.args[0], i)
        if isinstance(e, Quantity):
            if not isinstance(e, CumSum | CumMax | SumCoords | MaxCoords | GroupSum):
                raise ValueError(f"{type(e).__name__} cannot be unrolled: {e}")
            self.values[e] = self.node(e)
            return self.values[e][i]
        if not e.args:
            return e
        return e.func(*[self.evaluate(argument, i) for argument in e.args])

    def node(self, e: Quantity) -> list[Expr]:
        """The values of a quantity at all coordinates."""
        inner = [self.evaluate(e.args[0], i) for i in range(self.d)]
        if isinstance(e, CumSum | CumMax):
            if e not in self.before:
                return inner
            pairs = zip(self.before[e], inner, strict=True)
            return [old + new if isinstance(e, CumSum) else max(old, new) for old, new in pairs]
        if isinstance(e, GroupSum):
            return [
                sum((inner[j] for j in range(self.d) if self.groups[j] == k), S.Zero) for k in self.groups
            ]
        if not is_vector(e.args[0]):
            raise ValueError(f"{e} reduces a scalar over coordinates; write the scalar itself")
        return [sum(inner, S.Zero) if isinstance(e, SumCoords) else max(inner)] * self.d

    def previous(self, symbol: Symbol, i: int) -> Expr:
        """The value from the previous round; in round 1 the declared initial value or 0."""
        if symbol in self.before:
            return self.before[symbol][i]
        return sympify(self.recurrence.initial.get(symbol, S.Zero)).xreplace(dict(self.given))
