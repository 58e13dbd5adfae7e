"""The torch engine makes rows from formulas, with the numbers of the other engines."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sympy import Integer

from online_sim.domains.box import Box
from online_sim.engines.conformance import check_engine
from online_sim.engines.mixing_kernel import uniform as mixed
from online_sim.engines.torch.tools_kernel import uniform as mixed_by_torch
from online_sim.engines.torch_engine import TorchEngine
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.formula import FormulaStream
from theory.algorithms.adal import ADAL
from theory.losses.linear import LINEAR
from theory.losses.logistic import LOGISTIC
from theory.quantities import CumSum, Norm1, UniformDraw, uniform
from theory.symbols import coordinate, g, seed, t, x
from torch_games import PARAMETERS, RECORD, plain

pytestmark = pytest.mark.torch


def test_the_mixer_is_the_same_on_tensors() -> None:
    """Bit for bit the numbers of the other engines, at the ends of the range too."""
    numbers = [0, 1, 2, 12345, 2**31, 2**40 + 1, 2**53 - 1]
    for s in numbers:
        for now in numbers:
            found = mixed_by_torch(
                torch.tensor([[float(s)]], dtype=torch.float64),
                2,
                torch.tensor([[float(now)]], dtype=torch.float64),
                torch.tensor([list(map(float, numbers))], dtype=torch.float64),
            )
            with np.errstate(over="ignore"):  # modulo 2^64 is meant
                expected = mixed(s, 2, np.full(7, now), np.array(numbers))
            assert np.array_equal(found[0].numpy(), expected)


def test_a_formula_is_played_as_everywhere() -> None:
    """Rows and labels made inside the round, replicates with their own seeds."""
    row = (2 * uniform() - 1) / (coordinate + 1) + uniform(1) ** 2 * t / 10
    label = 2 * UniformDraw(seed, Integer(7), t, Integer(0)) - 1
    stream = FormulaStream(row, label=label, dimension=5, seed=3)
    made = Game(
        ADAL,
        LOGISTIC,
        [stream.reseed(s) for s in (2**53 - 1, 0)],
        Box(-1.0, 1.0, dimension=5),
        horizon=12,
        parameters=PARAMETERS,
    )
    assert check_engine(plain(), made, RECORD) <= 1


def test_a_float32_row_is_the_rounded_row() -> None:
    """The formula is computed in float64 and rounded once; the number of a coordinate is never rounded."""
    stream = FormulaStream((2 * uniform() - 1 + coordinate) * t / 7, dimension=1000, seed=1)
    trace = play(
        Game(ADAL, LINEAR, stream, horizon=2, parameters=PARAMETERS, start=np.zeros(1000)),
        record=[g],
        checkpoints="all",
        engine=plain("float32"),
    )
    block = stream.block(0, 2)
    assert np.array_equal(trace[g].astype(np.float32), block.vectors[block.index].astype(np.float32))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:`torch.jit.script_method` is deprecated:DeprecationWarning")
def test_a_compiled_formula_ends_where_the_row_ends() -> None:
    """1001 coordinates, no multiple of a vector register: the mixer once overran the row there."""
    stream = FormulaStream(2 * uniform() - 1, dimension=1001, seed=3)
    setting = {"horizon": 20, "parameters": PARAMETERS}
    options = {"record": [x, CumSum(Norm1(g))], "checkpoints": 4}
    box = Box(-0.5, 0.5, dimension=1001)
    found = play(
        Game(ADAL, LINEAR, stream, box, **setting), engine=TorchEngine("cpu", compiled=True), **options
    )
    expected = play(Game(ADAL, LINEAR, stream, box, **setting), engine=plain(), **options)
    # contracted products: rounding of 20 rounds
    assert np.allclose(found[x], expected[x], rtol=0, atol=20 * np.finfo(np.float64).eps)
    norms = str(CumSum(Norm1(g)))
    assert np.allclose(found[norms], expected[norms], rtol=1e-13, atol=0)  # 1001 terms in another order
