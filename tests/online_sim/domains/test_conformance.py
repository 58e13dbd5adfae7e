"""The conformance function accepts right domains and refuses each deliberately wrong one."""

import inspect
from dataclasses import dataclass

import numpy as np
import pytest

from online_sim.contract import ConformanceError
from online_sim.domains.conformance import check_domain
from online_sim.domains.l2_ball import L2Ball
from online_sim.domains.simplex import Simplex
from wrapped_domain import Wrapped


class IgnoresWeights(Wrapped):
    """Projects without the weights."""

    def _project(self, point, weight):
        """The plain projection."""
        self.inner.project(point, weight)
        return self.inner.project(point)


class ScalesOnly(Wrapped):
    """Projects onto the smaller ball of half the radius."""

    def _project(self, point, weight):
        """A feasible point that is not the nearest."""
        return 0.5 * self.inner.project(point, weight)


class Infeasible(Wrapped):
    """Projects onto a slightly larger set."""

    def _project(self, point, weight):
        """One part in 1e8 outside."""
        return (1.0 + 1e-8) * self.inner.project(point, weight)


class SlightlyOff(Wrapped):
    """Projects with weights that are wrong by one part in 1e6."""

    def _project(self, point, weight):
        """Nearest in slightly another norm; the plain projection is right."""
        if np.all(weight == 1.0):
            return self.inner.project(point)
        return self.inner.project(point, weight * (1.0 + 1e-6 * np.arange(self.dimension)))


class FloorsZeroWeights(Wrapped):
    """Treats a zero weight as an ordinary one."""

    def _project(self, point, weight):
        """Zero weights count as 1."""
        return self.inner.project(point, np.where(weight == 0.0, 1.0, weight))


class DependsOnScale(Wrapped):
    """Adds 1 to every weight, so that their common scale matters."""

    def _project(self, point, weight):
        """Right only for equal weights."""
        return self.inner.project(point, weight + 1.0 * (np.min(weight) >= 0.0))


class SmallSupport(Wrapped):
    """Understates the support function."""

    def _support(self, direction):
        """One part in 1e6 too small."""
        return (1.0 - 1e-6) * self.inner.support(direction)


class LargeSupport(Wrapped):
    """Overstates the support function."""

    def _support(self, direction):
        """One part in 1e6 too large."""
        return (1.0 + 1e-6) * self.inner.support(direction)


class WrongMaximiser(Wrapped):
    """Returns the minimiser."""

    def _maximiser(self, direction):
        """The point of the opposite direction."""
        return self.inner.maximiser(-direction)


class WrongWidths(Wrapped):
    """Reports half the widths."""

    def _widths(self):
        """The radius instead of the diameter."""
        low, high = self.inner.coordinate_diameter_bounds()
        return 0.5 * low, 0.5 * high


class SmallTwoDiameter(Wrapped):
    """Understates only the l2 diameter."""

    def _two_diameter(self):
        """Short by a tenth at both ends."""
        return 0.9 * self.inner.diameter("2"), 0.9 * self.inner.diameter("2")


class LowerEndTooLarge(Wrapped):
    """Claims a diameter that no two points have, at both ends."""

    def _two_diameter(self):
        """An upper bound, a tenth more, used as if it were exact."""
        return 1.1 * self.inner.diameter("2"), 1.1 * self.inner.diameter("2")


class CrossedBounds(Wrapped):
    """States a lower end above the upper one."""

    def _two_diameter(self):
        """The ends the other way round."""
        return 1.5 * self.inner.diameter("2"), self.inner.diameter("2")


class PairOutside(Wrapped):
    """Reaches the lower end by points that are not in the set."""

    def _farthest_pair(self, norm):
        """Both ends moved out."""
        x, y = self.inner.farthest_pair(norm)
        return x + (x - y), y


class WidthsCrossed(Wrapped):
    """States widths that are larger from below than from above."""

    def _widths(self):
        """The ends the other way round."""
        widths = self.inner.coordinate_diameters()
        return 2.0 * widths, widths


class AcceptsEverything(Wrapped):
    """Calls every point feasible."""

    def _contains(self, point, tolerance):
        """Always true."""
        self.inner.contains(point, tolerance=tolerance)
        return True


class InfeasibleStart(Wrapped):
    """Starts outside."""

    def start(self):
        """Twice the diameter away."""
        return self.inner.start() + 2.0 * self.inner.diameter()


class SwallowsNan(Wrapped):
    """Leaves out the checks of the base class, and projects NaN somewhere."""

    def project(self, point, weight=None):
        """NaN becomes 0."""
        return self.inner.project(np.nan_to_num(point, posinf=np.nan, neginf=np.nan), weight)


class WritesIntoThePoint(Wrapped):
    """Returns the caller's own array."""

    def _project(self, point, weight):
        """In place."""
        x = self.inner.project(point, weight)
        if not isinstance(point, np.ndarray) or not point.flags.writeable:
            return x
        point[:] = x
        return point


class WrongConstraints(Wrapped):
    """Tells cvxpy about a larger set."""

    def cvxpy_constraints(self, variable):
        """The set scaled by 1.01."""
        return self.inner.cvxpy_constraints(variable / 1.01)


class OtherKernel(Wrapped):
    """Carries the kernel of another set."""

    def kernel(self):
        """A ball of a third of the radius."""
        return L2Ball(self.dimension, self.inner.diameter() / 6.0).kernel()


@pytest.mark.parametrize("inner", [L2Ball(4, 2.0), Simplex(4, 2.0)])
def test_right_toy_is_accepted(inner):
    """Must-hold control: the wrapper by itself changes nothing."""
    check_domain(Wrapped(inner))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (IgnoresWeights, "variational inequality"),
        (ScalesOnly, "moves the feasible point"),
        (Infeasible, "contains.. refuses|infeasible|moves the feasible"),
        (SlightlyOff, "is not normal to the set"),
        (FloorsZeroWeights, "zero weights are not the limit"),
        (DependsOnScale, "variational inequality|apart"),
        (SmallSupport, "support function"),
        (LargeSupport, r"maximiser\(\) reaches"),
        (WrongMaximiser, r"maximiser\(\) reaches|beyond the support"),
        (WrongWidths, r"coordinate_diameters\(\)\[0\] is"),
        (SmallTwoDiameter, r"diameter\(\"2\"\) is"),
        (LowerEndTooLarge, "not reached by farthest_pair"),
        (CrossedBounds, "not an interval"),
        (PairOutside, "of farthest_pair"),
        (WidthsCrossed, "lower end above its upper"),
        (AcceptsEverything, r"contains\(\) accepts"),
        (InfeasibleStart, r"contains\(\).* refuses"),
        (SwallowsNan, r"project\(\) is final .* define _project\(\)"),
        (WritesIntoThePoint, "writes into the point"),
        (WrongConstraints, "cvxpy"),
        (OtherKernel, "kernel"),
    ],
)
def test_wrong_domain_is_refused(wrong, sentence):
    """Must-fail controls: each wrong toy is refused with a sentence about what is wrong."""
    with pytest.raises(ValueError, match=sentence) as refusal:
        check_domain(wrong(L2Ball(4, 2.0)))
    assert refusal.type is ConformanceError


def test_every_wrong_toy_is_tested():
    """No wrong toy is left out of the list above."""
    toys = {
        c for c in globals().values() if inspect.isclass(c) and issubclass(c, Wrapped) and c is not Wrapped
    }
    marks = test_wrong_domain_is_refused.pytestmark
    assert toys == {case[0] for mark in marks for case in mark.args[1]}


@pytest.mark.parametrize("bad", [[np.nan, 0.0], [np.inf, 0.0], [0.0, 0.0, 0.0], ["a", "b"]], ids=str)
@pytest.mark.parametrize("method", ["project", "support", "maximiser", "contains"])
def test_every_domain_refuses_a_wrong_vector(method, bad):
    """The base class checks for all of them, so that no set needs to; the control is a list of numbers."""
    domain = Wrapped(L2Ball(2))
    getattr(domain, method)([0.5, 0.0])
    with pytest.raises(ValueError, match=r"`(point|direction)`"):
        getattr(domain, method)(bad)


@pytest.mark.parametrize("weight", [[np.nan, 1.0], [np.inf, 1.0], [1.0], [-1.0, 1.0]], ids=str)
def test_every_domain_refuses_wrong_weights(weight):
    """The weights of a projection are finite and not negative, one for each coordinate."""
    with pytest.raises(ValueError, match="`weight`"):
        Wrapped(L2Ball(2)).project([0.5, 0.0], weight)


def test_unfrozen_class_is_refused():
    """A class that is no frozen dataclass breaks the contract."""

    @dataclass
    class Loose:
        dimension: int = 1
        name: str = "loose"

        def kernel(self):
            return None

        def box_bounds(self):
            return None

    with pytest.raises(ConformanceError, match="frozen dataclass"):
        check_domain(Loose())


def test_domain_without_kernel_is_judged_at_the_solver_accuracy():
    """A general set, projected by a solver, passes with the looser defaults and fails the strict ones."""

    class Solved(Wrapped):
        def kernel(self):
            return None

        def _project(self, point, weight):
            # 1e-7 of the radius stands for what an interior-point solver leaves.
            return self.inner.project(point, weight) * (1.0 - 1e-7)

    check_domain(Solved(L2Ball(3)))
    with pytest.raises(ConformanceError):
        check_domain(Solved(L2Ball(3)), tolerance=1e-11, weight_decades=16.0)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_other_seeds_and_sample_sizes_pass(seed):
    """The verdict on a right domain does not hang on the seed or the number of samples."""
    check_domain(L2Ball(6, 3.0), seed=seed, samples=2, use_cvxpy=False)
    check_domain(Simplex(6, 3.0), seed=seed, samples=10, use_cvxpy=False)
