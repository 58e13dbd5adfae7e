"""Turns a counterexample into a certificate that the checker accepts."""

import math
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from bounds.certificates.certificate import DIGITS, certificate_bytes, unclaimed
from bounds.certificates.checker import Answer, ReplayOutcome, check_certificate
from bounds.certificates.checker.formulas import BallProgram
from bounds.certificates.checker.reading import read
from bounds.certificates.checker.replay import PRECISION, replay
from bounds.certificates.composite_point import best_with
from bounds.games import Counterexample, ExactBall, LinearGame, Point
from bounds.scope import check_scope, compares, composite_of, in_every_round
from theory.borders import instance, text, whole
from theory.composites.composite import Composite
from theory.quantities import Regret
from theory.statement import Requires

NARROW_DIGITS = 15
"""The digits of the claimed bounds if the sides agree to `DIGITS` digits: as many as a float holds."""
MOST_BITS = 1 << 16
"""The highest precision of a replay in bits, as for `verify`."""
NO_CLAIM = {"lhs_at_least": "1", "rhs_at_most": "0"}
"""A well-formed claim that is never compared with a replay."""


def certain_sides(
    found: Counterexample, *, precision: int = PRECISION, digits: int = DIGITS
) -> tuple[Fraction, Fraction] | None:
    """A lower bound of the left side and an upper bound of the right side after the last round.

    None if a condition of the statement fails, a side is undefined, or a comparison is undecided at this
    precision. The bounds are rounded outwards to `digits` significant digits.
    """
    digits = whole("digits", digits, least=1, most=1000)
    answer = _at_best_point(found, precision)
    if answer is None:
        return None
    left, right = answer
    return _rounded(left, digits, up=False), _rounded(right, digits, up=True)


def excess(found: Counterexample, *, precision: int = PRECISION) -> float:
    """A lower bound of lhs/rhs - 1 after the last round; -inf if nothing is certain, inf for rhs <= 0."""
    answer = _at_best_point(found, precision)
    if answer is None:
        return -math.inf
    left, right = answer
    if right > 0:
        return math.nextafter(float((left / right - 1).lower()), -math.inf)
    return math.inf if left > right else -math.inf


def judged(found: Counterexample) -> Counterexample | None:
    """The counterexample with its conditions in every round; None if the game lacks a property."""
    if found.game.lacks(found.theorem) is not None:
        return None
    return replace(found, theorem=in_every_round(found.theorem))


def excess_inside(found: Counterexample) -> float:
    """A lower bound of lhs/rhs - 1 after the last round, -inf if the game is outside the statement.

    Raises Refused if the game is too long for the checker.
    """
    inside = judged(found)
    return -math.inf if inside is None else excess(inside)


def certify(found: Counterexample, *, title: str = "") -> bytes:
    """Write the certificate of a counterexample, once the checker has accepted it.

    Args:
        found: an exact game and the reading that fails in its last round. If it has no comparator, the point
            of the set with the largest regret is used.
        title: one line for the reader of the file.

    Returns:
        The bytes of a JSON file (docs/certificates.md) whose numbers are exact rationals.

    Raises:
        ValueError: the game does not violate the statement, or not by enough for the checker.
        OutOfScope: an assumption is stated only in words, or a regret is meant for sets that the statement
            does not name; the formulas in the file would then claim more than is meant.
    """
    _check_found(found)
    text("title", title)
    check_scope(found.theorem, frozenset(Requires), "", composite=True)
    chosen = with_comparator(found)
    precision = PRECISION
    while (bounds := certain_sides(chosen, precision=precision)) is None and precision < 1024:
        precision *= 2
    if bounds is not None and bounds[0] <= bounds[1]:  # perhaps a narrow violation
        bounds = certain_sides(chosen, precision=precision, digits=NARROW_DIGITS) or bounds
    if bounds is None or bounds[0] <= bounds[1]:
        why = "a side is undefined or a condition fails"
        if bounds is not None:
            why = f"{float(bounds[0]):.6g} against {float(bounds[1]):.6g}"
        raise ValueError(
            f"{found.theorem.id}.{found.reading} is not violated in round {found.game.horizon} of this game: "
            f"{why}"
        )
    claim = {"lhs_at_least": _decimal(bounds[0]), "rhs_at_most": _decimal(bounds[1])}
    raw = certificate_bytes({**unclaimed(chosen, title=title), "claim": claim})
    answer: Answer = check_certificate(raw)
    if answer.outcome is not ReplayOutcome.CERTIFIED:
        raise ValueError(f"the checker does not accept the certificate: {answer.reason}")
    return raw


def with_comparator(found: Counterexample, *, precision: int = PRECISION) -> Counterexample:
    """The counterexample with a comparator: if none is given, the point that maximises the regret.

    The choice needs no proof, because the certificate is checked with the chosen point.
    """
    if found.comparator is not None:
        return found
    if compares(found.theorem, found.reading):
        # z stands on both sides: the ends of the set and the start are tried.
        points = [*found.game.extreme_points(), *([found.game.start] if found.game.extreme_points() else [])]
        tried = [replace(found, comparator=z) for z in dict.fromkeys(points)]
        return max(tried, key=lambda c: _difference(c, precision), default=found)
    if isinstance(found.game, LinearGame) and (phi := composite_of(found.theorem, found.game.recurrence)):
        return _best_composite(found, found.game, phi, precision)
    if isinstance(found.game, LinearGame) and found.game.curved:
        return _best_inside(found, found.game, precision)
    if all(node.args[0].is_number for node in found.theorem.lhs.atoms(Regret)):
        return replace(found, comparator=found.game.best_fixed_point())
    # Only a replay gives the weights; the regret is largest at an extreme point of the set.
    tried = [replace(found, comparator=z) for z in found.game.extreme_points()]
    if isinstance(found.game, LinearGame) and isinstance(ball := found.game.feasible, ExactBall):
        # The regret is linear in z, so its values at the two ends of each axis show where it is largest.
        lefts = np.array([_left(c, precision) for c in tried]).reshape(-1, 2)
        if np.all(np.isfinite(lefts)):
            tried.append(replace(found, comparator=ball.minimiser((lefts[:, 0] - lefts[:, 1]).tolist())))
    return max(tried, key=lambda c: _left(c, precision), default=found)


def _best_inside(found: Counterexample, game: LinearGame, precision: int) -> Counterexample:
    """The counterexample of curved losses with the comparator that maximises the regret, up to rounding.

    In z the regret is a number + <q, z> - bend/2 ||z||^2, so that a few replays show it: on the way from the
    middle to each of some points of the set, half-way and at the end.
    """
    ends, middle = game.extreme_points(), game.feasible.centre
    if game.feasible.kind == "box":
        ways = [tuple((c - m) * (i == k) for i, (c, m) in enumerate(zip(ends[0], middle, strict=True)))
                for k in range(game.dimension)]  # fmt: skip
    else:
        ways = [tuple(c - m for c, m in zip(end, middle, strict=True)) for end in ends]
    ways = [way for way in ways if any(way)]
    begin = _left(replace(found, comparator=middle), precision)
    rises, bends = [], []
    for way in ways:
        half, whole = (
            _left(replace(found, comparator=_moved(middle, way, share)), precision)
            for share in (Fraction(1, 2), 1)
        )
        rises.append(4 * half - whole - 3 * begin)
        bends.append(4 * (2 * half - whole - begin) / float(sum(u * u for u in way)))
    tried = [middle, *ends]
    bend = float(np.mean(bends)) if bends else 0.0
    if math.isfinite(bend) and bend > 0 and np.all(np.isfinite(rises)):
        q = np.linalg.lstsq(np.array(ways, dtype=np.float64), np.array(rises), rcond=None)[0] / bend
        free = tuple(m + Fraction(f"{u:.12g}") for m, u in zip(middle, q.tolist(), strict=True))
        tried.append(game.feasible.nearest(free, 12))
    return _best_of(found, tried, precision)


def _best_composite(
    found: Counterexample, game: LinearGame, phi: Composite, precision: int
) -> Counterexample:
    """The counterexample of a composite regret with the best comparator found.

    For linear losses with a rational weight the sum of the gradients shows it; else a few are replayed.
    """
    regrets = found.theorem.spelled_out(found.theorem.lhs).atoms(Regret)
    weight = next(node.args[0] for node in regrets if node.args[1:])
    if weight.is_Rational and not game.curved:
        return replace(found, comparator=best_with(phi, game, Fraction(int(weight.p), int(weight.q))))
    inside = _best_inside(found, game, precision).comparator or game.start
    near_zero = game.feasible.nearest((Fraction(0),) * game.dimension, 12)
    return _best_of(found, [inside, near_zero], precision)


def _best_of(found: Counterexample, points: Iterable[Point], precision: int) -> Counterexample:
    """The counterexample with the point of the largest left side."""
    tried = [replace(found, comparator=z) for z in dict.fromkeys(points)]
    return max(tried, key=lambda c: _left(c, precision))


def _moved(point: Point, way: Point, share: Fraction | int) -> Point:
    return tuple(u + share * w for u, w in zip(point, way, strict=True))


def _check_found(found: object) -> None:
    instance("found", found, Counterexample, "a Counterexample", "see bounds.games")


def _at_best_point(found: Counterexample, precision: int) -> tuple[Any, Any] | None:
    """Replay against the given comparator, or else against the point that maximises the regret."""
    _check_found(found)
    bits = whole("precision", precision, least=2, most=MOST_BITS)
    return replayed(with_comparator(found, precision=bits), bits)


def _difference(found: Counterexample, precision: int) -> float:
    answer = replayed(found, precision)
    return -math.inf if answer is None else float((answer[0] - answer[1]).mid())


def _left(found: Counterexample, precision: int) -> float:
    answer = replayed(found, precision)
    return -math.inf if answer is None else float(answer[0].mid())


def replayed(found: Counterexample, precision: int = PRECISION) -> tuple[Any, Any] | None:
    """Both sides as balls after the last round, or None if nothing is certain."""
    entry = {**unclaimed(found), "claim": NO_CLAIM}
    file = read(certificate_bytes(entry))
    left, right, _, broken = replay(file, BallProgram(file), precision)
    finite = left.is_finite() and right.is_finite()
    return (left, right) if finite and not broken else None


def _rounded(ball: Any, digits: int, *, up: bool) -> Fraction:
    """A rational of `digits` digits that is certainly above (or below) a ball."""
    end = ball.upper() if up else ball.lower()
    size = float(abs(end))
    unit = Fraction(10) ** ((math.floor(math.log10(size)) if size > 0 else 0) + 1 - digits)
    # One unit beyond the nearest, because the end itself is not a short decimal.
    return (round(Fraction(float(end)) / unit) + (1 if up else -1)) * unit


def _decimal(q: Fraction) -> str:
    """A short decimal as a readable fraction, not in lowest terms: 483668/1000000."""
    digits = next((k for k in range(400) if (q * 10**k).denominator == 1), 0)
    return str(q) if digits == 0 else f"{(q * 10**digits).numerator}/{10**digits}"
