"""Games beyond the limits of a statement are brought back to them; limits are read from the conditions."""

from dataclasses import replace

import numpy as np
import pytest
from sympy import Integer, sqrt

from bounds.falsifier.evaluator import Batch
from bounds.falsifier.limits import fitted, limits
from bounds.falsifier.sets.box import Boxes
from theory.algorithms.sgd import SGD
from theory.parameters import alpha
from theory.quantities import CumMax, CumSum, MaxCoords, Norm2Squared, NormInf, SumCoords
from theory.statement import Assumption
from theory.symbols import D_2, D, T, g, x
from theory.theorems.ogd import SQRT

NAMES = SGD.parameter_names


def asked(*conditions):
    """The limits of a statement with these conditions."""
    found = tuple(Assumption(str(c), c) for c in conditions)
    return limits(replace(SQRT, assumptions=(*SQRT.assumptions, *found)), frozenset(NAMES))


def games(seed=0):
    """Five games of three rounds in the plane, far beyond every limit below, with steps 1 to 5."""
    rng = np.random.default_rng(seed)
    ends = np.stack([-np.full((5, 2), 3.0), np.full((5, 2), 3.0)], axis=1) * np.array([1.0, 2.0])
    start = ends[:, 0] + rng.uniform(size=(5, 2)) * (ends[:, 1] - ends[:, 0])
    return Batch(rng.normal(0, 20, (5, 3, 2)), 0, 3, ends, start, np.arange(1.0, 6)[:, None])


@pytest.mark.parametrize("cut", [False, True])
@pytest.mark.parametrize(
    ("condition", "measure"),
    [
        (CumMax(NormInf(g)) <= 1, lambda rows: np.abs(rows).max(axis=(1, 2))),
        (CumMax(Norm2Squared(g)) <= 1, lambda rows: (rows**2).sum(axis=2).max(axis=1)),
        (CumMax(sqrt(SumCoords(g**2))) <= 1, lambda rows: np.sqrt((rows**2).sum(axis=2).max(axis=1))),
        (CumMax(MaxCoords(g)) <= 1, lambda rows: rows.max(axis=(1, 2))),
    ],
    ids=["largest", "square", "length", "one side"],
)
def test_gradients_are_brought_to_the_border(condition, measure, cut) -> None:
    """The measure is 1 up to the share that rounding needs, and games inside stay as they are."""
    known = asked(condition)
    assert len(known) == 1
    found = fitted(games(), known, NAMES, Boxes(), cut=cut)
    assert np.all(measure(found.rows) <= 1)
    assert np.all(measure(found.rows) > np.minimum(1, measure(games().rows)) - 1e-9)
    assert np.array_equal(fitted(found, known, NAMES, Boxes(), cut=cut).rows, found.rows)


def test_a_limit_may_hold_a_parameter() -> None:
    """With ||g||_inf <= alpha each game has its own limit."""
    found = fitted(games(), asked(CumMax(NormInf(g)) <= alpha), NAMES, Boxes(), cut=True)
    assert np.allclose(np.abs(found.rows).max(axis=(1, 2)), np.arange(1.0, 6))


@pytest.mark.parametrize(("letter", "size"), [(D, 12.0), (D_2, np.hypot(6, 12))])
def test_sets_shrink_with_their_points(letter, size) -> None:
    """A set that is too large is scaled; the start keeps its place in it."""
    before, after = games(), fitted(games(), asked(letter <= 1), NAMES, Boxes(), cut=True)
    lengths = after.ends[:, 1] - after.ends[:, 0]
    assert np.allclose(lengths, np.array([6.0, 12.0]) / size)
    share = (before.start - before.ends[:, 0]) / (before.ends[:, 1] - before.ends[:, 0])
    assert np.allclose((after.start - after.ends[:, 0]) / lengths, share)
    assert np.all((after.start >= after.ends[:, 0]) & (after.start <= after.ends[:, 1]))


def test_nonnegative_losses_are_cut() -> None:
    """`-g <= 0` leaves only gradients >= 0, and scales nothing."""
    before, after = games(), fitted(games(), asked(CumMax(MaxCoords(-g)) <= 0), NAMES, Boxes(), cut=False)
    assert np.array_equal(after.rows, np.maximum(before.rows, 0))


@pytest.mark.parametrize(
    "condition",
    [
        CumMax(MaxCoords(x)) <= 1, CumSum(NormInf(g)) <= 1, T >= 2, alpha <= D,
        CumMax(NormInf(g)) <= CumMax(NormInf(x)),
        CumMax(NormInf(g) + 1) <= 3, CumMax(NormInf(g)) >= 1,
    ],
    ids=str,
)  # fmt: skip
def test_other_conditions_are_no_limits(condition) -> None:
    """What depends on the points, sums over rounds or is not homogeneous is only checked."""
    assert asked(condition) == ()
    assert limits(replace(SQRT, assumptions=(Assumption("none", Integer(1) <= 2),)), frozenset()) == ()
