"""What is computed again instead of stored, and when it must not be."""

from __future__ import annotations

import numpy as np
import pytest

from online_sim.domains.box import Box
from online_sim.engines.loop.kernel import print_kernel
from online_sim.engines.loop.recompute import recompute
from online_sim.engines.loop.style import Style
from online_sim.engines.lowering import Request, compile_program
from online_sim.engines.numba_engine import NumbaEngine
from online_sim.engines.numpy_engine import NumpyEngine
from online_sim.engines.program import Projection
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from theory.algorithms.adal import ADAL
from theory.losses.quadratic import QUADRATIC
from theory.quantities import Norm1, SumCoords
from theory.symbols import df, g, x, x_next

LATER = SumCoords(g * SumCoords(x_next))
"""Read after the pass that overwrites x, when x - a cannot be computed any more."""


def test_a_difference_is_not_stored() -> None:
    """The gradient x - a is read in two passes and stored in neither; a reproducible kernel stores it."""
    program = compile_program(Request(ADAL, QUADRATIC, projection=Projection.CLIP, record=[Norm1(g)]))
    assert df in program.full.stored
    assert df not in recompute(program.full, program.states, []).stored
    assert "buf_" not in print_kernel(program).text
    assert "buf_df" in print_kernel(program, None, Style(reproducible=True)).text


@pytest.mark.parametrize(
    ("record", "recorded"), [([LATER], []), ([g], [df])], ids=["overwritten", "recorded"]
)
def test_what_must_stay_stays(record: list, recorded: list) -> None:
    """What is recorded, or read after its terms have been overwritten, is stored."""
    program = compile_program(Request(ADAL, QUADRATIC, projection=Projection.CLIP, record=record))
    assert df in recompute(program.full, program.states, recorded).stored


@pytest.mark.parametrize("lanes", [False, True])
def test_the_numbers_are_those_of_the_reference(lanes: bool) -> None:
    """Whether computed again or stored, recorded or read late, every number agrees with numpy's."""
    rows = ArrayStream(np.random.default_rng(0).normal(size=(9, 4)))
    for record in ([x, Norm1(g)], [x, LATER], [x, g]):
        traces = [
            play(
                Game(
                    ADAL,
                    QUADRATIC,
                    rows,
                    Box(-0.5, 0.7, dimension=4),
                    horizon=9,
                    parameters={"alpha": 0.3},
                    replicates=9,
                ),
                record=record,
                checkpoints="all",
                engine=engine,
            )
            for engine in (NumbaEngine(interpreted=True, lanes=lanes), NumpyEngine())
        ]
        for q in record:
            found, expected = (np.asarray((t.vectors | t.scalars)[str(q)]) for t in traces)
            assert np.allclose(
                found, expected, rtol=0, atol=1e-13
            )  # rounding of numbers of size 1, nine rounds
