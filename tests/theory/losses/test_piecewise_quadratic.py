"""What is known exactly of a piecewise quadratic phi."""

from fractions import Fraction as F

import pytest

from theory.losses.piecewise_quadratic import Slope, quadratic_slope


def test_the_nearest_minimiser_of_a_convex_function() -> None:
    """A point on a slope, the nearer end of a flat bottom, and the point itself on it or on a flat end."""
    valley = Slope(((F(-1), F(-2)), (F(1), F(0)), (F(3), F(0)), (F(4), F(1))), F(1), F(0))
    assert [valley.nearest_minimiser(F(u)) for u in (-5, 1, 2, 3, 9)] == [1, 1, 2, 3, 3]
    bent = Slope(((F(0), F(1)),), F(1, 2), F(3))
    assert [bent.nearest_minimiser(F(u)) for u in (-9, 0, 9)] == [-2, -2, -2]
    ended = Slope(((F(0), F(0)), (F(1), F(2))), F(0), F(1))
    assert [ended.nearest_minimiser(F(u)) for u in (-7, 0, 5)] == [-7, 0, 0]
    with pytest.raises(ValueError, match="not convex"):
        Slope(((F(0), F(-1)), (F(1), F(1)), (F(2), F(0))), F(0), F(1)).nearest_minimiser(F(0))


def test_modulus_and_steepest_slope() -> None:
    """The least bend, and the ends of a bounded phi'."""
    valley = Slope(((F(-1), F(-2)), (F(1), F(0)), (F(3), F(0)), (F(4), F(1))), F(0), F(0))
    assert (valley.modulus, valley.steepest) == (0, (-2, 1))
    assert (quadratic_slope(3).modulus, quadratic_slope(3).steepest) == (3, None)
    assert Slope(((F(0), F(-1)), (F(1), F(1)), (F(2), F(0))), F(0), F(1)).modulus == -1
