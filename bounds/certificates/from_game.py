"""A played game as an exact one, where it can be: what a certificate needs of a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from sympy import Rational

from bounds.games import DescentGame, ExactBox, ExactSegment, LinearGame, Point
from online_sim.borders import numbers
from online_sim.decimals import decimal
from online_sim.domains.base import Domain
from online_sim.domains.box import Box
from online_sim.domains.simplex import Simplex
from online_sim.game import check_objects
from online_sim.streams.alphabet import NoiseAlphabet
from online_sim.streams.base import Stream
from online_sim.streams.periodic import Periodic
from theory.borders import instance, mapping, whole
from theory.loss import Loss
from theory.losses.linear import LINEAR
from theory.losses.piecewise_quadratic import quadratic_slope
from theory.parameters import Parameter
from theory.quantities import SumCoords
from theory.recurrence import Recurrence
from theory.symbols import a as noise
from theory.symbols import df, x


def exact_game(
    recurrence: Recurrence,
    loss: Loss,
    *,
    horizon: int,
    parameters: Mapping[str, Any],
    start: Any = None,
    stream: Stream | None = None,
    domain: Domain | None = None,
    alphabet: NoiseAlphabet | None = None,
) -> LinearGame | DescentGame:
    """The arguments of a game as exact numbers, a float read as the decimal it prints as.

    Linear losses from a periodic stream over a box or a segment, or a quadratic c ||x||^2/2 without a set,
    with the noise of an alphabet or none. Raises ValueError for any other game, saying what it would take.
    """
    check_objects(recurrence, loss, domain)
    if not isinstance(loss, Loss):
        raise ValueError(f"no certificate can hold a loss written in Python ({loss.name}); write it in sympy")
    horizon = whole("horizon", horizon, least=1)
    mapping("parameters", parameters, "name -> number")
    values = {p.name: _decimal(p, parameters.get(p.name, p.default)) for p in recurrence.parameters}
    first = None if start is None else tuple(map(decimal, np.atleast_1d(numbers("start", start)).ravel()))
    if loss.value == LINEAR.value and isinstance(stream, Periodic) and domain is not None:
        begin = tuple(map(decimal, domain.start())) if first is None else first
        lead: Any = [] if stream.lead is None else stream.lead
        return LinearGame(
            recurrence,
            values,
            exact_set(domain),
            begin,
            exact_rows(stream.pattern),
            horizon,
            lead=exact_rows(lead),
        )
    bend = loss.smoothness
    quadratic = bend is not None and bend.is_Rational and loss.value == bend * SumCoords(x**2) / 2
    if quadratic and domain is None and stream is None and loss.oracle in (None, df + noise):
        c = Fraction(int(Rational(bend).p), int(Rational(bend).q))
        letters = (
            () if alphabet is None else tuple(zip(alphabet.letters, alphabet.probabilities, strict=True))
        )
        if first is None and alphabet is None:
            raise ValueError("`start` is needed: nothing else says how many coordinates there are")
        begin = first if first is not None else (Fraction(0),) * len(letters[0][0])
        return DescentGame(recurrence, values, quadratic_slope(c), begin, horizon, letters=letters)
    raise ValueError(
        f"no certificate can hold this game ({loss.name}); it takes linear losses of a periodic stream over "
        "a box or a segment, or c ||x||^2/2 without a set and with the noise of an alphabet"
    )


def _decimal(p: Parameter, value: object) -> Fraction:
    if value is None:
        raise ValueError(f"`{p.name}` is missing; give {p.meaning} in {p.range_text}")
    p.validate(value)
    return decimal(value)


def exact_set(domain: Domain) -> ExactBox | ExactSegment:
    """A box, or the simplex of R^2, in the numbers that its floats print as; ValueError for another set."""
    instance("domain", domain, Domain, "a Domain", "a Box say")
    if isinstance(domain, Box):
        return ExactBox(*exact_rows((domain.lower, domain.upper)))
    if isinstance(domain, Simplex) and domain.dimension == 2:
        total = sum((decimal(u) for u in domain.start()), Fraction(0))
        return ExactSegment((total, Fraction(0)), (Fraction(0), total))
    raise ValueError(f"no certificate can hold {domain.name}; it takes a box, or the simplex of R^2")


def exact_rows(rows: Any) -> tuple[Point, ...]:
    """Rows of floats as the decimals that they print as."""
    return tuple(tuple(decimal(u) for u in row) for row in rows)
