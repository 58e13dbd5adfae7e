"""The torch engine: precision, blocks, replicates, what it keeps on its device, and what it refuses."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from sympy import Integer, Rational

from online_sim.domains.box import Box
from online_sim.domains.ellipsoid import Ellipsoid
from online_sim.domains.polytope import Polytope
from online_sim.domains.simplex import Simplex
from online_sim.engines import torch_engine
from online_sim.engines.conformance import check_engine
from online_sim.engines.mixing_kernel import uniform as mixed
from online_sim.engines.torch import player as torch_player
from online_sim.engines.torch.state import DeviceVectors
from online_sim.engines.torch.tools_kernel import uniform as mixed_by_torch
from online_sim.engines.torch_engine import TorchEngine
from online_sim.game import Game
from online_sim.python_loss import PythonLoss
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from online_sim.streams.formula import FormulaStream
from online_sim.streams.shuffled import Shuffled
from online_sim.trace import load_trace
from theory.algorithms.adal import ADAL, adal
from theory.losses.linear import LINEAR
from theory.losses.logistic import LOGISTIC
from theory.quantities import CumMax, CumSum, Norm1, SumCoords, UniformDraw, uniform
from theory.recurrence import Recurrence
from theory.symbols import coordinate, f, g, m, seed, t, v, vhat, x

pytestmark = pytest.mark.torch
PARAMETERS = {"alpha": 0.3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
ROWS = np.random.default_rng(5).normal(size=(40, 6))
LABELS = np.sign(ROWS[:, 0])
RECORD = [x, m, v, f, CumSum(f), CumMax(Norm1(g)), SumCoords(vhat)]


def plain(dtype: str = "float64", **options: object) -> TorchEngine:
    """An engine on the CPU that compiles nothing."""
    return TorchEngine("cpu", dtype, compiled=False, **options)


GAME = Game(
    ADAL, LOGISTIC, ArrayStream(ROWS, LABELS), Box(-0.5, 0.5, dimension=6), horizon=40, parameters=PARAMETERS
)


def logistic(engine: object, domain: object = None, *, changes: dict | None = None, **options: object):
    """Forty rounds of logistic losses in a box, or in another set."""
    game = replace(GAME, **({} if domain is None else {"domain": domain}), **(changes or {}))
    return play(game, engine=engine, **{"record": RECORD, "checkpoints": "all", **options})


def same(one: object, other: object) -> bool:
    """Whether two traces hold the same numbers."""
    stores = [(one.scalars, other.scalars), (one.vectors, other.vectors), (one.series, other.series)]
    return all(list(a) == list(b) and all(np.array_equal(a[k], b[k]) for k in a) for a, b in stores)


# -- blocks, replicates, resuming ---------------------------------------------------------------------


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


# -- data from formulas -------------------------------------------------------------------------------


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


# -- float32 ------------------------------------------------------------------------------------------


def test_sums_of_many_small_numbers_are_exact() -> None:
    """||g||_1 of 2^24 + 1 ones, which is no float32."""
    count = 2**24 + 1
    ones = FormulaStream(Integer(1), dimension=count)
    still = Recurrence("still", ADAL.source, (), (), x, Integer(1))
    trace = play(
        Game(still, LINEAR, ones, horizon=1, start=np.zeros(count)),
        record=[Norm1(g)],
        engine=plain("float32"),
    )
    assert trace[Norm1(g)][-1] == count
    assert float(torch.sum(torch.ones(count))) != count  # control: a sum in float32


def relative_to_float64(recurrence: Recurrence, parameters: dict, quantity: object, dtype: str) -> float:
    """|quantity in a game - in float64| / size, after 2000 rounds of random gradients in 1000 coordinates."""
    stream = FormulaStream(2 * uniform() - 1, dimension=1000, seed=4)
    setting = {"horizon": 2000, "start": np.zeros(1000)}
    options = {"record": [quantity], "checkpoints": [2000]}
    reference = play(Game(ADAL, LINEAR, stream, parameters=PARAMETERS, **setting), engine="numba", **options)
    found = play(
        Game(recurrence, LINEAR, stream, parameters=parameters, **setting), engine=plain(dtype), **options
    )
    key = str(quantity)
    return float(abs(found[key] / reference[key] - 1)[-1])


def test_one_minus_beta_belongs_to_beta() -> None:
    """sum vhat in float32 has no bias of 1.3e-5, the price of 1 - beta2 rounded apart from beta2.

    A coordinate's v remembers 1/(1 - beta2) = 1000 rounds, each rounded by eps/2 = 6e-8 at most: 6e-5 in all,
    random in sign over 1000 coordinates, 6e-5/sqrt(1000) = 2e-6 in their sum.
    """
    quantity = SumCoords(vhat)
    assert relative_to_float64(ADAL, PARAMETERS, quantity, "float32") <= 2e-6
    apart = (v, ADAL.steps[2][1].xreplace({1 - ADAL.parameters[2].symbol: Rational(1, 1000)}))
    biased = replace(ADAL, name="biased", steps=(*ADAL.steps[:2], apart, *ADAL.steps[3:]))
    rounded = {**PARAMETERS, "beta2": float(np.float32(0.999))}
    assert relative_to_float64(biased, rounded, quantity, "float64") > 1e-5


def test_float32_stays_near_float64() -> None:
    """40 rounds: the moments within 4 T eps of their size, the point within the steps' share of that.

    A round multiplies and adds a few times, each time with a relative error of eps/2, to sums of positive
    terms for v, and for m to sums whose terms are at most max|ghat|. The step is alpha/sqrt(t) m/sqrt(v).
    """
    exactly, shortly = (
        logistic(plain(), Box(-9.0, 9.0, dimension=6)),
        logistic(plain("float32"), Box(-9.0, 9.0, dimension=6)),
    )
    eps, rounds = float(np.finfo(np.float32).eps), 40
    assert shortly.run.dtype == "float32"
    difference = np.abs(exactly[v] - shortly[v])
    assert difference.max() > 0
    # the gradient itself feels the point's error: a factor 2 for all that is fed back
    assert np.all(difference <= 2 * 4 * rounds * eps * exactly[v].max())
    steps = np.abs(np.diff(exactly[x], axis=0)).sum(axis=0).max()
    assert np.abs(exactly[x] - shortly[x]).max() <= 2 * 4 * rounds * eps * steps


def test_an_overflow_of_float32_is_reported() -> None:
    """||g||_1^2 g^2 beyond 3e38 leaves an infinite v: the trace says in which round; in float64 it fits."""
    rows = np.ones((6, 3))
    rows[3] = 1e10
    played = {}
    for dtype in ("float32", "float64"):
        trace = play(
            Game(
                ADAL, LINEAR, ArrayStream(rows), Box(-1.0, 1.0, dimension=3), horizon=6, parameters=PARAMETERS
            ),
            engine=plain(dtype),
        )
        played[dtype] = trace.run.not_finite_from
    assert played == {"float32": 4, "float64": None}


# -- projections --------------------------------------------------------------------------------------


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


# -- what it refuses ----------------------------------------------------------------------------------


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


@pytest.mark.parametrize(
    ("name", "value", "becomes"), [("beta2", 1 - 1e-9, "1"), ("eps", 1e-60, "0"), ("alpha", 1e60, "inf")]
)
def test_parameters_that_float32_cannot_hold_are_refused(name: str, value: float, becomes: str) -> None:
    """Rounded to 0, 1 or infinity a parameter is another one: 1 - beta2 would be 0."""
    changes = {"parameters": {**PARAMETERS, name: value}, "horizon": 2}
    with pytest.raises(ValueError, match=rf"`{name}` = .* is {becomes} in float32; use float64"):
        logistic(plain("float32"), changes=changes)
    assert logistic(plain(), changes=changes).horizon == 2


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


# -- compiling ----------------------------------------------------------------------------------------


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
