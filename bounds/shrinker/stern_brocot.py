"""The simpler rationals on the path to q in the Stern-Brocot tree.

The simplest rational of an interval (its numerator and its denominator are both the smallest) is an ancestor
of every other rational in it. So if the numbers with a property form an interval around q, the simplest of
them is found among the ancestors of q. These are the semiconvergents of its continued fraction, and come in
runs of steps to one side.

Source: Graham, Knuth, Patashnik, Concrete Mathematics, section 4.5.
"""

from fractions import Fraction


def ancestors(q: Fraction) -> list[Fraction]:
    """Ancestors of q > 0, from the root 1 on; the mirror image for q < 0; none of 0.

    Some of a long run are left out. Still, if any ancestor lies in an interval around q, so does a listed
    one, including one with the fewest digits: within a run both parts grow, and the members in the interval
    are an end of the run. Moving repeatedly to a listed ancestor ends at the simplest rational of the
    interval; moving only to shorter ones ends at a rational with the fewest digits.
    """
    sign = 1 if q > 0 else -1
    n, d = abs(q.numerator), q.denominator
    before, last = (0, 1), (1, 0)
    found: list[Fraction] = []
    while d and n:
        a, (n, d) = n // d, (d, n % d)
        for c in _steps(a, before, last):
            found.append(sign * Fraction(c * last[0] + before[0], c * last[1] + before[1]))
        before, last = last, (a * last[0] + before[0], a * last[1] + before[1])
    return [u for u in dict.fromkeys(found) if u != q]


def _steps(a: int, before: tuple[int, int], last: tuple[int, int]) -> list[int]:
    """Of 1, ..., a: 1, 2, 4, ...; a, a - 1, a - 2, a - 4, ...; the last before a part gets another digit."""
    powers = [1 << k for k in range(a.bit_length())]
    longer = [
        (10**k - 1 - start) // step
        for start, step in zip(before, last, strict=True)
        for k in range(1, len(str(a * step + start)) if step else 0)
    ]
    return sorted(c for c in {*powers, *longer, a, *(a - p for p in powers)} if 1 <= c <= a)
