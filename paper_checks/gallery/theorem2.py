"""Counterexamples to the AdaL paper's Theorem 2, in every reading, and to its form with AMSGrad's maximum.

The readings with M in the prefactor fail at once: under f -> c f both sides scale alike except for the factor
1/sqrt(M) or 1/M, so one round on a steep quadratic suffices.

The reading 1/sqrt(T) is homogeneous and needs more. Let phi' saturate at +-1, so that G = M = 1 on every path
and the three readings agree. The noise enters the right side only through vhat_0^{-1/2}, which large noise
makes vanish. With u = L alpha and beta1 = 0, the rest is at least

    [f'(x_1)^2/(2 u) + 1/(4 u) + u (1 + log T)/(1 - beta2)]/sqrt(T)

because f(x_1) - f(x_*) >= f'(x_1)^2/(2 L). Noise then pushes x to where |f'| = 1, and the left side to 1.

How short can such a game be? The left side is at most (T - 1 + f'(x_1)^2)/T. The right side is at least
sqrt((1 + log T) (1 + 2 f'(x_1)^2)/T) (for the best u and beta2 -> 0; a larger beta1 only adds), coordinate by
coordinate for d > 1. So no game with T <= 4 violates the bound, whatever the algorithm does. With the printed
epsilon a game with T = 5 does. Without epsilon a step is at most alpha_t kappa, and f'(x_t) is at most
min(1, f'(x_1) + u (1 + 1/sqrt(2) + ... + 1/sqrt(t-1))). At T = 5 the left side then reaches at most 0.931 of
the right side, so T = 6 is the shortest.
"""

from fractions import Fraction
from typing import Any

from bounds import Counterexample, DescentGame
from bounds.games import Number, exact, point
from paper_checks.gallery.exhibit import Exhibit
from theory import ADAL, Recurrence
from theory.algorithms.adal import ADAL_R1, ADAL_R2, ADAL_R3
from theory.losses.piecewise_quadratic import Slope, quadratic_slope
from theory.theorems.adal import THEOREM2
from theory.theorems.adal_maximum import THEOREM2_MAXIMUM

EPS = Fraction(1, 10**8)


def numbers(alpha: Number, beta1: Number, beta2: Number, eps: Number | None = EPS) -> dict[str, Fraction]:
    """Return the parameters of AdaL as exact numbers, without eps if it is None."""
    given = {"alpha": alpha, "beta1": beta1, "beta2": beta2, "eps": eps}
    return {name: exact(value) for name, value in given.items() if value is not None}


def textbook(alpha: Number) -> dict[str, Fraction]:
    """Return the parameters with beta1 = 0.9, beta2 = 0.999, eps = 1e-8."""
    return numbers(alpha, "9/10", "999/1000")


def saturating(height: int) -> Slope:
    """phi'(u) = `height` * clip(u, -1, 1), the derivative of a multiple of Huber's function."""
    one, top = Fraction(1), Fraction(height)
    return Slope(((-one, -top), (one, top)), Fraction(0), Fraction(0))


def mostly(size: int, odds: int) -> Any:
    """Noise that is -`size` except with probability 1/`odds`, when it is `size` * (`odds` - 1)."""
    return (((-size,), Fraction(odds - 1, odds)), ((size * (odds - 1),), Fraction(1, odds)))


def coin(size: int) -> Any:
    """Noise +-`size`, each with probability 1/2."""
    return (((-size,), Fraction(1, 2)), ((size,), Fraction(1, 2)))


def entry(
    name: str,
    title: str,
    slope: Slope,
    parameters: dict[str, Fraction],
    *,
    start: Number,
    horizon: int,
    reading: str = "sqrtT",
    letters: Any = (),
    recurrence: Recurrence = ADAL,
) -> Exhibit:
    """Build an exhibit about a function of one variable."""
    theorem = THEOREM2 if recurrence is ADAL else THEOREM2_MAXIMUM
    game = DescentGame(recurrence, parameters, slope, point((start,)), horizon, letters)
    return Exhibit(f"theorem2_{name}", title, Counterexample(theorem, reading, game))


# One round compares f'(x_1)^2 with the right side: no algorithm is involved.
ONE_ROUND = tuple(
    entry(
        f"one_round_{name}", f"f(x) = {curvature // 2} x^2, x_1 = 1, one round{more}",
        quadratic_slope(curvature), parameters, start=1, horizon=1,
        reading="sqrtT_M" if "M" in name else "sqrtTM",
    )
    for name, curvature, parameters, more in (
        ("M", 4, numbers(1, 0, "1/2"), ": 16 > 15 with the prefactor 1/(sqrt(T) M)"),
        ("root", 16, numbers(1, 0, "1/2"), ": 256 > 240 with the prefactor 1/sqrt(T M)"),
        ("M_textbook", 100, textbook("1/10"), ", beta = (0.9, 0.999); 1/(sqrt(T) M)"),
        ("root_textbook", 10**4, textbook("1/10"), ", beta = (0.9, 0.999); 1/sqrt(T M)"),
        ("M_default", 3200, textbook("1/1000"), ", default parameters; 1/(sqrt(T) M)"),
        ("root_default", 10**7, textbook("1/1000"), ", default parameters; 1/sqrt(T M)"),
    )
)  # fmt: skip

# With the printed epsilon the step is alpha_t (1 + eps |g|^2) for a gradient of constant size. The right side
# does not contain epsilon, and x jumps to the flat ends of phi' at once. Symmetric noise is enough.
EPSILON = tuple(
    entry(
        f"noise_epsilon{name}", f"symmetric noise +-10^{power}, eps = 1e-8, {more}",
        saturating(1), parameters, start=0, horizon=horizon, letters=coin(10**power),
    )
    for name, power, more, parameters, horizon in (
        ("", 5, "started at the minimum: T = 5, the shortest", numbers("3/10", 0, "1/20"), 5),
        ("_quarter", 6, "beta1 = beta2 = 1/4: T = 8", numbers("3/10", "1/4", "1/4"), 8),
        ("_third", 6, "beta1 = beta2 = 1/3: T = 10", numbers("3/10", "1/3", "1/3"), 10),
    )
)  # fmt: skip

# No noise is needed: vhat_1 = G^4 adds 1 to the bracket, and x jumps back and forth between the flat ends.
NOISELESS = tuple(
    entry(
        f"epsilon{name}", f"no noise, a convex f, {more}", saturating(height), parameters, start=1,
        horizon=horizon,
    )
    for name, height, more, parameters, horizon in (
        (
            "", 10**5, "eps = 1e-8: |f'| never falls below its maximum 10^5, T = 21",
            numbers("2/5", 0, "1/100"), 21,
        ),
        ("_half", 10**6, "eps = 1e-8, beta1 = beta2 = 1/2: T = 74", numbers("3/10", "1/2", "1/2"), 74),
        ("_textbook", 10**8, "beta1 = 0.9, beta2 = 0.999, eps = 1e-8: T = 87000", textbook("1/50"), 87_000),
    )
)  # fmt: skip

# Without epsilon, noise that is almost always -a pushes x up the slope by alpha_t a round. The rare spike
# that makes its mean 0 changes the expectation only by its probability.
SKEWED = tuple(
    entry(
        f"skewed{name}", f"noise {more}", saturating(1), parameters, start=start,
        horizon=horizon, letters=letters,
    )
    for name, more, parameters, start, horizon, letters in (
        (
            "", "-1000, once in a million rounds +999999000, eps = 0: T = 6, the shortest",
            numbers("19/50", 0, "1/10000", 0), "7/20", 6, mostly(1000, 10**6),
        ),
        (
            "_round", "-10, once in 100 rounds +990, eps = 0: T = 8 with small numbers",
            numbers("2/5", 0, "1/20", 0), "1/3", 8, mostly(10, 100),
        ),
        (
            "_tenth", "-100, rarely +999900, eps = 0, beta1 = beta2 = 1/10: T = 9",
            numbers("2/5", "1/10", "1/10", 0), "1/3", 9, mostly(100, 10**4),
        ),
        (
            "_quarter", "-100, rarely +99999900, eps = 0, beta1 = beta2 = 1/4: T = 10",
            numbers("7/20", "1/4", "1/4", 0), "2/5", 10, mostly(100, 10**6),
        ),
    )
)  # fmt: skip

# The maximum does not help against noise of constant size. Without noise it keeps vhat = 1 while the slope is
# small, so x creeps along a plateau by alpha_t f'(x_t)^2. A round costs f'(x_t)^3 of descent and adds
# f'(x_t)^2 to the left side. The best plateau steepens like sqrt(t); this one ends at round T.
CREEP = Slope(
    (
        (Fraction(0), Fraction(-1)),
        (Fraction(4, 5), Fraction(-1, 5)),
        (Fraction(34, 5), Fraction(-2, 3)),
        (Fraction(112, 15), Fraction(0)),
    ),
    Fraction(0),
    Fraction(0),
)
FORMS = {"R1": ADAL_R1, "R2": ADAL_R2, "R3": ADAL_R3}
MAXIMUM = (
    *(
        entry(
            f"maximum_{form}_skewed", f"maximum {form}, noise -1000, rarely +999999000: T = 6, the shortest",
            saturating(1), numbers("19/50", 0, "1/10000", None), start="7/20", horizon=6,
            letters=mostly(1000, 10**6), recurrence=recurrence,
        )
        for form, recurrence in FORMS.items()
    ),
    *(
        entry(
            f"maximum_{form}", f"maximum {form}, no noise, a plateau that steepens: T = 10000",
            CREEP, numbers("1/4", 0, "1/1000", None), start=0, horizon=10_000, recurrence=recurrence,
        )
        for form, recurrence in FORMS.items()
    ),
)  # fmt: skip

EXHIBITS: tuple[Exhibit, ...] = (*ONE_ROUND, *EPSILON, *NOISELESS, *SKEWED, *MAXIMUM)
