"""A set that is moved and scaled stays the same: projections, membership, widths and minima move along."""

from itertools import product

import cvxpy
import numpy as np
import pytest

from levels import mostly_slow
from online_sim.comparator import minimise
from online_sim.domains.box import Box
from online_sim.domains.box_hyperplane import BoxHyperplane
from online_sim.domains.conformance import check_domain
from online_sim.domains.cvxpy_set import CvxpySet
from online_sim.domains.ellipsoid import Ellipsoid
from online_sim.domains.half_space import HalfSpace
from online_sim.domains.l1_ball import L1Ball
from online_sim.domains.l2_ball import L2Ball
from online_sim.domains.polytope import Polytope
from online_sim.domains.simplex import Simplex
from theory.losses.absolute import ABSOLUTE
from theory.losses.linear import LINEAR
from theory.losses.quadratic import QUADRATIC

EPS = float(np.finfo(np.float64).eps)
LOW, HIGH, NORMAL = np.array([-1.0, 0.5, 2.0]), np.array([1.0, 1.25, 4.0]), np.array([1.0, -2.0, 0.5])
CUT = np.vstack((np.eye(3), -np.eye(3), [[1.0, 1.0, 1.0]]))


def _cut_cube(c, s):
    return np.concatenate((c + s * HIGH, -(c + s * LOW), [c.sum() + 4.5 * s]))


# name -> the set at x = c + s y, with y in a fixed set of size about 1.
MAKERS = {
    "box": lambda c, s: Box(c + s * LOW, c + s * HIGH),
    "box_hyperplane": lambda c, s: BoxHyperplane(c + s * LOW, c + s * HIGH, NORMAL, NORMAL @ c + 0.25 * s),
    "ellipsoid": lambda c, s: Ellipsoid(s * np.array([1.0, 2.0, 0.5]), c),
    "half_space": lambda c, s: HalfSpace(NORMAL, NORMAL @ c + 0.25 * s),
    "l1": lambda c, s: L1Ball(3, 1.5 * s, c),
    "l2": lambda c, s: L2Ball(3, 1.5 * s, c),
    "polytope": lambda c, s: Polytope(CUT, _cut_cube(c, s)),
    "cvxpy": lambda c, s: CvxpySet(3, lambda x: [CUT @ x <= _cut_cube(c, s)]),
    "cvxpy_ball": lambda c, s: CvxpySet(3, lambda x: [cvxpy.norm(x - c) <= 1.5 * s]),
}
SHIFTS, SCALES = (0.0, 1.0, 1e3, 1e7, 1e12), (1e-6, 1.0, 1e6)
POINTS = [np.array(p) for p in ([0.3, 0.9, 2.5], [3.0, -1.0, 5.0], [-40.0, 7.0, 2.0], [0.0, 1.0, -2.0])]
WEIGHTS = [np.ones(3), np.array([0.1, 1.0, 4.0])]


def _blur(shift):
    """Some units in the last place of the coordinates: the rounding of the set's numbers and of answers."""
    # Each of the three terms of a row has an error of an ulp, NORMAL and the weights multiply it by up to 40.
    return 200.0 * EPS * shift


def _at(name, shift, scale):
    """The set, or None where floats cannot hold it; only then may it be refused."""
    c = np.full(3, shift)
    try:
        return c, MAKERS[name](c, scale)
    except ValueError:
        assert scale < 1e6 * _blur(shift), f"{name} is refused at {shift} although it is {scale} wide"
        return c, None


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("shift", SHIFTS)
@pytest.mark.parametrize("name", MAKERS)
def test_projections_move_with_the_set(name, shift, scale):
    """P of a moved point minus the move is the projection, up to the coordinates' rounding and the solver."""
    base = MAKERS[name](np.zeros(3), 1.0)
    c, moved = _at(name, shift, scale)
    if moved is None:
        return
    # Closed forms: 1e-13 of the distance for their own rounding; a solver is judged by its stated accuracy.
    own = moved.accuracy + base.accuracy * scale if name.startswith("cvxpy") else 1e-13 * scale
    for point in POINTS:
        for weight in WEIGHTS:
            there = c + scale * point
            # What was rounded away when the point itself was moved.
            lost = np.max(np.abs((there - c) / scale - point)) * scale
            expected = scale * base.project(point, weight)
            found = moved.project(there, weight) - c
            allowed = own * (1.0 + np.max(np.abs(point))) + 20.0 * lost + _blur(shift)
            assert np.max(np.abs(found - expected)) <= allowed
            assert moved.contains(c + found, tolerance=own / scale)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("shift", SHIFTS)
@pytest.mark.parametrize("name", MAKERS)
def test_membership_moves_with_the_set(name, shift, scale):
    """The start is inside and stays; a point 1e-9 of the size beyond a face is outside, wherever that is."""
    _, moved = _at(name, shift, scale)
    if moved is None:
        return
    start = moved.start()
    assert moved.contains(start)
    # A set of one point up to rounding has no inside to stay in.
    if scale > 1e3 * _blur(shift):
        own = 1e-10 * scale if name.startswith("cvxpy") else 0.0
        assert np.max(np.abs(moved.project(start) - start)) <= own + _blur(shift)
    beyond = 1e-9 * scale + 2.0 * _blur(shift)
    if name.startswith("cvxpy"):
        # Its face is known to `inexactness` only.
        beyond += 20.0 * moved.inexactness
    directions = [NORMAL] if name == "half_space" else [*np.eye(3), *-np.eye(3)]
    for direction in directions:
        face = moved.maximiser(direction)
        assert moved.contains(face, tolerance=1e-8 if name.startswith("cvxpy") else 0.0)
        assert not moved.contains(face + beyond * direction)


BOUNDED = sorted(set(MAKERS) - {"half_space"})
KINDS = [QUADRATIC, ABSOLUTE, LINEAR]


def in_turn(count):
    """Whether a plain test takes a case of a set, a shift and one of `count` more: of these one, in turn."""
    return lambda number, *_: number % count == number // count % count


@pytest.mark.parametrize(
    ("name", "shift", "scale"), mostly_slow(product(BOUNDED, SHIFTS, SCALES), in_turn(len(SCALES)))
)
def test_diameters_move_with_the_set(name, shift, scale):
    """The bounds of the moved set and of the scaled one hold a common number, up to the data's rounding."""
    base = MAKERS[name](np.zeros(3), 1.0)
    _, moved = _at(name, shift, scale)
    if moved is None:
        return
    for norm in ("inf", "2"):
        low, high = moved.diameter_bounds(norm)
        least, most = (scale * bound for bound in base.diameter_bounds(norm))
        room = 4.0 * EPS * most + 4.0 * _blur(shift)
        assert 0.0 <= low <= high
        assert low <= most + room
        assert least <= high + room
        # And no wider than at the origin, but for the rounding.
        assert high - low <= (most - least) + room + 8.0 * moved.inexactness


@pytest.mark.parametrize("dimension", [1, 3, 7, 1000, 100_000])
def test_decimals_are_inside_and_a_billionth_outside_is_not(dimension):
    """Coordinates written as decimals or divided by their sum lie in the set without any tolerance."""
    generator = np.random.default_rng(dimension)
    raw = generator.exponential(size=dimension)
    sets = [
        (Simplex(dimension), np.full(dimension, 1.0 / dimension)),
        (Simplex(dimension), raw / raw.sum()),
        (Simplex(dimension, 0.3), 0.3 * (raw / raw.sum())),
        (BoxHyperplane(0.0, 1.0, np.ones(dimension), 1.0), raw / raw.sum()),
        (L1Ball(dimension), raw / raw.sum()),
        (L2Ball(dimension, 0.7), 0.7 * (raw / np.linalg.norm(raw))),
        (Ellipsoid(np.full(dimension, 0.7)), 0.7 * (raw / np.linalg.norm(raw))),
        (Box(0.1, 0.3, dimension=dimension), np.full(dimension, 0.1 + 0.2)),
    ]
    for domain, point in sets:
        assert domain.contains(point), domain.name
        # The far end of the longest coordinate, a billionth further out than roundings of d terms add up to.
        out = point.copy()
        out[np.argmax(point)] += 1e-9 * np.sqrt(dimension)
        assert not domain.contains(out), domain.name


@pytest.mark.parametrize("shift", [0.0, 1e3, 1e7])
@pytest.mark.parametrize("name", sorted(MAKERS))
def test_moved_sets_conform(name, shift):
    """The whole contract holds far from the origin."""
    _, moved = _at(name, shift, 1.0)
    check_domain(moved, samples=2, use_cvxpy=False)


@pytest.mark.parametrize("scale", [1e-130, 1e-6, 1e6, 1e130])
def test_the_simplex_scales(scale):
    """The simplex cannot be moved; scaled, it projects and measures alike."""
    base, scaled = Simplex(3), Simplex(3, scale)
    point = np.array([0.7, 0.2, -0.4])
    assert np.allclose(scaled.project(scale * point), scale * base.project(point), rtol=1e-14, atol=0)
    assert scaled.contains(scale * np.full(3, 1.0 / 3.0))
    assert not scaled.contains(scale * np.array([1.0 / 3.0 + 1e-9, 1.0 / 3.0, 1.0 / 3.0]))
    low, high = scaled.diameter_bounds("2")
    assert low <= np.sqrt(2.0) * scale * (1.0 + 2.0 * EPS)
    assert np.sqrt(2.0) * scale * (1.0 - 2.0 * EPS) <= high
    assert high - low <= 4.0 * EPS * scale


@pytest.mark.parametrize("scale", [1e-300, 1e-160, 1e160, 1e300])
@pytest.mark.parametrize("name", sorted(set(MAKERS) - {"half_space", "cvxpy", "cvxpy_ball"}))
def test_diameters_of_tiny_and_huge_sets_stay_in_range(name, scale):
    """No square overflows or vanishes on the way: the bounds are those of the set of size 1, scaled."""
    base, scaled = (MAKERS[name](np.zeros(3), s) for s in (1.0, scale))
    for norm in ("inf", "2"):
        low, high = scaled.diameter_bounds(norm)
        least, most = base.diameter_bounds(norm)
        assert (1.0 - 1e-14) * least <= low / scale <= high / scale <= (1.0 + 1e-14) * most
        x, y = scaled.farthest_pair(norm)
        assert scaled.contains(x)
        assert scaled.contains(y)


def test_a_set_whose_numbers_cancel_is_refused():
    """|x|^2 - 2 <c, x> <= r^2 - |c|^2 is a ball near the origin and nothing that floats resolve at 1e7."""

    def ball(c):
        return CvxpySet(3, lambda x: [cvxpy.sum_squares(x) - 2.0 * c @ x <= 1.0 - c @ c])

    assert ball(np.ones(3)).diameter() == pytest.approx(2.0, abs=1e-4)
    for shift in (1e7, 1e12):
        with pytest.raises(ValueError, match=r"`constraints` .* x - c|\(x - c\)/r with a point c"):
            ball(np.full(3, shift))


@pytest.mark.parametrize(
    ("name", "shift", "loss"),
    mostly_slow(product(BOUNDED, SHIFTS, KINDS), in_turn(len(KINDS))),
    ids=lambda value: getattr(value, "name", None),
)
def test_minima_move_with_the_set(name, shift, loss):
    """The least loss over a moved set, the data moved along, is that over the set, enclosed as tightly."""
    c, moved = _at(name, shift, 1.0)
    if moved is None:
        return
    base = MAKERS[name](np.zeros(3), 1.0)
    rows = np.random.default_rng(3).uniform(-1.0, 3.0, (5, 3))
    data = rows if loss is LINEAR else rows + c
    # The data and the set are themselves rounded when they are moved.
    rounded = data if loss is LINEAR else data - c
    here = minimise(loss, {}, base, rounded, np.zeros(5), np.ones(5))
    there = minimise(loss, {}, moved, data, np.zeros(5), np.ones(5))
    offset = float(rows.sum(axis=0) @ c) if loss is LINEAR else 0.0
    # Slopes are at most 4 in each of 5 terms and 3 coordinates; so is the error of <a, z> at z = c.
    room = 60.0 * (_blur(shift) + moved.inexactness + base.inexactness)
    assert there.lower - offset <= here.upper + room
    assert here.lower - room <= there.upper - offset
    assert there.gap <= here.gap + room + 1e-6 * max(1.0, abs(here.upper))
