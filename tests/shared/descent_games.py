"""Games of the rates of gradient methods, and what is tested of each of them."""

from dataclasses import replace
from fractions import Fraction as F

from sympy import Rational

from bounds.certificates.certify import certain_sides, certify
from bounds.falsifier.descent_evaluator import DescentEvaluator, Sizes
from bounds.games import Counterexample, DescentGame
from bounds.statement import Sides
from independent.replay import confirms
from theory.losses.piecewise_quadratic import Slope
from theory.statement import Reading, Theorem


def corner(place: int, height: int = 1) -> Slope:
    """phi'(u) = `height` clip(u - place, -1, 1)."""
    return Slope(((F(place - 1), F(-height)), (F(place + 1), F(height))), F(0), F(0))


def sides_of(theorem: Theorem, game: DescentGame, reading: str = "stated") -> tuple[float, float]:
    """Both sides after the last round, by ball arithmetic to 15 digits."""
    left, right = certain_sides(Counterexample(theorem, reading, game), digits=15)
    return float(left), float(right)


def in_floats(theorem: Theorem, game: DescentGame, reading: str = "stated") -> Sides:
    """Both sides in every round, as the search computes them; compiling takes seconds."""
    sizes = Sizes(len(game.slope.knots), len(game.letters), game.horizon, game.dimension)
    return DescentEvaluator(theorem, reading, game.recurrence, sizes).sides([game])


def with_share(theorem: Theorem, share: F, reading: str = "stated") -> Theorem:
    """The theorem with a part of its right side."""
    less = theorem.reading(reading).rhs * Rational(share.numerator, share.denominator)
    return replace(theorem, id="own.less", readings=(Reading("less", less, "a constant too small"),))


def falls_with_less(theorem: Theorem, game: DescentGame, reading: str = "stated") -> None:
    """With 9/10 of lhs/rhs as a factor the statement is refuted by the game, and two replays confirm it."""
    lhs, rhs = sides_of(theorem, game, reading)
    share = F(int(lhs / rhs * 9_000), 10_000)
    assert 0 < share < 1
    raw = certify(Counterexample(with_share(theorem, share, reading), "less", game))
    assert confirms(raw)
