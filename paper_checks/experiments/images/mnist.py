"""MNIST (LeCun, Cortes and Burges): four IDX files, gzipped or not."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from paper_checks.experiments.images.base import Images, MissingData, check_labels

FILES = (
    "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte",
)  # fmt: skip
EXPECTED = f"{', '.join(FILES)} (each also with .gz)"
IDX_BYTES = 0x08


def read(name: str, folder: Path) -> Images:
    """MNIST in a folder.

    Raises:
        MissingData: a file is missing.
        ValueError: a file is damaged.
    """
    train_images, train_labels, test_images, test_labels = (_read(folder, file) for file in FILES)
    parts = []
    for images, labels, path in (
        (train_images, train_labels, folder / FILES[1]),
        (test_images, test_labels, folder / FILES[3]),
    ):
        parts.append((images[..., None], check_labels(path, labels.astype(np.int64), 10, len(images))))
    return Images(name, folder, parts[0], parts[1])


def _read(folder: Path, name: str) -> NDArray[np.uint8]:
    """The array of an IDX file: two zeros, the type, the number of axes, their lengths, the bytes."""
    found = next((p for p in (folder / f"{name}.gz", folder / name) if p.is_file()), None)
    if found is None:
        raise MissingData(f"there is no {name} or {name}.gz in {folder}; MNIST is the files {EXPECTED}")
    try:
        raw = gzip.decompress(found.read_bytes()) if found.suffix == ".gz" else found.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{found} cannot be unpacked ({error}); fetch the file again") from None
    axes = raw[3] if raw[:3] == bytes((0, 0, IDX_BYTES)) and len(raw) > 3 else 0
    shape = [int.from_bytes(raw[4 * k : 4 * k + 4], "big") for k in range(1, axes + 1)]
    start = 4 + 4 * axes
    if axes != int(name[-7]) or len(raw) - start != int(np.prod(shape, dtype=np.int64)):
        raise ValueError(
            f"{found} is not an IDX file of bytes with {name[-7]} axes and as many bytes as its header says; "
            f"fetch the file again"
        )
    return np.frombuffer(raw, np.uint8, offset=start).reshape(shape)
