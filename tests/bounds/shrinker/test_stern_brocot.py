"""The simplest rational of an interval is found by going from ancestor to ancestor."""

import random
from collections.abc import Callable
from fractions import Fraction as F

from bounds.shrinker.complexity import digit_count, rounder
from bounds.shrinker.stern_brocot import ancestors


def simplest(low: F, high: F) -> F:
    """The rational in [low, high] with the smallest denominator and numerator, by the textbook rule."""
    whole = low.numerator // low.denominator
    if low == whole:
        return F(whole)
    if whole + 1 <= high:
        return F(whole + 1)
    return whole + 1 / simplest(1 / (high - whole), 1 / (low - whole))


def walked(q: F, low: F, high: F, near: Callable[[F], list[F]]) -> F:
    """From q to the first number near it that lies in the interval, until there is none."""
    while inside := [u for u in near(q) if low <= u <= high]:
        q = inside[0]
    return q


def test_the_walk_ends_at_the_simplest_rational() -> None:
    """For numbers of up to nine digits in intervals of many widths; the shrinker's, at as few digits."""
    rng = random.Random(0)
    for _ in range(400):
        q = F(rng.randint(1, 10 ** rng.randint(1, 9)), rng.randint(1, 10 ** rng.randint(0, 9)))
        low = q * (1 - F(rng.randint(0, 999), 1000) / 10 ** rng.randint(0, 6))
        high = q * (1 + F(rng.randint(0, 5000), 1000) / 10 ** rng.randint(0, 6))
        assert walked(q, low, high, ancestors) == (best := simplest(low, high))
        # The shrinker prefers final zeros to small parts: 1234400 to 1234301.
        assert digit_count(walked(q, low, high, rounder)) == digit_count(best)


def test_a_list_of_one_end_of_each_run_is_not_enough() -> None:
    """The control: without the ancestors next to q the walk does not even begin."""
    q, low, high = F(1234567), F(1234000), F(1235000)
    assert walked(q, low, high, ancestors) == low

    def of_the_near_end(u: F) -> list[F]:
        return [v for v in ancestors(u) if v.numerator.bit_count() == 1]

    assert walked(q, low, high, of_the_near_end) == q


def test_ancestors_are_few_simpler_and_mirrored() -> None:
    """Both parts are no larger, -q has the mirror image, and a long run is not listed whole."""
    for q in (F(123457, 10**6), F(1, 10**8), F(10**9), F(22, 7)):
        found = ancestors(q)
        assert all(u.numerator <= q.numerator and u.denominator <= q.denominator for u in found)
        assert ancestors(-q) == [-u for u in found]
        assert len(found) < 80
    assert ancestors(F(22, 7)) == [
        F(text) for text in ("1", "2", "3", "4", "7/2", "10/3", "13/4", "16/5", "19/6")
    ]
    assert not ancestors(F(0))
    assert not ancestors(F(1))
