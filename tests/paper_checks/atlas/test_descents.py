"""Natural functions: their constants, and the rates of the atlas on them; smaller rates fail."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from sympy import Rational

from online_sim import Game
from online_sim.constants import constants
from online_sim.declared import refuted
from online_sim.meant_for import strong_convexity
from paper_checks.atlas.descents import descents_of
from paper_checks.atlas.enclosed import enclosed, exceeds
from paper_checks.atlas.entry import Entry
from paper_checks.atlas.functions import FAR, HORIZON, NaturalFunction, natural_functions
from paper_checks.atlas.played import play_entry
from paper_checks.atlas.ridge import RIDGE, RIDGE_LOGISTIC
from theory.algorithms.sgd import SGD_CONSTANT
from theory.loss import Loss, Shape
from theory.quantities import SumCoords
from theory.source import Source
from theory.symbols import T, x, x_gap
from theory.theorems.bubeck import (
    DESCENT,
    DESCENT_STRONG,
    NESTEROV_SMOOTH,
    NESTEROV_STRONG,
    THEOREM3_3,
    THEOREM3_12,
    THEOREM3_18,
    THEOREM3_19,
)
from theory.theorems.descents import beta
from theory.theorems.polyak import CONVEX, POLYAK

NAMES = [natural.name for natural in natural_functions()]
ROWS = np.array([[1.0, 0.5], [-0.25, 2.0], [0.0, 1.0]])


def game_of(natural: NaturalFunction) -> Game:
    """Gradient descent on the function."""
    parameters = {"alpha": 0.1, **natural.own}
    return Game(
        SGD_CONSTANT, natural.loss, horizon=3, start=natural.start, parameters=parameters, table=natural.table
    )


def value(natural: NaturalFunction, points: np.ndarray) -> np.ndarray:
    """f at points (n, d), and its gradients (n, d), in floats, from formulas of their own."""
    if natural.table is None:
        of = {
            "steep quadratic": lambda u: (u**2 / 2, u),
            "flat quadratic": lambda u: (u**2 / 200, u / 100),
            "|x|": lambda u: (np.abs(u), np.sign(u)),
        }.get(natural.name, lambda u: huber(u - (FAR if "afar" in natural.name else 0)))
        f, g = of(points)
        return f.sum(axis=1), g
    rows, labels = natural.table
    u, weight = points @ rows.T, float(natural.weight)
    if natural.loss is RIDGE_LOGISTIC:
        f, slope = np.logaddexp(0, -labels * u), -labels / (1 + np.exp(labels * u))
    else:
        f, slope = (u - labels) ** 2 / 2, u - labels
    return f.mean(axis=1) + weight * (points**2).sum(axis=1) / 2, slope @ rows / len(rows) + weight * points


def huber(u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Half a square up to 1, then a line, and 1/2 less."""
    f = np.where(np.abs(u) < 1, u**2 / 2, np.abs(u) - 0.5) - 0.5
    return f, np.clip(u, -1, 1)


@pytest.mark.parametrize("natural", natural_functions(), ids=NAMES)
def test_the_constants_are_those_of_the_function(natural: NaturalFunction) -> None:
    """L, the modulus, the minimum and the slope hold between points; the minimum is nearly attained."""
    rng = np.random.default_rng(3)
    points = natural.start + natural.distance[1] * rng.normal(size=(200, len(natural.start)))
    f, g = value(natural, points)
    assert natural.minimum[0] <= f.min()
    if natural.steepest is not None:
        assert np.abs(g).max() <= natural.steepest
    p, q = points[:100], points[100:]
    apart = ((p - q) ** 2).sum(axis=1)
    turned = ((g[:100] - g[100:]) ** 2).sum(axis=1)
    inner = ((g[:100] - g[100:]) * (p - q)).sum(axis=1)
    if natural.smoothness is not None:
        assert np.all(turned <= natural.smoothness**2 * apart * (1 + 1e-12))
        if natural.name != "flat quadratic":  # there the L that a method is told is not its own
            assert turned.max() > 0
    if natural.modulus is not None:
        assert np.all(inner >= natural.modulus * apart * (1 - 1e-12))
    low, high = natural.minimum
    assert 0 <= high - low <= 1e-15
    low, high = natural.distance
    assert 0 <= high - low <= 1e-12 * high
    known = {"smoothness": natural.smoothness, "minimum": natural.minimum[0]}
    assert refuted(game_of(natural), **known) == {}


def test_enclosures_contain_the_solution_in_rationals() -> None:
    """Of a small regression that linear algebra in fractions solves; L is the largest eigenvalue, nearly."""
    labels = np.array([1.0, -1.0, 0.5])
    found = enclosed(ROWS, labels, 0.5, logistic=False)
    rows = [[Fraction(u) for u in row] for row in ROWS.tolist()]
    y = [Fraction(u) for u in labels.tolist()]
    a, b, c = (sum(r[i] * r[j] for r in rows) / 3 + Fraction(i == j, 2) for i, j in ((0, 0), (0, 1), (1, 1)))
    p, q = (sum(r[i] * s for r, s in zip(rows, y, strict=True)) / 3 for i in (0, 1))
    best = (c * p - b * q) / (a * c - b * b), (a * q - b * p) / (a * c - b * b)
    least = sum((r[0] * best[0] + r[1] * best[1] - s) ** 2 for r, s in zip(rows, y, strict=True)) / 6
    least += (best[0] ** 2 + best[1] ** 2) / 4
    assert found.minimum[0] <= least <= found.minimum[1]
    away = sum((Fraction(u) - w) ** 2 for u, w in zip(found.point.tolist(), best, strict=True))
    assert away <= Fraction(found.radius) ** 2
    low, high = found.distance(np.zeros(2))
    assert Fraction(low) ** 2 <= best[0] ** 2 + best[1] ** 2 <= Fraction(high) ** 2
    top = np.linalg.eigvalsh(ROWS.T @ ROWS / 3)[-1] + 0.5
    assert top <= found.smoothness <= top * (1 + 1e-8)


def test_a_number_below_the_largest_eigenvalue_is_not_accepted() -> None:
    """The control of L: pivots of c I - sum r r^T/n."""
    top = float(np.linalg.eigvalsh(ROWS.T @ ROWS / 3)[-1])
    assert exceeds(top * (1 + 1e-9), ROWS, Fraction(1, 3))
    assert not exceeds(top * (1 - 1e-9), ROWS, Fraction(1, 3))
    assert not exceeds(0.0, ROWS, Fraction(1, 3))


def test_a_ridge_has_its_weight_as_modulus() -> None:
    """If the rest is seen to be convex; the control is a rest that is concave, or not convex."""
    for loss in (RIDGE, RIDGE_LOGISTIC):
        assert strong_convexity(loss) == loss.parameters[0].symbol

    def of(rest: object) -> object:
        value = 3 * SumCoords(x**2) + rest
        return strong_convexity(Loss("own", Source("boyd2004", ""), value, Shape.NONCONVEX))

    assert of(SumCoords(abs(x))) == 6
    assert of(-SumCoords(abs(x))) is None
    assert of(SumCoords(x**4)) == 6
    assert of(-SumCoords(x**4)) is None


def test_the_declared_smoothness_of_a_ridge_is_no_less_than_the_largest_eigenvalue() -> None:
    """The mean of the rows' own constants."""
    for loss, share in ((RIDGE, 1), (RIDGE_LOGISTIC, 1 / 4)):
        game = Game(
            SGD_CONSTANT, loss, horizon=1, start=np.zeros(2), parameters={"alpha": 1, "ridge": 0.5},
            table=(ROWS, np.ones(3)),
        )  # fmt: skip
        assert constants(game)["L"] >= np.linalg.eigvalsh(ROWS.T @ ROWS / 3)[-1] * share + 0.5


def with_rhs(entry: Entry, key: str, rhs: object) -> Entry:
    """The entry with one reading, another right side, and nothing called proved."""
    reading = replace(entry.theorem.reading(key), rhs=rhs)
    return replace(entry, theorem=replace(entry.theorem, readings=(reading,)), proved={})


TIGHT = [
    (Entry(THEOREM3_12, DESCENT_STRONG), "stated", "steep quadratic"),
    *(
        pytest.param(*case, marks=pytest.mark.slow)
        for case in (
            (Entry(THEOREM3_18, NESTEROV_STRONG), "stated", "steep quadratic"),
            (Entry(THEOREM3_19, NESTEROV_SMOOTH), "stated", "Huber's function from afar"),
            (Entry(CONVEX, POLYAK), "lipschitz", "Huber's function from afar"),
        )
    ),
]


@pytest.mark.parametrize(("entry", "key", "name"), TIGHT)
def test_half_of_a_tight_bound_is_violated(entry: Entry, key: str, name: str) -> None:
    """The bound holds on every function; the control: half of it fails on the one that is nearest to it."""
    whole = {row.game: row for row in play_entry(with_rhs(entry, key, entry.theorem.reading(key).rhs))}
    assert {row.verdict for row in whole.values()} == {"HOLDS"}
    assert max(whole.values(), key=lambda row: row.ratio or 0).game == name
    half = {
        row.game: row.verdict for row in play_entry(with_rhs(entry, key, entry.theorem.reading(key).rhs / 2))
    }
    assert half[name] == "VIOLATED"
    assert whole.keys() == half.keys()


def test_hubers_function_is_the_worst_for_gradient_descent() -> None:
    """Drori and Teboulle's bound beta d^2/(4 T - 2) is attained in the last round, and less is violated."""
    entry, tight = Entry(THEOREM3_3, DESCENT), beta * x_gap**2 / (4 * T - 2)
    rows = {row.game: row for row in play_entry(with_rhs(entry, "stated", tight))}
    assert {row.verdict for row in rows.values()} <= {"HOLDS", "UNDECIDED"}
    assert rows["Huber's function from afar"].ratio == 1
    assert rows["Huber's function from afar"].horizon == HORIZON
    less = {r.game: r.verdict for r in play_entry(with_rhs(entry, "stated", Rational(99, 100) * tight))}
    assert less["Huber's function from afar"] == "VIOLATED"


def test_a_statement_is_played_where_its_constants_are_known() -> None:
    """A bound on all gradients leaves the quadratics out; a step of 1/mu asks for a modulus."""
    entry = Entry(THEOREM3_12, DESCENT_STRONG)
    assert {n.name for n, _ in descents_of(entry)} == {n.name for n in natural_functions() if n.modulus}
    for natural, game in descents_of(entry):
        assert game.parameters["beta"] == natural.smoothness
        assert game.parameters["mu"] == natural.modulus
