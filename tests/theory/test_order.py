"""Growth orders: hand-made expressions, the paper's two claims, and real runs."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sympy import Max, Min, Piecewise, Rational, S, cos, exp, log, oo, sqrt

from bounds.evaluate import checks
from online_sim.domains.box import Box
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from theory.algorithms.adadelta import ADADELTA
from theory.algorithms.adagrad import ADAGRAD_NO_EPS
from theory.algorithms.adal import ADAL
from theory.algorithms.adax import ADAX
from theory.algorithms.amsgrad import AMSGRAD
from theory.algorithms.nosadam import NOSADAM
from theory.algorithms.sgd import SGD
from theory.losses.half_square import HALF_SQUARE
from theory.losses.linear import LINEAR
from theory.order import ASSUMPTION, Order, compare, order, term_orders
from theory.parameters import alpha, beta1, beta2
from theory.quantities import CumMax, CumSum, Discounted, First, Norm1, Prev, Regret, SumCoords, is_vector
from theory.statement import Reading
from theory.symbols import Scalar, T, f, g, m, t, v, vhat
from theory.theorems.adal import THEOREM1, THEOREM2, theorem2
from toy_theorem import theorem

PAGE = Path(__file__).resolve().parents[2] / "docs" / "scaling.md"
HALF = Rational(1, 2)
PARAMETERS = {"alpha": 0.1, "beta1": 0.5, "beta2": 0.75}
CLAIMS = [(THEOREM1, Order(HALF)), (THEOREM2, Order(-HALF, S.One))]
READINGS = [(theorem, reading.key, claim) for theorem, claim in CLAIMS for reading in theorem.readings]


def of(rhs, recurrence=ADAL) -> Order:
    """The order of a right side, summed over the coordinates if it has a value for each."""
    return order(theorem(SumCoords(rhs) if is_vector(rhs) else rhs), "A", recurrence)


@pytest.mark.parametrize(
    ("e", "p", "q"),
    [
        (S(7), 0, 0),
        (alpha * sqrt(T) - HALF, HALF, 0),
        (SumCoords(sqrt(CumSum(g**2))), HALF, 0),
        (SumCoords(sqrt(vhat)), 0, 0),
        (CumMax(Norm1(g)), 0, 0),
        (CumSum(Norm1(g)) ** 2 / T, 1, 0),
        (sqrt(1 + log(T)) * sqrt(T), HALF, HALF),
        (log(T * CumMax(Norm1(g))), 0, 1),
        (log(CumSum(g**2) * T**3), 0, 1),
        (log(1 / T), 0, 1),
        (CumSum(1 / t), 0, 1),
        (CumSum(log(t)), 1, 1),
        (CumSum(log(t) / t), 0, 2),
        (CumSum(log(t) ** -2 / t), 0, 0),
        (CumSum(1 / sqrt(t)), HALF, 0),
        (CumSum(t**-2), 0, 0),
        (CumMax(1 / t), 0, 0),
        (CumMax(t * Norm1(g)), 1, 0),
        (First(f) + log(T), 0, 1),
        (First(f), 0, 0),
        (Piecewise((T, t < 9), (1, True)), 0, 0),
        (1 / (1 - beta1**T), 0, 0),
        (T * beta1**T, -oo, 0),
        (CumSum(beta2**t * T), 0, 0),
        (Discounted(Norm1(g), beta1) * T, 1, 0),
        (Max(T, sqrt(T)), 1, 0),
        (Min(T, sqrt(T)), HALF, 0),
        (cos(1 / T), 0, 0),
        (exp(-1 / T), 0, 0),
        (S.Zero, -oo, 0),
        (-CumMax(Piecewise((-Norm1(g), Norm1(g) > 0), (-oo, True))), 0, 0),
        (beta1 ** (t - 1) + 1 / T, -1, 0),
    ],
    ids=str,
)
def test_orders_by_hand(e, p, q) -> None:
    """Sums over rounds, maxima, means, logarithms and what dies out."""
    assert of(e) == Order(p, q)


@pytest.mark.parametrize(
    ("recurrence", "e", "expected"),
    [
        (ADAGRAD_NO_EPS, SumCoords(sqrt(v)), Order(HALF)),
        (AMSGRAD, SumCoords(sqrt(vhat)), Order(0)),
        (SGD, CumSum(alpha / sqrt(t)), Order(HALF)),
        (replace(SGD, steps=((m, Prev(m) + 1 / t),)), m, Order(0, 1)),
        (replace(SGD, steps=((m, Max(Prev(m), t * Norm1(g))),)), m, Order(1)),
        (replace(SGD, steps=((m, Prev(m) / 2 + t / 2),)), m, Order(1)),
        (replace(SGD, steps=((m, Prev(g) + Prev(f)),)), m, Order(0)),
    ],
    ids=lambda c: getattr(c, "name", str(c)),
)
def test_lines_have_the_order_of_what_they_sum_up(recurrence, e, expected) -> None:
    """A mean keeps the order, a sum adds one to the power, a maximum never shrinks."""
    assert of(e, recurrence) == expected


@pytest.mark.parametrize(
    ("recurrence", "e", "match"),
    [
        (ADAX, SumCoords(v), "neither a mean"),
        (NOSADAM, SumCoords(v), "neither a mean"),
        (ADADELTA, SumCoords(next(s for s, _ in ADADELTA.steps if str(s) == "u")), "by itself"),
        (ADAL, Regret(S.One), "before a run"),
        (ADAL, log(log(T)), "no T"),
        (ADAL, exp(T), "no T"),
        (ADAL, CumSum(1 / (t * log(t))), "no T"),
        (ADAL, 2**T, "cannot be told"),
        (ADAL, beta1 ** (-T), "cannot be told"),
        (ADAL, T**alpha, "cannot be told"),
        (ADAL, 1 / beta1**T, "cannot be told|vanishes"),
        (ADAL, Scalar("sigma"), "letters"),
        (SGD, SumCoords(vhat), "letters"),
        (replace(SGD, steps=((m, Prev(m) ** 2 + g**2),)), m, "neither a mean"),
        (replace(SGD, steps=((m, 2 * Prev(m) + g**2),)), m, "neither a mean"),
    ],
    ids=lambda c: getattr(c, "name", str(c)),
)
def test_what_cannot_be_told_is_refused(recurrence, e, match) -> None:
    """No order is guessed: other growth, values that decide, unknown lines and symbols."""
    with pytest.raises(ValueError, match=match):
        of(e, recurrence)


@pytest.mark.parametrize("key", ["A", "B", "C"])
def test_theorem_1_is_not_of_order_sqrt_t(key) -> None:
    """The paper says O(sqrt(T)); the second term is of order sqrt(T log T) in every reading."""
    assert order(THEOREM1, key) == Order(HALF, HALF)
    assert [o for _, o in term_orders(THEOREM1, key)] == [Order(HALF), Order(HALF, HALF)]
    assert compare(order(THEOREM1, key), Order(HALF)).startswith(
        "not O(T^(1/2)): it grows like T^(1/2) (log T)^(1/2), if "
    )


@pytest.mark.parametrize("theorem", [THEOREM2, theorem2(vhat_0_is=3)], ids=["first", "number"])
@pytest.mark.parametrize("key", ["sqrtTM", "sqrtT_M", "sqrtT"])
def test_theorem_2_is_of_the_claimed_order(theorem, key) -> None:
    """The paper says O(log T/sqrt(T)) of the right side, and that is so, for one term of four exactly."""
    assert order(theorem, key) == Order(-HALF, 1)
    assert sorted(o for _, o in term_orders(theorem, key)) == [Order(-HALF)] * 3 + [Order(-HALF, 1)]
    assert compare(order(theorem, key), Order(-HALF, 1)).startswith("O(T^(-1/2) log T) is right, if ")


def test_a_lost_square_root_changes_the_order() -> None:
    """Control: without the root over the sum of squares Theorem 1 would be of order T."""
    spoilt = THEOREM1.reading("C").rhs.xreplace({sqrt(CumSum(g**2)): CumSum(g**2)})
    assert order(replace(THEOREM1, readings=(Reading("C", spoilt, ""),)), "C") == Order(1, HALF)


def test_a_claim_may_be_too_modest() -> None:
    """A smaller order than claimed is right, and the sentence says how much better it is."""
    assert "more than that, it is O(1)" in compare(Order(0), Order(0, 1))
    assert ASSUMPTION in compare(Order(0), Order(0))


@pytest.mark.parametrize(
    ("e", "upper"),
    [
        (CumSum(g**2), False),
        (CumSum(g), True),
        (SumCoords(g), True),
        (SumCoords(m), True),
        (CumSum(Norm1(g)) - T, True),
        (CumSum(Norm1(g)) - sqrt(T), False),
        (CumSum(Max(sqrt(t) * Norm1(g) - sqrt(t), 0)), True),
        (CumSum(sqrt(vhat)) / (1 - beta1), False),
        (T * (CumMax(Norm1(g)) - First(Norm1(g))), True),
        (sqrt(T) * (CumMax(Norm1(g)) - First(Norm1(g))) + T, False),
        (CumMax(Max(Norm1(g), T)), False),
    ],
    ids=str,
)
def test_where_signs_may_cancel_the_order_is_an_upper_bound(e, upper) -> None:
    """A claim is called wrong only where the order is exact."""
    found = of(e)
    assert found.upper == upper
    assert compare(found, Order(-9)).startswith("O(T^(-9)) cannot be told" if upper else "not O(T^(-9))")


def test_the_orders_of_the_paper_are_exact() -> None:
    """Neither theorem's order hides a cancellation."""
    assert not any(order(theorem, key).upper for theorem, key, _ in READINGS)


def test_orders_are_ordered() -> None:
    """By the power, then by the logarithm; what dies out comes first."""
    rising = [
        Order(-oo),
        Order(-1),
        Order(-1, 5),
        Order(-HALF),
        Order(0),
        Order(0, HALF),
        Order(0, 1),
        Order(HALF),
    ]
    for smaller, larger in itertools.pairwise(rising):
        assert smaller < larger
        assert not larger <= smaller
    assert [str(o) for o in rising] == [
        "0", "T^(-1)", "T^(-1) (log T)^5", "T^(-1/2)", "1", "(log T)^(1/2)", "log T", "T^(1/2)",
    ]  # fmt: skip
    assert Order(-oo, 3) == Order(-oo)


@pytest.mark.parametrize(
    ("theorem", "key", "claim"), READINGS, ids=[f"{th.id}.{key}" for th, key, _ in READINGS]
)
def test_multiplying_by_a_power_shifts_the_order(theorem, key, claim) -> None:
    """Metamorphic: T^a log(T)^b times a right side has exponents larger by a and b."""
    reading = theorem.reading(key)
    multiplied = replace(
        theorem, readings=(replace(reading, rhs=reading.rhs * T ** Rational(3, 4) * log(T) ** 2),)
    )
    before, after = order(theorem, key), order(multiplied, key)
    assert (after.p - before.p, after.q - before.q) == (Rational(3, 4), 2)


def terms_of_a_run(theorem, key, horizon, game):
    """Each term of a reading (prefactor included) at T = 2^6, 2^8, ..., horizon."""
    rounds = 4 ** np.arange(3, int(np.log2(horizon)) // 2 + 1)
    prefactor_and_terms = term_orders(theorem, key)
    scale = 1 if theorem is THEOREM1 else 1 / sqrt(T)
    readings = tuple(Reading(f"row{k}", e * scale, "") for k, (e, _) in enumerate(prefactor_and_terms))
    asked = replace(theorem, readings=readings)
    trace = game(asked.quantities, horizon, rounds)
    curves = [c.rhs[np.isin(c.rounds, rounds)] for c in checks(asked, trace)]
    return rounds, curves, [o for _, o in prefactor_and_terms]


def constant_size(record, horizon, rounds):
    """AdaL on gradients +-(1, 1/2): every size constant, signs alternating."""
    rows = np.outer((-1.0) ** np.arange(horizon), [1.0, 0.5])
    return play(
        Game(
            ADAL,
            LINEAR,
            ArrayStream(rows),
            Box(-1.0, 1.0, dimension=2),
            horizon=horizon,
            parameters=PARAMETERS,
        ),
        record=record,
        checkpoints=rounds,
        engine="numpy",
    )


def smooth(record, horizon, rounds):
    """AdaL on ||x||^2/2: the largest gradient is the first one."""
    return play(
        Game(ADAL, HALF_SQUARE, horizon=horizon, parameters=PARAMETERS, start=[2.0, -1.0]),
        record=record,
        checkpoints=rounds,
        engine="numpy",
    )


@pytest.mark.parametrize(
    ("theorem", "key", "game"),
    [(THEOREM1, "A", constant_size), (THEOREM1, "B", constant_size), (THEOREM1, "C", constant_size),
     (THEOREM2, "sqrtT", smooth)],
    ids=["A", "B", "C", "sqrtT"],
)  # fmt: skip
def test_measured_terms_grow_as_derived(theorem, key, game) -> None:
    """A term over T^p, to the power 1/q, is linear in log T: constant increments, 0 exactly where q = 0."""
    rounds, terms, orders = terms_of_a_run(theorem, key, 4**6, game)
    assert {o.q == 0 for o in orders} == {True, False}
    for values, o in zip(terms, orders, strict=True):
        flat = values / rounds.astype(float) ** float(o.p)
        linear = flat if o.q == 0 else flat ** float(1 / o.q)
        steps = np.diff(linear)
        # vhat's bias is beta2^64 = 1e-8 of it at the first checkpoint; sums over 4096 rounds are better.
        if o.q == 0:
            np.testing.assert_allclose(steps, 0, atol=1e-7 * linear[0])
        else:
            assert steps[0] > 0.01 * linear[0]
            np.testing.assert_allclose(steps, steps[0], rtol=1e-7)


def test_the_page_shows_the_orders() -> None:
    """The rows of docs/scaling.md are what the code finds."""
    text = PAGE.read_text(encoding="utf-8")
    for statement, key, claim in READINGS:
        found = order(statement, key)
        verdict = "right" if found <= claim else "false"
        assert f"| `{statement.id}.{key}` | O({claim}) | {found} | {verdict} |" in text
