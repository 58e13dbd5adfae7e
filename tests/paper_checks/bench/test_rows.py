"""The rows: found by looking, and every peer does the same work as ours. No test here asserts a time."""

import bz2
import subprocess
import sys
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from levels import mostly_slow
from paper_checks.bench.measure import Standing, measure
from paper_checks.bench.peers import arrays, c_loop, one_solve, plain_game
from paper_checks.bench.peers.torch_steps import device_copies
from paper_checks.bench.registry import bench_rows, choose
from paper_checks.bench.row import BenchRow, Peer, Settings, Unavailable
from paper_checks.bench.rows import gpu, regret
from paper_checks.bench.rows import main as main_row
from paper_checks.bench.rows.step import QUICK_DIMENSION, WORDS

QUICK = Settings(quick=True)
CASES = {case.id: case for row in bench_rows() for case in row.cases(QUICK)}
FAST = (
    "round.1", "round.10", "round.100", "simplex.10", "replicates.1", "polytope.5", "projection.simplex.1000",
    "projection.ball.1000", "projection.half_space.1000", "projection.box_hyperplane.1000",
    "step.adal.float32", "step.adal.float64", "step.adam.float32", "step.adam.float64", "polytope.game.5",
    "small.again", "small.regret", "small.changed", "small.sweep", "falsifier.24", "regret.all",
)  # fmt: skip
QUICKEST = (
    "round.10",
    "simplex.10",
    "replicates.1",
    "polytope.5",
    "projection.box_hyperplane.1000",
    "step.adam.float64",
)
"""One case of each row of `FAST`."""
ELSEWHERE = ("gpu.float32", "gpu.float64")
NAMED = tuple(case.id for case in CASES.values() if case.named_only)


@pytest.fixture(autouse=True)
def float32_jax_afterwards():
    """The peers switch JAX to float64; other tests get it as it was."""
    jax = pytest.importorskip("jax")
    before = jax.config.jax_enable_x64
    yield
    jax.config.update("jax_enable_x64", before)


def agreed(identifier):
    """The comparisons of a case, measured quickly, after checking that ours ran."""
    found = measure(CASES[identifier], QUICK)
    assert found.own.timing is not None, found.own.note
    return {c.name: c for c in found.peers}


def agrees(identifier, timed):
    """Whether a contender was timed, or is the one that is not installed here."""
    (peer,) = (p for p in CASES[identifier].peers if p.contender.name == timed.name)
    absent = any(find_spec(module) is None for module in peer.contender.needs)
    return timed.outcome is (Standing.ABSENT if absent else Standing.MEASURED)


def test_rows_are_found_by_looking():
    """Each file offers a row, and the cases of a row begin with its name, each once."""
    rows = bench_rows()
    assert [row.id for row in rows] == sorted(row.id for row in rows)
    assert {
        "round",
        "replicates",
        "simplex",
        "projection",
        "polytope",
        "step",
        "arb",
        "start",
        "gpu",
        "main",
    } <= {row.id for row in rows}
    for settings in (QUICK, Settings()):
        cases = [(row, case) for row in rows for case in row.cases(settings)]
        assert len({case.id for _, case in cases}) == len(cases)
        assert all(case.id == row.id or case.id.startswith(f"{row.id}.") for row, case in cases)


def test_the_contenders_of_a_case_have_different_names():
    """A name is what a time is filed under."""
    for case in CASES.values():
        names = [case.ours.name, *(peer.contender.name for peer in case.peers)]
        assert len(set(names)) == len(names)


@pytest.mark.parametrize("identifier", mostly_slow(FAST, lambda _, identifier: identifier in QUICKEST))
def test_every_peer_computes_what_we_compute(identifier):
    """All peers of the case agree with ours and are timed."""
    for c in agreed(identifier).values():
        assert agrees(identifier, c), f"{c.name}: {c.note}"
        assert c.floor or c.timing is None or c.difference is not None


@pytest.mark.slow
@pytest.mark.parametrize("identifier", sorted(set(CASES) - set(FAST) - set(ELSEWHERE) - set(NAMED)))
def test_every_peer_of_the_other_cases_computes_what_we_compute(identifier):
    """The same for the cases that take longer to compile."""
    for c in agreed(identifier).values():
        assert agrees(identifier, c), f"{c.name}: {c.note}"


@pytest.mark.gpu
@pytest.mark.parametrize("identifier", ELSEWHERE)
def test_every_peer_on_a_card_computes_what_we_compute(identifier):
    """The same on a CUDA device; where there is none the row says so, with the command to run elsewhere."""
    found = measure(CASES[identifier], QUICK)
    if found.own.timing is None:
        assert found.own.note == "no CUDA device; run: regretcheck bench gpu --device cuda"
        pytest.skip("no CUDA device")
    for c in found.peers:
        assert c.outcome is Standing.MEASURED, f"{c.name}: {c.note}"


@pytest.mark.torch
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_row_of_the_card_agrees_on_any_device(dtype):
    """Played on the processor the contenders for a card compute the same; `--device cpu` runs none of it."""
    found = measure(gpu.case(QUICK_DIMENSION, dtype, "cpu"), QUICK)
    assert [c.outcome for c in found.peers] == [Standing.MEASURED] * 3
    copied = device_copies(1, 1000, WORDS, dtype=dtype, device="cpu")
    assert copied()["x"] == 0.0
    assert measure(gpu.case(QUICK_DIMENSION, dtype, "cpu", asked="cpu"), QUICK).own.outcome is Standing.ABSENT


def test_a_peer_with_another_decay_is_refused(monkeypatch):
    """Peers in array notation with beta2 changed in the fourth digit are not timed; the others are."""
    monkeypatch.setattr(arrays, "BETA2", 0.9991)
    found = agreed("round.10")
    for name in ("numpy loop", "JAX lax.scan", "cvxpy in the loop"):
        assert found[name].outcome is Standing.REFUSED
        assert "its results differ from ours by" in found[name].note
    assert found["C by hand"].outcome is Standing.MEASURED


def test_a_peer_that_skips_a_sum_is_refused(monkeypatch):
    """The C loop without the sum of sqrt(vhat) would be faster, and is not timed."""
    source = c_loop.SOURCE.replace("roots += root;", "")
    assert source != c_loop.SOURCE
    compiled = c_loop.compiled
    monkeypatch.setattr(c_loop, "compiled", lambda: compiled(source))
    assert agreed("round.10")["C by hand"].outcome is Standing.REFUSED


def test_without_a_c_compiler_the_row_says_so(monkeypatch):
    """A machine without cc, and source that does not compile, are both said."""
    monkeypatch.setattr(c_loop.shutil, "which", lambda _: None)
    found = agreed("round.10")["C by hand"]
    assert (found.outcome, found.note) == (Standing.ABSENT, "there is no C compiler `cc`: install one")
    monkeypatch.undo()
    with pytest.raises(Unavailable, match=r"cc failed: .*error"):
        c_loop.compiled("not C")


def test_vectors_for_c_begin_at_cache_lines():
    """An unaligned loop in C takes twice the time: it would be no fair peer."""
    for shape in ((1,), (10,), (3, 7), (1000,)):
        array = c_loop.aligned(*shape)
        assert array.ctypes.data % 64 == 0
        assert array.shape == shape


def test_a_floor_is_never_compared_and_a_peer_always():
    """Floors are called so, and have no results to compare."""
    for case in CASES.values():
        for peer in case.peers:
            assert peer.is_floor == peer.contender.name.startswith("floor")


def test_the_games_are_not_degenerate():
    """The projection moves points and leaves points: neither every nor no coordinate ends at a bound."""
    for d in (10, 1000):
        x = np.abs(CASES[f"round.{d}"].ours.prepare(64)()["x"])
        assert 0 < np.count_nonzero(x == 1.0) < d
    y = CASES["simplex.100"].ours.prepare(64)()["x"]
    assert 0 < np.count_nonzero(y == 0.0) < 99


def test_a_row_is_light_until_it_runs():
    """Making the cases imports no array library: `--help` and a wrong name answer at once."""
    code = (
        "import sys\n"
        "from paper_checks.bench.row import Settings\nfrom paper_checks.bench.registry import bench_rows\n"
        "[row.cases(Settings()) for row in bench_rows()]\n"
        "print(sorted({'numpy', 'numba', 'jax', 'torch', 'sympy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert isinstance(bench_rows()[0], BenchRow)
    assert Peer(CASES["start"].ours).tolerance == 1e-12


def test_a_peer_that_forgets_the_set_is_refused(monkeypatch):
    """JAX without the clip would be faster, and is not timed."""
    monkeypatch.setattr("paper_checks.bench.peers.jax_scan.clip_to_box", lambda point, _: point)
    assert agreed("round.100")["JAX lax.scan"].outcome is Standing.REFUSED


def test_slow_cases_are_measured_only_by_name():
    """Without a name they are left out; a name of the row or of the case asks for them."""
    assert {"main.warm", "main.cold", "regret.w8a", "regret.ijcnn1"} <= set(NAMED)
    assert not {case.id for case in choose([], QUICK)} & set(NAMED)
    assert {case.id for case in choose([], QUICK)} == set(CASES) - set(NAMED)
    assert [case.id for case in choose(["main.warm"], QUICK)] == ["main.warm"]
    assert "regret.w8a" in {case.id for case in choose(["regret"], QUICK)}


def test_small_games_with_another_decay_by_hand_are_refused(monkeypatch):
    """Loops by hand with beta2 changed in the fourth digit are not timed."""
    monkeypatch.setattr(plain_game, "BETA2", 0.9991)
    assert agreed("small.again")["Python loop by hand"].outcome is Standing.REFUSED
    monkeypatch.undo()
    monkeypatch.setattr(plain_game, "EPS", 0.1)
    assert agreed("small.regret")["Python loop by hand"].outcome is Standing.REFUSED


def one_solve_of(loss):
    """The comparison with a solver on rows with few columns."""
    case = regret.case_of("regret.few", "a toy", partial(one_solve.w8a_like, dimension=20), 200, loss)
    (found,) = measure(case, QUICK).peers
    return found


@pytest.mark.parametrize("loss", ["logistic", "hinge"])
def test_solvers_find_our_minimum(loss):
    """L-BFGS-B in a box and liblinear, whose multiplier is that of a ball, agree with the last of ours."""
    found = one_solve_of(loss)
    assert found.outcome is Standing.MEASURED, found.note
    assert found.difference < regret.ACCURACY[loss]


def test_a_solver_of_another_problem_is_refused(monkeypatch):
    """L-BFGS-B in a box that is larger by a hundredth, and a total that is too large, are not timed."""
    solve, total = one_solve.lbfgs_in_a_box, one_solve.hinge_total
    monkeypatch.setattr(regret, "lbfgs_in_a_box", lambda rows, radius: solve(rows, 1.01 * radius))
    monkeypatch.setattr(regret, "hinge_total", lambda rows, x: 1.00001 * total(rows, x))
    assert [one_solve_of(loss).outcome for loss in ("logistic", "hinge")] == [Standing.REFUSED] * 2


def test_without_the_data_folder_the_row_says_so(monkeypatch, tmp_path):
    """A file that is not there is a reason, not a crash."""
    monkeypatch.setenv("REGRETCHECK_DATA", str(tmp_path))
    own = measure(CASES["regret.w8a"], QUICK).own
    assert own.outcome is Standing.ABSENT
    assert own.note.startswith("w8a is not in the data folder; set REGRETCHECK_DATA")


def test_a_file_is_read_in_one_drawn_order(monkeypatch, tmp_path):
    """Rows keep their labels, a longer game begins with a shorter one, and both labels come early."""
    (tmp_path / "libsvm").mkdir()
    lines = [f"{1 if k > 30 else -1} 1:{k} 2:{2 * k}" for k in range(1, 61)]
    (tmp_path / "libsvm" / "toy.bz2").write_bytes(bz2.compress("\n".join(lines).encode()))
    monkeypatch.setenv("REGRETCHECK_DATA", str(tmp_path))
    vectors, labels = regret.read("toy", 60)
    assert sorted(vectors[:, 0]) == list(range(1, 61))
    assert np.array_equal(labels, np.where(vectors[:, 0] > 30, 1.0, -1.0))
    assert np.array_equal(regret.read("toy", 10)[0], vectors[:10])
    assert set(labels[:10]) == {-1.0, 1.0}


def test_daqp_warm_and_cold_solve_the_same_problems():
    """Both agree with our kernel on the problems of a game, which are no two the same."""
    pytest.importorskip("daqp")
    found = agreed("polytope.game.10")
    assert all(c.outcome is Standing.MEASURED and c.difference < 1e-12 for c in found.values())
    y = CASES["polytope.game.10"].ours.prepare(16)()["y"]
    assert len(np.unique(y, axis=0)) == 16


def test_a_process_that_fails_is_no_time(tmp_path):
    """`command_line` runs the command in the folder, and a wrong word is an error with its last line."""
    main_row.command_line(("--version",), tmp_path)
    with pytest.raises(main_row.Failed, match=r"`regretcheck rum` ended with 2: error: .*'rum'"):
        main_row.command_line(("rum",), tmp_path)


def test_only_a_cold_job_has_a_cache_of_its_own(monkeypatch):
    """Cold is an empty cache for each process, warm the user's after a run before; threads are the job's."""
    seen = []

    def run(command, *, env, cwd, **_):
        seen.append((command[3:], env.get("REGRETCHECK_CACHE"), "OMP_NUM_THREADS" in env, Path(cwd)))
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(main_row.subprocess, "run", run)
    monkeypatch.setenv("REGRETCHECK_CACHE", "mine")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    for identifier, words in (
        ("main.cold", "run --no-cache --out out"),
        ("main.one_round.cold", "run one_round --no-cache --out out"),
    ):
        seen.clear()
        assert measure(CASES[identifier], QUICK).own.timing is not None
        assert all(" ".join(word) == words and not threads for word, _, threads, _ in seen)
        assert all(cache == str(folder / "cache") for _, cache, _, folder in seen)
        assert len({cache for _, cache, _, _ in seen}) == len(seen) == (1 if CASES[identifier].once else 4)
    seen.clear()
    assert measure(CASES["main.warm"], QUICK).own.timing.repeats == 1
    assert [cache for _, cache, _, _ in seen] == ["mine"] * 2
    seen.clear()
    measure(CASES["main.report"], QUICK)
    assert [" ".join(words) for words, *_ in seen] == ["run --out out", *["report out"] * 4]
