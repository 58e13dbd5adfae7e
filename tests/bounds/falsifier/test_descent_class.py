"""A search keeps to the functions, the noise and the parameters that a statement is meant for."""

from dataclasses import replace
from fractions import Fraction as F
from itertools import islice

import numpy as np
import pytest

from bounds.falsifier.descent import refined
from bounds.falsifier.descent_class import DescentClass, Tie, class_of
from bounds.falsifier.descent_evaluator import rounding_of_values
from bounds.falsifier.descent_seeds import seeds
from bounds.falsifier.descent_space import DescentSpace
from bounds.falsifier.search import falsify_gradients
from bounds.games import DescentGame
from bounds.statement import Sides
from descent_games import corner, in_floats
from theory.losses.piecewise_quadratic import quadratic_slope
from theory.theorems import bubeck, defossez, signsgd

CASES = [
    (bubeck.THEOREM3_3, {"convex": True, "exact": True, "ties": {"beta": Tie.SMOOTHNESS}}),
    (
        bubeck.THEOREM3_18,
        {
            "convex": True, "strongly": True, "exact": True,
            "ties": {"mu": Tie.MODULUS, "beta": Tie.SMOOTHNESS},
        },
    ),
    (
        bubeck.THEOREM3_2,
        {"convex": True, "bounded": True, "exact": True, "ties": {"N": Tie.ROUNDS, "G_bar": Tie.LIPSCHITZ}},
    ),
    (defossez.THEOREM2, {"bounded": True}),
    (signsgd.THEOREM1, {"ties": {"L_1": Tie.TOTAL_SMOOTHNESS, "N": Tie.ROUNDS}}),
]  # fmt: skip
STATEMENTS = pytest.mark.parametrize(("theorem", "meant"), CASES, ids=[case[0].id for case in CASES])


def shelf(theorem, count: int, letters: int = 1) -> list[DescentGame]:
    """Some structured games of a statement."""
    (recurrence,) = theorem.algorithms
    games = seeds(
        recurrence, horizon=6, letters=letters, dimension=2, fixed={}, rng=np.random.default_rng(3),
        meant=class_of(theorem, "stated", recurrence),
    )  # fmt: skip
    return [game for _, game in islice(games, count)]


def moved(game: DescentGame, meant: DescentClass, count: int = 60) -> list[DescentGame]:
    """Games around one, far away."""
    space = DescentSpace(replace(game, slope=refined(game.slope, 5)), meant=meant)
    rng = np.random.default_rng(7)
    games, _ = space.games(space.origin + rng.normal(0, 2, (count, len(space.origin))))
    return games


@STATEMENTS
def test_the_class_is_read_from_the_assumptions(theorem, meant) -> None:
    """Convexity, noise, bounded gradients, and what each constant of a step stands for."""
    assert class_of(theorem, "stated", theorem.algorithms[0]) == DescentClass(**meant)


@STATEMENTS
def test_every_game_is_of_the_class(theorem, meant) -> None:
    """Structured games and games far from them have every property and keep to every range of a constant."""
    meant = DescentClass(**meant)
    games = shelf(theorem, 12)
    games += [game for centre in games[:4] for game in moved(centre, meant)]
    assert len(games) > 60
    for game in games:
        assert game.lacks(theorem) is None
        assert meant.admits(game.slope)
        for name, tie in meant.ties.items():
            nearest = tie.number(game.slope, game.dimension, game.horizon, F(0))
            if tie is Tie.ROUNDS:
                assert game.parameters[name] == game.horizon
            else:
                assert (
                    game.parameters[name] <= nearest
                    if tie is Tie.MODULUS
                    else game.parameters[name] >= nearest
                )


def test_without_the_class_some_games_are_outside() -> None:
    """The same vectors give functions that are not convex, and constants below L."""
    games = [game for centre in shelf(bubeck.THEOREM3_3, 4) for game in moved(centre, DescentClass())]
    assert any(game.slope.modulus < 0 for game in games)
    assert any(game.parameters["beta"] < game.slope.smoothness for game in games)


def test_the_centre_of_a_space_is_the_game() -> None:
    """But for the slack that balls need to decide L <= beta."""
    game = replace(shelf(bubeck.THEOREM3_3, 1)[0], slope=corner(3), parameters={"beta": F(2)})
    meant = class_of(bubeck.THEOREM3_3, "stated", bubeck.DESCENT)
    space = DescentSpace(game, meant=meant)
    again = space.game(space.origin)
    assert again is not None
    assert again.slope == game.slope
    assert again.parameters["beta"] == pytest.approx(2, rel=1e-5)
    nearest = DescentSpace(replace(game, parameters={"beta": F(1)}), meant=meant)
    assert 0 < nearest.game(nearest.origin).parameters["beta"] - 1 < 1e-11


@pytest.mark.slow
def test_exact_gradients_are_searched_without_noise() -> None:
    """All shapes with two letters of noise are left out, and the functions are named."""
    exact = falsify_gradients(bubeck.THEOREM3_3, "stated", bubeck.DESCENT, evaluations=1600, most_rounds=2)
    assert "games, T up to 2 with 1 letter(s) of noise" in exact.sentences[0]
    assert "searched: convex smooth f(x)" in exact.sentences[1]


@pytest.mark.slow
def test_values_that_are_rounding_do_not_count() -> None:
    """After 200 halvings f and its bound vanish; the search says nothing of those rounds."""
    game = DescentGame(bubeck.DESCENT_STRONG, {"beta": 3, "mu": 1}, quadratic_slope(3), (1,), 200)
    found = in_floats(bubeck.THEOREM3_12, game)
    assert found.said[0, :10].all()
    assert not found.said[0, -1]
    assert 0 < rounding_of_values(game) < 1e-12
    late = Sides(found.rounds, np.nan_to_num(found.lhs), found.rhs, found.holds)
    assert late.said.all()  # only the rounding makes the difference
