"""A step on some coordinates only, a mask: in every engine, in a search, a certificate and a formula."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from sympy import Piecewise

from bounds.certificates.certify import certify
from bounds.certificates.checker import ReplayOutcome, check_certificate
from bounds.falsifier.search import falsify
from independent.replay import confirms
from online_sim.domains.box import Box
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from theory.algorithms.conformance import check_recurrence
from theory.algorithms.momentum import momentum
from theory.losses.linear import LINEAR
from theory.parameters import alpha
from theory.printing.latex import LatexPrinter
from theory.symbols import g, m, x
from theory.theorems.ogd import CONSTANT

CAUTIOUS = replace(
    momentum(), name="cautious momentum", point=x - alpha * Piecewise((m, m * g > 0), (0, True))
)
ROWS = np.array([[1.0, -1.0], [-2.0, -1.0], [0.5, 3.0], [-1.0, 0.0]])


def test_it_conforms() -> None:
    """Every engine plays it with the same numbers."""
    check_recurrence(CAUTIOUS)


def test_by_hand() -> None:
    """mu = 1/2: m is (1, -1), (-3/2, -3/2), (-1/4, 9/4); in round 3 the first coordinate stays."""
    game = Game(
        CAUTIOUS, LINEAR, ArrayStream(ROWS), Box(-9.0, 9.0, dimension=2), horizon=4, start=[0.0, 0.0],
        parameters={"alpha": 1.0, "mu": 0.5},
    )  # fmt: skip
    trace = play(game, record=(x,), checkpoints="all")
    np.testing.assert_array_equal(trace[x], [[0, 0], [-1, 1], [0.5, 2.5], [0.5, 0.25]])


def test_a_bound_of_gradient_descent_falls_for_it() -> None:
    """The certificate writes the mask out, and both replays decide it in balls."""
    cut = replace(CONSTANT, id="own.masked")
    found = falsify(cut, "stated", CAUTIOUS, evaluations=40_000, horizons=(16, 32), seed=0)
    assert found.violated
    raw = certify(found.best)
    assert b"where(g * m > 0, m, 0)" in raw
    assert check_certificate(raw).outcome is ReplayOutcome.CERTIFIED
    assert confirms(raw)


def test_its_formula() -> None:
    """LaTeX shows both cases."""
    text = LatexPrinter().print(CAUTIOUS.point)
    assert r"\begin{cases} m_{T} & \text{if }" in text
