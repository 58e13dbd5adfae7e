"""Reddi's Theorem 3: the bound on random games, its controls, and each step of its proof by another way."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import ceil, log, sqrt

import numpy as np
import pytest
import sympy
from sympy import S

from bounds.evaluate import check
from bounds.verdict import Verdict
from online_sim import AlphabetStream, Box, Game, NoiseAlphabet, play
from theory.losses.line import LINE, NOISY_LINE
from theory.losses.noise import with_noise
from theory.losses.scaled import scaled
from theory.parameters import alpha, beta1
from theory.quantities import First, SumCoords
from theory.symbols import D, T, df
from theory.theorems.adam_drift import ADAM_OF_THEOREM3, STAYS_AWAY

USUAL = {"alpha": 1.0, "beta1": 0.3, "beta2": 0.5, "large": 100.0, "small": 1.0}


def checked(theorem=STAYS_AWAY, *, changes=None, slope=1, letters=None, chance=None, half=1.0, start=0.0):
    """The check of 32 random games of 600 rounds; letters: the gradients that are drawn, by default b, -c."""
    given = {**USUAL, **(changes or {})}
    b, c = (Fraction(str(given[name])) for name in ("large", "small"))
    high, low = letters or (b, -c)
    p = chance or (slope - low) / Fraction(high - low)
    loss = NOISY_LINE if slope == 1 else with_noise(scaled(LINE, slope))
    noise = NoiseAlphabet([Fraction(high) - slope, Fraction(low) - slope], [p, 1 - p])
    game = Game(
        ADAM_OF_THEOREM3, loss, AlphabetStream(noise, seed=3), Box(-half, half, dimension=1),
        horizon=600, parameters=given, start=[start], replicates=32,
    )  # fmt: skip
    return check(theorem, "example", play(game, record=theorem.quantities))


@pytest.mark.parametrize(
    ("changes", "slope", "half"),
    [
        ({}, 1, 1.0),
        ({"alpha": 10.0}, 1, 1.0),
        ({"beta1": 0.0, "beta2": 0.3}, 1, 2.0),
        ({"large": 200.0, "small": 2.0}, 2, 1.0),
    ],
)
def test_adam_stays_away_from_the_minimum(changes, slope, half) -> None:
    """The bound holds, is worth something, and is the one of the docs in plain numbers."""
    found = checked(changes=changes, slope=slope, half=half)
    assert found.verdict is Verdict.HOLDS, found.reason
    given, side = {**USUAL, **changes}, 2 * half
    kept = 1 - given["beta1"]
    paths = sqrt(2) * side**2 * sqrt(600) / (kept * given["alpha"])
    bound = slope * (side * 600 / 2 - paths - kept**2 * given["alpha"] ** 2 / (2 * side))
    assert found.rhs[-1] == pytest.approx(-bound, rel=1e-9)
    assert bound > slope * side * 600 / 6


def test_what_no_point_costs_is_too_much() -> None:
    """Must-fail control: four times the bound is more than the worst point loses."""
    (one,) = STAYS_AWAY.readings
    more = replace(STAYS_AWAY, readings=(replace(one, rhs=4 * one.rhs),))
    assert checked(more).verdict is Verdict.VIOLATED


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"chance": Fraction(3, 101)}, "unbiased"),
        ({"letters": (100, -2)}, "b or -c"),
        ({"start": 0.5}, "centre"),
        ({"changes": {"large": 30.0}}, "2 log(b/c)"),
        ({"changes": {"beta1": 0.75}}, "beta1 < sqrt"),
        ({"changes": {"large": 1.0, "small": 100.0}, "letters": (100, -1)}, "b > c"),
    ],
)
def test_the_statement_is_only_about_its_problem(changes, words) -> None:
    """Biased or other gradients, another start, and numbers outside the conditions."""
    found = checked(**changes)
    assert found.verdict is Verdict.ASSUMPTION_BROKEN
    assert any(words in a.text for a in found.assumptions if not a.holds)


PROBLEMS = [
    (Fraction(3, 10), Fraction(1, 2), 100, 1),
    (Fraction(0), Fraction(1, 10), 40, 1),
    (Fraction(1, 2), Fraction(9, 10), 2000, 1),
    (Fraction(1, 5), Fraction(1, 4), 30, Fraction(1, 10)),
]
"""beta1, beta2, b and s that the statement allows, with c = 1."""


def law(b1, b2, b, s):
    """p, the number n of rounds after which a large gradient is forgotten, and the condition's left side."""
    p = (s + 1) / Fraction(b + 1)
    n = ceil(2 * log(b) / log(1 / b2))
    gamma = float(b1) / sqrt(b2)
    return p, n, float(p) * (2 * log(b) / log(1 / b2) + 1 + sqrt(2) / ((1 - gamma) * sqrt(1 - b2)))


@pytest.mark.parametrize("problem", PROBLEMS)
def test_one_step_on_all_paths_in_rationals(problem) -> None:
    """Quiet rounds push by at least kappa, large gradients by at most their share, exactly; n is needed."""
    b1, b2, b, _ = problem
    _, n, most = law(*problem)
    assert most <= 0.5
    assert b2**n * b**2 <= 1 < b2 ** (n - 1) * b**2
    early = 0
    for path in product((b, -1), repeat=9):
        # A large gradient n rounds before the first one of the path, and none in between.
        m_up, m_down, v = b1 ** (n - 1) * (1 - b1) * b, Fraction(0), b2 ** (n - 1) * (1 - b2) * b**2
        ages = [n - 1]
        for t, g in enumerate(path, start=1):
            ages = [age + 1 for age in ages] + ([0] if g == b else [])
            m_up, m_down = b1 * m_up + (1 - b1) * max(g, 0), b1 * m_down + (1 - b1) * max(-g, 0)
            v = b2 * v + (1 - b2) * g**2
            for age in ages:
                assert v >= (1 - b2) * b2**age * b**2
            if min(ages) >= n:
                # m_down/sqrt(v) >= (1 - b1)/sqrt(2), squared
                assert 2 * m_down**2 >= (1 - b1) ** 2 * v
            elif g == -1 and t > 1:
                early += 2 * m_down**2 < (1 - b1) ** 2 * v
    assert early > 0  # before n rounds it can fail


@pytest.mark.parametrize("problem", PROBLEMS)
def test_the_mean_of_a_step_over_all_paths(problem) -> None:
    """E m_t/sqrt(v_t) <= -kappa/2 by enumeration; with frequent large gradients it is not."""
    b1, b2, b, _ = problem
    p, _, _ = law(*problem)
    assert max(_means(b1, b2, b, p)) <= -(1 - b1) / (2 * sqrt(2))
    assert max(_means(b1, b2, b, Fraction(1, 4))) > -(1 - b1) / (2 * sqrt(2))


def _means(b1, b2, b, p):
    """E m_t/sqrt(v_t) of rounds 1, ..., 13 over all paths."""
    paths = np.array(list(product((float(b), -1.0), repeat=13)))
    large = np.cumsum(paths > 0, axis=1)
    rounds = np.arange(1, 14)
    m = v = np.zeros(len(paths))
    found = []
    for t, g in enumerate(paths.T):
        m, v = float(b1) * m + (1 - float(b1)) * g, float(b2) * v + (1 - float(b2)) * g**2
        chance = float(p) ** large[:, t] * (1 - float(p)) ** (rounds[t] - large[:, t])
        found.append(np.sum(chance * m / np.sqrt(v)) / np.sum(chance))
    return found


def test_the_points_on_drawn_pushes() -> None:
    """y_{t+1} <= max(0, y_t + alpha_t w_t) with w_t >= -kappa: the two sums of the proof, and their bound."""
    rng = np.random.default_rng(8)
    for _ in range(200):
        kappa, a, side = np.exp(rng.normal(size=3))
        a *= rng.choice([0.1, 1.0, 10.0])
        rounds = 60
        steps = a / np.sqrt(np.arange(1, rounds + 1))
        w = np.where(rng.uniform(size=rounds) < 0.2, rng.exponential(3.0, rounds), -kappa)
        y, over = [rng.uniform(0, side)], []
        for size, push in zip(steps, w, strict=True):
            over.append(max(0.0, -y[-1] - size * push))
            y.append(min(side, max(0.0, y[-1] + size * push)))
        total, eps = np.sum(np.array(over) / steps), 1e-9 * rounds * (1 + side + a)
        assert total >= -np.sum(w) - side / steps[-1] - eps
        far = kappa / side * np.sum(side - np.array(y[:-1])) + kappa * (kappa * a / side) ** 2
        assert total <= far + eps


def test_the_last_line_of_the_proof_is_the_right_side() -> None:
    """sympy solves it for the sum of x_t - l."""
    kappa, far, s = sympy.symbols("kappa far s", positive=True)
    line = kappa / D * far - (kappa * T / 2 - D * sympy.sqrt(T) / alpha - kappa * (kappa * alpha / D) ** 2)
    (found,) = sympy.solve(line, far)
    (reading,) = STAYS_AWAY.readings
    stated = -reading.rhs.xreplace({First(SumCoords(df)): s})
    assert sympy.simplify(s * found.subs(kappa, (1 - beta1) / sympy.sqrt(2)) - stated) == 0


def test_every_large_b_meets_the_condition() -> None:
    """p (2 log(b)/log(1/beta2) + const) tends to 0."""
    b, s, rate, const = sympy.symbols("b s rate const", positive=True)
    assert sympy.limit((s + 1) / (b + 1) * (2 * sympy.log(b) / rate + const), b, S.Infinity) == 0
