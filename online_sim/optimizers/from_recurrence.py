"""An optimizer for torch, and a gradient transformation for optax, from any recurrence."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from online_sim.optimizers.rule import NORMS, as_argument, compile_rule
from theory.borders import instance, one_of
from theory.recurrence import Recurrence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch.optim.optimizer import Optimizer


def torch_optimizer(recurrence: Recurrence, *, norm: str = "tensor") -> type[Optimizer]:
    """An optimizer class whose step is the recurrence without a set.

    Its arguments are the tensors and, by keyword, the recurrence's parameters (alpha is called `lr`, as
    schedulers expect), `weight_decay`, `decoupled_weight_decay`, `norm`, `foreach`, `maximize`, `capturable`
    and `differentiable`, as in `AdaL`. A recurrence that looks at the loss needs ``step(closure)``.

    Args:
        recurrence: The algorithm.
        norm: The coordinates over which a sum over coordinates runs unless a group says otherwise: a
            "tensor", a "group" of tensors or "all". A sum over a group of coordinates is always a tensor's.

    Raises:
        ImportError: torch is not installed.
        ValueError: The norm is another word, or the recurrence cannot be printed without a game.
    """
    instance("recurrence", recurrence, Recurrence, "a Recurrence", "take one of theory.algorithms")
    one_of("norm", norm, NORMS)
    from online_sim.optimizers.optimizer_kernel import OPTIONS, RecurrenceOptimizer

    compile_rule(recurrence)  # its errors belong here, not in the first step
    arguments = {as_argument(p).name: p.name for p in recurrence.parameters}
    given = {as_argument(p).name: p.default for p in recurrence.parameters}
    defaults = {**OPTIONS, "norm": norm, **{k: v for k, v in given.items() if v is not None}}
    missing = [as_argument(p) for p in recurrence.parameters if p.default is None]

    class FromRecurrence(RecurrenceOptimizer):
        def __init__(self, params: Any, **options: Any) -> None:
            unknown = sorted(options.keys() - defaults.keys() - given.keys())
            if unknown:
                known = ", ".join(sorted({*defaults, *given}))
                raise TypeError(f"`{unknown[0]}` is no argument of {recurrence.name}; known: {known}")
            for p in missing:
                if p.name not in options:
                    raise TypeError(f"`{p.name}` is missing; give {p.meaning} in {p.range_text}")
            super().__init__(params, {**defaults, **options})

        def variant_of(self, group: Mapping[str, Any]) -> tuple[str, ...]:
            return ()

        def recurrence_of(self, variant: tuple[str, ...]) -> Recurrence:
            return recurrence

        def values_of(self, group: Mapping[str, Any]) -> dict[str, Any]:
            return {name: group[argument] for argument, name in arguments.items()}

    name = "".join(c for c in recurrence.name.title() if c.isalnum()) or "FromRecurrence"
    FromRecurrence.__name__ = FromRecurrence.__qualname__ = name
    FromRecurrence.__doc__ = f"{recurrence.name}, made by `torch_optimizer`; see there for its arguments."
    kind = inspect.Parameter
    FromRecurrence.__signature__ = inspect.Signature(
        [
            kind("params", kind.POSITIONAL_OR_KEYWORD),
            *(kind(p.name, kind.KEYWORD_ONLY) for p in missing),
            *(kind(k, kind.KEYWORD_ONLY, default=v) for k, v in defaults.items()),
        ]
    )
    return FromRecurrence


def optax_transform(recurrence: Recurrence, *, norm: str = "tensor") -> Callable[..., Any]:
    """A function of the recurrence's parameters that gives a gradient transformation of optax.

    alpha is called `learning_rate`. The transformation works under jit, vmap, chain and inject_hyperparams;
    its update is added to the parameters. `params` are needed where the update holds x, as with weight decay
    (a transformation of the recurrence, `theory.algorithms.weight_decay`), and `value`, the loss, where a
    line looks at it.

    Args:
        recurrence: The algorithm.
        norm: The coordinates over which a sum over coordinates runs: a "tensor" (a leaf), or "all".

    Raises:
        ImportError: jax or optax is not installed.
        ValueError: The norm is another word, or the recurrence cannot be printed without a game.
    """
    instance("recurrence", recurrence, Recurrence, "a Recurrence", "take one of theory.algorithms")
    one_of("norm", norm, ("tensor", "all"))
    from online_sim.optimizers.optax_kernel import factory

    parameters = [as_argument(p, "learning_rate") for p in recurrence.parameters]
    arguments = {p.name: p for p in parameters}
    return factory(compile_rule(recurrence), arguments, together=norm == "all")
