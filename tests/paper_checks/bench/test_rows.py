"""The rows: found by looking, and every peer does the same work as ours. No test here asserts a time."""

import subprocess
import sys

import numpy as np
import pytest

from levels import mostly_slow
from paper_checks.bench.measure import Standing, measure
from paper_checks.bench.peers import arrays, c_loop
from paper_checks.bench.peers.torch_steps import device_copies
from paper_checks.bench.registry import bench_rows
from paper_checks.bench.row import BenchRow, Peer, Settings, Unavailable
from paper_checks.bench.rows import gpu
from paper_checks.bench.rows.step import QUICK_DIMENSION, WORDS

QUICK = Settings(quick=True)
CASES = {case.id: case for row in bench_rows() for case in row.cases(QUICK)}
FAST = (
    "round.1", "round.10", "round.100", "simplex.10", "replicates.1", "polytope.5", "projection.simplex.1000",
    "projection.ball.1000", "projection.half_space.1000", "projection.box_hyperplane.1000",
    "step.adal.float32", "step.adal.float64", "step.adam.float32", "step.adam.float64",
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


def test_rows_are_found_by_looking():
    """Each file offers a row, and the cases of a row begin with its name, each once."""
    rows = bench_rows()
    assert [row.id for row in rows] == sorted(row.id for row in rows)
    assert {"round", "replicates", "simplex", "projection", "polytope", "step", "arb", "start", "gpu"} <= {
        row.id for row in rows
    }
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
        assert c.outcome is Standing.MEASURED, f"{c.name}: {c.note}"
        assert c.floor or c.difference is not None


@pytest.mark.slow
@pytest.mark.parametrize("identifier", sorted(set(CASES) - set(FAST) - set(ELSEWHERE)))
def test_every_peer_of_the_other_cases_computes_what_we_compute(identifier):
    """The same for the cases that take longer to compile."""
    for c in agreed(identifier).values():
        assert c.outcome is Standing.MEASURED, f"{c.name}: {c.note}"


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
