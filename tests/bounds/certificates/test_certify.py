"""Writing certificates: the right comparator, claims that hold, statements bound to the package's own."""

import json
from fractions import Fraction as F

import jsonschema
import pytest

from bounds.certificates import certificate
from bounds.certificates.binding import Bound, bind
from bounds.certificates.certify import certain_sides, certify, excess, with_comparator
from bounds.certificates.checker import ReplayOutcome, check_certificate
from bounds.certificates.from_game import exact_game
from bounds.games import (
    Block,
    Counterexample,
    DescentGame,
    ExactBall,
    ExactBox,
    ExactL1Ball,
    ExactSegment,
    ExactSimplex,
    LinearGame,
    exact,
)
from online_sim.domains import Box, Ellipsoid, L1Ball, L2Ball, Simplex
from online_sim.game import Game
from online_sim.streams import AllPaths, constant, skewed, wrong_end
from theory.algorithms.adal import ADAL, ADAL_R1
from theory.losses.half_square import NOISY_HALF_SQUARE
from theory.losses.linear import LINEAR
from theory.losses.logistic import LOGISTIC
from theory.losses.piecewise_quadratic import Slope, piecewise_quadratic, quadratic_slope
from theory.losses.scaled import scaled
from theory.symbols import d
from theory.theorems.adal import THEOREM1, THEOREM2, theorem2
from theory.theorems.repaired import R

SCHEMA = json.loads(certificate.SCHEMA.read_text(encoding="utf-8"))
NO_EPS = {"alpha": 1, "beta1": 0, "beta2": "1/2"}


def test_written_certificates_satisfy_the_schema(linear, segment, descent) -> None:
    """The three kinds validate; a float, a missing field and a stray one do not."""
    validator = jsonschema.Draft202012Validator(SCHEMA)
    for file in (linear, segment, descent):
        validator.validate(file)
    for broken in ({**linear, "more": 1}, {**linear, "claim": {"lhs_at_least": 0.5, "rhs_at_most": "1"}}):
        assert not validator.is_valid(broken)


def test_the_comparator_is_the_best_point() -> None:
    """For the plain regret from the sum of the rows, for a weighted one by trying the extreme points."""
    game = LinearGame.cyclic(
        ADAL_R1, NO_EPS, ExactBox((-1, -1), (1, 1)), (0, 0), ((3, -2), (-1, 1), (-1, F(1, 2))), 7
    )
    plain = with_comparator(Counterexample(THEOREM1.asked_of(ADAL_R1.name), "C", game))
    assert plain.comparator == (-1, 1)
    weighted = with_comparator(Counterexample(R, "D", game))
    lefts = {z: certain_sides(Counterexample(R, "D", game, z))[0] for z in game.feasible.extreme_points()}
    assert lefts[weighted.comparator] == max(lefts.values())
    assert len(set(lefts.values())) == 4


def test_what_is_not_violated_is_not_certified() -> None:
    """Theorem R is true: no certificate, and the excess is negative."""
    game = LinearGame.cyclic(ADAL_R1, NO_EPS, ExactBox((-1,), (1,)), (1,), ((F(2, 5),), (-1,)), 7)
    example = Counterexample(R, "D", game)
    assert excess(example) < 0
    with pytest.raises(ValueError, match="is not violated in round 7"):
        certify(example)


def test_a_narrow_violation_is_certified_with_more_digits() -> None:
    """Reading C ties at g = 2/(2 + sqrt 2) = 0.58578643762...; a gradient just below it exceeds by 1e-8."""
    given = {"alpha": 1, "beta1": 0, "beta2": "1/2", "eps": 0}
    for gradient, violates in (("0.58578643", True), ("0.58578644", False)):
        game = LinearGame.cyclic(ADAL, given, ExactBox((-1,), (1,)), (1,), ((gradient,),), 1)
        example = Counterexample(THEOREM1, "C", game)
        assert (excess(example) > 0) == violates
        if violates:
            assert check_certificate(certify(example)).outcome is ReplayOutcome.CERTIFIED
        else:
            with pytest.raises(ValueError, match="not violated"):
                certify(example)


def test_a_broken_assumption_is_not_certified() -> None:
    """gamma = beta1^2/beta2 >= 1 lies outside the statement, however large the regret."""
    given = {"alpha": 1, "beta1": "3/4", "beta2": "1/2", "eps": 0}
    game = LinearGame.cyclic(ADAL, given, ExactBox((-1,), (1,)), (1,), ((F(1, 100),),), 1)
    assert excess(Counterexample(THEOREM1, "C", game)) == float("-inf")


def test_claims_are_short_and_hold(linear) -> None:
    """Six digits, certified at the first precision."""
    assert linear["claim"] == {"lhs_at_least": "799999/1000000", "rhs_at_most": "546275/1000000"}
    answer = check_certificate(certificate.certificate_bytes(linear))
    assert (answer.outcome, answer.precision) == (ReplayOutcome.CERTIFIED, 128)


def test_statements_are_bound_to_the_package(linear, descent) -> None:
    """The package's own text; asked of a sibling; a file's own; and altered under a known name."""
    assert bind(certificate.certificate_bytes(linear)).bound is Bound.STATED
    assert bind(certificate.certificate_bytes(descent)).bound is Bound.STATED
    game = LinearGame.cyclic(ADAL_R1, NO_EPS, ExactBox((-1,), (1,)), (1,), ((F(1, 9),),), 1)
    asked = certify(Counterexample(THEOREM1.asked_of(ADAL_R1.name), "C", game))
    assert bind(asked).bound is Bound.ASKED
    own = {**linear, "statement": {**linear["statement"], "theorem": "my.theorem"}}
    assert bind(certificate.certificate_bytes(own)).bound is Bound.FOREIGN
    weaker = {**linear, "statement": {**linear["statement"], "rhs": "0"}}
    found = bind(certificate.certificate_bytes(weaker))
    assert (found.bound, found.differences) == (Bound.ALTERED, ("statement.rhs",))


def test_what_the_reader_chooses_is_no_alteration() -> None:
    """vhat_0 is a constant that Theorem 2 leaves open; any other letter is not."""
    letters = (((600,), F(1, 4)), ((-200,), F(3, 4)))
    given = {"alpha": "1/2", "beta1": 0, "beta2": "1/2", "eps": 0}
    game = DescentGame(ADAL, given, quadratic_slope(200), (0,), 4, letters=letters)
    raw = certify(Counterexample(theorem2(vhat_0_is=200**4), "sqrtTM", game))
    assert bind(raw).bound is Bound.STATED
    file = json.loads(raw)
    file["statement"]["letters"][0]["formula"] = "0"
    assert bind(certificate.certificate_bytes(file)).bound is Bound.ALTERED


def test_a_played_game_becomes_an_exact_one() -> None:
    """Floats are read as the decimals they print as; sets, streams and noise keep their numbers."""
    given = {"alpha": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
    box = Box(-0.3, 1, dimension=1)
    game = exact_game(Game(ADAL, LINEAR, wrong_end(2, 3), box, horizon=9, parameters=given, start=[-0.3]))
    assert isinstance(game, LinearGame)
    assert dict(game.parameters) == {
        "alpha": F(1, 10),
        "beta1": F(9, 10),
        "beta2": F(999, 1000),
        "eps": F(1, 10**8),
    }
    assert (game.feasible, game.start) == (ExactBox((F(-3, 10),), (1,)), (F(-3, 10),))
    assert [row[0] for row in game.rows] == [2, -1, -1, -1, 2, -1, -1, -1, 2]
    flat = exact_game(Game(ADAL, LINEAR, constant([0.1, 1]), Simplex(2), horizon=1, parameters=given))
    assert isinstance(flat, LinearGame)
    assert flat.feasible == ExactSegment((1, 0), (0, 1))
    noise = AllPaths(skewed(200))
    noisy = exact_game(Game(ADAL, scaled(NOISY_HALF_SQUARE, 200), noise, horizon=4, parameters=given))
    assert isinstance(noisy, DescentGame)
    assert noisy.slope == quadratic_slope(200)
    assert noisy.letters == (((600,), F(1, 4)), ((-200,), F(3, 4)))
    with pytest.raises(ValueError, match="no certificate can hold this game"):
        exact_game(Game(ADAL, LOGISTIC, constant([1.0, 1]), L2Ball(2), horizon=1, parameters=given))
    with pytest.raises(ValueError, match="no certificate can hold ellipsoid"):
        exact_game(Game(ADAL, LINEAR, constant([1.0, 1]), Ellipsoid([1.0, 2]), horizon=1, parameters=given))
    for domain, exact_ball in ((L2Ball, ExactBall), (L1Ball, ExactL1Ball)):
        around = domain(2, radius=1.5, centre=[0.1, 0])
        ball = exact_game(Game(ADAL, LINEAR, constant([1.0, 1]), around, horizon=1, parameters=given))
        assert ball.feasible == exact_ball((F(1, 10), 0), F(3, 2))
    corner = exact_game(Game(ADAL, LINEAR, constant([1.0, 1, 0]), Simplex(3), horizon=1, parameters=given))
    assert (corner.feasible, corner.start) == (ExactSimplex(3), (F(1, 3),) * 3)


@pytest.mark.parametrize("value", [0.5, True, "x", "1/0", None, float("nan")])
def test_only_exact_numbers_make_a_game(value) -> None:
    """A float, a boolean and what is not a number are refused."""
    with pytest.raises(ValueError, match="`value`"):
        exact(value)


BAD_GAMES = [
    ({"start": (2,)}, "not a point of the set"),
    ({"pattern": ()}, "no rows"),
    ({"pattern": ((1, 2),)}, r"the point z_t = \(2\), which is not a point of the set"),
    ({"pattern": ((1, 1, 1),)}, "must have 1 numbers"),
    ({"horizon": 0}, "at least 1"),
    ({"parameters": {"alpha": 1}}, "needs alpha, beta1"),
    ({"parameters": {**NO_EPS, "eps": -1}}, "out of range"),
]


@pytest.mark.parametrize(("change", "says"), BAD_GAMES)
def test_games_that_do_not_fit_together_are_refused(change, says: str) -> None:
    """Every mistake gets one sentence."""
    fields = {
        "recurrence": ADAL, "parameters": {**NO_EPS, "eps": 0}, "feasible": ExactBox((-1,), (1,)),
        "start": (0,), "pattern": ((1,),), "horizon": 1,
    }  # fmt: skip
    with pytest.raises(ValueError, match=says):
        LinearGame.cyclic(**{**fields, **change})


def test_a_comparator_outside_the_set_is_refused() -> None:
    """Before anything is written."""
    game = LinearGame.cyclic(ADAL, {**NO_EPS, "eps": 0}, ExactBox((-1,), (1,)), (1,), ((F(2, 5),),), 1)
    with pytest.raises(ValueError, match="`comparator`"):
        Counterexample(THEOREM1, "C", game, (2,))
    with pytest.raises(ValueError, match="no reading"):
        Counterexample(THEOREM1, "Q", game)


SLOPES = [
    quadratic_slope(3),
    Slope(((-1, -1), (1, 1)), 0, 0),
    Slope(((0, -1), (F(2, 3), F(-1, 3)), (223, F(-1, 3)), (F(670, 3), 0)), 0, 0),
    Slope(((-1, 2), (0, -1), (2, 1)), F(1, 2), 4),
]


@pytest.mark.parametrize("slope", SLOPES, ids=str)
def test_a_piecewise_quadratic_knows_its_constants(slope: Slope) -> None:
    """phi' is the derivative of phi, |phi''| <= L is reached, min phi is reached and never undercut."""
    grid = [F(k, 16) for k in range(-64, 4000, 1)]
    step = F(1, 16)
    values = [slope.value(u) for u in grid]
    assert min(values) >= slope.minimum
    candidates = [k for k, _ in slope.knots] + [p.knot - p.slope / p.bend for p in slope.pieces if p.bend]
    assert slope.minimum in {slope.value(u) for u in candidates}
    second = [
        abs(after - 2 * now + before) / step**2
        for before, now, after in zip(values, values[1:], values[2:], strict=False)
    ]
    assert max(second) <= slope.smoothness
    loss = piecewise_quadratic(slope)
    assert loss.smoothness == exact_sympy(slope.smoothness)
    assert loss.minimum == d * exact_sympy(slope.minimum)


def exact_sympy(q: F):
    """A Fraction for sympy."""
    from sympy import Rational

    return Rational(q.numerator, q.denominator)


@pytest.mark.parametrize(
    ("knots", "left", "right"), [((), 1, 1), (((0, 1),), 0, 1), (((0, 0), (0, 1)), 1, 1), (((0, 0),), -1, 1)]
)
def test_a_slope_without_a_minimum_is_refused(knots, left, right) -> None:
    """No knots, knots out of order, or a function that falls for ever."""
    with pytest.raises(ValueError, match=r"knots|bounded below"):
        Slope(knots, left, right)


def test_theorem_2_is_about_the_function_it_says(descent) -> None:
    """L and min f are those of 100 x^2: the checker finds them from the knots alone."""
    for letter, value in (("L", "200"), ("f_star", "0")):
        changed = json.loads(json.dumps(descent))
        changed["statement"]["assumptions"] = [f"{letter} >= {value}", f"{letter} <= {value}"]
        assert check_certificate(certificate.certificate_bytes(changed)).outcome is ReplayOutcome.CERTIFIED
    assert THEOREM2.id == descent["statement"]["theorem"]


def test_a_repeated_pattern_takes_a_few_hundred_bytes() -> None:
    """3, then -1 nine times, 6650 times, then -1 3500 times: refused when every row was written out."""
    pattern = ((F(3),), *[(F(-1),)] * 9)
    stream = (Block(pattern, 6650), Block(((F(-1),),), 3500))
    given = {**NO_EPS, "alpha": 1}
    game = LinearGame(ADAL_R1, given, ExactBox((-1,), (1,)), (-1,), stream)
    assert (game.horizon, game.row(1), game.row(66_491), game.row(66_501), game.row(70_000)) == (
        70_000, (3,), (3,), (-1,), (-1,),
    )  # fmt: skip
    raw = certify(Counterexample(THEOREM1.asked_of(ADAL_R1.name), "A", game))
    file = json.loads(raw)
    assert len(json.dumps(file["game"])) < 500
    assert [block["times"] for block in file["game"]["stream"]] == [6650, 3500]
    written_out = LinearGame(ADAL_R1, given, ExactBox((-1,), (1,)), (-1,), (Block(game.rows),))
    assert written_out == game
