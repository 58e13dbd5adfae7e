"""Figures 5 to 8 at their smallest: an MLP on MNIST, 16 optimizers, two grids of learning rates (tier 1)."""

from paper_checks.experiments.optimizers import ALL
from paper_checks.experiments.task import Task
from paper_checks.experiments.training import PAPER_GRID, WIDE_GRID, Training

EXPERIMENT = Training(
    "mlp_mnist",
    "Test loss and accuracy of 16 optimizers on a small network",
    "Figures 5 to 8, at a reduced size",
    "an MLP 784-128-64-10 on 10 000 images of MNIST, 12 epochs",
    task=Task(
        "MLP on MNIST", "mnist", "mlp", {"hidden": (128, 64)}, train=10_000, validation=10_000, epochs=12,
        decay_at=(4, 8), weight_decay=5e-4,
    ),
    contenders=ALL,
    grids={"paper": PAPER_GRID, "wide": WIDE_GRID},
    tuning_seeds=(100, 101),
    seeds=tuple(range(12)),
)  # fmt: skip
