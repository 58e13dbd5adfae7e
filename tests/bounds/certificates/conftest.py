"""Certificates that several tests begin with."""

import json
from fractions import Fraction as F

import pytest

from bounds.certificates.certify import certify
from bounds.games import Counterexample, DescentGame, ExactBox, ExactSegment, LinearGame
from theory.algorithms.adal import ADAL
from theory.losses.piecewise_quadratic import quadratic_slope
from theory.theorems.adal import THEOREM1, THEOREM2

PARAMETERS = {"alpha": 1, "beta1": 0, "beta2": "1/2", "eps": 0}


def one_round() -> LinearGame:
    """f_1(x) = 2x/5 on [-1, 1] from 1: docs/theory.md."""
    return LinearGame.cyclic(ADAL, PARAMETERS, ExactBox((-1,), (1,)), (1,), ((F(2, 5),),), 1)


def on_a_segment() -> LinearGame:
    """One small gradient on the segment from (1, 0) to (0, 1)."""
    return LinearGame.cyclic(
        ADAL, PARAMETERS, ExactSegment((1, 0), (0, 1)), (1, 0), ((F(1, 10), F(-1, 10)),), 1
    )


def four_rounds() -> DescentGame:
    """f(x) = 100 x^2, the noise 600 w.p. 1/4, else -200: docs/theory.md, section 4."""
    letters = (((600,), F(1, 4)), ((-200,), F(3, 4)))
    given = {"alpha": "1/2", "beta1": 0, "beta2": "1/2", "eps": "0.00000001"}
    return DescentGame(ADAL, given, quadratic_slope(200), (0,), 4, letters=letters)


@pytest.fixture(scope="session")
def linear() -> dict:
    """A certificate against Theorem 1, reading C, as parsed JSON."""
    return json.loads(certify(Counterexample(THEOREM1, "C", one_round())))


@pytest.fixture(scope="session")
def segment() -> dict:
    """A certificate on a set that is not a box."""
    return json.loads(certify(Counterexample(THEOREM1, "C", on_a_segment())))


@pytest.fixture(scope="session")
def descent() -> dict:
    """A certificate against Theorem 2, reading sqrtTM."""
    return json.loads(certify(Counterexample(THEOREM2, "sqrtTM", four_rounds())))
