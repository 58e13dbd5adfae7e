"""Numbers for the symbols of a statement: which one a name stands for where two claim it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bounds.values import TraceValues
from online_sim.domains.box import Box
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from theory.algorithms.sgd import SGD
from theory.losses.linear import LINEAR
from theory.losses.quadratic import QUADRATIC
from theory.parameters import ALPHA
from theory.quantities import CumSum
from theory.symbols import L, f, g, x

NAMESAKE = replace(SGD, name="SGD with its own L", parameters=(replace(ALPHA, symbol=L),), point=x - g / L)
"""Its step size goes by the name of the smoothness constant."""
ROWS = ArrayStream(np.array([[1.0], [-1.0]]))


def values(loss, **overrides) -> TraceValues:
    """Those of two rounds with L = 7 as a parameter."""
    game = Game(NAMESAKE, loss, ROWS, Box(-1.0, 1.0, dimension=1), horizon=2, parameters={"L": 7.0})
    trace = play(game, record=(CumSum(f),))
    return TraceValues(trace, overrides)


@pytest.mark.parametrize(("loss", "overrides"), [(QUADRATIC, {}), (LINEAR, {"L": 3.0})])
def test_a_constant_wins_over_a_parameter_of_its_name(loss, overrides) -> None:
    """As a float and as an interval alike, whether the game knows it or `constants` gives it."""
    found = values(loss, **overrides)
    known = overrides.get("L", found.trace.run.constants["L"])
    assert known != 7.0
    np.testing.assert_array_equal(found.point(L), known)
    enclosed = found.enclose(L)
    assert enclosed.lower <= known <= enclosed.upper  # any larger L will do too
    assert enclosed.lower < 7.0


def test_an_unknown_constant_is_no_parameter_of_its_name() -> None:
    """Linear losses have no least smoothness constant: it stays undefined, and is asked for."""
    found = values(LINEAR)
    enclosed = found.enclose(L)
    assert np.isnan([found.point(L), enclosed.lower, enclosed.upper]).all()
    with pytest.raises(ValueError, match="no value for L is known"):
        found.require_constants(L)
