"""MNIST (LeCun, Cortes and Burges): four IDX files, gzipped or not."""

from __future__ import annotations

import gzip
import io
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from online_sim.streams.data_files import broken_file
from paper_checks.experiments.images.base import Images, Labels, MissingData, Pixels, check_labels
from paper_checks.experiments.images.folder import AGAIN, Folder, opened

FILES = (
    "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte",
)  # fmt: skip
EXPECTED = f"{', '.join(FILES)} (each also with .gz)"
COUNTS = (60_000, 10_000)
"""The numbers of training and test images."""
SIDE = 28
"""The height and the width of an image, in pixels."""
CLASSES = 10

_GZIP = b"\x1f\x8b"


def read(name: str, path: Path) -> Images:
    """MNIST in a folder.

    Raises:
        MissingData: a file is missing.
        ValueError: a file is damaged, or is not the one that the folder's PROVENANCE.txt states.
    """
    folder = opened(path)
    found = [_found(folder, file) for file in FILES]
    missing = [file for file, there in zip(FILES, found, strict=True) if there is None]
    if missing:
        raise MissingData(f"there is no {', '.join(missing)} in {path}; MNIST is the files {EXPECTED}")
    files = [there for there in found if there is not None]
    train = _part(folder, files[0], files[1], COUNTS[0])
    test = _part(folder, files[2], files[3], COUNTS[1])
    return Images(name, path, train, test, compared=folder.compared(files))


def _found(folder: Folder, name: str) -> str | None:
    """The name under which a file is there."""
    return next((file for file in (f"{name}.gz", name) if folder.has(file)), None)


def _part(folder: Folder, images: str, labels: str, count: int) -> tuple[Pixels, Labels]:
    pixels = _idx(folder, images, (count, SIDE, SIDE))
    numbers = _idx(folder, labels, (count,)).astype(np.int64)
    return pixels[..., None], check_labels(folder.path / labels, numbers, CLASSES, count)


def _idx(folder: Folder, name: str, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """The array of an IDX file: two zeros, 8 for bytes, the number of axes, their lengths, the data."""
    path = folder.path / name
    head = bytes((0, 0, 8, len(shape))) + b"".join(length.to_bytes(4, "big") for length in shape)
    size = len(head) + int(np.prod(shape))
    raw = folder.read(name)
    # Told by content: a browser may unpack a file and leave its name.
    if raw[:2] == _GZIP:
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(raw)) as stream:
                raw = stream.read(size + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise broken_file(path, f"it cannot be unpacked ({error})", AGAIN) from None
    if raw[: len(head)] != head:
        raise broken_file(path, f"it does not begin as an IDX file of {_product(shape)} bytes does", AGAIN)
    if len(raw) != size:
        more = "more" if len(raw) > size else f"{len(raw)}"
        raise broken_file(path, f"it holds {more} bytes unpacked, expected {size}", AGAIN)
    return np.frombuffer(raw, np.uint8, offset=len(head)).reshape(shape)


def _product(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))
