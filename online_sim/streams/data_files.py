"""Finding and opening data files: a failure is one ValueError with the path, the reason and the remedy."""

import bz2
import gzip
import io
import lzma
import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from theory.printable import printable

DATA_VARIABLE = "REGRETCHECK_DATA"
"""Environment variable with the folder that holds libsvm/, portfolio/, streams/ and mnist/."""

LONGEST_LINE = 1 << 26
"""The most characters in a line; a longer one is not a line of numbers, and may fill the memory."""

_XZ_MEMORY = 1 << 30  # a header may ask for more than the machine has; level 9 needs 65 MiB
_PIECE = 1 << 16

# What reading a file that is missing, truncated, garbled or no archive can raise, besides ValueError.
BROKEN = (
    OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, struct.error, KeyError, MemoryError,
    NotImplementedError, RuntimeError,  # a zip member packed in an unknown way, or behind a password
)  # fmt: skip


def data_folder() -> Path | None:
    """The folder named by the environment variable REGRETCHECK_DATA, or None when it is unset or empty.

    Raises:
        ValueError: The variable names no folder.
    """
    value = os.environ.get(DATA_VARIABLE, "")
    if not value:
        return None
    folder = Path(value)
    if not folder.is_dir():
        raise ValueError(f"{DATA_VARIABLE} is {value!r}, which is not a folder; correct it or unset it")
    return folder


def find_file(path: Path | str) -> Path:
    """`path` if it exists, else the same relative path inside the data folder.

    Raises ValueError listing the places looked at, and TypeError when `path` is no path.
    """
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"`path` is {path!r}; expected the path of a file, a str or a Path")
    given = Path(path)
    folder = None if given.is_absolute() else data_folder()
    places = [given] if folder is None else [given, folder / given]
    try:
        for place in places:
            if place.is_file():
                return place
            if place.is_dir() and place is given:
                raise ValueError(f"{printable(given)} is a folder; pass the path of a file in it")
    except OSError as error:
        raise broken_file(given, error.strerror, "correct the path or its permissions") from error
    looked = printable(", ".join(map(str, places)))
    remedy = "" if folder is not None else f", or set {DATA_VARIABLE} to the folder it is relative to"
    raise ValueError(f"no such file (looked at: {looked}); correct the path{remedy}")


def broken_file(path: Path, reason: object, remedy: str) -> ValueError:
    """The error to raise for a file that cannot be used."""
    return ValueError(printable(f"cannot read {path}: {reason}; {remedy}"))


def short_name(path: Path) -> str:
    """The name of a file without the suffix of its compression, as it can be printed."""
    name = printable(path.name)
    for suffix in (".bz2", ".gz", ".xz", ".zip"):
        if name.endswith(suffix) and name != suffix:
            return name.removesuffix(suffix)
    return name


@contextmanager
def open_plain(path: Path) -> Iterator[IO[bytes]]:
    """The decompressed bytes of a plain, gzip, bzip2, xz or zip file, told by content, not by suffix.

    Turns every failure to open or decompress, inside the block too, into one ValueError. Anything after
    the end of the compressed data is a failure: it may be a later part whose first bytes were damaged.
    """
    try:
        with path.open("rb") as raw:
            head = raw.read(6)
            raw.seek(0)
            if not head:
                raise broken_file(path, "the file is empty", "fetch it again")
            if head[:4] in {b"PK\3\4", b"PK\5\6"}:
                with open_zip(raw) as archive, archive.open(_only_file(path, archive)) as stream:
                    yield stream
            else:
                yield _decompressed(raw, head)
    except BROKEN as error:
        reason = str(error) or type(error).__name__
        raise broken_file(path, reason, "it is truncated, garbled or not readable: fetch it again") from error


def _decompressed(raw: IO[bytes], head: bytes) -> IO[bytes]:
    if head[:2] == b"\x1f\x8b":
        return cast(IO[bytes], gzip.GzipFile(fileobj=raw, mode="rb"))
    if head[:3] == b"BZh":
        return io.BufferedReader(_Streams(raw, bz2.BZ2Decompressor))
    if head == b"\xfd7zXZ\0":
        return io.BufferedReader(_Streams(raw, _xz))
    return raw


def _xz() -> lzma.LZMADecompressor:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)


class _Streams(io.RawIOBase):
    """Compressed streams one after another up to the end of a file, zeros between them.

    `bz2.open` and `lzma.open` take a damaged second stream for the end of the file, in silence.
    """

    def __init__(self, raw: IO[bytes], make: Callable[[], Any]) -> None:
        self._raw, self._make, self._inner = raw, make, make()

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, into: Any) -> int:
        """Fill a buffer; 0 at the end of the last stream."""
        while True:
            data = b""
            if self._inner.eof:
                data = self._inner.unused_data.lstrip(b"\0")
                while not data and (more := self._raw.read(_PIECE)):
                    data = more.lstrip(b"\0")
                if not data:
                    return 0
                self._inner = self._make()
            elif self._inner.needs_input and not (data := self._raw.read(_PIECE)):
                raise EOFError("it ends inside the compressed data")
            if got := self._inner.decompress(data, max_length=len(into)):
                into[: len(got)] = got
                return len(got)


@contextmanager
def open_zip(raw: IO[bytes]) -> Iterator[zipfile.ZipFile]:
    """A zip archive that ends where the file does; BadZipFile for any other, whatever is wrong with it."""
    try:
        archive = zipfile.ZipFile(raw)
        raw.seek(-(22 + len(archive.comment)), os.SEEK_END)
        end = raw.read(22)
    except (ValueError, IndexError, OverflowError) as error:
        raise zipfile.BadZipFile(f"its directory is garbled: {error}") from error
    with archive:
        if end[:4] != b"PK\5\6" or int.from_bytes(end[20:], "little") != len(archive.comment):
            raise zipfile.BadZipFile("something follows the end of the archive")
        yield archive


def _only_file(path: Path, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    files = [member for member in archive.infolist() if not member.is_dir()]
    if len(files) != 1:
        raise broken_file(path, f"the archive holds {len(files)} files", "unpack it and pass one of them")
    return files[0]


def text_lines(path: Path, stream: IO[bytes]) -> Iterator[str]:
    """The lines of a text with their ends (LF, CR LF or CR), without a byte-order mark; closes the stream.

    A byte that is no UTF-8 comes as a lone surrogate, so that the caller can name the line, or skip it in a
    comment. Raises ValueError for a line too long to be one.
    """
    number = 0
    with io.TextIOWrapper(stream, encoding="utf-8-sig", errors="surrogateescape", newline="") as text:
        while line := text.readline(LONGEST_LINE):
            number += 1
            if len(line) == LONGEST_LINE:
                what = f"line {number} has {LONGEST_LINE} characters or more"
                raise broken_file(path, what, "check the file")
            yield line


def foreign_byte(line: str) -> str | None:
    """The first byte of a line that is no UTF-8, such as 0xff; None when there is none."""
    return next((f"0x{ord(c) - 0xDC00:02x}" for c in line if "\udc80" <= c <= "\udcff"), None)
