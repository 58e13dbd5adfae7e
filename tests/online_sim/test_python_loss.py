"""A user's own loss: the arguments that it gets, and the answers that are refused with their round."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from online_sim.game import Game
from online_sim.python_loss import PythonLoss
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from theory.algorithms.sgd import SGD
from theory.symbols import x

Function = Callable[[int, np.ndarray, np.ndarray, float], Any]


def played(function: Function, rounds: int = 4) -> np.ndarray:
    """The points of a game with this loss, from (0.5, 0.5) over rows of ones."""
    stream = ArrayStream(np.ones((rounds, 2)))
    trace = play(
        Game(
            SGD,
            PythonLoss("mine", function),
            stream,
            horizon=rounds,
            parameters={"alpha": 0.25},
            start=[0.5, 0.5],
        ),
        record=[x],
        checkpoints="all",
    )
    return np.asarray(trace[x])


def in_round_three(answer: Any) -> Function:
    """A sound loss, and another answer in round 3."""
    return lambda t, point, vector, label: answer if t == 3 else (float(point @ point), 2.0 * point)


def test_a_sound_loss_is_played() -> None:
    """The control of all below: value and gradient as a tuple, a list, or in numbers of numpy."""
    points = played(lambda t, point, vector, label: (float(point @ point), 2.0 * point))
    assert len(np.unique(points[:, 0])) == 4
    other = played(lambda t, point, vector, label: [np.float32(0.0), list(2.0 * point)])
    assert np.array_equal(points, other)


@pytest.mark.parametrize("which", ["point", "vector"])
def test_a_loss_cannot_write_into_what_it_is_handed(which: str) -> None:
    """The point and the row are read-only: one error with the round and the remedy, and no other game."""

    def writing(t: int, point: np.ndarray, vector: np.ndarray, label: float) -> Any:
        if t == 3:
            (point if which == "point" else vector)[:] = 0.0
        return 0.0, np.ones(2)

    with pytest.raises(
        ValueError, match=r"`mine` in round 3: it raised ValueError: .*copy it first: x\.copy\(\)"
    ):
        played(writing)


def test_what_it_keeps_does_not_change() -> None:
    """The point that it was handed is a copy: the game moves on and leaves it as it was."""
    kept: list[np.ndarray] = []

    def keeping(t: int, point: np.ndarray, vector: np.ndarray, label: float) -> Any:
        kept.append(point)
        return 0.0, np.ones(2)

    points = played(keeping)
    assert np.array_equal(np.array(kept[: len(points)]), points)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (None, r"`mine` in round 3 returned None; return a pair"),
        ((0.0,), r"`mine` in round 3 returned \(0\.0,\); return a pair"),
        ((0.0, np.ones(2), 1), r"`mine` in round 3 returned .*; return a pair"),
        ("ab", r"`mine` in round 3 returned 'ab'; return a pair"),
        (3.0, r"`mine` in round 3 returned 3\.0; return a pair"),
        ((1j, np.ones(2)), r"`mine` in round 3 returned the value 1j; return a real number"),
        (("a", np.ones(2)), r"`mine` in round 3 returned the value 'a'"),
        ((True, np.ones(2)), r"`mine` in round 3 returned the value True"),
        ((None, np.ones(2)), r"`mine` in round 3 returned the value None"),
        ((np.ones(2), np.ones(2)), r"`mine` in round 3 returned the value array"),
        ((0.0, np.ones(2) * 1j), r"`mine` in round 3 returned the gradient .*; return 2 real numbers"),
        ((0.0, "ab"), r"`mine` in round 3 returned the gradient 'ab'"),
        ((0.0, None), r"`mine` in round 3 returned the gradient None"),
        ((0.0, [True, False]), r"`mine` in round 3 returned the gradient \[True, False\]"),
        ((0.0, np.ones(3)), r"the gradient of `mine` has shape \(3,\) in round 3; expected \(2,\)"),
        ((0.0, 1.0), r"the gradient of `mine` has shape \(\) in round 3; expected \(2,\)"),
        ((np.nan, np.ones(2)), r"`mine` gives f = nan .* in round 3; keep to a set"),
        ((np.inf, np.ones(2)), r"`mine` gives f = inf .* in round 3; keep to a set"),
        ((-np.inf, np.ones(2)), r"`mine` gives f = -inf .* in round 3; keep to a set"),
        ((0.0, [np.inf, 0.0]), r"`mine` gives f = 0\.0 and g = array.* in round 3; keep to a set"),
    ],
    ids=repr,
)
def test_another_answer_is_one_error_with_the_round(answer: Any, says: str) -> None:
    """What is no pair of a finite number and d finite numbers names the loss, the value and the round."""
    with pytest.raises(ValueError, match=says) as refused:
        played(in_round_three(answer))
    assert len(str(refused.value).splitlines()) == 1


def test_what_it_raises_is_said_with_the_round() -> None:
    """An error of the function's own keeps its type and text, and is chained."""

    def failing(t: int, point: np.ndarray, vector: np.ndarray, label: float) -> Any:
        return {1: 0.0}[t], np.ones(2)

    with pytest.raises(ValueError, match="`mine` in round 2: it raised KeyError: 2") as refused:
        played(failing)
    assert isinstance(refused.value.__cause__, KeyError)
