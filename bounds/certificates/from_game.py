"""Converts a scenario's game to an exact one, if possible, for its certificate."""

from fractions import Fraction
from typing import Any

from sympy import Rational

from bounds.games import (
    DescentGame,
    ExactBall,
    ExactBox,
    ExactL1Ball,
    ExactSegment,
    ExactSet,
    ExactSimplex,
    LinearGame,
    Point,
    cyclic,
)
from online_sim.decimals import decimal
from online_sim.domains.base import Domain
from online_sim.domains.box import Box
from online_sim.domains.l1_ball import L1Ball
from online_sim.domains.l2_ball import L2Ball
from online_sim.domains.simplex import Simplex
from online_sim.game import Game
from online_sim.streams.periodic import Periodic
from theory.borders import instance
from theory.loss import Loss
from theory.losses.linear import LINEAR
from theory.losses.piecewise_quadratic import quadratic_slope
from theory.parameters import Parameter
from theory.quantities import SumCoords
from theory.symbols import a as noise
from theory.symbols import df, x

DENOMINATOR = 1000
"""The largest denominator of a coordinate of a start that is read as a fraction, not as a decimal."""


def exact_game(game: Game) -> LinearGame | DescentGame:
    """The game in exact numbers, each float read as the decimal it prints as.

    Args:
        game: linear losses from a periodic stream over a box, a simplex or a ball; or a quadratic c
            ||x||^2/2 without a set, without noise or with all its noise paths. A start that the rounding of
            floats leaves outside its set is moved to a point of the set nearby.

    Raises:
        ValueError: the game is of another kind; the error says what a certificate accepts.
    """
    instance("game", game, Game, "a Game", "Game(algorithm, loss, stream, domain, horizon=...)")
    recurrence, loss = game.recurrence, game.loss
    if not isinstance(loss, Loss):
        raise ValueError(f"no certificate can hold a loss written in Python ({loss.name}); write it in sympy")
    values = {p.name: _decimal(p, game.parameters.get(p.name, p.default)) for p in recurrence.parameters}
    (start,) = exact_rows(game.starts[:1])
    stream = game.streams[0] if game.streams else None
    if loss.value == LINEAR.value and isinstance(stream, Periodic) and game.domain is not None:
        lead: Any = [] if stream.lead is None else stream.lead
        blocks = cyclic(exact_rows(stream.pattern), game.horizon, exact_rows(lead))
        feasible = exact_set(game.domain)
        if not feasible.contains(start):
            start = _simplest(start) if feasible.contains(_simplest(start)) else feasible.nearest(start, 17)
        return LinearGame(recurrence, values, feasible, start, blocks)
    bend = loss.smoothness
    quadratic = bend is not None and bend.is_Rational and loss.value == bend * SumCoords(x**2) / 2
    noiseless = loss.oracle is None and stream is None
    all_paths = loss.oracle == df + noise and game.all_paths is not None
    if quadratic and game.domain is None and (noiseless or all_paths):
        c = Fraction(int(Rational(bend).p), int(Rational(bend).q))
        letters: Any = ()
        if game.all_paths is not None:
            alphabet = game.all_paths.alphabet
            letters = tuple(zip(alphabet.letters, alphabet.probabilities, strict=True))
        return DescentGame(recurrence, values, quadratic_slope(c), start, game.horizon, letters=letters)
    raise ValueError(
        f"no certificate can hold this game ({loss.name}); it takes linear losses of a periodic stream over "
        "a box, a simplex, an l1 or an l2 ball, or c ||x||^2/2 without a set and with noise of an alphabet"
    )


def _decimal(p: Parameter, value: object) -> Fraction:
    if value is None:
        raise ValueError(f"`{p.name}` is missing; give {p.meaning} in {p.range_text}")
    p.validate(value)
    return decimal(value)


def exact_set(domain: Domain) -> ExactSet:
    """A box, a simplex, an l1 or an l2 ball, in the decimals that its floats print as, else a ValueError."""
    instance("domain", domain, Domain, "a Domain", "a Box say")
    if isinstance(domain, Box):
        return ExactBox(*exact_rows((domain.lower, domain.upper)))
    if isinstance(domain, Simplex):
        total = decimal(domain.total)
        corners = (total, Fraction(0)), (Fraction(0), total)
        return ExactSegment(*corners) if domain.dimension == 2 else ExactSimplex(domain.dimension, total)
    if isinstance(domain, L1Ball | L2Ball):
        (middle,) = exact_rows([domain.centre])
        return (ExactL1Ball if isinstance(domain, L1Ball) else ExactBall)(middle, decimal(domain.radius))
    raise ValueError(f"no certificate can hold {domain.name}; it takes a box, a simplex, an l1 or an l2 ball")


def _simplest(x: Point) -> Point:
    """Each coordinate as the fraction with the smallest denominator that is the same float: 1/3."""
    simple = [u.limit_denominator(DENOMINATOR) for u in x]
    return tuple(q if float(q) == float(u) else u for q, u in zip(simple, x, strict=True))


def exact_rows(rows: Any) -> tuple[Point, ...]:
    """Rows of floats, each read as the decimal it prints as."""
    return tuple(tuple(decimal(u) for u in row) for row in rows)
