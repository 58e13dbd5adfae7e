"""The printers print what they know, exactly, and refuse everything else."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import (
    Abs,
    Add,
    And,
    Derivative,
    E,
    Eq,
    Function,
    I,
    Integer,
    Max,
    Min,
    Mod,
    Mul,
    Ne,
    Not,
    Or,
    Piecewise,
    Pow,
    Rational,
    S,
    acos,
    atan2,
    besselj,
    cos,
    erf,
    exp,
    floor,
    gamma,
    log,
    oo,
    pi,
    sign,
    sin,
    sqrt,
    tan,
    zeta,
)
from sympy.codegen.cfunctions import log1p

from online_sim.engines.numpy_engine import constant_maker, pseudo_inverse
from theory.printing import (
    ArrayPrinter,
    JaxPrinter,
    LoopPrinter,
    SourcePrinter,
    TorchPrinter,
    UnknownNodeError,
)
from theory.quantities import CumSum, Norm1, Prev, pinv, sigmoid, softplus
from theory.symbols import Scalar, Vector

u, w, z = Vector("u"), Vector("w"), Scalar("z")
PRINTERS = [LoopPrinter(), ArrayPrinter(), TorchPrinter(), JaxPrinter()]


def value(printer: SourcePrinter, e: object, point: dict) -> float:
    """The value of the printed text at a point."""
    text = printer.print(e)
    names = {str(s): np.float64(number) for s, number in point.items()}
    with np.errstate(all="ignore"):
        if isinstance(printer, ArrayPrinter):
            scope = {"np": np, "pinv": pseudo_inverse, "real": constant_maker(np.float64), "fading": np.power}
            return float(eval(text, scope, {k: np.asarray(n) for k, n in names.items()}))
        if isinstance(printer, TorchPrinter):
            import torch

            from online_sim.engines.torch import tools_kernel

            scope = {"math": math, **vars(tools_kernel)}
            tensors = {k: torch.tensor([[n]], dtype=torch.float64) for k, n in names.items()}
            return float(eval(text, scope, tensors))
        if isinstance(printer, JaxPrinter):
            import jax

            from online_sim.optimizers import arrays_kernel

            with jax.enable_x64(True):
                arrays = {k: jax.numpy.asarray(n) for k, n in names.items()}
                return float(eval(text, {"math": math, **vars(arrays_kernel)}, arrays))
        scope = {"math": math, "pinv": lambda y: 1 / y if y != 0 else 0.0}
        return float(eval(text, scope, names))


@pytest.fixture(params=PRINTERS, ids=["loop", "array", "torch", "jax"])
def printer(request: pytest.FixtureRequest) -> SourcePrinter:
    """Each printer."""
    return request.param


@pytest.mark.parametrize(
    "e",
    [
        gamma(u),
        atan2(u, w),
        zeta(u),
        erf(u),
        besselj(0, u),
        tan(u),
        acos(u),
        floor(u),
        Mod(u, w),
        E + u,
        I * u,
        S.NaN,
        S.ComplexInfinity,
        S.EulerGamma,
        S.GoldenRatio,
        Function("h")(u),
        Function("exp")(u),
        Function("pinv")(u),
        Derivative(Function("h")(u), u),
        CumSum(u),
        Prev(u),
        Norm1(u),
        Piecewise((1, Eq(u, 0)), (0, True)),
        Piecewise((1, Ne(u, 0)), (0, True)),
        Piecewise((1, Or(u > 0, w > 0)), (0, True)),
        Piecewise((1, u > 0)),
        Not(And(u > 0, w > 0), evaluate=False),
        Add(u, gamma(w)),
        sqrt(1 + zeta(u)),
        S.true,
    ],
    ids=str,
)
def test_unknown_nodes_are_refused(printer: SourcePrinter, e: object) -> None:
    """Wherever it stands in an expression, what has no rule stops the printing."""
    with pytest.raises(UnknownNodeError):
        printer.print(e)


def test_an_unknown_node_is_named_with_what_is_allowed(printer: SourcePrinter) -> None:
    """The message says what it met and what it knows."""
    with pytest.raises(
        UnknownNodeError, match=r"has no rule for gamma in gamma\(u\); write it with .*Abs.*sqrt|Pow"
    ):
        printer.print(gamma(u))


def test_a_subclass_does_not_inherit_a_rule(printer: SourcePrinter) -> None:
    """Rules belong to exact classes: a class derived from a known one may mean something else."""

    class Twisted(exp):
        """Something else."""

    with pytest.raises(UnknownNodeError):
        printer.print(Twisted(u))


KNOWN = [
    u + w - z,
    u - (w - z),
    -(u + w),
    u * w / z,
    u / (w * z),
    u / w / z,
    -u / w,
    2 * u / 3,
    -Rational(5, 7) * u,
    u**2,
    u**3,
    u**4,
    u**5,
    (u + w) ** 2,
    (u * w) ** 3,
    -(u**2),
    (-u) ** 3,
    1 / u,
    u**-2,
    u**-3,
    1 / (u + w),
    sqrt(u),
    1 / sqrt(u),
    u ** Rational(3, 2),
    u ** Rational(-3, 2),
    u ** Rational(1, 3),
    u ** Rational(5, 2),
    u**w,
    z ** (u + 1),
    Rational(1, 2) ** u,
    sqrt(2) * u,
    sqrt(3) / 7,
    2 ** Rational(1, 3),
    pi * u,
    pi**2,
    exp(u),
    exp(-u),
    log(u),
    log1p(u),
    sin(u),
    cos(w * pi),
    Abs(u - w),
    Abs(w),
    Max(u, w),
    Min(u, w, z),
    Max(u, 0),
    Max(0, -u),
    sign(u - w),
    sign(-u),
    pinv(u),
    pinv(u - u * 1),
    softplus(u - w),
    sigmoid(w - 2 * u),
    Piecewise((u, u < w), (z, True)),
    Piecewise((u, And(u < w, z <= 1)), (w, u >= w), (-z, True)),
    Integer(7),
    Integer(-7),
    Rational(-1, 3),
    u * -3,
    u - -3 * w,
    (u - w) * (u + w),
    ((u + w) * z - 1) / (u - 3 * w),
    u - (w - (z - (u - w))),
    u / (-w),
    Pow(Mul(-1, u, evaluate=False), 2, evaluate=False),
    Add(u, Mul(-1, Add(w, -z), evaluate=False), evaluate=False),
]


@pytest.mark.parametrize("e", KNOWN, ids=str)
def test_printed_text_has_the_value_of_the_expression(printer: SourcePrinter, e: object) -> None:
    """At generic points the printed arithmetic gives sympy's own value: brackets, signs, orders."""
    for point in ({u: 1.25, w: 0.7, z: 0.3}, {u: 0.4, w: 2.3, z: 1.9}):
        exact = S(e)
        for node in (softplus, sigmoid, pinv):
            exact = exact.replace(node, lambda y, node=node: 1 / y if node is pinv else node(y).stable())
        expected = float(exact.subs({s: Rational(number) for s, number in point.items()}).evalf(30))
        # up to a dozen roundings on numbers of size 10
        assert value(printer, e, point) == pytest.approx(expected, rel=1e-14, abs=1e-14)


LEAVES = st.one_of(
    st.sampled_from([u, w, z]),
    st.integers(-5, 5).map(Integer),
    st.fractions(-3, 3, max_denominator=7).map(Rational),
)


def _grow(inner: st.SearchStrategy) -> st.SearchStrategy:
    two = st.tuples(inner, inner)
    return st.one_of(
        two.map(lambda p: p[0] + p[1]),
        two.map(lambda p: p[0] - p[1]),
        two.map(lambda p: p[0] * p[1]),
        two.map(lambda p: p[0] / (1 + p[1] ** 2)),
        inner.map(lambda e: -e),
        inner.map(Abs),
        inner.map(lambda e: e**3),
        inner.map(lambda e: sqrt(1 + e**2)),
        inner.map(cos),
        two.map(lambda p: Max(*p)),
        two.map(lambda p: Min(*p)),
        st.tuples(inner, inner, inner).map(lambda p: Piecewise((p[0], u < w), (p[1] + p[2], True))),
    )


@given(st.recursive(LEAVES, _grow, max_leaves=8), st.floats(-2, 2), st.floats(-2, 2), st.floats(-2, 2))
@settings(max_examples=120, deadline=None, derandomize=True)
def test_any_expression_prints_to_its_value(e: object, first: float, second: float, third: float) -> None:
    """Random trees of known nodes: both printers agree with sympy in 30 digits, up to rounding."""
    point = {u: first, w: second, z: third}
    exact = S(e).subs({s: Rational(number) for s, number in point.items()})
    expected = float(exact.evalf(30))
    # cancellation is bounded by the size of the largest part, and cubes of cubes of 10 grow
    scale = max([1.0] + [abs(float(p.evalf(30))) for p in _parts(S(e), point)])
    # XLA computes with 0 in the place of a subnormal number, which may turn a comparison.
    subnormal = any(0 < abs(number) < np.finfo(float).tiny for number in point.values())
    for each in PRINTERS:
        if subnormal and isinstance(each, JaxPrinter):
            continue
        assert abs(value(each, e, point) - expected) <= 1e-13 * scale * max(1.0, scale)


def _parts(e: object, point: dict) -> list:
    found = []
    for part in [e, *e.args]:
        if part.is_Boolean or type(part).__name__ == "ExprCondPair":
            continue
        found.append(part.subs({s: Rational(number) for s, number in point.items()}))
        found += [p for a in part.args if hasattr(a, "evalf") and part is not e for p in _parts(a, point)]
    return [p for p in found if p.is_number]


def test_pinv_of_zero_is_zero_and_infinity_prints(printer: SourcePrinter) -> None:
    """The convention for 0, and signed infinities."""
    assert value(printer, pinv(u), {u: 0.0}) == 0
    assert value(printer, S(oo), {}) == math.inf
    assert value(printer, Max(u, -oo, evaluate=False), {u: -3.0}) == -3


def test_constants_are_correctly_rounded(printer: SourcePrinter) -> None:
    """A fraction is the nearest float64, an integer is itself."""
    for q in (Rational(1, 3), Rational(-22, 7), Rational(999, 1000), Integer(2**53), Rational(1, 2**60)):
        assert value(printer, q, {}) == float(q.p) / float(q.q)


def test_the_array_printer_keeps_a_longer_precision() -> None:
    """In longdouble neither fractions nor roots of integers fall back to float64."""
    scope = {"np": np, "real": constant_maker(np.longdouble)}
    root = eval(ArrayPrinter().print(sqrt(2)), scope)
    assert root.dtype == np.longdouble
    # the root is within half a unit in the last place, its square within two more
    assert abs(root * root - 2) <= 4 * np.finfo(np.longdouble).eps
    assert eval(ArrayPrinter().print(Rational(1, 3)), scope) == np.longdouble(1) / 3


def test_arguments_of_symmetric_functions_are_ordered(printer: SourcePrinter) -> None:
    """The text does not depend on the order in which a set is walked, and numbers come last."""
    text = printer.print(Max(w, 0, u))
    assert text == printer.print(Max(u, w, 0))
    assert text.index("u") < text.index("w") < text.rindex("0")


def test_names_stand_for_symbols() -> None:
    """A function gives the names of symbols."""
    printer = LoopPrinter(lambda s: "arr[i]" if s == u else str(s))
    assert printer.print(u + w) in {"(arr[i] + w)", "(w + arr[i])"}


class WrongSign(LoopPrinter):
    """Forgets the minus of a sum's terms."""

    def _add(self, e: object) -> str:
        return super()._add(e).replace(" - ", " + ")


def test_the_check_of_values_can_fail() -> None:
    """A printer with a planted fault is found by the same comparison."""
    point = {u: 1.25, w: 0.7, z: 0.3}
    assert value(LoopPrinter(), u - w, point) == pytest.approx(0.55)
    assert value(WrongSign(), u - w, point) != pytest.approx(0.55)
