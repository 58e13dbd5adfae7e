"""A small game runs as plain Python, with the bits of the compiled reproducible kernel."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine_games import ALGORITHMS, DOMAINS, LOSSES, cover, make, named, pairs
from levels import mostly_slow
from online_sim.domains.l2_ball import L2Ball
from online_sim.engines import small
from online_sim.engines.cache import is_kept, load_source
from online_sim.engines.numba_engine import NumbaEngine
from online_sim.engines.small import PATIENCE, SMALL, Interpreted, work
from online_sim.game import Game
from online_sim.settings import choose_engine, setting_of
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from online_sim.trace import Trace
from theory.algorithms.adal import ADAL
from theory.losses.quadratic import QUADRATIC
from theory.quantities import Norm1
from theory.symbols import f, x

COMPILED = NumbaEngine(reproducible=True)
KERNELS = Path(small.__file__).parents[1] / "domains" / "kernels"


def content(trace: Trace) -> dict[str, tuple[object, ...]]:
    """Every number of a trace by its bits, and what its engine noticed."""
    arrays = {**trace.scalars, **trace.vectors, **trace.series}
    arrays |= {"state": trace.state.vectors, "scalar state": trace.state.scalars}
    bits = {name: (u.shape, np.ascontiguousarray(u).tobytes()) for name, u in arrays.items()}
    return {**bits, "seen": (trace.run.range_left, trace.run.not_finite_from)}


def differences(game: Game, *engines: NumbaEngine) -> list[str]:
    """The names of records and states in which two engines differ."""
    recurrence = game.recurrence
    one, two = (
        content(play(game, record=named(recurrence), series=[f], checkpoints="all", engine=engine))
        for engine in engines
    )
    assert one.keys() == two.keys()
    return [name for name in one if one[name] != two[name]]


EVERYTHING = list(dict.fromkeys([*cover(), *pairs()[::11]]))


@pytest.mark.parametrize(
    ("algorithm", "domain", "loss"), mostly_slow(cover()[::3], lambda number, *_: number % 2 == 0)
)
def test_plain_python_has_the_bits_of_the_compiled_kernel(algorithm: str, domain: str, loss: str) -> None:
    """Some families of algorithms, losses and sets, in every recorded number."""
    game = make(ALGORITHMS[algorithm], LOSSES[loss], domain)
    chosen = choose_engine("auto", setting_of(game, record=named(game.recurrence)), game.horizon, 0)
    assert isinstance(chosen, NumbaEngine)
    assert (chosen.interpreted, chosen.reproducible) == (None, True)
    assert differences(game, COMPILED, chosen) == []


@pytest.mark.slow
@pytest.mark.parametrize(("algorithm", "domain", "loss"), EVERYTHING)
def test_so_has_every_algorithm_loss_and_set(algorithm: str, domain: str, loss: str) -> None:
    """Every algorithm with sets and losses in turn, each of which also occurs."""
    game = make(ALGORITHMS[algorithm], LOSSES[loss], domain)
    assert differences(game, COMPILED, NumbaEngine(reproducible=True, interpreted=True)) == []


def test_everything_is_among_them() -> None:
    """The thinned product loses no algorithm, no set and no loss."""
    for place, known in enumerate((ALGORITHMS, DOMAINS, LOSSES)):
        assert {game[place] for game in EVERYTHING} == set(known)


def sums() -> Game:
    """Nine coordinates in a ball: sums depend on their order, products on whether they are fused."""
    rows = np.random.default_rng(5).normal(size=(60, 9))
    return Game(ADAL, QUADRATIC, ArrayStream(rows), L2Ball(9), horizon=60, parameters={"alpha": 0.3})


def test_the_fast_kernel_is_told_apart() -> None:
    """The comparison sees fused products and reordered sums; no plain Python stands in for that kernel."""
    assert differences(sums(), NumbaEngine(), NumbaEngine(reproducible=True, interpreted=True))
    with pytest.raises(ValueError, match="needs an engine with the same bits"):
        NumbaEngine(interpreted=None)


def test_a_projection_keeps_the_order_of_its_sums() -> None:
    """A reproducible kernel does not reorder or fuse in the projection, though the file allows it."""
    assert "fastmath" in (KERNELS / "l2_ball.py").read_text()
    assert differences(sums(), COMPILED, NumbaEngine(reproducible=True, interpreted=True)) == []


def test_a_large_game_is_compiled() -> None:
    """Size alone decides, so that the same game has the same bits whatever was compiled before."""
    setting = setting_of(sums())
    each = work(setting, 1, 0)
    longest = SMALL // each
    for rounds, expected in ((longest, None), (longest + 1, False)):
        chosen = choose_engine("auto", setting, rounds, 0)
        assert isinstance(chosen, NumbaEngine)
        assert chosen.interpreted is expected


def test_work_counts_lines() -> None:
    """Replicates, rounds and recorded quantities all add to it, rows of a table and a projection too."""
    game = sums()
    bare = work(setting_of(game), 100, 0)
    assert work(setting_of(game), 200, 0) == 2 * bare
    assert work(setting_of(dataclasses.replace(game, replicates=3)), 100, 0) == 3 * bare
    assert work(setting_of(dataclasses.replace(game, domain=None, start=[0.0] * 9)), 100, 0) < bare
    asked = setting_of(game, record=[Norm1(x)])
    assert work(asked, 100, 100) > work(asked, 100, 0)


def test_what_is_played_again_and_again_is_compiled_in_the_end() -> None:
    """A source keeps to plain Python until it has done its share of work; others are not affected."""
    seen = Interpreted()
    assert seen.goes_on("one", PATIENCE - 1)
    assert seen.goes_on("one", 1)
    assert not seen.goes_on("one", 1)
    assert seen.goes_on("other", 1)


def test_what_was_compiled_before_is_compiled_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    """A source whose compiled form is kept needs no patience, only more than one small game."""
    monkeypatch.setattr(small, "is_kept", lambda text, *, prefix: text == f"kept {prefix}")
    seen = Interpreted()
    assert seen.goes_on("kept numba", SMALL)
    assert not seen.goes_on("kept numba", 1)
    assert seen.goes_on("other", SMALL + 1)


def test_a_source_is_kept_once_it_was_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder tells, also what another process loaded; another prefix is another source."""
    monkeypatch.setenv("REGRETCHECK_CACHE", str(tmp_path / "kernels"))
    text = "nothing = 0\n"
    assert not is_kept(text, prefix="kept_test")
    name = load_source(text, prefix="kept_test").__name__
    assert is_kept(text, prefix="kept_test")
    monkeypatch.delitem(sys.modules, name)
    assert is_kept(text, prefix="kept_test")
    assert not is_kept(text, prefix="kept_other")


def test_compiling_in_the_middle_changes_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first blocks run as plain Python, the others compiled: the trace is the same."""
    engine = NumbaEngine(reproducible=True, interpreted=None)
    engine.block_rounds = 7
    monkeypatch.setattr(small, "PATIENCE", work(setting_of(sums(), record=named(ADAL)), 20, 20))
    monkeypatch.setattr(small.INTERPRETED, "done", {})
    monkeypatch.setattr(small, "is_kept", lambda text, *, prefix: False)
    assert differences(sums(), COMPILED, engine) == []
    assert max(small.INTERPRETED.done.values()) > small.PATIENCE


SCRIPT = """
import sys
from online_sim import Box, Game, constant, play
from theory import ADAL, LINEAR
from theory.quantities import CumSum
from theory.symbols import f
box = Box(-1, 1, dimension=1)
game = Game(ADAL, LINEAR, constant([0.4]), box, horizon={rounds}, parameters={{"alpha": 1.0}})
play(game, record=[CumSum(f)])
print("numba" in sys.modules)
"""


@pytest.mark.parametrize(("rounds", "compiles"), [(100, False), (1_000_000, True)])
def test_a_small_game_needs_no_compiler(rounds: int, compiles: bool, tmp_path: Path) -> None:
    """numba is not imported and no kernel is kept; a large game does both."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(rounds=rounds)],
        env={**os.environ, "REGRETCHECK_CACHE": str(tmp_path / "kernels")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(compiles)]
    assert bool(list(tmp_path.rglob("regretcheck_numba_*.py"))) == compiles
