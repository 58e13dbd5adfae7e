"""A theorem is validated when it is built."""

from __future__ import annotations

import dataclasses

import pytest
from sympy import Float, Rational, S, Symbol, sqrt

from theory.parameters import alpha, beta1
from theory.quantities import CumMax, CumSum, Expectation, Norm1, Norm2Squared, Regret, SumCoords, Supremum
from theory.source import Source
from theory.statement import Assumption, Reading, Requires, Theorem
from theory.symbols import D, G, M, T, df, g, x, x_next

SOURCE = Source("zinkevich2003", "Theorem 1")


def theorem(*readings: Reading, **options) -> Theorem:
    """A theorem with the given readings."""
    options = {"lhs": Regret(S.One), "readings": readings, **options}
    return Theorem(id="toy", title="Toy", source=SOURCE, algorithms=("SGD",), **options)


def test_two_readings_with_one_key_are_refused() -> None:
    """Keys name results."""
    with pytest.raises(ValueError, match="distinct keys"):
        theorem(Reading("A", D, ""), Reading("A", 2 * D, ""))


def test_a_theorem_without_readings_is_refused() -> None:
    """There would be nothing to check."""
    with pytest.raises(ValueError, match="distinct keys"):
        theorem()


def test_a_float_is_refused_in_every_place() -> None:
    """In a reading, on the left side, in a condition, in a letter."""
    with pytest.raises(ValueError, match="holds a float"):
        Reading("A", Float(0.5) * D, "")
    good = Reading("A", D, "")
    with pytest.raises(ValueError, match="holds a float"):
        theorem(good, lhs=Float(0.5) * Regret(S.One))
    with pytest.raises(ValueError, match="holds a float"):
        theorem(good, assumptions=(Assumption("beta1 < 1/2", beta1 < Float(0.5)),))
    with pytest.raises(ValueError, match="holds a float"):
        theorem(good, letters=((M, Float(2.0) * CumMax(Norm1(g))),))


@pytest.mark.parametrize("side", [3 * x, D * g**2 * SumCoords(x), M * T])
def test_a_side_with_a_value_for_each_coordinate_is_refused(side) -> None:
    """On the left, on the right, and behind a letter; a sum over the coordinates is a number."""
    letters = ((M, abs(g)),)
    with pytest.raises(ValueError, match=r"reading `A` = .* has a value for each coordinate"):
        theorem(Reading("A", side, ""), letters=letters)
    with pytest.raises(ValueError, match=r"lhs = .* has a value for each coordinate"):
        theorem(Reading("A", D, ""), lhs=side, letters=letters)
    theorem(Reading("A", SumCoords(side), ""), letters=letters)


def test_a_weight_must_be_known_in_its_round() -> None:
    """The next point may stand elsewhere."""
    with pytest.raises(ValueError, match="weights the regret of a round by the point after it"):
        theorem(Reading("A", D, ""), lhs=Regret(SumCoords(x_next**2)))
    theorem(Reading("A", D, ""), lhs=Regret(S.One) + SumCoords(x_next**2))


def test_quantities_are_the_outermost_nodes_of_every_side_once() -> None:
    """Both sides, every reading and every condition; expectations are opened."""
    made = theorem(
        Reading("A", M * sqrt(T), ""),
        Reading("B", G + SumCoords(x**2), ""),
        lhs=Expectation(CumSum(Norm2Squared(df))) / T,
        assumptions=(Assumption("small", CumMax(Norm1(x)) < 1), Assumption("convex", Requires.CONVEX_LOSSES)),
        letters=((M, CumMax(Norm1(g))), (G, Supremum(CumMax(Norm1(df))) + M)),
    )
    found = made.measured
    assert (found[0], found[1], found[-1]) == (CumSum(Norm2Squared(df)), CumMax(Norm1(g)), CumMax(Norm1(x)))
    # The order of the terms of one sum is sympy's own.
    assert len(found) == 5
    assert set(found[2:4]) == {CumMax(Norm1(df)), SumCoords(x**2)}


def test_a_later_letter_may_use_an_earlier_one() -> None:
    """G above is spelled out down to measured nodes."""
    made = theorem(Reading("A", G, ""), letters=((M, CumMax(Norm1(g))), (G, 2 * M)))
    assert made.spelled_out(G) == 2 * CumMax(Norm1(g))
    assert made.spelled_out(alpha) == alpha


def test_statements_are_frozen() -> None:
    """Neither fields nor the constants of a reading can be changed."""
    reading = Reading("A", Rational(1, 2) * D, "", {"c": "chosen"})
    with pytest.raises(dataclasses.FrozenInstanceError):
        reading.key = "B"
    with pytest.raises(TypeError):
        reading.constants["c"] = "other"
    with pytest.raises(dataclasses.FrozenInstanceError):
        theorem(reading).id = "other"


def test_a_plain_number_may_be_a_bound() -> None:
    """Integers are taken as exact numbers."""
    assert theorem(Reading("A", 3, "")).reading("A").rhs == 3
    assert Symbol("T") not in theorem(Reading("A", 3, "")).reading("A").rhs.free_symbols
