"""Printed update rules and how they run on buckets of tensors; imported only where torch is wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from online_sim.engines.cache import load_source
from online_sim.engines.program import Reduction
from online_sim.engines.torch.tools_kernel import once
from online_sim.optimizers.rule import Decay, Rule, compile_rule, transformed
from online_sim.optimizers.source import print_rule
from online_sim.optimizers.tensors_kernel import wide
from theory.recurrence import Recurrence

HALF = (torch.float16, torch.bfloat16)
"""The precisions whose states and arithmetic are float32: squares of small gradients underflow in them."""
WORKING = {
    **dict.fromkeys(HALF, torch.float32),
    torch.complex32: torch.float32,
    torch.complex64: torch.float32,
    torch.complex128: torch.float64,
}
"""The precision of the states of a parameter, where it is not the parameter's own."""


@dataclass(frozen=True)
class Printed:
    """The functions of one rule; see `online_sim.optimizers.source`.

    Args:
        rule: The rule.
        update: The update of a bucket, or the generator of it.
        numbers: The early scalars as floats.
        number_tensors: The early scalars as tensors.
        initial: The states before round 1.
        shared: Whether `update` is a generator.
    """

    rule: Rule
    update: Callable[..., Any]
    numbers: Callable[..., list[float]]
    number_tensors: Callable[..., list[Tensor]]
    initial: Callable[..., list[float]]
    shared: bool


@lru_cache(maxsize=256)
def printed(
    recurrence: Recurrence, decay: Decay, *, ascent: bool, foreach: bool, uniform: bool, shared: bool
) -> Printed:
    """The rule of a recurrence in one form; see `print_rule`."""
    rule = compile_rule(transformed(recurrence, decay, ascent=ascent))
    sums = [r for one in rule.passes for r in one.reductions if r.how is not Reduction.GROUP]
    together = shared and bool(sums)
    text = print_rule(rule, foreach=foreach, uniform=uniform, shared=together)
    names = load_source(text, prefix="optimizer")
    return Printed(rule, names.update, names.numbers, names.number_tensors, names.initial, together)


def working(tensor: Tensor) -> torch.dtype:
    """The real precision in which a parameter is updated: its own, at least float32."""
    return WORKING.get(tensor.dtype, tensor.dtype)


def as_real(tensor: Tensor) -> Tensor:
    """The tensor itself, or a view of a complex one with its real and imaginary parts as coordinates."""
    return torch.view_as_real(tensor) if tensor.is_complex() else tensor


Result = tuple[list[Tensor], float, list[list[Tensor]]]
"""u_t, the number that multiplies it, and the new states."""


@dataclass
class Bucket:
    """Tensors of one group that are updated by one call: of one device, one precision and one round.

    Args:
        scope: Buckets of one scope share their sums.
        parameters: The parameter tensors.
        states: The state of each.
        steps: The number of each one's rounds, this one included.
    """

    scope: object
    printed: Printed
    parameters: list[Tensor]
    states: list[dict[str, Any]]
    steps: list[Tensor]

    def arguments(
        self, values: Mapping[str, Any], loss: Any, *, uniform: bool, keep: bool
    ) -> tuple[Any, ...]:
        """What the printed update takes.

        values: the parameters; loss: its value, or None; uniform: whether early scalars are floats; keep:
        whether the points are copied, because a derivative will need those that the step overwrites.
        """
        rule, first = self.printed.rule, self.parameters[0]
        real, device = working(first), first.device
        points = [as_real(p) for p in self.parameters]
        gradients = [as_real(p.grad) for p in self.parameters if p.grad is not None]
        if points[0].dtype != real:
            points = [p.to(real) for p in points] if rule.reads_point else points
            gradients = [g.to(real) for g in gradients]
        elif keep and rule.reads_point:
            points = [p.clone() for p in points]
        losses = [torch.as_tensor(loss, device=device).to(real)] * len(points) if rule.reads_loss else []
        own = [[state[key] for state in self.states] for key in rule.keys]
        given = [values[name] for name in rule.parameters]
        columns: Sequence[Any]
        if uniform:
            columns = self.printed.numbers(float(self.steps[0]), *given)
        else:
            columns = self.columns(given, real, device)
        return points, gradients, losses, own, columns, real

    def columns(self, given: list[Any], real: torch.dtype, device: torch.device) -> list[list[Tensor]]:
        """Each early scalar as a list, one tensor for each parameter; no number is read from the device."""
        dtype = wide(device)
        numbers = [
            value.to(device=device, dtype=dtype).reshape(())
            if isinstance(value, Tensor)
            else torch.full((), value, dtype=dtype, device=device)
            for value in given
        ]
        steps = torch.stack([step.to(device=device, dtype=dtype) for step in self.steps])
        found = [c.to(real) for c in self.printed.number_tensors(steps, *numbers)]
        if torch.compiler.is_compiling():
            found = [once(c) for c in found]
        return [list(c.expand(len(self.steps)).unbind()) for c in found]

    def write(self, result: Result, *, foreach: bool, replace: bool) -> None:
        """Overwrite the states, or replace them where a derivative will need the old ones; move the point."""
        update, number, new = result
        for key, values in zip(self.printed.rule.keys, new, strict=True):
            if replace:
                for state, value in zip(self.states, values, strict=True):
                    state[key] = value.clone()
            elif values[0] is self.states[0][key]:
                continue  # the printed update has overwritten it
            elif foreach:
                torch._foreach_copy_([state[key] for state in self.states], values)
            else:
                for state, value in zip(self.states, values, strict=True):
                    state[key].copy_(value)
        points = [as_real(p) for p in self.parameters]
        if foreach:
            torch._foreach_add_(points, update, alpha=number)
        else:
            for point, u in zip(points, update, strict=True):
                point.add_(u, alpha=number)


def run(buckets: Iterable[tuple[Bucket, Any]]) -> list[tuple[Bucket, Result]]:
    """The updates of all buckets; those that share their sums advance from one sum to the next together."""
    done: list[tuple[Bucket, Result]] = []
    waiting = []
    for bucket, arguments in buckets:
        found = bucket.printed.update(*arguments)
        if bucket.printed.shared:
            waiting.append((bucket, found, next(found)))
        else:
            done.append((bucket, found))
    while waiting:
        scopes: dict[object, list[list[tuple[bool, list[Tensor]]]]] = {}
        for bucket, _, sums in waiting:
            scopes.setdefault(bucket.scope, []).append(sums)
        totals = {
            scope: [_total(parts) for parts in zip(*lists, strict=True)] for scope, lists in scopes.items()
        }
        still = []
        for bucket, rounds, _ in waiting:
            first, number = bucket.parameters[0], len(bucket.parameters)
            own = [[total.to(first.device, working(first))] * number for total in totals[bucket.scope]]
            try:
                still.append((bucket, rounds, rounds.send(own)))
            except StopIteration as end:
                done.append((bucket, end.value))
        waiting = still
    return done


def _total(parts: Sequence[tuple[bool, list[Tensor]]]) -> Tensor:
    """The sum or the maximum of the numbers of many tensors, in the widest precision of a device."""
    device = parts[0][1][0].device
    numbers = torch.stack([u.to(device, wide(device)) for _, own in parts for u in own])
    return torch.amax(numbers) if parts[0][0] else torch.sum(numbers)
