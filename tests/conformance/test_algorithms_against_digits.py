"""Every algorithm against its symbolic unrolling in fifty digits, and compiled against interpreted."""

from __future__ import annotations

import numpy as np
import pytest

from peers.games import DATA, GROUPS, START, VALUES, same, trajectory
from theory.algorithms.registry import algorithms
from theory.algorithms.unroll import unroll


@pytest.mark.parametrize("name", algorithms())
def test_engine_against_fifty_digits(name: str) -> None:
    """The numpy engine and the symbolic unrolling in 50 digits play the same first rounds."""
    rounds, recurrence = 25, algorithms()[name]
    known = {n: value for n, value in VALUES.items() if n in recurrence.parameter_names}
    exact = unroll(recurrence, DATA[:rounds].tolist(), parameters=known, start=START.tolist(), groups=GROUPS)
    theirs = np.array([[float(u) for u in point] for point in exact.played])
    assert same(trajectory(recurrence, False)[:rounds], theirs)


@pytest.mark.slow
@pytest.mark.parametrize("name", algorithms())
def test_numba_plays_like_numpy(name: str) -> None:
    """The compiled engine and the reference engine agree in closed loop."""
    recurrence = algorithms()[name]
    assert same(trajectory(recurrence, True, engine="numba"), trajectory(recurrence, True))
