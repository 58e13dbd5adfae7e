"""CIFAR-10 and CIFAR-100 (Krizhevsky 2009): the binary version, or lossless mosaics of a part of them.

The authors' Python version is pickled, and reading a pickle runs code: it is refused.
"""

from __future__ import annotations

import gzip
import hashlib
import tarfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from online_sim.streams.data_files import broken_file
from paper_checks.experiments.images.base import Images, Labels, MissingData, Pixels, check_labels
from paper_checks.experiments.images.folder import AGAIN, Folder, opened
from paper_checks.experiments.images.mosaics import LABELS, SIDE, read_labels, read_part

PIXELS = 3 * SIDE * SIDE

_PIECE = 1 << 20


@dataclass(frozen=True)
class Layout:
    """The files of one of the two data sets.

    Args:
        train: The binary files of the training images, with the number of images in each.
        test: Those of the test images.
        labels: The number of bytes of labels before an image; the last of them counts.
        classes: The number of classes.
        archive: The binary version as the authors pack it.
        unpacked: The folder in it.
        mosaics: For training and test images, the prefix of the mosaics and the name of their labels.
        pickled: What the Python version is known by: its archive and files of it.
    """

    train: Mapping[str, int]
    test: Mapping[str, int]
    labels: int
    classes: int
    archive: str
    unpacked: str
    mosaics: tuple[tuple[str, str], tuple[str, str]]
    pickled: tuple[str, ...]

    @property
    def files(self) -> dict[str, int]:
        """The numbers of bytes of the binary files."""
        return {name: (self.labels + PIXELS) * n for name, n in {**self.train, **self.test}.items()}

    @property
    def expected(self) -> str:
        """What a folder must hold, in words."""
        return f"{', '.join(self.files)} (the binary version), or {self.archive}"


LAYOUTS = {
    "cifar10": Layout(
        {f"data_batch_{k}.bin": 10_000 for k in range(1, 6)}, {"test_batch.bin": 10_000}, 1, 10,
        "cifar-10-binary.tar.gz", "cifar-10-batches-bin", (("train", "train"), ("test", "test")),
        ("data_batch_1", "cifar-10-batches-py/data_batch_1", "cifar-10-python.tar.gz"),
    ),
    "cifar100": Layout(
        {"train.bin": 50_000}, {"test.bin": 10_000}, 2, 100,
        "cifar-100-binary.tar.gz", "cifar-100-binary", (("train", "train"), ("images", "fine")),
        ("train", "cifar-100-python/train", "cifar-100-python.tar.gz"),
    ),
}  # fmt: skip


def read(name: str, path: Path) -> Images:
    """One of the two data sets in a folder.

    Raises:
        MissingData: none of its files is there, or not all of them.
        ValueError: a file is damaged, is not the one that the folder's PROVENANCE.txt states, or only the
            pickled version is there.
    """
    layout = LAYOUTS[name]
    for place in (path, path / layout.unpacked):
        folder = opened(place)
        there = [file for file in layout.files if folder.has(file)]
        if there:
            missing = [file for file in layout.files if file not in there]
            if missing:
                raise MissingData(f"there is no {', '.join(missing)} in {place}; put it beside {there[0]}")
            content = {file: _whole(folder, file, size) for file, size in layout.files.items()}
            return _from_binary(name, layout, folder, content, folder.compared(there))
    folder = opened(path)
    if folder.has(layout.archive):
        content = _members(folder, layout)
        return _from_binary(name, layout, folder, content, folder.compared([layout.archive]))
    if folder.has(LABELS):
        return _from_mosaics(name, layout, folder)
    if any(folder.has(file) for file in layout.pickled):
        raise ValueError(
            f"{path} holds the Python version of {name}, which is pickled; put the binary version there: "
            f"{layout.expected}"
        )
    raise MissingData(f"there is no {name} in {path}; expected are {layout.expected}")


def _whole(folder: Folder, name: str, size: int) -> bytes:
    path = folder.path / name
    length = path.stat().st_size  # another file of this name may be too large to be read
    if length != size:
        raise broken_file(path, f"it has {length} bytes, expected {size}", AGAIN)
    return folder.read(name)


def _members(folder: Folder, layout: Layout) -> dict[str, bytes]:
    """The binary files in the authors' archive, which is read to its end and its checksum."""
    path = folder.path / layout.archive
    found: dict[str, bytes] = {}
    try:
        with path.open("rb") as raw:
            folder.check(layout.archive, hashlib.file_digest(raw, "sha256").hexdigest())
        with gzip.open(path, "rb") as stream, tarfile.open(fileobj=stream, mode="r:") as archive:
            for member in archive:
                name = member.name.removeprefix("./").removeprefix(f"{layout.unpacked}/")
                content = archive.extractfile(member) if member.isreg() else None
                if content is None or name not in layout.files:
                    continue
                if member.size != layout.files[name]:
                    told = f"{name} in it has {member.size} bytes, expected {layout.files[name]}"
                    raise broken_file(path, told, AGAIN)
                found[name] = content.read()
            while stream.read(_PIECE):
                pass
    except (OSError, EOFError, zlib.error, tarfile.TarError) as error:
        raise broken_file(path, f"it cannot be unpacked ({error})", AGAIN) from None
    missing = [name for name in layout.files if name not in found]
    if missing:
        raise broken_file(path, f"it does not hold {', '.join(missing)}", AGAIN)
    return found


def _from_binary(
    name: str, layout: Layout, folder: Folder, content: Mapping[str, bytes], compared: tuple[str, ...]
) -> Images:
    def part(files: Mapping[str, int]) -> tuple[Pixels, Labels]:
        images, labels = [], []
        for file, count in files.items():
            rows = np.frombuffer(content[file], np.uint8).reshape(count, layout.labels + PIXELS)
            found = rows[:, layout.labels - 1].astype(np.int64)
            labels.append(check_labels(folder.path / file, found, layout.classes, count))
            images.append(rows[:, layout.labels :].reshape(-1, 3, SIDE, SIDE).transpose(0, 2, 3, 1))
        return np.concatenate(images), np.concatenate(labels)

    return Images(name, folder.path, part(layout.train), part(layout.test), compared=compared)


def _from_mosaics(name: str, layout: Layout, folder: Folder) -> Images:
    """Images as tiles of lossless pictures; training images may be absent."""
    labels = read_labels(folder)
    train, test = (
        read_part(folder, prefix, labels.get(key), layout.classes) for prefix, key in layout.mosaics
    )
    if test is None:
        raise MissingData(f"there are no test images in {folder.path}; expected are {layout.expected}")
    files = [LABELS, *(train[1] if train is not None else ()), *test[1]]
    return Images(
        name, folder.path, None if train is None else train[0], test[0],
        compared=folder.compared(files), whole=layout.expected,
    )  # fmt: skip
