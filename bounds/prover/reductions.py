r"""Two reductions of a region before any search: mirror symmetry and the scale of the losses.

**Mirror.** Take the map that turns coordinate i of every point about the centre c of the box, x_i to
2 c - x_i and likewise z_i, and negates g_i. Suppose that every line of the algorithm either keeps its value
or is negated (coordinate i of a vector), that the unprojected point is turned about c, and that neither side
of the statement changes. Clipping to [lower, upper] turns with its argument, since lower + upper = 2 c. Then
a game satisfies the statement if and only if its mirror image does. The image has its start in the region if
every start is allowed, or only c, and it is enough to take the regret against one extreme point of the box.
`mirrors` checks this by substitution. It turns all coordinates at once, which is equivalent: a reduction over
coordinates such as `SumCoords(e)` passes only if e itself is unchanged, in every coordinate. The sides of the
box may differ in length, but not in their centre. Unless c is 0, a formula that reads the point before the
last is not granted a mirror image, for before round 1 there is none to turn.

**Scale.** If multiplying all losses by c > 0 with the same parameters multiplies both sides by the same power
c^k, k > 0, it is enough to decide games whose largest |g_{t,i}| is the largest allowed. There remains the
game of zero gradients, in which both sides equal c^k times themselves for every c, hence 0. `theory.degree`
finds the degrees; here every sum must add terms of equal degree, which is stronger than agreement at both
ends.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product

from sympy import Add, Expr, Max, Min, Piecewise, Rational, Rel, S, Symbol, log, preorder_traversal, sympify

from bounds.prover.interval_source import CORNER
from bounds.prover.region import Region
from bounds.statement import Inequality
from theory.degree import LOSS, Degrees, follow
from theory.quantities import Prev
from theory.recurrence import Recurrence
from theory.statement import Theorem
from theory.symbols import Vector, g, x, x_next, z

Signs = Mapping[Symbol, int]
POINTS = (x, x_next, z, CORNER)
"""The symbols of points, which are turned about the centre; all others keep or change their sign."""


def mirrors(recurrence: Recurrence, statement: Inequality, centre: Sequence[Fraction]) -> bool:
    """Whether a game and its mirror image about the centre satisfy a statement together; False if unsure."""
    if len(set(centre)) > 1:
        return False
    twice = Rational(2 * centre[0])
    earlier = {Prev(point) for point in POINTS}
    if twice != 0 and any(earlier & e.atoms(Prev) for e in (*recurrence.expressions(), *statement.parts)):
        return False
    return any(
        _turns(recurrence.point - twice / 2, signs, -1, twice)
        and all(_turns(side, signs, 1, twice) for side in statement.parts)
        for signs in _consistent(recurrence, twice)
    )


def _consistent(recurrence: Recurrence, twice: Expr) -> Iterator[dict[Symbol, int]]:
    """Every assignment of a sign to each line, kept (1) or negated (-1), that the formulas confirm."""
    states = [s for s in recurrence.states if isinstance(s, Vector)]
    for guess in product((1, -1), repeat=len(states)):
        guessed = dict(zip(states, guess, strict=True))
        signs: dict[Symbol, int] = {g: -1, **dict.fromkeys(POINTS, -1), **guessed}
        if all(_sign_found(symbol, e, signs, guessed, twice) for symbol, e in recurrence.steps) and not any(
            guessed.get(symbol) == -1 and value != 0 for symbol, value in recurrence.initial.items()
        ):
            yield signs


def _sign_found(symbol: Symbol, e: Expr, signs: dict[Symbol, int], guessed: Signs, twice: Expr) -> bool:
    allowed = (guessed[symbol],) if symbol in guessed else (1, -1) if isinstance(symbol, Vector) else (1,)
    for sign in allowed:
        if _turns(e, signs, sign, twice):
            signs[symbol] = sign
            return True
    return False


def _turns(e: Expr, signs: Signs, sign: int, twice: Expr) -> bool:
    """Whether an expression is multiplied by `sign` when symbols are by theirs, and points turn."""
    mirror = {s: own * s for s, own in signs.items()} | {Prev(s): own * Prev(s) for s, own in signs.items()}
    mirror |= {point: twice - point for point in POINTS}
    return bool((e.xreplace(mirror) - sign * e).expand() == 0)


def scale_free(theorem: Theorem, reading: str, region: Region) -> bool:
    """Whether a game with all losses multiplied by c > 0 and the same parameters satisfies the statement too.

    False if unsure, and if the gradients must stay away from 0.
    """
    recurrence = region.recurrence
    followed = follow(recurrence, LOSS)
    moved = any(
        followed.degrees[p.symbol] != 0 and region.values.get(p.name) != 0 for p in recurrence.parameters
    )
    if followed.conflicts or moved or region.gradient[0] > 0:
        return False
    calculus = Degrees(LOSS, followed)
    relations = [a.condition for a in theorem.assumptions if isinstance(a.condition, Rel)]
    pairs = [(theorem.lhs, theorem.reading(reading).rhs), *((r.lhs, r.rhs) for r in relations)]
    spelled = [[sympify(theorem.spelled_out(side)) for side in pair if side != 0] for pair in pairs]
    try:
        alike = all(_adds_like_to_like(side, calculus) for pair in spelled for side in pair)
        sizes = [{calculus.of(side) for side in pair} for pair in spelled]
    except ValueError:
        return False
    power = next(iter(sizes[0])).power
    return alike and all(len(found) == 1 for found in sizes) and power is not None and bool(power > 0)


def _adds_like_to_like(e: Expr, calculus: Degrees) -> bool:
    """Whether every sum, extreme, choice and logarithm keeps its degree exactly, not only asymptotically."""
    for node in preorder_traversal(e):
        if isinstance(node, log):
            parts: Sequence[Expr] = (S.One, node.args[0])
        elif isinstance(node, Piecewise):
            parts = [pair.expr for pair in node.args]
        elif isinstance(node, Add | Max | Min | Rel):
            parts = node.args
        else:
            continue
        if len({calculus.of(part) for part in parts if part != 0}) > 1:
            return False
    return True
