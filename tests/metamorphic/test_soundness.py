"""No proved theorem is called violated, and no false one saved by units, over the whole range of floats.

Games of a few rounds on which a bound is nearly or exactly reached, with the gradients scaled from 1e-300 to
1e300, losses moved by 1e12, sets thin, wide and far away, on every engine and precision.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sympy import S

from bounds.evaluate import checks
from bounds.verdict import Verdict
from levels import mostly_slow
from online_sim.domains.box import Box
from online_sim.engines.numba_engine import NumbaEngine
from online_sim.engines.numpy_engine import NumpyEngine
from online_sim.engines.torch_engine import TorchEngine
from online_sim.game import Game
from online_sim.simulate import play
from online_sim.streams.arrays import ArrayStream
from theory.algorithms.adal import ADAL
from theory.algorithms.registry import algorithm
from theory.algorithms.sgd import SGD
from theory.losses.linear import LINEAR
from theory.losses.quadratic import QUADRATIC
from theory.quantities import Quantity, Regret
from theory.statement import Requires, Status
from theory.symbols import D_2, D, b
from theory.theorems.adal import THEOREM1
from theory.theorems.ogd import SQRT
from theory.theorems.registry import theorems

ANY_BOX = {Requires.CONVEX_LOSSES, Requires.COMPACT_SET, Requires.SEPARABLE_SET}


def meant_for_any_box(t):
    """Whether no assumption asks for a size of the set or of gradients, for another set, start or loss."""
    relations = map(t.spelled_out, t.relations)
    sized = any(c.has(Quantity) or c.free_symbols & {D, D_2} for c in relations)
    return not sized and {a.condition for a in t.assumptions if isinstance(a.condition, Requires)} <= ANY_BOX


PROVED = [
    t
    for t in theorems().values()
    if t.status.proved and t.lhs.has(Regret) and t.lhs.atoms(Regret) and meant_for_any_box(t)
]
SCALES = [
    1e-310, 1e-300, 2.0**-1000, 1e-170, 1e-162, 2.0**-500, 1e-155, 1e-40, 2.0**-30, 1.0, 1e12, 2.0**200,
    1e155, 1e160, 2.0**900, 1e300, 1e306,
]  # fmt: skip
PATTERNS = {
    "constant": [[1.0, 1.0]] * 6,
    "one round": [[1.0, -1.0]],
    "spike": [[3.0, 1.0], [-1.0, -1.0], [-1.0, 0.0], [-1.0, 1.0], [-1.0, 0.0], [3.0, 0.0]],
    "rare": [[1.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0.0, -1.0], [0.0, 0.0], [1.0, 1.0]],
    "growing": [[1.0, 2.0], [-2.0, 4.0], [4.0, 8.0], [-8.0, 16.0], [16.0, 32.0], [-32.0, 64.0]],
}


def values_of(recurrence, **given):
    """The default of each parameter, or the middle of its typical range, or what is given."""
    middle = {
        p.name: p.default if p.default is not None else sum(p.typical) / 2 for p in recurrence.parameters
    }
    return {**middle, **{name: value for name, value in given.items() if name in middle}}


def held(
    theorem, recurrence, rows, *, domain=None, start=None, loss=LINEAR, engine="numpy", labels=None, **given
):
    """The checks of every reading on a game that records all its rounds."""
    array = np.asarray(rows, dtype=float)
    trace = play(
        Game(
            recurrence,
            loss,
            ArrayStream(array, labels),
            domain or Box(-1.0, 1.0, dimension=array.shape[1]),
            horizon=len(array),
            parameters=values_of(recurrence, **given),
            start=start,
        ),
        record=theorem.quantities,
        checkpoints="all",
        engine=engine,
    )
    return checks(theorem, trace)


def never_violated(found):
    """What is proved was not called violated, and something was said."""
    for c in found:
        assert c.verdict is not Verdict.VIOLATED, (c.id, c.reason)


def every_pattern_in_turn(number, theorem, pattern):
    """Whether a plain test plays it: gradient descent with every pattern, each other theorem with one."""
    return theorem is SQRT or list(PATTERNS).index(pattern) == PROVED.index(theorem) % len(PATTERNS)


@pytest.mark.parametrize(
    ("theorem", "pattern"),
    mostly_slow([(t, p) for t in PROVED for p in PATTERNS], every_pattern_in_turn),
    ids=lambda value: getattr(value, "id", value),
)
def test_a_proved_theorem_is_not_violated_at_any_scale(theorem, pattern) -> None:
    """Gradients from 1e-310 to 1e306: squares overflow, underflow or are denormal, on the way or at once."""
    recurrence = algorithm(theorem.algorithms[0])
    verdicts = set()
    for scale in SCALES:
        rows = scale * np.array(PATTERNS[pattern])
        if np.isfinite(rows).all():
            found = held(theorem, recurrence, rows, start=[1.0, -1.0])
            never_violated(found)
            verdicts |= {c.verdict for c in found}
    assert verdicts & {Verdict.HOLDS, Verdict.VACUOUS}  # at ordinary scales the statement is decided


@pytest.mark.parametrize("engine", ["numpy", "numba", "torch", "float32", "reproducible", "longdouble"])
@pytest.mark.parametrize("scale", [1e-300, 1e-162, 1e-30, 1.0, 1e30, 1e155, 1e300])
def test_every_engine_is_sound_at_every_scale(engine, scale) -> None:
    """OGD at its tie: D_2 = 2, g = scale, alpha = D_2/g; every engine leaves it a tie or says less."""
    engines = {
        "float32": TorchEngine("cpu", "float32"),
        "reproducible": NumbaEngine(reproducible=True),
        "longdouble": NumpyEngine(np.longdouble),
    }
    rows = scale * np.ones((4, 1))
    alpha = min(2.0 / scale, 1e300)
    if engine == "float32" and not 1e-37 < alpha < 1e38:
        with pytest.raises(ValueError, match="in float32; use float64"):
            held(SQRT, SGD, rows, start=[1.0], alpha=alpha, engine=engines[engine])
        return
    never_violated(held(SQRT, SGD, rows, start=[1.0], alpha=alpha, engine=engines.get(engine, engine)))


@pytest.mark.parametrize("theorem", PROVED, ids=lambda t: t.id)
def test_losses_moved_by_a_constant_change_nothing(theorem) -> None:
    """f_t + 1e12: the regret is a difference of numbers a trillion times larger, and stays an interval."""
    moved = replace(LINEAR, name="linear, moved", value=LINEAR.value + b)
    recurrence = algorithm(theorem.algorithms[0])
    for constant in (1e12, -1e12, 1e300):
        rows = np.array(PATTERNS["spike"])
        found = held(
            theorem, recurrence, rows, loss=moved, labels=np.full(len(rows), constant), start=[1.0, -1.0]
        )
        never_violated(found)


@pytest.mark.parametrize("theorem", PROVED, ids=lambda t: t.id)
@pytest.mark.parametrize(
    "bounds",
    [
        ([-1e-12, -1.0], [1e-12, 1.0]),
        ([-1e12, -1e-12], [1e12, 1e-12]),
        ([1e7, 1e7], [1e7 + 1, 1e7 + 1]),
        ([-3e-160, -3e-160], [3e-160, 3e-160]),
        ([-1e150, 0.0], [1e150, 1.0]),
        ([0.0, 0.0], [0.0, 1.0]),
    ],
    ids=["thin", "needle", "far away", "tiny", "huge", "flat"],
)
def test_thin_wide_and_far_sets_are_sound(theorem, bounds) -> None:
    """Widths over twenty-four decades in one set, a set far from the origin, one whose square underflows."""
    recurrence = algorithm(theorem.algorithms[0])
    lower, upper = map(np.array, bounds)
    for loss in (LINEAR, QUADRATIC):
        found = held(
            theorem, recurrence, PATTERNS["spike"], domain=Box(lower, upper), start=upper, loss=loss,
            alpha=float(min(max(np.max(upper - lower), 1e-300), 1e300)),
        )  # fmt: skip
        never_violated(found)


def test_a_false_statement_is_found_in_every_unit_of_length() -> None:
    """x -> 2^k x, alpha -> 2^k alpha is exactly the same game of Theorem 1 in other units."""
    for k in (-900, -300, -30, 0, 30, 300, 900):
        unit = 2.0**k
        found = held(
            THEOREM1, ADAL, [[0.4]], domain=Box(-unit, unit, dimension=1), start=[unit], alpha=unit,
            beta1=0.0, beta2=0.5, eps=0.0,
        )  # fmt: skip
        assert {c.verdict for c in found} == {Verdict.VIOLATED}, k
        assert all("ball" in c.reason for c in found)


@pytest.mark.parametrize("k", [-480, -200, 0, 200, 480])
def test_half_of_a_tight_bound_is_found_in_every_unit_of_loss(k) -> None:
    """f -> 2^k f, alpha -> 2^-k alpha is the same game of gradient descent: half of its bound is violated."""
    half = replace(
        SQRT,
        id="toy.half",
        status=Status.PRINTED,
        readings=tuple(replace(r, rhs=r.rhs / 2) for r in SQRT.readings),
    )
    unit = 2.0**k
    found = held(half, SGD, unit * np.ones((3, 1)), start=[1.0], alpha=2.0 / unit)
    assert {c.verdict for c in found} == {Verdict.VIOLATED}


def test_what_the_whole_suite_would_miss_is_planted() -> None:
    """The control: a statement cut by one part in a million at its tie is violated, so the suite can fail."""
    cut = replace(
        SQRT, id="toy.cut", readings=tuple(replace(r, rhs=r.rhs * (1 - S(10) ** -6)) for r in SQRT.readings)
    )
    with pytest.raises(AssertionError, match=r"toy\.cut"):
        never_violated(held(cut, SGD, np.ones((1, 1)), start=[1.0], alpha=2.0))
