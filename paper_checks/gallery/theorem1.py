"""Counterexamples to the AdaL paper's Theorem 1, in every reading, and to its form with AMSGrad's maximum.

A small gradient in one round suffices: the terms of the right side have larger degrees in it than the regret.
If ||g_t||_1 >= 1 in every round, no game of one round violates the bound, but three other reasons remain.

* The second moment forgets. Costly large gradients are followed by one small one. With beta1 = 0 and a small
  beta2, vhat_T depends only on the last gradient, so the distance term vanishes. With beta2 = 0.999 it takes
  about 20000 small gradients until beta2^t 130^4 is about 1. A small alpha does the rest: x hardly leaves the
  worst end while the large gradients last, and the second term is small too.
* The large gradients decide where the algorithm goes, but the many small ones decide which point is best: on
  (a, -1, ..., -1) with k small ones and sqrt(k) < a < k, sum g_t < 0 < sum |g_t| g_t. Neither the maximum nor
  the usual parameters help: the regret is linear.
* On a set that is not a box, the metric of the projection does not contain the printed epsilon
  (theory/theorems/adal_epsilon.py).
"""

from fractions import Fraction

from bounds import Counterexample, ExactBox, ExactSegment, LinearGame
from bounds.games import Number, exact, point
from paper_checks.gallery.exhibit import Exhibit
from paper_checks.gallery.theorem2 import FORMS, numbers, textbook
from theory import ADAL, Recurrence, Theorem
from theory.algorithms.adal import ADAL_R1_PRINTED_EPS, ADAL_R2_PRINTED_EPS, ADAL_R3_PRINTED_EPS
from theory.theorems.adal import THEOREM1
from theory.theorems.adal_epsilon import R_EPS_ANY_SET


def on_a_line(
    recurrence: Recurrence,
    parameters: dict[str, Fraction],
    gradients: tuple[Number, ...],
    *,
    first: tuple[Number, ...] = (),
    half: Number = 1,
    start: Number = 1,
    horizon: int,
) -> LinearGame:
    """Play `first`, then repeat `gradients`, on X = [-`half`, `half`] from x_1 = `start` * `half`."""
    end = exact(half)
    lead, pattern = (tuple((exact(u),) for u in part) for part in (first, gradients))
    return LinearGame.cyclic(
        recurrence, parameters, ExactBox((-end,), (end,)), (exact(start) * end,), pattern, horizon, lead=lead
    )


def entry(name: str, title: str, reading: str, game: LinearGame, *, theorem: Theorem = THEOREM1) -> Exhibit:
    """Build an exhibit; the theorem is applied to the algorithm played, whatever it is about."""
    played = game.recurrence.name
    asked = theorem if theorem.about(played)[0] else theorem.asked_of(played)
    return Exhibit(f"theorem1_{name}", title, Counterexample(asked, reading, game))


HALF = numbers(1, 0, "1/2", 0)
ONE_ROUND = (
    *(
        entry(
            f"one_round_{reading}", f"f(x) = 2 x/5 on [-1, 1], x_1 = 1, one round; reading {reading}",
            reading, on_a_line(ADAL, HALF, ("2/5",), horizon=1),
        )
        for reading in "ABC"
    ),
    entry(
        "one_round_A_textbook", "f(x) = 0.36788 x, just above x/e, on [-1/10, 1/10], beta = (0.9, 0.999); A",
        "A", on_a_line(ADAL, textbook(1), ("0.36788",), half="1/10", horizon=1),
    ),
    entry(
        "one_round_B_textbook", "f(x) = x/1000 on [-1, 1], beta = (0.9, 0.999), eps = 1e-8; reading B",
        "B", on_a_line(ADAL, textbook("1/10"), ("1/1000",), horizon=1),
    ),
    *(
        entry(
            f"one_round_C_textbook_{name}",
            f"f(x) = x/100000 on [-1, 1], beta = (0.9, 0.999), eps = 1e-8, alpha = {alpha}; reading C",
            "C", on_a_line(ADAL, textbook(alpha), ("1/100000",), horizon=1),
        )
        for name, alpha in (("thousandth", "1/1000"), ("hundredth", "1/100"), ("tenth", "1/10"), ("one", 1))
    ),
)  # fmt: skip

FORGETFUL = numbers(1, 0, "1/1000000", 0)
FORGETTING = (
    entry(
        "forgetting_A", "gradients 30, 1 on [-4, 4]; reading A: T = 2, the shortest with ||g_t||_1 >= 1",
        "A", on_a_line(ADAL, FORGETFUL, (30, 1), half=4, horizon=2),
    ),
    entry(
        "forgetting_B", "gradients 23, 1 on [-7, 7]; reading B: T = 2, the shortest with ||g_t||_1 >= 1",
        "B", on_a_line(ADAL, FORGETFUL, (23, 1), half=7, horizon=2),
    ),
    entry(
        "forgetting_C", "gradients 14, 14, 14, 14, 1 on [-12, 12]; reading C: T = 5",
        "C", on_a_line(ADAL, numbers(1, 0, "1/100000000", 0), (14, 14, 14, 14, 1), half=12, horizon=5),
    ),
    entry(
        "forgetting_C_margin", "gradients 15 (five times), 1 on [-14, 14]; reading C: T = 6, by 10 %",
        "C", on_a_line(ADAL, FORGETFUL, (15, 15, 15, 15, 15, 1), half=14, horizon=6),
    ),
    *(
        entry(
            f"forgetting_{reading}_textbook",
            f"{size} ({rounds} times), then 1 for ever, beta = (0.9, 0.999); {reading}: T = {horizon}",
            reading, on_a_line(ADAL, textbook(alpha), (1,), first=(size,) * rounds, horizon=horizon),
        )
        for reading, size, rounds, alpha, horizon in (
            ("A", 130, 2000, "3/200", 21_500),
            ("B", 125, 3800, "1/125", 23_700),
            ("C", 130, 13_200, "1/400", 34_800),
        )
    ),
)  # fmt: skip

# With max |g_t| = 1 instead, M = 1 and the three readings agree. While almost nothing happens, the bound
# forgets a large gradient, but the regret does not.
SILENCE = (
    *(
        entry(
            f"silence_{reading}",
            f"gradients 1, 0 on [-1, 1], the largest 1; reading {reading}: T = 2",
            reading,
            on_a_line(ADAL, numbers("1/2", 0, "1/100", 0), (0,), first=(1,), horizon=2),
        )
        for reading in "ABC"
    ),
    entry(
        "silence_textbook",
        "1, then -3/50 for ever, beta = (0.9, 0.999), eps = 1e-8: T = 2000",
        "C",
        on_a_line(ADAL, textbook("1/20"), ("-3/50",), first=(1,), half="1/2", start=-1, horizon=2000),
    ),
)

ONES = ("-1",) * 4
WRONG_END = (
    entry(
        "wrong_end_C_whole",
        "(2, -1, -1, -1, -1), beta = (0.9, 0.999), eps = 1e-8; reading C: T = 200000",
        "C",
        on_a_line(ADAL, textbook(1), (2, *ONES), half=4, start=-1, horizon=200_000),
    ),
)

# The maximum remembers, so only the wrong-end stream is left.
LEAST = numbers(1, 0, "1/1000", None)
MAXIMUM = tuple(
    entry(f"maximum_{form}_{name}", f"maximum {form}, {title}", name[0], on_a_line(recurrence, *game, **rest))
    for form, recurrence in FORMS.items()
    for name, title, game, rest in (
        (
            "A", "(21/10, -1, -1, -1, -1); reading A: T = 200",
            ({**LEAST, "alpha": Fraction(8)}, ("21/10", *ONES)),
            {"half": 5, "start": "3/5", "horizon": 200},
        ),
        (
            "B", "(9/5, -1, -1, -1); reading B: T = 300",
            ({**LEAST, "alpha": Fraction(6)}, ("9/5", *ONES[:3])),
            {"half": 5, "start": "1/5", "horizon": 300},
        ),
        (
            "C", "(7/4, -1, -1, -1) on [-1, 1]; reading C: T = 420",
            (LEAST, ("7/4", *ONES[:3])),
            {"start": 0, "horizon": 420},
        ),
        (
            "C_textbook", "(2, -1, -1, -1, -1), beta = (0.9, 0.999); reading C: T = 400000",
            (numbers(1, "9/10", "999/1000", None), (2, *ONES)),
            {"half": 3, "start": -1, "horizon": 400_000},
        ),
    )
)  # fmt: skip

# With max |g_t| = 1: one large first gradient, or a wrong-end stream, which usual parameters only slow down.
QUIET = tuple(
    entry(
        f"maximum_{form}_silence", f"maximum {form}, 1, then -1/4 for ever, the largest 1: T = 60", "C",
        on_a_line(recurrence, LEAST, ("-1/4",), first=(1,), start=0, horizon=60),
    )
    for form, recurrence in FORMS.items()
) + tuple(
    entry(
        f"maximum_{form}_wrong_end_textbook",
        f"maximum {form}, (-1/5 nineteen times, 1), the largest 1, beta = (0.9, 0.999): T = 21000", "C",
        on_a_line(
            recurrence, numbers(1, "9/10", "999/1000", None), (*["-1/5"] * 19, 1), half=4, start=-1,
            horizon=21_000,
        ),
    )
    for form, recurrence in FORMS.items()
)  # fmt: skip

# Theorem R with the printed epsilon on a segment of the plane that is not parallel to an axis. On a diagonal
# the widths D_i equal the diameter D, so one game refutes both readings.
PRINTED_EPSILON = {"R1": ADAL_R1_PRINTED_EPS, "R2": ADAL_R2_PRINTED_EPS, "R3": ADAL_R3_PRINTED_EPS}
SLOPED = tuple(
    entry(
        f"epsilon_{name}_{form}", f"Theorem R on {where}, {form}, printed eps; reading {reading}: T = 3",
        reading,
        LinearGame.cyclic(
            recurrence, parameters, ExactSegment(tuple(-u for u in end), end), end, gradients, horizon=3
        ),
        theorem=R_EPS_ANY_SET,
    )
    for form, recurrence in PRINTED_EPSILON.items()
    for name, where, reading, parameters, end, gradients in (
        (
            "segment", "a segment", "D_i", numbers("7/5000", 0, "1/1000", "1/2"),
            point((2, "-1/2")), (point((20, -10)), point((10, 40)), point((100, -10))),
        ),
        (
            "diagonal", "a diagonal", "D", numbers("1/10000", 0, "1/100", 10_000),
            point((15, 15)), (point((1, 1)), point((1, -2)), point((5, 5))),
        ),
    )
)  # fmt: skip

EXHIBITS: tuple[Exhibit, ...] = (*ONE_ROUND, *FORGETTING, *SILENCE, *WRONG_END, *MAXIMUM, *QUIET, *SLOPED)
