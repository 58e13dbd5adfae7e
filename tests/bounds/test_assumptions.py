"""Each assumption of a theorem, broken on a real game and named in the reason."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import Rational, S, sqrt

from bounds.evaluate import check
from bounds.verdict import Verdict
from online_sim.domains.half_space import HalfSpace
from online_sim.streams.adversarial import constant
from online_sim.streams.alphabet import AlphabetStream, NoiseAlphabet
from online_sim.streams.arrays import ArrayStream
from theory.loss import Loss, Shape
from theory.losses.half_square import HALF_SQUARE, NOISY_HALF_SQUARE
from theory.losses.quadratic import QUADRATIC
from theory.parameters import alpha
from theory.quantities import CumSum, Norm1, SumCoords
from theory.statement import Assumption, Requires
from theory.symbols import T, g, x
from theory.theorems.adal import THEOREM1, THEOREM2
from toy_games import INTERVAL, descent, on_interval
from toy_theorem import SOURCE, theorem


def broken(found):
    """The texts of the assumptions that do not hold."""
    assert found.verdict is Verdict.ASSUMPTION_BROKEN
    assert found.first_violation is None
    texts = [a.text for a in found.assumptions if not a.holds]
    assert found.reason.startswith(texts[0])
    return texts


def test_gamma_of_one_or_more_breaks_theorem_1() -> None:
    """beta1^2 >= beta2; the reason gives the number. Just below it the theorem applies."""
    stream = constant([0.4])
    for decays, holds in (((0.9, 0.81), False), ((0.9, 0.5), False), ((0.9, 0.82), True)):
        trace = on_interval(stream, 2, THEOREM1.quantities, beta1=decays[0], beta2=decays[1])
        found = check(THEOREM1, "C", trace)
        if holds:
            assert found.verdict is not Verdict.ASSUMPTION_BROKEN
        else:
            assert broken(found) == ["gamma = beta1^2/beta2 < 1"]
            assert f"{decays[0] ** 2 / decays[1]:.6g}" in found.reason


def test_a_nonconvex_loss_breaks_theorem_1() -> None:
    """The regret of a nonconvex loss is refused when played; a statement without it says what is broken."""
    odd = Loss("odd", SOURCE, SumCoords(x**3), Shape.NONCONVEX)
    made = theorem(S(9), lhs=CumSum(Norm1(g)), assumptions=(Assumption("convex", Requires.CONVEX_LOSSES),))
    trace = descent(odd, 2, made.quantities, start=[0.5])
    assert broken(check(made, "A", trace)) == ["convex"]
    assert "not convex" in check(made, "A", trace).reason


def test_an_unbounded_set_breaks_theorem_1() -> None:
    """D is infinite: the statement is about compact sets."""
    made = theorem(S(9), lhs=CumSum(Norm1(g)), assumptions=(Assumption("compact", Requires.COMPACT_SET),))
    for domain in (HalfSpace(np.array([1.0]), 1.0), None):
        trace = descent(HALF_SQUARE, 2, made.quantities, start=[0.5], domain=domain)
        assert broken(check(made, "A", trace)) == ["compact"]


def test_a_set_breaks_theorem_2() -> None:
    """Theorem 2 is about the whole space."""
    trace = descent(HALF_SQUARE, 2, THEOREM2.quantities, start=[0.5], domain=INTERVAL)
    assert broken(check(THEOREM2, "sqrtT", trace)) == ["no projection takes place"]


def test_biased_and_unknown_noise_break_theorem_2() -> None:
    """A mean that is not zero, or that nobody knows."""
    biased = NoiseAlphabet([1, 0], ["1/2", "1/2"])
    unknown = ArrayStream(np.array([[1.0], [-1.0]]))
    for stream, detail in ((AlphabetStream(biased), "has a mean"), (unknown, "not known")):
        trace = descent(NOISY_HALF_SQUARE, 2, THEOREM2.quantities, start=[0.5], stream=stream)
        found = check(THEOREM2, "sqrtT", trace)
        assert broken(found) == ["the gradients handed out are unbiased"]
        assert detail in found.reason


def test_losses_that_change_break_theorem_2() -> None:
    """Theorem 2 is about one f, and such losses have no minimum that is known."""
    trace = descent(QUADRATIC, 2, THEOREM2.quantities, start=[0.5], stream=constant([1.0]))
    texts = broken(check(THEOREM2, "sqrtT", trace))
    assert texts == ["f has a minimum, and it is known", "one fixed f"]


def test_an_unknown_L_breaks_theorem_2_until_it_is_given() -> None:
    """No number is made up: the bound is NaN, the reason says what to give, and giving it is enough."""
    rough = Loss("rough", SOURCE, SumCoords(x**4) / 4, Shape.CONVEX, minimum=S.Zero)
    trace = descent(rough, 2, THEOREM2.quantities, start=[0.5])
    found = check(THEOREM2, "sqrtT", trace)
    assert broken(found) == ["f is L-smooth"]
    assert "give it in `constants`" in found.reason
    assert np.isnan(found.rhs).all()
    given = check(THEOREM2, "sqrtT", trace, constants={"L": 3.0})
    assert given.verdict is not Verdict.ASSUMPTION_BROKEN
    assert np.isfinite(given.rhs).all()


def test_an_unknown_minimum_breaks_theorem_2_until_it_is_given() -> None:
    """f(x_*) likewise; several broken assumptions are all listed."""
    rough = Loss("rough", SOURCE, SumCoords(x**4) / 4, Shape.CONVEX)
    trace = descent(rough, 2, THEOREM2.quantities, start=[0.5])
    names = ["f is L-smooth", "f has a minimum, and it is known"]
    assert broken(check(THEOREM2, "sqrtT", trace)) == names
    assert broken(check(THEOREM2, "sqrtT", trace, constants={"L": 3.0})) == names[1:]
    both = check(THEOREM2, "sqrtT", trace, constants={"L": 3.0, "f_star": 0.0})
    assert both.verdict is not Verdict.ASSUMPTION_BROKEN


def test_a_vhat_1_that_is_zero_breaks_theorem_2() -> None:
    """A coordinate without gradient in round 1: vhat_0 := vhat_1 has a zero, and the bound is infinite."""
    trace = descent(HALF_SQUARE, 2, THEOREM2.quantities, start=[0.5, 0.0])
    found = check(THEOREM2, "sqrtT", trace)
    assert broken(found) == ["vhat_0 > 0 (vhat_0 := vhat_1)"]
    assert not np.isfinite(found.rhs).any()


@pytest.mark.parametrize(
    ("condition", "verdict", "first"),
    [
        (T >= 1, Verdict.VIOLATED, 3),
        (T >= 2, Verdict.VIOLATED, 3),
        (T > 3, Verdict.VIOLATED, 4),
        (alpha * sqrt(T) <= 1, Verdict.HOLDS, None),
        (alpha * sqrt(T) < 1, Verdict.HOLDS, None),
        (alpha * sqrt(T) < Rational(7, 10), Verdict.ASSUMPTION_BROKEN, None),
        (T >= 7, Verdict.ASSUMPTION_BROKEN, None),
    ],
)
def test_a_condition_on_the_number_of_rounds_tells_where_a_statement_is_meant(
    condition, verdict, first
) -> None:
    """sum |g_t| = 2T/5 exceeds 3T/10 + 1/4 from T = 3 on: only the rounds in the condition count."""
    about = (Assumption("meant", condition),)
    made = theorem(Rational(3, 10) * T + Rational(1, 4), lhs=CumSum(Norm1(g)), assumptions=about)
    trace = on_interval(constant([0.4]), 6, made.quantities, alpha=2**-0.5)
    found = check(made, "A", trace)
    assert (found.verdict, found.first_violation) == (verdict, first)
    (meant,) = (a for a in found.assumptions if a.text == "meant")
    if meant.where is not None:
        assert "recorded rounds" in found.reason
        assert np.array_equal(np.isfinite(found.rhs), meant.where[0])
