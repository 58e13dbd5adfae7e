"""A prepared game has the trace of `play`, in every number and in every word, whatever is changed."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sympy import S

from engine_games import ALGORITHMS, LOSSES, cover, make, named
from levels import mostly_slow
from online_sim.domains import Box, L2Ball, Simplex
from online_sim.domains.base import Domain
from online_sim.engines import small
from online_sim.engines.numba_engine import NumbaEngine
from online_sim.engines.numpy_engine import NumpyEngine
from online_sim.game import Game
from online_sim.prepared import prepare
from online_sim.python_loss import PythonLoss
from online_sim.simulate import play
from online_sim.streams import AllPaths, ArrayStream, FormulaStream, GaussianStream, NoiseAlphabet
from online_sim.trace import Trace, load_trace
from theory.algorithms.adal import ADAL
from theory.algorithms.sgd import SGD
from theory.loss import Loss, Shape
from theory.losses.linear import LINEAR
from theory.losses.logistic import LOGISTIC
from theory.losses.portfolio import PORTFOLIO
from theory.losses.quadratic import QUADRATIC
from theory.quantities import CumSum, Regret
from theory.symbols import f, t, x
from theory.theorems.adal import THEOREM1

ROWS = np.random.default_rng(2).normal(size=(40, 3))
REGRET = Regret(S.One)


def content(trace: Trace) -> dict[str, object]:
    """Everything that is saved of a trace, but the time that it took; numbers by their bits."""
    saved = {**trace.scalars, **trace.vectors, **trace.series}
    saved |= {"rounds": trace.rounds, "state": trace.state.vectors, "scalar state": trace.state.scalars}
    if trace.state.powers is not None:
        saved["powers"] = trace.state.powers
    bits = {name: (u.shape, u.dtype, u.flags.c_contiguous, u.tobytes()) for name, u in saved.items()}
    run = {**trace.run.to_json(), "seconds": 0.0}
    return {**bits, "order": list(trace.scalars), "asked": trace.asked, "run": json.dumps(run)}


def differences(one: Trace, two: Trace) -> list[str]:
    """The names of what differs."""
    first, second = content(one), content(two)
    return sorted(name for name in {*first, *second} if first.get(name) != second.get(name))


def game(domain: Domain | None = None, loss: Loss = LINEAR, **changed: Any) -> Game:
    """A game of AdaL in three coordinates."""
    given = {"horizon": 40, "parameters": {"alpha": 0.3}, **changed}
    return Game(
        ADAL, loss, given.pop("stream", ArrayStream(ROWS)), domain or Box(-1, 1, dimension=3), **given
    )


@pytest.mark.parametrize(
    ("algorithm", "domain", "loss"), mostly_slow(cover(), lambda number, *_: number % 3 == 0)
)
def test_every_kind_of_game(algorithm: str, domain: str, loss: str) -> None:
    """Algorithms, sets and losses, played twice, and with another first parameter, start and stream."""
    made = make(ALGORITHMS[algorithm], LOSSES[loss], domain)
    how = {"record": named(made.recurrence), "series": [f], "checkpoints": "all"}
    prepared = prepare(made, **how)
    assert differences(prepared.play(), play(made, **how)) == []
    changes: dict[str, Any] = {"stream": ArrayStream(np.abs(ROWS[:20, : made.dimension]) + 0.5)}
    if made.parameter_names:
        name = made.parameter_names[0]
        changes["parameters"] = {name: made.values()[name] * 0.75}
    changes["start"] = 0.5 * (made.starts[0] + made.domain.start()) if made.domain else made.starts[0] + 0.01
    again = {**changes, "parameters": {**made.parameters, **changes.get("parameters", {})}}
    other = dataclasses.replace(made, **again)
    assert differences(prepared.play(**changes), play(other, **how)) == []
    assert differences(prepared.play(), play(made, **how)) == []


@pytest.mark.parametrize("loss", [LINEAR, QUADRATIC, LOGISTIC], ids=lambda loss: loss.name)
@pytest.mark.parametrize("domain", [Box(-1, 1, dimension=3), L2Ball(3), Simplex(3)], ids=lambda d: d.name)
def test_regret_and_what_verdicts_need(domain: Domain, loss: Loss) -> None:
    """The regret, the differences of both sides and the errors; minima kept from a play are those needed."""
    labels = np.random.default_rng(3).choice([-1.0, 1.0], 40)
    made = game(domain, loss, stream=ArrayStream(ROWS, labels))
    how: dict[str, Any] = {"record": [REGRET, *THEOREM1.quantities]}
    prepared = prepare(made, **how)
    assert differences(prepared.play(), play(made, **how)) == []
    mirrored = ArrayStream(ROWS[::-1], labels)
    start = domain.start() * 0.5 if domain.contains(domain.start() * 0.5) else domain.start()
    for changes in ({"parameters": {"alpha": 0.1}}, {"start": start}, {"stream": mirrored}, {}):
        again = {**changes, "parameters": {**made.parameters, **changes.get("parameters", {})}}
        other = dataclasses.replace(made, **again)
        assert differences(prepared.play(**changes), play(other, **how)) == []


def test_a_difference_is_seen() -> None:
    """The comparison tells other parameters, another stream, and records in another order apart."""
    record = [REGRET, CumSum(f)]
    one = play(game(), record=record)
    assert {"run", f"{REGRET}:lower", "state"} <= set(
        differences(one, play(game(parameters={"alpha": 0.2}), record=record))
    )
    assert "run" in differences(one, play(game(stream=ArrayStream(ROWS[::-1])), record=record))
    assert differences(one, play(game(), record=record[::-1])) != []


@pytest.mark.parametrize(
    "engine", [NumpyEngine(), NumbaEngine(interpreted=True), "auto"], ids=["numpy", "interpreted", "auto"]
)
def test_what_went_wrong_is_the_same(engine: Any) -> None:
    """An exploding game, and one whose numbers fade below the range of floats, say so in the same words."""
    far = Game(
        SGD, QUADRATIC, ArrayStream(ROWS), None, horizon=40, parameters={"alpha": 1e300}, start=np.ones(3)
    )
    prepared = prepare(far, record=[x], engine=engine)
    for _ in range(2):
        found = prepared.play()
        assert differences(found, play(far, record=[x], engine=engine)) == []
        assert found.run.not_finite_from is not None
    calm = prepared.play(parameters={"alpha": 1e-3})
    assert calm.run.not_finite_from is None
    small_steps = game(stream=ArrayStream(ROWS * 1e-170))
    faded = prepare(small_steps, record=[x], engine=engine)
    assert faded.play().run.range_left is not None
    assert differences(faded.play(), play(small_steps, record=[x], engine=engine)) == []


def test_replicates_and_formulas() -> None:
    """Lists of parameters, seeds, and data that are part of the program."""
    made = Game(
        ADAL, LINEAR, FormulaStream(S.One / t, dimension=1), Box(-1, 1, dimension=1), horizon=30,
        parameters={"alpha": [0.1, 0.2, 0.3]},
    )  # fmt: skip
    prepared = prepare(made, record=[REGRET])
    assert differences(prepared.play(), play(made, record=[REGRET])) == []
    other = dataclasses.replace(made, parameters={"alpha": [0.3, 0.2, 0.1]})
    found = prepared.play(parameters={"alpha": [0.3, 0.2, 0.1]})
    assert differences(found, play(other, record=[REGRET])) == []
    noise = game(stream=GaussianStream(3, seed=4), replicates=2)
    seeded = prepare(noise, record=[REGRET])
    found = seeded.play(stream=GaussianStream(3, seed=9))
    assert (
        differences(found, play(game(stream=GaussianStream(3, seed=9), replicates=2), record=[REGRET])) == []
    )
    assert differences(seeded.play(), play(noise, record=[REGRET])) == []


def test_compiling_in_the_middle_changes_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A prepared game is compiled once it has been played for long; its trace stays the same."""
    monkeypatch.setattr(small, "PATIENCE", 3000)
    monkeypatch.setattr(small.INTERPRETED, "done", {})
    prepared = prepare(game(), record=[CumSum(f), REGRET])
    first = prepared.play()
    for _ in range(5):
        assert differences(prepared.play(), first) == []
    assert max(small.INTERPRETED.done.values()) > 3000
    compiled = prepare(game(), record=[CumSum(f), REGRET], engine=NumbaEngine(reproducible=True))
    assert differences(compiled.play(), first) == []


def test_traces_share_nothing_that_can_be_changed() -> None:
    """Who overwrites the numbers of a trace changes no other trace."""
    prepared = prepare(game(), record=[REGRET, x], series=[f])
    first = prepared.play()
    for array in (
        first.rounds,
        first.state.vectors,
        *first.scalars.values(),
        *first.series.values(),
        first[x],
    ):
        array[...] = 7
    assert differences(prepared.play(), play(game(), record=[REGRET, x], series=[f])) == []


def test_a_loss_that_changes_is_followed() -> None:
    """A Python loss reads what it likes: nothing is kept, and each play has its provenance."""
    scale = [1.0]

    def value(_: int, point: Any, row: Any, __: float) -> tuple[float, Any]:
        return scale[0] * float(row @ point), scale[0] * row

    made = Game(
        ADAL, PythonLoss("mine", value, Shape.LINEAR), ArrayStream(ROWS), Box(-1, 1, dimension=3), horizon=40,
        parameters={"alpha": 0.3},
    )  # fmt: skip
    prepared = prepare(made, record=[x])
    first = prepared.play()
    assert differences(first, play(made, record=[x])) == []
    scale[0] = -2.0
    assert differences(prepared.play(), play(made, record=[x])) == []
    assert {"run", "x"} <= set(differences(prepared.play(), first))


def test_it_is_saved_resumed_and_replayed(tmp_path: Path) -> None:
    """The options of `play` that concern one play, and the replay of a trace."""
    record, path = [REGRET, CumSum(f)], tmp_path / "run.npz"
    prepared, done = prepare(game(), record=record), list[int]()
    saved = prepared.play(autosave=path, progress=lambda rounds, _: done.append(rounds))
    assert done == [40]
    assert differences(load_trace(path), saved) == []
    half = play(game(horizon=20), record=record, checkpoints=[3, 7])
    assert differences(prepared.play(resume=half), play(game(), record=record, resume=half)) == []
    rounds = np.array([3, 40])
    again = prepared.play(start=np.ones(3)).again(rounds)
    assert differences(again, play(game(start=np.ones(3)), record=record, checkpoints=rounds)) == []
    assert repr(prepared).startswith("PreparedGame(AdaL")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"parameters": {"alpha": -1.0}}, "`alpha`"),
        ({"parameters": {"alpha": float("nan")}}, "`alpha`"),
        ({"parameters": {"alhpa": 1.0}}, "did you mean alpha"),
        ({"start": [2.0, 0.0, 0.0]}, "`start` = .* lies outside"),
        ({"start": [float("inf"), 0.0, 0.0]}, "`start`"),
        ({"stream": ArrayStream(ROWS[:10])}, "has 10 rounds, the `horizon` is 40"),
    ],
)
def test_a_change_is_checked(changes: Mapping[str, Any], words: str) -> None:
    """As an argument of the game is, with the same message; the prepared game is as before."""
    prepared = prepare(game(), record=[REGRET])
    with pytest.raises(ValueError, match=words) as refused:
        prepared.play(**changes)
    with pytest.raises(ValueError, match=words) as expected:
        game(**{"parameters": {"alpha": 0.3}, **changes})
    assert str(refused.value) == str(expected.value)
    assert differences(prepared.play(), play(game(), record=[REGRET])) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"parameters": {"alpha": [0.1, 0.2]}}, "`alpha` would make 2 replicates"),
        ({"stream": [ArrayStream(ROWS)] * 2}, "`stream` would make 2 replicates"),
        ({"start": [0.0] * 2}, "d = 2"),
        ({"stream": FormulaStream(S.One / t, dimension=3)}, "`stream` = .* another formula"),
    ],
)
def test_what_needs_another_program_is_refused(changes: Mapping[str, Any], words: str) -> None:
    """The message names the argument, and says what to do."""
    with pytest.raises(ValueError, match=words):
        prepare(game()).play(**changes)


def test_another_dimension_is_refused() -> None:
    """Where nothing but the stream says how many coordinates there are."""
    prepared = prepare(Game(ADAL, LINEAR, ArrayStream(ROWS), horizon=40, parameters={"alpha": 0.3}))
    with pytest.raises(ValueError, match="`stream` would make 1 coordinates"):
        prepared.play(stream=ArrayStream(ROWS[:, :1]))


def test_a_loss_that_is_not_finite_is_refused_again_and_again() -> None:
    """The round and the data are named each time, and only for the stream that is to blame."""
    good = np.abs(ROWS) + 0.1
    bad = np.where(np.arange(40)[:, None] == 7, -1.0, good)
    made = game(Simplex(3), PORTFOLIO, stream=ArrayStream(good))
    prepared = prepare(made, record=[CumSum(f)])
    for _ in range(2):
        with pytest.raises(ValueError, match="in round 8"):
            prepared.play(stream=ArrayStream(bad))
    assert differences(prepared.play(), play(made, record=[CumSum(f)])) == []


@pytest.mark.parametrize("stream", ["all paths", "seeded replicates"])
def test_minima_belong_to_the_data_of_a_replicate(stream: str) -> None:
    """Each play with other parameters makes new streams of the same data, at addresses that come again."""
    if stream == "all paths":
        data: Any = AllPaths(NoiseAlphabet([-1.0, 3.0, 0.5], ["1/2", "1/4", "1/4"]))
        changed: dict[str, Any] = {"horizon": 4}
    else:
        data, changed = GaussianStream(1, seed=3), {"horizon": 6, "replicates": 7}
    base = Game(SGD, LINEAR, data, Box(-1, 1, dimension=1), parameters={"alpha": 0.5}, **changed)
    prepared = prepare(base, record=[REGRET])
    assert len({tuple(row) for row in prepared.play().scalars[f"{REGRET}:lower"]}) > 3
    for k in range(12):
        alpha = {"alpha": 0.1 + k / 8}
        again = prepared.play(parameters=alpha)
        assert differences(again, play(dataclasses.replace(base, parameters=alpha), record=[REGRET])) == []
