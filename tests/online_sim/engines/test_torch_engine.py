"""The torch engine: blocks, replicates, what it keeps on its device, projections, and what it refuses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from online_sim.domains.ellipsoid import Ellipsoid
from online_sim.domains.polytope import Polytope
from online_sim.domains.simplex import Simplex
from online_sim.engines.conformance import check_engine
from online_sim.engines.torch import player as torch_player
from online_sim.engines.torch.state import DeviceVectors
from online_sim.engines.torch_engine import TorchEngine
from online_sim.game import Game
from online_sim.python_loss import PythonLoss
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from online_sim.streams.shuffled import Shuffled
from online_sim.trace import load_trace
from theory.algorithms.adal import ADAL, adal
from theory.losses.logistic import LOGISTIC
from theory.symbols import f, x
from torch_games import LABELS, PARAMETERS, RECORD, ROWS, logistic, plain

pytestmark = pytest.mark.torch


def same(one: object, other: object) -> bool:
    """Whether two traces hold the same numbers."""
    stores = [(one.scalars, other.scalars), (one.vectors, other.vectors), (one.series, other.series)]
    return all(list(a) == list(b) and all(np.array_equal(a[k], b[k]) for k in a) for a, b in stores)


def test_replicates_are_played_side_by_side() -> None:
    """Every replicate has its parameters, its order of the rows, its start and its groups' norms."""
    rng = np.random.default_rng(0)
    streams = [Shuffled(ArrayStream(ROWS, LABELS), seed=s, with_replacement=True) for s in range(3)]
    recurrence = adal(norm="group")
    several = Game(
        recurrence,
        LOGISTIC,
        streams,
        Ellipsoid(np.linspace(0.1, 0.4, 6)),
        horizon=30,
        parameters={**PARAMETERS, "alpha": [0.1, 0.3, 0.9]},
        start=rng.uniform(-0.03, 0.03, (3, 6)),
        groups=[0, 0, 1, 1, 2, 1],
    )
    assert check_engine(plain(), several, RECORD) <= 1


@pytest.mark.parametrize("largest", [0, 10**6])
def test_a_run_in_blocks_is_a_run_in_one(largest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bit for bit, the table of rows on the device or on the host, and across windows of rounds."""
    monkeypatch.setattr(torch_player, "EARLY_ROUNDS", 12)
    monkeypatch.setattr(torch_player, "LARGEST_TABLE", largest)
    whole = logistic(plain(), series=[f])
    engine = plain()
    engine.block_rounds = 7
    assert same(whole, logistic(engine, series=[f]))


def test_a_run_goes_on_from_its_trace(tmp_path: Path) -> None:
    """From memory and from a file, bit for bit; the reference can go on from it too."""
    whole = logistic(plain(), Simplex(6, 0.5))
    first = logistic(plain(), Simplex(6, 0.5), changes={"horizon": 17})
    first.save(tmp_path / "trace.npz")
    again = logistic(plain(), Simplex(6, 0.5), resume=first)
    stored = logistic(plain(), Simplex(6, 0.5), resume=load_trace(tmp_path / "trace.npz"))
    assert same(whole, again)
    assert same(whole, stored)
    assert first.horizon == 17  # going on has not touched it
    reference = logistic("numpy", Simplex(6, 0.5), resume=first)
    # 23 rounds of rounding in another order; see online_sim.engines.conformance for the exact rule
    assert np.allclose(reference[x], whole[x], rtol=0, atol=1e-13)


def test_the_state_stays_on_the_device() -> None:
    """The trace's state reads like an array, and travels to the host when it is read."""
    trace = logistic(plain("float32"))
    vectors = trace.state.vectors
    assert isinstance(vectors, DeviceVectors)
    assert (vectors.shape, vectors.size, vectors.dtype, len(vectors)) == ((1, 3, 6), 18, np.float32, 1)
    assert trace.state.scalars.dtype == np.float64
    array = np.asarray(vectors)
    assert np.array_equal(vectors[:, 0], array[:, 0])
    assert np.array_equal(vectors[0, 2, :2], array[0, 2, :2])
    make, arguments = vectors.__reduce__()  # what a trace sends to another process
    assert np.array_equal(make(*arguments), array)
    assert vectors.sum() == pytest.approx(float(array.sum(dtype=np.float64)), rel=1e-12)
    copied = vectors.copy()
    vectors.tensors[0].zero_()
    assert copied[:, 0].any()
    assert not vectors[:, 0].any()
    with pytest.raises(ValueError, match="on a device"):
        np.array(vectors, copy=False)


def test_no_number_is_read_back_during_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """40 rounds, with projections and checkpoints, call nothing that hands a number to Python."""
    from torch.utils._python_dispatch import TorchDispatchMode

    class Watched(TorchDispatchMode):
        """Keeps the names of the operations that hand a number to Python."""

        def __init__(self) -> None:
            super().__init__()
            self.found: list[str] = []

        def __torch_dispatch__(self, function, types, arguments=(), options=None):
            if "_local_scalar_dense" in str(function) or "nonzero" in str(function):
                self.found.append(str(function))
            return function(*arguments, **(options or {}))

    with Watched() as watched:
        torch.ones(()).item()
        assert watched.found  # it sees what it looks for
        watched.found.clear()
        read = []
        played = torch_player.Player.play

        def play_and_look(*arguments: object):
            before = len(watched.found)
            found = played(*arguments)
            read.append(len(watched.found) - before)
            return found

        monkeypatch.setattr(torch_player.Player, "play", play_and_look)
        logistic(plain(), Simplex(6, 0.5), checkpoints=3)
    assert read == [0]


def test_the_host_projects_where_the_device_needs_more_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rounds are played again with the set's own projection; a state too large to keep is refused."""
    domain = Ellipsoid(np.linspace(0.01, 3, 6))
    engine = plain(steps=1)
    trace = logistic(engine, domain)
    assert trace.run.engine_details["projected_on_host"]
    assert np.allclose(trace[x], logistic("numpy", domain)[x], rtol=0, atol=1e-12)
    monkeypatch.setattr(torch_player, "LARGEST_RETRY", 0)
    with pytest.raises(RuntimeError, match=r"the projection onto ellipsoid.* failed in round 1.*`steps`"):
        logistic(plain(steps=1), domain)


def test_a_set_without_a_method_on_the_device_is_projected_on_the_host() -> None:
    """A polytope: nothing is compiled, and the trace says why."""
    square = Polytope(np.vstack([np.eye(6), -np.eye(6)]), np.full(12, 0.5))
    trace = logistic(TorchEngine("cpu", compiled=True), square)
    assert "runs on the host" in trace.run.engine_details["note"]
    assert np.allclose(trace[x], logistic(plain())[x], rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dtype": "float16"}, "`dtype` = 'float16' is unknown; known: float64, float32"),
        ({"device": "gpu"}, "`device` = 'gpu' is unknown; known: cpu, cuda"),
        ({"device": "meta"}, "`device` = 'meta' is not supported; take cpu or cuda"),
        ({"device": "cuda:99"}, r"`device` = 'cuda:99' is absent, torch sees \d+ CUDA devices; take"),
        ({"steps": 0}, "`steps` = 0 must be at least 1"),
    ],
)
def test_wrong_arguments_are_refused(options: dict, message: str) -> None:
    """One ValueError that names the argument and the remedy."""
    with pytest.raises(ValueError, match=message):
        TorchEngine(**options)


def test_without_torch_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The choice of the engine fails at once; the others work."""
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ValueError, match=r"pip install regretcheck\[torch\]"):
        logistic("torch")
    assert logistic("numpy").horizon == 40


def test_a_python_loss_is_refused() -> None:
    """It would need the host in every round."""
    loss = PythonLoss("mine", lambda now, p, row, label: (0.0, p))
    with pytest.raises(ValueError, match="the torch engine cannot play this game: a Python loss"):
        play(Game(ADAL, loss, horizon=2, parameters=PARAMETERS, start=[1.0]), engine=plain())


def test_nothing_imports_torch_before_it_is_wanted() -> None:
    """Playing on another engine loads no torch."""
    code = (
        "import sys, numpy as np\n"
        "from online_sim.game import Game\n"
        "from online_sim.simulate import play\n"
        "from online_sim.streams.arrays import ArrayStream\n"
        "from theory.algorithms.adal import ADAL\n"
        "from theory.losses.linear import LINEAR\n"
        "game = Game(ADAL, LINEAR, ArrayStream(np.ones((2, 1))), horizon=2, parameters={'alpha': 1})\n"
        "play(game, engine='numpy')\n"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("False\n", "")
