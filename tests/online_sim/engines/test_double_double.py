"""Games in doubled precision: against balls of 300 bits, the compiler against plain Python, and refusals."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx, fmpq
from numpy.typing import NDArray
from sympy import sqrt

from levels import mostly_slow
from online_sim.decimals import decimal
from online_sim.domains.box import Box
from online_sim.domains.l2_ball import L2Ball
from online_sim.engines.array.source import print_rounds
from online_sim.engines.base import BlockData, BlockResult, Engine, RunState, Setting, clip_bounds, outputs
from online_sim.engines.loop import kernel as loop_kernel
from online_sim.engines.numba_engine import NumbaEngine
from online_sim.game import Game
from online_sim.python_loss import PythonLoss
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from online_sim.streams.formula import FormulaStream
from online_sim.trace import Trace, load_trace
from theory.algorithms.adal import ADAL
from theory.algorithms.registry import algorithm, algorithms
from theory.loss import Loss, Shape
from theory.losses.linear import LINEAR
from theory.losses.logistic import LOGISTIC
from theory.losses.nonconvex_logistic import NONCONVEX_LOGISTIC
from theory.losses.quadratic import QUADRATIC
from theory.losses.rastrigin import RASTRIGIN
from theory.parameters import Parameter
from theory.printing.double_double_source import DoubleDoublePrinter
from theory.quantities import CumMax, CumSum, Norm1, Prev, SumCoords, uniform
from theory.recurrence import Recurrence
from theory.source import Source
from theory.symbols import Scalar, Vector, f, g, t, x

HORIZON, D = 200, 2
CLOSE = 1e-27
"""200 rounds of a few dozen operations that err by up to 15 * 2^-106 each."""
RECORD = (x, CumSum(f), CumMax(Norm1(g)), SumCoords(sqrt(CumSum(g**2))))
BITS = 300


class BallEngine(Engine):
    """The source of the numpy engine, played with balls of 300 bits; parameters are decimals."""

    name = "balls"
    block_rounds = 1 << 20

    def refuse(self, setting: Setting) -> str | None:
        """Nothing is refused; what balls cannot do raises."""
        return None

    def prepare(self, setting: Setting) -> Callable[[RunState, BlockData, NDArray[np.int64]], BlockResult]:
        """See `Engine.prepare`; the last state stays in `vectors` and `scalars`."""
        names: dict[str, Any] = {}
        source = print_rounds(setting.program).replace("import numpy as np\n", "")
        source = source.replace("from online_sim.engines.fading import faded, fading\n", "")
        exec(source, {"np": _Balls, "fading": pow, "faded": lambda state: state}, names)

        def advance(state: RunState, block: BlockData, checkpoints: NDArray[np.int64]) -> BlockResult:
            size = state.vectors.shape[2]
            found = outputs(setting.program, 1, size, block.rounds, len(checkpoints), object)
            self.vectors, self.scalars = _balls(state.vectors[0]), _balls(state.scalars[0])
            numbers = [decimal(p).as_integer_ratio() for p in setting.parameters[0]]
            vector_of = lambda value, d: np.broadcast_to(np.asarray(value, dtype=object), (d,)).copy()  # noqa: E731
            lower, upper = (_balls(bound) for bound in clip_bounds(setting, size))
            before, ctx.prec = ctx.prec, BITS
            try:
                parameters = np.array([arb(fmpq(*pair)) for pair in numbers])
                names["play"](
                    0, _balls(block.vectors[0]), _balls(block.labels[0]), block.index[0], parameters,
                    self.vectors, self.scalars, lower, upper, None, None, _constant, _pinv, vector_of,
                    lambda values: _group_sum(setting.group, values),
                    lambda *given: _mean_rows(setting, *given), None, checkpoints,
                    found.scalars[0], found.vectors[0], found.series[0],
                )  # fmt: skip
            finally:
                ctx.prec = before
            state.played += block.rounds
            return BlockResult(*(part.astype(float) for part in (found.scalars, found.vectors, found.series)))

        return advance


class _Balls:
    """What the printed source calls in numpy, for arrays of balls and for single ones."""

    sqrt, exp, log, log1p = (
        np.frompyfunc(f, 1, 1) for f in (arb.sqrt, arb.exp, arb.log, lambda u: (arb(1) + u).log())
    )
    expm1 = np.frompyfunc(lambda u: arb(u).exp() - 1, 1, 1)
    sign = np.frompyfunc(arb.sgn, 1, 1)
    abs = np.frompyfunc(abs, 1, 1)
    maximum = np.frompyfunc(lambda u, w: arb(u).max(arb(w)), 2, 1)
    minimum = np.frompyfunc(lambda u, w: arb(u).min(arb(w)), 2, 1)
    where = np.frompyfunc(lambda condition, yes, no: arb(yes) if condition else arb(no), 3, 1)
    sum, max, inf = np.sum, np.max, arb("inf")

    @staticmethod
    def arange(d: int) -> Any:
        return _balls(np.arange(d))


def _balls(values: Any) -> Any:
    return np.array([arb(float(u)) for u in np.ravel(values)], dtype=object).reshape(np.shape(values))


def _constant(p: Any, q: int = 1) -> arb:
    return arb(p) / q


def _pinv(w: Any) -> Any:
    return np.frompyfunc(lambda u: arb(0) if u == 0 else 1 / u, 1, 1)(w)


def _group_sum(group: NDArray[np.int64], values: Any) -> Any:
    return np.array([sum(values[group == k], arb(0)) for k in range(group.max() + 1)])[group]


def _mean_rows(setting: Setting, function: Callable[..., Any], point: Any, vector: bool) -> Any:
    rows, labels = _balls(setting.table), _balls(setting.table_labels)
    factors = np.array(
        [function(label, np.sum(row * point)) for row, label in zip(rows, labels, strict=True)]
    )
    return (np.sum(rows.T * factors, axis=1) if vector else np.sum(factors)) / len(rows)


def run(engine: Engine, recurrence: Recurrence = ADAL, loss: Loss = QUADRATIC, **options: Any) -> Trace:
    """A game on a box that clips some rounds; its rows are not small whole numbers."""
    rng = np.random.default_rng(7)
    stream = ArrayStream(rng.normal(size=(HORIZON, D)) + np.array([0.4, -0.1]), np.ones(HORIZON))
    kept = {"record": RECORD, "checkpoints": [1, 40, HORIZON]}
    kept |= {name: options.pop(name) for name in ("record", "checkpoints", "resume") if name in options}
    needed = {p.name: 0.1 for p in recurrence.parameters if p.default is None}
    parameters = {**needed, **options.pop("parameters", {})}
    setting = {"horizon": HORIZON, "groups": [0, 1], "parameters": parameters, **options}
    game = Game(recurrence, loss, stream, Box(-1, 0.7, dimension=D), **setting)
    return play(game, engine=engine, **kept)


def largest_difference(trace: Trace, balls: BallEngine) -> float:
    """max |state - ball| / max |ball| over the vector states, and over each scalar state."""
    worst = 0.0
    pairs = [*zip(trace.state.vectors[0], balls.vectors, strict=True)]
    pairs += [([u], [w]) for u, w in zip(trace.state.scalars[0], balls.scalars, strict=True)]
    before, ctx.prec = ctx.prec, BITS
    try:
        for found, exact in pairs:
            apart = [abs(arb(u.real) + arb(u.imag) - w) for u, w in zip(found, exact, strict=True)]
            size = max(float(abs(w).mid()) for w in exact)
            worst = max(worst, *(float(u.upper()) / (size or 1.0) for u in apart))
    finally:
        ctx.prec = before
    return worst


@pytest.mark.parametrize(
    ("name", "loss"),
    # Every algorithm with one loss, in turn.
    mostly_slow(product(algorithms(), [LINEAR, QUADRATIC]), lambda number, *_: number % 4 in {0, 3}),
    ids=lambda value: getattr(value, "name", value),
)
def test_every_algorithm_is_played_to_27_digits(name: str, loss: Loss) -> None:
    """All states after 200 rounds agree with a replay in balls of 300 bits."""
    balls = BallEngine()
    run(balls, algorithm(name), loss)
    trace = run(NumbaEngine(double_double=True, interpreted=True), algorithm(name), loss)
    assert largest_difference(trace, balls) < CLOSE


@pytest.mark.parametrize("loss", [LOGISTIC, NONCONVEX_LOGISTIC], ids=lambda loss: loss.name)
def test_exponentials_logarithms_and_tables_too(loss: Loss) -> None:
    """Losses with log1p(e^u) and e^u / (1 + e^u), on the row of the round and on all rows of a table."""
    rng = np.random.default_rng(1)
    table = (rng.normal(size=(4, D)), np.array([1.0, -1, 1, 1])) if loss.uses_rows else None
    balls = BallEngine()
    run(balls, loss=loss, table=table)
    engine = NumbaEngine(double_double=True, interpreted=loss.uses_rows)
    trace = run(engine, loss=loss, table=table)
    assert largest_difference(trace, balls) < CLOSE


class PlainProduct(DoubleDoublePrinter):
    """A planted fault: one kind of operation in floats."""

    def product(self, above: list[str], below: list[str]) -> str:
        """High parts alone."""
        text = super().product(above, below)
        return text if below or len(above) != 2 else f"(complex({above[0]}).real * complex({above[1]}).real)"


def test_one_plain_product_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the float product in place of the doubled one the states are off by the rounding of floats."""
    balls = BallEngine()
    run(balls)
    monkeypatch.setattr(loop_kernel, "DoubleDoublePrinter", PlainProduct)
    found = largest_difference(run(NumbaEngine(double_double=True, interpreted=True)), balls)
    assert 1e-18 < found < 1e-10


def test_floats_are_noticed() -> None:
    """The float64 engine's states are no states of this precision."""
    balls = BallEngine()
    run(balls)
    assert largest_difference(run(NumbaEngine()), balls) > 1e-18


def same_bits(first: Trace, second: Trace) -> bool:
    """Whether two runs recorded and kept the same numbers, low parts included."""
    pairs = [(first.scalars[k], second.scalars[k]) for k in first.scalars]
    pairs += [(first.vectors[k], second.vectors[k]) for k in first.vectors]
    pairs += [(getattr(first.state, k), getattr(second.state, k)) for k in ("vectors", "scalars", "powers")]
    return all(np.array_equal(u, w) for u, w in pairs)


def test_blocks_the_compiler_and_a_file_change_no_bit(tmp_path: Any) -> None:
    """One block or many, compiled or plain Python, in one go or resumed from a saved trace."""
    one = run(NumbaEngine(double_double=True))
    assert np.any(one.state.vectors.imag != 0)
    assert same_bits(one, run(NumbaEngine(double_double=True, interpreted=True)))
    cut = NumbaEngine(double_double=True)
    cut.block_rounds = 7
    assert same_bits(one, run(cut))
    run(NumbaEngine(double_double=True), horizon=40, checkpoints=[1]).save(tmp_path / "begun.npz")
    begun = load_trace(tmp_path / "begun.npz")
    assert same_bits(one, run(NumbaEngine(double_double=True), resume=begun))
    with pytest.raises(ValueError, match="differ in precision"):
        run(NumbaEngine(), resume=begun)
    with pytest.raises(ValueError, match="differ in precision"):
        run(NumbaEngine(double_double=True), resume=run(NumbaEngine(), horizon=40, checkpoints=[1]))


def test_what_is_recorded_is_the_nearest_float() -> None:
    """Records are float64 and the states' high parts; the trace says how they came about."""
    trace = run(NumbaEngine(double_double=True), checkpoints="all")
    assert {array.dtype for array in (*trace.scalars.values(), *trace.vectors.values())} == {np.dtype(float)}
    assert trace.run.engine_details == {"arithmetic": "double-double", "rounding": 2.0**-100}
    floats = run(NumbaEngine(), checkpoints="all")
    for q in RECORD:
        # 200 rounds that err by a few eps of the largest number each
        assert np.allclose(trace[q], floats[q], rtol=0, atol=1e-12 * np.abs(floats[q]).max())
    assert not np.array_equal(trace[x], floats[x])


def test_replicates_have_parameters_of_their_own() -> None:
    """Each replicate is the game that it would be alone."""
    engine = NumbaEngine(double_double=True)
    several = run(engine, parameters={"alpha": [0.1, 0.3, 0.7]})
    alone = run(engine, parameters={"alpha": 0.3})
    assert np.array_equal(several.state.vectors[1], alone.state.vectors[0])
    assert len({complex(u) for u in several.state.vectors[:, 0, 0]}) == 3


def test_initial_values_are_decimals() -> None:
    """A state that begins at delta/3 with delta = 0.1 is 1/30 to 106 bits, for vectors and scalars."""
    delta, m, k = Scalar("delta"), Vector("m"), Scalar("k")
    kept = Recurrence(
        "kept", Source("zinkevich2003", "section 2"), (Parameter(delta, r"\delta", "a start"),),
        ((m, Prev(m)), (k, Prev(k))), x - m * g / t - k * g, 1 + m, {m: delta / 3, k: delta / 3},
    )  # fmt: skip
    trace = run(NumbaEngine(double_double=True, interpreted=True), kept, parameters={"delta": [0.1, 0.25]})
    for r, exact in enumerate((Fraction(1, 30), Fraction(1, 12))):
        for u in (*trace.state.vectors[r, 1], trace.state.scalars[r, 0]):
            assert abs(Fraction(u.real) + Fraction(u.imag) - exact) < exact / 2**105


def test_data_that_are_a_formula_are_played() -> None:
    """Whole numbers reach the mixer; the same formula as rows gives the same bits."""
    row = 2 * uniform() - 1
    stream = FormulaStream(row, dimension=D, seed=5)
    block = stream.block(0, HORIZON)
    rows = ArrayStream(block.vectors[block.index])
    engine = NumbaEngine(double_double=True)
    made, read = (
        play(
            Game(ADAL, LINEAR, s, Box(-1, 1, dimension=D), horizon=HORIZON, parameters={"alpha": 0.1}),
            engine=engine,
        )
        for s in (stream, rows)
    )
    assert np.array_equal(made.state.vectors, read.state.vectors)


def test_a_game_that_diverges_goes_on_as_in_floats() -> None:
    """Beyond the largest float numbers are inf and NaN, never a number that only looks finite."""
    engines = (NumbaEngine(), NumbaEngine(double_double=True))
    kept = {
        engine.double_double: play(
            Game(
                algorithm("SGD[schedule=constant]"),
                QUADRATIC,
                ArrayStream(np.full((1, 1), 0.3), order="cycle"),
                horizon=3000,
                parameters={"alpha": 3.0},
                start=[1.0],
            ),
            engine=engine,
            record=[x],
            checkpoints="all",
        )
        for engine in engines
    }
    first = [kept[doubled].run.not_finite_from for doubled in (False, True)]
    assert first[0] is not None
    # A fused product does not overflow on its way into a sum.
    assert abs(first[0] - first[1]) <= 1
    assert not np.isfinite(kept[True][x][-1]).any()


def test_a_state_that_fades_away_is_zero() -> None:
    """Neither part of a decaying state is left as a number too small to be normal."""
    rows = np.zeros((1200, 2))
    rows[0] = 1 / 3
    trace = play(
        Game(
            ADAL,
            QUADRATIC,
            ArrayStream(rows),
            Box(-1, 1, dimension=2),
            horizon=1200,
            parameters={"alpha": 1e-270, "beta1": 0.5, "beta2": 0.5, "eps": 0.0},
            start=[0.0, 0.0],
        ),
        engine=NumbaEngine(double_double=True, interpreted=True),
    )
    m_and_v = trace.state.vectors[0, 1:3]
    for part in (m_and_v.real, m_and_v.imag):
        assert np.all((part == 0) | (np.abs(part) >= np.finfo(float).tiny))


def test_what_cannot_be_doubled_is_refused() -> None:
    """Projections, cosines, Python losses and other layouts are refused with what to do."""
    options: dict[str, Any] = {"horizon": 2, "parameters": {"alpha": 0.1}, "start": [0.5, 0.5]}
    engine = NumbaEngine(double_double=True)
    with pytest.raises(ValueError, match="no projection but the clip to a box"):
        play(Game(ADAL, LINEAR, ArrayStream(np.ones((2, 2))), L2Ball(2, 1.0), **options), engine=engine)
    with pytest.raises(ValueError, match=r"DoubleDoublePrinter has no function (sin|cos)"):
        play(Game(ADAL, RASTRIGIN, **options), engine=engine)
    python_loss = PythonLoss("flat", lambda *given: (0.0, np.ones(2)), Shape.CONVEX)
    with pytest.raises(ValueError, match="a Python loss cannot be compiled"):
        play(Game(ADAL, python_loss, ArrayStream(np.ones((2, 2))), **options), engine=engine)
    for given in ({"dtype": np.float32}, {"lanes": True}):
        with pytest.raises(ValueError, match="`double_double` doubles float64"):
            NumbaEngine(double_double=True, **given)
