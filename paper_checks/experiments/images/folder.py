"""The files of a data set: read whole, and compared with the sha256 that the folder states for them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from online_sim.streams.data_files import broken_file

PROVENANCE = "PROVENANCE.txt"
"""The file of a folder that may state the sha256 of the others, in lines as `sha256sum` writes them."""
AGAIN = "fetch the file again"

_STATED = re.compile(r"^\s*([0-9a-fA-F]{64})\s+\*?(\S.*?)\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Folder:
    """A folder with the files of one data set.

    Args:
        path: Where it is.
        stated: The sha256 of its files by their names, as far as its PROVENANCE.txt states them.
    """

    path: Path
    stated: Mapping[str, str]

    def has(self, name: str) -> bool:
        """Whether a file is there."""
        return (self.path / name).is_file()

    def read(self, name: str) -> bytes:
        """The bytes of a file; ValueError if it cannot be read or is not the one that is stated."""
        path = self.path / name
        try:
            raw = path.read_bytes()
        except OSError as error:
            raise broken_file(path, error.strerror, "correct its permissions") from None
        self.check(name, hashlib.sha256(raw).hexdigest())
        return raw

    def check(self, name: str, found: str) -> None:
        """ValueError if the sha256 of a file is not the one that is stated."""
        wanted = self.stated.get(name, found)
        if found != wanted:
            told = f"its sha256 is {found[:12]}..., and {PROVENANCE} states {wanted[:12]}..."
            raise broken_file(self.path / name, told, AGAIN)

    def compared(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of the files that were read whose sha256 is stated, so that `read` compared it."""
        return tuple(name for name in names if name in self.stated)


def opened(path: Path) -> Folder:
    """A folder with what it states about its files; ValueError if that cannot be read."""
    file = path / PROVENANCE
    if not file.is_file():
        return Folder(path, MappingProxyType({}))
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise broken_file(file, error.strerror, "correct its permissions") from None
    return Folder(path, MappingProxyType({name: digest.lower() for digest, name in _STATED.findall(text)}))
