"""The torch engine compiled, on the processor and on a GPU."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from online_sim.domains.box import Box
from online_sim.domains.ellipsoid import Ellipsoid
from online_sim.domains.simplex import Simplex
from online_sim.engines import torch_engine
from online_sim.engines.conformance import check_engine
from online_sim.engines.torch_engine import TorchEngine
from online_sim.game import Game
from online_sim.streams.arrays import ArrayStream
from theory.algorithms.adal import ADAL
from theory.losses.logistic import LOGISTIC
from theory.symbols import x
from torch_games import LABELS, PARAMETERS, RECORD, ROWS, logistic, plain

pytestmark = pytest.mark.torch


def test_it_says_whether_it_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short vectors are not compiled; without a compiler neither are long ones, with a note."""
    assert logistic(TorchEngine("cpu")).run.engine_details["compiled"] is False
    monkeypatch.setattr(torch_engine, "missing_compiler", lambda device: "there is no C++ compiler")
    trace = logistic(TorchEngine("cpu", compiled=True))
    assert trace.run.engine_details["note"] == "not compiled: there is no C++ compiler"
    assert trace.run.engine == "torch"


def test_a_missing_compiler_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What torch would stumble over is asked for first."""
    from torch._inductor import cpp_builder, exc

    def nothing() -> None:
        raise exc.InvalidCxxCompiler

    assert torch_engine.missing_compiler(torch.device("cpu")) is None  # tests are run where there is one
    monkeypatch.setattr(cpp_builder, "get_cpp_compiler", nothing)
    assert "install g++" in torch_engine.missing_compiler(torch.device("cpu"))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:`torch.jit.script_method` is deprecated:DeprecationWarning")
def test_compiled_rounds_are_compiled_once() -> None:
    """Two functions, whatever the round, the row and the block; and float32 compiled is float32 plain."""
    from torch._dynamo.utils import counters

    counters.clear()
    engine = TorchEngine("cpu", "float32", compiled=True)
    engine.block_rounds = 9
    trace = logistic(engine, checkpoints=5)
    assert counters["stats"]["unique_graphs"] == 2
    shortly = logistic(plain("float32"), checkpoints=5)
    # the compiler may contract a product and a sum: rounding of 40 rounds
    assert np.allclose(trace[x], shortly[x], rtol=0, atol=40 * 2 * np.finfo(np.float32).eps)


@pytest.mark.gpu
@pytest.mark.filterwarnings("ignore:`torch.jit.script_method` is deprecated:DeprecationWarning")
@pytest.mark.parametrize("compiled", [False, True])
def test_a_gpu_agrees_with_the_reference(compiled: bool) -> None:
    """The same games on CUDA, compiled or not."""
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    for domain in (Box(-0.5, 0.5, dimension=6), Ellipsoid(np.linspace(0.1, 0.4, 6)), Simplex(6, 0.5)):
        made = Game(ADAL, LOGISTIC, ArrayStream(ROWS, LABELS), domain, horizon=40, parameters=PARAMETERS)
        assert check_engine(TorchEngine("cuda", compiled=compiled), made, RECORD) <= 1
    trace = logistic(TorchEngine("cuda", "float32", compiled=compiled))
    assert np.allclose(trace[x], logistic(plain("float32"))[x], rtol=0, atol=1e-4)
