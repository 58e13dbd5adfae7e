"""What a network is trained on: the data, the network and the schedule that all contenders share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from theory.borders import settle

SHUFFLE = 20_210_101
"""The seed of the order in which training images are divided: the same for every run."""


@dataclass(frozen=True)
class Task:
    """A network trained on images.

    Args:
        name: For sentences, such as "MLP on MNIST".
        images: The data set.
        network: The network's name.
        arguments: The network's arguments, such as its width.
        train: The number of training images, drawn once for all runs.
        validation: The number of images held back from training, by which learning rates are chosen.
        epochs: The passes over the training images.
        decay_at: The epochs (from 0) before which the learning rate is multiplied by `decay`.
        decay: The factor.
        batch: The size of a minibatch.
        weight_decay: The factor of the weight decay.
        augment: Whether training images are cropped and flipped at random.
        precision: "float32", or "bfloat16" for the forward and backward passes on a GPU.
    """

    name: str
    images: str
    network: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    train: int = 10_000
    validation: int = 5_000
    epochs: int = 12
    decay_at: tuple[int, ...] = ()
    decay: float = 0.1
    batch: int = 128
    weight_decay: float = 0.0
    augment: bool = False
    precision: str = "float32"

    def __post_init__(self) -> None:
        """Check the numbers."""
        settle(self, arguments=MappingProxyType(dict(self.arguments)))
        for name in ("train", "validation", "epochs", "batch"):
            if getattr(self, name) < 1:
                raise ValueError(f"`{name}` = {getattr(self, name)} must be at least 1")
        if self.batch > self.train:
            raise ValueError(f"`batch` = {self.batch} exceeds `train` = {self.train}; take a smaller batch")
        if self.precision not in {"float32", "bfloat16"}:
            raise ValueError(f"`precision` = {self.precision!r} is unknown; take float32 or bfloat16")

    @property
    def steps(self) -> int:
        """The number of steps in an epoch; the last partial minibatch is left out."""
        return self.train // self.batch

    def rate(self, epoch: int) -> float:
        """The factor of the learning rate in an epoch (from 0)."""
        return float(self.decay ** sum(epoch >= at for at in self.decay_at))
