"""Figure 3 and section 2.4: the noise of the gradient of an MLP on MNIST, for SGD, Adam and AdaL.

The paper states neither the network nor where in training the noise was measured. AdaL trains, as its
section 2.3 computes it; 400 minibatches are drawn at each of four points.
"""

from paper_checks.experiments import optimizers
from paper_checks.experiments.noise import Noise
from paper_checks.experiments.task import Task

EXPERIMENT = Noise(
    "fig3",
    "The noise of the gradient as SGD, Adam and AdaL see it",
    "Figure 3 and section 2.4",
    "an MLP 784-128-64-10 on 10 000 images of MNIST, 400 minibatches of 128 after 0, 1, 4 and 8 epochs",
    task=Task(
        "MLP on MNIST", "mnist", "mlp", {"hidden": (128, 64)}, train=10_000, validation=10_000, epochs=8
    ),
    trainer=optimizers.ADAL,
    rate=0.001,
    measured=(optimizers.ADAM_CONTENDER, optimizers.ADAL),
    epochs=(0, 1, 4, 8),
    seeds=(0, 1, 2, 3, 4),
)
