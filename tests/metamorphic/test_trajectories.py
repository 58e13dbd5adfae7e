"""Change the problem in a way whose effect on the trajectory is known, and see whether that happens."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Add, Integer, Mul, Pow, Rational

from online_sim.domains.base import Domain
from online_sim.domains.box import Box
from online_sim.domains.l1_ball import L1Ball
from online_sim.domains.l2_ball import L2Ball
from online_sim.domains.simplex import Simplex
from online_sim.engines.base import Engine
from online_sim.engines.numba_engine import NumbaEngine
from online_sim.engines.numpy_engine import NumpyEngine
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from theory.algorithms.adal import ADAL, adal
from theory.algorithms.registry import algorithm
from theory.losses.linear import LINEAR
from theory.losses.logistic import LOGISTIC
from theory.losses.quadratic import QUADRATIC
from theory.parameters import beta1, beta2
from theory.quantities import Prev
from theory.recurrence import Recurrence
from theory.symbols import g, ghat, m, t, v, vhat, x

HORIZON, D = 25, 3
ENGINES = {"loops": NumbaEngine(interpreted=True), "numpy": NumpyEngine()}
SEEDS = st.integers(0, 2**32 - 1)
MODEST = settings(max_examples=10, deadline=None, derandomize=True)
NO_EPS = adal(eps_mode="none")
# Runs of 25 rounds on numbers of size 1 with a few hundred roundings each; a projection adds 1e-15. The
# division by sqrt(vhat) of the first rounds amplifies by less than 1e3.
CLOSE = {"rtol": 0, "atol": 1e-11}


def trajectory(
    engine: Engine,
    recurrence: Recurrence,
    rows: np.ndarray,
    *,
    loss: object = LINEAR,
    domain: Domain | None = None,
    start: object = None,
    labels: np.ndarray | None = None,
    **parameters: float,
) -> np.ndarray:
    """The points of a game, (T, d)."""
    stream = ArrayStream(rows, labels)
    given_ = {"alpha": 0.25, **parameters}
    trace = play(
        Game(recurrence, loss, stream, domain, horizon=len(rows), parameters=given_, start=start),
        record=[x],
        checkpoints="all",
        engine=engine,
    )
    points = np.asarray(trace[x])
    assert np.ptp(points, axis=0).max() > 1e-3  # the test would be empty if nothing moved
    return points


def draw(seed: int, d: int = D) -> np.ndarray:
    """Rows of an adversary."""
    return np.random.default_rng(seed).normal(size=(HORIZON, d))


@pytest.fixture(params=ENGINES, scope="module")
def engine(request: pytest.FixtureRequest) -> Engine:
    """The loops (uncompiled) and the reference."""
    return ENGINES[request.param]


SETS = {
    "none": (None, None),
    "box": (Box(-0.4, 0.5, dimension=D), None),
    "l2_ball": (L2Ball(D, 0.4), None),
    "l1_ball": (L1Ball(D, 0.6), None),
    "simplex": (Simplex(D), None),
}


@pytest.mark.parametrize("name", SETS)
@given(seed=SEEDS, power=st.integers(-20, 20))
@MODEST
def test_adal_without_eps_does_not_see_the_scale_of_the_loss(
    engine: Engine, name: str, seed: int, power: int
) -> None:
    """f -> c f scales m by c^2 and sqrt(vhat) by c^2: the steps, and the projections, are the same.

    For c a power of two every rounding is the same too, so without a set the trajectory is equal bit for bit.
    """
    rows, domain = draw(seed), SETS[name][0]
    before = trajectory(engine, NO_EPS, rows, domain=domain)
    after = trajectory(engine, NO_EPS, 2.0**power * rows, domain=domain)
    if domain is None:
        assert np.array_equal(before, after)
    else:
        assert np.allclose(before, after, **CLOSE)


@given(seed=SEEDS, scale=st.floats(1e-3, 1e3))
@MODEST
def test_any_scale_of_the_loss(engine: Engine, seed: int, scale: float) -> None:
    """The same for any c, up to rounding."""
    rows = draw(seed)
    assert np.allclose(trajectory(engine, NO_EPS, rows), trajectory(engine, NO_EPS, scale * rows), **CLOSE)


def test_the_printed_eps_does_see_the_scale(engine: Engine) -> None:
    """Control: the printed eps adds eps*mhat, which grows with the square of the scale."""
    rows = draw(0)
    before = trajectory(engine, ADAL, rows, eps=0.01)
    assert not np.allclose(before, trajectory(engine, ADAL, 4 * rows, eps=0.01), rtol=0, atol=1e-3)


@given(seed=SEEDS, power=st.integers(-8, 8))
@MODEST
def test_a_change_of_units_scales_the_trajectory(engine: Engine, seed: int, power: int) -> None:
    """x -> s x with gradients /s and alpha -> s alpha: the trajectory is s times itself, bit for bit."""
    rows, s = draw(seed), 2.0**power
    before = trajectory(engine, NO_EPS, rows, domain=Box(-0.4, 0.5, dimension=D))
    after = trajectory(engine, NO_EPS, rows / s, domain=Box(-0.4 * s, 0.5 * s, dimension=D), alpha=0.25 * s)
    assert np.array_equal(after, s * before)


@pytest.mark.parametrize("name", ["none", "box", "l2_ball", "l1_ball"])
@pytest.mark.parametrize("method", ["AdaL", "Adam", "AdaGrad", "SGD", "AMSGrad", "Nesterov"])
@given(seed=SEEDS)
@settings(max_examples=3, deadline=None, derandomize=True)
def test_translation(engine: Engine, method: str, name: str, seed: int) -> None:
    """Moving the set, the start and the data of ||x - a_t||^2/2 moves the trajectory and nothing else."""
    rows, shift = draw(seed), np.array([0.75, -1.5, 3.0])
    moved = {
        "none": None,
        "box": Box(-0.4 + shift, 0.5 + shift),
        "l2_ball": L2Ball(D, 0.4, shift),
        "l1_ball": L1Ball(D, 0.6, shift),
    }
    start = np.array([0.1, -0.1, 0.2])
    before = trajectory(engine, algorithm(method), rows, loss=QUADRATIC, domain=SETS[name][0], start=start)
    after = trajectory(
        engine, algorithm(method), rows + shift, loss=QUADRATIC, domain=moved[name], start=start + shift
    )
    assert np.allclose(after, before + shift, **CLOSE)


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize(
    "method", ["AdaL", "AdaL[eps=none, maximum=R2]", "RAdam", "Adadelta", "SGD with momentum"]
)
@given(seed=SEEDS, order=st.permutations(range(D)))
@settings(max_examples=3, deadline=None, derandomize=True)
def test_permutation(engine: Engine, method: str, name: str, seed: int, order: list[int]) -> None:
    """Renaming the coordinates renames those of the trajectory (every set here is symmetric)."""
    rows, domain = draw(seed), SETS[name][0]
    labels = np.where(rows[:, 0] > 0, 1.0, -1.0)
    before = trajectory(engine, algorithm(method), rows, loss=LOGISTIC, domain=domain, labels=labels)
    after = trajectory(engine, algorithm(method), rows[:, order], loss=LOGISTIC, domain=domain, labels=labels)
    assert np.allclose(after, before[:, order], **CLOSE)


@pytest.mark.parametrize("method", ["AdaL", "Adam", "Adadelta", "NosAdam", "AdaBelief"])
@given(seed=SEEDS, signs=st.lists(st.sampled_from([-1.0, 1.0]), min_size=D, max_size=D))
@settings(max_examples=3, deadline=None, derandomize=True)
def test_reflection(engine: Engine, method: str, seed: int, signs: list[float]) -> None:
    """Mirroring coordinates mirrors the trajectory, bit for bit."""
    rows, mirror = draw(seed), np.array(signs)
    box = Box(-0.4, 0.4, dimension=D)
    before = trajectory(engine, algorithm(method), rows, domain=box)
    assert np.array_equal(trajectory(engine, algorithm(method), rows * mirror, domain=box), before * mirror)


@pytest.mark.parametrize("method", ["AdaL", "Adam", "AdaGrad", "RMSProp", "AdamW", "SGD"])
@given(seed=SEEDS, place=st.integers(0, D))
@settings(max_examples=4, deadline=None, derandomize=True)
def test_a_dead_coordinate_changes_nothing(engine: Engine, method: str, seed: int, place: int) -> None:
    """A coordinate whose gradient is always 0 stays at 0 and leaves the others alone, in a ball too."""
    rows = draw(seed)
    for radius in (None, 0.4):
        small = None if radius is None else L2Ball(D, radius)
        large = None if radius is None else L2Ball(D + 1, radius)
        before = trajectory(engine, algorithm(method), rows, domain=small)
        after = trajectory(engine, algorithm(method), np.insert(rows, place, 0, axis=1), domain=large)
        assert np.all(after[:, place] == 0)
        assert np.allclose(np.delete(after, place, axis=1), before, **CLOSE)


@given(seed=SEEDS)
@MODEST
def test_appending_rounds_leaves_the_past_alone(engine: Engine, seed: int) -> None:
    """The first rounds of a longer game are those of the shorter one, bit for bit."""
    rows = draw(seed)
    short = trajectory(engine, ADAL, rows[:12], domain=L2Ball(D, 0.4))
    assert np.array_equal(trajectory(engine, ADAL, rows, domain=L2Ball(D, 0.4))[:12], short)


def complicated() -> Recurrence:
    """AdaL written uselessly: halves of doubles, zeros of v, ones of t, powers of roots, an idle line."""
    half, nothing = Rational(1, 2), Mul(0, v, evaluate=False)
    idle = Add(
        Mul(half, Mul(2, beta1, Prev(m), evaluate=False), evaluate=False), (1 - beta1) * ghat, evaluate=False
    )
    return replace(
        ADAL,
        name="AdaL, complicated",
        steps=(
            (ghat, ADAL.steps[0][1] + Mul(0, t, evaluate=False)),
            (m, idle),
            (
                v,
                Pow(
                    Pow(beta2 * Prev(v) + (1 - beta2) * ghat * ghat, 2, evaluate=False), half, evaluate=False
                ),
            ),
            ADAL.steps[3],
            (vhat, Add(ADAL.steps[4][1], nothing, Mul(-1, nothing, evaluate=False), evaluate=False)),
        ),
        point=Add(x, ADAL.point, Mul(-1, x, evaluate=False), evaluate=False),
        metric=Mul(ADAL.metric, Integer(1), evaluate=False),
    )


@pytest.mark.parametrize("name", SETS)
@given(seed=SEEDS)
@settings(max_examples=4, deadline=None, derandomize=True)
def test_useless_complications_change_nothing(engine: Engine, name: str, seed: int) -> None:
    """The same algorithm in other words gives the same numbers, up to rounding."""
    rows, domain = draw(seed), SETS[name][0]
    assert complicated().steps != ADAL.steps
    before = trajectory(engine, ADAL, rows, domain=domain)
    assert np.allclose(trajectory(engine, complicated(), rows, domain=domain), before, **CLOSE)


@given(seed=SEEDS)
@MODEST
def test_unrolled_by_sympy(engine: Engine, seed: int) -> None:
    """The recurrence evaluated by sympy itself in 50 digits is what the engines play."""
    from theory.algorithms.unroll import unroll

    rows = draw(seed)[:6]
    parameters = {"alpha": 0.25, "beta1": 0.5, "beta2": 0.75, "eps": 0.01}
    exact = unroll(ADAL, rows.tolist(), parameters=parameters)
    found = trajectory(engine, ADAL, rows, **parameters)
    assert np.allclose(found, np.array(exact.played, dtype=float), **CLOSE)


def test_a_wrong_expectation_is_seen(engine: Engine) -> None:
    """Control: under translation of the data alone the trajectory does not merely move."""
    rows = draw(1)
    before = trajectory(engine, ADAL, rows, loss=QUADRATIC, start=np.zeros(D))
    after = trajectory(engine, ADAL, rows + 1, loss=QUADRATIC, start=np.zeros(D))
    assert not np.allclose(after, before + 1, rtol=0, atol=1e-3)
    assert g not in ADAL.states
