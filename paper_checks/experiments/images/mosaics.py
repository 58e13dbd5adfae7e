"""A part of CIFAR as lossless pictures of 1 000 images each, with their labels in labels.npz."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from online_sim.streams.data_files import broken_file
from paper_checks.experiments.images.base import Labels, Pixels, check_labels
from paper_checks.experiments.images.folder import AGAIN, Folder

LABELS = "labels.npz"
SIDE = 32
TILES = (25, 40)
"""The rows and columns of images in a picture."""


def read_labels(folder: Folder) -> Mapping[str, NDArray[Any]]:
    """The arrays of labels.npz; ValueError if it is damaged."""
    raw = folder.read(LABELS)
    try:
        with np.load(io.BytesIO(raw), allow_pickle=False) as archive:
            return {key: archive[key] for key in archive.files}
    # A file that is not an archive may hold one array: hence AttributeError and TypeError.
    except (OSError, ValueError, EOFError, KeyError, AttributeError, TypeError, zipfile.BadZipFile,
            zlib.error, NotImplementedError) as error:  # fmt: skip
        raise broken_file(folder.path / LABELS, f"it is not an npz of labels ({error})", AGAIN) from None


def read_part(
    folder: Folder, prefix: str, labels: NDArray[Any] | None, classes: int
) -> tuple[tuple[Pixels, Labels], list[str]] | None:
    """Images with their labels and the files that hold them; None without either.

    Args:
        folder: Where the pictures are.
        prefix: The pictures are prefix_00.webp, prefix_01.webp, ...
        labels: The labels, or None.
        classes: The number of classes.

    Raises:
        ValueError: a picture is damaged, or there are not as many as the labels need.
    """
    there = sorted(file.name for file in folder.path.glob(f"{prefix}_*.webp"))
    if labels is None and not there:
        return None
    if labels is None:
        raise broken_file(folder.path / LABELS, f"it has no labels for {there[0]}", AGAIN)
    each = TILES[0] * TILES[1]
    if labels.ndim != 1 or labels.dtype.kind not in "iu" or not labels.size or labels.size % each:
        raise broken_file(
            folder.path / LABELS,
            f"the labels of {prefix} have the shape {labels.shape} and the type {labels.dtype}, expected a "
            f"list of whole numbers, {each} for each picture",
            AGAIN,
        )
    files = [f"{prefix}_{k:02d}.webp" for k in range(labels.size // each)]
    missing = [file for file in files if file not in there]
    if missing:
        raise broken_file(
            folder.path / missing[0], f"there is no such file, but {LABELS} has its labels", AGAIN
        )
    if len(there) > len(files):
        extra = next(file for file in there if file not in files)
        raise broken_file(folder.path / extra, f"{LABELS} has no labels for it", "remove it, or fetch both")
    images = np.concatenate([_tiles(folder, file) for file in files])
    numbers = check_labels(folder.path / LABELS, labels.astype(np.int64), classes, len(images))
    return (images, numbers), files


def _tiles(folder: Folder, name: str) -> Pixels:
    from PIL import Image

    rows, columns = TILES
    raw = folder.read(name)
    try:
        with Image.open(io.BytesIO(raw), formats=("WEBP",)) as picture:
            shape = (picture.height, picture.width)
            # Before unpacking: the header of a damaged file may ask for more memory than there is.
            pixels = np.asarray(picture.convert("RGB")) if shape == (rows * SIDE, columns * SIDE) else None
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        told = str(error) if str(error) and "BytesIO" not in str(error) else "its header is not one"
        raise broken_file(folder.path / name, f"it is not a WebP picture ({told})", AGAIN) from None
    if pixels is None:
        told = f"it has {shape[0]} x {shape[1]} pixels, expected {rows * SIDE} x {columns * SIDE}"
        raise broken_file(folder.path / name, told, AGAIN)
    tiles = pixels.reshape(rows, SIDE, columns, SIDE, 3).transpose(0, 2, 1, 3, 4)
    return tiles.reshape(-1, SIDE, SIDE, 3)
