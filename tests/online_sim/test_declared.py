"""False declarations of a loss are refuted with points; true ones never are, at any scale of the data."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from sympy import Expr, Integer, Max, Min, Piecewise, Rational, cos, exp

from online_sim import declared
from online_sim.declared import declared_or_proved, refuted
from online_sim.domains.base import Domain
from online_sim.domains.box import Box
from online_sim.domains.l2_ball import L2Ball
from online_sim.domains.simplex import Simplex
from online_sim.game import Game
from online_sim.probes import COORDINATES, FEW_COORDINATES, probes
from online_sim.python_loss import PythonLoss
from online_sim.streams.arrays import ArrayStream
from online_sim.streams.gaussian import GaussianStream
from theory.algorithms.sgd import SGD
from theory.loss import Loss, Shape
from theory.losses.half_square import HALF_SQUARE
from theory.losses.hinge import HINGE
from theory.losses.huber import HUBER
from theory.losses.nonconvex_logistic import NONCONVEX_LOGISTIC
from theory.losses.registry import losses
from theory.losses.rosenbrock import ROSENBROCK
from theory.losses.squared import SQUARED
from theory.quantities import Dot, MeanRows, Norm2Squared, SumCoords, softplus
from theory.source import Source
from theory.symbols import a, b, row, row_label, x

SOURCE = Source("boyd2004", "section 3.1")
u = Dot(a, x)
half = Rational(1, 2)


def game(
    loss: Loss | PythonLoss,
    *,
    d: int = 3,
    scale: float = 1.0,
    domain: Domain | None = None,
    start: object = None,
    rounds: int = 40,
    seed: int = 0,
    positive: bool = False,
) -> Game:
    """A short game on random rows of this scale."""
    rng = np.random.default_rng(seed)
    d = loss.dimension or d if isinstance(loss, Loss) else d
    rows = scale * rng.normal(size=(rounds, d))
    labels = rng.choice([-1.0, 1.0], rounds)
    return Game(
        SGD,
        loss,
        ArrayStream(np.abs(rows) if positive else rows, labels),
        domain,
        horizon=rounds,
        parameters={"alpha": 0.1},
        start=np.full(d, 0.3) if start is None and domain is None else start,
        table=(scale * rng.normal(size=(6, d)), rng.choice([-1.0, 1.0], 6))
        if isinstance(loss, Loss) and loss.uses_rows
        else None,
    )


FALSE: dict[str, tuple[Expr, Shape]] = {
    "minus a square": (-(u**2), Shape.CONVEX),
    "minus squares": (SumCoords(-(x**2)), Shape.CONVEX),
    "minus the logistic loss": (-softplus(-b * u), Shape.CONVEX),
    "a cosine": (cos(u), Shape.CONVEX),
    "a minimum": (Min(u, 2 * u), Shape.CONVEX),
    "a minimum of three": (Min(u - half, -u, 2 * u - 1), Shape.CONVEX),
    "a cap": (SumCoords(Min(x**2, 1)), Shape.CONVEX),
    "a weight of either sign": (b * u**2, Shape.CONVEX),
    "a jump": (SumCoords(Piecewise((x, x < 0), (x - 1, True))), Shape.CONVEX),
    "a mean": (MeanRows(-softplus(row_label * Dot(row, x))), Shape.CONVEX),
    "a line and a square": (u + u**2, Shape.LINEAR),
    "a maximum as linear": (Max(u, 2 * u), Shape.LINEAR),
}


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
@pytest.mark.parametrize("name", FALSE)
def test_a_false_shape_is_refuted(name: str, scale: float) -> None:
    """Concave, periodic, jumping losses declared convex, curved ones declared linear."""
    value, shape = FALSE[name]
    loss = Loss(name, SOURCE, value, shape)
    assert declared_or_proved(loss) == "declared"
    found = refuted(game(loss, scale=scale))
    assert set(found) == {"CONVEX_LOSSES"}
    assert shape.value in found["CONVEX_LOSSES"]
    assert "y = (" in found["CONVEX_LOSSES"]


@pytest.mark.parametrize(
    "domain", [Box(-1.0, 1.0, dimension=3), L2Ball(3, 1.0), Simplex(3)], ids=lambda s: s.name
)
def test_points_stay_in_the_set(domain: Domain) -> None:
    """What is convex on the set alone is not refuted from outside it; what is not, is from inside."""
    cubic = Loss("cubic", SOURCE, SumCoords(x**3), Shape.CONVEX)
    assert bool(refuted(game(cubic, domain=domain))) == (domain.name != Simplex(3).name)
    for at in probes(game(cubic, domain=domain)):
        assert all(domain.contains(point, tolerance=1e-12) for point in at.points)


TRUE: dict[str, Expr] = {
    "max(u, 2u)": Max(u, 2 * u),
    "three lines": Max(u - half, -u, 2 * u - 1),
    "exponential": exp(u / 64) + exp(-u / 64),
    "squares of a difference": (u - b) ** 4,
    "a line as two kinks": Max(0, u) + Min(0, u),
    "huber with min": SumCoords(Min(x**2, 1) + 2 * Max(0, x - 1) + 2 * Max(0, -x - 1)),
}


@pytest.mark.parametrize("scale", [1e-8, 1e-4, 1.0, 1e4, 1e8])
@pytest.mark.parametrize("loss", losses(), ids=lambda loss: loss.name)
def test_true_declarations_are_never_refuted(
    loss: Loss, scale: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shape, L and minimum of every loss of the package, its shape tried even where it is proved."""
    monkeypatch.setattr(declared, "declared_or_proved", lambda loss: "declared")
    portfolio = loss.name == "portfolio"
    for seed in range(3):
        domain = Simplex(3) if portfolio else None
        assert refuted(game(loss, scale=scale, seed=seed, domain=domain, positive=portfolio)) == {}
        wide = np.full(loss.dimension or 3, 1e6 * scale)
        if not portfolio:
            assert refuted(game(loss, scale=scale, seed=seed, start=wide)) == {}


@pytest.mark.parametrize("scale", [1e-8, 1.0, 1e8])
@pytest.mark.parametrize("name", TRUE)
def test_convex_losses_with_kinks_are_not_refuted(name: str, scale: float) -> None:
    """Convex functions with ties, and such as are written so that their form does not show it."""
    loss = Loss(name, SOURCE, TRUE[name], Shape.CONVEX)
    for seed in range(3):
        assert refuted(game(loss, scale=scale, seed=seed)) == {}
        assert refuted(game(loss, scale=scale, seed=seed, domain=Box(-1.0, 2.0, dimension=3))) == {}


def test_a_false_smoothness_is_refuted() -> None:
    """L = 1/100 where it is 1, as the loss's own and as a given constant; a kink has no L at all."""
    false = replace(HALF_SQUARE, smoothness=Rational(1, 100))
    assert "L = 0.01" in refuted(game(false))["SMOOTH_LOSS"]
    assert "SMOOTH_LOSS" in refuted(game(HALF_SQUARE), smoothness=0.01)
    assert "SMOOTH_LOSS" in refuted(game(HALF_SQUARE, domain=L2Ball(3, 1.0)), smoothness=1 - 1e-6)
    kinked = replace(HINGE, smoothness=Integer(1000) * Norm2Squared(a))
    assert "SMOOTH_LOSS" in refuted(game(kinked))
    a_third = replace(SQUARED, smoothness=Norm2Squared(a) / 3)
    assert "SMOOTH_LOSS" in refuted(game(a_third))
    mean = replace(NONCONVEX_LOGISTIC, smoothness=MeanRows(Norm2Squared(row)) / 10**6)
    assert set(refuted(game(mean))) == {"SMOOTH_LOSS"}


def test_true_constants_that_are_given_are_kept() -> None:
    """L and min f as floats, exact or rounded upwards by their own sums, near the start or on the set."""
    assert refuted(game(HALF_SQUARE), smoothness=1.0, minimum=0.0) == {}
    assert refuted(game(HALF_SQUARE, domain=L2Ball(3, 1.0)), smoothness=1.0, minimum=-1.0) == {}
    # f is 1/2 at the start and bends by 2 + 1200/4 - 400/4 there; far away by much more.
    local = game(ROSENBROCK, start=[0.5, 0.25])
    assert refuted(local, smoothness=1000.0) == {}
    assert refuted(local, smoothness=10.0) != {}


def test_a_false_minimum_is_refuted() -> None:
    """min f = 1/2 where f falls to 0: declared, given, and on a set whose minimum is higher."""
    assert "0.5" in refuted(game(replace(HALF_SQUARE, minimum=half), start=[5.0, 5.0, 5.0]))["MINIMUM_KNOWN"]
    assert "MINIMUM_KNOWN" in refuted(game(HALF_SQUARE, start=[5.0, 5.0, 5.0]), minimum=0.5)
    far = Box(1.0, 2.0, dimension=3)
    assert refuted(game(HALF_SQUARE, domain=far), minimum=1.5) == {}
    assert "MINIMUM_KNOWN" in refuted(game(HALF_SQUARE, domain=far), minimum=1.6)


def test_a_third_is_no_float() -> None:
    """A declared minimum 1/3 that f attains is held as a fraction, not as the float beside it."""
    third = Loss("third", SOURCE, SumCoords(x**2) / 2 + Rational(2, 3), Shape.CONVEX, minimum=Rational(2, 3))
    assert refuted(game(third, start=[0.0, 0.0, 0.0])) == {}
    above = replace(third, minimum=Rational(2, 3) + Rational(1, 10**9))
    assert "MINIMUM_KNOWN" in refuted(game(above, start=[0.0, 0.0, 0.0]))


def test_a_python_loss_is_tried_too() -> None:
    """A concave Python function declared convex, a convex one, and one that its own points break."""

    def concave(round_: int, point: np.ndarray, vector: np.ndarray, label: float) -> tuple:
        return -float(point @ point), -2.0 * point

    def fine(round_: int, point: np.ndarray, vector: np.ndarray, label: float) -> tuple:
        return float(np.abs(point - vector).sum()), np.sign(point - vector)

    def fragile(round_: int, point: np.ndarray, vector: np.ndarray, label: float) -> tuple:
        if round_ > 1:
            raise RuntimeError("no")
        return fine(round_, point, vector, label)

    assert "CONVEX_LOSSES" in refuted(game(PythonLoss("concave", concave, Shape.CONVEX)))
    assert refuted(game(PythonLoss("concave", concave))) == {}
    for function in (fine, fragile):
        assert refuted(game(PythonLoss("fine", function, Shape.CONVEX))) == {}
    assert "SMOOTH_LOSS" in refuted(game(PythonLoss("concave", concave)), smoothness=1.0)


def test_proved_and_declared() -> None:
    """The package's convex losses are convex by their form; a cosine and a Python function are not."""
    for loss in losses():
        assert declared_or_proved(loss) == ("declared" if loss.shape is Shape.NONCONVEX else "proved")
    assert declared_or_proved(Loss("cos", SOURCE, cos(u), Shape.CONVEX)) == "declared"
    assert declared_or_proved(PythonLoss("p", lambda *_: (0.0, np.zeros(1)), Shape.CONVEX)) == "declared"
    for value in (1 / u**2, -(u**3), Min(u, 2 * u), b * u**2, SumCoords(x**3), u * Norm2Squared(x)):
        assert declared_or_proved(Loss("no", SOURCE, value, Shape.CONVEX)) == "declared"
    for value in (Max(u - half, -u, 2 * u - 1), u**4, 3 * Max(0, u) ** 2 + Norm2Squared(x), HUBER.value):
        yes = Loss("yes", SOURCE, value, Shape.CONVEX, parameters=HUBER.parameters)
        assert declared_or_proved(yes) == "proved"
    assert declared_or_proved(Loss("curved", SOURCE, u**2, Shape.LINEAR)) == "declared"


def test_wide_games_are_tried_in_few_coordinates() -> None:
    """A game of very many coordinates costs no more; constants of the whole game are left alone there."""
    d = COORDINATES + 1
    concave = Loss("concave", SOURCE, -(u**2), Shape.CONVEX)
    stream = GaussianStream(d, seed=0)
    wide = Game(SGD, concave, stream, None, horizon=5, parameters={"alpha": 0.1}, start=np.zeros(d))
    assert [at.points.shape[1] for at in probes(wide)] == [FEW_COORDINATES]
    assert "CONVEX_LOSSES" in refuted(wide)
    assert refuted(game(HALF_SQUARE, d=d), smoothness=0.01) == {}


def test_it_is_fast() -> None:
    """A game costs milliseconds once its loss is compiled; 50 are allowed to a machine that is busy."""
    loss = Loss("lines", SOURCE, Max(u - half, -u, 2 * u - 1) + cos(u) / 10**9, Shape.CONVEX)
    played = game(loss)
    refuted(played)
    begin = time.perf_counter()
    for _ in range(20):
        refuted(played)
    assert (time.perf_counter() - begin) / 20 < 0.05


def test_nothing_is_random() -> None:
    """Two calls give the same sentences."""
    loss = Loss("cos", SOURCE, cos(u), Shape.CONVEX)
    assert refuted(game(loss)) == refuted(game(loss)) != {}


def test_a_true_loss_with_a_label_is_kept() -> None:
    """A row label and a table do not confuse rows: a mean of convex losses is convex."""
    mean = Loss("mean", SOURCE, MeanRows(softplus(-row_label * Dot(row, x))), Shape.CONVEX)
    assert declared_or_proved(mean) == "proved"
    assert refuted(game(replace(mean, smoothness=MeanRows(row_label**2 * Norm2Squared(row)) / 4))) == {}
