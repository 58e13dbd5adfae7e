"""A data set of images: what a loader returns, and where its files are looked for."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from online_sim.streams.data_files import broken_file

Pixels = NDArray[np.uint8]
Labels = NDArray[np.int64]


class MissingData(ValueError):
    """A data set is not there; the message names the files that are expected."""


@dataclass(frozen=True)
class Images:
    """A data set.

    Args:
        name: Its name.
        folder: Where it was found.
        train: The training images (n, height, width, channels) and labels (n,), or None without any.
        test: The test images and labels.
        compared: The files whose sha256 is the one that the folder's PROVENANCE.txt states.
        whole: The files of the whole data set in words, if these images may be a part of it.
    """

    name: str
    folder: Path
    train: tuple[Pixels, Labels] | None
    test: tuple[Pixels, Labels]
    compared: tuple[str, ...] = ()
    whole: str = ""

    def __post_init__(self) -> None:
        """Make the arrays read-only: every reader of a data set gets the same ones."""
        for array in (*(self.train or ()), *self.test):
            array.setflags(write=False)

    def training(self) -> tuple[Pixels, Labels]:
        """The training images and labels; MissingData without any."""
        if self.train is None:
            raise MissingData(
                f"{self.name} in {self.folder} holds test images only; for the training images put there "
                f"{self.whole or 'the files that `regretcheck data` names'}"
            )
        return self.train

    def testing(self) -> tuple[Pixels, Labels]:
        """The test images and labels."""
        return self.test

    def moments(self, chosen: NDArray[np.int64]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The mean and the standard deviation of each channel of training images, on the scale [0, 1]."""
        pixels = self.training()[0][chosen].astype(np.float64) / 255
        axes = (0, 1, 2)
        return pixels.mean(axis=axes).astype(np.float32), pixels.std(axis=axes).astype(np.float32)

    @property
    def sha256(self) -> str:
        """A hash of all pixels and labels, whatever the format of the files."""
        found = hashlib.sha256()
        for images, labels in filter(None, (self.train, self.test)):
            found.update(repr(images.shape).encode())
            found.update(np.ascontiguousarray(images).tobytes())
            found.update(labels.astype("<i8").tobytes())
        return found.hexdigest()


def check_labels(path: Path, labels: Labels, classes: int, count: int) -> Labels:
    """The labels; ValueError where their number or their range is wrong."""
    if len(labels) != count:
        raise broken_file(path, f"it holds {len(labels)} labels, expected {count}", "fetch the file again")
    wrong = np.flatnonzero((labels < 0) | (labels >= classes))
    if wrong.size:
        told = f"label {wrong[0]} is {labels[wrong[0]]}, expected 0 to {classes - 1}"
        raise broken_file(path, told, "fetch the file again")
    return labels
