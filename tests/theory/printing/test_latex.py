"""LaTeX of the mathematics: formulas letter by letter, every object of the registries, and refusals."""

import pytest
from sympy import Abs, Float, Function, Max, Piecewise, Rational, S, Symbol, exp, log, sqrt
from sympy import gamma as gamma_function

from theory.algorithms.adal import ADAL, ADAL_R1, box_metric
from theory.algorithms.registry import algorithms
from theory.losses.huber import HUBER
from theory.losses.logistic import LOGISTIC
from theory.losses.registry import losses
from theory.parameters import alpha, beta1
from theory.printing import UnknownNodeError
from theory.printing.latex import LatexPrinter, latex
from theory.printing.latex_objects import (
    loss_latex,
    oracle_latex,
    proof_latex,
    recurrence_latex,
    statement_latex,
)
from theory.printing.mathml import flaw_of, mathml
from theory.proofs.gradient_average import proof_of_theorem_a
from theory.proofs.regret import needs_of_theorem1, proof_of_theorem_r
from theory.quantities import (
    Component,
    CumMax,
    CumSum,
    Discounted,
    Dot,
    Expectation,
    First,
    MaxCoords,
    Norm1,
    Norm2Squared,
    NormInf,
    Prev,
    Regret,
    SumCoords,
    Supremum,
    pinv,
)
from theory.symbols import Scalar, T, Vector, a, df, f, g, m, t, v, vhat, x
from theory.theorems.adal import THEOREM1, THEOREM2

PRINTED = [
    (Norm1(g), r"\left\lVert g_{t} \right\rVert_{1}", "t"),
    (NormInf(g), r"\left\lVert g_{T} \right\rVert_{\infty}", "T"),
    (Norm2Squared(df), r"\left\lVert \nabla f(x_{t}) \right\rVert_{2}^{2}", "t"),
    (Norm1(g) ** 2, r"\left\lVert g_{t} \right\rVert_{1}^{2}", "t"),
    (Norm2Squared(g) ** 2, r"\left(\left\lVert g_{t} \right\rVert_{2}^{2}\right)^{2}", "t"),
    (Dot(a, x), r"\left\langle a_{t}, x_{t} \right\rangle", "t"),
    (SumCoords(sqrt(vhat)), r"\sum_{i=1}^{d} \sqrt{\hat{v}_{T,i}}", "T"),
    (SumCoords(sqrt(CumSum(g**2))), r"\sum_{i=1}^{d} \sqrt{\sum_{t=1}^{T} g_{t,i}^{2}}", "T"),
    (CumSum(g**2), r"\sum_{s=1}^{t} g_{s}^{2}", "t"),
    (CumSum(CumSum(f)), r"\sum_{t=1}^{T} \sum_{s=1}^{t} f_{s}(x_{s})", "T"),
    (CumMax(Norm1(g)), r"\max_{t \le T} \left\lVert g_{t} \right\rVert_{1}", "T"),
    (CumSum(f + 1), r"\sum_{t=1}^{T} \left(1 + f_{t}(x_{t})\right)", "T"),
    (First(f), r"f_{1}(x_{1})", "T"),
    (First(vhat), r"\hat{v}_{1}", "t"),
    (Prev(m), "m_{t-1}", "t"),
    (CumSum(Prev(m)), "\\sum_{s=1}^{t} m_{s-1}", "t"),
    (Discounted(Abs(g), beta1), r"\sum_{s=1}^{t} \beta_{1}^{t-s} \left|g_{s}\right|", "t"),
    (
        CumSum(Discounted(f + 1, beta1)),
        r"\sum_{t=1}^{T} \sum_{s=1}^{t} \beta_{1}^{t-s} \left(1 + f_{s}(x_{s})\right)",
        "T",
    ),
    (Prev(Discounted(g, 1 - beta1)), r"\sum_{s=1}^{t-1} \left(1 - \beta_{1}\right)^{t-1-s} g_{s}", "t"),
    (SumCoords(Prev(m) * m * g), r"\sum_{i=1}^{d} g_{t,i} m_{t,i} m_{t-1,i}", "t"),
    (Regret(S.One), "R(T)", "T"),
    (Expectation(CumSum(f)) / T, r"\frac{1}{T} \mathbb{E}\left[\sum_{t=1}^{T} f_{t}(x_{t})\right]", "T"),
    (Supremum(MaxCoords(v)), r"\sup \max_{i \le d} v_{T,i}", "T"),
    (Component(x, 1) ** 2, "x_{t,2}^{2}", "t"),
    (SumCoords(v) * alpha, r"\alpha \sum_{i=1}^{d} v_{T,i}", "T"),
    (SumCoords(v) ** 2, r"\left(\sum_{i=1}^{d} v_{T,i}\right)^{2}", "T"),
    (SumCoords(v) * CumSum(f), r"\left(\sum_{t=1}^{T} f_{t}(x_{t})\right) \sum_{i=1}^{d} v_{T,i}", "T"),
    (x - alpha * pinv(sqrt(v)) * m, r"x_{t} - \frac{\alpha m_{t}}{\sqrt{v_{t}}}", "t"),
    (1 - beta1**t, r"1 - \beta_{1}^{t}", "t"),
    (-Rational(3, 4) * alpha, r"-\frac{3 \alpha}{4}", "t"),
    (alpha ** Rational(2, 3), r"\alpha^{2/3}", "t"),
    ((x - 1) ** 2, r"\left(x_{t} - 1\right)^{2}", "t"),
    (log(T * sqrt(alpha)), r"\log\left(T \sqrt{\alpha}\right)", "T"),
    (exp(-x), "e^{-x_{t}}", "t"),
    (Max(x, 0), r"\max\left(x_{t}, 0\right)", "t"),
    (2 * 3**t, r"2 \cdot 3^{t}", "t"),
    (Scalar("rho_inf"), r"\rho_{inf}", "t"),
]


@pytest.mark.parametrize(("expression", "expected", "base"), PRINTED, ids=[e for _, e, _ in PRINTED])
def test_printed_letter_by_letter(expression, expected, base):
    """The printed LaTeX is exactly the textbook's."""
    assert latex(expression, base=base) == expected


def test_adal_reads_as_algorithm_1():
    """The six lines of the paper's Algorithm 1 come out in its order and notation."""
    assert recurrence_latex(ADAL) == (
        r"\hat{g}_{t} = \left\lVert g_{t} \right\rVert_{1} g_{t}",
        r"m_{t} = \beta_{1} m_{t-1} + \left(1 - \beta_{1}\right) \hat{g}_{t}",
        r"v_{t} = \beta_{2} v_{t-1} + \left(1 - \beta_{2}\right) \hat{g}_{t}^{2}",
        r"\hat{m}_{t} = \frac{m_{t}}{1 - \beta_{1}^{t}}",
        r"\hat{v}_{t} = \frac{v_{t}}{1 - \beta_{2}^{t}}",
        r"x_{t+1} = P_{X}^{\sqrt{\hat{v}_{t}}}\left(x_{t} - \frac{\alpha \hat{m}_{t}}{\sqrt{t}} "
        r"\left(\frac{1}{\sqrt{\hat{v}_{t}}} + \epsilon\right)\right)",
    )


def test_theorem_1_reads_as_printed():
    """Reading A is the paper's Theorem 1, with M and gamma explained beside it."""
    printed = statement_latex(THEOREM1, "A")
    assert printed.formula == (
        r"R(T) \le \frac{D^{2} \sqrt{T}}{2 \alpha \left(1 - \beta_{1}\right)} "
        r"\sum_{i=1}^{d} \sqrt{\hat{v}_{T,i}}"
        r" + \frac{\alpha \sqrt{1 + \log\left(T M\right)}}"
        r"{\sqrt{\left(1 - \beta_{2}\right) \left(1 - \gamma\right)}} "
        r"\sum_{i=1}^{d} \sqrt{\sum_{t=1}^{T} g_{t,i}^{2}}"
    )
    assert set(printed.where) == {
        r"\gamma = \frac{\beta_{1}^{2}}{\beta_{2}}",
        r"M = \max_{t \le T} \left\lVert g_{t} \right\rVert_{1}",
    }


def test_readings_print_differently():
    """Two readings of one theorem never share a formula."""
    for theorem in (THEOREM1, THEOREM2):
        formulas = [statement_latex(theorem, r.key).formula for r in theorem.readings]
        assert len(set(formulas)) == len(formulas)


def test_losses_use_x_as_the_argument():
    """In a loss x carries no round, the data do."""
    assert loss_latex(LOGISTIC) == (
        r"f_{t}(x) = \log\left(1 + e^{-b_{t} \left\langle a_{t}, x \right\rangle}\right)"
    )
    assert r"\begin{cases}" in loss_latex(HUBER)


def test_a_proof_is_printed_in_its_letters():
    """L4 and L7 of Theorem R's proof, and what w and a_t are for AdaL on a box."""
    proof = proof_of_theorem_r(ADAL, metric=box_metric(ADAL))
    printed = proof_latex(proof, ADAL.parameters)
    steps = dict(zip((step.key for step in proof.steps), printed.formulas, strict=True))
    assert steps["L4"] == (
        r"\sum_{i=1}^{d} m_{t,i} \left(x_{t,i} - z_{i}\right) \le "
        r"\frac{D^{2}}{4 a_{t}} \sum_{i=1}^{d} w_{t,i} + a_{t} \sum_{i=1}^{d} \frac{m_{t,i}^{2}}{w_{t,i}}"
    )
    assert steps["L7"] == (
        r"\left|m_{t,i}\right| \le "
        r"\left(1 - \beta_{1}\right) \sum_{s=1}^{t} \beta_{1}^{t-s} \left|\hat{g}_{s,i}\right|"
    )
    assert printed.where == (
        r"w_{t} = \frac{\sqrt{\hat{v}_{t}}}{1 + \epsilon \sqrt{\hat{v}_{t}}}",
        r"a_{t} = \frac{\alpha}{\sqrt{t} \left(1 - \beta_{1}^{t}\right)}",
        r"\gamma = \frac{\beta_{1}^{2}}{\beta_{2}}",
    )


def everything():
    """Every formula that the registries can print."""
    yield from (line for r in algorithms().values() for line in recurrence_latex(r))
    for loss in losses():
        yield loss_latex(loss)
        if oracle_latex(loss) is not None:
            yield oracle_latex(loss)
    for theorem in (THEOREM1, THEOREM2):
        for reading in theorem.readings:
            printed = statement_latex(theorem, reading.key)
            yield from (printed.formula, *printed.where)
    for recurrence in (ADAL, ADAL_R1):
        for make in (proof_of_theorem_r, needs_of_theorem1, proof_of_theorem_a):
            written = proof_latex(make(recurrence), recurrence.parameters)
            yield from (*written.formulas, *written.where)


def test_every_registered_formula_becomes_clean_mathml():
    """Algorithms, losses, theorems and proofs convert to MathML without leftovers, inline and displayed."""
    formulas = list(everything())
    assert len(formulas) > 100
    for formula in formulas:
        assert formula.count("{") == formula.count("}")
        for block in (False, True):
            assert flaw_of(mathml(formula, block=block)) is None


def test_equal_letters_for_equal_objects():
    """Printing does not depend on the order in which an expression was written."""
    left, right = m * v + x, x + v * m
    assert latex(left) == latex(right)


@pytest.mark.parametrize(
    "expression",
    [
        Function("mystery")(x),
        gamma_function(x),
        Float("0.5") * x,
        Piecewise((x, x > 0)).subs(x, Symbol("bad name", real=True)),
        Symbol("a&b"),
        Symbol(r"\input"),
        Symbol("x}{"),
    ],
    ids=str,
)
def test_unknown_nodes_are_refused(expression):
    """What the printer has no rule for, and names that could break out of a formula, are refused."""
    with pytest.raises(UnknownNodeError):
        LatexPrinter().print(expression)


@pytest.mark.parametrize("broken", [r"\foo{a}", r"\not= x", "a & b", r"\begin{aligned} a &= b \end{aligned}"])
def test_failed_conversions_are_noticed(broken):
    """The control: what the converter passes through in silence is an error here."""
    with pytest.raises(ValueError, match="does not convert"):
        mathml(broken)


def test_a_local_vector_carries_its_round():
    """A vector that the shared table does not know prints with its round all the same."""
    assert latex(Vector("u") + Prev(Vector("delta")), base="t") == r"u_{t} + \delta_{t-1}"
