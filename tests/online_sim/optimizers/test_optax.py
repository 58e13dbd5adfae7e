"""Every recurrence as a gradient transformation of optax."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from online_sim.optimizers import optax_transform
from reference_games import ALPHA as RATE
from reference_games import DATA, START, played, tolerance, values
from theory.algorithms.adal import adal
from theory.algorithms.adam import adam
from theory.algorithms.adamw import adamw
from theory.algorithms.incoming_gradient import with_gradient_ascent
from theory.algorithms.registry import algorithms
from theory.algorithms.weight_decay import with_coupled_weight_decay, with_decoupled_weight_decay
from theory.parameters import ALPHA, alpha
from theory.quantities import CumMax, Norm2Squared, NormInf, pinv
from theory.recurrence import Recurrence
from theory.source import Source
from theory.symbols import f, g, x

jax = pytest.importorskip("jax")
optax = pytest.importorskip("optax")
EVERY = pytest.mark.parametrize("name", algorithms())


@pytest.fixture(autouse=True)
def float64() -> Iterator[None]:
    """Arrays of this file are float64 unless they say otherwise."""
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


def given(recurrence: Recurrence) -> dict[str, float]:
    """The arguments of its transformation."""
    return {"learning_rate" if k == "alpha" else k: v for k, v in values(recurrence).items()}


def points(transformation: Any, *, splits: tuple[int, ...] = (), jit: bool = True) -> np.ndarray:
    """The points on ||x - a_t||^2/2; `splits` cuts the vector into leaves."""
    start = {str(k): jax.numpy.asarray(part) for k, part in enumerate(np.split(START, splits))}

    def step(state: Any, params: Any, row: Any) -> Any:
        parts = jax.numpy.split(row, splits)
        gradients = {k: p - a for (k, p), a in zip(params.items(), parts, strict=True)}
        updates, state = transformation.update(gradients, state, params)
        return state, optax.apply_updates(params, updates)

    step = jax.jit(step) if jit else step
    state, params, found = transformation.init(start), start, []
    for row in DATA:
        found.append(np.concatenate(list(params.values())))
        state, params = step(state, params, jax.numpy.asarray(row))
    return np.array(found)


@EVERY
def test_the_transformation_is_the_engine(name: str) -> None:
    """Under jit it visits the points of the numpy engine, up to rounding."""
    recurrence = algorithms()[name]
    reference = played(recurrence, closed=True)
    ours = points(optax_transform(recurrence)(**given(recurrence)))
    assert np.abs(ours - reference).max() <= tolerance(reference)


@pytest.mark.slow
@EVERY
def test_leaves_with_a_common_norm_are_one_vector(name: str) -> None:
    """With norm="all", and without jit."""
    recurrence = algorithms()[name]
    if "group" in recurrence.name:
        pytest.skip("a sum over a group of coordinates is a leaf's own")
    reference = played(recurrence, closed=True)
    ours = points(optax_transform(recurrence, norm="all")(**given(recurrence)), splits=(1, 3), jit=False)
    assert np.abs(ours - reference).max() <= tolerance(reference)


def test_leaves_with_norms_of_their_own_are_not() -> None:
    """The control: norm="tensor" differs beyond the tolerance, norm="all" does not."""
    recurrence = algorithms()["AdaL"]
    reference = played(recurrence, closed=True)
    own, all_ = (
        points(optax_transform(recurrence, norm=norm)(**given(recurrence)), splits=(1, 3))
        for norm in ("tensor", "all")
    )
    assert np.abs(own - reference).max() > 1e6 * tolerance(reference)
    assert np.abs(all_ - reference).max() <= tolerance(reference)


@pytest.mark.parametrize(
    ("recurrence", "theirs"),
    [
        (adam(), lambda: optax.adam(RATE)),
        (algorithms()["SGD with momentum"], lambda: optax.sgd(RATE, momentum=0.9)),
        (algorithms()["Nesterov"], lambda: optax.sgd(RATE, momentum=0.9, nesterov=True)),
        (algorithms()["AdaBelief"], lambda: optax.adabelief(RATE, eps=1e-8, eps_root=1e-8)),
        (adamw(decay="scaled"), lambda: optax.adamw(RATE, weight_decay=0.01)),
    ],
    ids=lambda p: p.name if isinstance(p, Recurrence) else "",
)
def test_the_points_are_those_of_optax(recurrence: Recurrence, theirs: Any) -> None:
    """Ours and optax's own transformation agree up to rounding."""
    reference = points(theirs())
    ours = points(optax_transform(recurrence)(**given(recurrence)))
    assert np.abs(ours - reference).max() <= tolerance(reference)


def test_decay_and_ascent_are_transformations_of_the_recurrence() -> None:
    """Coupled and decoupled decay, climbing, against chains of optax; the update needs the parameters."""
    coupled = optax_transform(with_coupled_weight_decay(adam()))(RATE, weight_decay=0.1)
    chain = optax.chain(optax.add_decayed_weights(0.1), optax.adam(RATE))
    decoupled = optax_transform(with_decoupled_weight_decay(adam()))(RATE, weight_decay=0.1)
    climbing = optax_transform(with_gradient_ascent(with_coupled_weight_decay(adam())))(
        RATE, weight_decay=5.0
    )
    theirs = optax.chain(optax.scale(-1.0), optax.add_decayed_weights(5.0), optax.adam(RATE))
    pairs = [(coupled, chain), (decoupled, optax.adamw(RATE, weight_decay=0.1)), (climbing, theirs)]
    for one, other in pairs:
        reference = points(other)
        assert np.abs(points(one) - reference).max() <= tolerance(reference)
        gradient = jax.numpy.asarray(START)
        with pytest.raises(ValueError, match="`params` is missing"):
            one.update(gradient, one.init(gradient))


def test_it_is_a_link_of_a_chain() -> None:
    """Scaled by a half after it, the first step is half as long."""
    start = jax.numpy.asarray(START)
    whole = optax_transform(adal())(RATE)
    half = optax.chain(whole, optax.scale(0.5))
    first, _ = whole.update(start, whole.init(start))
    second, _ = half.update(start, half.init(start))
    assert np.allclose(second, first / 2, rtol=1e-15, atol=0)


def test_a_schedule_is_injected() -> None:
    """inject_hyperparams gives each round its own learning rate, under jit too."""
    rate = optax.exponential_decay(RATE, 1, 0.9)
    ours = optax.inject_hyperparams(optax_transform(adam()))(learning_rate=rate)
    reference = points(optax.adam(rate))
    assert np.abs(points(ours) - reference).max() <= tolerance(reference)


def test_many_runs_at_once() -> None:
    """vmap over starts and learning rates is each run by itself."""
    make = optax_transform(adal(schedule="constant"))
    starts = jax.numpy.asarray(np.stack([START, -START, START / 2]))
    rates = jax.numpy.asarray([0.1, 0.01, 0.5])

    def run(rate: Any, start: Any) -> Any:
        transformation, point = make(rate), start
        state = transformation.init(point)
        for row in DATA[:5]:
            update, state = transformation.update(point - row, state)
            point = point + update
        return point

    together = jax.vmap(run)(rates, starts)
    for k in range(3):
        # 5 rounds of fewer than 50 roundings
        assert np.allclose(together[k], run(float(rates[k]), starts[k]), rtol=250 * np.finfo(float).eps)


def test_half_precision_and_complex_leaves() -> None:
    """Updates have the precision of the gradient, states float32; a complex leaf is two real coordinates."""
    transformation = optax_transform(adal(schedule="constant"))(0.25)
    half = {"w": jax.numpy.full(2, 1e-4, dtype=jax.numpy.bfloat16)}
    update, state = transformation.update(half, transformation.init(half))
    assert update["w"].dtype == jax.numpy.bfloat16
    assert state.states["v"]["w"].dtype == jax.numpy.float32
    assert np.all(np.asarray(update["w"], dtype=float) == -0.25)
    number = jax.numpy.asarray([3.0 - 4.0j])
    update, _ = transformation.update(number, transformation.init(number))
    assert np.allclose(update, [-0.25 + 0.25j], rtol=1e-6)  # epsilon as printed adds 1e-8 of the moment


def test_a_loss_is_passed_by_value() -> None:
    """A recurrence that looks at the loss asks for it; a maximum over coordinates works."""
    polyak = Recurrence(
        "Polyak",
        Source("adal", "no algorithm of it"),
        (ALPHA,),
        (),
        x - alpha * f * pinv(Norm2Squared(g) + CumMax(NormInf(g))) * g,
        1,
    )
    transformation = optax_transform(polyak)(1.0)
    gradient = jax.numpy.asarray([3.0, 4.0])
    state = transformation.init(gradient)
    with pytest.raises(ValueError, match="`value` is missing"):
        transformation.update(gradient, state)
    update, _ = transformation.update(gradient, state, value=29.0)
    assert np.allclose(update, [-3.0, -4.0], rtol=1e-15)


def test_wrong_arguments_are_refused() -> None:
    """A value out of range, a missing step size, a norm that optax has not."""
    make = optax_transform(adal())
    with pytest.raises(ValueError, match=r"`learning_rate` = -1 is out of range"):
        make(-1.0)
    with pytest.raises(TypeError, match="learning_rate"):
        make(beta1=0.5)
    with pytest.raises(ValueError, match="`norm`"):
        optax_transform(adal(), norm="group")
