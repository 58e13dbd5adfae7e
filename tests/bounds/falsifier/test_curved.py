"""Strongly convex losses: the least curved ones are searched, certified and read back."""

import json
from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest
from sympy import Rational

from bounds.certificates.certificate import certificate_bytes
from bounds.certificates.certify import certify, excess_inside
from bounds.certificates.checker import Refused, ReplayOutcome, check_certificate
from bounds.falsifier.evaluator import Batch, RegretEvaluator
from bounds.falsifier.search import falsify
from bounds.games import Block, Counterexample, ExactBox, LinearGame
from bounds.shrinker.shrink import shrink
from theory.algorithms.sgd import SGD
from theory.statement import Requires
from theory.theorems.hazan import OGD_STRONG, THEOREM3_3


def with_factor(factor: F):
    """Steps 1/(mu t): regret at most a factor times G^2 (1 + log T)/(2 mu)."""
    (reading,) = THEOREM3_3.readings
    less = replace(reading, rhs=Rational(factor) * reading.rhs)
    return replace(THEOREM3_3, id="less.strong", readings=(less,))


def game(**options):
    """Two rounds over [-2, 1] x [-1, 3]."""
    given = {"curved": True, "parameters": {"mu": F(1, 2)}, **options}
    rows = Block(((F(1), F(-1, 3)), (F(-2, 7), F(1, 5))))
    box = ExactBox((-2, -1), (1, 3))
    return LinearGame(OGD_STRONG, given["parameters"], box, (F(1), F(0)), (rows,), given["curved"])


def test_the_bound_of_the_book_survives_and_a_smaller_one_falls() -> None:
    """The bound is tight at T = 1; with 9/10 of it a game is found, shrunk and certified."""
    true = falsify(with_factor(F(1)), "stated", OGD_STRONG, evaluations=40_000)
    assert not true.violated
    assert true.evidence
    assert true.ratio == pytest.approx(1, abs=1e-6)
    found = falsify(with_factor(F(9, 10)), "stated", OGD_STRONG, evaluations=40_000)
    assert found.violated
    assert found.best.game.curved
    small = shrink(found.best).counterexample
    raw = certify(small)
    assert check_certificate(raw).outcome is ReplayOutcome.CERTIFIED
    assert json.loads(raw)["game"]["kind"] == "curved"


def by_hand(played: LinearGame, z) -> float:
    """sum_t f_t(x_t) - f_t(z) for f_t(y) = <g_t, y> + mu/2 ||y - x_t||^2, round by round."""
    x, mu, total = np.array(played.start, dtype=float), float(played.modulus), 0.0
    low, high = (np.array(end, dtype=float) for end in (played.feasible.lower, played.feasible.upper))
    for t, row in enumerate(played.rows, start=1):
        g = np.array(row, dtype=float)
        total += g @ (x - z) - mu / 2 * np.sum((x - z) ** 2)
        x = np.clip(x - g / (0.5 * t), low, high)
    return total


def test_three_ways_to_the_regret() -> None:
    """By hand over a grid, by the evaluator, and by the checker with the best comparator."""
    played = game()
    grid = [np.array([a, b]) for a in np.linspace(-2, 1, 121) for b in np.linspace(-1, 3, 161)]
    best = max(by_hand(played, z) for z in grid)
    ends = np.array([[[-2.0, -1.0], [1.0, 3.0]]])
    rows = np.array([played.rows], dtype=float)
    batch = Batch(rows, 0, 2, ends, np.array([[1.0, 0.0]]), np.array([[0.5]]))
    lhs = RegretEvaluator(THEOREM3_3, "stated", OGD_STRONG).sides(batch).lhs[0, -1]
    assert best <= lhs + 1e-12
    assert lhs == pytest.approx(best, abs=1e-3)  # the grid is 1/40 wide, and the maximum is flat
    (reading,) = THEOREM3_3.readings
    nearly = replace(reading, rhs=Rational(F(f"{0.999 * lhs:.6f}")))
    found = Counterexample(replace(THEOREM3_3, readings=(nearly,)), "stated", played)
    assert excess_inside(found) == pytest.approx(1e-3, rel=0.01)


def test_only_curved_games_are_strongly_convex() -> None:
    """A linear game lacks the property; a curved one needs its modulus."""
    assert game(curved=False).lacks(THEOREM3_3) is not None
    assert game().lacks(THEOREM3_3) is None
    assert game().PROPERTIES[Requires.STRONGLY_CONVEX](game())
    linear = LinearGame(SGD, {"alpha": 1}, ExactBox((-1,), (1,)), (F(0),), (Block(((F(1),),)),))
    with pytest.raises(ValueError, match="needs a parameter mu > 0"):
        replace(linear, curved=True)


@pytest.mark.parametrize(
    ("place", "value", "outcome"),
    [
        (("game", "kind"), "linear", "STRONGLY_CONVEX"),
        (("game", "parameters"), {"mu": "-1/2"}, "STRONGLY_CONVEX"),
        (("claim", "lhs_at_least"), "9/10", None),
    ],
)
def test_a_changed_file_is_not_accepted(place, value, outcome) -> None:
    """Linear losses, a negative modulus, and a claim that is too large."""
    found = falsify(with_factor(F(1, 2)), "stated", OGD_STRONG, evaluations=4000, dimensions=(1,))
    file = json.loads(certify(shrink(found.best).counterexample))
    file[place[0]][place[1]] = value
    if outcome is None:
        assert check_certificate(certificate_bytes(file)).outcome is ReplayOutcome.REFUTED
    else:
        with pytest.raises(Refused, match=outcome):
            check_certificate(certificate_bytes(file))
