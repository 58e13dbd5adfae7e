"""The general cvxpy set against sets that have exact projections of their own."""

import cvxpy
import numpy as np
import pytest

from online_sim.comparator import minimise
from online_sim.domains.box_hyperplane import BoxHyperplane
from online_sim.domains.conformance import check_domain
from online_sim.domains.cvxpy_set import CvxpySet
from online_sim.domains.ellipsoid import Ellipsoid
from online_sim.domains.l1_ball import L1Ball
from online_sim.domains.l2_ball import L2Ball
from online_sim.domains.simplex import Simplex
from theory.losses.quadratic import QUADRATIC

CAPPED = BoxHyperplane(0.0, 1.0, np.ones(4), 2.0)
ROUND = Ellipsoid([1.0, 2.0, 0.5, 1.5])


@pytest.fixture(scope="module")
def capped():
    """The capped simplex through cvxpy."""
    return CvxpySet(4, CAPPED.cvxpy_constraints, name="capped")


@pytest.fixture(scope="module")
def disc():
    """A set without a kernel of its own: an l1 ball cut by an l2 ball."""
    return CvxpySet(2, lambda x: [cvxpy.norm1(x) <= 1, cvxpy.norm(x, 2) <= 0.8], name="cut_l1")


def test_cvxpy_set_projects_onto_a_polyhedron(capped):
    """Weights over 0 to 6 decades: far below the accuracy, where default tolerances err by 1e-2."""
    generator = np.random.default_rng(13)
    for decades in (0, 2, 6):
        for _ in range(10):
            point, weight = (
                2 * generator.standard_normal(4),
                10.0 ** generator.uniform(-decades / 2, decades / 2, 4),
            )
            # Ten times the worst of 100 draws, 1e-9.
            assert np.max(np.abs(capped.project(point, weight) - CAPPED.project(point, weight))) <= 1e-8


def test_cvxpy_set_projects_onto_an_ellipsoid():
    """The error in the weighted norm stays below the stated accuracy."""
    generator = np.random.default_rng(14)
    domain = CvxpySet(4, ROUND.cvxpy_constraints)
    for _ in range(15):
        point, weight = 3 * generator.standard_normal(4), 10.0 ** generator.uniform(-1.0, 1.0, 4)
        error = domain.project(point, weight) - ROUND.project(point, weight)
        assert np.sqrt(weight @ error**2 / weight.max()) <= domain.accuracy


def test_cvxpy_set_has_the_support_and_widths_of_the_set(capped):
    """Maxima and coordinate diameters are those of the closed form."""
    generator = np.random.default_rng(15)
    low, high = capped.coordinate_diameter_bounds()
    assert np.all(low <= CAPPED.coordinate_diameters())
    assert np.all(high >= CAPPED.coordinate_diameters())
    # Each width is the difference of two maxima, each known to `inexactness` on both sides.
    assert np.all(high - low <= 4.0 * capped.inexactness)
    # Clarabel's gap at the tolerances asked for is below 1e-9 of a set of size 1.
    for _ in range(5):
        direction = generator.standard_normal(4)
        assert capped.support(direction) == pytest.approx(CAPPED.support(direction), abs=1e-8)
    assert capped.kernel() is None


def test_cvxpy_set_conforms(disc):
    """The contract of a domain holds to the accuracy of a general solver."""
    check_domain(disc, samples=2)


def test_gap_sees_a_wrong_projection(capped):
    """Must-fail control: the variational inequality bounds the error of a feasible wrong point."""
    point, weight = np.array([2.0, 0.3, 0.1, -1.0]), np.array([1.0, 0.5, 0.25, 1.0])
    right = CAPPED.project(point, weight)
    wrong = CAPPED.project(right + 0.01 * np.array([0.0, 1.0, -1.0, 0.0]))
    error = np.sum(weight * (wrong - right) ** 2)
    assert capped.gap(point, right, weight) <= 1e-8
    assert error > 1e-5
    assert capped.gap(point, wrong, weight) >= error


def test_cvxpy_set_refuses_an_answer_of_poor_quality():
    """With a sloppy solver the certificate or the violation stops the run, whatever the status says."""
    sloppy = {"tol_gap_abs": 0.5, "tol_gap_rel": 0.5, "tol_feas": 0.5}
    with pytest.raises(ValueError, match="calls extreme in a coordinate"):
        CvxpySet(4, CAPPED.cvxpy_constraints, solver_options=sloppy)
    domain = CvxpySet(4, CAPPED.cvxpy_constraints, solver_options=sloppy, accuracy=1e-2)
    with pytest.raises(RuntimeError, match=r"not certified|violates the constraints|no answer"):
        domain.project(np.array([2.0, 0.3, 0.1, -1.0]), np.array([1.0, 1e-3, 1e-2, 1.0]))


def test_cvxpy_set_refuses_weights_it_cannot_resolve(capped):
    """Positive weights over more than 8 decades, or 4 beside zeros, are an error and no guess."""
    point = np.array([2.0, 0.3, 0.1, -1.0])
    for weight in ([1.0, 1e-9, 1.0, 1.0], [1.0, 1e-5, 0.0, 1.0]):
        with pytest.raises(ValueError, match="decades"):
            capped.project(point, np.array(weight))
    limit = CAPPED.project(point, np.array([1.0, 0.0, 0.5, 1.0]))
    # The zero weight stands at 1e-7 of the largest, a distance of order one away.
    assert np.allclose(capped.project(point, np.array([1.0, 0.0, 0.5, 1.0])), limit, rtol=0, atol=1e-5)


def test_cvxpy_set_refuses_sets_that_are_no_domain():
    """Empty, unbounded, non-convex and missing constraints are named."""
    for constraints, message in (
        (lambda x: [x >= 0, cvxpy.sum(x) <= -1], "contradict"),
        (lambda x: [x >= 0], "coordinate 0 without a largest value"),
        (lambda x: [cvxpy.norm(x) >= 1], "convex"),
        (lambda x: [], "no constraint"),
    ):
        with pytest.raises(ValueError, match=message):
            CvxpySet(2, constraints)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"constraints": []}, "`constraints` must map"),
        ({"constraints": None}, "`constraints` must map"),
        ({"constraints": lambda x: None}, "`constraints` returned None"),
        ({"constraints": lambda x: [True]}, r"`constraints` returned True in its list"),
        ({"constraints": lambda x: x >= 0}, "must return a list"),
        ({"constraints": lambda x: [x >= np.zeros(3)]}, "`constraints` raised ValueError"),
        ({"constraints": lambda x: [x >= 0, x <= cvxpy.Variable(2, integer=True)]}, "`constraints`.*integer"),
        ({"constraints": lambda x: [x >= 0, x <= cvxpy.Variable(2, boolean=True)]}, "`constraints`.*integer"),
        ({"constraints": lambda x: [x >= 0, x <= cvxpy.Parameter(2)]}, "`constraints`.*parameter.*no value"),
        ({"solver": "NONE_SUCH"}, "`solver` = 'NONE_SUCH' is not installed; pass .*CLARABEL"),
        ({"solver": None}, "`solver` = None is not installed"),
        ({"solver_options": {"no_such_option": 1}}, "`solver_options` = {'no_such_option': 1}"),
        ({"solver_options": 3}, "`solver_options` must map"),
        ({"solver": "OSQP", "constraints": lambda x: [cvxpy.norm(x) <= 1]}, "`solver` = 'OSQP' cannot solve"),
        ({"accuracy": -1.0}, "`accuracy` = -1.0 must be a finite number, above 0"),
        ({"dimension": 0}, "`dimension` = 0 must be a whole number, at least 1"),
    ],
)
def test_cvxpy_set_names_the_wrong_argument_when_it_is_made(arguments, message):
    """One ValueError at construction that names the argument, whatever the solver would have raised."""
    good = {"dimension": 2, "constraints": lambda x: [x >= 0, x <= 1]}
    with pytest.raises(ValueError, match=message):
        CvxpySet(**{**good, **arguments})


def test_cvxpy_set_takes_further_real_variables_and_set_parameters():
    """An l1 ball by a lifting: points are judged by the distance to their projection."""
    bound = cvxpy.Parameter(value=1.0)

    def lifted(x):
        size = cvxpy.Variable(2)
        return [x <= size, -x <= size, cvxpy.sum(size) <= bound]

    domain, ball = CvxpySet(2, lifted), L1Ball(2)
    point = np.array([2.0, 0.5])
    assert np.allclose(domain.project(point), ball.project(point), rtol=0, atol=1e-8)
    assert domain.contains(np.array([0.5, -0.4]))
    assert not domain.contains(np.array([0.5, -0.51]))
    assert domain.contains(domain.start())


def test_support_is_within_the_stated_inexactness() -> None:
    """Sets that also have a closed form: the solver's support differs by at most inexactness * |c|_1."""
    rng = np.random.default_rng(5)
    twins = [
        (Simplex(4), CvxpySet(4, lambda x: [x >= 0, sum(x) == 1], name="simplex")),
        (
            L2Ball(4, radius=3.0),
            CvxpySet(4, lambda x: L2Ball(4, radius=3.0).cvxpy_constraints(x), name="ball"),
        ),
    ]
    for exact, solved in twins:
        assert exact.inexactness == 0.0
        for scale in (1e-3, 1.0, 1e3):
            c = scale * rng.normal(size=4)
            bound = solved.inexactness * float(np.abs(c).sum())
            assert abs(exact.support(c) - solved.support(c)) <= bound


def test_the_enclosure_of_a_minimum_allows_for_the_solver() -> None:
    """On a set given by cvxpy the two ends of a minimum keep their order and hold the exact minimum."""
    vectors = np.random.default_rng(6).normal(size=(20, 4))
    solved = CvxpySet(4, lambda x: [x >= 0, sum(x) == 1], name="simplex")
    here = minimise(QUADRATIC, {}, solved, vectors, np.zeros(20), np.ones(20))
    there = minimise(QUADRATIC, {}, Simplex(4), vectors, np.zeros(20), np.ones(20))
    assert here.lower <= there.lower <= there.upper <= here.upper
