from fractions import Fraction as F

import numpy as np
import pytest

from online_sim.game import Game
from online_sim.simulate import play
from theory.algorithms.adal import ADAL
from theory.losses.piecewise_family import family_values, piecewise_family
from theory.losses.piecewise_quadratic import Slope, piecewise_quadratic, quadratic_slope
from theory.symbols import df, f, x

HILL = Slope(((F(0), F(-1)), (F(2, 3), F(-1, 3)), (F(2), F(-1, 3)), (F(3), F(1))), F(0), F(2))
PARAMETERS = {"alpha": 0.5, "beta1": 0.5, "beta2": 0.75, "eps": 0.0}


@pytest.mark.parametrize("slope", [HILL, quadratic_slope(F(3, 2))])
@pytest.mark.parametrize("start", [-1.0, 0.0, F(2, 3), 1.0, 2.0, 3.0, 5.0])
def test_it_is_the_function_of_its_slope(slope: Slope, start: float) -> None:
    """With the parameters of a slope, the family plays as the function written out, shifted to min f = 0."""
    knots = 5
    loss = piecewise_family(knots)
    names = [p.name for p in loss.parameters]
    values = dict(zip(names, map(float, family_values(slope, knots)), strict=True))
    setting = {"horizon": 6, "start": [float(start)]}
    asked = {"record": [x, f, df], "checkpoints": "all"}
    of_family = play(Game(ADAL, loss, parameters={**PARAMETERS, **values}, **setting), **asked)
    written = play(Game(ADAL, piecewise_quadratic(slope), parameters=PARAMETERS, **setting), **asked)
    for quantity in ("x", "df"):
        np.testing.assert_allclose(of_family.vectors[quantity], written.vectors[quantity], rtol=0, atol=1e-12)
    above = written.scalars["f"] - float(slope.minimum)
    np.testing.assert_allclose(of_family.scalars["f"], above, rtol=0, atol=1e-12)


def test_another_slope_is_another_function() -> None:
    """The parameters decide: those of a steeper function give another value."""
    assert family_values(quadratic_slope(1), 3) != family_values(quadratic_slope(2), 3)


def test_too_few_knots_are_refused() -> None:
    """A family cannot hold a slope with more knots than it has, nor have none."""
    with pytest.raises(ValueError, match="too few for a slope of 4"):
        family_values(HILL, 3)
    with pytest.raises(ValueError, match="at least 1"):
        piecewise_family(0)
