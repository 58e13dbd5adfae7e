"""The Coq printer: terms as a referee reads them, and everything else refused by name."""

import pytest
from sympy import Max, Piecewise, Rational, log, sign, sqrt

from theory import ADAL
from theory.printing.base import UnknownNodeError
from theory.printing.coq_source import CoqNames, CoqPrinter, bare, beginnings, coq_names, equation
from theory.quantities import CumMax, CumSum, MaxCoords, Prev, Regret, Supremum, pinv
from theory.recurrence import Recurrence
from theory.symbols import D, D_i, Scalar, T, Vector, d, g, m, t, vhat, x
from theory.theorems.adal import THEOREM1

ALPHA = Scalar("alpha", positive=True)
BETA1 = Scalar("beta1")
STEP = Scalar("beta1_t")
NAMES = coq_names([x, g, m, vhat, STEP], [ALPHA, BETA1, D, D_i])


def printed(e: object, names: CoqNames = NAMES) -> str:
    """Print without the outer parentheses."""
    return bare(CoqPrinter(names).print(e))


def names_of(recurrence: Recurrence) -> CoqNames:
    """Name the lines and the parameters of a recurrence."""
    return coq_names([x, g, *(s for s, _ in recurrence.steps)], [p.symbol for p in recurrence.parameters])


def test_adal_reads_like_the_textbook() -> None:
    """The lines of AdaL print as equations between sequences."""
    printer = CoqPrinter(names_of(ADAL))
    assert [equation(s, e, printer) for s, e in ADAL.steps] == [
        "ghat t i = g t i * SumCoords d (fun i => Rabs (g t i))",
        "m t i = beta1 * m (pred t) i + ghat t i * (1 - beta1)",
        "v t i = beta2 * v (pred t) i + ghat t i ^ 2 * (1 - beta2)",
        "mhat t i = m t i / (1 - beta1 ^ t)",
        "vhat t i = v t i / (1 - beta2 ^ t)",
    ]
    assert beginnings(ADAL.initial, ADAL.states, printer) == ["m O i = 0", "v O i = 0"]
    assert bare(printer.print(ADAL.point)) == (
        "x t i - alpha * mhat t i * (eps + pinv (sqrt (vhat t i))) / sqrt (INR t)"
    )


def test_a_bound_is_taken_in_the_last_round() -> None:
    """In a bound every sequence is taken in round T, and sums over the rounds end there."""
    names = coq_names([g, vhat], [s for p in ADAL.parameters for s in [p.symbol]] + [D], round="T")
    e = THEOREM1.spelled_out(THEOREM1.reading("C").rhs)
    text = printed(e, names)
    assert "SumCoords d (fun i => sqrt (vhat T i))" in text
    assert "CumMax (fun t => SumCoords d (fun i => Rabs (g t i))) T" in text
    assert "vhat t" not in text


@pytest.mark.parametrize(
    ("e", "text"),
    [
        (ALPHA - BETA1 - 1, "alpha - beta1 - 1"),
        (-ALPHA - BETA1, "- alpha - beta1"),
        (ALPHA / (2 * (1 - BETA1) * D), "alpha / (D * (2 - 2 * beta1))"),
        ((ALPHA / BETA1) ** 2, "alpha ^ 2 / beta1 ^ 2"),
        ((ALPHA + 1) ** 3, "(alpha + 1) ^ 3"),
        (BETA1 ** (t - 1), "beta1 ^ (t - 1)%nat"),
        (BETA1**T * sqrt(T), "sqrt (INR T) * beta1 ^ T"),
        (Rational(-2, 7) * g, "(-2) * g t i / 7"),
        (sqrt(ALPHA) ** 3, "alpha * sqrt alpha"),
        (Max(x, m, 0), "Rmax (Rmax (m t i) (x t i)) 0"),
        (Prev(STEP) * D_i, "D_i i * beta1_t (pred t)"),
        (pinv(log(d)), "pinv (ln (INR d))"),
        (Piecewise((g, t < 2), (0, True)), "(if Nat.ltb t 2 then (g t i) else 0)"),
        (Piecewise((g, t <= ALPHA), (0, True)), "(if Rle_dec (INR t) alpha then (g t i) else 0)"),
        (
            CumSum(CumMax(MaxCoords(g))),
            "CumSum (fun t => CumMax (fun t => MaxCoords d (fun i => g t i)) t) t",
        ),
    ],
)
def test_terms(e: object, text: str) -> None:
    """Operations print with the parentheses that they need."""
    assert printed(e) == text


@pytest.mark.parametrize(
    ("e", "problem"),
    [
        (sign(g), "no function sign"),
        (g ** Rational(1, 3), "exponent 1/3"),
        (ALPHA ** (t - 2), "write t - 1"),
        (ALPHA ** (T - 1), "write t - 1"),
        (ALPHA**BETA1, "write t - 1"),
        (Prev(g + m), "must name one sequence"),
        (Prev(ALPHA), "must name one sequence"),
        (Supremum(T), "no rule for Supremum.* here"),
        (Regret(1), "no rule for Regret"),
        (Vector("other"), "does not know the symbol other"),
        (Piecewise((g, g < 2), (0, True)), "the condition g < 2"),
        (Piecewise((g, t < 2)), "undefined where none"),
    ],
)
def test_what_it_does_not_know_is_refused(e: object, problem: str) -> None:
    """An expression without a rule is refused by name."""
    with pytest.raises(UnknownNodeError, match=problem):
        printed(e)


@pytest.mark.parametrize("name", ["match", "sqrt", "t", "INR", "a.b"])
def test_names_that_coq_uses_are_refused(name: str) -> None:
    """A symbol cannot take a word of Coq's."""
    with pytest.raises(ValueError, match="cannot name a symbol in Coq"):
        coq_names([], [Scalar(name)])


def test_two_symbols_of_one_name_are_refused() -> None:
    """A vector and a number may not print alike."""
    with pytest.raises(ValueError, match="two symbols have one name"):
        coq_names([Vector("u")], [Scalar("u")])
