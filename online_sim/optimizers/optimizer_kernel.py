"""The base of the torch optimizers; imported only where torch is wanted."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

try:
    import torch
except ImportError:
    raise ImportError(
        "an optimizer of torch needs the library torch, which is not installed here; "
        "run `pip install regretcheck[torch]`"
    ) from None
from torch import Tensor
from torch.optim.optimizer import Optimizer, ParamsT

from online_sim.optimizers.printed_kernel import Bucket, Printed, as_real, printed, run, working
from online_sim.optimizers.rule import NORMS, Decay, as_argument, keeps_gradient, owns_decay
from online_sim.optimizers.tensors_kernel import wide
from theory.algorithms.weight_decay import DECAY
from theory.borders import flag, one_of
from theory.parameters import Parameter
from theory.recurrence import Recurrence

FLAGS = ("decoupled_weight_decay", "maximize", "capturable", "differentiable")
OPTIONS: dict[str, Any] = {
    "weight_decay": 0.0,
    "decoupled_weight_decay": False,
    "norm": "tensor",
    "foreach": None,
    "maximize": False,
    "capturable": False,
    "differentiable": False,
}
"""The options that every optimizer has, with their defaults."""


class RecurrenceOptimizer(Optimizer, ABC):
    """An optimizer whose step is a recurrence without a set.

    A parameter tensor p has the state `state[p]`: its rounds so far, `step`, and the recurrence's states by
    their names. A gradient is read and never written.

    Args:
        params: The tensors, or groups of them, as for any optimizer of torch.
        defaults: The options and parameters of a group that gives no other ones.

    Raises:
        ValueError: A value is out of its range, or two options exclude each other.
    """

    made: ClassVar[dict[object, Printed]]
    """The functions that steps of this class have used, so that a compiled step finds them."""

    def __init_subclass__(cls) -> None:
        cls.made = {}

    def __init__(self, params: ParamsT, defaults: dict[str, Any]) -> None:
        self._check(defaults)
        super().__init__(params, defaults)

    @abstractmethod
    def variant_of(self, group: Mapping[str, Any]) -> tuple[str, ...]:
        """The choices of a group among variants of the algorithm."""

    @abstractmethod
    def recurrence_of(self, variant: tuple[str, ...]) -> Recurrence:
        """The variant of the algorithm."""

    @abstractmethod
    def values_of(self, group: Mapping[str, Any]) -> dict[str, Any]:
        """The value of each of its parameters by name: numbers, or tensors of one element."""

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add a group of tensors, whose keys override the defaults.

        Args:
            param_group: Its tensors under `params`, and what differs from the defaults.

        Raises:
            ValueError: A value is out of its range, or two options exclude each other.
        """
        self._check({**self.defaults, **param_group})
        super().add_param_group(param_group)

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """One round: every tensor with a gradient moves.

        Args:
            closure: Computes the loss anew, with its gradients; the step returns what it returns.

        Raises:
            RuntimeError: A gradient is sparse.
            ValueError: The recurrence looks at the loss and there is no closure.
        """
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        before = torch.is_grad_enabled()
        torch.set_grad_enabled(bool(self.defaults["differentiable"]))
        try:
            self._advance(loss)
        finally:
            torch.set_grad_enabled(before)
        return loss

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Load the states and options of another optimizer of the same recurrence.

        torch's own rule gives every state the precision of its parameter; here those of half precision stay
        float32, and scalars float64.

        Args:
            state_dict: What `state_dict` returned.
        """
        seen = [state_dict]
        last = self.register_load_state_dict_pre_hook(lambda _, given: seen.append(given))
        try:
            super().load_state_dict(state_dict)
        finally:
            last.remove()
        saved = [number for group in seen[-1]["param_groups"] for number in group["params"]]
        own = [(group, p) for group in self.param_groups for p in group["params"]]
        for number, (group, p) in zip(saved, own, strict=True):
            rule = self._printed(group, self._values(group)).rule
            vectors = dict(zip(rule.keys, (one.vector for one in rule.states), strict=True))
            for key, value in seen[-1]["state"].get(number, {}).items():
                if key in vectors:
                    dtype = working(p) if vectors[key] else wide(p.device)
                    self.state[p][key] = value.detach().clone().to(device=p.device, dtype=dtype)

    # -- one round ------------------------------------------------------------------------------------

    def _advance(self, loss: Any) -> None:
        found = []
        for number, group in enumerate(self.param_groups):
            values = self._values(group)
            uniform = _is_uniform(group, values)
            for bucket in self._buckets(number, group, values):
                if bucket.printed.rule.reads_loss and loss is None:
                    raise ValueError(
                        f"`closure` is missing: {bucket.printed.rule.name} looks at the loss; "
                        f"call step(closure) with a function that computes it and its gradients"
                    )
                arguments = bucket.arguments(values, loss, uniform=uniform, keep=group["differentiable"])
                found.append((group, bucket, arguments))
        results = run((bucket, arguments) for _, bucket, arguments in found)
        groups = {id(bucket): group for group, bucket, _ in found}
        for bucket, result in results:
            group = groups[id(bucket)]
            bucket.write(result, foreach=_foreach(group), replace=group["differentiable"])

    def _values(self, group: Mapping[str, Any]) -> dict[str, Any]:
        """The value of each parameter of the recurrence, and the weight decay."""
        values = {**self.values_of(group), DECAY.name: group["weight_decay"]}
        return {name: v if isinstance(v, Tensor) else float(v) for name, v in values.items()}

    def _buckets(self, number: int, group: dict[str, Any], values: Mapping[str, Any]) -> list[Bucket]:
        """The tensors of a group that have a gradient, their states made if new, their rounds counted."""
        functions = self._printed(group, values)
        scope = {"group": number}.get(group["norm"], group["norm"])
        found: dict[object, Bucket] = {}
        for p in group["params"]:
            if p.grad is None:
                continue
            if p.grad.layout is not torch.strided:
                raise RuntimeError(
                    f"{type(self).__name__} does not support sparse gradients; "
                    f"make the layer's gradient dense, for example with sparse=False"
                )
            state = self.state[p]
            if not state:
                self._begin(p, state, group, functions, values)
            state["step"] += 1
            read = not (group["capturable"] or torch.compiler.is_compiling())
            key = (p.device, p.dtype, float(state["step"]) if read else None)
            if key not in found:
                found[key] = Bucket(scope, functions, [], [], [])
            found[key].parameters.append(p)
            found[key].states.append(state)
            found[key].steps.append(state["step"])
        return list(found.values())

    @torch.compiler.disable
    def _begin(
        self, p: Tensor, state: dict[str, Any], group: dict[str, Any], functions: Printed, values: Any
    ) -> None:
        """The state before round 1."""
        dtype = torch.float64 if torch.get_default_dtype() == torch.float64 else torch.float32
        device = p.device if group["capturable"] else "cpu"
        state["step"] = torch.zeros((), dtype=dtype, device=device)
        rule = functions.rule
        numbers = [_plain(values[name]) for name in rule.parameters]
        initial = functions.initial(*numbers)
        for key, one, value in zip(rule.keys, rule.states, initial, strict=True):
            if one.vector:
                state[key] = torch.full_like(
                    as_real(p), value, dtype=working(p), memory_format=torch.preserve_format
                )
            else:
                state[key] = torch.full((), value, dtype=wide(p.device), device=p.device)

    def _printed(self, group: dict[str, Any], values: Mapping[str, Any]) -> Printed:
        decay = group["weight_decay"]
        key = (
            self.variant_of(group),
            not isinstance(decay, Tensor) and decay == 0,
            group["decoupled_weight_decay"],
            group["maximize"],
            _foreach(group),
            _is_uniform(group, values),
            group["norm"] != "tensor",
        )
        found = self.made.get(key)
        return self._print(*key) if found is None else found

    @torch.compiler.disable
    def _print(
        self,
        variant: tuple[str, ...],
        idle: bool,
        decoupled: bool,
        ascent: bool,
        foreach: bool,
        uniform: bool,
        shared: bool,
    ) -> Printed:
        """The functions for the options that decide about them, kept for the next step."""
        recurrence = self.recurrence_of(variant)
        # A state that holds the gradient must hold the decayed one from the first round on.
        if owns_decay(recurrence) or (idle and not keeps_gradient(recurrence)):
            decay = Decay.NONE
        else:
            decay = Decay.DECOUPLED if decoupled else Decay.COUPLED
        for one in (True, False):  # a compiled step takes tensors: it finds them after a step that was not
            self.made[variant, idle, decoupled, ascent, foreach, one, shared] = printed(
                recurrence, decay, ascent=ascent, foreach=foreach, uniform=one, shared=shared
            )
        return self.made[variant, idle, decoupled, ascent, foreach, uniform, shared]

    def _check(self, group: Mapping[str, Any]) -> None:
        """Refuse values out of range and options that exclude each other."""
        one_of("norm", group["norm"], NORMS)
        for name in FLAGS:
            flag(name, group[name])
        if group["foreach"] is not None:
            flag("foreach", group["foreach"])
        if group["foreach"] and group["differentiable"]:
            raise ValueError(
                "`foreach` = True cannot be differentiated; leave it out, or differentiable=False"
            )
        recurrence, values = self.recurrence_of(self.variant_of(group)), self.values_of(group)
        for parameter in recurrence.parameters:
            spelled = as_argument(parameter)
            spelled.validate(_number(spelled, values[parameter.name]))
        DECAY.validate(_number(DECAY, group["weight_decay"]))
        if owns_decay(recurrence) and group["decoupled_weight_decay"]:
            raise ValueError(
                f"`decoupled_weight_decay` = True: {recurrence.name} has its own `weight_decay`; leave it out"
            )


def _plain(value: Any) -> Any:
    """The number that a tensor of one element holds; any other value as it is."""
    return value.detach().item() if isinstance(value, Tensor) else value


def _number(parameter: Parameter, value: Any) -> Any:
    """The number given for a parameter."""
    if isinstance(value, Tensor) and value.numel() != 1:
        raise ValueError(f"`{parameter.name}` is a tensor of {value.numel()} elements; give one of 1 element")
    return _plain(value)


def _foreach(group: Mapping[str, Any]) -> bool:
    return not group["differentiable"] if group["foreach"] is None else bool(group["foreach"])


def _is_uniform(group: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """Whether the early scalars of a group are Python floats."""
    tensors = any(isinstance(value, Tensor) for value in values.values())
    return not group["capturable"] and not tensors and not torch.compiler.is_compiling()
