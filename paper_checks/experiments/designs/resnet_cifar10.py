"""Figure 5 at a size for two processors: a small ResNet on 8 000 images of CIFAR-10 (tier 2)."""

from paper_checks.experiments.optimizers import ADAL, NAMED, SGDM
from paper_checks.experiments.task import Task
from paper_checks.experiments.training import WIDE_GRID, Training

EXPERIMENT = Training(
    "resnet_cifar10",
    "Test loss and accuracy of AdaL and its baselines on a small residual network",
    "Figure 5, at a reduced size",
    "a ResNet with blocks [1, 1, 1, 1] of width 16 on 8 000 images of CIFAR-10, 15 epochs",
    task=Task(
        "small ResNet on CIFAR-10", "cifar10", "resnet", {"blocks": (1, 1, 1, 1), "width": 16},
        train=8_000, validation=2_000, epochs=15, decay_at=(5, 10), weight_decay=5e-4, augment=True,
    ),
    contenders=(ADAL, *NAMED, SGDM),
    grids={"paper": (0.01, 0.001, 0.0001), "wide": WIDE_GRID[1:]},
    tuning_seeds=(100,),
    seeds=(0, 1, 2, 3, 4),
    tuning_epochs=5,
)  # fmt: skip
