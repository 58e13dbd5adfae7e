"""The order of the shrinker, its offers, and the line that a reviewer reads."""

from fractions import Fraction as F

import pytest

from bounds.certify.game import Counterexample, DescentGame, ExactBox, ExactSegment, LinearGame
from bounds.shrink import linear
from bounds.shrink import shrink as driver
from bounds.shrink.complexity import complexity, digits, rounder
from bounds.shrink.one_line import one_line
from bounds.shrink.shrink import shrink
from theory.algorithms.adal import ADAL, ADAL_R1
from theory.losses.piecewise_quadratic import Slope, quadratic_slope
from theory.theorems.adal import THEOREM1, THEOREM2
from theory.theorems.repaired import R

GIVEN = {"alpha": 1, "beta1": 0, "beta2": F(1, 2), "eps": 0}
GAME = LinearGame(ADAL, GIVEN, ExactBox((-1,), (1,)), (1,), ((F(2, 5),),), 1)


@pytest.mark.parametrize("q", [F(0), F(1), F(-1), F(1, 2), F(123456, 10**6), F(-98765, 4321), F(1, 10**8)])
def test_rounder_numbers_are_simpler(q: F) -> None:
    """Every offer takes fewer digits or is smaller; 0 is the end."""
    for u in rounder(q):
        assert (digits(u), abs(u.numerator) + u.denominator, u < 0) < (
            digits(q), abs(q.numerator) + q.denominator, q < 0,
        )  # fmt: skip
    assert not rounder(F(0))


def test_every_step_goes_down() -> None:
    """The judge sees simpler games only, whatever the passes offer."""
    ugly = LinearGame(
        ADAL, GIVEN, ExactBox((F(-7, 5),), (F(9, 5),)), (F(9, 5),), ((F(11, 100),), (F(13, 100),)), 2
    )
    found = Counterexample(THEOREM1, "C", ugly)
    seen = []

    def judge(candidate: Counterexample) -> bool:
        seen.append(complexity(candidate))
        return True

    shrunk = shrink(found, violates=judge)
    assert all(key < seen[0] for key in seen[1:])
    assert complexity(shrunk.counterexample) == min(seen)


def test_a_pass_that_makes_things_worse_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted pass that only lengthens the game changes nothing."""
    offered = []

    def longer(game, keep):
        offered.append(game)
        yield {"horizon": game.horizon + 1}
        yield {"start": (F(5),)}

    monkeypatch.setattr(linear, "PASSES", (longer,))
    shrunk = shrink(Counterexample(THEOREM1, "C", GAME), violates=lambda _: True)
    assert (longer,) == driver.linear.PASSES
    assert offered
    assert shrunk.counterexample.game == GAME


def test_the_budget_is_kept() -> None:
    """Calls are counted, and what was reached is returned."""
    ugly = LinearGame(
        ADAL, GIVEN, ExactBox((F(-7, 5),), (F(9, 5),)), (F(9, 5),), ((F(11, 100),), (F(13, 100),)), 2
    )
    shrunk = shrink(Counterexample(THEOREM1, "C", ugly), calls=5)
    assert shrunk.calls <= 5
    assert not shrunk.complete


LINES = [
    (
        Counterexample(THEOREM1, "C", GAME),
        "false of AdaL: T=1, d=1, X=[-1,1], f_1(x)=2x/5, x_1=1, alpha=1, beta1=0, beta2=1/2, eps=0: "
        "regret 0.8 > 0.678",
    ),
    (
        Counterexample(
            THEOREM1, "C",
            LinearGame(ADAL, GIVEN, ExactBox((-1, 0), (1, 1)), (1, 1), ((0, 1),), 9, lead=((2, F(-1, 3)),)),
        ),
        "false of AdaL: T=9, d=2, X=[-1,1] x [0,1], g=((2, -1/3)) then (0, 1) always, x_1=(1, 1), alpha=1, "
        "beta1=0, beta2=1/2, eps=0: regret 0.8 > 0.678",
    ),
    (
        Counterexample(
            THEOREM1, "C",
            LinearGame(ADAL, GIVEN, ExactSegment((1, 0), (0, 1)), (1, 0), ((2, 1), (-1, -1)), 8),
        ),
        "false of AdaL: T=8, d=2, X=the segment from (1, 0) to (0, 1), g=((2, 1), (-1, -1)) repeated, "
        "x_1=(1, 0), alpha=1, beta1=0, beta2=1/2, eps=0: regret 0.8 > 0.678",
    ),
    (
        Counterexample(
            R, "D",
            LinearGame(
                ADAL_R1, {k: v for k, v in GIVEN.items() if k != "eps"}, ExactBox((-1,), (1,)), (1,),
                ((2,), (-1,), (-1,)), 2,
            ),
        ),
        f"false of {ADAL_R1.name}: T=2, d=1, X=[-1,1], g=(2, -1), x_1=1, alpha=1, beta1=0, beta2=1/2: "
        "regret weighted by the l1 norms of the gradients 0.8 > 0.678",
    ),
    (
        Counterexample(
            THEOREM2, "sqrtT",
            DescentGame(
                ADAL, GIVEN, quadratic_slope(200), (0,), 4,
                letters=(((600,), F(1, 4)), ((-200,), F(3, 4))),
            ),
        ),
        "false of AdaL: T=4, d=1, f(x)=100x^2, noise 600 w.p. 1/4, -200 w.p. 3/4, x_1=0, alpha=1, beta1=0, "
        "beta2=1/2, eps=0: average squared gradient 0.8 > 0.678",
    ),
    (
        Counterexample(THEOREM2, "sqrtT", DescentGame(ADAL, GIVEN, Slope(((-1, -1), (1, 1)), 0, 0), (0,), 4)),
        "false of AdaL: T=4, d=1, f' linear through (-1, -1), (1, 1), its slope outside 0 and 0, x_1=0, "
        "alpha=1, beta1=0, beta2=1/2, eps=0: average squared gradient 0.8 > 0.678",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("found", "line"), LINES, ids=range(len(LINES)))
def test_a_counterexample_is_one_line_of_ascii(found: Counterexample, line: str) -> None:
    """Every number that is needed to repeat it, exactly, and both sides."""
    said = one_line(found, F(4, 5), F(678, 1000))
    assert said == line
    assert said.isascii()
    assert "\n" not in said


def test_a_long_stream_is_counted() -> None:
    """More than a dozen rows are not listed."""
    rows = tuple((F(k, 3),) for k in range(1, 20))
    said = one_line(
        Counterexample(THEOREM1, "C", LinearGame(ADAL, GIVEN, ExactBox((-1,), (1,)), (1,), rows, 19)),
        F(1),
        F(1),
    )
    assert "19 gradients" in said
