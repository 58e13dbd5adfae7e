"""The box: the clip for every weight, and the errors of its constructor."""

import numpy as np
import pytest

from online_sim.domains.box import Box
from online_sim.domains.conformance import check_domain


@pytest.mark.parametrize(
    "box",
    [
        Box(-1.0, 1.0, dimension=1),
        Box([0.0, -2.0, 5.0], [1.0, -2.0, 1e3]),
        Box(-1e-3, 2e-3, dimension=25),
        Box(np.arange(4.0), 10.0),
    ],
)
def test_box_conforms(box):
    """The conformance function accepts boxes, flat in a coordinate or off the origin too."""
    check_domain(box)


def test_projection_is_the_clip_by_hand():
    """Coordinates outside go to the nearest bound whatever the weights, zero included."""
    box = Box([0.0, -1.0, 2.0], [1.0, 1.0, 3.0])
    for weight in (None, np.array([1e-8, 1e8, 0.0]), np.zeros(3)):
        assert box.project(np.array([2.0, 0.25, -4.0]), weight).tolist() == [1.0, 0.25, 2.0]


def test_support_and_diameters_by_hand():
    """A 3-4-12 box has diagonal 13; the support function takes the better bound of each coordinate."""
    box = Box([0.0, 0.0, -6.0], [3.0, 4.0, 6.0])
    assert box.coordinate_diameters().tolist() == [3.0, 4.0, 12.0]
    assert (box.diameter(), box.diameter("2")) == (12.0, 13.0)
    assert box.support(np.array([1.0, -1.0, -2.0])) == 15.0
    assert box.maximiser(np.array([1.0, -1.0, -2.0])).tolist() == [3.0, 0.0, -6.0]
    assert box.start().tolist() == [1.5, 2.0, 0.0]
    assert not box.contains(np.array([3.1, 1.0, 0.0]), tolerance=0.008)
    assert box.contains(np.array([3.1, 1.0, 0.0]), tolerance=0.009)


def test_kernel_reports_bad_numbers():
    """NaN, infinite and negative input gives code 2."""
    kernel = Box(-1.0, 1.0, dimension=2).kernel()
    for point, weight in (
        ([np.nan, 0.0], [1.0, 1.0]),
        ([0.0, np.inf], [1.0, 1.0]),
        ([0.0, 0.0], [1.0, -1.0]),
    ):
        assert kernel.function(np.array(point), np.array(weight), np.empty(2), np.empty(0), kernel.data) == 2


def test_names_are_short_and_tell_boxes_apart():
    """A constant bound is one number, a long array a digest of its entries."""
    assert Box(-1, 1, dimension=10).name == "box(d=10, lower=-1, upper=1)"
    assert Box([0, 0.5], 1.0).name == "box(d=2, lower=[0, 0.5], upper=1)"
    first, second = Box(np.arange(9.0), 100.0), Box(np.arange(9.0) + 1.0, 100.0)
    assert first.name != second.name
    assert first.name == Box(np.arange(9.0), 100.0).name


def test_bounds_are_read_only_copies():
    """Neither the caller's array nor an attribute write can change a box."""
    lower = np.zeros(2)
    box = Box(lower, 1.0)
    lower[0] = 9.0
    assert box.lower[0] == 0.0
    with pytest.raises(ValueError, match="read-only"):
        box.lower[0] = 9.0
    with pytest.raises(AttributeError):
        box.lower = lower


def test_wrong_bounds_are_refused():
    """Every wrong box is answered with its argument, its value and a remedy."""
    with pytest.raises(
        ValueError, match=r"`lower` = 2\.0 exceeds `upper` = 1\.0 at index 1: the box is empty"
    ):
        Box([0.0, 2.0], [1.0, 1.0])
    with pytest.raises(ValueError, match=r"`dimension` is needed .* pass Box\(lower, upper, dimension=d\)"):
        Box(0.0, 1.0)
    with pytest.raises(ValueError, match="`dimension` = 0 must be a whole number, at least 1"):
        Box(0.0, 1.0, dimension=0)
    with pytest.raises(ValueError, match=r"`upper` has shape \(3,\); expected \(2,\)"):
        Box([0.0, 0.0], [1.0, 1.0, 1.0])
    with pytest.raises(ValueError, match=r"`upper` .* holds inf at index 0"):
        Box([0.0], [np.inf])
    with pytest.raises(ValueError, match=r"`lower` .* holds NaN at index 2"):
        Box([0.0, 0.0, np.nan], 1.0)
    with pytest.raises(ValueError, match="`dimension` = 0 must be a whole number, at least 1"):
        Box([], [])


def test_wrong_arguments_are_named():
    """Points, weights, norms and tolerances that make no sense are refused by name and value."""
    box = Box(-1.0, 1.0, dimension=2)
    with pytest.raises(ValueError, match=r"`point` has shape \(\); expected \(2,\)"):
        box.project(0.0)
    with pytest.raises(ValueError, match=r"`point` .* holds NaN at index 1"):
        box.project(np.array([0.0, np.nan]))
    with pytest.raises(ValueError, match=r"`weight` has the negative entry -2\.0 at index 1"):
        box.project(np.zeros(2), np.array([1.0, -2.0]))
    with pytest.raises(ValueError, match="`norm` = '1' is unknown; known: inf, 2"):
        box.diameter("1")
    with pytest.raises(ValueError, match=r"`tolerance` = -1\.0 must be a finite number, at least 0"):
        box.contains(np.zeros(2), tolerance=-1.0)
    with pytest.raises(TypeError, match=r"`point` = .* must be an array of real numbers"):
        box.project(np.array(["a", "b"]))
