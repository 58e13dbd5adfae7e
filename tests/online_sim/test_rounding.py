"""The rounding bound covers what float64 gets wrong, counts cancellation, and is not silly."""

import numpy as np
import pytest
from sympy import Abs, Max, cos, log, nan, sqrt

from bounds.values import TraceValues
from online_sim.domains import Box
from online_sim.game import Game
from online_sim.rounding import LEAF, rounding
from online_sim.simulate import play
from online_sim.streams import ArrayStream
from theory.algorithms.adal import ADAL_R2
from theory.losses.linear import LINEAR
from theory.losses.rastrigin import RASTRIGIN
from theory.parameters import alpha, beta1
from theory.quantities import (
    Component,
    CumSum,
    Discounted,
    Dot,
    LossAt,
    Norm1,
    Prev,
    SumCoords,
    measured,
    pinv,
)
from theory.symbols import d, f, g, ghat, m, t, v, vhat, x, x_next, z

LEAVES = (x, x_next, m, v, vhat, ghat, g, f)


def in_long_double(leaves, point, decay):
    """The quantities of `QUANTITIES`, again from the same points and moments, in extended precision."""
    x, x_next, m, v, vhat, ghat, g, f = leaves
    z = np.asarray(point, dtype=np.longdouble)
    rounds = np.arange(1, len(f) + 1)
    norms = np.sum(np.abs(g), axis=1)
    roots = np.sqrt(vhat)
    before = np.vstack([np.zeros((1, 3)), roots[:-1]])
    heavy = np.zeros_like(ghat)
    for k, h in enumerate(ghat):
        heavy[k] = (decay * heavy[k - 1] if k else 0) + h
    yield np.sum(m * (x - z), axis=1)
    yield np.cumsum(np.sum(ghat * (x - z), axis=1))
    yield np.cumsum(norms * (f - np.sum(g * z, axis=1)))
    yield np.sum(np.abs(heavy), axis=1)
    yield np.cumsum(np.sum(np.maximum(0, roots - before), axis=1))
    yield np.sum(m**2 / roots, axis=1)
    yield np.cumsum(np.sum(m * (x - x_next), axis=1))
    yield np.sum(np.cos(x - z), axis=1)
    yield np.log(1 + np.cumsum(norms)) / (1 - decay**rounds)
    yield np.sqrt(np.sum(v, axis=1)) - roots[:, 0]


QUANTITIES = [
    Dot(m, x - z), CumSum(Dot(ghat, x - z)), CumSum(Norm1(g) * (f - LossAt(z))),
    SumCoords(Abs(Discounted(ghat, beta1))), CumSum(SumCoords(Max(0, sqrt(vhat) - Prev(sqrt(vhat))))),
    SumCoords(pinv(sqrt(vhat)) * m**2), CumSum(Dot(m, x - x_next)), SumCoords(cos(x - z)),
    log(1 + CumSum(Norm1(g))) / (1 - beta1**t), sqrt(SumCoords(v)) - Component(sqrt(vhat), 0),
]  # fmt: skip


def test_the_bound_covers_the_error_of_float64():
    """Against extended precision every error is below the bound, and the bound is not absurdly far above."""
    rng = np.random.default_rng(7)
    horizon, point = 300, [0.3, -1.0, 1 / 3]
    rows = rng.normal(size=(horizon, 3)) * 10 ** rng.uniform(-4, 4, size=(horizon, 3))
    wanted = [node for q in QUANTITIES for e in (q, rounding(q, LINEAR)) for node in measured(e)]
    trace = play(
        Game(
            ADAL_R2,
            LINEAR,
            ArrayStream(rows),
            Box(-1.0, 1.0, dimension=3),
            horizon=horizon,
            parameters={"alpha": 0.1, "beta1": 0.875},
        ),
        record=list(dict.fromkeys([*wanted, *LEAVES])),
        checkpoints="all",
        vectors={z: point},
    )
    values = TraceValues(trace, {})
    leaves = [trace[s].astype(np.longdouble) for s in LEAVES]
    exact = in_long_double(leaves, point, np.longdouble(0.875))
    shares = []
    for q, right in zip(QUANTITIES, exact, strict=True):
        bound = 2.0**-52 * values.point(rounding(q, LINEAR))[0]
        error = np.abs(values.point(q)[0] - right)
        assert np.all(error <= bound), q
        shares.append(np.max(error / np.where(bound > 0, bound, 1)))
    # Tens of eps are allowed for what usually errs by one: some bound is used to more than a thousandth.
    assert max(shares) > 1e-3


def test_a_sum_of_terms_of_one_sign_counts_relative_to_itself():
    """No cancellation, no further quantity to record: the bound is a multiple of the sum."""
    q = CumSum(SumCoords(ghat**2))
    assert set(measured(rounding(q, LINEAR))) == {q}
    assert rounding(q, LINEAR).coeff(Abs(q)).has(t, d)


def test_a_cancellation_counts_with_the_sizes_before_it():
    """x - z errs by the roundings of x and of z, however close they are."""
    assert rounding(x - z, LINEAR) == LEAF * Abs(x) + LEAF * Abs(z) + Abs(x - z)


def test_a_maximum_of_a_difference_is_no_exact_number():
    """max(0, u) errs like u, whose terms may cancel."""
    assert rounding(Max(0, v - vhat), LINEAR).has(v)
    assert rounding(Max(0, v - vhat), LINEAR).subs({v: 1, vhat: 1}) == 2 * LEAF


def test_a_loss_errs_like_the_formula_behind_it():
    """Rastrigin's value near its minimum 0 is a difference of tens: the bound knows."""
    near = {x: 1e-9}
    inside = rounding(f, RASTRIGIN)
    assert inside.has(SumCoords)
    assert rounding(RASTRIGIN.value.args[0], RASTRIGIN).subs(near).evalf() > 20


def test_parameters_are_exact():
    """What the user gives is a float64 number: only arithmetic with it errs."""
    assert rounding(alpha, LINEAR) == 0
    assert rounding(1 - beta1, LINEAR).subs(beta1, 0.5) < 4


def test_an_unknown_function_is_refused():
    """No bound is guessed."""
    from sympy import Function

    with pytest.raises(ValueError, match="not known"):
        rounding(Function("h")(x, z), LINEAR)


def test_an_infinite_piece_is_exact():
    """A side that is infinite by intention has a bound of its rounding, and that is a number."""
    from theory.theorems.realisable import smallest

    bound = rounding(smallest, LINEAR)
    assert not bound.has(nan)
    trace = play(
        Game(
            ADAL_R2,
            LINEAR,
            ArrayStream([[0.0], [0.5]]),
            Box(-1.0, 1.0, dimension=1),
            horizon=2,
            parameters={"alpha": 0.5, "beta1": 0.5, "beta2": 0.9},
            start=[1.0],
        ),
        record=[smallest, bound],
        checkpoints="all",
        engine="numpy",
    )
    assert np.isinf(trace[smallest][0])
    assert trace[smallest][1] == 0.5
    assert 0 < trace[bound][1] < 100
