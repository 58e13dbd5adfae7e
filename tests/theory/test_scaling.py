"""Degrees: the published table, hand-made statements, and real runs scaled by powers of two."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sympy import Abs, Max, Min, Piecewise, Rational, S, exp, log, oo, sqrt, tan

from bounds.evaluate import checks
from bounds.verdict import Verdict
from online_sim.domains.box import Box
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from theory.algorithms.adabelief import ADABELIEF
from theory.algorithms.adagrad import ADAGRAD_NO_EPS
from theory.algorithms.adal import ADAL, ADAL_R1, ADAL_R2, ADAL_R3
from theory.algorithms.adam import ADAM
from theory.algorithms.amsgrad import AMSGRAD
from theory.algorithms.radam import RADAM
from theory.algorithms.registry import algorithms
from theory.algorithms.sgd import SGD
from theory.degree import COPIES, LOSS, POINT, SCALINGS, Degrees, End, follow
from theory.losses.half_square import HALF_SQUARE
from theory.losses.linear import LINEAR
from theory.losses.scaled import scaled
from theory.parameters import ALPHA, Parameter, alpha, beta1, beta2
from theory.printing.base import UnknownNodeError
from theory.quantities import (
    CumMax,
    CumSum,
    First,
    MaxCoords,
    Norm1,
    Norm2Squared,
    NormInf,
    Prev,
    Regret,
    SumCoords,
)
from theory.recurrence import Recurrence
from theory.scaling import Effect, Part, degrees, inhomogeneous, markdown, plain
from theory.source import Source
from theory.statement import Assumption, Reading, Theorem
from theory.symbols import D_2, D, G, L, M, Scalar, T, d, f, g, gamma, ghat, m, t, vhat, vhat_0, x
from theory.theorems.adal import THEOREM1, THEOREM2, theorem2

PAGE = Path(__file__).resolve().parents[2] / "docs" / "scaling.md"
SOURCE = Source("zinkevich2003", "Theorem 1")
R = Regret(S.One)
HALF = Rational(1, 2)
THREE_HALVES = Rational(3, 2)
FOLLOWING = [r for r in algorithms().values() if not any(follow(r, s).conflicts for s in SCALINGS)]


def statement(rhs, *, lhs=R, assumptions=(), letters=(), algorithm="SGD") -> Theorem:
    """A toy theorem with one reading A."""
    return Theorem(
        id="toy", title="Toy", source=SOURCE, algorithms=(algorithm,), lhs=lhs,
        readings=(Reading("A", rhs, ""),), assumptions=assumptions, letters=letters,
    )  # fmt: skip


def powers(row):
    """The three powers of a row; None where there is none."""
    return tuple(degree.power for degree in row.degrees)


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
        assert powers(table.of(Part.LEFT)[0]) == (1, 0, 1)
        assert table.of(Part.PREFACTOR) == ()
        assert powers(table.of(Part.TERM)[number]) == expected


def test_a_logarithm_is_a_logarithm_and_no_power() -> None:
    """sqrt(1 + log(T M)) grows like the root of a logarithm, and has no size where it turns negative."""
    second = degrees(THEOREM1, "A").of(Part.TERM)[1]
    assert second.cells == ("c log(c)^(1/2)", "log(s)^(1/2)", "n log(n)^(1/2)")
    for degree in second.degrees:
        assert degree.at_zero is None
        assert degree.at_infinity.log == HALF


def test_the_table_of_theorem_2_is_the_one_of_the_notes() -> None:
    """Left side and every term of the bracket have equal degree; the prefactor alone spoils it."""
    for key, prefactor in PREFACTORS.items():
        table = degrees(THEOREM2, key)
        assert powers(table.of(Part.LEFT)[0]) == (2, 2, 1)
        assert [powers(row) for row in table.of(Part.TERM)] == [(2, 2, 1)] * 4
        assert powers(table.of(Part.PREFACTOR)[0]) == prefactor
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
    assert [powers(row) for row in table.of(Part.TERM)].count((2, 2, 1)) == 3
    assert (4, 4, 2) in [powers(row) for row in table.of(Part.TERM)]
    assert not table.homogeneous
    assert dict(table.findings[0].effects) == {End.ZERO: Effect.STRIPS, End.INFINITY: Effect.LOOSENS}


# Theorems that are true: their scaling must be right.
OGD = D_2**2 * sqrt(T) / (2 * alpha) + alpha * (sqrt(T) - HALF) * CumMax(Norm2Squared(g))
ADAPTIVE = D**2 * sqrt(T) / (2 * alpha * (1 - beta1)) * SumCoords(sqrt(vhat))
NOISE = alpha * sqrt(1 + log(T)) / sqrt((1 - beta2) * (1 - beta1**2 / beta2)) * SumCoords(sqrt(CumSum(g**2)))
WEIGHTED_NOISE = NOISE.xreplace({CumSum(g**2): CumSum(ghat**2)})
ADAGRAD_BOUND = (D**2 / (2 * alpha) + alpha) * SumCoords(sqrt(CumSum(g**2)))
TRUE = {
    "OGD": (statement(OGD), SGD),
    "AMSGrad": (statement(ADAPTIVE + NOISE), AMSGRAD),
    "AdaGrad": (statement(ADAGRAD_BOUND), ADAGRAD_NO_EPS),
    **{
        f"Theorem R, {order}": (statement(ADAPTIVE + WEIGHTED_NOISE, lhs=Regret(Norm1(g))), r)
        for order, r in {"R1": ADAL_R1, "R2": ADAL_R2, "R3": ADAL_R3}.items()
    },
}


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
    assert [powers(row) for row in table.of(Part.TERM)] == [(1, 0, 1)] * 2


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
    assert [powers(row)[0] for row in table.of(Part.TERM)] == [2, 1]
    assert dict(table.findings[0].effects) == {End.ZERO: Effect.STRIPS, End.INFINITY: Effect.LOOSENS}
    kept = next(row for row in table.of(Part.TERM) if powers(row)[0] == 1)
    assert f"as c -> 0 it must hold with the leading part alone: `{kept.label}`" in table.findings[0].sentence
    assert degrees(theorem, "A", recurrence).homogeneous


def test_the_algorithm_is_the_theorems_own_by_default() -> None:
    """Without an algorithm the first that the theorem names is taken; an unknown one is refused."""
    assert degrees(THEOREM1, "C") == degrees(THEOREM1, "C", ADAL)
    with pytest.raises(ValueError, match="`recurrence` must be given for toy"):
        degrees(statement(R, algorithm="Nobody"), "A")
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


def test_a_parameter_that_nothing_ties_down_stays() -> None:
    """Of two factors of the step the first moves, the second keeps its value."""
    second = replace(ALPHA, symbol=Scalar("second", positive=True))
    two = Recurrence("two", SOURCE, (ALPHA, second), (), x - alpha * second.symbol * g, 1)
    assert follow(two, LOSS).degrees == {alpha: -1, second.symbol: 0}
    assert follow(replace(two, parameters=(second, ALPHA)), LOSS).degrees == {alpha: 0, second.symbol: -1}


def test_an_initial_value_is_a_line_like_the_others() -> None:
    """A state that starts at a parameter ties the parameter to the state."""
    start = Parameter(Scalar("start", positive=True), "s", "the start")
    lines = ((m, Prev(m) + g**2),)
    r = Recurrence("r", SOURCE, (ALPHA, start), lines, x - alpha * g / sqrt(m), 1, initial={m: start.symbol})
    assert follow(r, LOSS).degrees[start.symbol] == 2
    assert follow(replace(r, initial={m: start.symbol + 1}), LOSS).conflicts[0].where == start.symbol + 1


@pytest.mark.parametrize("key", ["A", "B", "C"])
def test_letters_are_what_they_stand_for(key) -> None:
    """A statement with its letters written out has the same degrees."""
    spelled = replace(
        THEOREM1,
        readings=tuple(Reading(r.key, THEOREM1.spelled_out(r.rhs), r.note) for r in THEOREM1.readings),
        letters=(),
        assumptions=(),
    )
    assert [powers(row) for row in degrees(spelled, key).of(Part.TERM)] == [
        powers(row) for row in degrees(THEOREM1, key).of(Part.TERM)
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
            assert powers(after.of(Part.LEFT)[0])[0] == powers(before.of(Part.LEFT)[0])[0] + shift


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
        assert powers(after.of(Part.LEFT)[0]) == (1, 1, HALF)


ADAL_DEGREES = Degrees(LOSS, follow(ADAL, LOSS))


@pytest.mark.parametrize(
    ("e", "zero", "infinity"),
    [
        (Norm1(g) + 1, "1", "c"),
        (1 / (Norm1(g) + 1), "1", "c^(-1)"),
        (sqrt(Norm1(g) + NormInf(g) ** 3), "c^(1/2)", "c^(3/2)"),
        (Max(Norm1(g), NormInf(g) ** 2), "c", "c^2"),
        (Min(Norm1(g), NormInf(g) ** 2), "c^2", "c"),
        (Norm1(g) * log(CumMax(Norm1(g)) / NormInf(g)), "c", "c"),
        (log(1 / NormInf(g)), "log(c)", None),
        (log(1 + NormInf(g)), None, "log(c)"),
        (NormInf(g) - 1, None, "c"),
        ((1 - beta1) * NormInf(g) + 1, "1", "c"),
        (-CumMax(Piecewise((-Norm1(g), Norm1(g) > 0), (-oo, True))), "c", "c"),
        (NormInf(g) - NormInf(g) ** 2, "c", None),
        (exp(-NormInf(g)), None, None),
        (exp(-NormInf(g) / CumMax(Norm1(g))), "1", "1"),
        (2**T * beta1**t, "1", "1"),
        (First(f) + CumSum(f), "c", "c"),
        (MaxCoords(Abs(g)) * SumCoords(sqrt(vhat)) ** Rational(1, 4), "c^(3/2)", "c^(3/2)"),
    ],
    ids=str,
)
def test_growth_at_both_ends(e, zero, infinity) -> None:
    """Sums, extremes, powers and logarithms, each at c -> 0 and at c -> infinity."""
    degree = ADAL_DEGREES.of(e)
    assert [None if end is None else end.text("c") for end in (degree.at_zero, degree.at_infinity)] == [
        zero,
        infinity,
    ]


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
    assert degrees(statement(S.Zero), "A").homogeneous


def test_a_condition_between_unlike_things_is_refused() -> None:
    """A threshold on a gradient has no scaling; one on the round has."""
    assert ADAL_DEGREES.of(Piecewise((NormInf(g), t > 3), (0, True))).power == 1
    with pytest.raises(ValueError, match="unlike"):
        ADAL_DEGREES.of(Piecewise((NormInf(g), Norm1(g) > 3), (0, True)))


def test_what_is_unknown_is_refused() -> None:
    """A symbol of nobody, a line that the algorithm lacks, and a function without a rule."""
    with pytest.raises(ValueError, match="letters"):
        degrees(statement(Scalar("sigma")), "A")
    with pytest.raises(ValueError, match="vhat"):
        degrees(THEOREM1, "C", SGD)
    with pytest.raises(UnknownNodeError, match="tan"):
        degrees(statement(tan(NormInf(g))), "A")
    with pytest.raises(ValueError, match="known: T, g"):
        degrees(THEOREM1, "C").symbol(x)


# Real runs. Factors are powers of 4: then every root, product and sum scales without any rounding.
K = 3
FACTOR = 4**K
ROWS = np.random.default_rng(5).normal(size=(24, 2)) + np.array([0.3, -0.2])
# Sums over 2 or 6 coordinates and 24 rounds are within a few dozen eps of exact.
CLOSE = 1e-12


def game(recurrence, scaling, factor, record):
    """The same game on given gradients, scaled, with the parameters moved along."""
    given = {p.name: p.default if p.default is not None else 0.5 for p in recurrence.parameters}
    given |= {"eps": 0.02, "alpha": 0.3} if "eps" in given else {"alpha": 0.3}
    moved = {p.name: float(follow(recurrence, scaling).degrees[p.symbol]) for p in recurrence.parameters}
    parameters = {name: value * float(factor) ** moved[name] for name, value in given.items()}
    copies = factor if scaling is COPIES else 1
    size = 1.0 / factor if scaling is POINT else 1.0
    rows = np.tile(ROWS * (1.0 if scaling is COPIES else factor), (1, copies))
    box = Box(-size, size, dimension=rows.shape[1])
    return play(
        Game(
            recurrence,
            LINEAR,
            ArrayStream(rows),
            box,
            horizon=len(rows),
            parameters=parameters,
            start=np.tile([0.25 * size, 0.5 * size], copies),
        ),
        record=record,
        checkpoints="all",
        engine="numpy",
    )


@pytest.mark.parametrize("scaling", SCALINGS, ids=lambda s: s.factor)
@pytest.mark.parametrize("recurrence", FOLLOWING, ids=lambda r: r.name)
def test_the_points_move_as_the_game_does(recurrence, scaling) -> None:
    """With the parameters moved along, a scaled run visits the scaled points."""
    factor = 3 if scaling is COPIES else FACTOR
    before = game(recurrence, scaling, 1, [x])[x]
    after = game(recurrence, scaling, factor, [x])[x]
    expected = np.tile(before, (1, 3)) if scaling is COPIES else before / (factor if scaling is POINT else 1)
    np.testing.assert_allclose(after, expected, rtol=CLOSE, atol=CLOSE * np.abs(expected).max())
    assert np.ptp(before) > 0.1


@pytest.mark.parametrize("recurrence", [RADAM, ADABELIEF], ids=lambda r: r.name)
def test_without_powers_the_points_move_elsewhere(recurrence) -> None:
    """Control: the algorithms that are said not to follow do not, with the powers found so far."""
    before, after = (game(recurrence, LOSS, factor, [x])[x] for factor in (1, FACTOR))
    assert np.abs(after - before).max() > 0.01


def test_without_moving_the_parameters_the_points_move_elsewhere() -> None:
    """Control: epsilon left where it is changes AdaL's and Adam's run."""
    for recurrence in (ADAL, ADAM):
        frozen = replace(LOSS, name="frozen")
        assert follow(recurrence, frozen).degrees[Scalar("eps", nonnegative=True)] != 0
        kept = {"alpha": 0.3, "eps": 0.02}
        runs = [
            play(
                Game(
                    recurrence,
                    LINEAR,
                    ArrayStream(ROWS * c),
                    Box(-1.0, 1.0, dimension=2),
                    horizon=len(ROWS),
                    parameters=kept,
                    start=[0.25, 0.5],
                ),
                record=[x],
                checkpoints="all",
                engine="numpy",
            )[x]
            for c in (1, FACTOR)
        ]
        assert np.abs(runs[0] - runs[1]).max() > 0.01


def measured(theorem, key, run, factors):
    """The left side and every row of the table of a reading, at the last round, for each factor."""
    table = degrees(theorem, key, run.recurrence)
    rows = [row for row in table.rows if row.part in (Part.PREFACTOR, Part.TERM, Part.RIGHT)]
    asked = replace(
        theorem, readings=tuple(Reading(f"row{k}", row.expression, "") for k, row in enumerate(rows))
    )
    found = []
    for factor in factors:
        results = checks(asked, run(factor, asked.quantities))
        found.append([results[0].lhs_upper[-1], *(result.rhs[-1] for result in results)])
    return [table.of(Part.LEFT)[0], *rows], np.array(found)


class Linear:
    """The game on given gradients under one scaling."""

    def __init__(self, recurrence, scaling):
        self.recurrence, self.scaling = recurrence, scaling

    def __call__(self, factor, record):
        """Play it with this factor."""
        return game(self.recurrence, self.scaling, factor, record)


class Smooth:
    """AdaL on c s^2 ||x||^2 / 2, unconstrained, under one scaling."""

    recurrence = ADAL

    def __init__(self, scaling):
        self.scaling = scaling

    def __call__(self, factor, record):
        """Play it with this factor."""
        copies = factor if self.scaling is COPIES else 1
        loss = {LOSS: factor, POINT: factor**2, COPIES: 1}[self.scaling]
        size = factor if self.scaling is POINT else 1
        moved = follow(ADAL, self.scaling).degrees
        values = {"alpha": 0.1, "beta1": 0.5, "beta2": 0.75, "eps": 0.01}
        parameters = {
            p.name: values[p.name] * float(factor) ** float(moved[p.symbol]) for p in ADAL.parameters
        }
        return play(
            Game(
                ADAL,
                scaled(HALF_SQUARE, loss),
                horizon=12,
                parameters=parameters,
                start=np.tile([2.0, -1.0], copies) / size,
            ),
            record=record,
            checkpoints="all",
            engine="numpy",
        )


CASES = [
    *((THEOREM1, r.key, Linear(ADAL, s)) for r in THEOREM1.readings for s in SCALINGS),
    *((THEOREM2, r.key, Smooth(s)) for r in THEOREM2.readings for s in SCALINGS),
    *((TRUE[n][0], "A", Linear(TRUE[n][1], s)) for n in TRUE for s in SCALINGS),
    *((TRUE["AMSGrad"][0], "A", Linear(ADAM, s)) for s in SCALINGS),
]


@pytest.mark.parametrize(
    ("theorem", "key", "run"),
    CASES,
    ids=[f"{th.id}.{key}-{run.recurrence.name}-{run.scaling.factor}" for th, key, run in CASES],
)
def test_measured_degrees_are_the_derived_ones(theorem, key, run) -> None:
    """Between a run and its scaled copy every homogeneous row grows by its power, exactly."""
    scaling = run.scaling
    factor = 3 if scaling is COPIES else FACTOR
    rows, values = measured(theorem, key, run, (1, factor))
    assert np.all(values > 0)
    slopes = np.log(values[1] / values[0]) / np.log(factor)
    k = SCALINGS.index(scaling)
    homogeneous = [(row.degrees[k].power, slope) for row, slope in zip(rows, slopes, strict=True)]
    compared = [(float(power), slope) for power, slope in homogeneous if power is not None]
    assert len(compared) >= len(rows) - 2
    for power, slope in compared:
        assert slope == pytest.approx(power, abs=CLOSE)


@pytest.mark.parametrize("scaling", SCALINGS, ids=lambda s: s.factor)
def test_the_measured_logarithm_is_one(scaling) -> None:
    """Reading A's second term over its power is the root of something linear in the logarithm."""
    base = 3 if scaling is COPIES else FACTOR
    k = SCALINGS.index(scaling)
    rows, values = measured(THEOREM1, "A", Linear(ADAL, scaling), (1, base, base**2))
    column = next(j for j, row in enumerate(rows) if row.part is Part.TERM and row.degrees[k].at_zero is None)
    growth = rows[column].degrees[k].at_infinity
    plain_part = (values[:, column] / np.array([1.0, base, base**2]) ** float(growth.power)) ** float(
        1 / growth.log
    )
    steps = np.diff(plain_part)
    assert steps[0] > 0
    assert steps[1] == pytest.approx(steps[0], rel=1e3 * CLOSE)


def test_measured_degrees_notice_a_wrong_one() -> None:
    """Control: the comparison above fails for a run that is scaled otherwise than the table says."""
    rows, values = measured(THEOREM1, "C", Linear(ADAL, LOSS), (1, FACTOR))
    slopes = np.log(values[1] / values[0]) / np.log(FACTOR)
    wrong = [float(row.degrees[1].power) for row in rows]
    assert np.abs(slopes - wrong).min() > 0.5


FAR = [
    (THEOREM1, "B", Linear(ADAL, LOSS), 4.0**-10), (THEOREM1, "C", Linear(ADAL, LOSS), 4.0**-10),
    (THEOREM1, "B", Linear(ADAL, POINT), 4.0**-10), (THEOREM1, "C", Linear(ADAL, POINT), 4.0**-10),
    (THEOREM2, "sqrtTM", Smooth(LOSS), 4**12), (THEOREM2, "sqrtT_M", Smooth(LOSS), 4**12),
    (THEOREM2, "sqrtTM", Smooth(POINT), 4**12), (THEOREM2, "sqrtT_M", Smooth(POINT), 4**12),
    (THEOREM2, "sqrtTM", Smooth(COPIES), 4**8), (THEOREM2, "sqrtT_M", Smooth(COPIES), 4**5),
]  # fmt: skip


@pytest.mark.parametrize(
    ("theorem", "key", "run", "factor"),
    FAR,
    ids=[f"{th.id}.{key}-{run.scaling.factor}" for th, key, run, _ in FAR],
)
def test_far_in_the_direction_any_run_breaks_the_statement(theorem, key, run, factor) -> None:
    """An ordinary run that satisfies the bound violates it when scaled as the finding says."""
    end = End.ZERO if factor < 1 else End.INFINITY
    finding = degrees(theorem, key).findings[SCALINGS.index(run.scaling)]
    assert finding.breaks == (end,)
    outcomes = [
        next(c for c in checks(theorem, run(by, theorem.quantities)) if c.id.endswith(f".{key}")).verdict
        for by in (1, factor)
    ]
    assert outcomes[0] is not Verdict.VIOLATED
    assert outcomes[1] is Verdict.VIOLATED


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
