"""Finding and opening data files: a failure is one ValueError with the path, the reason and the remedy."""

from __future__ import annotations

import bz2
import gzip
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

DATA_VARIABLE = "REGRETCHECK_DATA"
"""Environment variable with the folder that holds libsvm/, portfolio/, streams/ and mnist/."""

# What reading a file that is missing, truncated, garbled or no archive can raise, besides ValueError.
BROKEN = (OSError, EOFError, zlib.error, zipfile.BadZipFile, KeyError)


def data_folder() -> Path | None:
    """The folder named by the environment variable REGRETCHECK_DATA, or None when it is unset or empty.

    Raises ValueError when the variable names no folder.
    """
    value = os.environ.get(DATA_VARIABLE, "")
    if not value:
        return None
    folder = Path(value)
    if not folder.is_dir():
        raise ValueError(f"{DATA_VARIABLE} is {value!r}, which is no folder; correct it or unset it")
    return folder


def find_file(path: Path | str) -> Path:
    """`path` if it exists, else the same relative path inside the data folder.

    Raises ValueError listing the places looked at.
    """
    given = Path(path)
    if given.is_file():
        return given
    if given.is_dir():
        raise ValueError(f"{given} is a folder; pass the path of a file in it")
    folder = None if given.is_absolute() else data_folder()
    if folder is not None and (folder / given).is_file():
        return folder / given
    looked = f"{given}" if folder is None else f"{given}, {folder / given}"
    remedy = "" if folder is not None else f", or set {DATA_VARIABLE} to the folder it is relative to"
    raise ValueError(f"no such file (looked at: {looked}); correct the path{remedy}")


def broken_file(path: Path, reason: object, remedy: str) -> ValueError:
    """The error to raise for a file that cannot be used."""
    return ValueError(f"cannot read {path}: {reason}; {remedy}")


@contextmanager
def open_plain(path: Path) -> Iterator[IO[bytes]]:
    """The decompressed bytes of a plain, gzip or bzip2 file, told apart by content, not by suffix.

    Turns every failure to open or decompress, inside the block too, into one ValueError.
    """
    try:
        with path.open("rb") as raw:
            head = raw.read(3)
        if not head:
            raise broken_file(path, "the file is empty", "fetch it again")
        opener = bz2.open if head == b"BZh" else gzip.open if head[:2] == b"\x1f\x8b" else Path.open
        with opener(path, "rb") as stream:
            yield cast(IO[bytes], stream)
    except BROKEN as error:
        raise broken_file(path, error, "it is truncated, garbled or not readable: fetch it again") from error
