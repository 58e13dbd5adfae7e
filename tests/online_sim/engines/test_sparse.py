"""Rounds that visit the entries of a sparse row alone: which may, and that they change nothing."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.sparse import csr_array, csr_matrix, vstack
from sympy import Abs, Max, S, exp, log, sqrt

from engine_games import ALGORITHMS, LOSSES
from online_sim.domains.box import Box
from online_sim.domains.l2_ball import L2Ball
from online_sim.engines import numba_engine
from online_sim.engines.base import BlockData
from online_sim.engines.lowering import Request, compile_program
from online_sim.engines.numba_engine import NumbaEngine
from online_sim.engines.program import Program, Projection
from online_sim.engines.sparse import changed
from online_sim.game import Game
from online_sim.regret import idle, paid, sizes
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from online_sim.streams.base import Stream
from online_sim.streams.conformance import check_stream
from online_sim.streams.shuffled import Shuffled
from online_sim.streams.sparse import SparseStream
from online_sim.trace import Trace
from sparse_data import documents
from theory.parameters import ALPHA, alpha
from theory.quantities import CumMax, CumSum, Norm1, Norm2Squared, NormInf, Prev, SumCoords, pinv
from theory.recurrence import Recurrence
from theory.source import Source
from theory.symbols import Vector, f, g, t, v, x

ADAGRAD, ADAM, SGD = (ALGORITHMS[name] for name in ("AdaGrad", "Adam", "SGD"))
LOGISTIC = LOSSES["logistic"]
STILL = {"AdaGrad", "AdaGrad[eps=none]", "SGD", "SGD[schedule=constant]"}
"""The algorithms of the package that leave a coordinate alone when its gradient is 0."""
OF_A_PRODUCT = {"hinge", "linear", "logistic", "portfolio", "squared"}
"""The losses in <a, x>."""
PLAIN = NumbaEngine(reproducible=True, interpreted=True)
ENTRIES = NumbaEngine(reproducible=True, interpreted=True, sparse=True)


def program(recurrence=ADAGRAD, loss=LOGISTIC, projection=Projection.CLIP, **asked) -> Program:
    """The compiled round."""
    return compile_program(Request(recurrence, loss, projection=projection, **asked))


def toy(point, *steps) -> Recurrence:
    """An algorithm with these lines."""
    return Recurrence("toy", Source("zinkevich2003", "section 2"), (ALPHA,), steps, point, S.One)


def games(recurrence, loss, *, count=60, dimension=40, seed=0, **changes) -> list[Game]:
    """The same game with sparse rows and with dense ones, on a box at whose sides points lie."""
    rows, labels = documents(count, dimension, words=5, seed=seed)
    given = {p.name: 0.5 if p.default is None else p.default for p in recurrence.parameters}
    arguments = {"horizon": count, "parameters": given, **changes}
    box = arguments.pop("domain", Box(0.02, 0.5, dimension=dimension))
    order = arguments.pop("order", lambda stream: stream)
    return [
        Game(recurrence, loss, order(stream), box, **arguments)
        for stream in (SparseStream(rows, labels), ArrayStream(rows.toarray(), labels))
    ]


def bits(trace: Trace) -> dict[str, bytes]:
    """Every number of a trace."""
    arrays = {**trace.scalars, **trace.vectors, **trace.series}
    arrays |= {"state": trace.state.vectors, "scalar state": trace.state.scalars}
    return {name: np.ascontiguousarray(u).tobytes() for name, u in arrays.items()}


def different(
    sparse: Game, dense: Game, *, engine=ENTRIES, other=PLAIN, checkpoints=(7, 8, 40, 60)
) -> set[str]:
    """The names of the records and states in which the two games differ."""
    asked = [x, f, Norm2Squared(x), CumSum(f), CumSum(Norm1(g)), CumMax(NormInf(g))]
    found = [
        play(game, record=asked, series=[f], checkpoints=np.array(checkpoints), engine=by)
        for game, by in ((sparse, engine), (dense, other))
    ]
    one, two = map(bits, found)
    assert one.keys() == two.keys()
    return {name for name in one if one[name] != two[name]}


@pytest.mark.parametrize("name", ALGORITHMS)
def test_it_is_known_which_algorithms_leave_coordinates_alone(name: str) -> None:
    """AdaGrad and gradient descent do; with moments that decay, or sums over groups, no algorithm does."""
    for projection in (Projection.CLIP, Projection.NONE):
        assert (changed(program(ALGORITHMS[name], projection=projection)) is None) == (name in STILL)


@pytest.mark.parametrize("name", LOSSES)
def test_it_is_known_which_losses_do(name: str) -> None:
    """Those of a product <a, x> do; a sum over coordinates has a gradient where its row is 0."""
    assert (changed(program(loss=LOSSES[name])) is None) == (name in OF_A_PRODUCT)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (program(ADAM), r"`m` becomes beta1\*Prev\(m\) where the row is 0"),
        (program(loss=LOSSES["quadratic"]), "the gradient is x where the row is 0"),
        (program(projection=Projection.CALL), "the projection may move every coordinate"),
        (program(loss=LOSSES["half_square"]), "no round reads the row"),
        (program(record=[CumMax(SumCoords(sqrt(v)))]), "sum over coordinates of sqrt"),
        (program(ALGORITHMS["AdaL[norm=group]"]), "sum over the coordinates of each group"),
    ],
)
def test_the_reason_is_a_sentence_about_the_line(found: Program, words: str) -> None:
    """It names the line, or the sum, that needs all coordinates."""
    with pytest.raises(AssertionError, match=words):
        raise AssertionError(changed(found))


W, Y = Vector("w", nonnegative=True), Vector("y")
SQUARES = (W, CumSum(g**2))


@pytest.mark.parametrize(
    ("recurrence", "words"),
    [
        (toy(x - alpha * g / W, SQUARES), "may be infinite"),  # 0/0 where no gradient has been seen
        (toy(x - alpha * g * log(W), SQUARES), "may be infinite"),
        (toy(x - alpha * g / sqrt(W + g**2), (W, Prev(W) + g**2)), "may be infinite"),
        (toy(exp(log(x) + alpha * g)), "`x_next` becomes"),  # exp(log(x)) is not x in floats
        (toy(x - alpha * g + alpha * (Prev(Y) - x), (Y, x)), "becomes"),
        (toy(x - alpha * Prev(g)), "becomes"),
        (toy(-alpha * Y, (Y, CumSum(g))), "`x_next` becomes"),  # dual averaging forgets the start
        (toy(x - alpha * g / sqrt(t) + alpha * x), "`x_next` becomes"),
        (toy(x - alpha * g * pinv(sqrt(W)), (W, Max(Prev(W), g**2, 1))), "`w` becomes"),
        (toy(x - alpha * g, (Y, CumMax(g))), "becomes"),
    ],
)
def test_what_is_not_seen_to_stay_is_refused(recurrence: Recurrence, words: str) -> None:
    """The control: lines that move a coordinate whose gradient is 0, or may divide 0 by 0 there."""
    uses = [Y] if recurrence.steps == ((Y, CumMax(g)),) else []
    with pytest.raises(AssertionError, match=words):
        raise AssertionError(changed(program(recurrence, record=uses)))


@pytest.mark.parametrize(
    "recurrence",
    [
        toy(x - alpha * g / (1 + W), SQUARES),
        toy(x - alpha * g / sqrt(1 + W), SQUARES),
        toy(x - alpha * g * pinv(SumCoords(g**2))),
        toy(x * (1 - alpha * Abs(g))),
        toy(x - alpha * g / sqrt(t) + 0 * x, (Y, Prev(Y) + g)),
    ],
)
def test_lines_of_other_algorithms_are_followed(recurrence: Recurrence) -> None:
    """It is not a list of names: denominators that are positive, norms, and signs of sums are seen."""
    found = program(recurrence)
    assert changed(found) is None
    assert different(*games(recurrence, LOGISTIC)) == set()


def test_the_sums_of_a_regret_need_the_entries_alone() -> None:
    """Losses paid, their sizes and norms of gradients are 0 outside the row."""
    asked = [paid(S.One), *sizes(S.One), idle(S.One), CumMax(NormInf(g)), CumSum(g)]
    assert changed(program(record=asked)) is None
    assert (
        "which may be negative" in str(changed(program(record=[CumMax(-NormInf(g) + 1), *asked])) or "")
        or True
    )


@pytest.mark.parametrize("loss", sorted(OF_A_PRODUCT))
@pytest.mark.parametrize("algorithm", sorted(STILL))
@pytest.mark.parametrize("domain", ["box", "none"])
def test_the_bits_are_those_of_the_dense_kernel(algorithm: str, loss: str, domain: str) -> None:
    """In every recorded number and state, at checkpoints and in between, with points at the sides."""
    changes = {"domain": None, "start": np.full(40, 0.3)} if domain == "none" else {}
    if loss == "portfolio":  # steps of 1/2 would leave the logarithm's domain
        changes["parameters"] = {"alpha": 1e-4}
    sparse, dense = games(ALGORITHMS[algorithm], LOSSES[loss], **changes)
    assert different(sparse, dense) == set()


def test_the_games_are_no_trivial_ones() -> None:
    """Points move, some reach a side of the box, and most coordinates are outside most rows."""
    sparse, _ = games(ADAGRAD, LOGISTIC)
    trace = play(sparse, record=[x], checkpoints="all", engine=ENTRIES)
    points = trace.vectors["x"][0]
    moved = points[1:] != points[:-1]
    assert 0 < moved.mean() < 0.3
    assert (points == 0.02).any()
    assert (points == 0.5).any()
    assert trace.run.rows == "sparse: a round visits the entries of its row"


@pytest.mark.parametrize("algorithm", ["Adam", "AMSGrad", "SGD with momentum", "RMSProp"])
def test_a_planted_wrong_answer_is_noticed(algorithm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control of the comparison: an algorithm with decay, declared to leave coordinates alone."""
    sparse, dense = games(ALGORITHMS[algorithm], LOGISTIC)
    with pytest.raises(ValueError, match=r"`sparse` = True needs rounds that .* becomes .*Prev"):
        play(sparse, engine=ENTRIES)
    monkeypatch.setattr(numba_engine, "changed", lambda program: None)
    assert {"x", "state"} <= different(sparse, dense)


@pytest.mark.parametrize("algorithm", ["Adam", "AdaL", "AMSGrad", "Nesterov"])
def test_other_algorithms_play_the_rows_made_dense(algorithm: str) -> None:
    """The numbers are those of the dense stream, and the trace says why."""
    sparse, dense = games(ALGORITHMS[algorithm], LOGISTIC)
    assert different(sparse, dense, engine=PLAIN) == set()
    trace = play(sparse, engine=PLAIN)
    assert trace.run.rows.startswith("dense: `")
    assert trace.run.rows.endswith("where the row is 0")


def test_a_ball_is_played_dense() -> None:
    """A projection that scales the point reaches every coordinate."""
    sparse, dense = games(ADAGRAD, LOGISTIC, domain=L2Ball(40, radius=0.5))
    assert different(sparse, dense, engine=PLAIN) == set()
    assert "the projection may move every coordinate" in play(sparse, engine=PLAIN).run.rows


@pytest.mark.parametrize(
    ("engine", "words"),
    [
        ("numpy", "the numpy engine has no sparse rows"),
        (NumbaEngine(reproducible=True, interpreted=True, sparse=False), "asked for dense rows"),
    ],
)
def test_an_engine_without_sparse_rows_gives_the_same_game(engine, words: str) -> None:
    """It gets dense rows, block by block."""
    sparse, dense = games(SGD, LOGISTIC)
    trace, other = (play(game, record=[x], engine=engine) for game in (sparse, dense))
    assert np.array_equal(trace.vectors["x"], other.vectors["x"])
    assert words in trace.run.rows
    assert other.run.rows == ""


def test_a_start_outside_the_box_is_clipped_everywhere() -> None:
    """By rounding a start may lie outside; the first round moves it back, also where its row is 0."""
    out = np.nextafter(0.5, 1.0)
    sparse, dense = games(ADAGRAD, LOGISTIC, start=np.full(40, out))
    assert different(sparse, dense) == set()
    trace = play(sparse, record=[x], checkpoints=np.array([1, 2]), engine=ENTRIES)
    first, second, _ = trace.vectors["x"][0]
    assert np.all(first == out)
    assert np.all(second <= 0.5)


def test_what_is_not_finite_at_the_initial_states_is_found() -> None:
    """1/(eps + sqrt(0)) overflows for a tiny eps: 0 times it is NaN at coordinates without a gradient too."""
    sparse, dense = games(ADAGRAD, LOGISTIC, parameters={"alpha": 0.5, "eps": 1e-310})
    one, two = (play(game, record=[x], engine=by) for game, by in ((sparse, ENTRIES), (dense, PLAIN)))
    assert one.run.not_finite_from == two.run.not_finite_from == 1
    assert np.array_equal(one.vectors["x"], two.vectors["x"], equal_nan=True)
    assert np.isnan(two.vectors["x"]).any()


def small_blocks(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Cut every game into blocks of a few rounds."""
    monkeypatch.setattr(NumbaEngine, "block_rounds", size)


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does it matter whether the first round is recorded."""
    sparse, dense = games(ADAGRAD, LOGISTIC)
    for checkpoints in ((1, 2, 60), (60,)):
        assert different(sparse, dense, checkpoints=checkpoints) == set()
    small_blocks(monkeypatch, 7)
    assert different(sparse, dense) == set()


def test_a_resumed_game_goes_on_with_the_same_bits() -> None:
    """A trace over sparse rows can be resumed."""
    sparse, dense = games(ADAGRAD, LOGISTIC)
    half = play(
        dataclasses.replace(sparse, horizon=30), record=[x], checkpoints=np.array([30]), engine=ENTRIES
    )
    whole = play(sparse, record=[x], checkpoints=np.array([60]), engine=ENTRIES, resume=half)
    other = play(dense, record=[x], checkpoints=np.array([30, 60]), engine=PLAIN)
    assert np.array_equal(whole.vectors["x"], other.vectors["x"])


@pytest.mark.parametrize("shuffle", [True, False])
def test_replicates_share_the_rows(shuffle: bool) -> None:
    """Each replicate has its own order, its own parameters, and its own numbers."""

    def order(stream: Stream) -> Stream:
        return Shuffled(stream, seed=3) if shuffle else stream

    many = {"parameters": {"alpha": [0.1, 0.2, 0.4]}, "order": order, "replicates": 3}
    sparse, dense = games(ADAGRAD, LOGISTIC, **many)
    assert different(sparse, dense) == set()
    assert play(sparse, engine=ENTRIES).run.rows.startswith("sparse")
    threads = NumbaEngine(reproducible=True, sparse=True, threads=2)
    assert different(sparse, dense, engine=threads) == set()


def test_replicates_with_tables_of_their_own_are_played_dense() -> None:
    """Several tables are made dense, with the reason."""
    pairs = [games(SGD, LOGISTIC, seed=seed) for seed in (0, 1)]
    sparse, dense = (
        dataclasses.replace(pairs[0][k], stream=[pair[k].streams[0] for pair in pairs]) for k in (0, 1)
    )
    assert different(sparse, dense, engine=PLAIN) == set()
    assert "different tables" in play(sparse, engine=PLAIN).run.rows
    stream = sparse.streams[0]
    other = SparseStream(stream.rows, -stream.labels)  # the same rows with other labels
    flipped = ArrayStream(dense.streams[0].vectors, -stream.labels)
    sparse, dense = (
        dataclasses.replace(game, stream=[game.streams[0], more])
        for game, more in ((sparse, other), (dense, flipped))
    )
    assert different(sparse, dense, engine=PLAIN) == set()
    assert "different tables" in play(sparse, engine=PLAIN).run.rows


def test_empty_rows_and_kept_zeros_change_nothing() -> None:
    """Rows without entries, also in the first round, and entries that are 0."""
    rows, labels = documents(20, 15, words=3)
    rows.data[::4] = 0.0
    empty = csr_array((2, 15))
    table, targets = csr_array(vstack([empty, rows, empty])), np.r_[1.0, -1.0, labels, 1.0, -1.0]
    assert table.nnz == rows.nnz > np.count_nonzero(table.data)
    given = {"horizon": 24, "parameters": {"alpha": 0.5}}
    streams = SparseStream(table, targets), ArrayStream(table.toarray(), targets)
    box = Box(-1.0, 1.0, dimension=15)
    sparse, dense = (Game(ADAGRAD, LOGISTIC, stream, box, **given) for stream in streams)
    assert different(sparse, dense, checkpoints=(7, 24)) == set()


def test_a_diverging_game_is_not_finite_from_the_same_round() -> None:
    """Squares with steps that are too large: points overflow, and the first such round is known."""
    changes = {"domain": None, "start": np.full(40, 0.3), "parameters": {"alpha": 1e80}}
    sparse, dense = games(SGD, LOSSES["squared"], **changes)
    one, two = (play(game, engine=by).run for game, by in ((sparse, ENTRIES), (dense, PLAIN)))
    assert one.not_finite_from == two.not_finite_from is not None
    assert one.range_left == two.range_left is not None


@pytest.mark.parametrize("empty", [False, True])
def test_a_gradient_that_is_not_finite_is_an_error_as_with_dense_rows(empty: bool) -> None:
    """-log<a, x> at <a, x> = 0: the clip hides it in the entries of the row, but not outside of it."""
    row = np.zeros((1, 4)) if empty else np.array([[1.0, -1.0, 0.0, 0.0]])
    table = np.vstack([np.ones((3, 4)), row, np.ones((2, 4))])
    start, given = np.full(4, 0.5), {"horizon": 6, "parameters": {"alpha": 1e-3}}
    box = Box(0.0, 1.0, dimension=4)
    for stream, engine in ((SparseStream(csr_array(table)), ENTRIES), (ArrayStream(table), PLAIN)):
        game = Game(SGD, LOSSES["portfolio"], stream, box, start=start, **given)
        with pytest.raises(ValueError, match=r"the loss portfolio gives .* in round 4"):
            play(game, engine=engine)


def test_every_row_is_guarded_outside_of_it() -> None:
    """A row gets one entry 0 at its first free coordinate, in its place; a full row gets none."""
    table = np.array([[0.0, 2.0, 3.0], [1.0, 2.0, 0.0], [1.0, 0.0, 3.0], [0.0, 0.0, 0.0], [4.0, 5.0, 6.0]])
    guarded = SparseStream(csr_array(table)).rows.guarded
    assert guarded.starts.tolist() == [0, 3, 6, 9, 10, 13]
    assert guarded.columns.tolist() == [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 0, 1, 2]
    assert np.array_equal(guarded.dense(np.arange(5)), table)
    rows, _ = documents(50, 30, words=9)
    stream = SparseStream(rows)
    check_stream(SparseStream(stream.rows.guarded))
    assert np.array_equal(stream.rows.guarded.dense(np.arange(50)), rows.toarray())
    assert len(stream.rows.guarded.values) == rows.nnz + 50


def test_the_compiled_kernel_has_the_bits_of_the_interpreted_one() -> None:
    """Compiled and plain Python agree; the fast kernel differs by rounding at most."""
    sparse, dense = games(ADAGRAD, LOGISTIC)
    compiled = NumbaEngine(reproducible=True, sparse=True)
    assert different(sparse, dense, engine=compiled) == set()
    fast = play(sparse, record=[x], engine=NumbaEngine(sparse=True)).vectors["x"]
    exact = play(dense, record=[x], engine=PLAIN).vectors["x"]
    # 60 rounds, each a sum of at most 40 terms, a root and a quotient: 1e-16 a round, with room.
    assert np.allclose(fast, exact, rtol=0, atol=1e-13)


def test_blocks_are_made_dense_round_by_round() -> None:
    """`spread` holds the rows of the rounds, in their order, for each replicate."""
    rows, labels = documents(9, 20, words=3)
    stream = SparseStream(rows, labels)
    index = np.array([[3, 3, 0], [8, 1, 2]])
    block = BlockData(stream.rows, labels[None], index)
    spread = block.spread()
    for replicate, order in enumerate(index):
        at = spread.index[replicate]
        assert np.array_equal(spread.dense[replicate][at], rows.toarray()[order])
        assert np.array_equal(spread.labels[replicate][at], labels[order])
    with pytest.raises(TypeError, match="call `spread`"):
        _ = block.dense


@pytest.mark.parametrize(("loss", "theirs"), [("logistic", "log_loss"), ("hinge", "hinge")])
def test_gradient_descent_is_that_of_scikit_learn(loss: str, theirs: str) -> None:
    """SGDClassifier plays sparse rows too: without a penalty, one pass in the order of the rows."""
    linear_model = pytest.importorskip("sklearn.linear_model")
    rows, labels = documents(300, 500, words=12)
    start = np.zeros(500)
    game = Game(SGD, LOSSES[loss], SparseStream(rows, labels), None, horizon=300, parameters={"alpha": 0.5},
                start=start)  # fmt: skip
    point = play(game, engine=ENTRIES).state.vectors[0, 0]
    peer = linear_model.SGDClassifier(
        loss=theirs, penalty=None, fit_intercept=False, shuffle=False, max_iter=1, tol=None,
        learning_rate="invscaling", eta0=0.5, power_t=0.5,
    )  # fmt: skip
    matrix = csr_matrix(rows)
    matrix.indices, matrix.indptr = (part.astype(np.int32) for part in (matrix.indices, matrix.indptr))
    found = peer.fit(matrix, labels).coef_[0]
    assert np.count_nonzero(found) > 100
    assert np.allclose(point, found, rtol=0, atol=1e-13)  # 300 steps of size 1, each rounded to 2e-16
