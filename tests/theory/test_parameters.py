"""Parameters validate, document and sample themselves."""

from __future__ import annotations

import math

import numpy as np
import pytest

from theory.algorithms.registry import algorithms
from theory.losses.registry import losses
from theory.parameters import ALPHA, BETA1, BETA2, EPS, Parameter, resolve
from theory.symbols import Scalar

DECLARED = {p.symbol: p for owner in (*algorithms().values(), *losses()) for p in owner.parameters}


@pytest.mark.parametrize("parameter", DECLARED.values(), ids=str)
def test_samples_and_defaults_lie_in_the_range(parameter: Parameter) -> None:
    """What a parameter proposes it accepts, and its samples vary."""
    rng = np.random.default_rng(0)
    values = [float(rng.uniform(*parameter.typical)) for _ in range(20)]
    assert [parameter.validate(value) for value in values] == values
    assert len(set(values)) == 20
    if parameter.default is not None:
        assert parameter.validate(parameter.default) == parameter.default


@pytest.mark.parametrize("parameter", DECLARED.values(), ids=str)
def test_ends_of_the_range(parameter: Parameter) -> None:
    """Open ends are out, closed ends in, and just beyond is out."""
    for end, is_open, beyond in (
        (parameter.lower, parameter.lower_open, -math.inf),
        (parameter.upper, parameter.upper_open, math.inf),
    ):
        if math.isinf(end):
            continue
        if is_open:
            with pytest.raises(ValueError, match=f"`{parameter.name}` = .* out of range"):
                parameter.validate(end)
        else:
            assert parameter.validate(end) == end
        with pytest.raises(ValueError, match="out of range"):
            parameter.validate(math.nextafter(end, beyond))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, None, "much", [1, 2], 1j])
def test_what_is_no_number_is_refused(value: object) -> None:
    """NaN, infinities and objects, even where the range is the whole line."""
    with pytest.raises(ValueError, match="`w`"):
        Parameter(Scalar("w"), "w", "anything").validate(value)


@pytest.mark.parametrize(
    ("parameter", "text"), [(ALPHA, "(0, inf)"), (BETA1, "[0, 1)"), (BETA2, "(0, 1)"), (EPS, "[0, inf)")]
)
def test_range_text(parameter: Parameter, text: str) -> None:
    """The range as people write it."""
    assert parameter.range_text == text


def test_resolve() -> None:
    """Values are checked, defaults filled in, unknown and missing names refused."""
    declared = (ALPHA, BETA1)
    assert resolve(declared, {"alpha": 1}) == {"alpha": 1.0, "beta1": 0.9}
    assert resolve(declared, {"alpha": "0.5", "beta1": 0}) == {"alpha": 0.5, "beta1": 0.0}
    with pytest.raises(ValueError, match="`alpha` is missing"):
        resolve(declared, {})
    with pytest.raises(ValueError, match="unknown parameter `gamma`; known: alpha, beta1"):
        resolve(declared, {"alpha": 1, "gamma": 2})
