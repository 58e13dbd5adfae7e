"""The sets that a certificate may have: their projections, sizes and properties in the checker."""

import json
from fractions import Fraction as F
from itertools import combinations, product

import cvxpy
import numpy as np
import pytest
from flint import ctx, fmpq

from ball_projections import projections
from bounds.certificates.certificate import certificate_bytes, unclaimed
from bounds.certificates.certify import NO_CLAIM, certify
from bounds.certificates.checker import Refused, ReplayOutcome, check_certificate
from bounds.certificates.checker.formulas import BallProgram
from bounds.certificates.checker.reading import read
from bounds.certificates.checker.replay import replay
from bounds.certificates.verification import verify_certificate
from bounds.games import (
    Block,
    Counterexample,
    ExactBall,
    ExactBox,
    ExactL1Ball,
    ExactPolytope,
    ExactSegment,
    ExactSimplex,
    LinearGame,
)
from certificate_fields import with_field
from independent.replay import confirms
from online_sim.domains import L1Ball, L2Ball, Simplex
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams import Periodic
from theory.algorithms.registry import algorithms
from theory.losses.linear import LINEAR
from theory.quantities import CumSum, Dot, SumCoords
from theory.symbols import g, x, z
from theory.theorems.adal import THEOREM1

SGD = algorithms()["SGD[schedule=constant]"]
SETS = {
    "box": ExactBox((-1, 0, F(1, 3)), (1, F(1, 2), 2)),
    "segment": ExactSegment((1, 0, 0), (0, F(1, 2), 2)),
    "simplex": ExactSimplex(3, F(3, 2)),
    "ball": ExactBall((F(1, 3), 0, -1), F(5, 4)),
    "l1_ball": ExactL1Ball((F(1, 3), 0, -1), F(5, 4)),
    "polytope": ExactPolytope(((0, 0, 0), (1, 0, F(1, 2)), (0, 2, 0), (-1, 0, 1))),
}
ROWS = [[F(int(v), 8) for v in row] for row in np.random.default_rng(3).integers(-20, 21, size=(12, 3))]


def exact_simplex_point(y: list[F], w: list[F], total: F) -> list[F]:
    """The projection onto a simplex in rationals, from the active set that is optimal."""
    for size in range(1, len(y) + 1):
        for active in combinations(range(len(y)), size):
            root = (sum(y[i] for i in active) - total) / sum(1 / w[i] for i in active)
            point = [y[i] - root / w[i] if i in active else F(0) for i in range(len(y))]
            if min(point) >= 0 and all(y[i] - root / w[i] <= 0 for i in range(len(y)) if i not in active):
                return point
    raise AssertionError("a projection exists")


def test_a_simplex_is_projected_onto_exactly() -> None:
    """In rationals with weights 1 + g^2: every ball contains the coordinate, and is narrow."""
    found = projections(SETS["simplex"], "1 + g ** 2", ROWS)
    interior = 0
    for row, point in zip(ROWS, found, strict=True):
        expected = exact_simplex_point(row, [1 + q * q for q in row], F(3, 2))
        interior += min(expected) > 0
        with ctx.workprec(1024):
            for ball, q in zip(point, expected, strict=True):
                assert ball.contains(fmpq(q.numerator, q.denominator))
                assert float(ball.rad()) < 1e-30
    assert 0 < interior < len(ROWS)  # the rows vary: several active sets occur


def exact_l1_point(y: list[F], w: list[F], shape: ExactL1Ball) -> list[F]:
    """The projection onto an l1 ball in rationals: the point itself, or that of a simplex with signs."""
    ways = [u - c for u, c in zip(y, shape.middle, strict=True)]
    if sum(map(abs, ways)) <= shape.reach:
        return y
    sizes = exact_simplex_point([*map(abs, ways)], w, shape.reach)
    return [c + (s if way > 0 else -s) for c, s, way in zip(shape.middle, sizes, ways, strict=True)]


def test_an_l1_ball_is_projected_onto_exactly() -> None:
    """In rationals with weights 1 + g^2: every ball contains the coordinate, and is narrow."""
    shape = SETS["l1_ball"]
    rows = [*ROWS, [F(1, 2), F(1, 4), F(-1)], [F(1, 3), F(0), F(-1)], [F(1, 3), F(-2), F(-1)]]
    cut, kept = 0, 0
    for row, point in zip(rows, projections(shape, "1 + g ** 2", rows), strict=True):
        expected = exact_l1_point(row, [1 + q * q for q in row], shape)
        kept += expected == row
        cut += any(u == c != y for u, c, y in zip(expected, shape.middle, row, strict=True))
        with ctx.workprec(1024):
            for ball, q in zip(point, expected, strict=True):
                assert ball.contains(fmpq(q.numerator, q.denominator))
                assert float(ball.rad()) < 1e-30
    # The rows vary: some lie inside, and some are moved onto a corner or an edge.
    assert kept >= 2
    assert cut >= 2


TIES = {
    "on a face": [F(5, 6), F(1, 2), F(-5, 4)],
    "on a corner": [F(1, 3), F(5, 4), F(-1)],
    "beyond a corner, along its axis": [F(1, 3), F(3), F(-1)],
    "where a coordinate just vanishes": [F(1, 3) + 2, F(3, 4), F(-1)],
}


@pytest.mark.parametrize("name", sorted(TIES))
def test_ties_on_an_l1_ball_stay_narrow(name: str) -> None:
    """Where two active sets fit: the balls contain the point in rationals, and are narrow."""
    shape, row = SETS["l1_ball"], TIES[name]
    expected = exact_l1_point(row, [F(2)] * 3, shape)
    (point,) = projections(shape, "2", [row])
    with ctx.workprec(1024):
        for ball, q in zip(point, expected, strict=True):
            assert ball.contains(fmpq(q.numerator, q.denominator))
            assert float(ball.rad()) < 1e-30


@pytest.mark.parametrize(
    ("name", "metric"),
    [*product(("simplex", "ball", "l1_ball"), ("0", "-1")), ("simplex", "g"), ("l1_ball", "g")],
)
def test_a_metric_that_is_not_positive_gives_no_point(name: str, metric: str) -> None:
    """The control: the projection is undefined, not guessed, where a weight is 0 or negative."""
    (point,) = projections(SETS[name], metric, [[F(-3), F(0), F(2)]])
    assert not any(ball.is_finite() for ball in point)


def test_a_set_may_have_twenty_corners() -> None:
    """Those of an l1 ball of ten coordinates, or of a simplex of twenty; more are refused."""
    rows = [[F(k, 4) for k in range(9)]]
    for shape in (ExactL1Ball((F(0),) * 9, F(1)), ExactSimplex(9)):
        (point,) = projections(shape, "2", rows)
        assert [float(u) for u in point] == pytest.approx([0] * 6 + [1 / 12, 1 / 3, 7 / 12])
    for many in (ExactL1Ball((F(0),) * 11, F(1)), ExactSimplex(21)):
        with pytest.raises(Refused, match="more than 20 corners"):
            projections(many, "2", [[F(1)] * many.dimension])


def test_numbers_too_long_to_project_give_no_point() -> None:
    """Weights with millions of binary digits: undefined, in no time."""
    for name in ("simplex", "ball"):
        (point,) = projections(SETS[name], "exp(g ** 16)", [[F(3), F(2), F(2)]])
        assert not any(ball.is_finite() for ball in point)


@pytest.mark.parametrize("name", sorted(SETS))
def test_projections_are_those_of_a_solver(name: str) -> None:
    """Every kind of set, with weights that differ, against cvxpy."""
    shape = SETS[name]
    found = projections(shape, "1 + g ** 2", ROWS)
    for row, point in zip(ROWS, found, strict=True):
        y, u = np.array([float(q) for q in row]), cvxpy.Variable(3)
        if name in ("box", "segment"):
            begin, end = (np.array([float(q) for q in corner]) for corner in shape.ends)
            share = cvxpy.Variable(3 if name == "box" else 1)
            limits = [u == begin + cvxpy.multiply(share, end - begin), share >= 0, share <= 1]
        elif name == "polytope":
            share = cvxpy.Variable(4)
            corners = np.array([[float(q) for q in corner] for corner in shape.corners])
            limits = [u == share @ corners, share >= 0, cvxpy.sum(share) == 1]
        elif name == "simplex":
            limits = [u >= 0, cvxpy.sum(u) == 1.5]
        else:
            limits = [cvxpy.norm(u - np.array([1 / 3, 0, -1]), 2 if name == "ball" else 1) <= 1.25]
        goal = cvxpy.Minimize(cvxpy.sum(cvxpy.multiply(1 + y**2, cvxpy.square(u - y))))
        cvxpy.Problem(goal, limits).solve(solver=cvxpy.CLARABEL)
        # The solver's own tolerance is 1e-8 on the objective, so about its root on the point.
        assert [float(ball) for ball in point] == pytest.approx(u.value, abs=2e-4)


@pytest.mark.parametrize("algorithm", ["SGD[schedule=constant]", "SGD", "AdaL", "AMSGrad"])
@pytest.mark.parametrize("name", ["simplex", "ball", "l1_ball"])
def test_a_replay_goes_the_way_of_the_simulator(algorithm: str, name: str) -> None:
    """The regret and the last point agree with numpy's."""
    recurrence = algorithms()[algorithm]
    given = {p.name: F(str(p.default)) if p.default is not None else F(1, 10) for p in recurrence.parameters}
    rows, floats = ROWS[:6], np.array([[float(q) for q in row] for row in ROWS[:6]])
    shape, start = SETS[name], SETS[name].centre
    corner = shape.extreme_points()[0]
    game = LinearGame(recurrence, given, shape, start, (Block(tuple(map(tuple, rows))),))
    file = json.loads(certificate_bytes(unclaimed(Counterexample(THEOREM1, "C", game, corner))))
    file["claim"] = NO_CLAIM
    file["statement"] |= {"letters": [], "assumptions": [], "requires": [], "rhs": "SumCoords(x * (x + 2))"}
    parsed = read(certificate_bytes(file))
    left, right, _, broken = replay(parsed, BallProgram(parsed), 128)
    around = {"radius": 1.25, "centre": [1 / 3, 0, -1]}
    domain = {"simplex": Simplex(3, 1.5), "ball": L2Ball(3, **around), "l1_ball": L1Ball(3, **around)}[name]
    played = Game(
        recurrence, LINEAR, Periodic(floats), domain, horizon=6, start=[float(q) for q in start],
        parameters={k: float(v) for k, v in given.items()},
    )  # fmt: skip
    sides = [CumSum(Dot(g, x - z)), SumCoords(x * (x + 2))]
    against = {z: [float(q) for q in corner]}
    trace = play(played, vectors=against, record=sides, checkpoints="all", engine="numpy")
    regret, points = (trace.scalars[str(q)][0, -1] for q in sides)
    assert not broken
    # Six rounds; the simulator's projection onto a ball is accurate to about 1e-15, relatively.
    assert float(left) == pytest.approx(regret, abs=1e-11)
    assert float(right) == pytest.approx(points, abs=1e-11)


def small_step(shape, start, gradient) -> Counterexample:
    """One round with a small gradient, which refutes Theorem 1 on any set: the bound has a larger degree."""
    given = {"alpha": 1, "beta1": 0, "beta2": F(1, 2), "eps": 0}
    game = LinearGame(algorithms()["AdaL"], given, shape, start, (Block((gradient,)),))
    return Counterexample(THEOREM1, "C", game)


CERTIFIED = {
    "simplex": small_step(ExactSimplex(3), (1, 0, 0), (F(1, 100), F(-1, 100), 0)),
    "interval as a ball": small_step(ExactBall((F(1, 2),), F(1, 2)), (1,), (F(1, 100),)),
    "polytope": small_step(ExactPolytope(((0, 0), (1, 0), (0, 1))), (0, 0), (F(-1, 100), F(1, 200))),
    "l1 ball": small_step(ExactL1Ball((0, F(1, 2)), 1), (1, F(1, 2)), (F(1, 100), F(-1, 200))),
}


@pytest.mark.parametrize("name", sorted(CERTIFIED))
def test_a_game_over_the_set_is_certified(name: str) -> None:
    """By the checker, by the independent replay, as the package's own statement, in well under 64 kB."""
    raw = certify(CERTIFIED[name])
    found = verify_certificate(raw)
    assert found.accepted, found.problem
    assert confirms(raw)
    assert len(raw) < 4000


BAD_SETS = [
    ("simplex", {"total": "0"}, "a positive rational"),
    ("simplex", {"total": "2"}, "outside"),
    ("simplex", {"radius": "1"}, "fields"),
    ("interval as a ball", {"radius": "-1/2"}, "a positive rational"),
    ("interval as a ball", {"radius": "1/4"}, "outside"),
    ("interval as a ball", {"centre": ["1/2", "0"]}, "coordinates"),
    ("interval as a ball", {"radius": 1}, "rational"),
    ("l1 ball", {"radius": "0"}, "a positive rational"),
    ("l1 ball", {"radius": "-1"}, "a positive rational"),
    ("l1 ball", {"radius": "99/100"}, "outside"),
    ("l1 ball", {"centre": ["0", "51/100"]}, "outside"),
    ("l1 ball", {"centre": ["0"]}, "coordinates"),
    ("l1 ball", {"total": "1"}, "fields"),
    ("l1 ball", {"kind": "l3_ball"}, "must be one of box, segment, simplex, ball, l1_ball, polytope"),
    ("polytope", {"corners": []}, "at least one corner"),
    ("polytope", {"corners": [["1", "0"], ["0", "1/2"]]}, "outside"),
    ("polytope", {"corners": [["0", "0"], ["1", "0"], ["1"]]}, "coordinates"),
    ("polytope", {"corners": [["0", "0"], ["1", "0"], [0, 1]]}, "rational"),
    ("polytope", {"corners": [["0", str(k)] for k in range(21)]}, "more than 20 corners"),
    ("polytope", {"radius": "1"}, "fields"),
]


@pytest.mark.parametrize(("name", "change", "says"), BAD_SETS)
def test_a_wrong_set_is_refused(name: str, change: dict, says: str) -> None:
    """The control: a set without points, points outside it, other fields."""
    file = json.loads(certify(CERTIFIED[name]))
    file["game"]["set"] |= change
    with pytest.raises(Refused, match=says):
        check_certificate(certificate_bytes(file))


@pytest.mark.parametrize("name", sorted(CERTIFIED))
@pytest.mark.parametrize("field", ["point", "metric"])
def test_an_expectation_has_no_place_in_a_step(name: str, field: str) -> None:
    """It is known only after the last round: refused, over every kind of set."""
    file = json.loads(certify(CERTIFIED[name]))
    file["algorithm"][field] = f"{file['algorithm'][field]} + Expectation(SumCoords(g))"
    with pytest.raises(Refused, match="no place in a round"):
        check_certificate(certificate_bytes(file))


def test_a_smaller_comparator_set_is_noticed() -> None:
    """The diameter belongs to the set: a simplex twice as large has a larger bound, and no violation."""
    file = json.loads(certify(CERTIFIED["simplex"]))
    file = with_field(file, ["game", "set", "total"], "50")
    for point in ("start", "comparator"):
        file = with_field(file, ["game", point], [str(50 * F(q)) for q in file["game"][point]])
    file["claim"] = {"lhs_at_least": "1/100", "rhs_at_most": "1/200"}
    assert check_certificate(certificate_bytes(file)).outcome is ReplayOutcome.REFUTED


PROPERTIES = [
    (ExactSimplex(3), (F(1, 3),) * 3, {"PROBABILITY_SIMPLEX", "START_AT_CENTRE"}),
    (ExactSimplex(3, 2), (0, 0, 2), set()),
    (ExactBall((0, 0), 2), (0, 0), {"BALL", "CONTAINS_ORIGIN", "START_AT_ORIGIN", "START_AT_CENTRE"}),
    (ExactBall((3, 0), 2), (3, 1), {"BALL"}),
    (ExactL1Ball((0, 0), 2), (0, 0), {"CONTAINS_ORIGIN", "START_AT_ORIGIN", "START_AT_CENTRE"}),
    (ExactL1Ball((1, 0), 1), (1, 1), {"CONTAINS_ORIGIN"}),
    (ExactL1Ball((1, 1), 1), (1, 1), {"START_AT_CENTRE"}),
    (ExactL1Ball((3,), 1), (3,), {"BALL", "START_AT_CENTRE"}),
    (ExactPolytope(((0, 0), (1, 0), (0, 1))), (0, 0), {"CONTAINS_ORIGIN", "START_AT_ORIGIN"}),
    (ExactPolytope(((1, 0), (1, 1), (0, 1))), (1, 1), set()),
]


@pytest.mark.parametrize(("shape", "start", "shows"), PROPERTIES)
def test_the_checker_shows_what_the_game_has(shape, start, shows: set[str]) -> None:
    """The same properties on both sides, for every set with corners and for balls."""
    game = LinearGame(SGD, {"alpha": 1}, shape, start, (Block(((F(1),) * shape.dimension,)),))
    file = json.loads(certificate_bytes(unclaimed(Counterexample(THEOREM1, "C", game))))
    shown = {
        name
        for name, holds in read(certificate_bytes(file | {"claim": NO_CLAIM}))["game"]["shown"].items()
        if holds
    }
    assert shown == shows | {"CONVEX_LOSSES", "COMPACT_SET"}
    assert shown == {asked.name for asked in game.PROPERTIES if game.has(asked)}
