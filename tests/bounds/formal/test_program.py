"""A game as a program: where lines lie, and which formulas are refused."""

from __future__ import annotations

from fractions import Fraction

import pytest
from sympy import Max, Piecewise, Rational, S, Symbol, exp, log, sin, sqrt

from bounds.formal.program import NEXT, Line, Program, check_names, sum_lines, sums_in
from bounds.formal.subject import NotFormalizable
from bounds.formal.terms import TermPrinter
from bounds.formal.words import comment, gradients, rational
from theory.printing.base import UnknownNodeError
from theory.quantities import CumMax, CumSum, MaxCoords, Prev, Regret, SumCoords, pinv
from theory.symbols import Scalar, T, d, g, m, t, v, x

BETA = Scalar("beta")
M = Scalar("M")


@pytest.fixture(scope="module")
def program() -> Program:
    """Three lines, one constant, a letter."""
    known: dict[object, str] = {}
    lines = [Line("g", True, "Data"), Line("m", True, BETA * Prev(m) + g)]
    lines += sum_lines([CumSum(g**2)], known)  # type: ignore[arg-type]
    lines.append(Line(NEXT, True, m, (Fraction(1),)))
    return Program(tuple(lines), {"beta": (Fraction(1, 2),)}, {M: BETA + 1})


def test_terms_of_lines(program: Program) -> None:
    """Newest lines come first, then the constants, then the round before."""
    assert program.term(1) == "(Plus (Times (Number 1) (Coord 4)) (Coord 0))"
    assert program.term(2) == "(Plus (Coord 4) (Power (Coord 1) 2))"
    assert program.term(3) == "(Coord 1)"
    assert [program.position(line.name) for line in program.lines] == [3, 2, 1, 0]


def test_terms_after_the_last_round(program: Program) -> None:
    """After the last round the constants come first, and means over the paths before them."""
    printer = program.printer()
    assert printer.print(BETA * m + T) == "(Plus Round (Times (Number 0) (Coord 3)))"
    assert printer.print(CumSum(g**2) + M) == "(Plus (Plus (Number 0) (Int 1)) (Coord 2))"
    mean = CumMax(m)
    assert program.printer(over=[mean]).print(BETA + mean) == "(Plus (Number 1) (Number 0))"


@pytest.mark.parametrize(
    ("e", "term"),
    [
        (Rational(-2, 3) * BETA, "(Over (Times (Int (-2)) (Number 1)) (Int 3))"),
        (1 / sqrt(BETA), "(Over (Int 1) (Root (Number 1)))"),
        (-BETA - log(BETA), "(Minus (Neg (Number 1)) (Log (Number 1)))"),
        (
            pinv(g) + Max(g, BETA, 0),
            "(Plus (Inverse (Coord 0)) (Larger (Larger (Number 1) (Coord 0)) (Int 0)))",
        ),
        (Piecewise((g, t < 2), (0, True)), "(InRoundOne (Coord 0) (Int 0))"),
        (SumCoords(g) - MaxCoords(exp(g)), "(Minus (Sum (Coord 0)) (Most (Expo (Coord 0))))"),
        (Piecewise((g, t <= BETA), (0, True)), "(IfAtMost Round (Number 1) (Coord 0) (Int 0))"),
        (BETA**t / d, "(Over (PowerRound (Number 1)) Dim)"),
        (BETA ** (t - 1) * S.Half, "(Over (PowerBefore (Number 1)) (Int 2))"),
    ],
)
def test_terms(program: Program, e: object, term: str) -> None:
    """Operations are terms of two, from left to right."""
    assert program.printer(1).print(e) == term


@pytest.mark.parametrize(
    ("e", "problem"),
    [
        (sin(g), "no function sin"),
        (g ** Rational(1, 3), "exponent 1/3"),
        (BETA ** (t - 2), "exponent t - 2"),
        (BETA**T, "exponent T"),
        (Piecewise((g, t < 3), (0, True)), "the condition t < 3"),
        (Regret(1), "no rule for Regret"),
        (CumSum(m), "no rule for CumSum"),
    ],
)
def test_what_has_no_term_is_refused(program: Program, e: object, problem: str) -> None:
    """A formula outside the language of the prelude is refused by name."""
    with pytest.raises(UnknownNodeError, match=problem):
        program.printer(1).print(e)


@pytest.mark.parametrize("e", [v, T, Symbol("other"), x])
def test_what_is_not_computed_yet_is_refused(program: Program, e: object) -> None:
    """A line may use earlier lines only."""
    with pytest.raises((ValueError, UnknownNodeError), match=r"used before|no rule"):
        program.printer(1).print(e)


def test_sums_come_inner_first_and_once() -> None:
    """A sum in a sum has its line first, and equal sums share one."""
    inner = CumSum(g)
    outer = CumMax(inner * m)
    assert sums_in(outer + inner) == [inner, outer]
    known: dict[object, str] = {}
    assert [line.name for line in sum_lines([outer, inner + outer], known)] == ["sum1", "most2"]  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["clip", "game", "value", "SumCoords"])
def test_names_of_the_file_are_refused(name: str) -> None:
    """A line cannot take a name that the file defines."""
    with pytest.raises(NotFormalizable, match="another meaning"):
        check_names(Program((Line(name, True, g),), {}))


def test_numbers_and_gradients_are_text() -> None:
    """Rationals are exact, and a stream is its blocks, each up to its last round."""
    assert rational(Fraction(-2, 5)) == "-2 # 5"
    seven, one, zero = ([Fraction(q)] for q in (7, 1, 0))
    once, again = {"times": 3, "pattern": [seven]}, {"times": 9, "pattern": [one, one, zero]}
    assert gradients({"stream": [once, again]}) == (
        "Definition gradient (t : N) : list Q :=\n"
        "  if (t <=? 3)%N then [7 # 1] else\n"
        "  let s := ((t - 4) mod 3)%N in\n"
        "  if (s <? 2)%N then [1 # 1] else\n"
        "  [0 # 1].\n"
    )
    assert gradients({"stream": [again, once]}) == (
        "Definition gradient (t : N) : list Q :=\n"
        "  if (t <=? 27)%N then (let s := ((t - 1) mod 3)%N in\n"
        "  if (s <? 2)%N then [1 # 1] else\n"
        "  [0 # 1]) else\n"
        "  [7 # 1].\n"
    )


def test_a_title_cannot_end_a_comment() -> None:
    """The title of a certificate is text of the file's author."""
    assert comment('a *) Axiom bad : False. (* "').count("*)") == 1


def test_terms_have_no_default() -> None:
    """The printer of terms knows no node that the printer of real terms does not know."""
    assert set(TermPrinter.functions) <= {"sqrt", "exp", "log", "Abs", "max", "min", "pinv"}
