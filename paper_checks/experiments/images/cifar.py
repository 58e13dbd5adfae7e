"""CIFAR-10 and CIFAR-100 (Krizhevsky 2009): the binary version, or lossless mosaics of a part of them.

The authors' Python version is pickled, and reading a pickle runs code: it is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from paper_checks.experiments.images.base import Images, Labels, MissingData, Pixels, check_labels

SIDE = 32
PIXELS = 3 * SIDE * SIDE
TILES = (25, 40)
"""The rows and columns of images in a mosaic."""


@dataclass(frozen=True)
class Layout:
    """The files of one of the two data sets.

    Args:
        train: The binary files of the training images.
        test: Those of the test images.
        labels: The number of bytes of labels before an image; the last of them counts.
        classes: The number of classes.
        mosaics: The patterns of the mosaics of training and test images, and the names of their labels.
        pickled: A file by which the Python version is known.
    """

    train: tuple[str, ...]
    test: tuple[str, ...]
    labels: int
    classes: int
    mosaics: tuple[tuple[str, str], ...]
    pickled: str

    @property
    def expected(self) -> str:
        """What a folder must hold, in words."""
        return f"{', '.join((*self.train, *self.test))} (the binary version)"


LAYOUTS = {
    "cifar10": Layout(
        tuple(f"data_batch_{k}.bin" for k in range(1, 6)), ("test_batch.bin",), 1, 10,
        (("train_*.webp", "train"), ("test_*.webp", "test")), "data_batch_1",
    ),
    "cifar100": Layout(
        ("train.bin",), ("test.bin",), 2, 100, (("train_*.webp", "train"), ("images_*.webp", "fine")),
        "train",
    ),
}  # fmt: skip


def read(name: str, folder: Path) -> Images:
    """One of the two data sets in a folder.

    Raises:
        MissingData: no file of it is there.
        ValueError: a file is damaged, or only the pickled version is there.
    """
    layout = LAYOUTS[name]
    if all((folder / file).is_file() for file in (*layout.train, *layout.test)):
        return Images(
            name, folder, _binary(layout, folder, layout.train), _binary(layout, folder, layout.test)
        )
    if (folder / "labels.npz").is_file():
        return _mosaics(name, layout, folder)
    if (folder / layout.pickled).is_file():
        raise ValueError(
            f"{folder} holds the Python version of {name}, which is pickled; put the binary version there: "
            f"{layout.expected}"
        )
    raise MissingData(f"there is no {name} in {folder}; expected are {layout.expected}")


def _binary(layout: Layout, folder: Path, names: Sequence[str]) -> tuple[Pixels, Labels]:
    images, labels = [], []
    for name in names:
        raw = np.fromfile(folder / name, np.uint8)
        length = layout.labels + PIXELS
        if not raw.size or raw.size % length:
            raise ValueError(
                f"{folder / name} has {raw.size} bytes, which is not a number of images of {length} bytes; "
                f"fetch the file again"
            )
        rows = raw.reshape(-1, length)
        found = rows[:, layout.labels - 1].astype(np.int64)
        labels.append(check_labels(folder / name, found, layout.classes, len(rows)))
        images.append(rows[:, layout.labels :].reshape(-1, 3, SIDE, SIDE).transpose(0, 2, 3, 1))
    return np.concatenate(images), np.concatenate(labels)


def _mosaics(name: str, layout: Layout, folder: Path) -> Images:
    """Images as tiles of lossless pictures; training images may be absent."""
    path = folder / "labels.npz"
    try:
        with np.load(path, allow_pickle=False) as archive:
            labels = {key: archive[key] for key in archive.files}
    except (OSError, ValueError) as error:
        raise ValueError(f"{path} cannot be read ({error}); fetch the file again") from None
    parts: list[tuple[Pixels, Labels] | None] = []
    for pattern, key in layout.mosaics:
        files = sorted(folder.glob(pattern))
        if not files or key not in labels:
            parts.append(None)
            continue
        images = np.concatenate([_tiles(file) for file in files])
        found = check_labels(path, labels[key].astype(np.int64), layout.classes, len(images))
        parts.append((images, found))
    train, test = parts
    if test is None:
        raise MissingData(f"there are no test images in {folder}; expected are {layout.expected}")
    return Images(name, folder, train, test)


def _tiles(path: Path) -> Pixels:
    from PIL import Image, UnidentifiedImageError

    rows, columns = TILES
    try:
        with Image.open(path) as picture:
            pixels = np.asarray(picture.convert("RGB"))
    except (OSError, UnidentifiedImageError) as error:
        raise ValueError(f"{path} cannot be read ({error}); fetch the file again") from None
    if pixels.shape != (rows * SIDE, columns * SIDE, 3):
        raise ValueError(
            f"{path} has the shape {pixels.shape}, expected {(rows * SIDE, columns * SIDE, 3)}; "
            f"fetch the file again"
        )
    tiles = pixels.reshape(rows, SIDE, columns, SIDE, 3).transpose(0, 2, 1, 3, 4)
    return tiles.reshape(-1, SIDE, SIDE, 3)
