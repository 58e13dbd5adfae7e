"""An exact counterexample in one line of ASCII, as a reviewer would type it into an e-mail."""

from collections.abc import Callable, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from itertools import count, groupby
from typing import Any

from bounds.games import Block, Counterexample, DescentGame, ExactGame, LinearGame, Point
from bounds.games.rationals import point_text
from bounds.scope import compares
from online_sim.meant_for import MODULUS
from theory.quantities import Regret

SHOWN_RUNS = 12
"""The most runs of equal rows that are listed, not counted."""
SHORT_RUN = 3
"""The longest run of equal rows that is written out."""
FEWEST_DIGITS = 6
"""The significant digits shown of both sides, unless more are needed to tell them apart."""


def counterexample_line(found: Counterexample, lhs: Fraction, rhs: Fraction) -> str:
    """Such as ``false of Adam: T=1, d=1, X=[-1,1], f_1(x)=2x/5, x_1=1, alpha=1: regret 0.8 > 0.678``.

    lhs, rhs: a lower bound of the left side and an upper bound of the right side. They are rounded outwards,
    the left one down and the right one up, so that the line is true as it stands.
    """
    regrets = found.theorem.lhs.atoms(Regret)
    plain = regrets and all(node.args[0].is_number and len(node.args) == 1 for node in regrets)
    measured = "regret" if plain else found.theorem.measures
    return f"false of {game_line(found)}: {measured} {_apart(lhs, rhs)}"


def game_line(found: Counterexample) -> str:
    """The algorithm and its game, without the two sides."""
    game = found.game
    parts = [f"T={game.horizon}", f"d={game.dimension}"]
    parts += SAID[type(game)](game)
    against = found.comparator if compares(found.theorem, found.reading) else None
    parts += [
        f"x_1={point_text(game.start)}",
        *([f"z={point_text(against)}"] if against is not None else []),
        *(f"{name}={_short(value)}" for name, value in game.parameters.items()),
    ]
    return f"{game.recurrence.name}: {', '.join(parts)}"


def _linear(game: LinearGame) -> list[str]:
    curve = [f"f_t(y)=<g_t,y>+{MODULUS}/2 ||y-x_t||^2"] if game.curved else []
    return [f"X={game.feasible.text}", *curve, _stream(game)]


def _stream(game: LinearGame) -> str:
    if game.horizon == 1 and game.dimension == 1 and not game.curved and not game.moving:
        return f"f_1(x)={_times(game.row(1)[0], 'x')}"
    blocks = game.blocks
    if len(blocks) > 1 and blocks[-1].times == 1 and _begins_again(blocks[-2], blocks[-1]):
        blocks = blocks[:-1]  # the horizon says where it stops
    listed = [_runs(block.pattern, game.dimension) for block in blocks]
    if sum(map(len, listed)) > SHOWN_RUNS:
        return f"{len(game.gradients)} gradients{' with their z_t' if game.moving else ''}"
    said: list[str] = []
    for block, runs in zip(blocks, listed, strict=True):
        last = block is blocks[-1]
        always = "always" if len(block.pattern) == 1 else "repeated"
        if block.times == 1:
            said.append(_listed(runs))
        else:
            said.append(f"{_listed(runs)} {always if last else f'({block.times} times)'}")
    return f"g{' with z_t' if game.moving else ''}={' then '.join(said)}"


def _begins_again(block: Block, rest: Block) -> bool:
    """Whether the rest of a stream only begins the pattern of the block before it once more."""
    return block.times > 1 and block.pattern[: len(rest.pattern)] == rest.pattern


def _runs(rows: Sequence[Point], dimension: int) -> list[str]:
    """The rows, with long runs of equal rows grouped: 27/10 and -1 (7 times); 1 with 1/2 if z_t = 1/2."""
    said: list[str] = []
    for row, equal in groupby(rows):
        times = len(list(equal))
        parts = (row[:dimension], row[dimension:])
        shown = " with ".join(point_text(part) for part in parts if part)
        said += [f"{shown} ({times} times)"] if times > SHORT_RUN else [shown] * times
    return said


def _listed(said: list[str]) -> str:
    return said[0] if len(said) == 1 else f"({', '.join(said)})"


def _descent(game: DescentGame) -> list[str]:
    slope = game.slope
    (k, y), bend = slope.knots[0], slope.left
    if len(slope.knots) == 1 and slope.left == slope.right and y == bend * k:
        said = [f"f(x)={_times(bend / 2, 'x^2' if game.dimension == 1 else '||x||^2')}"]
    else:
        through = ", ".join(f"({u}, {v})" for u, v in slope.knots)
        flat = slope.left == slope.right == 0
        outside = "flat outside" if flat else f"its slope outside {slope.left} and {slope.right}"
        said = [f"f' linear through {through}, {outside}"]
    letters = game.letters
    if len(letters) == 2 and letters[0][1] == letters[1][1]:  # of mean zero, so symmetric
        said.append(f"noise +-{point_text(max(u for u, _ in letters))} w.p. 1/2 each")
    elif len(letters) > 1:
        said.append("noise " + ", ".join(f"{point_text(u)} w.p. {_short(p)}" for u, p in letters))
    return said


SAID: dict[type[ExactGame], Callable[[Any], list[str]]] = {LinearGame: _linear, DescentGame: _descent}
"""The losses of a game in words, for each kind."""


def _times(q: Fraction, what: str) -> str:
    """q times something: 2x/5, -x, 100x^2."""
    top = {1: "", -1: "-"}.get(q.numerator, str(q.numerator))
    return "0" if q == 0 else f"{top}{what}" + (f"/{q.denominator}" if q.denominator != 1 else "")


def _short(q: Fraction) -> str:
    """1e-8 for a tiny power of ten, the fraction otherwise: both are exact."""
    zeros = str(q.denominator).removeprefix("1")
    tiny = q.numerator == 1 and len(zeros) > 4 and not zeros.strip("0")
    return f"1e-{len(zeros)}" if tiny else str(q)


def _apart(lhs: Fraction, rhs: Fraction) -> str:
    """Both sides, rounded outwards to the fewest digits that still show the left one as larger."""
    for digits in count(FEWEST_DIGITS):
        left = _rounded(lhs, Context(prec=digits, rounding=ROUND_FLOOR))
        right = _rounded(rhs, Context(prec=digits, rounding=ROUND_CEILING))
        if left > right or lhs <= rhs:
            break
    return f"{_plain(left)} > {_plain(right)}"


def _rounded(q: Fraction, context: Context) -> Decimal:
    return context.normalize(context.divide(Decimal(q.numerator), Decimal(q.denominator)))


def _plain(value: Decimal) -> str:
    """0.0099999, 1200 and 1.5e-9."""
    return f"{value:f}" if -5 <= value.adjusted() <= 6 else f"{value:e}"
