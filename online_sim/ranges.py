"""Ranges of the data, points and gradients of a random game, known before it is played.

Replicates can decide a claim about a mean over noise if the range of the averaged quantity is known, and a
claim about a supremum if its upper end is known. Three cases are simple and certain:

* the data a_t, b_t of a stream that draws from a finite table lie between its smallest and largest entries;
* a gradient that is piecewise affine in one coordinate of x and the data attains its extreme values at the
  ends of the pieces. Everything is rational, so they are found exactly: for a linear loss, a quadratic on a
  box, or a slope that saturates on all of R^d;
* a quantity that the first round determines takes one value per row of the table: all rows are played.

In all other cases the range is unknown. One interval covers all coordinates and all rounds.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from sympy import Expr, Piecewise, Poly, PolynomialError, Rational, Rel, Symbol, false, oo, sympify, true

from online_sim.game import Game
from online_sim.sparse_rows import Rows, SparseRows, dense_rows
from online_sim.streams.alphabet import AlphabetStream
from online_sim.streams.arrays import ArrayStream
from theory.loss import Loss
from theory.quantities import CumSum, MaxCoords, Quantity, SumCoords
from theory.symbols import a, b, df, g, t, x

Pair = tuple[Expr, Expr]
"""Two ends, rational or infinite."""

UNKNOWN: Pair = (-oo, oo)
LARGEST_TABLE = 1024
"""The maximum number of table rows that are played, one round each, to find the outcomes of round 1."""
LARGEST_SPREAD = 1 << 20
"""The maximum number of coordinates in such a table of sparse rows, which are made dense for it."""


def same_law(game: Game) -> bool:
    """Whether all replicates draw their data from one law: the streams differ only in their seeds."""
    first = game.streams[0] if game.streams else None
    if first is None or first.seed is None:
        return False
    if len(game.streams) == 1:
        return True
    # Possibly more rounds than the game has: on a few rounds, laws with different probabilities can look
    # alike. A million numbers are enough, and do not fill the memory.
    rounds = max(1, min(first.length or 1024, 1024, (1 << 20) // first.dimension))
    shown = first.block(0, rounds)
    for other in game.streams[1:]:
        if type(other) is not type(first) or other.formula != first.formula or other.length != first.length:
            return False
        if isinstance(first, AlphabetStream) and isinstance(other, AlphabetStream):
            mine, its = first.alphabet, other.alphabet
            if (mine.letters, mine.probabilities) != (its.letters, its.probabilities):
                return False
        block = other.reseed(first.seed).block(0, rounds)
        if not (
            np.array_equal(block.played, shown.played)
            and np.array_equal(block.labels[block.index], shown.labels[shown.index])
        ):
            return False
    return True


def known_ranges(game: Game) -> dict[str, tuple[float, float]]:
    """Name of a, b, x, g, df -> its bounds in every round, for any noise.

    An unknown end is infinite; a name with no known end is left out.
    """
    loss = game.loss
    if not isinstance(loss, Loss) or np.ptp(game.numbers, axis=0).any():
        return {}
    box = {**_data(game), x: _points(game)}
    values = {symbol: _exact(value) for symbol, value in game.loss_symbols().items()}
    found = {**box, df: affine_range(loss.gradient.xreplace(values), tuple(box.items()))}
    if loss.oracle is None:
        found[g] = found[df]
    else:
        found[g] = affine_range(loss.oracle.xreplace(values), tuple(found.items()))
    return {s.name: _outward(pair) for s, pair in found.items() if pair != UNKNOWN}


def first_round(game: Game, recorded: Sequence[Expr]) -> dict[str, tuple[float, float]]:
    """Name of a recorded quantity determined by the first round -> its extreme values over the noise.

    Every row that the first round may draw is played. The result is empty if the data have no finite table of
    at most `LARGEST_TABLE` rows, or if the replicates differ in more than their seeds.
    """
    from online_sim.simulate import play

    decided = [e for e in recorded if _decided_at_once(e, frozenset(game.parameter_names))]
    table = game.streams[0].table if game.streams else None
    if not decided or table is None or len(table[0]) > LARGEST_TABLE or not same_law(game):
        return {}
    vectors, labels = table
    if isinstance(vectors, SparseRows) and len(vectors) * vectors.dimension > LARGEST_SPREAD:
        return {}
    each = dense_rows(vectors, np.arange(len(vectors)))
    if np.ptp(game.numbers, axis=0).any() or np.ptp(game.starts, axis=0).any():
        return {}
    rows = len(table[0])
    one = replace(
        game,
        stream=[ArrayStream(v[None], w[None]) for v, w in zip(each, labels, strict=True)],
        horizon=1,
        parameters=game.values(),
        start=game.starts[0],
        replicates=rows,
    )
    trace = play(one, record=decided, checkpoints=1, engine="numpy")
    found = {str(e): trace.scalars[str(e)] for e in decided if str(e) in trace.scalars}
    return {
        name: (float(values.min()), float(values.max()))
        for name, values in found.items()
        if np.all(np.isfinite(values))
    }


def _decided_at_once(e: Expr, parameters: frozenset[str]) -> bool:
    """Whether a scalar keeps its value of round 1: everything variable in it is inside a `First`."""
    if first_term(e) is not None:
        return True
    if isinstance(e, Symbol):
        return e.name in parameters
    if isinstance(e, Quantity) and not isinstance(e, SumCoords | MaxCoords):
        return False
    return all(_decided_at_once(part, parameters) for part in e.args)


def first_term(e: Expr) -> Expr | None:
    """The u of `theory.quantities.First(u)`, a sum whose terms are 0 from round 2 on; else None."""
    if isinstance(e, CumSum) and isinstance(e.args[0], Piecewise) and len(e.args[0].args) == 2:
        (value, condition), (other, _) = e.args[0].args
        if condition == sympify(t < 2) and other == 0:
            return value
    return None


@lru_cache(maxsize=256)
def affine_range(e: Expr, box: tuple[tuple[Symbol, Pair], ...]) -> Pair:
    """The range of an expression that is piecewise affine in independent symbols, with conditions on x only.

    e: one coordinate of a vector expression; box: symbol -> (lower, upper), rational or infinite. UNKNOWN for
    any other expression.
    """
    ends = dict(box)
    if e.atoms(Quantity):
        return UNKNOWN
    breaks = _breaks(e)
    if breaks is None:
        return UNKNOWN
    low, high = ends.get(x, UNKNOWN)
    inside = sorted(c for c in breaks if low < c < high)
    knots = [low, *inside, high]
    # The open pieces between breaks, where every condition is constant, and the breaks themselves.
    cells = [(u, w, _between(u, w)) for u, w in pairwise(knots)]
    cells += [(c, c, c) for c in {*inside, low, high} if c.is_finite]
    found = [_affine(_branch(e, at), {**ends, x: (u, w)}) for u, w, at in cells]
    return min(p[0] for p in found), max(p[1] for p in found)


def _breaks(e: Expr) -> set[Expr] | None:
    """The values of x at which a condition may change; None if a condition is not affine in x alone."""
    found: set[Expr] = set()
    for piece in e.atoms(Piecewise):
        for _, condition in piece.args:
            if condition in {true, false}:
                continue
            if not isinstance(condition, Rel) or condition.free_symbols != {x}:
                return None
            gap = condition.lhs - condition.rhs
            slope = gap.diff(x)
            if not (slope.is_Rational and slope != 0):
                return None
            found.add(-gap.subs(x, 0) / slope)
    return found if all(c.is_Rational for c in found) else None


def _branch(e: Expr, at: Expr) -> Expr:
    """The expression with every condition resolved as at the point `at` of the x-axis."""

    def chosen(*pieces: tuple[Expr, Expr]) -> Expr:
        return next(value for value, condition in pieces if condition.subs(x, at) == true)

    while e.atoms(Piecewise):
        inner = next(p for p in e.atoms(Piecewise) if not any(v.atoms(Piecewise) for v, _ in p.args))
        e = e.xreplace({inner: chosen(*inner.args)})
    return e


def _between(low: Expr, high: Expr) -> Expr:
    if low == -oo:
        return Rational(0) if high == oo else high - 1
    return low + 1 if high == oo else (low + high) / 2


def _affine(e: Expr, box: Mapping[Symbol, Pair]) -> Pair:
    """The range of an affine expression over a box."""
    symbols = sorted(e.free_symbols, key=str)
    if not symbols:
        return (e, e) if e.is_Rational else UNKNOWN
    if any(s not in box for s in symbols):
        return UNKNOWN
    try:
        poly = Poly(e, *symbols)
    except PolynomialError:
        return UNKNOWN
    if poly.total_degree() > 1 or not all(c.is_Rational for c in poly.coeffs()):
        return UNKNOWN
    low = high = poly.coeff_monomial(1)
    for s in symbols:
        slope, (lower, upper) = poly.coeff_monomial(s), box[s]
        if slope != 0:
            low += slope * (lower if slope > 0 else upper)
            high += slope * (upper if slope > 0 else lower)
    return low, high


def _data(game: Game) -> dict[Symbol, Pair]:
    """The ranges of a and b, if every replicate draws from a finite table."""
    tables = [s.table if s.seed is not None else None for s in game.streams]
    known = [table for table in tables if table is not None]
    if not known or len(known) < len(tables):
        return {}
    # Streams that differ only in their seeds share one table.
    distinct = {id(table[0]): table for table in known}.values()
    rows = [_numbers(table[0]) for table in distinct]
    return {a: _hull(rows), b: _hull([table[1] for table in distinct])}


def _numbers(rows: Rows) -> NDArray[np.float64]:
    """All numbers in a table; those of sparse rows with the 0 that they leave out."""
    return np.append(rows.values, 0.0) if isinstance(rows, SparseRows) else rows


def _points(game: Game) -> Pair:
    """The range of x: the set, if it is a box, and the start, which may lie outside it by rounding."""
    bounds = game.domain.box_bounds() if game.domain is not None else None
    return UNKNOWN if bounds is None else _hull([*bounds, game.starts])


def _hull(arrays: Sequence[NDArray[np.float64]]) -> Pair:
    # A number broadcast to all coordinates is examined only once.
    seen = [u if any(u.strides) else u[(slice(0, 1),) * u.ndim] for u in arrays]
    return _exact(min(float(u.min()) for u in seen)), _exact(max(float(u.max()) for u in seen))


def _exact(value: float) -> Expr:
    if math.isinf(value):
        return oo if value > 0 else -oo
    q = Fraction(value)
    return Rational(q.numerator, q.denominator)


def _outward(pair: Pair) -> tuple[float, float]:
    """The ends as floats, rounded outward."""
    low, high = (math.inf if end == oo else -math.inf if end == -oo else float(end) for end in pair)
    if math.isfinite(low) and _exact(low) > pair[0]:
        low = math.nextafter(low, -math.inf)
    if math.isfinite(high) and _exact(high) < pair[1]:
        high = math.nextafter(high, math.inf)
    return low, high
