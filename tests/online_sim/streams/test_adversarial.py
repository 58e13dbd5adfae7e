"""The structured adversaries: what they play, and the regret that their docstrings promise."""

from fractions import Fraction

import numpy as np
import pytest

from online_sim.streams import adversarial
from online_sim.streams.conformance import check_stream
from online_sim.streams.periodic import Periodic

LOWER, UPPER = -1.0, 1.0


def first(stream, rounds):
    """The first rows of a stream with d = 1, as a list."""
    block = stream.block(0, rounds)
    return block.vectors[block.index][:, 0].tolist()


def adal_path(gradients, *, x1, alpha=1.0, beta1=0.0, beta2=0.5, maximum=False):
    """AdaL on linear losses over [-1, 1], written out for d = 1: Algorithm 1 with eps = 0; the points x_t."""
    x, m, v, top, path = x1, 0.0, 0.0, 0.0, []
    for t, g in enumerate(gradients, start=1):
        path.append(x)
        h = abs(g) * g
        m = beta1 * m + (1 - beta1) * h
        v = beta2 * v + (1 - beta2) * h * h
        top = max(top, v / (1 - beta2**t)) if maximum else v / (1 - beta2**t)
        x = min(max(x - alpha / np.sqrt(t) * m / (1 - beta1**t) / np.sqrt(top), LOWER), UPPER)
    return np.array(path)


def regret(gradients, path):
    """sum_t g_t x_t - min over [-1, 1] of (sum_t g_t) x."""
    return float(np.dot(gradients, path) + abs(np.sum(gradients)))


@pytest.mark.parametrize(
    "stream",
    [
        adversarial.reddi(3),
        adversarial.wrong_end(2, 3),
        adversarial.constant([1.0, -2.0, 0.5]),
        adversarial.one_large_then_small(10, Fraction(1, 10)),
        adversarial.build_up(5, 7, ratio=1.1),
        adversarial.one_coordinate_at_a_time(6, -2),
        Periodic(np.arange(12.0).reshape(4, 3), lead=np.ones((5, 3))),
    ],
    ids=lambda stream: stream.name,
)
def test_keeps_the_contract(stream):
    """Every named adversary passes the conformance function."""
    check_stream(stream)


def test_patterns_are_the_textbook_ones():
    """The first rounds, written out."""
    assert first(adversarial.reddi(3), 7) == [3, -1, -1, 3, -1, -1, 3]
    assert first(adversarial.wrong_end(3, 4), 6) == [3, -1, -1, -1, -1, 3]
    assert first(adversarial.one_large_then_small(8, 0.5), 4) == [8, -0.5, -0.5, -0.5]
    assert first(adversarial.build_up(3, 5, ratio=2), 5) == [-0.25, -0.5, -1, 5, -0.25]
    assert first(adversarial.constant([0.4]), 2) == [0.4, 0.4]
    block = adversarial.one_coordinate_at_a_time(3, 2).block(2, 4)
    assert block.vectors[block.index].tolist() == [[0, 0, 2], [2, 0, 0]]


def test_names_carry_the_defining_numbers():
    """Names are short and hold the parameters."""
    assert Periodic([3, -1, -1]).name == "periodic(3, -1, -1)"
    assert Periodic([-1], lead=[2.5]).name == "periodic(-1; lead 2.5)"
    assert adversarial.reddi(Fraction(5, 2)).name == "reddi(2.5)"
    assert adversarial.wrong_end(2, 3).name == "wrong_end(2, 3)"
    assert Periodic(np.ones((9, 2))).name == "periodic(n=9, d=2)"


@pytest.mark.parametrize("C", [2.5, 3.0, 5.0])
def test_reddi_costs_linear_regret(C):
    """With beta2 = 1 / (1 + C^4) every cycle ends at the upper end and R(3n) >= 2 (C - 2) n."""
    cycles = 400
    gradients = first(adversarial.reddi(C), 3 * cycles)
    path = adal_path(gradients, x1=UPPER, beta2=1 / (1 + C**4))
    assert (path[::3] == UPPER).all()
    assert regret(gradients, path) >= 2 * (C - 2) * cycles


def test_reddi_is_harmless_for_a_long_memory():
    """Must-fail control: with beta2 = 0.999 the point leaves the upper end and the regret is sublinear."""
    gradients = first(adversarial.reddi(3.0), 1200)
    path = adal_path(gradients, x1=UPPER, beta2=0.999)
    assert (path[::3] != UPPER).sum() > 300
    assert regret(gradients, path) < 2 * 400 / 4


@pytest.mark.parametrize(("a", "k"), [(2, 3), (3, 4)])
@pytest.mark.parametrize("maximum", [False, True])
@pytest.mark.parametrize(("alpha", "beta2"), [(0.01, 0.999), (10.0, 0.9)])
def test_stuck_at_the_wrong_end(a, k, maximum, alpha, beta2):
    """Where `is_stuck` holds, x_t never leaves the lower end and q cycles cost q (k - a) D."""
    assert adversarial.is_stuck(a, k, beta1=Fraction(9, 10))
    cycles = 200
    gradients = first(adversarial.wrong_end(a, k), cycles * (k + 1))
    path = adal_path(gradients, x1=LOWER, alpha=alpha, beta1=0.9, beta2=beta2, maximum=maximum)
    assert (path == LOWER).all()
    assert regret(gradients, path) == cycles * (k - a) * (UPPER - LOWER)


@pytest.mark.parametrize(("a", "k", "beta1"), [(2, 4, Fraction(9, 10)), (2, 3, 0), (2, 3, Fraction(1, 2))])
def test_not_stuck_where_the_condition_fails(a, k, beta1):
    """Must-fail control: where `is_stuck` is False for these numbers, the point does leave the lower end."""
    assert not adversarial.is_stuck(a, k, beta1=beta1)
    gradients = first(adversarial.wrong_end(a, k), 50 * (k + 1))
    path = adal_path(gradients, x1=LOWER, alpha=1.0, beta1=float(beta1), beta2=0.999)
    assert path.max() > LOWER


@pytest.mark.parametrize(("a", "k"), [(2, 3), (2, 4), (3, 8)])
def test_wrong_end_beats_the_maximum_without_momentum(a, k):
    """beta1 = 0 with the maximum and k <= a^2: x_t <= lower + 2 alpha, so R >= q [k (D - 2 alpha) - a D]."""
    cycles, alpha, D = 300, 0.05, UPPER - LOWER
    gradients = first(adversarial.wrong_end(a, k), cycles * (k + 1))
    path = adal_path(gradients, x1=LOWER, alpha=alpha, beta2=0.99, maximum=True)
    assert path.max() <= LOWER + 2 * alpha
    assert regret(gradients, path) >= cycles * (k * (D - 2 * alpha) - a * D) > 0


@pytest.mark.parametrize("ratio", [5.0, 8.0])
def test_one_large_round_freezes_the_maximum(ratio):
    """With the maximum, rounds 2..T climb at most 2 alpha sqrt(T) (small / large)^2; else all the way."""
    T, alpha = 4000, 0.25
    gradients = first(adversarial.one_large_then_small(ratio, 1), T)
    frozen = adal_path(gradients, x1=LOWER, alpha=alpha, beta2=0.9, maximum=True)
    free = adal_path(gradients, x1=LOWER, alpha=alpha, beta2=0.9)
    assert LOWER < frozen[-1] <= LOWER + 2 * alpha * np.sqrt(T) / ratio**2
    assert free[-1] == UPPER


def test_build_up_attains_the_momentum_bound():
    """ratio = sqrt(beta2 / beta1) is the equality case of |m_t| against sqrt(v_t); ratio 1 stays below it."""
    beta1, beta2, k = 0.9, 0.999, 12
    gamma = beta1**2 / beta2
    bound = (1 - beta1) / np.sqrt(1 - beta2) * np.sqrt((1 - gamma**k) / (1 - gamma))

    def reached(ratio):
        h = np.array([abs(g) * g for g in first(adversarial.build_up(k, 5, ratio=ratio), k)])
        age = np.arange(k - 1, -1, -1)
        m, v = (1 - beta1) * beta1**age @ h, (1 - beta2) * beta2**age @ h**2
        return abs(m) / np.sqrt(v)

    assert reached(np.sqrt(beta2 / beta1)) == pytest.approx(bound, rel=1e-13)  # k = 12 terms, 1 ulp each
    assert reached(1.0) < bound * (1 - 1e-3)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: adversarial.reddi(0), "`C` = 0 must be a finite number, above 0"),
        (lambda: adversarial.wrong_end(2, 0), "`k` = 0 must be a whole number, at least 1"),
        (lambda: adversarial.wrong_end(2, 1.5), "`k` = 1.5 must be a whole number"),
        (lambda: adversarial.wrong_end(np.inf, 3), "`a` = inf must"),
        (lambda: adversarial.is_stuck(2, 3, beta1=1), "`beta1` = 1 must be a number, at least 0 and below 1"),
        (lambda: adversarial.constant([np.nan]), r"`vector` .* holds NaN at index \(0, 0\)"),
        (lambda: adversarial.one_coordinate_at_a_time(3, 0), "`value` = 0 must be a number other than 0"),
        (lambda: Periodic([]), r"`pattern` has shape \(0,\)"),
        (lambda: Periodic([1.0], lead=[[1.0, 2.0]]), "`lead` has 2 columns and `pattern` 1"),
    ],
)
def test_bad_arguments_are_one_clear_error(make, message):
    """Every malformed argument is a ValueError with its name and what came."""
    with pytest.raises(ValueError, match=message):
        make()
