"""Losses as data: gradients against 60-digit differences, subgradients at kinks, declared constants."""

from __future__ import annotations

import pytest
from mpmath import mp, mpf
from sympy import Expr, Float, Integer, Rational, lambdify, pi

from theory.loss import Loss, Shape
from theory.losses.absolute import ABSOLUTE
from theory.losses.half_square import HALF_SQUARE, NOISY_HALF_SQUARE
from theory.losses.hinge import HINGE
from theory.losses.huber import HUBER
from theory.losses.linear import LINEAR
from theory.losses.noise import with_noise
from theory.losses.nonconvex_logistic import NONCONVEX_LOGISTIC, nonconvex_logistic
from theory.losses.portfolio import PORTFOLIO
from theory.losses.rastrigin import RASTRIGIN
from theory.losses.registry import losses
from theory.losses.rosenbrock import ROSENBROCK
from theory.quantities import Component, Dot, MeanRows, Stack, SumCoords, sigmoid, softplus
from theory.symbols import Scalar, a, b, df, row, row_label, x

D = 2
ROWS = ((Rational(1, 2), Rational(3, 4), Integer(1)), (Rational(2), Rational(1, 3), Integer(-1)))
DATA = ((Rational(2, 3), Rational(5, 4)), Rational(-3, 2))
POINTS = (
    (Rational(1, 7), Rational(3, 11)),
    (Rational(9, 5), Rational(4, 3)),
    (Rational(5, 2), Rational(1, 9)),
)


def _at(e: Expr, point: tuple[Expr, ...], *, coordinate: int | None = None) -> Expr:
    """Write an expression of the language out for d = 2, by definition; the tests' own reading of it."""
    (a_values, b_value) = DATA

    def out(e: Expr, i: int | None, r: tuple[Expr, ...] | None) -> Expr:
        if isinstance(e, SumCoords):
            return sum((out(e.args[0], k, r) for k in range(D)), Integer(0))
        if isinstance(e, Component):
            return point[int(e.args[1])]
        if isinstance(e, Stack):
            return out(e.args[i], i, r)
        if isinstance(e, MeanRows):
            return sum((out(e.args[0], i, line) for line in ROWS), Integer(0)) / len(ROWS)
        if isinstance(e, softplus | sigmoid):
            return out(e.stable(), i, r)
        if e == x:
            return point[i]
        if e == a:
            return a_values[i]
        if e == b:
            return b_value
        if e == row:
            return r[i]
        if e == row_label:
            return r[-1]
        return e.func(*[out(argument, i, r) for argument in e.args]) if e.args else e

    return out(e, coordinate, None)


def _number(e: Expr, loss: Loss) -> mpf:
    values = {p.symbol: Rational(str(p.default)) for p in loss.parameters}
    return mpf(lambdify([], e.subs(values), "mpmath")())


def _gradient_error(loss: Loss, gradient: Expr, point: tuple[Expr, ...]) -> mpf:
    h = Rational(1, 10**15)
    worst = mpf(0)
    for i in range(D):
        ahead = tuple(v + h * int(k == i) for k, v in enumerate(point))
        behind = tuple(v - h * int(k == i) for k, v in enumerate(point))
        slope = (_number(_at(loss.value, ahead), loss) - _number(_at(loss.value, behind), loss)) / (
            2 * mpf("1e-15")
        )
        worst = max(worst, abs(slope - _number(_at(gradient, point, coordinate=i), loss)))
    return worst


@pytest.fixture(autouse=True)
def _sixty_digits():
    with mp.workdps(60):
        yield


@pytest.mark.parametrize("loss", losses(), ids=lambda loss: loss.name)
def test_gradients_agree_with_central_differences(loss):
    """The symbolic gradient of every registered loss is the limit of central differences of its value."""
    for point in POINTS:
        # Third derivatives of these functions stay below 1e5 here, times h^2/6.
        assert _gradient_error(loss, loss.gradient, point) < mpf("1e-24")


def test_a_wrong_gradient_is_noticed():
    """Must-fail control: the comparison tells a gradient from a slightly different one."""
    wrong = LINEAR.gradient + x / 10**6
    assert _gradient_error(LINEAR, wrong, POINTS[0]) > mpf("1e-8")


def test_hinge_takes_zero_at_its_kink():
    """At b <a, x> = 1 the hinge's subgradient is 0."""
    (a_values, b_value) = DATA
    kink = (1 / (b_value * a_values[0]), Integer(0))
    assert all(_at(HINGE.gradient, kink, coordinate=i) == 0 for i in range(D))
    inside = (kink[0] + Rational(1, 1000), Integer(0))
    assert _at(HINGE.gradient, inside, coordinate=0) == -b_value * a_values[0]


def test_absolute_takes_zero_at_its_kinks():
    """At x_i = a_i the subgradient of the absolute loss is 0, beside it the sign."""
    (a_values, _) = DATA
    assert _at(ABSOLUTE.gradient, a_values, coordinate=0) == 0
    assert _at(ABSOLUTE.gradient, (a_values[0] - 1, a_values[1]), coordinate=0) == -1


def test_huber_is_continuously_differentiable():
    """Value and slope of Huber's pieces meet at the threshold."""
    (a_values, _) = DATA
    threshold = HUBER.parameters[0].symbol
    for side in (-1, 1):
        at = (a_values[0] + side * threshold, a_values[1])
        beyond = (a_values[0] + side * (threshold + Rational(1, 10**20)), a_values[1])
        for e, coordinate in ((HUBER.value, None), (HUBER.gradient, 0)):
            jump = _number(_at(e, beyond, coordinate=coordinate), HUBER) - _number(
                _at(e, at, coordinate=coordinate), HUBER
            )
            assert abs(jump) < mpf("1e-19")


def test_rastrigin_adds_ten_for_each_coordinate():
    """At the origin the value is 0 in every dimension: the constant 10 d stands inside the sum."""
    assert _at(RASTRIGIN.value, (Integer(0), Integer(0))) == 0
    assert RASTRIGIN.minimum == 0


def test_rastrigin_constant_is_attained():
    """f'' at the origin equals the declared smoothness constant 2 + 40 pi^2."""
    inner = RASTRIGIN.value.args[0]
    assert inner.diff(x, 2).subs(x, 0) == RASTRIGIN.smoothness == 2 + 40 * pi**2


def test_rosenbrock_has_its_minimum_at_one():
    """Value and gradient vanish at (1, 1), d is fixed to 2, and no smoothness constant is claimed."""
    one = (Integer(1), Integer(1))
    assert _at(ROSENBROCK.value, one) == 0
    assert [_at(ROSENBROCK.gradient, one, coordinate=i) for i in range(2)] == [0, 0]
    assert (ROSENBROCK.dimension, ROSENBROCK.smoothness, ROSENBROCK.minimum) == (2, None, 0)


@pytest.mark.parametrize("loss", [q for q in losses() if q.smoothness is not None], ids=lambda q: q.name)
def test_declared_smoothness_bounds_the_gradients_slope(loss):
    """||grad f(p) - grad f(q)||_2 <= L ||p - q||_2 on the sampled pairs."""
    constant = _number(_at(loss.smoothness, POINTS[0]), loss)
    for p in POINTS:
        for q in (*POINTS, tuple(v + Rational(1, 1000) for v in p)):
            change = [
                _number(_at(loss.gradient, p, coordinate=i) - _at(loss.gradient, q, coordinate=i), loss)
                for i in range(D)
            ]
            length = mp.sqrt(
                sum(mpf(u.p) ** 2 / mpf(u.q) ** 2 for u in (v - w for v, w in zip(p, q, strict=True)))
            )
            # The relative slack is that of 60-digit arithmetic: half_square attains L.
            assert mp.sqrt(sum(c**2 for c in change)) <= constant * length * (1 + mpf("1e-50"))


@pytest.mark.parametrize(
    "loss", [q for q in losses() if q.shape is not Shape.NONCONVEX], ids=lambda q: q.name
)
def test_convex_losses_lie_below_their_chords(loss):
    """f at a midpoint is at most the mean of the ends for every loss declared linear or convex."""
    for p in POINTS:
        for q in POINTS:
            middle = tuple((v + w) / 2 for v, w in zip(p, q, strict=True))
            ends = _number(_at(loss.value, p), loss) + _number(_at(loss.value, q), loss)
            assert 2 * _number(_at(loss.value, middle), loss) <= ends + mpf("1e-50")


def test_the_nonconvex_losses_do_rise_above_a_chord():
    """Must-fail control of the test above: Rastrigin's function violates midpoint convexity."""
    p, q = (Integer(0), Integer(0)), (Integer(1), Integer(0))
    assert (
        _at(RASTRIGIN.value, (Rational(1, 2), Integer(0)))
        > (_at(RASTRIGIN.value, p) + _at(RASTRIGIN.value, q)) / 2
    )


def test_registry_finds_every_loss_once():
    """The registry lists the textbook names, sorted and without repetition."""
    names = [loss.name for loss in losses()]
    assert names == sorted(set(names))
    assert {"linear", "logistic", "squared", "hinge", "portfolio", "quadratic", "absolute", "huber"} <= set(
        names
    )
    assert {"rastrigin", "rosenbrock", "nonconvex_logistic", "half_square", "half_square[noise]"} <= set(
        names
    )


def test_noise_is_added_to_the_true_gradient():
    """`with_noise` keeps the value and hands out df + a."""
    assert NOISY_HALF_SQUARE.oracle == df + a
    assert NOISY_HALF_SQUARE.value == HALF_SQUARE.value
    assert not NOISY_HALF_SQUARE.uses_stream


def test_noise_is_refused_where_the_vector_is_taken():
    """A loss that uses a_t in its value, or that has an oracle, cannot be given noise by a_t."""
    with pytest.raises(ValueError, match="`loss` = linear"):
        with_noise(LINEAR)
    with pytest.raises(ValueError, match="already has the oracle"):
        with_noise(NOISY_HALF_SQUARE)


def test_row_oracle_is_unbiased():
    """The mean of the one-row oracle over the table is the gradient of the nonconvex logistic loss."""
    loss = nonconvex_logistic(oracle="row")
    for i in range(D):
        mean = MeanRows(loss.oracle.xreplace({a: row, b: row_label}))
        difference = _number(_at(mean, POINTS[0], coordinate=i), loss)
        assert abs(
            difference - _number(_at(NONCONVEX_LOGISTIC.gradient, POINTS[0], coordinate=i), loss)
        ) < mpf("1e-50")


def test_unknown_oracle_is_refused():
    """A misspelt oracle is named together with the choices."""
    with pytest.raises(ValueError, match="full, noise, row"):
        nonconvex_logistic(oracle="rows")


def test_constants_that_use_the_point_or_floats_are_refused():
    """`smoothness` may use data and parameters, never x; `minimum` only parameters; no floats."""
    common = (PORTFOLIO.source, Dot(a, x), Shape.CONVEX)
    with pytest.raises(ValueError, match="`smoothness` of loss `t`"):
        Loss("t", *common, smoothness=SumCoords(x**2))
    with pytest.raises(ValueError, match="`minimum` of loss `t`"):
        Loss("t", *common, minimum=b)
    with pytest.raises(ValueError, match="floats"):
        Loss("t", *common, smoothness=Float(0.5))
    with pytest.raises(ValueError, match="`smoothness` of loss `t`"):
        Loss("t", *common, smoothness=Scalar("unknown"))
