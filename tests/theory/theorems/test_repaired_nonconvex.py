"""Theorems A, N, P and S on random nonconvex problems, on enumerated noise, and where they do not apply."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from sympy import Rational

from bounds.evaluate import check, checks
from bounds.verdict import Verdict
from levels import mostly_slow
from online_sim.domains import Box
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams import AlphabetStream, GaussianStream, NoiseAlphabet, rademacher, skewed
from online_sim.streams.all_paths import AllPaths
from online_sim.symmetry import symmetric_alphabet
from theory.algorithms.adal import ADAL, ADAL_R1, ADAL_R2
from theory.losses.half_square import HALF_SQUARE, NOISY_HALF_SQUARE
from theory.losses.noise import with_noise
from theory.losses.nonconvex_logistic import nonconvex_logistic
from theory.losses.rastrigin import RASTRIGIN
from theory.theorems.repaired_nonconvex import (
    A_R1,
    ADAL_R1_FROM,
    BIAS,
    N_CORRECTED,
    P_AVERAGE,
    S1,
    S2,
    S_ALIGNED,
    A,
    N,
    P,
    S,
)

NOISELESS = [(ADAL_R1, (N, A_R1)), (ADAL_R2, (N_CORRECTED,)), (ADAL, (P, P_AVERAGE, A))]
FOUR = (S, S_ALIGNED, S1, S2)
CORNERS = NoiseAlphabet([[1, 2], [1, -2], [-1, 2], [-1, -2], [0, 0]], ["1/8"] * 4 + ["1/2"])


def recorded(theorems):
    """What several theorems ask a run to record."""
    return list(dict.fromkeys(q for theorem in theorems for q in theorem.quantities))


def drawn(recurrence, rng, replicates):
    """Parameters for each replicate, with beta1^2 < beta2."""
    b1 = rng.choice([0.0, 0.5, 0.9], size=replicates)
    values = {
        "alpha": 10.0 ** rng.uniform(-3, 0.3, size=replicates),
        "beta1": b1,
        "beta2": b1**2 + (1 - b1**2) * rng.choice([0.1, 0.5, 0.99], size=replicates),
        "eps": 10.0 ** rng.uniform(-8, -2, size=replicates),
    }
    return {p.name: values[p.name] for p in recurrence.parameters}


def holds(found) -> None:
    """Neither violated nor open nor inapplicable."""
    for c in found:
        assert c.verdict in {Verdict.HOLDS, Verdict.VACUOUS}, (c.id, c.verdict, c.reason)


PROBLEMS = ["rastrigin", "logistic"]


@pytest.mark.parametrize(
    ("problem", "recurrence", "theorems"),
    mostly_slow(
        [(problem, *case) for problem in PROBLEMS for case in NOISELESS],
        # Every theorem on one problem, the problems in turn.
        lambda number, problem, *case: NOISELESS.index(case) % len(PROBLEMS) == PROBLEMS.index(problem),
    ),
    ids=lambda v: getattr(v, "name", v if isinstance(v, str) else ""),
)
def test_no_violation_without_noise(problem, recurrence, theorems) -> None:
    """64 starts and parameters each on Rastrigin's function and a nonconvex logistic problem."""
    rng = np.random.default_rng(11)
    options = {"start": rng.uniform(-3, 3, size=(64, 2))}
    loss, constants = RASTRIGIN, {}
    if problem == "logistic":
        loss, constants = nonconvex_logistic(), {"f_star": 0.0}
        options["table"] = (rng.normal(size=(20, 2)), np.sign(rng.normal(size=20)))
    trace = play(
        Game(recurrence, loss, horizon=200, parameters=drawn(recurrence, rng, 64), replicates=64, **options),
        engine="numpy",
        record=recorded(theorems),
        checkpoints=15,
    )
    for theorem in theorems:
        holds(checks(theorem, trace, constants=constants))


def test_the_certificate_is_reached_on_a_quadratic() -> None:
    """beta1 = 0, f = x^2/2: the descent lemma is an equality, and the gap is f(x_{T+1}), 2e-4 of the rest."""
    trace = play(
        Game(
            ADAL_R1,
            HALF_SQUARE,
            horizon=3000,
            parameters={"alpha": 0.5, "beta1": 0.0, "beta2": 0.9},
            start=[3.0],
        ),
        engine="numpy",
        record=A_R1.quantities,
    )
    found = check(A_R1, "measured", trace)
    assert found.verdict is Verdict.HOLDS
    assert 1 <= found.margin < 1.0005
    factor = 1 - Rational(1, 1000)
    less = replace(A_R1, readings=(replace(A_R1.readings[0], rhs=factor * A_R1.readings[0].rhs),))
    assert check(less, "measured", trace).verdict is Verdict.VIOLATED


def test_noise_breaks_the_assumption_of_theorems_n_and_p() -> None:
    """Both need the true gradient; A does not."""
    for recurrence, theorems in ((ADAL_R1, (N, A_R1)), (ADAL, (P, A))):
        trace = play(
            Game(
                recurrence,
                NOISY_HALF_SQUARE,
                AlphabetStream(skewed(), seed=2),
                horizon=50,
                parameters={"alpha": 0.1, "beta1": 0.5, "beta2": 0.9},
                start=[1.0],
            ),
            record=recorded(theorems),
            engine="numpy",
        )
        broken, free = (checks(theorem, trace)[0] for theorem in theorems)
        assert broken.verdict is Verdict.ASSUMPTION_BROKEN
        assert "true gradient" in broken.reason
        holds([free])


def paths(alphabet, horizon, *, start, **parameters):
    """All noise paths of f(x) = ||x||^2/2."""
    values = {"alpha": 0.3, "beta1": 0.5, "beta2": 0.9, "vhat_start": 2.0, **parameters}
    return play(
        Game(
            ADAL_R1_FROM,
            NOISY_HALF_SQUARE,
            AllPaths(alphabet),
            horizon=horizon,
            parameters=values,
            start=start,
        ),
        record=[*recorded(FOUR), BIAS],
        checkpoints="all",
        engine="numpy",
    )


@pytest.mark.parametrize("beta", [(0.0, 0.5), (0.5, 0.9), (0.9, 0.999)])
@pytest.mark.parametrize("alpha", [0.01, 0.3, 2.0])
@pytest.mark.parametrize(
    ("alphabet", "start"), [(rademacher(), [2.0]), (rademacher(), [0.0])], ids=["away", "minimum"]
)
def test_theorem_s_and_its_corollaries_on_all_symmetric_paths(alphabet, start, alpha, beta) -> None:
    """2^7 paths with their exact probabilities."""
    trace = paths(alphabet, 7, start=start, alpha=alpha, beta1=beta[0], beta2=beta[1])
    for theorem in FOUR:
        holds(checks(theorem, trace))


def test_symmetric_noise_in_the_plane_may_vanish() -> None:
    """A five-letter alphabet in R^2 with the letter 0: S1 holds, S2 is silent since sigma_1 = 0."""
    trace = paths(CORNERS, 4, start=[1.0, -0.5])
    holds(check(theorem, "stated", trace) for theorem in (S, S_ALIGNED, S1))
    silent = check(S2, "stated", trace)
    assert silent.verdict is Verdict.ASSUMPTION_BROKEN
    assert "sigma_1" in silent.reason


def test_skewed_noise_leaves_only_theorem_s() -> None:
    """Its corollaries name the broken assumption; the bias has the sign of the covariance."""
    trace = paths(skewed(), 7, start=[1.0])
    holds(checks(S, trace))
    for theorem in (S_ALIGNED, S1, S2):
        found = check(theorem, "stated", trace)
        assert found.verdict is Verdict.ASSUMPTION_BROKEN
        assert "symmetric" in found.reason


def mean_direction(alphabet, gradient):
    """E ||g||_1 g, E||g||_1, Cov(||g||_1, g) and E||xi||_1 for g = gradient + xi, exact."""
    law = [
        (p, [a + b for a, b in zip(gradient, letter, strict=True)], sum(map(abs, letter)))
        for letter, p in zip(alphabet.letters, alphabet.probabilities, strict=True)
    ]
    columns = range(len(gradient))
    size = sum(p * sum(map(abs, g)) for p, g, _ in law)
    h = [sum(p * sum(map(abs, g)) * g[i] for p, g, _ in law) for i in columns]
    mean = [sum(p * g[i] for p, g, _ in law) for i in columns]
    covariance = [sum(p * (sum(map(abs, g)) - size) * (g[i] - mean[i]) for p, g, _ in law) for i in columns]
    return h, size, covariance, sum(p * noise for p, _, noise in law)


def test_the_mean_direction_is_the_gradient_and_the_covariance() -> None:
    """L7, exact: E ||g||_1 g = E||g||_1 grad f + Cov(||g||_1, g), for four noise laws."""
    lopsided = NoiseAlphabet([[3, 1], [-1, 1], [-1, -1]], ["1/4", "1/4", "1/2"])
    for alphabet in (rademacher(), skewed(), CORNERS, lopsided):
        gradient = [Fraction(k + 1, 3) for k in range(alphabet.dimension)]
        h, size, covariance, noise = mean_direction(alphabet, gradient)
        centre = [a + b for a, b in zip(gradient, alphabet.mean, strict=True)]
        assert h == [size * c + cov for c, cov in zip(centre, covariance, strict=True)]
        if symmetric_alphabet(alphabet):
            # L8: each coordinate is stretched by at least max(||grad f||_1, E||xi||_1).
            least = max(sum(gradient), noise)
            assert all(hi / gi >= least for hi, gi in zip(h, gradient, strict=True))


def test_symmetry_is_decided_exactly() -> None:
    """Equal weights on opposite letters, coordinate by coordinate."""
    assert symmetric_alphabet(rademacher(3))
    assert symmetric_alphabet(CORNERS)
    assert not symmetric_alphabet(skewed())
    diagonal = NoiseAlphabet([[1, 1], [-1, -1]], ["1/2", "1/2"])
    assert not symmetric_alphabet(diagonal)
    uneven = NoiseAlphabet([[1], [-1]], ["1/3", "2/3"])
    assert not symmetric_alphabet(uneven)


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (AlphabetStream(rademacher(), seed=1), True),
        (AlphabetStream(skewed(), seed=1), False),
        (GaussianStream(1, seed=1), True),
        (GaussianStream(1, mean=0.5, seed=1), False),
    ],
    ids=lambda v: getattr(v, "name", str(v)),
)
def test_symmetry_of_a_sampled_stream(stream, expected) -> None:
    """The property that a run carries."""
    trace = play(
        Game(ADAL_R1_FROM, NOISY_HALF_SQUARE, stream, horizon=3, parameters={"alpha": 0.1}, start=[1.0]),
        engine="numpy",
    )
    assert trace.run.properties["SYMMETRIC_NOISE"][0] is expected


@pytest.mark.parametrize(
    ("alphabet", "expected"), [(rademacher(), True), (skewed(), False)], ids=["even", "odd"]
)
def test_symmetry_of_all_paths(alphabet, expected) -> None:
    """Decided round by round, given the rounds before."""
    trace = paths(alphabet, 3, start=[1.0])
    assert trace.run.properties["SYMMETRIC_NOISE"][0] is expected


def test_a_projection_breaks_the_nonconvex_theorems() -> None:
    """They are about R^d."""
    trace = play(
        Game(ADAL, RASTRIGIN, domain=Box(-1.0, 1.0, dimension=2), horizon=3, parameters={"alpha": 0.1}),
        record=recorded((P, A)),
        engine="numpy",
    )
    for theorem in (P, A):
        assert checks(theorem, trace)[0].verdict is Verdict.ASSUMPTION_BROKEN


def test_the_start_of_the_second_moment_is_used() -> None:
    """vhat_1 = max(vhat_0, v_1): with a large vhat_0 the first step is alpha m_1/sqrt(vhat_0)."""
    trace = play(
        Game(
            ADAL_R1_FROM,
            with_noise(HALF_SQUARE),
            AlphabetStream(rademacher(), seed=0),
            horizon=2,
            parameters={"alpha": 0.1, "beta1": 0.0, "beta2": 0.9, "vhat_start": 100.0},
            start=[0.0],
        ),
        engine="numpy",
        record=[*S.quantities],
        checkpoints="all",
    )
    assert abs(trace.state.vectors[0, 0, 0]) <= 2 * 0.1 * 1.1**2 / 10
