"""Figures 5 to 8 with the paper's networks, each one command on a GPU (tier 3).

`fig5` and `fig7` train on 10 000 images of CIFAR-10; the `_whole` experiments need the whole data sets
(`regretcheck data` says which files) and have the paper's size. Learning rates are tuned at a third of the
length, before the first decay. The paper states no batch normalisation, augmentation or seeds: the networks
are the usual ones, images are cropped and flipped.
"""

from paper_checks.experiments.optimizers import ADAL, NAMED
from paper_checks.experiments.task import Task
from paper_checks.experiments.training import PAPER_GRID, Training

NETWORKS = {"ResNet-34": "resnet", "DenseNet-121": "densenet"}
IMAGES = {"CIFAR-10": ("cifar10", 10), "CIFAR-100": ("cifar100", 100)}


def figure(number: int, network: str, images: str, *, train: int, validation: int, whole: bool) -> Training:
    """One figure of the paper: four optimizers, three seeds, 150 epochs."""
    name, classes = IMAGES[images]
    return Training(
        f"fig{number}_whole" if whole else f"fig{number}",
        f"Learning curves of {network} on {images}",
        f"Figure {number}",
        f"{network} on {train} images of {images}, 150 epochs",
        task=Task(
            f"{network} on {images}", name, NETWORKS[network], {"classes": classes}, train=train,
            validation=validation, epochs=150, decay_at=(50, 100), weight_decay=5e-4, augment=True,
            precision="bfloat16",
        ),
        contenders=(ADAL, *NAMED),
        grids={"paper": PAPER_GRID},
        tuning_seeds=(100,),
        seeds=(0, 1, 2),
        tuning_epochs=50,
        reduced=not whole,
    )  # fmt: skip


SHOWN = (
    (5, "ResNet-34", "CIFAR-10"), (6, "ResNet-34", "CIFAR-100"), (7, "DenseNet-121", "CIFAR-10"),
    (8, "DenseNet-121", "CIFAR-100"),
)  # fmt: skip
EXPERIMENTS = (
    *(
        figure(n, network, images, train=9_000, validation=1_000, whole=False)
        for n, network, images in SHOWN
        if images == "CIFAR-10"
    ),
    *(figure(n, network, images, train=45_000, validation=5_000, whole=True) for n, network, images in SHOWN),
)
