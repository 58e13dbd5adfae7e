"""A counterexample in one line of ASCII, exact: what a reviewer types into an e-mail."""

from __future__ import annotations

from fractions import Fraction

from bounds.certify.game import Counterexample, DescentGame, ExactBox, LinearGame, Point
from theory.quantities import Regret

SHOWN_ROWS = 12
"""More rows than this are counted, not listed."""


def one_line(found: Counterexample, lhs: Fraction, rhs: Fraction) -> str:
    """Such as ``false of AdaL: T=1, d=1, X=[-1,1], f_1(x)=2x/5, x_1=1, alpha=1: regret 0.8 > 0.678``.

    lhs, rhs: a lower bound of the left side and an upper bound of the right side, shown with six digits.
    """
    game = found.game
    parts = [f"T={game.horizon}", f"d={game.dimension}"]
    parts += _linear(game) if isinstance(game, LinearGame) else _descent(game)
    parts += [
        f"x_1={point_text(game.start)}",
        *(f"{name}={_short(value)}" for name, value in game.parameters.items()),
    ]
    weighted = [node for node in found.theorem.lhs.atoms(Regret) if not node.args[0].is_number]
    measured = found.theorem.measures if weighted or not isinstance(game, LinearGame) else "regret"
    return f"false of {game.recurrence.name}: {', '.join(parts)}: {measured} {_number(lhs)} > {_number(rhs)}"


def _linear(game: LinearGame) -> list[str]:
    feasible = game.feasible
    if isinstance(feasible, ExactBox):
        sides = [f"[{low},{high}]" for low, high in zip(feasible.lower, feasible.upper, strict=True)]
        same = len(set(sides)) == 1
        where = (sides[0] + (f"^{len(sides)}" if len(sides) > 1 else "")) if same else " x ".join(sides)
    else:
        where = f"the segment from {point_text(feasible.begin)} to {point_text(feasible.end)}"
    return [f"X={where}", _stream(game)]


def _stream(game: LinearGame) -> str:
    if game.horizon == 1 and game.dimension == 1:
        return f"f_1(x)={_times(game.row(1)[0], 'x')}"
    rest = max(0, game.horizon - len(game.lead))
    lead, cycle = game.lead[: game.horizon], game.pattern[:rest]
    if len(lead) + len(cycle) > SHOWN_ROWS:
        return f"{len(lead) + len(cycle)} gradients"
    said = [f"({_rows(lead)})"] if lead else []
    if cycle:
        again = " repeated" if rest > len(cycle) else ""
        said.append(f"({_rows(cycle)}){again}" if len(cycle) > 1 else f"{_rows(cycle)}{again and ' always'}")
    return f"g={' then '.join(said)}"


def _rows(rows: tuple[Point, ...]) -> str:
    return ", ".join(map(point_text, rows))


def _descent(game: DescentGame) -> list[str]:
    slope = game.slope
    (k, y), bend = slope.knots[0], slope.left
    if len(slope.knots) == 1 and slope.left == slope.right and y == bend * k:
        said = [f"f(x)={_times(bend / 2, 'x^2' if game.dimension == 1 else '||x||^2')}"]
    else:
        through = ", ".join(f"({u}, {v})" for u, v in slope.knots)
        said = [f"f' linear through {through}, its slope outside {slope.left} and {slope.right}"]
    if len(game.letters) > 1:
        said.append("noise " + ", ".join(f"{point_text(u)} w.p. {p}" for u, p in game.letters))
    return said


def _times(q: Fraction, what: str) -> str:
    """q times something: 2x/5, -x, 100x^2."""
    top = {1: "", -1: "-"}.get(q.numerator, str(q.numerator))
    return "0" if q == 0 else f"{top}{what}" + (f"/{q.denominator}" if q.denominator != 1 else "")


def point_text(x: Point) -> str:
    """A number for d = 1, (1, 1/2) otherwise."""
    return str(x[0]) if len(x) == 1 else f"({', '.join(map(str, x))})"


def _short(q: Fraction) -> str:
    """1e-8 for a tiny power of ten, the fraction otherwise: both are exact."""
    zeros = str(q.denominator).removeprefix("1")
    tiny = q.numerator == 1 and len(zeros) > 4 and not zeros.strip("0")
    return f"1e-{len(zeros)}" if tiny else str(q)


def _number(q: Fraction) -> str:
    return f"{float(q):.6g}"


__all__ = ["one_line", "point_text"]
