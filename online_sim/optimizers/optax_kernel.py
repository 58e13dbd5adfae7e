"""A gradient transformation of optax from a printed rule; imported only where optax is wanted."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

try:
    import jax
    import jax.numpy as jnp
    import optax
except ImportError:
    raise ImportError(
        "a transformation of optax needs the libraries jax and optax, which are not installed here; "
        "run `pip install jax optax`"
    ) from None

from online_sim.engines.cache import load_source
from online_sim.engines.program import Reduction
from online_sim.optimizers.rule import Rule
from online_sim.optimizers.source import print_arrays
from theory.parameters import Parameter


class RecurrenceState(NamedTuple):
    """The rounds so far, and each state of the recurrence by its name: a tree like that of the parameters."""

    step: Any
    states: dict[str, Any]


Make = Callable[..., optax.GradientTransformationExtraArgs]


def factory(rule: Rule, arguments: Mapping[str, Parameter], *, together: bool) -> Make:
    """The function of the hyperparameters that gives the transformation.

    Args:
        rule: What to do.
        arguments: The name of each argument with its parameter, in the order of the rule's parameters.
        together: Whether reductions run over all leaves.
    """
    shared = together and any(r.how is not Reduction.GROUP for one in rule.passes for r in one.reductions)
    functions = load_source(print_arrays(rule, shared=shared), prefix="optimizer")
    empty, keyword = inspect.Parameter.empty, inspect.Parameter.POSITIONAL_OR_KEYWORD
    signature = inspect.Signature(
        [
            inspect.Parameter(name, keyword, default=empty if p.default is None else p.default)
            for name, p in arguments.items()
        ]
    )

    def make(*args: Any, **kwargs: Any) -> optax.GradientTransformationExtraArgs:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        # What is traced has no value yet.
        values = [
            value if isinstance(value, jax.Array) else arguments[name].validate(value)
            for name, value in bound.arguments.items()
        ]
        return _transformation(rule, functions, values, shared=shared)

    make.__signature__ = signature  # type: ignore[attr-defined]
    make.__name__ = make.__qualname__ = "".join(c if c.isalnum() else "_" for c in rule.name.lower())
    make.__doc__ = f"{rule.name} as a gradient transformation, made by `optax_transform`."
    return make


def _transformation(
    rule: Rule, functions: Any, values: Sequence[Any], *, shared: bool
) -> optax.GradientTransformationExtraArgs:
    def init(params: Any) -> RecurrenceState:
        initial = functions.initial(*values)
        states = {
            key: jax.tree.map(_filled(one.vector, value), params)
            for key, one, value in zip(rule.keys, rule.states, initial, strict=True)
        }
        return RecurrenceState(jnp.zeros((), jnp.int32), states)

    def update(
        updates: Any, state: RecurrenceState, params: Any = None, *, value: Any = None, **_: Any
    ) -> tuple[Any, RecurrenceState]:
        if params is None and rule.reads_point:
            raise ValueError(f"`params` is missing: the update of {rule.name} holds x; call update with them")
        if value is None and rule.reads_loss:
            raise ValueError(
                f"`value` is missing: {rule.name} looks at the loss; call update(..., value=loss)"
            )
        leaves, tree = jax.tree.flatten(updates)
        if not leaves:
            return updates, state._replace(step=state.step + 1)
        gradients = [_real(leaf) for leaf in leaves]
        points = [_real(leaf) for leaf in tree.flatten_up_to(params)] if rule.reads_point else gradients
        losses = [value] * len(leaves) if rule.reads_loss else []
        old = [tree.flatten_up_to(state.states[key]) for key in rule.keys]
        step = state.step + 1
        now = step.astype(jnp.result_type(float))
        columns = functions.numbers(now, *(jnp.asarray(v, jnp.result_type(float)) for v in values))
        found = functions.update(points, gradients, losses, old, columns, gradients[0].dtype)
        moved, number, new = _shared(found) if shared else found
        moved = [_like(leaf, number * u) for leaf, u in zip(leaves, moved, strict=True)]
        states = {
            key: tree.unflatten(
                [jnp.broadcast_to(w, v.shape).astype(v.dtype) for v, w in zip(before, after, strict=True)]
            )
            for key, before, after in zip(rule.keys, old, new, strict=True)
        }
        return tree.unflatten(moved), RecurrenceState(step, states)

    return optax.GradientTransformationExtraArgs(init, update)


def _shared(rounds: Any) -> Any:
    """The result of a generator that asks for sums over all leaves."""
    sums = next(rounds)
    while True:
        own = []
        for largest, parts in sums:
            numbers = jnp.stack(parts)
            own.append([jnp.max(numbers) if largest else jnp.sum(numbers)] * len(parts))
        try:
            sums = rounds.send(own)
        except StopIteration as end:
            return end.value


def _real(leaf: Any) -> Any:
    """A leaf as real numbers, half precision in float32; real and imaginary parts are coordinates."""
    leaf = jnp.asarray(leaf)
    if jnp.iscomplexobj(leaf):
        return jnp.stack([leaf.real, leaf.imag], axis=-1)
    return leaf.astype(jnp.promote_types(leaf.dtype, jnp.float32))


def _like(leaf: Any, u: Any) -> Any:
    """The update of a leaf, in its precision."""
    leaf = jnp.asarray(leaf)
    if jnp.iscomplexobj(leaf):
        u = jnp.broadcast_to(u, (*leaf.shape, 2))
        return (u[..., 0] + 1j * u[..., 1]).astype(leaf.dtype)
    return jnp.broadcast_to(u, leaf.shape).astype(leaf.dtype)


def _filled(vector: bool, value: Any) -> Callable[[Any], Any]:
    """The state of a leaf before round 1."""

    def begin(leaf: Any) -> Any:
        like = _real(leaf)
        return jnp.full(like.shape if vector else (), value, like.dtype)

    return begin
