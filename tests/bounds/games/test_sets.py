"""The sets of exact games: simplices, balls and polytopes beside boxes and segments."""

from fractions import Fraction as F

import numpy as np
import pytest

from bounds.games import ExactBall, ExactBox, ExactL1Ball, ExactPolytope, ExactSegment, ExactSet, ExactSimplex
from online_sim.domains import Box, L1Ball, L2Ball, Simplex

SETS = {
    "box": (ExactBox((-1, 0, F(1, 3)), (1, F(1, 2), 2)), Box([-1, 0, 1 / 3], [1, 1 / 2, 2])),
    "segment": (ExactSegment((1, 0, 0), (0, F(1, 2), 2)), None),
    "simplex": (ExactSimplex(3, F(3, 2)), Simplex(3, 1.5)),
    "ball": (ExactBall((F(1, 3), 0, -1), F(5, 4)), L2Ball(3, radius=1.25, centre=[1 / 3, 0, -1])),
    "l1 ball": (ExactL1Ball((F(1, 3), 0, -1), F(5, 4)), L1Ball(3, radius=1.25, centre=[1 / 3, 0, -1])),
    "polytope": (ExactPolytope(((0, 0, 0), (1, 0, 0), (0, 2, 0), (1, 2, 0), (F(1, 3), 0, -1))), None),
}
DRAWN = [tuple(F(int(v), 8) for v in row) for row in np.random.default_rng(5).integers(-30, 31, size=(40, 3))]


@pytest.fixture(params=sorted(SETS))
def shape(request) -> ExactSet:
    """One of the sets."""
    return SETS[request.param][0]


def test_what_a_set_returns_lies_in_it(shape: ExactSet) -> None:
    """The centre, extreme points, the best point of a direction, and the nearest point in any digits."""
    points = [shape.centre, *shape.extreme_points(), *map(shape.minimiser, DRAWN)]
    points += [shape.nearest(x, digits) for x in DRAWN for digits in (2, 6, 17)]
    assert all(map(shape.contains, points))
    # The control: most of the drawn points do not, and none with another number of coordinates.
    assert sum(map(shape.contains, DRAWN)) < len(DRAWN) / 2
    assert not shape.contains(shape.centre[:2])


def test_a_point_inside_is_its_own_nearest(shape: ExactSet) -> None:
    """With enough digits."""
    assert shape.nearest(shape.centre, 17) == pytest.approx(shape.centre, abs=1e-15)


@pytest.mark.parametrize("name", ["simplex", "ball", "l1 ball"])
def test_the_nearest_point_is_that_of_the_simulator(name: str) -> None:
    """The Euclidean projection in floats."""
    exact, domain = SETS[name]
    for x in DRAWN:
        expected = domain.project([float(u) for u in x])
        assert [float(u) for u in exact.nearest(x, 17)] == pytest.approx(expected, abs=1e-13)


def test_a_flat_polytope_has_only_independent_faces() -> None:
    """A square has four corners, six pairs and four triangles; a corner between others is no face's end."""
    square = ExactPolytope(((0, 0), (1, 0), (0, 1), (1, 1)))
    assert [len(face) for face in square.faces] == [1] * 4 + [2] * 6 + [3] * 4
    line = ExactPolytope(((0, 0), (2, 2), (1, 1)))
    assert [len(face) for face in line.faces] == [1] * 3 + [2] * 3
    assert line.contains((F(3, 2), F(3, 2)))
    assert not line.contains((F(3, 2), 1))


def test_no_point_is_better_than_the_minimiser(shape: ExactSet) -> None:
    """Up to the 15 digits of a point on a sphere; and a worse one exists."""
    for direction in DRAWN:
        best, *values = (
            float(sum(c * u for c, u in zip(direction, x, strict=True)))
            for x in (shape.minimiser(direction), shape.centre, *shape.extreme_points())
        )
        size = 1 + sum(map(abs, map(float, direction)))
        assert best <= min(values) + 1e-14 * size
        assert best < max(values) or not any(direction)


@pytest.mark.parametrize("name", ["box", "simplex", "ball", "l1 ball"])
def test_the_minimiser_is_that_of_the_simulator(name: str) -> None:
    """The value at it, against the support function of the set in floats."""
    exact, domain = SETS[name]
    for direction in DRAWN:
        floats = np.array([float(u) for u in direction])
        value = float(sum(c * u for c, u in zip(direction, exact.minimiser(direction), strict=True)))
        assert value == pytest.approx(-domain.support(-floats), abs=1e-13)


def test_sets_are_mirrored_changed_and_cut(shape: ExactSet) -> None:
    """A reflection stays inside and is its own inverse; twice the numbers is twice the set; d becomes 2."""
    for x in map(shape.minimiser, DRAWN):
        image = shape.mirrored(x)
        assert image is None or (shape.contains(image) and shape.mirrored(image) == x)
        assert shape.changed(lambda q: 2 * q).contains(tuple(2 * u for u in x))
    assert shape.without(0).dimension == 2
    assert shape.numbers()
    assert shape.text.isascii()


@pytest.mark.parametrize(
    ("build", "says"),
    [
        (lambda: ExactSimplex(3, 0), "`total` = 0 must be > 0"),
        (lambda: ExactSimplex(0), "`size` = 0"),
        (lambda: ExactBall((0,), -1), "`radius` = -1 must be > 0"),
        (lambda: ExactBall((), 1), "must have coordinates"),
        (lambda: ExactL1Ball((0,), 0), "`radius` = 0 must be > 0"),
        (lambda: ExactL1Ball((), 1), "must have coordinates"),
        (lambda: ExactPolytope(((1, 0), (1, 0))), "different points; has 1"),
        (lambda: ExactPolytope(tuple((k,) for k in range(11))), "different points; has 11"),
        (lambda: ExactPolytope(((1, 0), (1,))), "the same number of coordinates"),
    ],
)
def test_a_set_without_points_is_refused(build, says: str) -> None:
    """The control."""
    with pytest.raises(ValueError, match=says):
        build()
