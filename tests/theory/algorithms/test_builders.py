"""The builders: what they refuse, what they name, and identities between algorithms in exact symbols."""

from collections.abc import Callable
from typing import Any

import pytest
from sympy import simplify, sqrt

from theory.algorithms.adabelief import adabelief
from theory.algorithms.adadelta import ADADELTA
from theory.algorithms.adagrad import adagrad
from theory.algorithms.adal import ADAL, adal
from theory.algorithms.adam import adam
from theory.algorithms.adam_family import preconditioner
from theory.algorithms.adamw import adamw
from theory.algorithms.adax import adax
from theory.algorithms.amsgrad import amsgrad
from theory.algorithms.momentum import momentum
from theory.algorithms.nesterov import nesterov
from theory.algorithms.nosadam import nosadam
from theory.algorithms.radam import radam
from theory.algorithms.registry import algorithms
from theory.algorithms.rmsprop import rmsprop
from theory.algorithms.sgd import sgd
from theory.algorithms.variant import choose, titled
from theory.parameters import alpha, beta1, beta2, eps, resolve
from theory.quantities import Norm1, Prev, pinv
from theory.recurrence import Recurrence
from theory.symbols import g, ghat, m, mhat, t, v, vhat, x

Builder = Callable[..., Recurrence]

WITH_EPS: list[Builder] = [adal, adam, amsgrad, adamw, adabelief, adax, nosadam, radam, adagrad, rmsprop]
WITH_SCHEDULE: list[Builder] = [*WITH_EPS, sgd, momentum, nesterov]


@pytest.mark.parametrize("build", WITH_SCHEDULE)
def test_an_unknown_schedule_is_refused(build: Builder) -> None:
    """The message names the argument, its values and what came."""
    with pytest.raises(ValueError, match=r"`schedule` must be one of sqrt, constant, got 'linear'"):
        build(schedule="linear")


@pytest.mark.parametrize("build", WITH_EPS)
def test_an_unknown_epsilon_is_refused(build: Builder) -> None:
    """The message names the argument and what came."""
    with pytest.raises(ValueError, match=r"`eps_mode` must be one of .*, got 'beside'"):
        build(eps_mode="beside")


@pytest.mark.parametrize(
    ("build", "choices", "says"),
    [
        (adal, {"norm": "layer"}, "`norm` must be one of global, group, got 'layer'"),
        (adal, {"maximum": "R4"}, "`maximum` must be one of None, R1, R2, R3, got 'R4'"),
        (adal, {"maximum": "R1"}, "set bias_correction=False"),
        (adal, {"maximum": "R2", "bias_correction": False}, "set bias_correction=True"),
        (adal, {"maximum": "R3", "bias_correction": False}, "set bias_correction=True"),
        (adal, {"eps_mode": "uncorrected", "bias_correction": False}, "use 'adam'"),
        (amsgrad, {"maximum": None}, "use `adam`"),
        (nosadam, {"eps_mode": "uncorrected"}, "use 'adam'"),
        (radam, {"threshold": 3}, "`threshold` must be one of 4, 5, got 3"),
        (adamw, {"decay": "l2"}, "`decay` must be one of printed, scaled, got 'l2'"),
        (momentum, {"placement": "before"}, "`placement` must be one of inside, outside, got 'before'"),
        (nesterov, {"placement": "before"}, "`placement` must be one of inside, outside, got 'before'"),
    ],
)
def test_a_contradictory_choice_is_refused(build: Builder, choices: dict[str, Any], says: str) -> None:
    """A choice that does not exist, or not beside another one, is refused with the remedy."""
    with pytest.raises(ValueError, match=says):
        build(**choices)


def test_no_epsilon_means_no_parameter() -> None:
    """Without epsilon there is no parameter to give by mistake."""
    for build in WITH_EPS:
        r = build(eps_mode="none")
        assert "eps" not in r.parameter_names
        with pytest.raises(ValueError, match="unknown parameter `eps`"):
            resolve(r.parameters, {"alpha": 1.0, "eps": 0.1})


def test_names_tell_what_differs_from_print() -> None:
    """A name holds exactly the choices that depart from the printed algorithm."""
    assert ADAL.name == "AdaL"
    assert adal(maximum="R2", eps_mode="none").name == "AdaL[eps=none, maximum=R2]"
    assert adal(schedule="constant").variant["schedule"] == "constant"
    assert amsgrad().name == "AMSGrad"
    assert amsgrad(maximum="R2").name == "AMSGrad[maximum=R2]"


def test_titled_refuses_another_set_of_choices() -> None:
    """A choice without a printed value has no name."""
    with pytest.raises(ValueError, match="`printed` must name"):
        titled("toy", {"eps": "none"}, {})
    with pytest.raises(ValueError, match="`k` must be one of 1, 2, got 3"):
        choose("k", 3, {1: "a", 2: "b"})


def test_adal_is_algorithm_1() -> None:
    """The default is, line by line, what the paper prints."""
    assert ADAL.steps == (
        (ghat, Norm1(g) * g),
        (m, beta1 * Prev(m) + (1 - beta1) * ghat),
        (v, beta2 * Prev(v) + (1 - beta2) * ghat**2),
        (mhat, m / (1 - beta1**t)),
        (vhat, v / (1 - beta2**t)),
    )
    assert ADAL.point == x - alpha / sqrt(t) * (pinv(sqrt(vhat)) + eps) * mhat
    assert ADAL.metric == sqrt(vhat)


@pytest.mark.parametrize("maximum", [None, "R2", "R3"])
@pytest.mark.parametrize("eps_mode", ["printed", "adam", "uncorrected", "inside", "none"])
def test_adal_is_adam_on_ghat(eps_mode: str, maximum: str | None) -> None:
    """Dropping AdaL's first line and reading g for ghat gives Adam (AMSGrad), symbol for symbol."""
    transformed = adal(eps_mode=eps_mode, maximum=maximum)
    plain = (
        amsgrad(eps_mode=eps_mode, maximum=maximum) if maximum else adam(eps_mode=eps_mode, schedule="sqrt")
    )
    assert tuple((s, e.xreplace({ghat: g})) for s, e in transformed.steps[1:]) == plain.steps
    assert (transformed.point, transformed.metric) == (plain.point, plain.metric)


@pytest.mark.parametrize("eps_mode", ["adam", "uncorrected", "inside", "none"])
def test_preconditioner_times_metric_is_the_identity(eps_mode: str) -> None:
    """The projection's metric undoes the step's diagonal, which the printed epsilon does not."""
    diagonal, metric = preconditioner(vhat, eps_mode, 1 - beta2**t)
    assert diagonal == pinv(metric)
    printed, printed_metric = preconditioner(vhat, "printed")
    assert printed != pinv(printed_metric)


def test_sgd_has_the_euclidean_metric() -> None:
    """Methods without a diagonal project in the plain norm."""
    assert [r.metric for r in (sgd(), momentum(), nesterov())] == [1, 1, 1]


@pytest.mark.parametrize("build", [momentum, nesterov])
def test_placement_is_a_change_of_scale_when_the_step_is_constant(build: Builder) -> None:
    """With a constant step, m inside is alpha times m outside, and the points are equal."""
    inside, outside = build(placement="inside"), build(placement="outside")
    scaled = {m: alpha * m, Prev(m): alpha * Prev(m)}
    assert simplify(inside.point.xreplace(scaled) - outside.point) == 0
    assert simplify(inside.steps[0][1].xreplace(scaled) - alpha * outside.steps[0][1]) == 0
    drifting = build(placement="inside", schedule="sqrt")
    assert simplify(drifting.point.xreplace(scaled) - build(placement="outside", schedule="sqrt").point) != 0


def test_adamw_shrinks_by_lambda_or_by_alpha_lambda() -> None:
    """The two meanings of the weight decay differ by the factor alpha, also under a schedule."""
    weight_decay = adamw().parameters[-1].symbol
    for schedule in ("constant", "sqrt"):
        printed, scaled = adamw(schedule=schedule), adamw(schedule=schedule, decay="scaled")
        assert simplify(printed.point.xreplace({weight_decay: alpha * weight_decay}) - scaled.point) == 0


def test_adadelta_needs_a_positive_epsilon() -> None:
    """With epsilon 0 Adadelta would never move, so 0 is out of range."""
    with pytest.raises(ValueError, match="`eps` = 0 is out of range"):
        resolve(ADADELTA.parameters, {"eps": 0})
    assert resolve(ADADELTA.parameters, {}) == {"alpha": 1.0, "rho": 0.95, "eps": 1e-6}


def test_every_default_builds_what_the_registry_holds() -> None:
    """The registry's plain names are the builders' defaults."""
    for build in WITH_SCHEDULE:
        assert algorithms()[build().name] == build()
