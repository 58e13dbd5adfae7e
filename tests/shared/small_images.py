"""A data set that a network learns in a second: three classes of noisy 4 x 4 images."""

from pathlib import Path

import numpy as np

from paper_checks.experiments.images.base import Images


def blobs() -> Images:
    """256 training and 100 test images around three centres."""
    rng = np.random.default_rng(0)
    centres = rng.integers(60, 200, (3, 4, 4, 1))

    def part(count):
        labels = rng.integers(0, 3, count)
        noise = rng.normal(0, 40, (count, 4, 4, 1))
        return np.clip(centres[labels] + noise, 0, 255).astype(np.uint8), labels.astype(np.int64)

    return Images("blobs", Path("nowhere"), part(256), part(100))
