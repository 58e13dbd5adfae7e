"""Ranges of measured quantities: declared, by form, by the game; and what they say of suprema and means."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import Abs, Max, Piecewise, Rational, S, log, sqrt

from bounds.extension import range_of
from bounds.noise import checked_ranges, mean_over_noise, quantity_range, supremum_over_noise
from bounds.prover.intervals import Intervals
from online_sim.expressions import evaluate
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.alphabet import AlphabetStream, NoiseAlphabet, skewed
from theory.algorithms.adal import ADAL
from theory.losses.half_square import NOISY_HALF_SQUARE
from theory.losses.linear import LINEAR
from theory.parameters import alpha
from theory.quantities import (
    CumMax,
    CumSum,
    Discounted,
    First,
    MaxCoords,
    Norm1,
    Norm2Squared,
    NormInf,
    Prev,
    SumCoords,
    Supremum,
    pinv,
)
from theory.symbols import G, M, T, d, df, g, t, vhat, x

PLANE = NoiseAlphabet([[3, 0], [-1, 1], [-1, -1]], ["1/4", "3/8", "3/8"])


def run(quantities=(), *, loss=LINEAR, alphabet=PLANE, replicates=20):
    """AdaL for four rounds from the origin, every round recorded."""
    return play(
        Game(
            ADAL,
            loss,
            AlphabetStream(alphabet, seed=1),
            horizon=4,
            parameters={"alpha": 0.1},
            start=[0.0] * alphabet.dimension,
            replicates=replicates,
        ),
        record=list(quantities),
        checkpoints="all",
        engine="numpy",
    )


ROUNDS = np.arange(1, 5)


@pytest.mark.parametrize(
    ("e", "low", "high"),
    [
        (SumCoords(g), -2, 6),
        (MaxCoords(g), -1, 3),
        (NormInf(g), 0, 3),
        (Norm2Squared(g), 0, 18),
        (CumMax(Norm1(g)), 0, 6),
        (CumSum(SumCoords(g)), -2 * ROUNDS, 6 * ROUNDS),
        (First(SumCoords(g)), -2, 6),
        (CumSum(SumCoords(g)) / T, -2 * np.ones(4), 6 * np.ones(4)),
        (sqrt(CumSum(Norm2Squared(g))), 0, np.sqrt(18 * ROUNDS)),
        (-Norm1(g), -6, 0),
        (Supremum(CumMax(Norm1(g))), 0, 6),
        (SumCoords(S.One), 2, 2),
        (alpha * SumCoords(g) + d, 2 - 0.2, 2 + 0.6),
        (Norm1(x), 0, np.inf),
        (SumCoords(x), -np.inf, np.inf),
        (SumCoords(1 / sqrt(vhat)), 0, np.inf),
        (CumSum(Norm2Squared(x)), 0, np.inf),
        (Prev(SumCoords(g)), -np.inf, np.inf),
        (Discounted(Norm1(g), Rational(1, 2)), 0, np.inf),
    ],
    ids=str,
)
def test_ranges_that_follow_from_the_game_and_the_form(e, low, high) -> None:
    """One interval for all coordinates, wider than the exact range by rounding alone."""
    known = quantity_range(e, run())
    # 256 + 4 (T + d) units of rounding, at most 300 of them, of the end that is larger in size, at most 24.
    np.testing.assert_allclose(known.lower, np.broadcast_to(low, 4), rtol=0, atol=24 * 300 * 2.3e-16)
    np.testing.assert_allclose(known.upper, np.broadcast_to(high, 4), rtol=0, atol=24 * 300 * 2.3e-16)
    assert np.all(known.lower <= low)
    assert np.all(known.upper >= high)


def test_no_measured_value_leaves_its_range() -> None:
    """Every quantity above that a run can record, on 200 replicates."""
    asked = [
        SumCoords(g),
        NormInf(g),
        Norm2Squared(g),
        CumMax(Norm1(g)),
        CumSum(SumCoords(g)),
        First(Norm1(g)),
    ]
    trace = run(asked, replicates=200)
    for e in asked:
        known, seen = quantity_range(e, trace), trace.scalars[str(e)]
        assert np.all((known.lower <= seen) & (seen <= known.upper)), e


def test_a_declaration_reaches_what_is_built_on_it() -> None:
    """The range of a part bounds the whole; both ends, one end, a vector or a scalar may be told."""
    trace = run(loss=NOISY_HALF_SQUARE, alphabet=skewed())
    squares = CumSum(Norm2Squared(df))
    assert np.all(quantity_range(squares, trace).upper == np.inf)
    for key, pair, high in (
        (df, (-2, 1), 4 * ROUNDS),
        (Norm2Squared(df), (-np.inf, 9), 9 * ROUNDS),
        (squares, (0, 5), 5),
    ):
        known = quantity_range(squares, trace, {key: pair})
        np.testing.assert_allclose(known.upper, np.broadcast_to(high, 4), rtol=1e-13)
        assert np.all(known.lower == 0)


def test_a_declaration_that_the_run_contradicts_is_an_error() -> None:
    """Whether the declared quantity was recorded itself or another one that follows from it."""
    squares = CumSum(Norm2Squared(df))
    trace = run([squares, Norm1(df)], loss=NOISY_HALF_SQUARE, alphabet=skewed())
    seen = trace.scalars[str(squares)]
    assert seen.max() > 0
    with pytest.raises(ValueError, match=r"`ranges` puts .* in round"):
        quantity_range(squares, trace, {df: (0, 0)}, seen)
    with pytest.raises(ValueError, match="on this run it takes values in"):
        quantity_range(SumCoords(g), trace, {Norm1(df): (0, 1e-9)})
    most = float(trace.scalars[str(Norm1(df))].max())
    assert quantity_range(squares, trace, {Norm1(df): (0, most)}, seen) is not None


def test_values_that_rounding_drove_out_of_a_derived_range_drop_it() -> None:
    """No error: the user declared nothing; but the range no longer counts in that round."""
    values = np.full((20, 4), 1.0)
    values[3, 2] = 100.0
    known = quantity_range(SumCoords(g), run(), None, values)
    assert np.isfinite(known.upper).tolist() == [True, True, False, True]


def test_a_supremum_lies_between_what_was_seen_and_the_range() -> None:
    """Without a range there is no upper end, and a note says which range to declare."""
    e = CumMax(Norm1(g))
    trace = run([e])
    seen = trace.scalars[str(e)]
    lower, upper, notes = supremum_over_noise(e, trace, seen)
    np.testing.assert_array_equal(lower, seen.max(axis=0))
    np.testing.assert_allclose(upper, 6, rtol=1e-13)
    assert notes == []
    e = CumMax(Norm1(x))
    trace = run([e])
    lower, upper, notes = supremum_over_noise(e, trace, trace.scalars[str(e)])
    assert np.all(upper == np.inf)
    assert f"declare the range of {e} in `ranges`" in " ".join(notes)
    assert supremum_over_noise(e, trace, trace.scalars[str(e)], ranges={x: (-9, 9)})[1].max() < 19


def test_a_mean_has_the_ends_that_the_range_has() -> None:
    """Both, one or none; a column that diverged has none."""
    trace = run(loss=NOISY_HALF_SQUARE, alphabet=skewed())
    values = np.random.default_rng(1).random((20, 4))
    values[0, 1] = np.nan
    lower, upper, notes = mean_over_noise(Norm1(x), trace, values, level=0.9)
    assert np.isfinite(lower).tolist() == [True, False, True, True]
    assert np.all(upper == np.inf)
    assert "the upper end of the range of SumCoords(Abs(x)) is not known" in notes[1]
    lower, upper, notes = mean_over_noise(Norm1(x), trace, values, level=0.9, ranges={Norm1(x): (0, 1)})
    assert np.isfinite(upper).tolist() == [True, False, True, True]
    assert len(notes) == 1
    lower, upper, notes = mean_over_noise(SumCoords(x), trace, values, level=0.9)
    assert not np.isfinite([lower, upper]).any()
    assert "the range of SumCoords(x) is not known" in notes[1]


@pytest.mark.parametrize(
    "e",
    [
        G**3 * M / sqrt(T * M), sqrt(1 + log(T)) * M - G**2, Max(G - M, -G) * Abs(M - 2),
        pinv(M) * G / (1 + T), Piecewise((G, M > 2), (-M, True)), (G - M) ** 3 + (G * M) ** Rational(-1, 2),
    ],
    ids=str,
)  # fmt: skip
def test_an_enclosure_contains_every_value(e) -> None:
    """At 300 points of the box, by the evaluation that engines use; and it is a point where the box is."""
    rng = np.random.default_rng(3)
    at = {G.name: Intervals(0.5, 2.0), M.name: Intervals(1.0, 3.0), T.name: Intervals(7.0, 7.0)}
    box = range_of(e, at)
    points = {G: rng.uniform(0.5, 2, 300), M: rng.uniform(1, 3, 300), T: 7.0}
    values = evaluate(e, points)
    assert np.all((box.lower <= values) & (values <= box.upper))
    assert np.isfinite([box.lower, box.upper]).all()
    first = {s.name: float(np.atleast_1d(v)[0]) for s, v in points.items()}
    one = range_of(e, {name: Intervals(v, v) for name, v in first.items()})
    assert one.upper - one.lower <= 1e-12 * (1 + abs(one.upper))
    assert one.lower <= values[0] <= one.upper


def test_what_no_rule_encloses_is_known_by_its_sign() -> None:
    """A power with a symbol above: nothing; an unknown symbol: its declared sign."""
    assert range_of(alpha**t, {}).upper == np.inf
    assert range_of(G, {}).lower == 0
    assert range_of(x, {}).lower == -np.inf


@pytest.mark.parametrize(
    ("ranges", "message"),
    [
        ({"df": (0, 1)}, "its keys are expressions"),
        ({S(3): (0, 1)}, "its keys are expressions"),
        ({df: 3}, "give two numbers"),
        ({df: (1, 2, 3)}, "give two numbers"),
        ({df: ("a", 1)}, "give two numbers"),
        ({df: (2, 1)}, "give low <= high"),
        ({df: (np.nan, 1)}, "give low <= high"),
        ({df: (np.inf, np.inf)}, "give low <= high"),
        ({Norm1(g): (0, 1)}, "does not occur in the statement"),
    ],
)
def test_ranges_are_checked(ranges, message) -> None:
    """Every wrong declaration is named."""
    with pytest.raises(ValueError, match=message):
        checked_ranges(ranges, [CumSum(Norm2Squared(df))])
    assert checked_ranges({df: (0, np.inf)}, [CumSum(Norm2Squared(df))]) == {df: (0.0, np.inf)}
