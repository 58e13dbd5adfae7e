"""Figure 1: the l1 norm of the gradient of each tensor of an MLP on MNIST."""

from paper_checks.experiments.norms import Norms
from paper_checks.experiments.optimizers import ADAL, ADAL_GLOBAL, ADAM_CONTENDER, SGDM
from paper_checks.experiments.task import Task
from paper_checks.experiments.training import PAPER_GRID

EXPERIMENT = Norms(
    "fig1",
    "The l1 norm of the gradients of an MLP during training",
    "Figure 1 and section 2.3",
    "an MLP 784-128-64-10 on 20 000 images of MNIST, 12 epochs, rate x0.1 at epochs 4 and 8",
    task=Task(
        "MLP on MNIST", "mnist", "mlp", {"hidden": (128, 64)}, train=20_000, validation=2_000, epochs=12,
        decay_at=(4, 8), weight_decay=5e-4,
    ),
    contenders=(ADAL, ADAL_GLOBAL, ADAM_CONTENDER, SGDM),
    rates=PAPER_GRID,
    seeds=(0, 1, 2, 3, 4),
)  # fmt: skip
