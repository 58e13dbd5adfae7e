"""AdaL as an optimizer of torch modules: ``AdaL(model.parameters(), lr=1e-3)``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, final

from online_sim.optimizers.optimizer_kernel import RecurrenceOptimizer
from theory.algorithms.adal import adal

if TYPE_CHECKING:
    from torch.optim.optimizer import ParamsT

    from theory.recurrence import Recurrence


@final
class AdaL(RecurrenceOptimizer):
    """AdaL (Algorithm 1 of its paper) in torch's conventions; printed from `theory.algorithms.adal`.

    Coupled weight decay enters before the norm: g + weight_decay x takes the place of the gradient g, so the
    step is scaled by ||g + weight_decay x||_1.

    Args:
        params: The tensors to train, or groups of them.
        lr: The step size alpha, a number or a tensor of one element.
        betas: The decays of the two moments.
        eps: Epsilon.
        weight_decay: The weight decay.
        norm: The coordinates over which ||g||_1 runs: a "tensor" (the paper's layers), a "group" of tensors,
            or "all" tensors of the optimizer.
        eps_mode: Where epsilon is added: "printed" is the paper's place, "adam" is Adam's; see
            `theory.algorithms.adal.adal`.
        decoupled_weight_decay: Whether weight decay shrinks the point, as in AdamW, and leaves the gradient.
        schedule: "constant", or "sqrt" for lr/sqrt(t) as in the paper's theorems.
        foreach: Whether one call computes an operation for all tensors; None: where it can.
        maximize: Whether to climb.
        capturable: Whether no number is read from the device, for CUDA graphs.
        differentiable: Whether the step itself has a derivative.

    Raises:
        ValueError: A value is out of its range, or two options exclude each other.
    """

    def __init__(
        self,
        params: ParamsT,
        lr: Any = 1e-3,
        betas: tuple[Any, Any] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        *,
        norm: str = "tensor",
        eps_mode: str = "printed",
        decoupled_weight_decay: bool = False,
        schedule: str = "constant",
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        """See the class."""
        super().__init__(
            params,
            {
                "lr": lr,
                "betas": betas,
                "eps": eps,
                "weight_decay": weight_decay,
                "norm": norm,
                "eps_mode": eps_mode,
                "decoupled_weight_decay": decoupled_weight_decay,
                "schedule": schedule,
                "foreach": foreach,
                "maximize": maximize,
                "capturable": capturable,
                "differentiable": differentiable,
            },
        )

    def variant_of(self, group: Mapping[str, Any]) -> tuple[str, ...]:
        """Where epsilon is added, and the schedule."""
        return group["eps_mode"], group["schedule"]

    def recurrence_of(self, variant: tuple[str, ...]) -> Recurrence:
        """The variant of AdaL."""
        eps_mode, schedule = variant
        return adal(eps_mode=eps_mode, schedule=schedule)

    def values_of(self, group: Mapping[str, Any]) -> dict[str, Any]:
        """Its parameters, the two of `betas` among them."""
        betas = group["betas"]
        if not isinstance(betas, tuple | list) or len(betas) != 2:
            raise ValueError(f"`betas` must be two numbers, got {betas!r}; write betas=(0.9, 0.999)")
        return {"alpha": group["lr"], "beta1": betas[0], "beta2": betas[1], "eps": group["eps"]}
