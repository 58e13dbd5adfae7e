"""The neighbourhood of a game: its origin is the game, its points are games, and what is fixed stays."""

from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest

from bounds.falsifier.descent import refined
from bounds.falsifier.descent_seeds import noises, seeds, slopes, values
from bounds.falsifier.descent_space import DescentSpace, rounded
from bounds.games import DescentGame
from online_sim.symmetry import symmetric_alphabet
from theory.algorithms.adal import ADAL
from theory.losses.piecewise_quadratic import Slope, quadratic_slope
from theory.parameters import ALPHA, BETA1, BETA2, EPS

HILL = Slope(((F(0), F(-1)), (F(2, 3), F(-1, 3)), (F(2), F(-1, 3)), (F(3), F(1))), F(0), F(2))
SKEWED = (((F(-1), F(-2)), F(999, 1000)), ((F(999), F(1998)), F(1, 1000)))
PARAMETERS = {"alpha": F(1, 3), "beta1": F(0), "beta2": F(1, 2), "eps": F(1, 10**8)}
GAME = DescentGame(ADAL, PARAMETERS, HILL, (F(1, 5), F(5, 2)), 4, SKEWED)


def close(left: F, right: F) -> bool:
    """Equal in the digits that a search keeps."""
    return abs(left - right) <= F(2, 10**6) * max(abs(left), abs(right))


def test_the_origin_is_the_game() -> None:
    """The vector of the centre gives the centre back, up to the digits that are kept."""
    space = DescentSpace(GAME)
    found = space.game(space.origin)
    assert found is not None
    pairs = [*zip(found.start, GAME.start, strict=True)]
    for new, old in zip(found.slope.knots, GAME.slope.knots, strict=True):
        pairs += zip(new, old, strict=True)
    for (u, p), (v, q) in zip(found.letters, GAME.letters, strict=True):
        pairs += [*zip(u, v, strict=True), (p, q)]
    pairs += [(found.parameters[name], value) for name, value in PARAMETERS.items()]
    pairs += [(found.slope.left, GAME.slope.left), (found.slope.right, GAME.slope.right)]
    # The mean-zero condition multiplies the rounding of -1 by the odds 999.
    assert all(close(*pair) for pair in pairs)


@pytest.mark.parametrize("rigid", [False, True])
def test_every_point_is_a_game_and_moves(rigid: bool) -> None:
    """Random points are exact games of mean-zero noise, all different; rigid noise changes its size only."""
    centre = replace(GAME, letters=(((F(-1), F(1)), F(1, 2)), ((F(1), F(-1)), F(1, 2)))) if rigid else GAME
    space = DescentSpace(centre, rigid=rigid)
    rng = np.random.default_rng(3)
    found = [space.game(space.origin + rng.normal(size=len(space.origin))) for _ in range(50)]
    games = [game for game in found if game is not None]
    assert len(games) > 25
    assert len({game.slope for game in games}) == len({game.letters for game in games}) == len(games)
    for game in games:
        u, v = game.letters[0][0], centre.letters[0][0]
        if rigid:
            assert [p for _, p in game.letters] == [p for _, p in centre.letters]
            assert u[0] * v[1] == u[1] * v[0]
        assert game.parameters["beta1"] < 1
        assert game.parameters["beta2"] > 0


def test_what_is_fixed_stays() -> None:
    """A fixed parameter keeps its value everywhere, and so does one on the end of an unbounded range."""
    parameters = {**PARAMETERS, "eps": F(0)}
    space = DescentSpace(replace(GAME, parameters=parameters), fixed=("beta2",))
    rng = np.random.default_rng(4)
    found = [space.game(space.origin + rng.normal(size=len(space.origin))) for _ in range(20)]
    games = [game for game in found if game is not None]
    assert {game.parameters["beta2"] for game in games} == {F(1, 2)}
    assert {game.parameters["eps"] for game in games} == {F(0)}
    assert len({game.parameters["alpha"] for game in games}) == len(games)


def test_a_point_that_is_no_game_is_none() -> None:
    """Not finite, or so far out that numbers lose their meaning."""
    space = DescentSpace(GAME)
    assert space.game(space.origin * np.nan) is None
    assert space.game(space.origin + 1e3) is None


def test_refining_changes_nothing_but_the_knots() -> None:
    """The slope with more knots is the same function, with the same constants."""
    for slope in (HILL, quadratic_slope(3)):
        more = refined(slope, 9)
        assert len(more.knots) == 9
        assert (more.smoothness, more.minimum) == (slope.smoothness, slope.minimum)
        for u in (F(-7, 2), F(0), F(1, 3), F(5, 3), F(11)):
            assert more.value(u) - more.value(F(0)) == slope.value(u) - slope.value(F(0))
    assert refined(HILL, 2) == HILL


def test_the_shelf_holds_games() -> None:
    """Every combination appears once, in an order that the seed decides, and each is a game as asked."""

    def names(seed: int, count: int) -> list[str]:
        shelf = seeds(
            ADAL, horizon=4, letters=3, dimension=2, fixed={"beta1": "1/3"}, rng=np.random.default_rng(seed)
        )
        found = [next(shelf) for _ in range(count)]
        for _, game in found:
            assert (game.horizon, len(game.letters), game.dimension) == (4, 3, 2)
            assert game.parameters["beta1"] == F(1, 3)
        return [name for name, _ in found]

    assert names(1, 30) == names(1, 30) != names(2, 30)
    assert len(set(names(1, 100))) > 20
    # A quadratic seen alone is smooth with L = 1, the steepest of all.
    assert all(slope.smoothness <= 1 for slope in slopes(100).values())


def test_symmetric_noise_is_among_the_noises() -> None:
    """For two letters as for three; the skewed kinds are not symmetric."""
    for letters in (2, 3):
        found = {
            name: symmetric_alphabet(replace(GAME, start=(F(0),), letters=kind).alphabet)
            for name, kind in noises(letters, 1).items()
        }
        assert any(found.values())
        assert all(holds == name.startswith("symmetric") for name, holds in found.items())


def test_values_lie_in_the_range() -> None:
    """Every value tried is one that the parameter accepts; a fixed one is the only one."""
    for parameter in (ALPHA, BETA1, BETA2, EPS):
        tried = values(parameter, {})
        assert tried
        for value in tried:
            parameter.validate(value)
        assert values(parameter, {parameter.name: "1/7"}) == [F(1, 7)]
    assert values(EPS, {}) == [F(1, 10**8)]
    assert F(0) in values(BETA1, {})
    assert F(0) not in values(BETA2, {})


def test_rounding_keeps_six_digits() -> None:
    """Numbers of any size become decimals of six digits."""
    assert rounded(1 / 3) == F(333333, 10**6)
    assert rounded(-1.23456789e-9) == F(-123457, 10**14)
