"""Structured adversaries for regret statements on linear losses f_t(x) = <g_t, x>: the stream is (g_t).

Sources: (C, -1, -1) after S. Reddi, S. Kale, S. Kumar, "On the convergence of Adam and beyond" (2018),
Theorem 1. The statements about AdaL are this project's own, with the reason in each docstring; the tests
replay them. D is the diameter of the interval X. AdaL on g is Adam on ||g||_1 g, so for d = 1 a stream that
hurts Adam with a spike C^2 (and -1 elsewhere) hurts AdaL with the spike C.
"""

from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from online_sim.borders import as_numbers
from online_sim.memory import check_room
from online_sim.streams.periodic import Periodic, format_number
from online_sim.streams.rows import frozen_rows
from theory.borders import WrongType, must, rational, real, shown, whole


def _count(k: object) -> int:
    """A number of rounds that are all kept in memory."""
    count = whole("k", k, least=1)
    check_room(64 * count, f"`k` is {shown(k)}: that many rounds", "pass a smaller number")
    return count


def constant(vector: ArrayLike) -> Periodic:
    """The same row g in every round.

    The best fixed point minimises <g, x> and never changes: a calibration stream. On it sum_t g_t^2 = T g^2,
    so that the second term of the printed bound grows like sqrt(T log T), not sqrt(T).

    Args:
        vector: The row g, shape (d,).
    """
    row = as_numbers(vector)
    if row is None or row.ndim > 1:
        raise WrongType(f"`vector` is {shown(vector)}; expected one row of real numbers, of shape (d,)")
    pattern = frozen_rows(row.reshape(1, -1), argument="vector")
    listing = (
        ", ".join(format_number(value) for value in pattern[0]) if pattern.size <= 8 else f"d={pattern.size}"
    )
    return Periodic(pattern, name=f"constant({listing})")


def reddi(C: float | Fraction) -> Periodic:
    """The stream (C, -1, -1) repeated, d = 1.

    For C > 2 the cycle sums to C - 2 > 0, so the lower end of X = [-1, 1] is best. With beta1 = 0 and the
    short memory beta2 = 1 / (1 + C^4) (1 / (1 + C^2) for Adam itself), bias correction, eps = 0, no maximum,
    alpha = 1 and x_1 = 1, AdaL is back at the upper end after every cycle, and R(3n) >= 2 (C - 2) n while the
    printed bound is O(sqrt(T log T)). The ||g_t||_1-weighted regret is linear too: the maximum is needed.
    Source: Reddi, Kale & Kumar 2018, Theorem 1.

    Args:
        C: A number > 0.
    """
    spike = real("C", C, above=0.0)
    return Periodic([spike, -1.0, -1.0], name=f"reddi({format_number(spike)})")


def wrong_end(a: float | Fraction, k: int) -> Periodic:
    """+a once, then -1 for k rounds, repeated, d = 1.

    A cycle sums to a - k and, weighted by |g|, to a^2 - k: for a < k <= a^2 the upper end of X is best, and
    AdaL is pulled to the lower end, with or without the AMSGrad maximum. For a < k regret is linear when

    * either x_1 is the lower end and `is_stuck(a, k, beta1=beta1)`: x_t stays there for every alpha, beta2
      and eps, and q cycles cost exactly q (k - a) D. With beta1 = 9/10 this holds for (2, 3) and (3, 4);
    * or x_1 is the lower end, beta1 = 0, eps = 0, with bias correction and the maximum, k <= a^2 and
      (k - a) D > 2 k alpha: an up-step is at most alpha / a^2, and the spike goes down by at least as much
      as the k steps after it go up, so x_t <= lower end + 2 alpha and q cycles cost at least
      q [k (D - 2 alpha) - a D].

    Args:
        a: A number > 0.
        k: A whole number >= 1.
    """
    spike = real("a", a, above=0.0)
    count = _count(k)
    return Periodic([spike] + [-1.0] * count, name=f"wrong_end({format_number(spike)}, {count})")


def is_stuck(a: Fraction | int, k: int, *, beta1: Fraction | int) -> bool:
    """Whether AdaL started at the lower end stays there on `wrong_end(a, k)`, decided in exact arithmetic.

    The sufficient condition (a^2 + 1)(1 - beta1) beta1^k >= 1 - beta1^(k + 1): r rounds after the start of
    cycle q + 1 the momentum is
    (a^2 + 1)(1 - beta1) beta1^(r - 1) (1 - beta1^((q + 1)(k + 1))) / (1 - beta1^(k + 1)) - (1 - beta1^t),
    smallest in the cycle at r = k + 1, t = (q + 1)(k + 1), where it is >= 0 exactly under the condition; so
    no step goes up. False leaves the matter open.

    Args:
        a: The spike, an exact number.
        k: The rounds after it, >= 1.
        beta1: An exact number, 0 <= beta1 < 1: pass Fraction(9, 10), not 0.9.

    Raises:
        ValueError: An argument is not as described.
    """
    spike, decay = rational("a", a), rational("beta1", beta1)
    count = whole("k", k, least=1)
    if not 0 <= decay < 1:
        raise ValueError(must("beta1", beta1, "a number, at least 0 and below 1"))
    return (spike**2 + 1) * (1 - decay) * decay**count >= 1 - decay ** (count + 1)


def one_large_then_small(large: float | Fraction, small: float | Fraction) -> Periodic:
    """+large in round 1, then -small forever, d = 1.

    After more than large / small + 1 rounds the upper end is best. With the AMSGrad maximum the first round
    freezes the step: for AdaL with beta1 = 0, eps = 0 and bias correction vhat_t >= large^4, so rounds 2..T
    climb together by at most 2 alpha sqrt(T) (small / large)^2. Started at the lower end, it is therefore
    short of the upper end by half the diameter D as long as T <= (D / (4 alpha))^2 (large / small)^4.

    Args:
        large: A number > 0.
        small: A number > 0.
    """
    first, rest = real("large", large, above=0.0), real("small", small, above=0.0)
    title = f"one_large_then_small({format_number(first)}, {format_number(rest)})"
    return Periodic([-rest], lead=[first], name=title)


def build_up(k: int, release: float | Fraction, *, ratio: float | Fraction = 1) -> Periodic:
    """-ratio^(-(k-1)), ..., -ratio^(-1), -1, then +release, repeated, d = 1.

    Steps in one direction build up the momentum, and then the large loss meets the point at the upper end.
    For ratio >= 1 and release > k the lower end is best, and every cycle in which x is at the upper end when
    +release comes adds at least (release - k) D of regret. ratio = 1 is the cyclic shift of
    `wrong_end(release, k)`, and of `reddi(release)` for k = 2. ratio = sqrt(beta2 / beta1) makes AdaL's |g| g
    grow by beta2 / beta1 a round, the equality case of |m_t| <= (1 - beta1) / sqrt(1 - beta2) *
    sqrt((1 - gamma^t) / (1 - gamma)) * sqrt(v_t), gamma = beta1^2 / beta2 at t = k.

    Args:
        k: The rounds before the release, >= 1.
        release: A number > 0.
        ratio: A number > 0.
    """
    count = _count(k)
    last, growth = real("release", release, above=0.0), real("ratio", ratio, above=0.0)
    try:
        climb = [-(growth ** -(count - 1 - j)) for j in range(count)]
    except OverflowError:
        raise ValueError(
            f"`ratio` is {shown(ratio)}: its power {count - 1} leaves the range of floats; take one near 1"
        ) from None
    tail = "" if growth == 1 else f", ratio={format_number(growth)}"
    return Periodic([*climb, last], name=f"build_up({count}, {format_number(last)}{tail})")


def one_coordinate_at_a_time(dimension: int, value: float | Fraction = 1) -> Periodic:
    """value * e_1, value * e_2, ..., value * e_d, repeated: the sparse extreme; d^2 numbers are kept.

    Every coordinate sees one gradient in d rounds, so momentum and a short memory act mostly in rounds in
    which the coordinate has no loss.

    Args:
        dimension: The number of coordinates d >= 1.
        value: A number other than 0.
    """
    count = whole("dimension", dimension, least=1)
    size = real("value", value)
    if size == 0:
        raise ValueError(must("value", value, "a number other than 0"))
    title = f"one_coordinate_at_a_time(d={count}, {format_number(size)})"
    check_room(24 * count**2, f"`dimension` is {count}: d^2 numbers", "pass a smaller dimension")
    return Periodic(size * np.eye(count), name=title)
