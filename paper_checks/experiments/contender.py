"""An optimizer that takes part in an experiment: a recurrence, and the parameters that are not tuned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from theory.borders import one_of, settle
from theory.parameters import resolve
from theory.recurrence import Recurrence

if TYPE_CHECKING:
    import torch

NORMS = ("tensor", "group", "all")


@dataclass(frozen=True)
class Contender:
    """An optimizer whose learning rate is tuned.

    Args:
        name: The name in results and plots.
        recurrence: The algorithm.
        parameters: The parameters other than the learning rate; those not named take their defaults.
        norm: Over which coordinates its norms are taken, if it has any: "tensor", "group" or "all".
        decoupled: Whether weight decay is subtracted from the weights and not added to the gradient.
    """

    name: str
    recurrence: Recurrence
    parameters: Mapping[str, float] = field(default_factory=dict)
    norm: str = "tensor"
    decoupled: bool = False

    def __post_init__(self) -> None:
        """Check the parameters, and fill in the defaults."""
        one_of("norm", self.norm, NORMS)
        others = [p for p in self.recurrence.parameters if p.name != "alpha"]
        settle(self, parameters=MappingProxyType(resolve(others, self.parameters)))

    def optimizer(
        self, weights: Iterable[torch.nn.Parameter], *, rate: float, weight_decay: float = 0.0
    ) -> Any:
        """A torch optimizer of these weights."""
        from online_sim.optimizers import torch_optimizer

        made = torch_optimizer(self.recurrence, norm=self.norm)
        return made(
            weights, lr=rate, weight_decay=weight_decay, decoupled_weight_decay=self.decoupled,
            **self.parameters,
        )  # fmt: skip


def named(contenders: Iterable[Contender], name: str) -> Contender:
    """The contender with this name; the names of an experiment's contenders differ."""
    return next(c for c in contenders if c.name == name)
