"""Tables of degrees: the published ones, hand-made statements, and what follows from them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sympy import Rational, S, sqrt, tan

from homogeneous import FOLLOWING, HALF, TRUE, powers
from theory.algorithms.adabelief import ADABELIEF
from theory.algorithms.adal import ADAL
from theory.algorithms.radam import RADAM
from theory.algorithms.registry import algorithms
from theory.algorithms.sgd import SGD
from theory.degree import COPIES, LOSS, SCALINGS, Degrees, End, follow
from theory.parameters import alpha, beta1
from theory.printing.base import UnknownNodeError
from theory.quantities import CumMax, CumSum, First, Norm1, Norm2Squared, NormInf, SumCoords
from theory.scaling import Effect, StatementPart, degrees, inhomogeneous, markdown, plain
from theory.statement import Assumption, Reading
from theory.symbols import D_2, D, G, L, M, Scalar, T, d, f, g, gamma, ghat, vhat, vhat_0, x
from theory.theorems.adal import THEOREM1, THEOREM2, theorem2
from toy_theorem import R
from toy_theorem import theorem as statement

PAGE = Path(__file__).resolve().parents[2] / "docs" / "scaling.md"
THREE_HALVES = Rational(3, 2)
# What is true, by hand (section 1b of the notes on Theorem 2): powers of c, s and n.
SYMBOLS = {
    THEOREM1.id: {
        g: (1, 1, 0), M: (1, 1, 1), ghat: (2, 2, 1), vhat: (4, 4, 2), D: (0, -1, 0), alpha: (0, -1, 0),
        beta1: (0, 0, 0), gamma: (0, 0, 0), T: (0, 0, 0), Scalar("eps", nonnegative=True): (-2, -2, -1),
    },
    THEOREM2.id: {
        G: (1, 1, 0), M: (1, 1, 1), L: (1, 2, 0), vhat_0: (4, 4, 2), f: (1, 0, 1), d: (0, 0, 1),
        ghat: (2, 2, 1),
    },
}  # fmt: skip
TERMS = {
    ("B", 0): (2, 1, 2), ("C", 0): (2, 1, 2), ("A", 0): (2, 1, 2),
    ("B", 1): (THREE_HALVES, HALF, THREE_HALVES), ("C", 1): (2, 1, 2), ("A", 1): (None, None, None),
}  # fmt: skip
PREFACTORS = {"sqrtTM": (-HALF, -HALF, -HALF), "sqrtT_M": (-1, -1, -1), "sqrtT": (0, 0, 0)}


@pytest.mark.parametrize("theorem", [THEOREM1, THEOREM2], ids=lambda th: th.id)
def test_letters_have_the_degrees_of_the_notes(theorem) -> None:
    """Gradients, their norms, the algorithm's lines and the parameters that move along."""
    for reading in theorem.readings:
        table = degrees(theorem, reading.key)
        assert {s: powers(table.symbol(s)) for s in SYMBOLS[theorem.id]} == SYMBOLS[theorem.id]


def test_the_table_of_theorem_1_is_the_one_of_the_notes() -> None:
    """Regret c, 1, n; the first term one degree too many; the second by the reading."""
    for (key, number), expected in TERMS.items():
        table = degrees(THEOREM1, key)
        assert powers(table.of(StatementPart.LEFT)[0]) == (1, 0, 1)
        assert table.of(StatementPart.PREFACTOR) == ()
        assert powers(table.of(StatementPart.TERM)[number]) == expected


def test_a_logarithm_is_a_logarithm_and_no_power() -> None:
    """sqrt(1 + log(T M)) grows like the root of a logarithm, and has no size where it turns negative."""
    second = degrees(THEOREM1, "A").of(StatementPart.TERM)[1]
    assert second.cells == ("c log(c)^(1/2)", "log(s)^(1/2)", "n log(n)^(1/2)")
    for degree in second.degrees:
        assert degree.at_zero is None
        assert degree.at_infinity.log == HALF


def test_the_table_of_theorem_2_is_the_one_of_the_notes() -> None:
    """Left side and every term of the bracket have equal degree; the prefactor alone spoils it."""
    for key, prefactor in PREFACTORS.items():
        table = degrees(THEOREM2, key)
        assert powers(table.of(StatementPart.LEFT)[0]) == (2, 2, 1)
        assert [powers(row) for row in table.of(StatementPart.TERM)] == [(2, 2, 1)] * 4
        assert powers(table.of(StatementPart.PREFACTOR)[0]) == prefactor
        assert table.homogeneous == (key == "sqrtT")


BREAKS = [
    (THEOREM1, "A", ((), (), ())),
    (THEOREM1, "B", ((End.ZERO,), (End.ZERO,), ())),
    (THEOREM1, "C", ((End.ZERO,), (End.ZERO,), ())),
    (THEOREM2, "sqrtTM", ((End.INFINITY,),) * 3),
    (THEOREM2, "sqrtT_M", ((End.INFINITY,),) * 3),
    (THEOREM2, "sqrtT", ((), (), ())),
]


@pytest.mark.parametrize(("theorem", "key", "expected"), BREAKS, ids=[key for _, key, _ in BREAKS])
def test_the_direction_in_which_a_statement_breaks(theorem, key, expected) -> None:
    """Small losses break Theorem 1, large ones Theorem 2 where M stands in the prefactor."""
    table = degrees(theorem, key)
    assert tuple(finding.breaks for finding in table.findings) == expected
    for finding in table.findings:
        assert ("break it" in finding.sentence) == bool(finding.breaks)
        assert ("inhomogeneous" in finding.sentence) == (not finding.homogeneous)


def test_a_right_side_that_stops_being_defined_is_reported() -> None:
    """Reading A as c -> 0: no direction is claimed, the loss of the bound is."""
    findings = degrees(THEOREM1, "A").findings
    assert [dict(finding.effects).get(End.ZERO) for finding in findings] == [
        Effect.UNTOLD,
        Effect.UNTOLD,
        None,
    ]
    assert "may be undefined" in findings[0].sentence


def test_what_is_reported_before_a_simulation() -> None:
    """All readings of Theorem 1, two of Theorem 2, each with the scaling that upsets it."""
    assert {key for key, _ in inhomogeneous(THEOREM1)} == {"A", "B", "C"}
    assert {key for key, _ in inhomogeneous(THEOREM2)} == {"sqrtTM", "sqrtT_M"}
    assert len(inhomogeneous(THEOREM2)) == 2 * len(SCALINGS)


def test_a_fixed_vhat_0_does_not_scale() -> None:
    """With a number for vhat_0 the term with its inverse root has another degree than the other three."""
    table = degrees(theorem2(vhat_0_is=7), "sqrtT")
    assert [powers(row) for row in table.of(StatementPart.TERM)].count((2, 2, 1)) == 3
    assert (4, 4, 2) in [powers(row) for row in table.of(StatementPart.TERM)]
    assert not table.homogeneous
    assert dict(table.findings[0].effects) == {End.ZERO: Effect.STRIPS, End.INFINITY: Effect.LOOSENS}


@pytest.mark.parametrize("name", TRUE)
def test_true_theorems_are_homogeneous(name) -> None:
    """Every scaling keeps them, the parameters moving along as the algorithm demands."""
    theorem, recurrence = TRUE[name]
    assert degrees(theorem, "A", recurrence).homogeneous
    assert inhomogeneous(theorem, recurrence) == ()


def test_the_step_of_gradient_descent_moves_along() -> None:
    """alpha/c and alpha/s^2: without this the bound of online gradient descent would look wrong."""
    table = degrees(TRUE["OGD"][0], "A", SGD)
    assert powers(table.symbol(alpha)) == (-1, -2, 0)
    assert [powers(row) for row in table.of(StatementPart.TERM)] == [(1, 0, 1)] * 2


@pytest.mark.parametrize("name", TRUE)
def test_a_lost_square_root_is_found(name) -> None:
    """Control: the same bounds with one root dropped, or one square, are no longer homogeneous."""
    theorem, recurrence = TRUE[name]
    rhs = theorem.reading("A").rhs
    spoilt = [
        rhs.xreplace({sqrt(CumSum(e)): CumSum(e) for e in (g**2, ghat**2)}),
        rhs.xreplace({sqrt(vhat): vhat}),
        rhs.xreplace({D_2**2: D_2, D**2: D}),
        rhs.xreplace({Norm2Squared(g): Norm1(g)}),
    ]
    changed = [e for e in spoilt if e != rhs]
    assert changed
    for e in changed:
        table = degrees(replace(theorem, readings=(Reading("A", e, ""),)), "A", recurrence)
        assert not table.homogeneous
        assert any("inhomogeneous" in finding.sentence for finding in table.findings)


def test_the_algorithm_matters() -> None:
    """AMSGrad's bound is not even homogeneous for AdaL: sqrt(vhat) is of degree 2 there, the regret of 1."""
    theorem, recurrence = TRUE["AMSGrad"]
    table = degrees(theorem, "A", ADAL)
    assert [powers(row)[0] for row in table.of(StatementPart.TERM)] == [2, 1]
    assert dict(table.findings[0].effects) == {End.ZERO: Effect.STRIPS, End.INFINITY: Effect.LOOSENS}
    kept = next(row for row in table.of(StatementPart.TERM) if powers(row)[0] == 1)
    assert f"as c -> 0 it must hold with the leading part alone: `{kept.label}`" in table.findings[0].sentence
    assert degrees(theorem, "A", recurrence).homogeneous


def test_the_algorithm_is_the_theorems_own_by_default() -> None:
    """Without an algorithm the first that the theorem names is taken; an unknown one is refused."""
    assert degrees(THEOREM1, "C") == degrees(THEOREM1, "C", ADAL)
    with pytest.raises(ValueError, match="`recurrence` must be given for toy"):
        degrees(statement(R, algorithms=("Nobody",)), "A")
    with pytest.raises(ValueError, match="A, B, C"):
        degrees(THEOREM1, "D")


def test_algorithms_that_cannot_follow_are_named() -> None:
    """RAdam adds a plain step to a scaled one, AdaBelief the same epsilon to a root and to a square."""
    stuck = {r.name for r in algorithms().values()} - {r.name for r in FOLLOWING}
    assert {name.partition("[")[0] for name in stuck} == {"RAdam", "AdaBelief"}
    for recurrence in (RADAM, ADABELIEF):
        finding = degrees(statement(CumMax(Norm1(g))), "A", recurrence).findings[0]
        assert not finding.homogeneous
        assert finding.effects == ()
        assert "no powers of the parameters" in finding.sentence
        assert "| ? | ? | n |" in degrees(statement(CumMax(Norm1(g))), "A", recurrence).markdown()
        # Copies of the coordinates leave coordinatewise algorithms as they are.
        assert follow(recurrence, COPIES).conflicts == ()


@pytest.mark.parametrize("key", ["A", "B", "C"])
def test_letters_are_what_they_stand_for(key) -> None:
    """A statement with its letters written out has the same degrees."""
    spelled = replace(
        THEOREM1,
        readings=tuple(Reading(r.key, THEOREM1.spelled_out(r.rhs), r.note) for r in THEOREM1.readings),
        letters=(),
        assumptions=(),
    )
    assert [powers(row) for row in degrees(spelled, key).of(StatementPart.TERM)] == [
        powers(row) for row in degrees(THEOREM1, key).of(StatementPart.TERM)
    ]


@pytest.mark.parametrize("factor", [SumCoords(sqrt(vhat)), D, 3 * T], ids=str)
def test_multiplying_both_sides_changes_no_finding(factor) -> None:
    """Metamorphic: degrees add, so homogeneity, and the end where it breaks, stay."""
    for theorem in (THEOREM1, THEOREM2):
        for reading in theorem.readings:
            multiplied = replace(
                theorem, lhs=theorem.lhs * factor, readings=(replace(reading, rhs=reading.rhs * factor),)
            )
            before, after = degrees(theorem, reading.key), degrees(multiplied, reading.key)
            assert [x.effects for x in before.findings] == [x.effects for x in after.findings]
            shift = Degrees(LOSS, follow(ADAL, LOSS)).of(factor).power
            assert (
                powers(after.of(StatementPart.LEFT)[0])[0]
                == powers(before.of(StatementPart.LEFT)[0])[0] + shift
            )


def test_taking_roots_of_both_sides_changes_no_finding() -> None:
    """Metamorphic: powers halve on both sides alike."""
    for reading in THEOREM2.readings:
        rooted = replace(
            THEOREM2, lhs=sqrt(THEOREM2.lhs), readings=(replace(reading, rhs=sqrt(reading.rhs)),)
        )
        after = degrees(rooted, reading.key)
        assert [f.breaks for f in after.findings] == [
            f.breaks for f in degrees(THEOREM2, reading.key).findings
        ]
        assert powers(after.of(StatementPart.LEFT)[0]) == (1, 1, HALF)


def test_an_assumption_that_does_not_scale_is_named() -> None:
    """Where the theorem asks for ||g|| <= 1, scaling leaves its range, and the finding says so."""
    bounded = Assumption("gradients of norm at most 1", CumMax(NormInf(g)) <= 1)
    fine = Assumption("a fine step", alpha * CumMax(NormInf(g)) <= D)
    table = degrees(statement(T * D, assumptions=(bounded, fine)), "A", SGD)
    assert table.findings[0].outside == (bounded.text,)
    assert bounded.text in table.findings[0].sentence
    assert table.findings[2].outside == ()


def test_a_right_side_of_zero_scales_with_everything() -> None:
    """Zero times a factor is zero."""
    assert degrees(statement(S.Zero), "A", SGD).homogeneous


def test_what_is_unknown_is_refused() -> None:
    """A symbol of nobody, a line that the algorithm lacks, and a function without a rule."""
    with pytest.raises(ValueError, match="letters"):
        degrees(statement(Scalar("sigma")), "A", SGD)
    with pytest.raises(ValueError, match="vhat"):
        degrees(THEOREM1, "C", SGD)
    with pytest.raises(UnknownNodeError, match="tan"):
        degrees(statement(tan(NormInf(g))), "A", SGD)
    with pytest.raises(ValueError, match="known: T, g"):
        degrees(THEOREM1, "C").symbol(x)


# The page.
def test_the_page_shows_the_tables_that_the_code_makes() -> None:
    """Both tables of docs/scaling.md are printed by the code, letter by letter."""
    text = PAGE.read_text(encoding="utf-8")
    for theorem in (THEOREM1, THEOREM2):
        table = markdown(theorem)
        assert table in text, f"replace the table of {theorem.id} in docs/scaling.md by\n\n{table}"
        assert table.replace("c^2", "c^3", 1) not in text


def test_a_table_shows_what_moves_and_nothing_else() -> None:
    """Symbols that no scaling moves are left out, sums are named as in the language."""
    table = degrees(THEOREM2, "sqrtTM").markdown()
    assert "| `vhat_0` | letter | c^4 | s^4 | n^2 |" in table
    assert "| `rhs` | right side | c^(3/2) | s^(3/2) | n^(1/2) |" in table
    assert "`beta1`" not in table
    words = {"Norm1(g)": Norm1(g), "First(f)": First(f), "CumSum(f)": CumSum(f), "SumCoords(g)": SumCoords(g)}
    assert {plain(e) for e in words.values()} == set(words)
