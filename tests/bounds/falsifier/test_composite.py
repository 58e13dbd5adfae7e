"""Composite regrets: the best fixed points, a search that finds what is false, and its certificates."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from sympy import Rational, S

from bounds import falsify
from bounds.certificates.binding import Binding, Bound, bind
from bounds.certificates.certificate import unclaimed
from bounds.certificates.certify import certify, excess, replayed, with_comparator
from bounds.certificates.checker import Refused, ReplayOutcome, check_certificate
from bounds.evaluate import check
from bounds.falsifier.evaluator import Batch, RegretEvaluator
from bounds.falsifier.fixed_points import Curve, Term, Total
from bounds.falsifier.sets.ball import Balls
from bounds.falsifier.sets.box import Boxes
from bounds.falsifier.sets.l1_ball import L1Balls
from bounds.falsifier.sets.polytope import Polytopes
from bounds.falsifier.sets.segment import Segments
from bounds.falsifier.sets.simplex import Simplices
from bounds.games import (
    Counterexample,
    ExactBall,
    ExactBox,
    ExactL1Ball,
    ExactSegment,
    ExactSimplex,
    LinearGame,
)
from bounds.scope import OutOfScope
from independent.replay import confirms
from online_sim import Box, Game, L2Ball, Periodic, play
from theory import LINEAR, Reading, Source, Theorem, proximal
from theory.algorithms.sgd import SGD_CONSTANT
from theory.composites.l1 import L1
from theory.composites.squared_l2 import SQUARED_L2
from theory.parameters import alpha
from theory.quantities import CumSum, First, Norm1, Norm2Squared, Regret, SumCoords
from theory.statement import Assumption, Requires
from theory.symbols import D_2, g, x
from theory.theorems.adagrad_composite import ADAGRAD_L1, MD_COROLLARY_L1
from theory.theorems.hazan import OGD_STRONG
from theory.theorems.shared import COMPACT, CONVEX, SEPARABLE

TERMS = {"l1": L1, "squared l2": SQUARED_L2}
STEPS = {name: proximal(SGD_CONSTANT, phi, weight=alpha) for name, phi in TERMS.items()}


CENTRED = tuple(
    Assumption(asked.value, asked)
    for asked in (Requires.BALL, Requires.START_AT_CENTRE, Requires.START_AT_ORIGIN)
)


def bound(name, factor=1, weight=S.One, *, centred=False):
    """Zinkevich's bound of f_t + phi, which is paid once more at x_1, times a factor.

    centred: for balls around 0 and from there.
    """
    phi = TERMS[name]
    rhs = D_2**2 / (2 * alpha) + alpha * CumSum(Norm2Squared(g)) / 2 + First(phi.value)
    return Theorem(
        "toy.composite", "Gradient descent with a composite term", Source("zinkevich2003", "none"),
        (STEPS[name],), Regret(weight, phi.value), (Reading("l2", factor * rhs, ""),),
        (CONVEX, COMPACT, *(CENTRED if centred else [SEPARABLE] if phi.boxes_only else [])),
        measures="regret with phi",
    )  # fmt: skip


KINDS = {"box": Boxes(), "l2": Balls(), "l1": L1Balls(), "simplex": Simplices(), "segment": Segments(),
         "polytope": Polytopes(4)}  # fmt: skip
CASES = [("squared l2", kind, curved) for kind in KINDS for curved in (False, True)]
CASES += [("l1", "box", False), ("l1", "box", True)]
CASES += [("l1", kind, False) for kind in ("l2", "l1", "simplex")]


@pytest.mark.parametrize(("name", "kind", "curved"), CASES)
def test_no_point_of_the_set_is_better_than_the_best_fixed_point(name, kind, curved) -> None:
    """Random points of each set, near the best one too; and the value is that of the best one."""
    rng = np.random.default_rng([len(name), len(kind), curved])
    of, size, count, rounds = KINDS[kind], 2 if kind == "polytope" else 3, 20, 4
    ends = of.made(rng.normal(size=count), rng.normal(size=(count, of.entries(size))), size)
    total = rng.normal(size=(count, rounds, size)) * np.exp(rng.normal(size=(count, 1, 1)))
    weight = rng.uniform(0.5, 5, (count, rounds))
    lam = np.exp(rng.normal(size=(count, 1, 1)))
    curve = None
    if curved:
        place = rng.normal(size=(count, rounds, size))
        square = np.sum(place**2, axis=2) / weight + rng.uniform(0, 1, weight.shape)
        curve = Curve(rng.uniform(0.1, 2, (count, 1)), weight, place, square)
    term = Term(TERMS[name])
    found = Total(total, curve, term, weight, {"lam": lam})

    def value(y):
        own = weight * np.sum(lam * (np.abs(y) if name == "l1" else y**2 / 2), axis=2)
        return np.sum(total * y, axis=2) + own + (0.0 if curve is None else curve.value(y))

    least, sizes = found.least(ends, of)
    gaps = []
    for _ in range(400):
        y = of.point(ends, rng.uniform(-1, 1, (count, of.places(size))))[:, None]
        gaps.append(value(np.broadcast_to(y, total.shape)) - least)
    assert np.min(gaps) >= -1e-9 * np.max(sizes)
    assert np.min(gaps) < 0.2 * np.max(sizes)  # they come near


@pytest.mark.parametrize(("name", "ball"), [("l1", False), ("squared l2", False), ("squared l2", True)])
def test_the_regret_is_that_of_a_played_game(name, ball) -> None:
    """The comparator of `play` encloses the minimum by another method."""
    rng = np.random.default_rng(4)
    theorem, recurrence = bound(name), STEPS[name]
    kind, domain = (Balls(), L2Ball(2, radius=0.8)) if ball else (Boxes(), Box([-0.5, -1.0], [0.5, 1.0]))
    corners = [[0, 0], [0.8, 0.8]] if ball else [[-0.5, -1], [0.5, 1]]
    rows, start = rng.normal(size=(3, 2)), [0.25, -0.5]
    batch = Batch(
        rows[None], 0, 8, np.array([corners], dtype=float), np.array([start]), np.array([[0.3, 0.4]])
    )
    sides = RegretEvaluator(theorem, "l2", recurrence, kind=kind).sides(batch)
    game = Game(
        recurrence, LINEAR, Periodic(rows), domain, horizon=8, parameters={"alpha": 0.3, "lam": 0.4},
        start=start,
    )  # fmt: skip
    held = check(theorem, "l2", play(game, record=theorem.quantities, checkpoints="all"))
    assert np.all(sides.lhs[0] <= held.lhs_upper * (1 + 1e-9))
    assert sides.lhs[0] == pytest.approx(held.lhs_lower, rel=1e-6, abs=1e-6)
    assert sides.rhs[0] == pytest.approx(held.rhs, rel=1e-12)


HALF = Fraction(1, 2)
SETS = {
    "box": ExactBox((-1, -2), (1, HALF)), "ball": ExactBall((0, 0), 1), "l1 ball": ExactL1Ball((0, 0), 1),
    "simplex": ExactSimplex(2, 1), "segment": ExactSegment((-1, 0), (1, 1)),
}  # fmt: skip


@pytest.mark.parametrize("where", SETS)
@pytest.mark.parametrize("weighted", [False, True])
def test_the_comparator_of_a_certificate_is_the_best_one(where, weighted) -> None:
    """Replayed against points around it, none is better; the weights may change from round to round."""
    rng = np.random.default_rng(3)
    name = "squared l2"
    theorem, feasible = bound(name, weight=Norm1(g) if weighted else S.One), SETS[where]
    rows = tuple(tuple(Fraction(int(u), 8) for u in row) for row in rng.integers(-9, 9, (3, 2)))
    game = LinearGame.cyclic(STEPS[name], {"alpha": HALF, "lam": HALF}, feasible, feasible.centre, rows, 5)
    found = with_comparator(Counterexample(theorem, "l2", game))
    best = float(replayed(found)[0].mid())
    others = []
    for _ in range(60):
        near = tuple(
            u + Fraction(int(v), 64) for u, v in zip(found.comparator, rng.integers(-20, 20, 2), strict=True)
        )
        z = feasible.nearest(near, 12)
        others.append(float(replayed(replace(found, comparator=z))[0].mid()))
    assert max(others) <= best + 1e-9
    assert min(others) < best - 1e-3


def test_soft_thresholding_gives_the_comparator_on_a_box() -> None:
    """|sum of g_i| <= T lam keeps coordinate i at 0, exactly."""
    game = LinearGame.cyclic(
        STEPS["l1"], {"alpha": HALF, "lam": HALF}, SETS["box"], (0, 0), ((1, Fraction(1, 4)), (2, 0)), 4
    )
    assert with_comparator(Counterexample(bound("l1"), "l2", game)).comparator == (-1, 0)


@pytest.mark.parametrize(
    ("name", "kind", "centred"),
    [
        ("l1", None, False),
        ("l1", "l2", True),
        ("squared l2", None, False),
        ("squared l2", "l2", False),
        ("squared l2", "simplex", False),
    ],
)
def test_half_of_the_bound_is_found_and_certified(name, kind, centred) -> None:
    """Must-fail control: the true bound survives; half of it falls, in the checker and in another replay."""
    true = bound(name, centred=centred)
    assert not falsify(true, "l2", STEPS[name], set_kind=kind, evaluations=20_000).violated
    half = bound(name, Rational(1, 4 if centred else 2), centred=centred)  # from the centre D_2 is too much
    found = falsify(half, "l2", STEPS[name], set_kind=kind, evaluations=40_000)
    assert found.violated
    raw = certify(found.best)
    assert check_certificate(raw).outcome is ReplayOutcome.CERTIFIED
    assert confirms(raw)


def certificate(**changes):
    """A certificate of half the bound in one round on [-1, 1], with some fields of its parts changed."""
    theorem = bound("l1", Rational(1, 2))
    game = LinearGame.cyclic(
        STEPS["l1"], {"alpha": 1, "lam": Fraction(1, 100)}, ExactBox((-1,), (1,)), (1,), ((1,),), 1
    )
    file = json.loads(certify(Counterexample(theorem, "l2", game)))
    for part, fields in changes.items():
        file[part] |= fields
    return json.dumps(file).encode()


def test_a_corrupted_certificate_is_not_accepted() -> None:
    """A larger claim, a worse comparator, another phi, and a comparator outside."""
    assert check_certificate(certificate()).outcome is ReplayOutcome.CERTIFIED
    assert confirms(certificate())
    text = json.loads(certificate())["statement"]["lhs"]
    assert text == "CumSum(f + SumCoords(lam * abs(x)) - LossAt(z) - SumCoords(lam * abs(z)))"
    for changes in (
        {"claim": {"lhs_at_least": "21/10"}},
        {"game": {"comparator": ["1"]}},
        {"statement": {"lhs": "CumSum(f - LossAt(z) - 100 * SumCoords(lam * abs(z)))"}},
    ):
        raw = certificate(**changes)
        assert check_certificate(raw).outcome is ReplayOutcome.REFUTED
        assert not confirms(raw)
    with pytest.raises(Refused, match="outside"):
        check_certificate(certificate(game={"comparator": ["-2"]}))


def test_another_phi_under_the_name_of_a_statement_is_seen() -> None:
    """A certificate of a statement of this package holds its phi, or is none of it."""
    game = LinearGame.cyclic(
        ADAGRAD_L1, {"alpha": 1, "lam": Fraction(1, 100)}, ExactBox((-1,), (1,)), (0,), ((1,),), 1
    )
    file = unclaimed(Counterexample(MD_COROLLARY_L1, "stated", game, (-1,)))
    assert bind(json.dumps(file).encode()).bound is Bound.STATED
    file["statement"]["lhs"] = file["statement"]["lhs"].replace("lam", "2 * lam")
    assert bind(json.dumps(file).encode()) == Binding(Bound.ALTERED, ("statement.lhs",))


def test_another_term_than_that_of_the_step_is_refused() -> None:
    """The search and certificates count what the algorithm minimises."""
    theorem = bound("l1").asked_of(SGD_CONSTANT.name)
    with pytest.raises(OutOfScope, match="composite term"):
        falsify(theorem, "l2", SGD_CONSTANT, evaluations=100)
    game = LinearGame.cyclic(SGD_CONSTANT, {"alpha": 1}, ExactBox((-1,), (1,)), (1,), ((1,),), 1)
    with pytest.raises(OutOfScope, match="composite term"):
        excess(Counterexample(theorem, "l2", game))


def test_curved_losses_with_a_composite_term() -> None:
    """The comparator of strongly convex losses with phi, against other points of the interval."""
    phi = proximal(OGD_STRONG, SQUARED_L2, weight=1)
    theorem = replace(bound("squared l2"), algorithms=(phi,))
    strong = replace(
        theorem,
        readings=(Reading("l2", CumSum(SumCoords(x**2)) + 1, ""),),
        assumptions=(*theorem.assumptions, replace(CONVEX, condition=Requires.STRONGLY_CONVEX)),
    )
    game = LinearGame.cyclic(phi, {"mu": 1, "lam": HALF}, ExactBox((-1,), (1,)), (1,), ((1,), (-1,)), 5)
    found = with_comparator(Counterexample(strong, "l2", replace(game, curved=True)))
    best = float(replayed(found)[0].mid())
    others = [float(replayed(replace(found, comparator=(Fraction(k, 20),)))[0].mid()) for k in range(-20, 21)]
    assert max(others) <= best + 1e-9
    assert min(others) < best - 0.1
