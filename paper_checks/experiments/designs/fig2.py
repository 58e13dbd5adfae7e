"""Figure 2: the l1 norm of the gradient of each tensor of a residual network on CIFAR-10, at a small size."""

from paper_checks.experiments.norms import Norms
from paper_checks.experiments.optimizers import ADAL, ADAM_CONTENDER
from paper_checks.experiments.task import Task

EXPERIMENT = Norms(
    "fig2",
    "The l1 norm of the gradients of a residual network during training",
    "Figure 2 and sections 2.3 and 3.3",
    "a ResNet with blocks [1, 1, 1, 1] of width 8 on 4 000 images of CIFAR-10, 6 epochs without decay",
    task=Task(
        "small ResNet on CIFAR-10", "cifar10", "resnet", {"blocks": (1, 1, 1, 1), "width": 8}, train=4_000,
        validation=500, epochs=6, weight_decay=5e-4,
    ),
    contenders=(ADAL, ADAM_CONTENDER),
    rates=(0.01, 0.001),
    seeds=(0, 1, 2, 3, 4),
)  # fmt: skip
