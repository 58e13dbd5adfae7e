"""A statement about an algorithm is about its lines, never about its name."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sympy import Integer

from bounds.evaluate import check
from bounds.verdict import Verdict
from online_sim.domains.box import Box
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.adversarial import constant
from theory.algorithms.adal import ADAL
from theory.algorithms.sgd import SGD
from theory.losses.linear import LINEAR
from theory.parameters import alpha
from theory.symbols import Scalar, check_name, g, x
from theory.theorems.adal import THEOREM1
from theory.theorems.ogd import SQRT


def held(recurrence, theorem):
    """The first reading on a constant slope."""
    trace = play(
        Game(
            recurrence,
            LINEAR,
            constant([1.0]),
            Box(-1.0, 1.0, dimension=1),
            horizon=20,
            parameters={"alpha": 1.0},
            start=[1.0],
        ),
        record=theorem.quantities,
        engine="numpy",
    )
    return check(theorem, theorem.readings[0].key, trace)


def test_another_step_under_a_known_name_is_another_algorithm() -> None:
    """Gradient ascent called SGD breaks no theorem about SGD."""
    found = held(replace(SGD, point=x + alpha * g), SQRT)
    assert found.verdict is Verdict.ASSUMPTION_BROKEN
    assert "its lines are not those of SGD" in found.reason


@pytest.mark.parametrize("change", ["metric", "step", "parameters"])
def test_every_part_of_an_algorithm_counts(change) -> None:
    """The metric, a line, the range of a parameter."""
    steps = (*ADAL.steps[:-1], (ADAL.steps[-1][0], 2 * ADAL.steps[-1][1]))
    wider = tuple(replace(p, upper=2.0) if p.name == "beta1" else p for p in ADAL.parameters)
    other = {
        "metric": replace(ADAL, metric=Integer(1)),
        "step": replace(ADAL, steps=steps),
        "parameters": replace(ADAL, parameters=wider),
    }[change]
    assert other.digest != ADAL.digest
    assert held(other, THEOREM1).verdict is Verdict.ASSUMPTION_BROKEN


def test_another_name_for_the_same_lines_is_the_same_algorithm() -> None:
    """What an algorithm is called is nobody's business."""
    assert held(replace(SGD, name="gradient descent"), SQRT).verdict is not Verdict.ASSUMPTION_BROKEN


def test_a_theorem_may_name_a_recurrence_itself() -> None:
    """One's own algorithm need not be known to the package."""
    mine = replace(SGD, name="mine", point=x - alpha * g)
    about = replace(SQRT, id="toy", algorithms=(mine,))
    assert held(mine, about).verdict is not Verdict.ASSUMPTION_BROKEN
    assert held(replace(mine, point=x - 2 * alpha * g), about).verdict is Verdict.ASSUMPTION_BROKEN


@pytest.mark.parametrize("name", ["\u0430lpha", "alpha\u200b", "al\u0440ha"])
def test_names_that_look_alike_are_refused(name) -> None:
    """A Cyrillic a, a space of no width: every name is ASCII."""
    with pytest.raises(ValueError, match="ASCII"):
        check_name(Scalar(name), "in a test")
    with pytest.raises(ValueError, match="ASCII"):
        replace(SQRT, id=f"ogd.{name}")
    with pytest.raises(ValueError, match="ASCII"):
        replace(SGD, name=name)
