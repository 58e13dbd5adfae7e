"""Statements against a fixed point z: what is searched, certified, shrunk, and never mistaken."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from sympy import Rational

from bounds.certificates.certify import certify, excess
from bounds.certificates.checker import ReplayOutcome, check_certificate
from bounds.evaluate import check
from bounds.falsifier.search import falsify
from bounds.games import Counterexample, ExactBox, LinearGame
from bounds.scope import OutOfScope
from bounds.shrinker.shrink import shrink
from bounds.verdict import Verdict
from independent.replay import confirms
from online_sim.domains.box import Box
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from theory.algorithms.sgd import SGD_CONSTANT
from theory.losses.linear import LINEAR
from theory.quantities import CumSum, LossAt
from theory.symbols import f, x, z
from theory.theorems.orabona import THEOREM2_13_CONSTANT

CLOSE = 1e-9  # the search ascends in steps of 1e-4 and keeps six digits


def scaled(factor):
    """The equality of Orabona's Theorem 2.13 with its right side times a factor."""
    (reading,) = THEOREM2_13_CONSTANT.readings
    return replace(
        THEOREM2_13_CONSTANT,
        readings=(replace(reading, rhs=Rational(factor) * reading.rhs),),
        id="own.against",
    )


def searched(theorem, **options):
    """A search of games of one round."""
    given = {"evaluations": 3000, "horizons": (1,), "seed": 0, **options}
    return falsify(theorem, "stated", SGD_CONSTANT, **given)


def test_a_tie_is_reached_and_never_exceeded() -> None:
    """The largest lhs/rhs is 1; what floats alone put above it is not reported."""
    found = searched(THEOREM2_13_CONSTANT, dimensions=(1,))
    assert not found.violated
    assert 0.99 <= found.ratio <= 1 + CLOSE


@pytest.mark.parametrize("kind", ["box", "segment"])
def test_a_bound_cut_by_a_tenth_falls_and_shrinks(kind) -> None:
    """The counterexample holds its z, is certified by both replays, and stays one when it is shrunk."""
    theorem = scaled("9/10")
    found = searched(theorem, set_kind=kind)
    assert found.violated
    assert found.best.comparator is not None
    assert found.best.game.contains(found.best.comparator)
    small = shrink(found.best, calls=40).counterexample
    raw = certify(small)
    assert check_certificate(raw).outcome is ReplayOutcome.CERTIFIED
    assert confirms(raw)


def test_the_certificate_is_of_its_own_z() -> None:
    """At x_1 = z = 1 the regret is 0, and at z = -1 the bound is a tie: only a cut bound falls there."""
    game = LinearGame.cyclic(
        SGD_CONSTANT, {"alpha": 2}, ExactBox((-1,), (1,)), (Fraction(1),), pattern=((1,),), horizon=1
    )
    theorem = scaled("9/10")
    assert excess(Counterexample(theorem, "stated", game, (-1,))) == pytest.approx(1 / 9)
    # With z = 1: x_2 = -1 gives 4/4 on the left, 9/10 of the 1 on the right.
    assert excess(Counterexample(theorem, "stated", game, (1,))) == pytest.approx(1 / 9)
    # With z = 0: 1 + 1/4 on the left, 9/10 of (1/4 + 1) on the right.
    assert excess(Counterexample(theorem, "stated", game, (0,))) == pytest.approx(1 / 9)


def test_a_run_is_confirmed_at_its_own_z() -> None:
    """A replay in balls would choose another z: the numbers stay those of the run."""
    theorem = scaled("9/10")
    game = Game(
        SGD_CONSTANT, LINEAR, ArrayStream(np.array([[1.0]])), Box(-1.0, 1.0, dimension=1), horizon=1,
        parameters={"alpha": 1.0}, start=[1.0],
    )  # fmt: skip
    trace = play(game, record=theorem.quantities, engine="numpy", vectors={z: np.array([0.5])})
    shown = check(theorem, "stated", trace)
    assert shown.verdict is Verdict.VIOLATED
    # 1/2 + (0 - 1/2)^2/2 on the left, the same without the cut on the right.
    assert shown.lhs_lower[-1] == pytest.approx(0.625, rel=1e-12)
    assert shown.rhs[-1] == pytest.approx(0.9 * 0.625, rel=1e-12)


@pytest.mark.parametrize(
    ("lhs", "words"),
    [(CumSum(f**2 - LossAt(z)), "reads the losses"), (LossAt(CumSum(x)) - LossAt(z), "reads the losses")],
)
def test_losses_that_linear_ones_do_not_cover_are_refused(lhs, words) -> None:
    """Only f_t(x_t) - f_t(z) can grow when a convex loss becomes linear."""
    with pytest.raises(OutOfScope, match=words):
        searched(replace(THEOREM2_13_CONSTANT, lhs=lhs))
